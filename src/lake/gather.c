/*
 * gather.c: a table's rows to sorted parts, by several threads.
 *
 *   scan, or a query -> piles, one a day and thread -> rows in order of time -> parts
 *
 * Threads gather alone. When the rows of a day, over all threads, fill a part or have grown large, and
 * the piles have grown past the first bound, the thread that sees it writes them, as a row group of a
 * part; so an export in about the order of its times takes little memory; so does a day that it is past.
 * A day whose rows come in no such order is left to grow, until the piles reach the second bound and the
 * largest day goes. At the end each thread writes whole days.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/ticks.h"
#include "lake/part_writer.h"

enum { MAX_THREADS = 256 };
#define FIRST_BOUND_BYTES ((size_t)64 << 20)
#define FULL_BYTES ((size_t)64 << 20)
#define SECOND_BOUND_BYTES ((size_t)1 << 30)

/* What is known of a day over all threads. */
typedef struct LiveDay {
    int64_t day, n_rows; /* in piles */
    size_t bytes;
    size_t touched;   /* what was gathered of all days when it got its last rows */
    int64_t from, to; /* times of what was written */
    bool was_written, is_leaving;
    bool is_mixed; /* rows between those that were written: it is better to wait for all */
} LiveDay;

typedef struct Gather {
    PartWriter writer;
    const SessionOptions *session;
    DataSet *data;
    Scan *scan; /* NULL: rows come of a query */
    Run *rows;
    Diags *diags;
    uint32_t time; /* number of the column that rows are sorted by; UINT32_MAX: none */
    size_t first_bound, second_bound;
    int64_t full_rows; /* rows of a day that fill a part */
    struct Worker *workers;
    unsigned n_workers;
    Pile ***days; /* at the end: the piles of each day, each list ending in NULL */
    size_t n_days;
    atomic_size_t next_day, live_bytes;
    pthread_mutex_t lock; /* over what stands below */
    LiveDay *live;        /* by day */
    size_t n_live, cap_live;
    size_t gathered; /* bytes, those that left included */
} Gather;

typedef struct Worker {
    Gather *g;
    pthread_mutex_t lock; /* over the piles; held before the gather's, one worker's at a time */
    Pile **piles;         /* by day */
    size_t n, cap;
    int64_t n_rows;
    bool is_first; /* runs on the caller's thread and tells the progress */
} Worker;

/* ------------------------------------------------------------------------- days */

/* Under the lock. */
static LiveDay *live_day(Gather *g, int64_t day) {
    size_t low = 0, high = g->n_live;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (g->live[middle].day < day) low = middle + 1;
        else high = middle;
    }
    if (low < g->n_live && g->live[low].day == day) return &g->live[low];
    if (g->n_live == g->cap_live) {
        g->cap_live = g->cap_live ? g->cap_live * 2 : 16;
        g->live = realloc(g->live, g->cap_live * sizeof *g->live);
        if (!g->live) abort();
    }
    memmove(g->live + low + 1, g->live + low, (g->n_live - low) * sizeof *g->live);
    g->n_live++;
    g->live[low] = (LiveDay){.day = day};
    return &g->live[low];
}

static void account(Gather *g, int64_t day, int64_t rows, int64_t bytes) {
    atomic_fetch_add(&g->live_bytes, (size_t)bytes);
    pthread_mutex_lock(&g->lock);
    LiveDay *d = live_day(g, day);
    d->n_rows += rows;
    d->bytes += (size_t)bytes;
    if (rows > 0) d->touched = g->gathered += (size_t)bytes;
    pthread_mutex_unlock(&g->lock);
}

/* Nothing came to it while others grew: the export is past it. */
static bool is_quiet(const Gather *g, const LiveDay *d) {
    return g->gathered - d->touched > 2 * g->first_bound;
}

