/*
 * gather.c: a table's exports to sorted parts, by several threads.
 *
 *   scan -> piles, one a day and thread -> rows in order of time -> parts
 *
 * Threads gather alone. At the end the piles of a day are taken together, its rows are ordered and
 * cut into parts, a day a thread. When the piles outgrow their memory a thread writes its largest one
 * early: then two parts of a day may share a span of time.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/ticks.h"
#include "kernels/text/term_filter.h"
#include "lake/lake_internal.h"
#include "lake/parquet_out.h"

enum { MAX_THREADS = 256 };
#define MOST_PILE_BYTES ((size_t)1 << 30)

typedef struct Gather {
    LakeChanger *c;
    const SessionOptions *session;
    DataSet *data;
    const GatherTable *table;
    Scan *scan;
    uint32_t time; /* number of the column that rows are sorted by; UINT32_MAX: none */
    uint32_t schema;
    size_t budget; /* of one thread's piles */
    struct Worker *workers;
    unsigned n_workers;
    Pile ***days; /* the piles of each day, each list ending in NULL */
    size_t n_days;
    atomic_size_t next_day;
    atomic_int failed;    /* not 0: all threads end */
    pthread_mutex_t lock; /* over what stands below, and the changer's arena */
    Status status;
    const char *code;
    Str why;
    DraftList *out;
} Gather;

typedef struct Worker {
    Gather *g;
    Pile **piles; /* by day */
    size_t n, cap, bytes;
    int64_t n_rows;
    bool is_first; /* runs on the caller's thread and tells the progress */
} Worker;

static void fail(Gather *g, Status status, const char *code, Str why) {
    pthread_mutex_lock(&g->lock);
    if (g->status == OK) {
        g->status = status;
        g->code = code;
        g->why = arena_str(g->c->arena, why);
    }
    pthread_mutex_unlock(&g->lock);
    atomic_store(&g->failed, 1);
}

