/*
 * A hunt as a section of a document that is handed on: Markdown or HTML. It holds what the text form
 * holds: the tables with their rows, warnings, every hit with what kept it, every suppressed row with
 * why. Hits and suppressed rows are numbered, so that what is said of them can be tied to them.
 */
#include "report/diag.h"
#include "report/hunt_internal.h"
#include "report/text.h"

typedef struct Document {
    Buf *out;
    const HuntResult *h;
    bool is_html;
    size_t number; /* of the hunt, for the names of places */
    Arena *scratch;
} Document;

/* ----------------------------------------------------------------------- dialect */

static void put_text(Document *d, Str s) {
    if (d->is_html) text_put_html(d->out, s);
    else text_put_markdown(d->out, s);
}

static void put_word(Document *d, const char *s) { put_text(d, str_of(s)); }

static void put_heading(Document *d, int level, Str text) {
    static const char *const marks[] = {"", "#", "##", "###", "####"};
    if (d->is_html) buf_printf(d->out, "<h%d>", level);
    else buf_printf(d->out, "\n%s ", marks[level]);
    put_text(d, text);
    if (d->is_html) buf_printf(d->out, "</h%d>\n", level);
    else buf_puts(d->out, "\n\n");
}

static void begin_list(Document *d) { buf_puts(d->out, d->is_html ? "<ul>\n" : ""); }
static void end_list(Document *d) { buf_puts(d->out, d->is_html ? "</ul>\n" : ""); }
static void begin_item(Document *d) { buf_puts(d->out, d->is_html ? "<li>" : "- "); }
static void end_item(Document *d) { buf_puts(d->out, d->is_html ? "</li>\n" : "\n"); }

static void begin_table(Document *d) { buf_puts(d->out, d->is_html ? "<table><thead>\n" : ""); }
static void end_table(Document *d) { buf_puts(d->out, d->is_html ? "</tbody></table>\n" : ""); }
static void begin_row(Document *d) { buf_puts(d->out, d->is_html ? "<tr>" : "|"); }
static void end_row(Document *d) { buf_puts(d->out, d->is_html ? "</tr>\n" : "\n"); }

static void begin_cell(Document *d, bool is_head) {
    buf_puts(d->out, !d->is_html ? " " : is_head ? "<th>" : "<td>");
}
static void end_cell(Document *d, bool is_head) {
    buf_puts(d->out, !d->is_html ? " |" : is_head ? "</th>" : "</td>");
}

static void put_cell(Document *d, Str text, bool is_head) {
    begin_cell(d, is_head);
    put_text(d, text);
    end_cell(d, is_head);
}

/* Ends the head of a table of `n` columns. */
static void end_head(Document *d, size_t n) {
    end_row(d);
    if (d->is_html) {
        buf_puts(d->out, "</thead><tbody>\n");
        return;
    }
    buf_putc(d->out, '|');
    for (size_t i = 0; i < n; i++) buf_puts(d->out, " --- |");
    buf_putc(d->out, '\n');
}

static void put_names(Document *d, const Schema *schema) {
    for (uint32_t c = 0; c < schema->n; c++) put_cell(d, schema->items[c].name, true);
}

static void put_values(Document *d, size_t row) {
    const Value *cells = hunt_row(d->h, row);
    for (uint32_t c = 0; c < d->h->rows.schema.n; c++)
        put_cell(d, value_to_text(d->scratch, &cells[c]), false);
    arena_reset(d->scratch);
}

/* The number of a hit or a suppressed row, a place that what is said of it links to. */
static void put_number(Document *d, const char *kind, size_t n) {
    begin_cell(d, false);
    if (d->is_html) buf_printf(d->out, "<a id=\"%s-%zu-%zu\">%zu</a>", kind, d->number, n, n);
    else buf_printf(d->out, "%zu", n);
    end_cell(d, false);
}

static void put_link(Document *d, const char *kind, size_t n) {
    if (d->is_html)
        buf_printf(d->out, "<a href=\"#%s-%zu-%zu\">%s %zu</a>: ", kind, d->number, n, kind, n);
    else buf_printf(d->out, "%s %zu: ", kind, n);
}

/* ---------------------------------------------------------------------- sections */

