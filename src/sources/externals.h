/*
 * externals.h: the files that a query may name, as the command line maps them.
 */
#ifndef QUARRY_EXTERNALS_H
#define QUARRY_EXTERNALS_H

#include "sources/tables.h"

typedef struct ExternalFormat {
    const char *name;
    Shape shape; /* NONE: JSON or Parquet, as the file shows */
    char delimiter;
} ExternalFormat;

/* NULL when it is none of those that are read. */
const ExternalFormat *external_format(Str name);
/* The path that the command line gives a name, or NULL. */
const char *external_path(DataSet *d, Str uri, bool allows_folder);
/* A file as the format says that it is; cells and texts have no columns yet. NULL, with a sentence in
 * *ret_error (of `arena`), when it cannot be read or is of another kind. */
SourceFile *external_open(DataSet *d, const ExternalFormat *format, const char *path, Arena *arena,
                          Str *ret_error);

#endif