static bool is_stopped(Gather *g) {
    const volatile int *cancel = g->session->cancel;
    if (cancel && *cancel) fail(g, CANCELLED, "QY530", STR("interrupted"));
    return atomic_load(&g->failed) != 0;
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

/* Earliest and latest time of either time column; whether some datetime fits no nanoseconds. */
static void look_at_times(const Gather *g, const Slice *s, LakePart *part) {
    const GatherTable *t = g->table;
    bool is_dated = s->piles[0]->day != INT64_MIN;
    for (uint32_t c = 0; c < t->n; c++) {
        if (t->columns[c].type != TYPE_DATETIME) continue;
        bool counts = is_dated && (str_is(t->columns[c].name, "TimeGenerated") ||
                                   str_is(t->columns[c].name, "Timestamp"));
        for (uint32_t i = 0; i < s->n; i++) {
            const Pile *p = s->piles[s->rows[i].pile];
            uint32_t code = p->codes[c][s->rows[i].row];
            if (code == PILE_NULL) continue;
            int64_t ticks = ticks_at(p, c, code);
            part->has_ticks |= !parquet_out_fits(ticks);
            if (!counts) continue;
            if (!part->has_times || ticks < part->from) part->from = ticks;
            if (!part->has_times || ticks > part->to) part->to = ticks;
            part->has_times = true;
        }
    }
}

static Str day_text(Arena *arena, int64_t day) {
    char text[64];
    if (day == INT64_MIN) return STR("none");
    (void)ticks_print_datetime(day, text);
    return arena_str(arena, (Str){text, 10});
}

static void fail_write(Gather *g, Str path, int error) {
    char text[512];
    int n = snprintf(text, sizeof text, "%.*s: %s", STR_ARG(path), strerror(error));
    fail(g, DATA, "QY241",
         (Str){text, n < 0                     ? 0
                     : (size_t)n < sizeof text ? (size_t)n
                                               : sizeof text - 1});
}

static void write_terms(Gather *g, TermCollector *terms, Str path) {
    Str filter = term_collector_filter(terms);
    FILE *f = fopen(path.ptr, "wb");
    bool ok = f && fwrite(filter.ptr, 1, filter.len, f) == filter.len;
    int why = errno;
    if (f && fclose(f) != 0) {
        if (ok) why = errno;
        ok = false;
    }
    if (!ok) fail_write(g, path, why);
}

static void write_columns(const Gather *g, const Slice *s, ParquetOut *p, TermCollector *terms) {
    SliceColumn k = {.codes = calloc((size_t)s->n + 1, sizeof(uint32_t)),
                     .seen = calloc(s->n_piles + 1, sizeof(uint32_t *))};
    if (!k.codes || !k.seen) abort();
    for (uint32_t c = 0; c < g->table->n; c++) {
        take_column(s, c, &k);
        for (uint32_t i = 0; i < k.values.n && TYPE_BIT(g->table->columns[c].type) & TS_TEXTUAL;
             i++)
            term_collector_add(terms, k.values.items[i]);
        parquet_out_column(p, k.values.items, k.values.n, k.codes);
    }
    for (size_t i = 0; i < s->n_piles; i++) free(k.seen[i]);
    free(k.seen);
    free(k.codes);
    values_free(&k.values);
}

/* A part's names and numbers; the paths are new. */
static DraftPart begin_part(Gather *g, const Slice *s) {
    DraftPart d = {.table = g->table->name, .part = {.schema = g->schema, .rows = s->n}};
    pthread_mutex_lock(&g->lock);
    d.part.day = day_text(g->c->arena, s->piles[0]->day);
    d.parquet =
        arena_printf(g->c->arena, "%.*s/%u.parquet", STR_ARG(g->c->staging), ++g->c->n_staged);
    d.terms = arena_printf(g->c->arena, "%.*s.terms", STR_ARG(d.parquet));
    pthread_mutex_unlock(&g->lock);
    look_at_times(g, s, &d.part);
    return d;
}

static bool has_texts(const GatherTable *t) {
    for (uint32_t c = 0; c < t->n; c++)
        if (TYPE_BIT(t->columns[c].type) & TS_TEXTUAL) return true;
    return false;
}

static void write_part(Gather *g, const Slice *s) {
    DraftPart d = begin_part(g, s);
    const GatherTable *t = g->table;
    ParquetOut *p = parquet_out_new(d.parquet.ptr, t->columns, t->n, s->n, d.part.has_ticks);
    if (!p) {
        fail_write(g, d.parquet, errno);
        return;
    }
    TermCollector *terms = term_collector_new();
    write_columns(g, s, p, terms);
    int error = parquet_out_end(p, &d.part.bytes);
    if (error) fail_write(g, d.parquet, error);
    else if (has_texts(t)) write_terms(g, terms, d.terms);
    else d.terms = STR_EMPTY;
    term_collector_free(terms);
    pthread_mutex_lock(&g->lock);
    ARENA_PUSH(g->c->arena, g->out->items, g->out->n, g->out->cap, d);
    pthread_mutex_unlock(&g->lock);
}

/* ------------------------------------------------------------------------- a day */

static int by_time(const void *a, const void *b) {
    const RowAt *x = a, *y = b;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    if (x->pile != y->pile) return x->pile < y->pile ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static void write_day(Gather *g, Pile *const *piles, size_t n_piles) {
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
    for (size_t i = 0; i < n_parts && !is_stopped(g); i++) {
        size_t from = n * i / n_parts, to = n * (i + 1) / n_parts;
        Slice s = {piles, n_piles, rows + from, (uint32_t)(to - from)};
        write_part(g, &s);
    }
    free(rows);
}

/* ---------------------------------------------------------------------- scanning */

static int64_t day_of(const ColumnVector *times, uint32_t row) {
    if (!times || !times->valid[row]) return INT64_MIN;
    int64_t within = times->u.l[row] % TICKS_PER_DAY;
    return times->u.l[row] - (within < 0 ? within + TICKS_PER_DAY : within);
}

static size_t place_of(const Worker *w, int64_t day) {
    size_t low = 0, high = w->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (w->piles[middle]->day < day) low = middle + 1;
        else high = middle;
    }
    return low;
}

static Pile *pile_of_day(Worker *w, int64_t day) {
    size_t at = place_of(w, day);
    if (at < w->n && w->piles[at]->day == day) return w->piles[at];
    if (w->n == w->cap) {
        w->cap = w->cap ? w->cap * 2 : 16;
        w->piles = realloc(w->piles, w->cap * sizeof(Pile *));
        if (!w->piles) abort();
    }
    memmove(w->piles + at + 1, w->piles + at, (w->n - at) * sizeof(Pile *));
    w->n++;
    return w->piles[at] = pile_new(day, w->g->table->n);
}

/* Writes the largest piles until what is left is within the budget. */
static void relieve(Worker *w) {
    while (w->bytes > w->g->budget && w->n && !is_stopped(w->g)) {
        size_t largest = 0;
        for (size_t i = 1; i < w->n; i++)
            if (w->piles[i]->bytes > w->piles[largest]->bytes) largest = i;
        Pile *p = w->piles[largest];
        write_day(w->g, &p, 1);
        w->bytes -= p->bytes;
        pile_free(p);
        w->n--;
        memmove(w->piles + largest, w->piles + largest + 1, (w->n - largest) * sizeof(Pile *));
    }
}

static void take_batch(Worker *w, const ColumnBatch *batch) {
    uint32_t time = w->g->time;
    const ColumnVector *times = time == UINT32_MAX ? NULL : &batch->columns[time];
    for (uint32_t from = 0, to; from < batch->n_rows; from = to) {
        int64_t day = day_of(times, from);
        for (to = from + 1; to < batch->n_rows && day_of(times, to) == day;) to++;
        Pile *p = pile_of_day(w, day);
        w->bytes -= p->bytes;
        pile_add(p, batch, time, from, to);
        w->bytes += p->bytes;
    }
    w->n_rows += batch->n_rows;
    if (w->bytes > w->g->budget) relieve(w);
}

static void tell_progress(const Gather *g) {
    if (!g->session->progress) return;
    ScanStats stats = dataset_stats(g->data);
    double share =
        stats.bytes_total > 0 ? (double)stats.bytes_read / (double)stats.bytes_total : -1;
    g->session->progress(g->session->progress_ctx, share > 1 ? 1 : share, &stats);
}

static void *scan_part(void *ctx) {
    Worker *w = ctx;
    ScanWorker *scan;
    if (scan_worker_open(w->g->scan, &scan) != OK) {
        fail(w->g, DATA, "QY520", STR("a table of the data could not be read"));
        return NULL;
    }
    while (!is_stopped(w->g)) {
        ColumnBatch *batch = NULL;
        Status status = scan_next(scan, &batch);
        if (status != OK) fail(w->g, status, "QY520", scan_error(scan));
        if (status != OK || !batch || !batch->n_rows) break;
        take_batch(w, batch);
        if (w->is_first) tell_progress(w->g);
    }
    scan_worker_free(scan);
    return NULL;
}

static void *write_days(void *ctx) {
    Gather *g = ((Worker *)ctx)->g;
    for (size_t at; (at = atomic_fetch_add(&g->next_day, 1)) < g->n_days && !is_stopped(g);) {
        size_t n = 0;
        while (g->days[at][n]) n++;
        write_day(g, g->days[at], n);
        for (size_t i = 0; i < n; i++) { /* its memory is of use to the days still to come */
            pile_free(g->days[at][i]);
            g->days[at][i] = NULL;
        }
    }
    return NULL;
}

/* Runs a step on all threads; the caller is the first. A thread that cannot be had is done without. */
static void on_all(Gather *g, void *(*step)(void *worker)) {
    pthread_t threads[MAX_THREADS];
    unsigned n = 1;
    for (; n < g->n_workers; n++)
        if (pthread_create(&threads[n], NULL, step, &g->workers[n]) != 0) break;
    (void)step(&g->workers[0]);
    for (unsigned i = 1; i < n; i++) (void)pthread_join(threads[i], NULL);
}

/* The piles of all threads by day; they are the lists' from now on. */
static void join_days(Gather *g, Arena *arena) {
    size_t n = 0, at[MAX_THREADS] = {0};
    for (unsigned i = 0; i < g->n_workers; i++) n += g->workers[i].n;
    g->days = ARENA_ARRAY(arena, Pile **, n + 1);
    for (;;) {
        int64_t day = INT64_MAX;
        for (unsigned i = 0; i < g->n_workers; i++)
            if (at[i] < g->workers[i].n && g->workers[i].piles[at[i]]->day < day)
                day = g->workers[i].piles[at[i]]->day;
        if (day == INT64_MAX) return;
        Pile **list = ARENA_ARRAY(arena, Pile *, g->n_workers + 1);
        size_t n_list = 0;
        for (unsigned i = 0; i < g->n_workers; i++)
            if (at[i] < g->workers[i].n && g->workers[i].piles[at[i]]->day == day)
                list[n_list++] = g->workers[i].piles[at[i]++];
        g->days[g->n_days++] = list;
    }
}

/* ------------------------------------------------------------------------- entry */

static int by_day(const void *a, const void *b) {
    const LakePart *x = &((const DraftPart *)a)->part, *y = &((const DraftPart *)b)->part;
    int order = str_compare(x->day, y->day);
    if (order) return order;
    return x->from != y->from ? (x->from < y->from ? -1 : 1) : (x->to > y->to) - (x->to < y->to);
}

/* What was gathered must be what the parts hold. */
static void check_rows(Gather *g, size_t first) {
    int64_t n_read = 0, n = 0;
    for (unsigned i = 0; i < g->n_workers; i++) n_read += g->workers[i].n_rows;
    for (size_t i = first; i < g->out->n; i++) n += g->out->items[i].part.rows;
    if (n != n_read)
        fail(g, INTERNAL, "QY243", STR("rows were lost between the exports and the parts"));
}

static void run(Gather *g) {
    Arena *arena = arena_new();
    size_t first = g->out->n;
    on_all(g, scan_part);
    join_days(g, arena);
    if (!is_stopped(g)) on_all(g, write_days);
    for (size_t i = 0; i < g->n_days; i++)
        for (Pile **p = g->days[i]; *p; p++) pile_free(*p);
    if (!is_stopped(g)) check_rows(g, first);
    if (g->out->n > first)
        qsort(g->out->items + first, g->out->n - first, sizeof *g->out->items, by_day);
    arena_free(arena);
}

static size_t pile_budget(const SessionOptions *session) {
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGE_SIZE);
    size_t room = pages > 0 && size > 0 ? (size_t)pages * (size_t)size : MOST_PILE_BYTES;
    if (session->memory_bytes > 0) room = (size_t)session->memory_bytes;
    return room / 4 < MOST_PILE_BYTES ? room / 4 : MOST_PILE_BYTES;
}

