/*
 * part_writer.c: see part_writer.h.
 *
 * Rows that are written together are a row group: its columns are written one after the other, each with
 * its values once where they repeat. A part is one row group or a few, and has the terms of its texts beside
 * it.
 */
#include "lake/part_writer.h"

#include <errno.h>
#include <stdlib.h>

#include "base/ticks.h"
#include "kernels/text/term_filter.h"
#include "lake/parquet_out.h"

enum { MOST_OPEN = 1 };

void part_writer_init(PartWriter *w, LakeChanger *c, const GatherTable *table,
                      const volatile int *cancel, DraftList *out) {
    *w = (PartWriter){.c = c,
                      .table = table,
                      .cancel = cancel,
                      .schema = lake_schema(&c->lake, table->columns, table->n),
                      .out = out};
    pthread_mutex_init(&w->lock, NULL);
}

Status part_writer_end(PartWriter *w) {
    part_writer_finish(w);
    free(w->open);
    pthread_mutex_destroy(&w->lock);
    if (w->status != OK)
        diag_add(w->c->diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, w->code, "%.*s",
                 STR_ARG(w->why));
    return w->status;
}

void part_writer_fail(PartWriter *w, Status status, const char *code, Str why) {
    pthread_mutex_lock(&w->lock);
    if (w->status == OK) {
        w->status = status;
        w->code = code;
        w->why = arena_str(w->c->arena, why);
    }
    pthread_mutex_unlock(&w->lock);
    atomic_store(&w->failed, 1);
}

bool part_writer_is_stopped(PartWriter *w) {
    if (w->cancel && *w->cancel) part_writer_fail(w, CANCELLED, "QY530", STR("interrupted"));
    return atomic_load(&w->failed) != 0;
}

/* ------------------------------------------------------------------------ a part */

typedef struct RowAt {
    int64_t time;
    uint32_t pile, row;
} RowAt;

/* Rows of a day, in order: of one part. */
typedef struct Slice {
    Pile *const *piles;
    size_t n_piles;
    const RowAt *rows;
    uint32_t n;
} Slice;

/* One column of a slice: its values, each once, and the number of each row's. */
typedef struct SliceColumn {
    ValueList values;
    uint32_t *codes;
    uint32_t **seen; /* by pile: numbers here of its values; PILE_NULL: not yet */
} SliceColumn;

static void take_column(const Slice *s, uint32_t column, SliceColumn *k) {
    for (size_t i = 0; i < s->n_piles; i++) {
        size_t size = (s->piles[i]->values[column].n + 1) * sizeof(uint32_t);
        k->seen[i] = realloc(k->seen[i], size);
        if (!k->seen[i]) abort();
        memset(k->seen[i], 0xFF, size);
    }
    values_free(&k->values);
    k->values = (ValueList){.is_loose = s->n_piles == 1}; /* then no two are equal as it is */
    for (uint32_t i = 0; i < s->n; i++) {
        const RowAt *at = &s->rows[i];
        const Pile *p = s->piles[at->pile];
        uint32_t code = p->codes[column][at->row];
        k->codes[i] = PILE_NULL;
        if (code == PILE_NULL) continue;
        uint32_t *number = &k->seen[at->pile][code];
        if (*number == PILE_NULL)
            *number = values_add(&k->values, p->values[column].items[code], NULL);
        k->codes[i] = *number;
    }
}

static int64_t ticks_at(const Pile *p, uint32_t column, uint32_t code) {
    int64_t ticks;
    memcpy(&ticks, p->values[column].items[code].ptr, sizeof ticks);
    return ticks;
}

/* Notes a datetime that is to be stored: whether it fits, and what of it is lost. Returns it as it will be. */
static int64_t look_at_time(LakeTimes times, int64_t ticks, LakePart *part, int64_t *n_cut) {
    if (times != LAKE_MICROS) {
        if (!parquet_out_fits(ticks)) part->times = LAKE_TICKS;
        return ticks;
    }
    *n_cut += ticks % 10 != 0;
    return ticks - ticks % 10;
}

/* Earliest and latest time of either time column, and how datetimes are stored. Returns how many lose a
 * digit by that. */