/* A day that is to be written now; false when none is. */
static bool choose_day(Gather *g, int64_t *ret) {
    size_t live = atomic_load(&g->live_bytes);
    LiveDay *fullest = NULL, *largest = NULL, *quiet = NULL;
    if (live <= g->first_bound) return false;
    pthread_mutex_lock(&g->lock);
    for (size_t i = 0; i < g->n_live; i++) {
        LiveDay *d = &g->live[i];
        if (d->is_leaving || !d->n_rows) continue;
        if (!largest || d->bytes > largest->bytes) largest = d;
        if (is_quiet(g, d)) quiet = d;
        bool is_full = d->n_rows >= g->full_rows || d->bytes >= FULL_BYTES;
        is_full = is_full && !d->is_mixed;
        if (is_full && (!fullest || d->bytes > fullest->bytes)) fullest = d;
    }
    LiveDay *chosen = fullest ? fullest : quiet;
    if (!chosen && live > g->second_bound) chosen = largest;
    if (chosen) {
        chosen->is_leaving = true;
        *ret = chosen->day;
    }
    pthread_mutex_unlock(&g->lock);
    return chosen != NULL;
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

/* Takes the worker's pile of a day out; NULL when there is none. */
static Pile *detach(Worker *w, int64_t day) {
    Pile *p = NULL;
    pthread_mutex_lock(&w->lock);
    size_t at = place_of(w, day);
    if (at < w->n && w->piles[at]->day == day) {
        p = w->piles[at];
        w->n--;
        memmove(w->piles + at, w->piles + at + 1, (w->n - at) * sizeof(Pile *));
        account(w->g, day, -(int64_t)p->n_rows, -(int64_t)p->bytes);
    }
    pthread_mutex_unlock(&w->lock);
    return p;
}

/* Notes the span of what is written, and whether the day's rows come in about their order. */
static void note_written(Gather *g, int64_t day, Pile *const *piles, size_t n_piles) {
    int64_t from = INT64_MAX, to = INT64_MIN, n = 0, n_between = 0;
    pthread_mutex_lock(&g->lock);
    LiveDay *d = live_day(g, day);
    for (size_t i = 0; i < n_piles; i++)
        for (uint32_t row = 0; row < piles[i]->n_rows; row++, n++) {
            int64_t time = piles[i]->times[row];
            if (time < from) from = time;
            if (time > to) to = time;
            n_between += d->was_written && time >= d->from && time <= d->to;
        }
    d->is_mixed = d->is_mixed || (day != INT64_MIN && n_between > n / 4);
    d->from = d->was_written && d->from < from ? d->from : from;
    d->to = d->was_written && d->to > to ? d->to : to;
    d->was_written = true;
    d->is_leaving = false;
    pthread_mutex_unlock(&g->lock);
}

static void write_day(Gather *g, int64_t day) {
    Pile *piles[MAX_THREADS];
    size_t n = 0;
    for (unsigned i = 0; i < g->n_workers; i++) {
        Pile *p = detach(&g->workers[i], day);
        if (p) piles[n++] = p;
    }
    note_written(g, day, piles, n);
    if (n) part_writer_add(&g->writer, piles, n, false);
    for (size_t i = 0; i < n; i++) pile_free(piles[i]);
}

/* ---------------------------------------------------------------------- gathering */

static int64_t day_of(const ColumnVector *times, uint32_t row) {
    if (!times || !times->valid[row]) return INT64_MIN;
    int64_t within = times->u.l[row] % TICKS_PER_DAY;
    return times->u.l[row] - (within < 0 ? within + TICKS_PER_DAY : within);
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
    return w->piles[at] = pile_new(day, w->g->writer.table->n);
}

static void take_batch(Worker *w, const ColumnBatch *batch) {
    Gather *g = w->g;
    int64_t day;
    const ColumnVector *times = g->time == UINT32_MAX ? NULL : &batch->columns[g->time];
    pthread_mutex_lock(&w->lock);
    for (uint32_t from = 0, to; from < batch->n_rows; from = to) {
        day = day_of(times, from);
        for (to = from + 1; to < batch->n_rows && day_of(times, to) == day;) to++;
        Pile *p = pile_of_day(w, day);
        size_t before = p->bytes;
        pile_add(p, batch, g->time, from, to);
        account(g, day, to - from, (int64_t)p->bytes - (int64_t)before);
    }
    w->n_rows += batch->n_rows;
    pthread_mutex_unlock(&w->lock);
    while (!part_writer_is_stopped(&g->writer) && choose_day(g, &day)) write_day(g, day);
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
    PartWriter *writer = &w->g->writer;
    ScanWorker *scan;
    if (scan_worker_open(w->g->scan, &scan) != OK) {
        part_writer_fail(writer, DATA, "QY520", STR("a table of the data could not be read"));
        return NULL;
    }
    while (!part_writer_is_stopped(writer)) {
        ColumnBatch *batch = NULL;
        Status status = scan_next(scan, &batch);
        if (status != OK) part_writer_fail(writer, status, "QY520", scan_error(scan));
        if (status != OK || !batch || !batch->n_rows) break;
        take_batch(w, batch);
        if (w->is_first) tell_progress(w->g);
    }
    scan_worker_free(scan);
    return NULL;
}

/* The engine's rows come one batch after the other; its own threads make them. */
static Status take_rows(Worker *w) {
    ColumnBatch *batch;
    do {
        TRY(run_next(w->g->rows, w->g->diags, &batch));
        if (batch->n_rows) take_batch(w, batch);
    } while (batch->n_rows && !part_writer_is_stopped(&w->g->writer));
    return OK;
}

/* ------------------------------------------------------------------------ the end */

static void *write_days(void *ctx) {
    Gather *g = ((Worker *)ctx)->g;
    for (size_t at; (at = atomic_fetch_add(&g->next_day, 1)) < g->n_days &&
                    !part_writer_is_stopped(&g->writer);) {
        size_t n = 0;
        while (g->days[at][n]) n++;
        part_writer_add(&g->writer, g->days[at], n, true);
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

static int by_day(const void *a, const void *b) {
    const LakePart *x = &((const DraftPart *)a)->part, *y = &((const DraftPart *)b)->part;
    int order = str_compare(x->day, y->day);
    if (order) return order;
    return x->from != y->from ? (x->from < y->from ? -1 : 1) : (x->to > y->to) - (x->to < y->to);
}

/* What was gathered must be what the parts hold. */
static void check_rows(Gather *g, size_t first) {
    const DraftList *out = g->writer.out;
    int64_t n_read = 0, n = 0;
    for (unsigned i = 0; i < g->n_workers; i++) n_read += g->workers[i].n_rows;
    for (size_t i = first; i < out->n; i++) n += out->items[i].part.rows;
    if (n != n_read)
        part_writer_fail(&g->writer, INTERNAL, "QY243",
                         STR("rows were lost between the exports and the parts"));
}

static Status run(Gather *g) {
    Arena *arena = arena_new();
    DraftList *out = g->writer.out;
    size_t first = out->n;
    Status status = OK;
    if (g->scan) on_all(g, scan_part);
    else status = take_rows(&g->workers[0]);
    join_days(g, arena);
    if (status == OK && !part_writer_is_stopped(&g->writer)) on_all(g, write_days);
    part_writer_finish(&g->writer);
    for (size_t i = 0; i < g->n_days; i++)
        for (Pile **p = g->days[i]; *p; p++) pile_free(*p);
    if (status == OK && !part_writer_is_stopped(&g->writer)) check_rows(g, first);
    if (out->n > first) qsort(out->items + first, out->n - first, sizeof *out->items, by_day);
    arena_free(arena);
    return status;
}

/* ------------------------------------------------------------------------- entry */

static size_t most_bytes(const SessionOptions *session) {
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGE_SIZE);
    size_t room = pages > 0 && size > 0 ? (size_t)pages * (size_t)size : SECOND_BOUND_BYTES;
    if (session->memory_bytes > 0) room = (size_t)session->memory_bytes;
    return room / 4 < SECOND_BOUND_BYTES ? room / 4 : SECOND_BOUND_BYTES;
}

static unsigned worker_count(const SessionOptions *session) {
    unsigned n = thread_count(session->n_threads);
    return n > MAX_THREADS ? MAX_THREADS : n;
}

static uint32_t time_of(const GatherTable *t) {
    Str name = lake_time_column(t->columns, t->n);
    for (uint32_t i = 0; name.len && i < t->n; i++)
        if (str_eq(t->columns[i].name, name)) return i;
    return UINT32_MAX;
}

/* Threads add a batch each between the look at a day's rows and the end of its piles. */
static int64_t rows_of_full_part(unsigned n_workers) {
    int64_t rows = LAKE_PART_ROWS - (int64_t)n_workers * BATCH_ROWS;
    return rows > LAKE_PART_ROWS / 2 ? rows : LAKE_PART_ROWS / 2;
}

static Status gather(Gather *g, LakeChanger *c, const GatherTable *table, DraftList *out) {
    part_writer_init(&g->writer, c, table, g->session->cancel, out);
    g->time = time_of(table);
    g->n_workers = worker_count(g->session);
    g->second_bound = most_bytes(g->session);
    g->first_bound =
        g->second_bound / 8 < FIRST_BOUND_BYTES ? g->second_bound / 8 : FIRST_BOUND_BYTES;
    g->full_rows = rows_of_full_part(g->n_workers);
    g->workers = ARENA_ARRAY(c->arena, Worker, g->n_workers);
    pthread_mutex_init(&g->lock, NULL);
    for (unsigned i = 0; i < g->n_workers; i++) {
        g->workers[i] = (Worker){.g = g, .is_first = i == 0};
        pthread_mutex_init(&g->workers[i].lock, NULL);
    }
    Status status = run(g);
    for (unsigned i = 0; i < g->n_workers; i++) {
        pthread_mutex_destroy(&g->workers[i].lock);
        free(g->workers[i].piles);
    }
    pthread_mutex_destroy(&g->lock);
    free(g->live);
    Status written = part_writer_end(&g->writer);
    return status != OK ? status : written;
}

Status gather_parts(LakeChanger *c, const SessionOptions *session, DataSet *data,
                    const GatherTable *table, DraftList *out) {
    Gather g = {.session = session, .data = data};
    ScanSpec spec = {.table = table->ref,
                     .columns = table->numbers,
                     .n_columns = table->n,
                     .from_ticks = INT64_MIN,
                     .to_ticks = INT64_MAX,
                     .cancel = session->cancel};
    TRY(scan_open(data, &spec, &g.scan));
    Status status = gather(&g, c, table, out);
    scan_free(g.scan);
    return status;
}

Status gather_query(LakeChanger *c, const SessionOptions *session, Session *s,
                    const GatherTable *table, DraftList *out) {
    LakeQuery q;
    Status status = lake_query_start(s, table, &q);
    Gather g = {.session = session, .rows = q.run, .diags = &q.query->diags};
    if (status == OK) status = gather(&g, c, table, out);
    lake_query_end(&q, c->diags);
    return status;
}
