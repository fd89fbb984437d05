/*
 * naming.h: the table that a path speaks of.
 */
#ifndef QUARRY_NAMING_H
#define QUARRY_NAMING_H

#include "semantics/semantics.h"

typedef enum NameBasis {
    NAME_KNOWN,  /* a published table */
    NAME_CUSTOM, /* a custom table (_CL), or the container of an export rule (am-X) */
    NAME_STEM    /* nothing but the file's stem */
} NameBasis;

typedef struct PathName {
    Str name; /* in the arena, spelled as the schemas spell it */
    NameBasis basis;
} PathName;

/* Tables by their names in lower case, for containers that lose the case. Lives in the arena; filled by
 * the first look-up, which a lake does not need. */
typedef struct NameIndex NameIndex;
NameIndex *name_index_make(const KnownSchemas *known, Arena *arena);
/* The published spelling of a table, case ignored; empty when unknown. */
Str name_index_find(NameIndex *index, Str name);

/* design: up to the first `.`, or `-` or `_` that a digit follows. */
Str name_stem(Str component);
PathName path_table_name(NameIndex *index, Arena *arena, Str path);
/* True for names that are tables by their form alone: ending in _CL. */
bool is_custom_name(Str name);

#endif
