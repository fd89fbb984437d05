/*
 * A hunt for people: the rule, its tables, the hits as blocks, what was kept in spite of an
 * exclusion, what was suppressed and why.
 */
#include "report/hunt_internal.h"
#include "report/text.h"

enum { FEW_HITS = 5, MAX_BRIEF = 8, BRIEF_WORTH = 3 };

typedef struct Page {
    Buf *out;
    const HuntResult *h;
    const HuntReportOptions *options;
    Arena *scratch;
    uint32_t brief[MAX_BRIEF]; /* the columns that tell one row from another at a glance */
    size_t n_brief;
} Page;

static void paint(Page *p, const char *code) {
    if (p->options->style.is_coloured) buf_printf(p->out, "\x1b[%sm", code);
}

static void put_plain(Page *p, Str s) { text_put_terminal(p->out, s, 0); }

static void put_heading(Page *p, const char *colour, size_t n, const char *one, const char *many,
                        const char *tail) {
    paint(p, colour);
    buf_printf(p->out, "%zu %s%s", n, n == 1 ? one : many, tail);
    paint(p, "0");
    buf_putc(p->out, '\n');
}

static void put_rule(Page *p) {
    const HuntRule *rule = p->h->rule;
    paint(p, "1");
    put_plain(p, hunt_title(p->h));
    paint(p, "0");
    if (rule && rule->version.len) {
        buf_puts(p->out, "  ");
        put_plain(p, rule->version);
    }
    for (size_t i = 0; rule && i < rule->n_tactics; i++) {
        buf_puts(p->out, i ? ", " : "  ");
        put_plain(p, rule->tactics[i]);
    }
    for (size_t i = 0; rule && i < rule->n_techniques; i++) {
        buf_puts(p->out, i ? ", " : "  ");
        put_plain(p, rule->techniques[i]);
    }
    buf_putc(p->out, '\n');
}

static void put_padded(Page *p, Str s, size_t width) {
    size_t w = text_put_terminal(p->out, s, 0);
    for (; w < width; w++) buf_putc(p->out, ' ');
}

static void put_tables(Page *p) {
    size_t width = 0, missing = 0, empty = 0;
    for (size_t i = 0; i < p->h->n_tables; i++) {
        const HuntTable *t = &p->h->tables[i];
        if (t->name.len > width) width = t->name.len;
        missing += t->presence == TABLE_MISSING;
        empty += t->presence == TABLE_EMPTY;
    }
    if (!p->h->n_tables) return;
    buf_printf(p->out, "\nTables: %zu of %zu present", p->h->n_tables - missing - empty,
               p->h->n_tables);
    if (empty) buf_printf(p->out, ", %zu empty", empty);
    if (empty && missing) buf_printf(p->out, ", %zu missing", missing);
    buf_putc(p->out, '\n');
    for (size_t i = 0; i < p->h->n_tables; i++) {
        const HuntTable *t = &p->h->tables[i];
        buf_puts(p->out, "  ");
        put_padded(p, t->name, width + 2);
        paint(p, t->presence == TABLE_PRESENT ? "32" : "33");
        put_padded(p, str_of(hunt_presence_name(t->presence)), 9);
        paint(p, "0");
        Str rows = t->rows < 0 || t->presence == TABLE_MISSING
                       ? STR_EMPTY
                       : arena_printf(p->scratch, "%lld row%s", (long long)t->rows,
                                      t->rows == 1 ? "" : "s");
        put_padded(p, rows, 14);
        put_plain(p, t->connector);
        buf_putc(p->out, '\n');
    }
}

/* A row as "name  value" lines; empty values are left out. */
static void put_block(Page *p, size_t row, size_t number) {
    const Schema *schema = &p->h->rows.schema;
    const Value *cells = hunt_row(p->h, row);
    size_t width = 0;
    for (uint32_t c = 0; c < schema->n; c++)
        if (schema->items[c].name.len > width && schema->items[c].name.len < 40)
            width = schema->items[c].name.len;
    bool is_first = true;
    for (uint32_t c = 0; c < schema->n; c++) {
        Str text = value_to_text(p->scratch, &cells[c]);
        if (!text.len) continue;
        if (is_first) buf_printf(p->out, "%4zu  ", number);
        else buf_puts(p->out, "      ");
        is_first = false;
        paint(p, "2");
        put_padded(p, schema->items[c].name, width + 2);
        paint(p, "0");
        put_plain(p, text);
        buf_putc(p->out, '\n');
    }
    if (is_first) buf_printf(p->out, "%4zu  (an empty row)\n", number);
}

