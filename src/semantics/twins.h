/*
 * twins.h: columns that two variants of a table name differently. Beside known_schemas.c alone.
 */
#ifndef QUARRY_TWINS_H
#define QUARRY_TWINS_H

#include "base/base.h"

/* The name of `column` in the other variant of `table`, or an empty Str. */
Str twin_find(Str table, Str column);

#endif
