/*
 * dataset.c: opening, looking up and reporting; what sources.h promises of a data set.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/nearest.h"
#include "sources/dataset_internal.h"
#include "sources/discover.h"
#include "sources/loss_place.h"
#include "sources/tables.h"

/* ------------------------------------------------------------- open and close */

Status data_check_zone(const DataOptions *options, Diags *diags) {
    int64_t ticks;
    if (!options->timezone || parse_zone(str_of(options->timezone), &ticks)) return OK;
    diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY209", "\"%s\" is no time zone",
             options->timezone)
        ->hint = STR("say how far east of UTC it is: +02:00, -05:30");
    return INVALID;
}

Status dataset_open(const DataOptions *options, const KnownSchemas *known, Diags *diags,
                    DataSet **ret) {
    DataSet *d = calloc(1, sizeof *d);
    if (!d) return INTERNAL;
    d->arena = arena_new();
    d->options = *options;
    d->known = known;
    if (!options->from_ticks && !options->to_ticks) { /* options left zero: no bounds */
        d->options.from_ticks = INT64_MIN;
        d->options.to_ticks = INT64_MAX;
    }
    pthread_mutex_init(&d->lock, NULL);
    pthread_mutex_init(&d->whole_lock, NULL);
    Status status = data_check_zone(options, diags);
    if (status == OK) status = discover_files(d, diags);
    if (status == OK) status = make_tables(d, diags);
    if (status == OK && options->watchlists) status = make_watchlists(d, diags);
    if (status != OK) {
        dataset_free(d);
        return status;
    }
    *ret = d;
    return OK;
}

/* All files that scans read: of folders, of watchlists, of externaldata. */
static void each_file(const DataSet *d, void (*visit)(SourceFile *f, void *ctx), void *ctx) {
    for (size_t i = 0; i < d->n_files; i++) visit(d->files[i], ctx);
    for (size_t i = 0; i < d->n_watchlists; i++) visit(d->watchlists[i]->files[0], ctx);
    for (size_t i = 0; i < d->n_externals; i++)
        for (uint32_t j = 0; j < d->externals[i]->n_files; j++)
            visit(d->externals[i]->files[j], ctx);
}

static void free_file(SourceFile *f, void *ctx) {
    (void)ctx;
    if (f->fd >= 0) close(f->fd);
    losses_free(&f->losses);
}

void dataset_free(DataSet *d) {
    if (!d) return;
    each_file(d, free_file, NULL);
    for (size_t i = 0; i < d->n_held; i++) close(d->held[i]);
    pthread_mutex_destroy(&d->lock);
    pthread_mutex_destroy(&d->whole_lock);
    arena_free(d->arena);
    free(d);
}

/* ------------------------------------------------------------------- provider */

static const TableRef *whole(DataSet *d, SourceTable *t) {
    see_whole(d, t);
    return &t->ref;
}

static const TableRef *find_table(void *self, Str name) {
    DataSet *d = self;
    size_t low = 0, high = d->n_tables;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int order = str_compare(d->tables[mid]->ref.name, name);
        if (order == 0) return whole(d, d->tables[mid]);
        if (order < 0) low = mid + 1;
        else high = mid;
    }
    return d->known_provider.find ? d->known_provider.find(d->known_provider.self, name) : NULL;
}

static void match_tables(void *self, Str pattern, void (*visit)(void *ctx, const TableRef *table),
                         void *ctx) {
    DataSet *d = self;
    for (size_t i = 0; i < d->n_tables; i++)
        if (str_matches(d->tables[i]->ref.name, pattern)) visit(ctx, whole(d, d->tables[i]));
}

/* The data's own names go before published ones that are as near. */
static Str nearest_table(void *self, Str name) {
    const DataSet *d = self;
    Nearest near = nearest_to(name);
    for (size_t i = 0; i < d->n_tables; i++) nearest_try(&near, d->tables[i]->ref.name);
    if (near.best.len || !d->known) return near.best;
    return known_schemas_nearest(d->known, name);
}

static const TableRef *find_watchlist(void *self, Str alias) {
    const DataSet *d = self;
    for (size_t i = 0; i < d->n_watchlists; i++)
        if (str_eq(d->watchlists[i]->ref.name, alias)) return &d->watchlists[i]->ref;
    for (size_t i = 0; i < d->n_watchlists; i++)
        if (str_eq_nocase(d->watchlists[i]->ref.name, alias)) return &d->watchlists[i]->ref;
    return NULL;
}

static Str watchlist_alias(void *self, size_t index) {
    const DataSet *d = self;
    return index < d->n_watchlists ? d->watchlists[index]->ref.name : STR_EMPTY;
}