static int64_t look_at_times(const PartWriter *w, const Slice *s, LakePart *part) {
    const GatherTable *t = w->table;
    LakeTimes times = w->c->lake.times;
    int64_t n_cut = 0;
    part->times = times;
    bool is_dated = s->piles[0]->day != INT64_MIN;
    for (uint32_t c = 0; c < t->n; c++) {
        if (t->columns[c].type != TYPE_DATETIME) continue;
        bool counts = is_dated && (str_is(t->columns[c].name, "TimeGenerated") ||
                                   str_is(t->columns[c].name, "Timestamp"));
        for (uint32_t i = 0; i < s->n; i++) {
            const Pile *p = s->piles[s->rows[i].pile];
            uint32_t code = p->codes[c][s->rows[i].row];
            if (code == PILE_NULL) continue;
            int64_t ticks = look_at_time(times, ticks_at(p, c, code), part, &n_cut);
            if (!counts) continue;
            if (!part->has_times || ticks < part->from) part->from = ticks;
            if (!part->has_times || ticks > part->to) part->to = ticks;
            part->has_times = true;
        }
    }
    return n_cut;
}

static Str day_text(Arena *arena, int64_t day) {
    char text[64];
    if (day == INT64_MIN) return STR("none");
    (void)ticks_print_datetime(day, text);
    return arena_str(arena, (Str){text, 10});
}

static void fail_write(PartWriter *w, Str path, int error) {
    char text[512];
    int n = snprintf(text, sizeof text, "%.*s: %s", STR_ARG(path), strerror(error));
    part_writer_fail(w, DATA, "QY241",
                     (Str){text, n < 0                     ? 0
                                 : (size_t)n < sizeof text ? (size_t)n
                                                           : sizeof text - 1});
}

static void write_terms(PartWriter *w, TermCollector *terms, Str path) {
    Str filter = term_collector_filter(terms);
    FILE *f = fopen(path.ptr, "wb");
    bool ok = f && fwrite(filter.ptr, 1, filter.len, f) == filter.len;
    int why = errno;
    if (f && fclose(f) != 0) {
        if (ok) why = errno;
        ok = false;
    }
    if (!ok) fail_write(w, path, why);
}

struct OpenPart {
    DraftPart draft;
    int64_t day;
    ParquetOut *out;
    TermCollector *terms;
};

static void write_columns(const PartWriter *w, const Slice *s, ParquetOut *p,
                          TermCollector *terms) {
    SliceColumn k = {.codes = calloc((size_t)s->n + 1, sizeof(uint32_t)),
                     .seen = calloc(s->n_piles + 1, sizeof(uint32_t *))};
    if (!k.codes || !k.seen) abort();
    for (uint32_t c = 0; c < w->table->n; c++) {
        take_column(s, c, &k);
        for (uint32_t i = 0; i < k.values.n && TYPE_BIT(w->table->columns[c].type) & TS_TEXTUAL;
             i++)
            term_collector_add(terms, k.values.items[i]);
        parquet_out_column(p, k.values.items, k.values.n, k.codes);
    }
    for (size_t i = 0; i < s->n_piles; i++) free(k.seen[i]);
    free(k.seen);
    free(k.codes);
    values_free(&k.values);
}

/* A part without rows; its paths are new. NULL when its file cannot be made. */
static OpenPart *begin_part(PartWriter *w, int64_t day, LakeTimes times) {
    OpenPart *o = calloc(1, sizeof *o);
    if (!o) abort();
    DraftPart *d = &o->draft;
    o->day = day;
    *d = (DraftPart){.table = w->table->name, .part = {.schema = w->schema, .times = times}};
    pthread_mutex_lock(&w->lock);
    d->part.day = day_text(w->c->arena, day);
    d->parquet =
        arena_printf(w->c->arena, "%.*s/%u.parquet", STR_ARG(w->c->staging), ++w->c->n_staged);
    d->terms = arena_printf(w->c->arena, "%.*s.terms", STR_ARG(d->parquet));
    pthread_mutex_unlock(&w->lock);
    o->out = parquet_out_new(d->parquet.ptr, w->table->columns, w->table->n, times);
    if (o->out) {
        o->terms = term_collector_new();
        return o;
    }
    fail_write(w, d->parquet, errno);
    free(o);
    return NULL;
}

static bool has_texts(const GatherTable *t) {
    for (uint32_t c = 0; c < t->n; c++)
        if (TYPE_BIT(t->columns[c].type) & TS_TEXTUAL) return true;
    return false;
}

static void end_part(PartWriter *w, OpenPart *o) {
    DraftPart *d = &o->draft;
    int error = parquet_out_end(o->out, &d->part.bytes);
    if (error) fail_write(w, d->parquet, error);
    else if (has_texts(w->table)) write_terms(w, o->terms, d->terms);
    else d->terms = STR_EMPTY;
    term_collector_free(o->terms);
    pthread_mutex_lock(&w->lock);
    ARENA_PUSH(w->c->arena, w->out->items, w->out->n, w->out->cap, *d);
    pthread_mutex_unlock(&w->lock);
    free(o);
}

