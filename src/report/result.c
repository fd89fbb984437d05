#include "report/result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "report/table.h"
#include "report/text.h"

enum { FLUSH_BYTES = 64 * 1024 };

struct ResultWriter {
    ResultFormat format;
    ResultStyle style;
    FILE *out;
    Buf buf;
    Arena *scratch;
    uint32_t n_results; /* that the document is for */
    Str *names;         /* of those that were begun */
    uint32_t n_begun;
    const Schema *schema; /* of the one that is being written; NULL between two */
    size_t n_rows;
    TableWriter *table;
    bool is_failed;
};

static const char *const format_names[] = {"table",    "json", "ndjson", "csv",    "tsv",
                                           "markdown", "html", "kusto",  "parquet"};

bool result_format_from_name(Str name, ResultFormat *ret) {
    for (size_t i = 0; i < COUNT_OF(format_names); i++) {
        if (!str_is(name, format_names[i])) continue;
        *ret = (ResultFormat)i;
        return true;
    }
    return false;
}

const char *result_format_name(ResultFormat format) { return format_names[format]; }

/* ----------------------------------------------------------------------- pieces */

/* The length of NaN, Infinity or -Infinity at the start of `s`; 0 for anything else. */
static size_t word_of_no_number(Str s) {
    static const char *const words[] = {"NaN", "Infinity", "-Infinity"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_starts_with(s, str_of(words[i]))) return strlen(words[i]);
    return 0;
}

/* JSON has no number that is infinite or none: as in Kusto's answers it stands as a text. */
static void put_standard_json(Buf *out, Str json) {
    if (!memchr(json.ptr, 'N', json.len) && !memchr(json.ptr, 'I', json.len)) {
        buf_put(out, json);
        return;
    }
    bool is_text = false;
    for (size_t i = 0; i < json.len; i++) {
        size_t word = is_text ? 0 : word_of_no_number(str_sub(json, i, json.len - i));
        if (word) {
            buf_putc(out, '"');
            buf_put(out, str_sub(json, i, word));
            buf_putc(out, '"');
            i += word - 1;
            continue;
        }
        if (json.ptr[i] == '"') is_text = !is_text;
        buf_putc(out, json.ptr[i]);
        if (is_text && json.ptr[i] == '\\' && i + 1 < json.len) buf_putc(out, json.ptr[++i]);
    }
}

static void put_cell(Buf *out, const Value *cell) {
    bool is_real = cell->type == TYPE_REAL && !cell->is_null;
    if (is_real && !isfinite(cell->u.r)) {
        buf_putc(out, '"');
        value_put_json(out, cell);
        buf_putc(out, '"');
    } else if (cell->type == TYPE_DYNAMIC && !cell->is_null && cell->u.s.len) {
        put_standard_json(out, cell->u.s);
    } else {
        value_put_json(out, cell);
    }
}

void result_put_object(Buf *out, const Schema *schema, const Value *cells) {
    buf_putc(out, '{');
    for (uint32_t c = 0; c < schema->n; c++) {
        if (c) buf_putc(out, ',');
        json_put_string(out, schema->items[c].name);
        buf_putc(out, ':');
        put_cell(out, &cells[c]);
    }
    buf_putc(out, '}');
}

