/*
 * import.c: exports into a lake, batch by batch.
 *
 * A batch is some files, committed together. A file is known by the digest of its bytes, so that the same
 * export under another name is not counted twice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "kernels/digest.h"
#include "lake/lake_internal.h"

#define DEFAULT_BATCH_BYTES (INT64_C(2) << 30)

typedef struct SourceList {
    LakeSource *items;
    size_t n, cap;
} SourceList;

typedef struct Import {
    const ImportOptions *options;
    LakeChanger c;
    Arena *arena;
    Diags *diags;
    ImportReport *report;
    SourceList found, fresh; /* all files of the data; those to be imported */
    const char **skipped;    /* room for all paths */
    Session *opened;         /* over all of the data */
} Import;

/* -------------------------------------------------------------------- files */

static bool is_pipe(Str path) {
    struct stat st;
    return str_is(path, "-") || (stat(path.ptr, &st) == 0 && !S_ISREG(st.st_mode));
}

static Str digest_of(Arena *arena, Str path) {
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[DIGEST_MAX_BYTES];
    size_t n = is_pipe(path) ? 0 : digest_file(DIGEST_SHA256, path.ptr, bytes);
    if (!n) return STR_EMPTY; /* it is never known */
    char *text = arena_alloc_raw(arena, 2 * n);
    for (size_t i = 0; i < n; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    return (Str){text, 2 * n};
}

static bool is_known(const SourceList *list, const LakeSource *sources, size_t n, Str digest) {
    if (!digest.len) return false;
    for (size_t i = 0; list && i < list->n; i++)
        if (str_eq(list->items[i].digest, digest)) return true;
    for (size_t i = 0; i < n; i++)
        if (str_eq(sources[i].digest, digest)) return true;
    return false;
}

/* All files that hold a table, each once by its bytes. */
static Status survey(Import *m) {
    const DataSet *d = session_data(m->opened);
    for (uint32_t i = 0; i < dataset_file_count(d); i++) {
        FileInfo info = dataset_file(d, i);
        LakeSource source = {.name = arena_str(m->arena, info.path), .size = info.size};
        if (info.table.len) source.digest = digest_of(m->arena, source.name);
        const Lake *l = &m->c.lake;
        bool is_old =
            !m->options->takes_again && is_known(NULL, l->sources, l->n_sources, source.digest);
        bool is_twice = is_known(&m->fresh, NULL, 0, source.digest);
        ARENA_PUSH(m->arena, m->found.items, m->found.n, m->found.cap, source);
        if (!info.table.len) continue;
        if (is_old || is_twice) m->report->n_known++;
        else ARENA_PUSH(m->arena, m->fresh.items, m->fresh.n, m->fresh.cap, source);
    }
    m->skipped = ARENA_ARRAY(m->arena, const char *, m->found.n + 1);
    return OK;
}

static int by_path(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The options of a session over the files [from, to) of the fresh ones alone. */
static SessionOptions batch_options(Import *m, size_t from, size_t to) {
    SessionOptions options = *m->options->session;
    uint32_t n = 0;
    size_t at = from; /* both lists are in the order of the data */
    for (size_t i = 0; i < m->found.n; i++) {
        bool is_in = at < to && str_eq(m->found.items[i].name, m->fresh.items[at].name);
        if (is_in) at++;
        else m->skipped[n++] = m->found.items[i].name.ptr;
    }
    if (n) qsort(m->skipped, n, sizeof *m->skipped, by_path);
    options.data.skipped = m->skipped;
    options.data.n_skipped = n;
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
    return (GatherTable){arena_str(arena, t->name), t, columns, numbers, n};
}

/* A table of which the engine reads some files itself. */
static Status stage_table(Import *m, Session *s, const GatherTable *table, DraftList *out) {
    Arena *a = m->arena;
    const TableRef *t = table->ref;
    const LakeColumn *columns = table->columns;
    uint32_t n = table->n;
    Str staged = arena_printf(a, "%.*s/table.parquet", STR_ARG(m->c.staging));
    Str time = lake_time_column(columns, n);
    Buf kql = {0};
    buf_put(&kql, kql_name(a, t->name));
    for (uint32_t i = 0; i < n; i++) {
        buf_puts(&kql, i ? ", " : " | project ");
        buf_put(&kql, kql_name(a, columns[i].name));
    }
    if (time.len) {
        buf_puts(&kql, " | sort by ");
        buf_put(&kql, kql_name(a, time));
        buf_puts(&kql, " asc");
    }
    Status status = lake_write(s, buf_str(&kql), staged.ptr, true, m->diags);
    buf_free(&kql);
    if (status != OK) return status;
    Lake from = {.arena = a, .dir = m->c.staging};
    LakeTable *listed = lake_table(&from, t->name);
    LakePart part = {.file = STR("table.parquet"), .schema = lake_schema(&from, columns, n)};
    TRY(lake_look_at(a, m->diags, staged, columns, n, &part));
    ARENA_PUSH(a, listed->parts, listed->n, listed->cap, part);
    status = cut_parts(&m->c, m->options->session, &from, out);
    (void)remove(staged.ptr);
    return status;
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
    if (table_parquet_files(t)) return stage_table(m, s, &table, out);
    return gather_parts(&m->c, m->options->session, session_data(s), &table, out);
}

/* ------------------------------------------------------------------- a batch */

/* Imports what a session reads: the files [from, to). */
static Status import_session(Import *m, Session *s, size_t from, size_t to) {
    DraftList parts = {0};
    DataSet *d = session_data(s);
    Status status = OK;
    for (uint32_t i = 0; i < dataset_table_count(d) && status == OK; i++)
        if (dataset_table(d, i)->presence == TABLE_PRESENT)
            status = import_table(m, s, dataset_table(d, i), &parts);
    dataset_report_skips(d, m->diags);
    ReadAmount read = dataset_amount(d);
    if (status != OK) return status;
    SourceList done = {0};
    const Lake *l = &m->c.lake;
    for (size_t i = from; i < to; i++)
        if (m->fresh.items[i].digest.len &&
            !is_known(NULL, l->sources, l->n_sources, m->fresh.items[i].digest))
            ARENA_PUSH(m->arena, done.items, done.n, done.cap, m->fresh.items[i]);
    TRY(changer_commit(&m->c, &parts, done.items, done.n, NULL, NULL));
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
    if (m->found.n == 1) return import_session(m, m->opened, 0, m->fresh.n);
    diag_add(m->diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY234",
             "standard input and pipes are imported alone, not beside other files");
    return INVALID;
}

static Status import_all(Import *m) {
    int64_t limit = m->options->batch_bytes ? m->options->batch_bytes : DEFAULT_BATCH_BYTES;
    TRY(survey(m));
    for (size_t i = 0; i < m->fresh.n; i++)
        if (is_pipe(m->fresh.items[i].name)) return import_pipe(m);
    for (size_t from = 0; from < m->fresh.n;) {
        size_t to = from + 1;
        int64_t bytes = m->fresh.items[from].size;
        while (to < m->fresh.n && bytes + m->fresh.items[to].size <= limit)
            bytes += m->fresh.items[to++].size;
        TRY(import_batch(m, from, to));
        from = to;
    }
    return OK;
}

Status lake_import(const ImportOptions *options, Arena *arena, Diags *diags, ImportReport *ret) {
    Import m = {.options = options, .arena = arena, .diags = diags, .report = ret};
    SessionOptions session = *options->session;
    *ret = (ImportReport){0};
    session.data.lakes = NULL;
    session.data.n_lakes = 0;
    TRY(changer_open(options->dir, true, arena, diags, &m.c));
    Status status = session_open(&session, diags, &m.opened);
    if (status == OK) {
        status = import_all(&m);
        session_close(m.opened);
    }
    changer_close(&m.c);
    return status;
}