/* Under the lock. */
static OpenPart *take_out(PartWriter *w, size_t i) {
    OpenPart *o = w->open[i];
    w->n_open--;
    memmove(w->open + i, w->open + i + 1, (w->n_open - i) * sizeof(OpenPart *));
    return o;
}

/* An open part of the day, which no other thread sees then; NULL: there is none. */
static OpenPart *take_part(PartWriter *w, int64_t day) {
    OpenPart *o = NULL;
    pthread_mutex_lock(&w->lock);
    for (size_t i = 0; i < w->n_open && !o; i++)
        if (w->open[i]->day == day) o = take_out(w, i);
    pthread_mutex_unlock(&w->lock);
    return o;
}

/* Keeps a part open; the one that was kept for longest is ended when there are many. */
static void keep_part(PartWriter *w, OpenPart *o) {
    OpenPart *oldest = NULL;
    pthread_mutex_lock(&w->lock);
    if (w->n_open == MOST_OPEN) oldest = take_out(w, 0);
    if (w->n_open == w->cap_open) {
        w->cap_open = MOST_OPEN;
        w->open = realloc(w->open, w->cap_open * sizeof(OpenPart *));
        if (!w->open) abort();
    }
    w->open[w->n_open++] = o;
    pthread_mutex_unlock(&w->lock);
    if (oldest) end_part(w, oldest);
}

void part_writer_finish(PartWriter *w) {
    for (size_t i = 0; i < w->n_open; i++) end_part(w, w->open[i]);
    w->n_open = 0;
}

static void add_span(LakePart *part, const LakePart *of) {
    part->rows += of->rows;
    if (!of->has_times) return;
    if (!part->has_times || of->from < part->from) part->from = of->from;
    if (!part->has_times || of->to > part->to) part->to = of->to;
    part->has_times = true;
}

/* Writes a slice as a row group. */
static void write_slice(PartWriter *w, const Slice *s, bool is_last) {
    LakePart of = {.rows = s->n};
    int64_t n_cut = look_at_times(w, s, &of), day = s->piles[0]->day;
    OpenPart *o = take_part(w, day);
    bool fits =
        o && o->draft.part.rows + of.rows <= LAKE_PART_ROWS && o->draft.part.times == of.times;
    if (o && !fits) {
        end_part(w, o);
        o = NULL;
    }
    if (!o) o = begin_part(w, day, of.times);
    if (!o) return;
    parquet_out_rows(o->out, s->n);
    write_columns(w, s, o->out, o->terms);
    add_span(&o->draft.part, &of);
    pthread_mutex_lock(&w->lock);
    w->c->n_cut += n_cut;
    pthread_mutex_unlock(&w->lock);
    bool is_full = o->draft.part.rows > LAKE_PART_ROWS / 8 * 7;
    if (is_last || is_full) end_part(w, o);
    else keep_part(w, o);
}

/* ------------------------------------------------------------------------- a day */

static int by_time(const void *a, const void *b) {
    const RowAt *x = a, *y = b;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    if (x->pile != y->pile) return x->pile < y->pile ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

void part_writer_add(PartWriter *w, Pile *const *piles, size_t n_piles, bool is_last) {
    size_t n = 0, at = 0;
    for (size_t i = 0; i < n_piles; i++) n += piles[i]->n_rows;
    RowAt *rows = malloc((n + 1) * sizeof *rows);
    if (!rows) abort();
    bool is_sorted = true;
    for (size_t i = 0; i < n_piles; i++)
        for (uint32_t row = 0; row < piles[i]->n_rows; row++, at++) {
            rows[at] = (RowAt){piles[i]->times[row], (uint32_t)i, row};
            is_sorted = is_sorted && (!at || rows[at - 1].time <= rows[at].time);
        }
    if (!is_sorted) qsort(rows, n, sizeof *rows, by_time);
    size_t n_parts = (n + LAKE_PART_ROWS - 1) / LAKE_PART_ROWS;
    for (size_t i = 0; i < n_parts && !part_writer_is_stopped(w); i++) {
        size_t from = n * i / n_parts, to = n * (i + 1) / n_parts;
        Slice s = {piles, n_piles, rows + from, (uint32_t)(to - from)};
        write_slice(w, &s, is_last);
    }
    free(rows);
}
