/*
 * import.c: exports into a lake, batch by batch.
 *
 * A batch is some files, committed together with what tells that they were imported (survey.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "kernels/text/digest.h"
#include "lake/lake_internal.h"
#include "lake/survey.h"

#define DEFAULT_BATCH_BYTES (INT64_C(2) << 30)

typedef struct Import {
    const ImportOptions *options;
    LakeChanger c;
    Arena *arena;
    Diags *diags;
    ImportReport *report;
    Survey found;
    SurveyedFile **fresh; /* those to be imported, in the order of the data */
    size_t n_fresh;
    const char **skipped;            /* room for all paths */
    FileRange *ranges;               /* and for all files */
    Session *opened;                 /* over all of the data */
    SessionOptions session;          /* those of `options`, but for the progress */
    int64_t bytes_done, bytes_total; /* of batches before this one, and of all */
} Import;

/* Batches and tables are read one after the other: the progress is that of all of them. */
static void tell_progress(void *ctx, double share, const ScanStats *stats) {
    const Import *m = ctx;
    (void)share;
    ScanStats all = {.bytes_read = m->bytes_done + stats->bytes_read,
                     .bytes_total = m->bytes_total};
    if (all.bytes_read > all.bytes_total) all.bytes_read = all.bytes_total;
    double done = all.bytes_total > 0 ? (double)all.bytes_read / (double)all.bytes_total : -1;
    m->options->session->progress(m->options->session->progress_ctx, done, &all);
}

static void begin_progress(Import *m) {
    m->session = *m->options->session;
    if (!m->session.progress) return;
    m->session.progress = tell_progress;
    m->session.progress_ctx = m;
    for (size_t i = 0; i < m->n_fresh; i++)
        m->bytes_total += m->fresh[i]->source.size - m->fresh[i]->from;
}

/* -------------------------------------------------------------------- files */

static void survey(Import *m) {
    Arena *a = m->arena;
    m->found = survey_files(a, session_data(m->opened), &m->c.lake, m->options->takes_again,
                            m->options->session->data.is_strict, m->diags);
    m->report->n_known = m->found.n_known;
    m->fresh = ARENA_ARRAY(a, SurveyedFile *, m->found.n + 1);
    m->skipped = ARENA_ARRAY(a, const char *, m->found.n + 1);
    m->ranges = ARENA_ARRAY(a, FileRange, m->found.n + 1);
    for (size_t i = 0; i < m->found.n; i++)
        if (m->found.files[i].is_taken) m->fresh[m->n_fresh++] = &m->found.files[i];
}

