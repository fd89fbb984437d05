#include "report/hunt_report.h"

#include <stdlib.h>

#include "report/hunt_internal.h"

struct HuntReport {
    HuntReportOptions options;
    FILE *out;
    Buf buf;
    size_t n_hunts;
    bool is_failed, has_table;
};

static void flush(HuntReport *r) {
    if (r->buf.len && fwrite(r->buf.ptr, 1, r->buf.len, r->out) != r->buf.len) r->is_failed = true;
    buf_clear(&r->buf);
}

HuntReport *hunt_report_open(const HuntReportOptions *options, FILE *out) {
    HuntReport *r = calloc(1, sizeof *r);
    if (!r) abort();
    *r = (HuntReport){.options = *options, .out = out};
    switch (options->format) {
    case RESULT_JSON: buf_puts(&r->buf, "{\"hunts\": ["); break;
    case RESULT_KUSTO: buf_puts(&r->buf, "{\"Tables\":["); break;
    case RESULT_HTML: result_put_html_page(&r->buf, STR("Quarry: hunts")); break;
    case RESULT_TABLE:
    case RESULT_NDJSON:
    case RESULT_CSV:
    case RESULT_TSV:
    case RESULT_MARKDOWN:
    case RESULT_PARQUET: break;
    }
    return r;
}

/* The hits alone, by a writer of rows: for CSV and TSV. */
static void add_rows(HuntReport *r, const HuntResult *h) {
    if (!h->rows.schema.n) return;
    flush(r);
    ResultWriter *w = result_open(r->options.format, &h->rows.schema, &r->options.style, r->out);
    for (size_t i = 0; i < h->n_hits; i++) result_row(w, hunt_row(h, h->hits[i]));
    if (!result_close(w)) r->is_failed = true;
}

static void add_kusto(HuntReport *r, const HuntResult *h) {
    if (r->has_table) buf_putc(&r->buf, ',');
    r->has_table = true;
    result_put_kusto_head(&r->buf, hunt_title(h), &h->rows.schema);
    for (size_t i = 0; i < h->n_hits; i++)
        result_put_kusto_row(&r->buf, &h->rows.schema, hunt_row(h, h->hits[i]), i == 0);
    result_put_kusto_tail(&r->buf);
}

void hunt_report_add(HuntReport *r, const HuntResult *h) {
    switch (r->options.format) {
    case RESULT_TABLE:
        if (r->n_hunts) buf_puts(&r->buf, "\n════════\n\n");
        hunt_put_text(&r->buf, h, &r->options);
        break;
    case RESULT_JSON:
        buf_puts(&r->buf, r->n_hunts ? ",\n" : "");
        hunt_put_json(&r->buf, h);
        break;
    case RESULT_NDJSON: hunt_put_ndjson(&r->buf, h); break;
    case RESULT_CSV:
    case RESULT_TSV: add_rows(r, h); break;
    case RESULT_MARKDOWN:
    case RESULT_HTML: hunt_put_document(&r->buf, h, r->options.format, r->n_hunts + 1); break;
    case RESULT_KUSTO:
        if (h->status == OK) add_kusto(r, h);
        break;
    case RESULT_PARQUET: break;
    }
    r->n_hunts++;
    flush(r);
    fflush(r->out);
}

bool hunt_report_close(HuntReport *r, const Str *warnings, size_t n_warnings) {
    switch (r->options.format) {
    case RESULT_JSON:
        buf_puts(&r->buf, "],\n ");
        hunt_put_list(&r->buf, "warnings", warnings, n_warnings);
        buf_puts(&r->buf, "}\n");
        break;
    case RESULT_KUSTO: buf_puts(&r->buf, "]}\n"); break;
    case RESULT_MARKDOWN:
    case RESULT_HTML:
        hunt_put_document_warnings(&r->buf, r->options.format, warnings, n_warnings);
        buf_puts(&r->buf, r->options.format == RESULT_HTML ? "</body></html>\n" : "");
        break;
    case RESULT_TABLE:
    case RESULT_NDJSON:
    case RESULT_CSV:
    case RESULT_TSV:
    case RESULT_PARQUET: break;
    }
    flush(r);
    if (fflush(r->out) != 0) r->is_failed = true;
    bool ok = !r->is_failed;
    buf_free(&r->buf);
    free(r);
    return ok;
}