static unsigned worker_count(const Gather *g) {
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned n = g->session->n_threads ? g->session->n_threads : cores > 0 ? (unsigned)cores : 1;
    return n > MAX_THREADS ? MAX_THREADS : n;
}

static uint32_t time_of(const GatherTable *t) {
    Str name = lake_time_column(t->columns, t->n);
    for (uint32_t i = 0; name.len && i < t->n; i++)
        if (str_eq(t->columns[i].name, name)) return i;
    return UINT32_MAX;
}

Status gather_parts(LakeChanger *c, const SessionOptions *session, DataSet *data,
                    const GatherTable *table, DraftList *out) {
    Gather g = {.c = c,
                .session = session,
                .data = data,
                .table = table,
                .time = time_of(table),
                .schema = lake_schema(&c->lake, table->columns, table->n),
                .out = out};
    ScanSpec spec = {.table = table->ref,
                     .columns = table->numbers,
                     .n_columns = table->n,
                     .from_ticks = INT64_MIN,
                     .to_ticks = INT64_MAX,
                     .cancel = session->cancel};
    TRY(scan_open(data, &spec, &g.scan));
    g.n_workers = worker_count(&g);
    g.budget = pile_budget(session) / g.n_workers;
    g.workers = ARENA_ARRAY(c->arena, Worker, g.n_workers);
    pthread_mutex_init(&g.lock, NULL);
    for (unsigned i = 0; i < g.n_workers; i++) g.workers[i] = (Worker){.g = &g, .is_first = i == 0};
    run(&g);
    for (unsigned i = 0; i < g.n_workers; i++) free(g.workers[i].piles);
    scan_free(g.scan);
    pthread_mutex_destroy(&g.lock);
    if (g.status != OK)
        diag_add(c->diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, g.code, "%.*s", STR_ARG(g.why));
    return g.status;
}