static int by_path(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_range(const void *a, const void *b) {
    return strcmp(((const FileRange *)a)->path, ((const FileRange *)b)->path);
}

/* The options of a session over the files [from, to) of the fresh ones alone. */
static SessionOptions batch_options(Import *m, size_t from, size_t to) {
    SessionOptions options = m->session;
    uint32_t n = 0, n_ranges = 0;
    size_t at = from;
    for (size_t i = 0; i < m->found.n; i++) {
        const SurveyedFile *f = &m->found.files[i];
        bool is_in = at < to && f == m->fresh[at];
        if (is_in) at++;
        else m->skipped[n++] = f->source.name.ptr;
        /* no more than the digest tells, whatever is added meanwhile */
        if (is_in && f->is_by_line && f->source.digest.len)
            m->ranges[n_ranges++] = (FileRange){f->source.name.ptr, f->from, f->source.size};
    }
    if (n) qsort(m->skipped, n, sizeof *m->skipped, by_path);
    if (n_ranges) qsort(m->ranges, n_ranges, sizeof *m->ranges, by_range);
    options.data.skipped = m->skipped;
    options.data.n_skipped = n;
    options.data.ranges = m->ranges;
    options.data.n_ranges = n_ranges;
    options.data.lakes = NULL;
    options.data.n_lakes = 0;
    return options;
}

/* ------------------------------------------------------------------- a table */

/* Columns that the data itself holds: not those that only a twin or the schema fills. */
static GatherTable own_columns(Arena *arena, const TableRef *t) {
    LakeColumn *columns = ARENA_ARRAY(arena, LakeColumn, t->n_columns + 1);
    uint32_t *numbers = ARENA_ARRAY(arena, uint32_t, t->n_columns + 1), n = 0;
    for (uint32_t i = 0; i < t->n_columns; i++) {
        const TableColumn *c = &t->columns[i];
        if (!str_eq(c->source_name, c->name)) continue;
        columns[n] = (LakeColumn){arena_str(arena, c->name), c->type};
        numbers[n++] = i;
    }
    return (GatherTable){arena_str(arena, t->name), columns, t, numbers, n};
}

static void count_part(Import *m, const DraftPart *d) {
    ImportReport *r = m->report;
    ImportedTable *t = NULL;
    for (size_t i = 0; i < r->n_tables && !t; i++)
        if (str_eq(r->tables[i].name, d->table)) t = &r->tables[i];
    if (!t) {
        ImportedTable made = {.name = d->table};
        ARENA_PUSH(m->arena, r->tables, r->n_tables, r->cap_tables, made);
        t = &r->tables[r->n_tables - 1];
    }
    t->rows += d->part.rows;
    t->bytes += d->part.bytes;
    t->parts++;
}

static Status import_table(Import *m, Session *s, const TableRef *t, DraftList *out) {
    GatherTable table = own_columns(m->arena, t);
    if (!table.n) return OK;
    if (table_parquet_files(t)) /* the engine reads them */
        return gather_query(&m->c, &m->session, s, &table, out);
    return gather_parts(&m->c, &m->session, session_data(s), &table, out);
}

/* ------------------------------------------------------------------- a batch */

/* Only --again takes what is known. */
static bool lake_knows(const Lake *lake, Str digest) {
    for (size_t i = 0; i < lake->n_sources; i++)
        if (str_eq(lake->sources[i].digest, digest)) return true;
    return false;
}

/* Imports what a session reads: the files [from, to). */
static Status import_session(Import *m, Session *s, size_t from, size_t to) {
    DraftList parts = {0};
    DataSet *d = session_data(s);
    Status status = OK;
    for (uint32_t i = 0; i < dataset_table_count(d) && status == OK; i++)
        if (dataset_table(d, i)->presence == TABLE_PRESENT)
            status = import_table(m, s, dataset_whole_table(d, i), &parts);
    dataset_report_skips(d, m->diags);
    ReadAmount read = dataset_amount(d);
    if (status != OK) return status;
    LakeSource *done = ARENA_ARRAY(m->arena, LakeSource, to - from + 1);
    size_t n_done = 0;
    for (size_t i = from; i < to; i++) {
        const LakeSource *source = &m->fresh[i]->source;
        bool is_known = m->options->takes_again && lake_knows(&m->c.lake, source->digest);
        if (source->digest.len && !is_known) done[n_done++] = *source;
    }
    TRY(changer_commit(&m->c, &parts, done, n_done, NULL, NULL));
    for (size_t i = 0; i < parts.n; i++) count_part(m, &parts.items[i]);
    m->report->n_files += (uint32_t)(to - from);
    m->report->bytes_read += read.bytes;
    m->report->lines_read += read.lines;
    m->report->lines_skipped += read.skipped;
    return OK;
}

static Status import_batch(Import *m, size_t from, size_t to) {
    SessionOptions options = batch_options(m, from, to);
    Session *s;
    Diags quiet; /* what opening says was said by the survey */
    diags_init(&quiet, m->arena);
    TRY(session_open(&options, &quiet, &s));
    Status status = import_session(m, s, from, to);
    session_close(s);
    return status;
}

/* A pipe can be read once: by the session that opened it. */
static Status import_pipe(Import *m) {
    if (m->found.n == 1) return import_session(m, m->opened, 0, m->n_fresh);
    diag_add(m->diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY234",
             "standard input and pipes are imported alone, not beside other files");
    return INVALID;
}

static Status import_all(Import *m) {
    int64_t limit = m->options->batch_bytes ? m->options->batch_bytes : DEFAULT_BATCH_BYTES;
    const char *why;
    if (!digest_ready(&why)) {
        diag_add(m->diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY237",
                 "what was imported before cannot be told from what is new: %s", why);
        return ENGINE;
    }
    survey(m);
    begin_progress(m);
    for (size_t i = 0; i < m->n_fresh; i++)
        if (survey_is_pipe(m->fresh[i]->source.name)) return import_pipe(m);
    for (size_t from = 0; from < m->n_fresh;) {
        size_t to = from + 1;
        int64_t bytes = m->fresh[from]->source.size;
        while (to < m->n_fresh && bytes + m->fresh[to]->source.size <= limit)
            bytes += m->fresh[to++]->source.size;
        TRY(import_batch(m, from, to));
        for (; from < to; from++)
            m->bytes_done += m->fresh[from]->source.size - m->fresh[from]->from;
    }
    return OK;
}

static bool has_parts(const Lake *lake) {
    for (size_t i = 0; i < lake->n_tables; i++)
        if (lake->tables[i].n) return true;
    return false;
}

/* All of a lake's parts store datetimes alike: readers that want one type for a table find one. */
static Status choose_times(Import *m) {
    Lake *lake = &m->c.lake;
    if (!m->options->has_times || m->options->times == lake->times) return OK;
    if (!has_parts(lake)) {
        lake->times = m->options->times;
        return OK;
    }
    diag_add(m->diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY248",
             "%.*s: its datetimes are stored in %s; --timestamps is for a lake that is new",
             STR_ARG(lake->dir), lake->times == LAKE_MICROS ? "microseconds" : "nanoseconds");
    return INVALID;
}

static void tell_cut(Import *m) {
    m->report->datetimes_cut = m->c.n_cut;
    if (m->c.n_cut)
        diag_add(
            m->diags, SEVERITY_WARNING, PHASE_RUN, (Span){0, 0}, "QY247",
            "%lld datetimes lost a digit below the microsecond, which this lake does not store",
            (long long)m->c.n_cut);
}

Status lake_import(const ImportOptions *options, Arena *arena, Diags *diags, ImportReport *ret) {
    Import m = {.options = options, .arena = arena, .diags = diags, .report = ret};
    SessionOptions session = *options->session;
    *ret = (ImportReport){0};
    session.data.lakes = NULL;
    session.data.n_lakes = 0;
    TRY(changer_open(options->dir, true, arena, diags, &m.c));
    Status status = choose_times(&m);
    if (status == OK) status = session_open(&session, diags, &m.opened);
    if (status == OK) {
        status = import_all(&m);
        tell_cut(&m);
        session_close(m.opened);
    }
    changer_close(&m.c);
    return status;
}
