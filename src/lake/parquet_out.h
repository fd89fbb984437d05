/*
 * parquet_out.h: writes a Parquet file, a row group after the other, column by column.
 *
 * Values are those of piles (pile.h). Types are stored as docs/lake.md says; a column whose values
 * repeat gets a dictionary page. Compressed with zstd. Format: parquet.thrift and "Encodings" of the
 * Apache Parquet documentation.
 */
#ifndef QUARRY_PARQUET_OUT_H
#define QUARRY_PARQUET_OUT_H

#include "lake/pile.h"
#include "sources/lake.h"

typedef struct ParquetOut ParquetOut;

/* NULL when the file cannot be made (errno tells why). */
ParquetOut *parquet_out_new(const char *path, const LakeColumn *columns, uint32_t n_columns,
                            LakeTimes times);
/* Begins a row group. Between row groups a file holds little memory. */
void parquet_out_rows(ParquetOut *p, uint32_t n_rows);
/* The next column: for each row the number of its value, or PILE_NULL. Each value is some row's. */
void parquet_out_column(ParquetOut *p, const Str *values, uint32_t n_values, const uint32_t *codes);
/* Ends the file and frees. 0, or the error number of what could not be written. */
int parquet_out_end(ParquetOut *p, int64_t *ret_bytes);
/* Whether a time fits the nanoseconds that a lake stores. */
bool parquet_out_fits(int64_t ticks);

#endif
