#include "report/hunt_report.h"

#include <stdlib.h>

#include "report/diag.h"
#include "report/hunt_internal.h"
#include "report/text.h"

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

static Str title_of(const HuntResult *h) {
    return h->rule && h->rule->name.len ? h->rule->name : h->file->path;
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
    result_put_kusto_head(&r->buf, title_of(h), &h->rows.schema);
    for (size_t i = 0; i < h->n_hits; i++)
        result_put_kusto_row(&r->buf, &h->rows.schema, hunt_row(h, h->hits[i]), i == 0);
    result_put_kusto_tail(&r->buf);
}

/* Why a rule did not run, in a list. */
static void put_faults(HuntReport *r, const HuntResult *h, const char *before, const char *after,
                       void (*put_text)(Buf *out, Str text)) {
    Arena *scratch = arena_new();
    for (size_t i = 0; i < h->diags.n; i++) {
        const Diag *d = &h->diags.items[i];
        if (d->severity != SEVERITY_ERROR) continue;
        buf_puts(&r->buf, before);
        put_text(&r->buf, diag_line(scratch, h->file->path, h->file->text, d));
        buf_puts(&r->buf, after);
    }
    arena_free(scratch);
}

static void add_markdown(HuntReport *r, const HuntResult *h) {
    Buf *out = &r->buf;
    buf_puts(out, r->n_hunts ? "\n## " : "## ");
    text_put_markdown(out, title_of(h));
    if (h->status != OK) {
        buf_puts(out, "\n\nThis rule did not run:\n\n");
        put_faults(r, h, "- ", "\n", text_put_markdown);
        return;
    }
    buf_puts(out, "\n\n| Table | Status | Connector |\n| --- | --- | --- |\n");
    for (size_t i = 0; i < h->n_tables; i++) {
        buf_puts(out, "| ");
        text_put_markdown(out, h->tables[i].name);
        buf_printf(out, " | %s | ", hunt_presence_name(h->tables[i].presence));
        text_put_markdown(out, h->tables[i].connector);
        buf_puts(out, " |\n");
    }
    buf_printf(out, "\n### Hits: %zu\n\n", h->n_hits);
    if (h->n_hits) result_put_markdown_head(out, &h->rows.schema);
    for (size_t i = 0; i < h->n_hits; i++)
        result_put_markdown_row(out, &h->rows.schema, hunt_row(h, h->hits[i]));
    for (size_t i = 0; i < h->n_protected; i++) {
        const HuntProtected *p = &h->protected_rows[i];
        buf_puts(out, i ? "- " : "\n### Kept although an exclusion matched\n\n- ");
        text_put_markdown(out, p->exclusion);
        buf_puts(out, " matched, kept by ");
        text_put_markdown(out, p->by);
        buf_puts(out, ": ");
        text_put_markdown(out, p->reason);
        buf_putc(out, '\n');
    }
    buf_printf(out, "\n### Suppressed: %zu\n\n", h->n_suppressed);
    for (size_t i = 0; i < h->n_suppressed; i++) {
        buf_puts(out, "- ");
        text_put_markdown(out, h->suppressed[i].exclusion);
        buf_puts(out, ": ");
        text_put_markdown(out, h->suppressed[i].because);
        buf_putc(out, '\n');
    }
}

static void put_html_list(Buf *out, Str a, Str b, Str c) {
    buf_puts(out, "<li><b>");
    text_put_html(out, a);
    buf_puts(out, "</b> ");
    text_put_html(out, b);
    buf_puts(out, c.len ? ": " : "");
    text_put_html(out, c);
    buf_puts(out, "</li>\n");
}

static void add_html(HuntReport *r, const HuntResult *h) {
    Buf *out = &r->buf;
    buf_puts(out, "<section><h2>");
    text_put_html(out, title_of(h));
    buf_puts(out, "</h2>\n");
    if (h->status != OK) {
        buf_puts(out, "<p>This rule did not run:</p><ul>\n");
        put_faults(r, h, "<li>", "</li>\n", text_put_html);
        buf_puts(out, "</ul></section>\n");
        return;
    }
    buf_puts(out, "<h3>Tables</h3><ul>\n");
    for (size_t i = 0; i < h->n_tables; i++)
        put_html_list(out, h->tables[i].name, str_of(hunt_presence_name(h->tables[i].presence)),
                      h->tables[i].connector);
    buf_printf(out, "</ul>\n<h3>Hits: %zu</h3>\n", h->n_hits);
    result_put_html_head(out, &h->rows.schema);
    for (size_t i = 0; i < h->n_hits; i++)
        result_put_html_row(out, &h->rows.schema, hunt_row(h, h->hits[i]));
    buf_printf(out, "</tbody></table>\n<h3>Kept although an exclusion matched: %zu</h3><ul>\n",
               h->n_protected);
    for (size_t i = 0; i < h->n_protected; i++)
        put_html_list(out, h->protected_rows[i].by, h->protected_rows[i].reason,
                      h->protected_rows[i].exclusion);
    buf_printf(out, "</ul>\n<h3>Suppressed: %zu</h3>\n", h->n_suppressed);
    result_put_html_head(out, &h->rows.schema);
    for (size_t i = 0; i < h->n_suppressed; i++)
        result_put_html_row(out, &h->rows.schema, hunt_row(h, h->suppressed[i].row));
    buf_puts(out, "</tbody></table><ul>\n");
    for (size_t i = 0; i < h->n_suppressed; i++)
        put_html_list(out, h->suppressed[i].exclusion, h->suppressed[i].reason,
                      h->suppressed[i].because);
    buf_puts(out, "</ul></section>\n");
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
    case RESULT_MARKDOWN: add_markdown(r, h); break;
    case RESULT_HTML: add_html(r, h); break;
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
    case RESULT_HTML: buf_puts(&r->buf, "</body></html>\n"); break;
    case RESULT_TABLE:
    case RESULT_NDJSON:
    case RESULT_CSV:
    case RESULT_TSV:
    case RESULT_MARKDOWN:
    case RESULT_PARQUET: break;
    }
    flush(r);
    if (fflush(r->out) != 0) r->is_failed = true;
    bool ok = !r->is_failed;
    buf_free(&r->buf);
    free(r);
    return ok;
}
