/*
 * sniff.h: what a file is, by its first bytes.
 */
#ifndef QUARRY_SNIFF_H
#define QUARRY_SNIFF_H

#include "sources/dataset_internal.h"

/*
 * Sets codec, encoding, format, shape, envelope, member, delimiter and, for cells, the columns of
 * the header. Shape NONE with *ret_why (static text) when the file is empty or of no kind that is
 * read.
 */
void sniff_file(SourceFile *f, const char **ret_why);
/* The columns that a document declares: "columns":[{"name","type"}] in any of its spellings. */
void read_declared_columns(Arena *arena, Str text, FileColumn **ret, uint32_t *ret_n);

#endif
