/*
 * coerce.h: a value's text, JSON or cell, into a row of a typed column, as Kusto ingests it.
 *
 * A null, an absent value and an empty text are null ("" for strings). A value that is not of the
 * column's type is null too, and false is returned so that it can be counted.
 */
#ifndef QUARRY_COERCE_H
#define QUARRY_COERCE_H

#include "sources/sources.h"

void coerce_null(ColumnVector *v, uint32_t row);
/* `raw` is one checked JSON value without blanks around it. Text is copied to the arena. */
NODISCARD bool coerce_json(ColumnVector *v, uint32_t row, Str raw, Arena *arena);
/* A cell's plain text; must live as long as the batch. `zone_ticks` east of UTC is taken off date
 * and time texts that carry no zone. */
NODISCARD bool coerce_text(ColumnVector *v, uint32_t row, Str text, int64_t zone_ticks,
                           Arena *arena);
/* A datetime from JSON or plain text, for time bounds. */
NODISCARD bool coerce_time(Str raw, bool is_json, int64_t zone_ticks, Arena *arena, int64_t *ret);

/* "/Date(1795521600000)/", milliseconds since 1970 in UTC: a time by ConvertTo-Json of Windows
 * PowerShell. */
bool coerce_millisecond_date(Str text, int64_t *ret);

#endif