SchemaProvider dataset_provider(DataSet *d) {
    /* the known tables cache what was asked for, and lock while they do */
    if (d->known) d->known_provider = known_schemas_provider((KnownSchemas *)(uintptr_t)d->known);
    return (SchemaProvider){.self = d,
                            .find = find_table,
                            .match = match_tables,
                            .nearest = nearest_table,
                            .watchlist = find_watchlist,
                            .watchlist_alias = watchlist_alias,
                            .external = dataset_external,
                            .storage = dataset_storage};
}

/* ---------------------------------------------------------------------- lists */

uint32_t dataset_file_count(const DataSet *d) { return (uint32_t)d->n_files; }

static Str table_names(const DataSet *d, const SourceFile *f) {
    if (f->n_tables <= 1) return f->table ? f->table->ref.name : STR_EMPTY;
    Str names = f->tables[0]->ref.name;
    for (uint32_t i = 1; i < f->n_tables; i++)
        names =
            arena_printf(d->arena, "%.*s, %.*s", STR_ARG(names), STR_ARG(f->tables[i]->ref.name));
    return names;
}

FileInfo dataset_file(const DataSet *d, uint32_t i) {
    const SourceFile *f = d->files[i];
    return (FileInfo){.path = f->path,
                      .table = table_names(d, f),
                      .format = f->format,
                      .codec = f->codec,
                      .envelope = str_of(f->envelope),
                      .size = f->size,
                      .is_by_line = file_is_divisible(f)};
}

static const SourceTable *table_of(const TableRef *t) { return (const SourceTable *)t->source; }

bool dataset_column_is_seen(const TableRef *t, uint32_t column) {
    return table_of(t)->is_seen[column];
}

bool dataset_saw_all(const TableRef *t) { return table_of(t)->saw_all; }

bool dataset_file_holds(const DataSet *d, uint32_t i, Str table) {
    const SourceFile *f = d->files[i];
    for (uint32_t j = 0; j < f->n_tables; j++)
        if (str_eq(f->tables[j]->ref.name, table)) return true;
    return !f->n_tables && f->table && str_eq(f->table->ref.name, table);
}

uint32_t dataset_table_count(const DataSet *d) { return (uint32_t)d->n_tables; }
const TableRef *dataset_table(const DataSet *d, uint32_t i) { return &d->tables[i]->ref; }
const TableRef *dataset_whole_table(DataSet *d, uint32_t i) { return whole(d, d->tables[i]); }

const char *const *table_parquet_files(const TableRef *table) {
    const SourceTable *t = table->source;
    return t && t->n_parquet ? t->parquet : NULL;
}

bool table_has_scan(const TableRef *table) {
    const SourceTable *t = table->source;
    return t && t->n_files > 0;
}

int64_t table_scan_bytes(const TableRef *table) {
    const SourceTable *t = table->source;
    int64_t bytes = 0;
    for (uint32_t i = 0; t && i < t->n_files; i++) bytes += t->files[i]->size;
    return bytes;
}

bool scan_makes_column(Str name) { return str_is(name, "Type"); }

void dataset_time_bounds(const DataSet *d, int64_t *ret_from, int64_t *ret_to) {
    *ret_from = d->reads_all_times ? INT64_MIN : d->options.from_ticks;
    *ret_to = d->reads_all_times ? INT64_MAX : d->options.to_ticks;
}

void dataset_read_all_times(DataSet *d, bool all) { d->reads_all_times = all; }

bool dataset_is_bounded(const DataSet *d) {
    return d->options.from_ticks != INT64_MIN || d->options.to_ticks != INT64_MAX;
}

/* ------------------------------------------------------------------- counters */

ScanStats dataset_stats(const DataSet *d) {
    return (ScanStats){.bytes_read = d->bytes_read, .bytes_total = d->bytes_total};
}

static void add_amount(SourceFile *f, void *ctx) {
    ReadAmount *sum = ctx;
    sum->bytes += f->amount.bytes;
    sum->lines += f->amount.lines;
    sum->skipped += f->amount.skipped;
}

static void clear_amount(SourceFile *f, void *ctx) {
    (void)ctx;
    f->amount = (Amount){0};
}

ReadAmount dataset_amount(DataSet *d) {
    ReadAmount sum = {0};
    pthread_mutex_lock(&d->lock);
    each_file(d, add_amount, &sum);
    pthread_mutex_unlock(&d->lock);
    return sum;
}