static void put_rule(Document *d) {
    const HuntRule *rule = d->h->rule;
    put_heading(d, 2, hunt_title(d->h));
    begin_list(d);
    begin_item(d);
    put_word(d, "file: ");
    put_text(d, d->h->file->path);
    end_item(d);
    const struct {
        const char *name;
        const Str *items;
        size_t n;
    } facts[] = {{"version", rule ? &rule->version : NULL, rule && rule->version.len},
                 {"severity", rule ? &rule->severity : NULL, rule && rule->severity.len},
                 {"tactics", rule ? rule->tactics : NULL, rule ? rule->n_tactics : 0},
                 {"techniques", rule ? rule->techniques : NULL, rule ? rule->n_techniques : 0}};
    for (size_t f = 0; f < COUNT_OF(facts); f++) {
        if (!facts[f].n) continue;
        begin_item(d);
        buf_printf(d->out, "%s: ", facts[f].name);
        for (size_t i = 0; i < facts[f].n; i++) {
            buf_puts(d->out, i ? ", " : "");
            put_text(d, facts[f].items[i]);
        }
        end_item(d);
    }
    end_list(d);
}

static void put_summary(Document *d) {
    const HuntResult *h = d->h;
    buf_puts(d->out, d->is_html ? "<p>" : "\n");
    if (h->status == OK)
        buf_printf(d->out, "%zu hit%s (%zu kept by a protection), %zu suppressed; ", h->n_hits,
                   h->n_hits == 1 ? "" : "s", h->n_protected, h->n_suppressed);
    buf_printf(d->out, "%lld line%s read, %lld skipped", (long long)h->stats.lines_read,
               h->stats.lines_read == 1 ? "" : "s", (long long)h->stats.lines_skipped);
    buf_puts(d->out, d->is_html ? "</p>\n" : "\n");
}

static void put_faults(Document *d) {
    put_heading(d, 3, STR("This rule did not run"));
    begin_list(d);
    for (size_t i = 0; i < d->h->diags.n; i++) {
        const Diag *fault = &d->h->diags.items[i];
        if (fault->severity != SEVERITY_ERROR) continue;
        begin_item(d);
        put_text(d, diag_line(d->scratch, d->h->file->path, d->h->file->text, fault));
        end_item(d);
    }
    end_list(d);
}

static void put_warnings(Document *d, const Str *warnings, size_t n) {
    if (!n) return;
    put_heading(d, 3, arena_printf(d->scratch, "Warnings: %zu", n));
    begin_list(d);
    for (size_t i = 0; i < n; i++) {
        begin_item(d);
        put_text(d, warnings[i]);
        end_item(d);
    }
    end_list(d);
}

static void put_tables(Document *d) {
    static const char *const names[] = {"Table", "Status", "Rows", "Connector"};
    if (!d->h->n_tables) return;
    put_heading(d, 3, STR("Tables"));
    begin_table(d);
    begin_row(d);
    for (size_t i = 0; i < COUNT_OF(names); i++) put_cell(d, str_of(names[i]), true);
    end_head(d, COUNT_OF(names));
    for (size_t i = 0; i < d->h->n_tables; i++) {
        const HuntTable *t = &d->h->tables[i];
        bool is_counted = t->rows >= 0 && t->presence != TABLE_MISSING;
        begin_row(d);
        put_cell(d, t->name, false);
        put_cell(d, str_of(hunt_presence_name(t->presence)), false);
        put_cell(d, is_counted ? arena_printf(d->scratch, "%lld", (long long)t->rows) : STR_EMPTY,
                 false);
        put_cell(d, t->connector, false);
        end_row(d);
    }
    end_table(d);
}

static void put_hits(Document *d) {
    const HuntResult *h = d->h;
    put_heading(d, 3, arena_printf(d->scratch, "Hits: %zu", h->n_hits));
    if (!h->n_hits) return;
    begin_table(d);
    begin_row(d);
    put_cell(d, STR("Hit"), true);
    put_names(d, &h->rows.schema);
    end_head(d, h->rows.schema.n + 1);
    for (size_t i = 0; i < h->n_hits; i++) {
        begin_row(d);
        put_number(d, "hit", i + 1);
        put_values(d, h->hits[i]);
        end_row(d);
    }
    end_table(d);
}

static void put_protected(Document *d) {
    const HuntResult *h = d->h;
    if (!h->n_protected) return;
    put_heading(
        d, 3, arena_printf(d->scratch, "Kept although an exclusion matched: %zu", h->n_protected));
    begin_list(d);
    size_t hit = 0; /* hits and protected rows are in the order of rows */
    for (size_t i = 0; i < h->n_protected; i++) {
        const HuntProtected *p = &h->protected_rows[i];
        while (hit < h->n_hits && h->hits[hit] < p->row) hit++;
        begin_item(d);
        put_link(d, "hit", hit + 1);
        put_text(d, arena_printf(d->scratch, "\"%.*s\" matched; kept by \"%.*s\": %.*s",
                                 STR_ARG(p->exclusion), STR_ARG(p->by), STR_ARG(p->reason)));
        end_item(d);
    }
    end_list(d);
}

