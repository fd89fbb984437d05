/*
 * twins.h: columns that two variants of a table name or type differently.
 */
#ifndef QUARRY_TWINS_H
#define QUARRY_TWINS_H

#include "base/base.h"

/* The name of `column` in the other variant of `table`, or an empty Str. */
Str twin_find(Str table, Str column);
/* Whether one product documents a dynamic column as text. */
bool is_bag_or_text(Str table, Str column);

#endif
