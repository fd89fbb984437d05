/*
 * parquet.h: what the footer of a Parquet file says: its columns, its number of rows, its table.
 *
 * The rows themselves are read by the engine. Here the schema is needed before a query is bound.
 */
#ifndef QUARRY_PARQUET_H
#define QUARRY_PARQUET_H

#include "sources/dataset_internal.h"

typedef struct ParquetFooter {
    FileColumn *columns; /* top level; groups are dynamic */
    uint32_t n_columns;
    int64_t n_rows;
    Str cut_column; /* one of times in nanoseconds with a zone, which the engine reads as
                       microseconds; or empty */
    Str type_value; /* the one value of a column "Type" by its statistics, or empty */
} ParquetFooter;

/* False with *ret_why (static text) when the file is damaged, encrypted or out of reach. */
NODISCARD bool parquet_read_footer(Arena *arena, const char *path, ParquetFooter *ret,
                                   const char **ret_why);

#endif
