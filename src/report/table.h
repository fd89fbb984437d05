/*
 * table.h: rows as a table of aligned columns for people.
 *
 * The first rows are kept back until the widths of the columns are known; the rest streams with
 * these widths. What does not fit the terminal is shown as blocks, a line a column.
 */
#ifndef QUARRY_REPORT_TABLE_H
#define QUARRY_REPORT_TABLE_H

#include "report/result.h"

typedef struct TableWriter TableWriter;

TableWriter *table_open(const Schema *schema, const ResultStyle *style);
void table_row(TableWriter *t, const Value *cells, Buf *out);
/* Appends what was kept back and the line that counts the rows; frees the writer. */
void table_close(TableWriter *t, Buf *out);

#endif
