/*
 * zone.h: time zones of the IANA database, as the system has it installed.
 *
 * A zone is read once, on first use, and stays for the life of the process; any thread may ask.
 * The folder is $TZDIR or /usr/share/zoneinfo.
 */
#ifndef QUARRY_KERNELS_ZONE_H
#define QUARRY_KERNELS_ZONE_H

#include "base/base.h"

typedef struct Zone Zone;

/* NULL when there is no such zone. */
const Zone *zone_find(Str name);
/* Seconds to add to UTC, at a time in seconds since 1970 began. */
int32_t zone_offset(const Zone *zone, int64_t utc);
/* Seconds to subtract from a local time. Where clocks went back a time comes twice: the earlier one
 * is meant. Where they went forward a time is missing: the offset behind the gap holds. */
int32_t zone_offset_of_local(const Zone *zone, int64_t local);
/* All names, sorted, in the arena; 0 when the system has none. */
size_t zone_names(Arena *arena, Str **ret);

#endif
