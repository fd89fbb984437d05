/*
 * result.h: rows written in the format that the user asked for.
 *
 * Rows are pushed one by one and leave as soon as a buffer is full: memory does not grow with the
 * result. A writer belongs to one thread.
 */
#ifndef QUARRY_REPORT_RESULT_H
#define QUARRY_REPORT_RESULT_H

#include "plan/plan.h"

typedef enum ResultFormat {
    RESULT_TABLE,    /* for people at a terminal */
    RESULT_JSON,     /* an array of objects */
    RESULT_NDJSON,   /* an object a line */
    RESULT_CSV,      /* RFC 4180 with a header */
    RESULT_TSV,      /* tabs and line ends in values are written \t, \n */
    RESULT_MARKDOWN, /* a pipe table */
    RESULT_HTML,     /* a page of its own, everything escaped */
    RESULT_KUSTO,    /* the body of the Kusto REST v1 query call */
    RESULT_PARQUET   /* written by the engine: no writer here */
} ResultFormat;

/* By name as in --format; false when there is none. */
bool result_format_from_name(Str name, ResultFormat *ret);
const char *result_format_name(ResultFormat format);

typedef struct ResultStyle {
    size_t width; /* of the terminal in cells; 0: lines are not cut */
    bool is_coloured;
    const char *title; /* of an HTML page; NULL: "Quarry" */
} ResultStyle;

typedef struct ResultWriter ResultWriter;

/* `out` and the schema's names must outlive the writer. Not for RESULT_PARQUET. */
ResultWriter *result_open(ResultFormat format, const Schema *schema, const ResultStyle *style,
                          FILE *out);
/*
 * The same for a document of `n` results: result_begin, rows and result_end for each. With more than one,
 *
 *   table     "== name" stands before each table, a blank line between two
 *   json      {"results":[{"name":...,"columns":[{"name":...,"type":...}],"rows":[...]}, ...]}
 *   ndjson    {"result":name,"row":{...}} a line
 *   markdown  a heading "## name" before each table
 *   html      a heading before each table of the one page
 *   kusto     a table each, and the table of contents that names them
 *
 * CSV and TSV have no form for it: result_format_takes_several.
 */
ResultWriter *result_open_several(ResultFormat format, uint32_t n, const ResultStyle *style,
                                  FILE *out);
bool result_format_takes_several(ResultFormat format);
/* `name` and the schema must live until result_close. */
void result_begin(ResultWriter *w, Str name, const Schema *schema);
void result_end(ResultWriter *w);
/* A row: schema.n values. */
void result_row(ResultWriter *w, const Value *cells);
/* Ends the document. False when something could not be written. Frees the writer. */
NODISCARD bool result_close(ResultWriter *w);

/* Pieces for other reports: a row as a JSON object; the columns and rows of one Kusto table. */
void result_put_object(Buf *out, const Schema *schema, const Value *cells);
void result_put_kusto_head(Buf *out, Str table_name, const Schema *schema);
void result_put_kusto_row(Buf *out, const Schema *schema, const Value *cells, bool is_first);
void result_put_kusto_tail(Buf *out);
/* A table of an HTML page. */
void result_put_html_head(Buf *out, const Schema *schema);
void result_put_html_row(Buf *out, const Schema *schema, const Value *cells);
void result_put_html_page(Buf *out, Str title);
/* The head and the rule of a Markdown table, and a row of it. */
void result_put_markdown_head(Buf *out, const Schema *schema);
void result_put_markdown_row(Buf *out, const Schema *schema, const Value *cells);

#endif