/* Hits, suppressed and unwrapped rows are all in the order of rows. */
static void put_unwrapped(Document *d) {
    const HuntResult *h = d->h;
    if (!h->n_unwrapped) return;
    put_heading(d, 3, arena_printf(d->scratch, "Links unwrapped: %zu", h->n_unwrapped));
    begin_list(d);
    size_t hit = 0, hidden = 0;
    for (size_t i = 0; i < h->n_unwrapped; i++) {
        const HuntUnwrapped *u = &h->unwrapped[i];
        while (hit < h->n_hits && h->hits[hit] < u->row) hit++;
        while (hidden < h->n_suppressed && h->suppressed[hidden].row < u->row) hidden++;
        begin_item(d);
        if (hit < h->n_hits && h->hits[hit] == u->row) put_link(d, "hit", hit + 1);
        else put_link(d, "suppressed", hidden + 1);
        put_text(d, arena_printf(d->scratch, "%.*s is a link of %.*s that leads to %.*s",
                                 STR_ARG(u->wrapped_column), STR_ARG(u->service), STR_ARG(u->url)));
        end_item(d);
    }
    end_list(d);
}

static bool is_first_of_its_exclusion(const HuntResult *h, size_t at) {
    for (size_t i = 0; i < at; i++)
        if (str_eq(h->suppressed[i].exclusion, h->suppressed[at].exclusion)) return false;
    return true;
}

static void put_suppressed_of(Document *d, size_t first) {
    const HuntResult *h = d->h;
    const HuntSuppressed *s = &h->suppressed[first];
    const struct {
        const char *name;
        Str text;
    } facts[] = {{"scenario", s->scenario}, {"reason", s->reason}, {"owner", s->owner}};
    size_t n = 0;
    for (size_t i = first; i < h->n_suppressed; i++)
        n += str_eq(h->suppressed[i].exclusion, s->exclusion);
    put_heading(d, 4, arena_printf(d->scratch, "%zu by \"%.*s\"", n, STR_ARG(s->exclusion)));
    begin_list(d);
    for (size_t i = 0; i < COUNT_OF(facts); i++) {
        if (!facts[i].text.len) continue;
        begin_item(d);
        buf_printf(d->out, "%s: ", facts[i].name);
        put_text(d, facts[i].text);
        end_item(d);
    }
    end_list(d);
    buf_puts(d->out, d->is_html ? "" : "\n");
    begin_table(d);
    begin_row(d);
    put_cell(d, STR("Suppressed"), true);
    put_cell(d, STR("Because"), true);
    put_names(d, &h->rows.schema);
    end_head(d, h->rows.schema.n + 2);
    for (size_t i = first; i < h->n_suppressed; i++) {
        if (!str_eq(h->suppressed[i].exclusion, s->exclusion)) continue;
        begin_row(d);
        put_number(d, "suppressed", i + 1);
        put_cell(d, h->suppressed[i].because, false);
        put_values(d, h->suppressed[i].row);
        end_row(d);
    }
    end_table(d);
}

void hunt_put_document(Buf *out, const HuntResult *h, ResultFormat format, size_t number) {
    Document d = {.out = out,
                  .h = h,
                  .is_html = format == RESULT_HTML,
                  .number = number,
                  .scratch = arena_new()};
    buf_puts(out, d.is_html ? "<section>\n" : "");
    put_rule(&d);
    put_summary(&d);
    if (h->status != OK) put_faults(&d);
    put_warnings(&d, h->warnings, h->n_warnings);
    put_tables(&d);
    if (h->status == OK) {
        put_hits(&d);
        put_protected(&d);
        put_unwrapped(&d);
        put_heading(&d, 3, arena_printf(d.scratch, "Suppressed: %zu", h->n_suppressed));
        for (size_t i = 0; i < h->n_suppressed; i++)
            if (is_first_of_its_exclusion(h, i)) put_suppressed_of(&d, i);
    }
    buf_puts(out, d.is_html ? "</section>\n" : "");
    arena_free(d.scratch);
}

void hunt_put_document_warnings(Buf *out, ResultFormat format, const Str *warnings, size_t n) {
    if (!n) return;
    Document d = {.out = out, .is_html = format == RESULT_HTML, .scratch = arena_new()};
    put_heading(&d, 2, STR("Beside the hunts"));
    put_warnings(&d, warnings, n);
    arena_free(d.scratch);
}