static void put_notes(Page *p, size_t row) {
    const HuntProtected *kept = hunt_protection(p->h, row);
    if (kept) {
        paint(p, "1;35");
        buf_puts(p->out, "      kept: ");
        paint(p, "0");
        buf_puts(p->out, "\"");
        put_plain(p, kept->exclusion);
        buf_puts(p->out, "\" would have hidden it, \"");
        put_plain(p, kept->by);
        buf_puts(p->out, "\" keeps it: ");
        put_plain(p, kept->reason);
        buf_putc(p->out, '\n');
    }
    size_t at = hunt_first_unwrapped(p->h, row);
    for (; at < p->h->n_unwrapped && p->h->unwrapped[at].row == row; at++) {
        const HuntUnwrapped *u = &p->h->unwrapped[at];
        buf_puts(p->out, "      unwrapped: ");
        put_plain(p, u->wrapped_column);
        buf_puts(p->out, " is a link of ");
        put_plain(p, u->service);
        buf_puts(p->out, " that leads to ");
        put_plain(p, u->url);
        buf_putc(p->out, '\n');
    }
}

/* The time, links, names; ids are for machines. */
static void find_brief(Page *p) {
    static const char *const wanted[] = {"url",    "recipient", "account", "user",
                                         "device", "host",      "process"};
    const Schema *schema = &p->h->rows.schema;
    for (uint32_t c = 0; c < schema->n && p->n_brief < MAX_BRIEF; c++) {
        Str name = schema->items[c].name;
        bool is_wanted = schema->items[c].type == TYPE_DATETIME;
        for (size_t w = 0; w < COUNT_OF(wanted) && !is_wanted; w++)
            for (size_t at = 0; at < name.len && !is_wanted; at++)
                is_wanted = str_eq_nocase(str_sub(name, at, strlen(wanted[w])), str_of(wanted[w]));
        bool is_id = str_ends_with(name, STR("Id")) || str_ends_with(name, STR("Sid"));
        if (is_wanted && !is_id) p->brief[p->n_brief++] = c;
    }
}

/* The brief columns of one kind: the time and links, or the others. Returns how many it put. */
static size_t put_brief_part(Page *p, size_t row, bool is_link_part) {
    const Schema *schema = &p->h->rows.schema;
    const Value *cells = hunt_row(p->h, row);
    size_t shown = 0;
    for (size_t i = 0; i < p->n_brief; i++) {
        const Column *column = &schema->items[p->brief[i]];
        bool is_link = column->type == TYPE_DATETIME;
        for (size_t at = 0; at < column->name.len && !is_link; at++)
            is_link = str_eq_nocase(str_sub(column->name, at, 3), STR("url"));
        Str text = value_to_text(p->scratch, &cells[p->brief[i]]);
        if (is_link != is_link_part || !text.len) continue;
        buf_puts(p->out, shown++ ? "  " : "");
        put_plain(p, text);
    }
    return shown;
}

static void put_hit_brief(Page *p, size_t row, size_t number) {
    buf_printf(p->out, "%4zu  ", number);
    if (put_brief_part(p, row, true)) buf_putc(p->out, '\n');
    size_t before = p->out->len;
    buf_puts(p->out, "      ");
    paint(p, "2");
    bool has_others = put_brief_part(p, row, false) > 0;
    paint(p, "0");
    buf_putc(p->out, '\n');
    if (!has_others) p->out->len = before;
}

/* A row in one line. */
static void put_brief(Page *p, size_t row) {
    size_t shown = put_brief_part(p, row, true);
    size_t before = p->out->len;
    if (shown) buf_puts(p->out, "  ");
    size_t others = put_brief_part(p, row, false);
    if (!others) p->out->len = before;
    const Value *cells = hunt_row(p->h, row);
    for (uint32_t c = 0; c < p->h->rows.schema.n && !shown && !others; c++) {
        Str text = value_to_text(p->scratch, &cells[c]);
        put_plain(p, text);
        shown = text.len;
    }
}

