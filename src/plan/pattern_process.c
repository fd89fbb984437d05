/*
 * pattern_process.c: patterns that many rows share, for basket, autocluster and diffpatterns.
 *
 * An item is a value of a column that enough rows have. A pattern is a set of items; of patterns that the
 * same rows meet only the one with the most items counts, the closure. The search goes by the number of
 * items that are asked for: from each pattern on, every item that enough of its rows have gives one more.
 * Patterns are known again by their rows (a sum of random numbers, one a row), so each is looked at once.
 * Any subset of a pattern is met by as many rows or more: what too few rows meet is not gone on from.
 *
 * Values that are no items cannot be part of a pattern: rows that differ in them alone are one row.
 */
#include "plan/pattern.h"

#define MAX_PATTERNS ((size_t)20000)
#define MAX_WORK UINT64_C(1000000000) /* values looked at */

typedef struct Tally {
    double n;
    uint64_t rows; /* which they are, as one number */
} Tally;

/* A pattern that is still to be looked at: another one's items and one more. */
typedef struct Lead {
    uint32_t parent; /* of the leads; UINT32_MAX: none */
    uint32_t item, level;
} Lead;

typedef struct Search {
    Patterns found;
    uint32_t width;   /* columns */
    uint32_t *values; /* n_rows * width items; 0: no item */
    double *n, *m;    /* per row */
    size_t n_rows;
    uint32_t n_items, max_items; /* the first is 1 */
    uint32_t *column_of;         /* per item */
    uint32_t *starts;            /* per item: where its rows begin in `rows` */
    uint32_t *rows;              /* ascending, item after item */
    uint32_t *items;             /* of all rows without gaps */
    uint32_t *item_starts;
    Tally *tallies;     /* per item */
    double *others;     /* per item: m */
    uint32_t *selected; /* rows of the present pattern */
    Lead *leads;
    size_t n_leads, cap_leads;
    uint64_t *known; /* rows of patterns, as one number; 0 is free */
    size_t n_known, cap_known;
    uint64_t work;
    bool is_cut;
} Search;