/* .NET and Kusto names of a column's type, as the REST call gives them. */
static const char *dotnet_name(Type t) {
    switch (t) {
    case TYPE_BOOL: return "SByte";
    case TYPE_INT: return "Int32";
    case TYPE_LONG: return "Int64";
    case TYPE_REAL: return "Double";
    case TYPE_DECIMAL: return "SqlDecimal";
    case TYPE_DATETIME: return "DateTime";
    case TYPE_TIMESPAN: return "TimeSpan";
    case TYPE_GUID: return "Guid";
    case TYPE_DYNAMIC: return "Object";
    case TYPE_STRING:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return "String";
}

void result_put_kusto_head(Buf *out, Str table_name, const Schema *schema) {
    buf_puts(out, "{\"TableName\":");
    json_put_string(out, table_name);
    buf_puts(out, ",\"Columns\":[");
    for (uint32_t c = 0; c < schema->n; c++) {
        buf_puts(out, c ? ",{\"ColumnName\":" : "{\"ColumnName\":");
        json_put_string(out, schema->items[c].name);
        buf_printf(out, ",\"DataType\":\"%s\",\"ColumnType\":\"%s\"}",
                   dotnet_name(schema->items[c].type), type_name(schema->items[c].type));
    }
    buf_puts(out, "],\"Rows\":[");
}

void result_put_kusto_row(Buf *out, const Schema *schema, const Value *cells, bool is_first) {
    buf_puts(out, is_first ? "[" : ",[");
    for (uint32_t c = 0; c < schema->n; c++) {
        if (c) buf_putc(out, ',');
        put_cell(out, &cells[c]);
    }
    buf_putc(out, ']');
}

void result_put_kusto_tail(Buf *out) { buf_puts(out, "]}"); }

static void put_joined(Buf *out, const Schema *schema, const Value *cells, Arena *scratch, char sep,
                       void (*put)(Buf *, Str)) {
    size_t begin = out->len;
    for (uint32_t c = 0; c < schema->n; c++) {
        if (c) buf_putc(out, sep);
        put(out, cells ? value_to_text(scratch, &cells[c]) : schema->items[c].name);
    }
    /* a row of one empty cell: a blank line would be no row to a reader */
    if (schema->n == 1 && out->len == begin && sep == ',') buf_puts(out, "\"\"");
    buf_putc(out, '\n');
}

void result_put_html_page(Buf *out, Str title) {
    buf_puts(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src 'unsafe-inline'\">\n<title>");
    text_put_html(out, title);
    buf_puts(out, "</title>\n<style>body{font:14px/1.4 system-ui,sans-serif;margin:2em}"
                  "table{border-collapse:collapse;margin:1em 0}th,td{border:1px solid #ccc;"
                  "padding:.25em .6em;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
                  "th{background:#f3f3f3}td.n{text-align:right}.muted{color:#666}</style>"
                  "</head><body>\n");
}

void result_put_html_head(Buf *out, const Schema *schema) {
    buf_puts(out, "<table><thead><tr>");
    for (uint32_t c = 0; c < schema->n; c++) {
        buf_puts(out, "<th>");
        text_put_html(out, schema->items[c].name);
        buf_puts(out, "</th>");
    }
    buf_puts(out, "</tr></thead><tbody>\n");
}

void result_put_html_row(Buf *out, const Schema *schema, const Value *cells) {
    Arena *scratch = arena_new();
    buf_puts(out, "<tr>");
    for (uint32_t c = 0; c < schema->n; c++) {
        bool is_number = (TYPE_BIT(cells[c].type) & TS_NUMBER) != 0;
        buf_puts(out, is_number ? "<td class=\"n\">" : "<td>");
        text_put_html(out, value_to_text(scratch, &cells[c]));
        buf_puts(out, "</td>");
    }
    buf_puts(out, "</tr>\n");
    arena_free(scratch);
}

void result_put_markdown_head(Buf *out, const Schema *schema) {
    buf_putc(out, '|');
    for (uint32_t c = 0; c < schema->n; c++) {
        buf_putc(out, ' ');
        text_put_markdown(out, schema->items[c].name);
        buf_puts(out, " |");
    }
    buf_puts(out, "\n|");
    for (uint32_t c = 0; c < schema->n; c++)
        buf_puts(out, (TYPE_BIT(schema->items[c].type) & TS_NUMBER) ? " ---: |" : " --- |");
    buf_putc(out, '\n');
}

void result_put_markdown_row(Buf *out, const Schema *schema, const Value *cells) {
    Arena *scratch = arena_new();
    buf_putc(out, '|');
    for (uint32_t c = 0; c < schema->n; c++) {
        buf_putc(out, ' ');
        text_put_markdown(out, value_to_text(scratch, &cells[c]));
        buf_puts(out, " |");
    }
    buf_putc(out, '\n');
    arena_free(scratch);
}

/* ----------------------------------------------------------------------- writer */

static void flush(ResultWriter *w) {
    if (w->buf.len && fwrite(w->buf.ptr, 1, w->buf.len, w->out) != w->buf.len) w->is_failed = true;
    buf_clear(&w->buf);
}

bool result_format_takes_several(ResultFormat format) {
    return format != RESULT_CSV && format != RESULT_TSV && format != RESULT_PARQUET;
}

ResultWriter *result_open_several(ResultFormat format, uint32_t n, const ResultStyle *style,
                                  FILE *out) {
    ResultWriter *w = calloc(1, sizeof *w);
    if (!w) abort();
    *w = (ResultWriter){.format = format, .out = out, .scratch = arena_new(), .n_results = n};
    if (style) w->style = *style;
    w->names = calloc(n + 1, sizeof *w->names);
    if (!w->names) abort();
    if (format == RESULT_JSON && n > 1) buf_puts(&w->buf, "{\"results\":[\n");
    if (format == RESULT_KUSTO) buf_puts(&w->buf, "{\"Tables\":[");
    if (format == RESULT_HTML)
        result_put_html_page(&w->buf, w->style.title ? str_of(w->style.title) : STR("Quarry"));
    return w;
}

ResultWriter *result_open(ResultFormat format, const Schema *schema, const ResultStyle *style,
                          FILE *out) {
    ResultWriter *w = result_open_several(format, 1, style, out);
    result_begin(w, STR_EMPTY, schema);
    return w;
}

/* What tells one of several results from the others. */
static void put_name(ResultWriter *w, Str name, bool is_first) {
    Buf *out = &w->buf;
    if (!is_first && (w->format == RESULT_TABLE || w->format == RESULT_MARKDOWN))
        buf_putc(out, '\n');
    if (w->format == RESULT_TABLE) {
        buf_puts(out, w->style.is_coloured ? "\x1b[1m== " : "== ");
        text_put_terminal(out, name, 0);
        buf_puts(out, w->style.is_coloured ? "\x1b[0m\n" : "\n");
    } else if (w->format == RESULT_MARKDOWN) {
        buf_puts(out, "## ");
        text_put_markdown(out, name);
        buf_puts(out, "\n\n");
    } else if (w->format == RESULT_HTML) {
        buf_puts(out, "<h2>");
        text_put_html(out, name);
        buf_puts(out, "</h2>\n");
    } else if (w->format == RESULT_JSON) {
        buf_puts(out, is_first ? " {\"name\":" : ",\n {\"name\":");
        json_put_string(out, name);
        buf_puts(out, ",\"columns\":[");
        for (uint32_t c = 0; c < w->schema->n; c++) {
            buf_puts(out, c ? ",{\"name\":" : "{\"name\":");
            json_put_string(out, w->schema->items[c].name);
            buf_printf(out, ",\"type\":\"%s\"}", type_name(w->schema->items[c].type));
        }
        buf_puts(out, "],\"rows\":");
    }
}

void result_begin(ResultWriter *w, Str name, const Schema *schema) {
    w->schema = schema;
    w->n_rows = 0;
    if (w->n_results > 1) put_name(w, name, w->n_begun == 0);
    uint32_t at = w->n_begun;
    if (at < w->n_results) w->names[w->n_begun++] = name;
    switch (w->format) {
    case RESULT_TABLE: w->table = table_open(schema, &w->style); break;
    case RESULT_JSON: buf_putc(&w->buf, '['); break;
    case RESULT_CSV: put_joined(&w->buf, schema, NULL, w->scratch, ',', text_put_csv); break;
    case RESULT_TSV: put_joined(&w->buf, schema, NULL, w->scratch, '\t', text_put_tsv); break;
    case RESULT_MARKDOWN: result_put_markdown_head(&w->buf, schema); break;
    case RESULT_HTML: result_put_html_head(&w->buf, schema); break;
    case RESULT_KUSTO:
        if (at) buf_putc(&w->buf, ',');
        result_put_kusto_head(&w->buf, arena_printf(w->scratch, "Table_%u", at), schema);
        break;
    case RESULT_NDJSON:
    case RESULT_PARQUET: break;
    }
}

static void put_line(ResultWriter *w, const Value *cells) {
    bool is_named = w->n_results > 1;
    if (is_named) {
        buf_puts(&w->buf, "{\"result\":");
        json_put_string(&w->buf, w->names[w->n_begun - 1]);
        buf_puts(&w->buf, ",\"row\":");
    }
    result_put_object(&w->buf, w->schema, cells);
    buf_puts(&w->buf, is_named ? "}\n" : "\n");
}

void result_row(ResultWriter *w, const Value *cells) {
    switch (w->format) {
    case RESULT_TABLE: table_row(w->table, cells, &w->buf); break;
    case RESULT_JSON:
        buf_puts(&w->buf, w->n_rows ? ",\n " : "");
        result_put_object(&w->buf, w->schema, cells);
        break;
    case RESULT_NDJSON: put_line(w, cells); break;
    case RESULT_CSV: put_joined(&w->buf, w->schema, cells, w->scratch, ',', text_put_csv); break;
    case RESULT_TSV: put_joined(&w->buf, w->schema, cells, w->scratch, '\t', text_put_tsv); break;
    case RESULT_MARKDOWN: result_put_markdown_row(&w->buf, w->schema, cells); break;
    case RESULT_HTML: result_put_html_row(&w->buf, w->schema, cells); break;
    case RESULT_KUSTO: result_put_kusto_row(&w->buf, w->schema, cells, w->n_rows == 0); break;
    case RESULT_PARQUET: break;
    }
    w->n_rows++;
    arena_reset(w->scratch);
    if (w->buf.len >= FLUSH_BYTES) flush(w);
}

void result_end(ResultWriter *w) {
    switch (w->format) {
    case RESULT_TABLE: table_close(w->table, &w->buf); break;
    case RESULT_JSON: buf_puts(&w->buf, w->n_results > 1 ? "]}" : "]\n"); break;
    case RESULT_HTML:
        buf_printf(&w->buf, "</tbody></table>\n<p class=\"muted\">%zu row%s</p>\n", w->n_rows,
                   w->n_rows == 1 ? "" : "s");
        break;
    case RESULT_KUSTO: result_put_kusto_tail(&w->buf); break;
    case RESULT_NDJSON:
    case RESULT_CSV:
    case RESULT_TSV:
    case RESULT_MARKDOWN:
    case RESULT_PARQUET: break;
    }
    w->schema = NULL;
    flush(w);
}

/* The last table of a response of several says what the others are ("REST response", the meaning of tables). */
static void put_contents(ResultWriter *w) {
    Column columns[] = {{1, TYPE_LONG, STR("Ordinal")},
                        {2, TYPE_STRING, STR("Kind")},
                        {3, TYPE_STRING, STR("Name")},
                        {4, TYPE_STRING, STR("Id")},
                        {5, TYPE_STRING, STR("PrettyName")}};
    Schema schema = {columns, COUNT_OF(columns)};
    buf_putc(&w->buf, ',');
    result_put_kusto_head(&w->buf, arena_printf(w->scratch, "Table_%u", w->n_begun), &schema);
    for (uint32_t i = 0; i < w->n_begun; i++) {
        Value cells[] = {
            value_long(i), value_str(STR("QueryResult")), value_str(STR("PrimaryResult")),
            value_str(arena_printf(w->scratch, "00000000-0000-0000-0000-%012u", i + 1)),
            value_str(w->names[i])};
        result_put_kusto_row(&w->buf, &schema, cells, i == 0);
    }
    result_put_kusto_tail(&w->buf);
}

bool result_close(ResultWriter *w) {
    if (w->schema) result_end(w);
    if (w->format == RESULT_JSON && w->n_results > 1) buf_puts(&w->buf, "\n]}\n");
    if (w->format == RESULT_HTML) buf_puts(&w->buf, "</body></html>\n");
    if (w->format == RESULT_KUSTO) {
        if (w->n_results > 1) put_contents(w);
        buf_puts(&w->buf, "]}\n");
    }
    flush(w);
    if (fflush(w->out) != 0) w->is_failed = true;
    bool ok = !w->is_failed;
    buf_free(&w->buf);
    arena_free(w->scratch);
    free(w->names);
    free(w);
    return ok;
}