bool dataset_row_count(DataSet *d, const TableRef *table, int64_t *ret) {
    const SourceTable *t = table->source;
    if (!t || t->n_parquet || !t->n_files) return false;
    bool is_known = true;
    *ret = 0;
    pthread_mutex_lock(&d->lock);
    for (uint32_t i = 0; i < t->n_files; i++) {
        is_known &= t->files[i]->has_row_count;
        *ret += t->files[i]->n_rows;
    }
    pthread_mutex_unlock(&d->lock);
    return is_known;
}

void dataset_restart_amount(DataSet *d) {
    pthread_mutex_lock(&d->lock);
    each_file(d, clear_amount, NULL);
    pthread_mutex_unlock(&d->lock);
}

static void report_kind(const SourceFile *f, LossKind kind, Diags *diags) {
    LossExample *e = f->losses.first[kind];
    if (!f->losses.counts[kind] || !e) return;
    bool has_lines = f->shape == SHAPE_LINES || file_has_cells(f);
    if (has_lines && !e->at.line) (void)loss_place_count(f, &e->at); /* may be asked for again */
    int64_t line = has_lines ? e->at.line : 0;
    Str shown = losses_show(diags->arena, e);
    bool is_row = f->shape == SHAPE_PARQUET;
    Str where = line     ? arena_printf(diags->arena, "line %lld", (long long)line)
                : is_row ? arena_printf(diags->arena, "row %lld", (long long)e->at.offset + 1)
                         : arena_printf(diags->arena, "byte %lld", (long long)e->at.offset);
    long long count = (long long)f->losses.counts[kind], total = (long long)f->losses.lines;
    const char *records = has_lines    ? total == 1 ? "line" : "lines"
                          : total == 1 ? "record"
                                       : "records";
    Str counted = is_row ? arena_printf(diags->arena, "%lld value%s", count, count == 1 ? "" : "s")
                  : kind == LOSS_VALUE
                      ? arena_printf(diags->arena, "%lld value%s in %lld %s", count,
                                     count == 1 ? "" : "s", total, records)
                      : arena_printf(diags->arena, "%lld of %lld %s", count, total, records);
    diag_add(diags, SEVERITY_WARNING, PHASE_RUN, (Span){0, 0}, "QY213",
             "%.*s: %.*s %s; first at %.*s: %s (%.*s)", STR_ARG(f->path), STR_ARG(counted),
             loss_kind_name(kind), STR_ARG(where), e->reason, STR_ARG(shown));
}

static void report_damage(const SourceFile *f, Diags *diags) {
    const Losses *l = &f->losses;
    if (!l->damage) return;
    Str more = l->n_damages > 1 ? arena_printf(diags->arena, ", the first of %lld such places",
                                               (long long)l->n_damages)
                                : STR_EMPTY;
    diag_add(diags, SEVERITY_WARNING, PHASE_RUN, (Span){0, 0}, "QY211",
             "%.*s: %s (at byte %lld of the file%.*s)", STR_ARG(f->path), l->damage,
             (long long)l->damage_at.offset, STR_ARG(more));
}

static void report_file(SourceFile *f, void *ctx) {
    for (int kind = 0; kind < LOSS_KINDS; kind++) report_kind(f, (LossKind)kind, ctx);
    report_damage(f, ctx);
}

/* What was lost with a record; a cell or a character that is wrong is another matter. */
static void report_records(SourceFile *f, void *ctx) {
    for (int kind = 0; kind < LOSS_KINDS; kind++)
        if (kind != LOSS_VALUE && kind != LOSS_TEXT) report_kind(f, (LossKind)kind, ctx);
    report_damage(f, ctx);
}

static void report_table(const DataSet *d, Str table, Diags *diags,
                         void (*report)(SourceFile *f, void *ctx)) {
    if (d->options.is_strict) return;
    for (size_t i = 0; i < d->n_files; i++) {
        SourceFile *f = d->files[i];
        if (dataset_file_holds(d, (uint32_t)i, table)) report(f, diags);
    }
}

void dataset_report_table_skips(const DataSet *d, Str table, Diags *diags) {
    report_table(d, table, diags, report_file);
}

void dataset_report_table_lost(const DataSet *d, Str table, Diags *diags) {
    report_table(d, table, diags, report_records);
}

size_t dataset_unread_count(const DataSet *d) { return d->n_unread; }
UnreadPath dataset_unread(const DataSet *d, size_t i) { return d->unread[i]; }

bool dataset_lacks_files(const DataSet *d) {
    for (size_t i = 0; i < d->n_unread; i++)
        if (d->unread[i].table.len) return true;
    return false;
}

void dataset_report_skips(const DataSet *d, Diags *diags) {
    if (d->options.is_strict) return; /* the first loss ended the run and was told */
    each_file(d, report_file, diags);
}