/* One step of splitmix64: numbers of rows that add up to something else for other rows. */
static uint64_t mix(uint64_t x) {
    x += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

static bool is_enough(const Search *s, double n, double m) {
    const PatternProcess *p = s->found.program;
    double least = p->threshold;
    if (p->kind != PATTERN_DIFFERENCE) return n >= least * s->found.all;
    return n / s->found.all >= least || m / s->found.other >= least;
}

/* ----------------------------------------------------------------------- items */

typedef struct Words {
    uint32_t *slots; /* word + 1; 0 is free */
    size_t n_slots;
    Str *texts;
    double *n, *m;
    uint32_t count;
} Words;

static uint32_t word_of(Words *w, Str text) {
    size_t at = (size_t)str_hash(text) & (w->n_slots - 1);
    while (w->slots[at] && !str_eq(w->texts[w->slots[at] - 1], text))
        at = (at + 1) & (w->n_slots - 1);
    if (!w->slots[at]) {
        w->texts[w->count] = text;
        w->n[w->count] = w->m[w->count] = 0;
        w->slots[at] = ++w->count;
    }
    return w->slots[at] - 1;
}

static double real_of(const Value *v) { return v->is_null ? 0 : v->u.r; }

/* A column's words become items where enough rows have them; room for all of them is there. */
static void code_column(Search *s, uint32_t column, Words *w) {
    const ProcessRun *run = s->found.run;
    memset(w->slots, 0, w->n_slots * sizeof *w->slots);
    w->count = 0;
    for (size_t r = 0; r < run->n_rows; r++) {
        uint32_t word = word_of(w, run->cells[r * run->n_reads + column].u.s);
        w->n[word] += s->n[r];
        w->m[word] += s->m[r];
        s->values[r * s->width + column] = word;
    }
    uint32_t *items = ARENA_ARRAY(s->found.arena, uint32_t, w->count + 1u);
    for (uint32_t i = 0; i < w->count; i++) {
        if (!w->texts[i].len || !is_enough(s, w->n[i], w->m[i])) continue;
        if (s->n_items == s->max_items) {
            s->is_cut = true; /* weights under 0 */
            break;
        }
        items[i] = ++s->n_items;
        s->found.texts[s->n_items] = w->texts[i];
        s->column_of[s->n_items] = column;
    }
    for (size_t r = 0; r < run->n_rows; r++) {
        uint32_t *value = &s->values[r * s->width + column];
        *value = items[*value];
    }
}

/* An item takes more than a given share of its column: there is a bound to their number. */
static uint32_t max_items(const Search *s) {
    double least = s->found.program->threshold;
    double most = least > 0 ? 2.0 / least + 2 : 1e9;
    size_t bound = most < (double)s->found.run->n_rows ? (size_t)most : s->found.run->n_rows;
    return (uint32_t)(bound * s->width);
}

static void code_rows(Search *s) {
    const ProcessRun *run = s->found.run;
    Arena *arena = s->found.arena, *scratch = arena_new();
    s->values = ARENA_ARRAY(arena, uint32_t, run->n_rows * s->width + 1);
    s->n = ARENA_ARRAY(arena, double, run->n_rows + 1);
    s->m = ARENA_ARRAY(arena, double, run->n_rows + 1);
    for (size_t r = 0; r < run->n_rows; r++) {
        const Value *weights = &run->cells[r * run->n_reads + s->width];
        s->found.all += s->n[r] = real_of(&weights[0]);
        s->found.other += s->m[r] = real_of(&weights[1]);
    }
    s->max_items = max_items(s);
    s->found.texts = ARENA_ARRAY(arena, Str, s->max_items + 1u);
    s->found.texts[0] = STR_EMPTY;
    s->column_of = ARENA_ARRAY(arena, uint32_t, s->max_items + 1u);
    Words w = {.n_slots = 64};
    while (w.n_slots < run->n_rows * 2) w.n_slots *= 2;
    w.slots = ARENA_ARRAY(scratch, uint32_t, w.n_slots);
    w.texts = ARENA_ARRAY(scratch, Str, run->n_rows + 1);
    w.n = ARENA_ARRAY(scratch, double, run->n_rows + 1);
    w.m = ARENA_ARRAY(scratch, double, run->n_rows + 1);
    for (uint32_t c = 0; c < s->width; c++) code_column(s, c, &w);
    arena_free(scratch);
}

/* Rows with the same items become one. */
static void merge_rows(Search *s) {
    const ProcessRun *run = s->found.run;
    size_t n_slots = 64, size = s->width * sizeof *s->values;
    while (n_slots < run->n_rows * 2) n_slots *= 2;
    uint32_t *slots = ARENA_ARRAY(s->found.arena, uint32_t, n_slots);
    for (size_t r = 0; r < run->n_rows; r++) {
        const uint32_t *values = &s->values[r * s->width];
        size_t at = (size_t)str_hash((Str){(const char *)values, size}) & (n_slots - 1);
        while (slots[at] &&
               memcmp(&s->values[(slots[at] - 1) * (size_t)s->width], values, size) != 0)
            at = (at + 1) & (n_slots - 1);
        if (slots[at]) {
            s->n[slots[at] - 1] += s->n[r];
            s->m[slots[at] - 1] += s->m[r];
            continue;
        }
        memmove(&s->values[s->n_rows * s->width], values, size);
        s->n[s->n_rows] = s->n[r];
        s->m[s->n_rows] = s->m[r];
        slots[at] = (uint32_t)++s->n_rows;
    }
}

static void list_items(Search *s) {
    size_t n = 0, n_values = s->n_rows * s->width;
    s->items = ARENA_ARRAY(s->found.arena, uint32_t, n_values + 1);
    s->item_starts = ARENA_ARRAY(s->found.arena, uint32_t, s->n_rows + 1);
    for (size_t i = 0; i < n_values; i++) {
        if (i % s->width == 0) s->item_starts[i / s->width] = (uint32_t)n;
        if (s->values[i]) s->items[n++] = s->values[i];
    }
    s->item_starts[s->n_rows] = (uint32_t)n;
}

static void list_rows(Search *s) {
    size_t n_values = s->n_rows * s->width;
    s->starts = ARENA_ARRAY(s->found.arena, uint32_t, s->n_items + 2u);
    s->rows = ARENA_ARRAY(s->found.arena, uint32_t, n_values + 1);
    uint32_t *next = ARENA_ARRAY(s->found.arena, uint32_t, s->n_items + 2u);
    for (size_t i = 0; i < n_values; i++) s->starts[s->values[i]]++;
    uint32_t at = s->starts[0] = 0;
    for (uint32_t i = 1; i <= s->n_items + 1; i++) {
        uint32_t n = i <= s->n_items ? s->starts[i] : 0;
        s->starts[i] = next[i] = at;
        at += n;
    }
    for (size_t i = 0; i < n_values; i++)
        if (s->values[i]) s->rows[next[s->values[i]]++] = (uint32_t)(i / s->width);
}

/* ---------------------------------------------------------------------- search */

/* False when patterns with these rows are known already. */
static bool add_known(Search *s, uint64_t rows) {
    if (!rows) rows = 1;
    size_t at = (size_t)mix(rows) & (s->cap_known - 1);
    while (s->known[at] && s->known[at] != rows) at = (at + 1) & (s->cap_known - 1);
    if (s->known[at]) return false;
    s->known[at] = rows;
    s->n_known++;
    return true;
}

static size_t list_length(const Search *s, uint32_t item) {
    return s->starts[item + 1] - s->starts[item];
}

/* The rows that have all items of a lead. */
static size_t select_rows(Search *s, const Lead *lead) {
    uint32_t rarest = lead->item;
    for (const Lead *l = lead; l->parent != UINT32_MAX; l = &s->leads[l->parent]) {
        uint32_t item = s->leads[l->parent].item;
        if (list_length(s, item) < list_length(s, rarest)) rarest = item;
    }
    size_t n = 0;
    for (uint32_t i = s->starts[rarest]; i < s->starts[rarest + 1]; i++) {
        const uint32_t *values = &s->values[(size_t)s->rows[i] * s->width];
        const Lead *l = lead;
        while (values[s->column_of[l->item]] == l->item && l->parent != UINT32_MAX)
            l = &s->leads[l->parent];
        if (values[s->column_of[l->item]] == l->item) s->selected[n++] = s->rows[i];
    }
    s->work += list_length(s, rarest) * lead->level;
    return n;
}

/* What rows of the selected ones each item stands in; the same number for all of them. */
static uint64_t tally(Search *s, size_t n) {
    uint64_t all = 0;
    bool has_others = s->found.program->kind == PATTERN_DIFFERENCE;
    memset(s->tallies, 0, (s->n_items + 1u) * sizeof *s->tallies);
    memset(s->others, 0, (s->n_items + 1u) * sizeof *s->others);
    for (size_t i = 0; i < n; i++) {
        size_t row = s->selected[i];
        uint64_t mark = mix(row);
        double weight = s->n[row];
        all += mark;
        for (uint32_t k = s->item_starts[row]; k < s->item_starts[row + 1]; k++) {
            Tally *t = &s->tallies[s->items[k]];
            t->n += weight;
            t->rows += mark;
        }
        for (uint32_t k = s->item_starts[row]; has_others && k < s->item_starts[row + 1]; k++)
            s->others[s->items[k]] += s->m[row];
        s->work += s->item_starts[row + 1] - s->item_starts[row];
    }
    s->work += s->n_items;
    return all;
}

static void keep(Search *s, const Lead *lead, uint64_t rows) {
    Patterns *p = &s->found;
    Pattern x = {.values = ARENA_ARRAY(p->arena, uint32_t, s->width),
                 .n = s->tallies[lead->item].n,
                 .m = s->others[lead->item]};
    const uint32_t *values = &s->values[(size_t)s->selected[0] * s->width];
    for (uint32_t c = 0; c < s->width; c++) {
        if (!values[c] || s->tallies[values[c]].rows != rows) continue;
        x.values[c] = values[c];
        x.size++;
    }
    ARENA_PUSH(p->arena, p->items, p->n, p->cap, x);
}

/* Goes on with every item that enough of the rows have. */
static void branch(Search *s, uint32_t parent, uint32_t level) {
    for (uint32_t item = 1; item <= s->n_items; item++) {
        const Tally *t = &s->tallies[item];
        if (!t->rows || !is_enough(s, t->n, s->others[item])) continue;
        if (s->n_leads == MAX_PATTERNS) {
            s->is_cut = true;
            return;
        }
        if (!add_known(s, t->rows)) continue;
        Lead lead = {parent, item, level};
        ARENA_PUSH(s->found.arena, s->leads, s->n_leads, s->cap_leads, lead);
    }
}

static void search(Search *s) {
    const PatternProcess *program = s->found.program;
    const volatile int *stop = s->found.run->query->stop;
    s->cap_known = MAX_PATTERNS * 4;
    while (s->cap_known & (s->cap_known - 1)) s->cap_known &= s->cap_known - 1;
    s->known = ARENA_ARRAY(s->found.arena, uint64_t, s->cap_known);
    s->tallies = ARENA_ARRAY(s->found.arena, Tally, s->n_items + 1u);
    s->others = ARENA_ARRAY(s->found.arena, double, s->n_items + 1u);
    s->selected = ARENA_ARRAY(s->found.arena, uint32_t, s->n_rows + 1);
    for (size_t i = 0; i < s->n_rows; i++) s->selected[i] = (uint32_t)i;
    (void)tally(s, s->n_rows);
    branch(s, UINT32_MAX, 1);
    for (size_t at = 0; at < s->n_leads && !(stop && *stop); at++) {
        if (s->work > MAX_WORK) {
            s->is_cut = true;
            return;
        }
        Lead lead = s->leads[at];
        size_t n = select_rows(s, &lead);
        keep(s, &lead, tally(s, n));
        if (lead.level < program->max_values) branch(s, (uint32_t)at, lead.level + 1);
    }
}

/* ----------------------------------------------------------------------- output */

static void emit_all(const Patterns *p) {
    uint32_t width = p->program->n_columns;
    Value *added = ARENA_ARRAY(p->arena, Value, width + PATTERN_EXTRA_ADDS);
    for (size_t i = 0; i < p->n; i++) {
        const Pattern *x = &p->items[i];
        if (x->is_beaten) continue;
        for (uint32_t c = 0; c < width; c++) added[c] = value_str(p->texts[x->values[c]]);
        added[width] = value_real(x->n);
        added[width + 1] = value_real(x->m);
        added[width + 2] = value_real(p->all);
        added[width + 3] = value_real(p->other);
        added[width + 4] = value_long(x->size);
        added[width + 5] = value_real(x->score);
        p->run->emit(p->run->ctx, 0, added);
    }
}

void pattern_run(const Process *self, ProcessRun *run) {
    const PatternProcess *program = (const PatternProcess *)(const void *)self;
    Search s = {.found = {.program = program, .run = run, .arena = run->arena},
                .width = program->n_columns};
    if (!run->n_rows) return;
    code_rows(&s);
    merge_rows(&s);
    list_items(&s);
    list_rows(&s);
    search(&s);
    if (s.is_cut)
        run->note =
            STR("there are too many patterns to look at all: those with more values are missing; "
                "leave out columns, or raise the threshold");
    patterns_choose(&s.found);
    emit_all(&s.found);
}