/* Many hits are told in two lines each, so that they can be looked over. */
static void put_hits(Page *p) {
    const HuntResult *h = p->h;
    bool is_brief = h->n_hits > FEW_HITS && !p->options->shows_all && p->n_brief >= BRIEF_WORTH;
    buf_putc(p->out, '\n');
    put_heading(p, h->n_hits ? "1;31" : "1;32", h->n_hits, "hit", "hits",
                is_brief ? " (all columns: --verbose, or --format json)" : "");
    for (size_t i = 0; i < h->n_hits; i++) {
        if (i && !is_brief) buf_putc(p->out, '\n');
        if (is_brief) put_hit_brief(p, h->hits[i], i + 1);
        else put_block(p, h->hits[i], i + 1);
        put_notes(p, h->hits[i]);
    }
}

/* Hits that an exclusion matched, in one place: the reader must not have to look for them. */
static void put_protected(Page *p) {
    const HuntResult *h = p->h;
    if (!h->n_protected) return;
    buf_putc(p->out, '\n');
    put_heading(p, "1;35", h->n_protected, "hit", "hits", " kept although an exclusion matched");
    size_t number = 0; /* hits and protected rows are in the order of rows */
    for (size_t i = 0; i < h->n_protected; i++) {
        const HuntProtected *k = &h->protected_rows[i];
        while (number < h->n_hits && h->hits[number] < k->row) number++;
        buf_printf(p->out, "  hit %zu: \"", number + 1);
        put_plain(p, k->exclusion);
        buf_puts(p->out, "\" matched; kept by \"");
        put_plain(p, k->by);
        buf_puts(p->out, "\": ");
        put_plain(p, k->reason);
        buf_putc(p->out, '\n');
    }
}

static size_t count_of_exclusion(const HuntResult *h, Str exclusion) {
    size_t n = 0;
    for (size_t i = 0; i < h->n_suppressed; i++) n += str_eq(h->suppressed[i].exclusion, exclusion);
    return n;
}

static void put_suppressed_of(Page *p, size_t first) {
    const HuntResult *h = p->h;
    const HuntSuppressed *s = &h->suppressed[first];
    buf_printf(p->out, "  %zu by \"", count_of_exclusion(h, s->exclusion));
    put_plain(p, s->exclusion);
    buf_puts(p->out, "\"\n    scenario: ");
    put_plain(p, s->scenario);
    buf_puts(p->out, "\n    reason:   ");
    put_plain(p, s->reason);
    if (s->owner.len) {
        buf_puts(p->out, "\n    owner:    ");
        put_plain(p, s->owner);
    }
    buf_putc(p->out, '\n');
    enum { SHOWN = 3 };
    size_t shown = 0, left = 0;
    for (size_t i = first; i < h->n_suppressed; i++) {
        if (!str_eq(h->suppressed[i].exclusion, s->exclusion)) continue;
        if (!p->options->shows_suppressed && shown >= SHOWN) {
            left++;
            continue;
        }
        buf_puts(p->out, "    - ");
        put_brief(p, h->suppressed[i].row);
        buf_puts(p->out, "\n      because ");
        put_plain(p, h->suppressed[i].because);
        buf_putc(p->out, '\n');
        shown++;
    }
    if (left) buf_printf(p->out, "    - and %zu more: --show-suppressed lists them\n", left);
}

static void put_suppressed(Page *p) {
    const HuntResult *h = p->h;
    if (!h->n_suppressed) return;
    buf_putc(p->out, '\n');
    put_heading(p, "1;36", h->n_suppressed, "row", "rows", " suppressed");
    for (size_t i = 0; i < h->n_suppressed; i++) {
        bool is_first = true;
        for (size_t j = 0; j < i && is_first; j++)
            is_first = !str_eq(h->suppressed[j].exclusion, h->suppressed[i].exclusion);
        if (is_first) put_suppressed_of(p, i);
    }
}

void hunt_put_text(Buf *out, const HuntResult *h, const HuntReportOptions *options) {
    Page p = {.out = out, .h = h, .options = options, .scratch = arena_new()};
    find_brief(&p);
    put_rule(&p);
    put_tables(&p);
    if (h->status == OK) {
        put_hits(&p);
        put_protected(&p);
        put_suppressed(&p);
    } else {
        buf_puts(out, "\nThis rule did not run: see the messages.\n");
    }
    buf_printf(out, "\n%zu hit%s (%zu kept by a protection), %zu suppressed; ", h->n_hits,
               h->n_hits == 1 ? "" : "s", h->n_protected, h->n_suppressed);
    buf_printf(out, "%lld line%s read, %lld skipped\n", (long long)h->stats.lines_read,
               h->stats.lines_read == 1 ? "" : "s", (long long)h->stats.lines_skipped);
    arena_free(p.scratch);
}
