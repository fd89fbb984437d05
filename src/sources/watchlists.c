/*
 * watchlists.c: CSV files as the tables of _GetWatchlist().
 */
#include "sources/discover.h"
#include "sources/notes.h"
#include "sources/records.h"
#include "sources/sniff.h"
#include "sources/tables.h"

static Str alias_of(Str path) {
    size_t slash = path.len;
    while (slash && path.ptr[slash - 1] != '/') slash--;
    Str name = str_sub(path, slash, path.len);
    size_t dot = str_find(name, STR("."), 0);
    return dot != SIZE_MAX && dot > 0 ? str_sub(name, 0, dot) : name;
}

/* Watchlist items are texts; SearchKey is the first column unless the file has one of that name. */
static SourceTable *make_watchlist(DataSet *d, SourceFile *f) {
    SourceTable *t = ARENA_NEW(d->arena, SourceTable);
    size_t n = 0, cap = 0;
    bool has_key = false;
    for (uint32_t i = 0; i < f->n_columns; i++) {
        Str name = f->columns[i].name;
        has_key |= str_is(name, "SearchKey");
        ARENA_PUSH(d->arena, t->ref.columns, n, cap, ((TableColumn){name, TYPE_STRING, name}));
    }
    if (!has_key && n)
        ARENA_PUSH(d->arena, t->ref.columns, n, cap,
                   ((TableColumn){STR("SearchKey"), TYPE_STRING, f->columns[0].name}));
    t->ref.name = alias_of(f->path);
    t->ref.n_columns = (uint32_t)n;
    t->ref.presence = TABLE_PRESENT;
    t->ref.is_aside = true;
    t->ref.source = t;
    t->files = ARENA_ARRAY(d->arena, SourceFile *, 1);
    t->files[0] = f;
    t->n_files = 1;
    f->table = t;
    f->is_bound = true;
    t->parquet = ARENA_ARRAY(d->arena, const char *, 1);
    return t;
}

static void add_watchlist(DataSet *d, SourceFile *f, Diags *diags) {
    const char *why;
    RecordReader *r;
    Record record;
    int code;
    sniff_file(f, &why);
    if (why || f->shape != SHAPE_CELLS || records_open(f, 0, -1, NULL, &r, &code) != OK) {
        note_add(d, diags, NULL, STR_EMPTY, "QY207", "%.*s: no watchlist, which is a CSV file: %s",
                 STR_ARG(f->path), why ? why : "not CSV");
        return;
    }
    if (records_next(r, &record) == RECORD_OK) {
        read_header(d, f, record.text, diags);
        for (uint32_t i = 0; i < f->n_columns; i++) f->columns[i].declared = TYPE_STRING;
        ARENA_PUSH(d->arena, d->watchlists, d->n_watchlists, d->cap_watchlists,
                   make_watchlist(d, f));
    }
    records_close(r);
}

Status make_watchlists(DataSet *d, Diags *diags) {
    SourceFile **files;
    size_t n;
    TRY(discover_watchlists(d, diags, &files, &n));
    for (size_t i = 0; i < n; i++) add_watchlist(d, files[i], diags);
    return OK;
}
