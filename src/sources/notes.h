/*
 * notes.h: what opening a data set warns of, kept with the tables that it is about.
 *
 * Who opens the data prints the warnings once; a hunt repeats those that are about its tables.
 */
#ifndef QUARRY_NOTES_H
#define QUARRY_NOTES_H

#include "sources/dataset_internal.h"

/* A warning about a file (NULL: none), whose tables may be found later, or a table (empty: none).
 * What is about neither is about all tables. */
Diag *note_add(DataSet *d, Diags *diags, const SourceFile *f, Str table, const char *code,
               const char *fmt, ...) PRINTF_LIKE(6, 7);

#endif
