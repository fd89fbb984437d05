/*
 * seen_rows.h: row objects of a table looked at in one pass, by the columns that are known of it.
 *
 * Most records hold no column that those before did not: then their members are found as a scan finds
 * them, and each value only has to be told its kind.
 */
#ifndef QUARRY_SEEN_ROWS_H
#define QUARRY_SEEN_ROWS_H

#include "sources/extract.h"
#include "sources/infer.h"

/* The keys of a table's columns and, before them, some that tell what a record is. */
typedef struct SeenKeys SeenKeys;
SeenKeys *seen_keys_new(const char *const *telling, uint32_t n_telling);
void seen_keys_free(SeenKeys *k); /* accepts NULL */

/* Walks an object. The first fields are those of the telling keys; valid until the next call. */
NODISCARD bool seen_keys_read(SeenKeys *k, Str object, Extract *x);
/* Notes the members of the object that was read last: as seen_object, which does it when there is something
 * new. The keys then know the columns that were added. */
void seen_keys_note(SeenKeys *k, SeenColumns *s, const Extract *x, Str object);

#endif
