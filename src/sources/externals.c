/*
 * externals.c: the files that `externaldata` reads.
 *
 * A query has no file but what the command line maps: --external URL=PATH for one name, --external
 * DIR for a folder. In a folder an address is looked for as DIR/host/path, where `wget -x` puts it,
 * and a plain name as DIR/name. What follows `?` or `;` in a name (keys, tokens) does not count.
 *
 * Source: "externaldata operator"; formats: "Data formats supported for ingestion".
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sources/externals.h"
#include "sources/safe_path.h"
#include "sources/sniff.h"

/* ------------------------------------------------------------ names to paths */

static Str without_keys(Str uri) {
    size_t end = 0;
    while (end < uri.len && uri.ptr[end] != '?' && uri.ptr[end] != ';') end++;
    return str_sub(uri, 0, end);
}

/* What an address is called in a folder: its text behind "scheme://". */
static Str name_in_folder(Str uri) {
    size_t scheme = str_find(uri, STR("://"), 0);
    return scheme == SIZE_MAX ? uri : str_sub(uri, scheme + 3, uri.len);
}

static bool is_there(const char *path, bool allows_folder) {
    struct stat st;
    return stat(path, &st) == 0 && (S_ISREG(st.st_mode) || (allows_folder && S_ISDIR(st.st_mode)));
}

const char *external_path(DataSet *d, Str uri, bool allows_folder) {
    Str plain = without_keys(uri), name = name_in_folder(plain);
    for (uint32_t i = 0; i < d->options.n_externals; i++) {
        const ExternalBinding *e = &d->options.externals[i];
        if (e->uri && (str_is(uri, e->uri) || str_eq(plain, without_keys(str_of(e->uri)))))
            return e->path;
    }
    for (uint32_t i = 0; i < d->options.n_externals && path_stays_inside(name); i++) {
        const ExternalBinding *e = &d->options.externals[i];
        if (e->uri) continue;
        Str path = arena_printf(d->arena, "%s/%.*s", e->path, STR_ARG(name));
        if (is_there(path.ptr, allows_folder)) return path.ptr;
    }
    return NULL;
}

/* ------------------------------------------------------------------- formats */

static const ExternalFormat formats[] = {
    {"csv", SHAPE_CELLS, ','},  {"tsv", SHAPE_CELLS, '\t'},   {"psv", SHAPE_CELLS, '|'},
    {"scsv", SHAPE_CELLS, ';'}, {"sohsv", SHAPE_CELLS, 1},    {"txt", SHAPE_TEXT, 0},
    {"json", SHAPE_NONE, 0},    {"multijson", SHAPE_NONE, 0}, {"parquet", SHAPE_NONE, 0},
};

const ExternalFormat *external_format(Str name) {
    for (size_t i = 0; i < COUNT_OF(formats); i++)
        if (str_eq_nocase(name, str_of(formats[i].name))) return &formats[i];
    return NULL;
}

/* By the name's ending, that of compression aside; CSV when it says nothing. */
static const ExternalFormat *format_of(Str uri) {
    static const char *const packed[] = {".gz", ".zst", ".gzip", ".zstd"};
    Str name = without_keys(uri);
    for (size_t i = 0; i < COUNT_OF(packed); i++)
        if (str_ends_with(name, str_of(packed[i]))) name.len -= strlen(packed[i]);
    size_t dot = name.len;
    while (dot && name.ptr[dot - 1] != '.' && name.ptr[dot - 1] != '/') dot--;
    Str ending = str_sub(name, dot, name.len);
    if (str_is(ending, "ndjson") || str_is(ending, "jsonl")) ending = STR("json");
    const ExternalFormat *f = external_format(ending);
    return f ? f : &formats[0];
}

/* --------------------------------------------------------------------- files */

/* Cells and texts are the table's columns by position; so is what stands behind the last. */
static void set_positions(DataSet *d, SourceFile *f, const ExternalSpec *spec) {
    f->columns = ARENA_ARRAY(d->arena, FileColumn, spec->n_columns);
    f->n_columns = spec->n_columns;
    for (uint32_t i = 0; i < spec->n_columns; i++)
        f->columns[i] = (FileColumn){.name = arena_str(d->arena, spec->columns[i].name)};
    f->has_header = spec->skips_first;
    f->is_ragged = true;
}

SourceFile *external_open(DataSet *d, const ExternalFormat *format, const char *path, Arena *arena,
                          Str *ret_error) {
    struct stat st;
    if (stat(path, &st) != 0 || access(path, R_OK) != 0) {
        *ret_error = arena_printf(arena, "%s: %s", path, strerror(errno));
        return NULL;
    }
    SourceFile *f = ARENA_NEW(d->arena, SourceFile);
    const char *why;
    f->path = arena_str(d->arena, str_of(path));
    f->fd = -1;
    f->size = (int64_t)st.st_size;
    f->is_bound = true;
    sniff_file(f, &why);
    bool is_json = format->shape == SHAPE_NONE;
    if (is_json && (why || f->shape == SHAPE_CELLS) && f->size > 0) {
        *ret_error = why ? arena_printf(arena, "%s: %s", path, why)
                         : arena_printf(arena, "%s: it is no %s", path, format->name);
        return NULL;
    }
    if (is_json) {
        bool spans_lines = str_is(str_of(format->name), "multijson");
        if (spans_lines && f->shape == SHAPE_LINES) f->shape = SHAPE_ROWS;
        return f;
    }
    f->shape = format->shape;
    f->format = format->delimiter == '\t' ? FORMAT_TSV : FORMAT_CSV;
    f->delimiter = format->delimiter;
    f->envelope = "";
    f->is_wrapped = f->by_type = false;
    return f;
}

/* What was opened of the path before, for another mention of it. */
static SourceFile *find_same(const DataSet *d, Str path) {
    for (size_t i = 0; i < d->n_externals; i++)
        for (uint32_t j = 0; j < d->externals[i]->n_files; j++) {
            SourceFile *f = d->externals[i]->files[j];
            if (str_eq(f->path, path)) return f->same ? f->same : f;
        }
    return NULL;
}

static void add_file(DataSet *d, SourceTable *t, SourceFile *f) {
    f->table = t;
    f->same = find_same(d, f->path);
    if (f->shape == SHAPE_PARQUET) t->parquet[t->n_parquet++] = f->path.ptr;
    else if (f->shape != SHAPE_NONE) t->files[t->n_files++] = f;
}

static SourceTable *make_table(DataSet *d, const ExternalSpec *spec) {
    SourceTable *t = ARENA_NEW(d->arena, SourceTable);
    t->ref.name = STR("externaldata");
    t->ref.columns = ARENA_ARRAY(d->arena, TableColumn, spec->n_columns);
    t->ref.n_columns = spec->n_columns;
    for (uint32_t i = 0; i < spec->n_columns; i++) {
        t->ref.columns[i] = spec->columns[i];
        t->ref.columns[i].name = t->ref.columns[i].source_name =
            arena_str(d->arena, spec->columns[i].name);
    }
    t->ref.presence = TABLE_PRESENT;
    t->ref.is_aside = true;
    t->ref.source = t;
    t->files = ARENA_ARRAY(d->arena, SourceFile *, spec->n_uris);
    t->parquet = ARENA_ARRAY(d->arena, const char *, spec->n_uris + 1);
    t->parts = ARENA_ARRAY(d->arena, const LakePart *, spec->n_uris + 1);
    t->lakes = ARENA_ARRAY(d->arena, const Lake *, spec->n_uris + 1);
    t->names = ARENA_ARRAY(d->arena, ParquetNames, spec->n_uris + 1);
    return t;
}

static bool add_files(DataSet *d, const ExternalSpec *spec, SourceTable *t, Arena *arena,
                      Str *ret_error) {
    for (uint32_t i = 0; i < spec->n_uris; i++) {
        Str uri = spec->uris[i];
        const char *path = external_path(d, uri, false);
        const ExternalFormat *format =
            spec->format.len ? external_format(spec->format) : format_of(uri);
        if (!format)
            *ret_error = arena_printf(arena, "the format '%.*s' of externaldata is not supported",
                                      STR_ARG(spec->format));
        else if (!path)
            *ret_error =
                arena_printf(arena, "'%.*s' is mapped to no file", STR_ARG(without_keys(uri)));
        if (!format || !path) return false;
        SourceFile *f = external_open(d, format, path, arena, ret_error);
        if (!f) return false;
        if (format->shape != SHAPE_NONE) set_positions(d, f, spec);
        add_file(d, t, f);
    }
    return true;
}

const TableRef *dataset_external(void *data_set, const ExternalSpec *spec, Arena *arena,
                                 Str *ret_error) {
    DataSet *d = data_set;
    pthread_mutex_lock(&d->lock);
    SourceTable *t = make_table(d, spec);
    bool ok = add_files(d, spec, t, arena, ret_error);
    if (ok) ARENA_PUSH(d->arena, d->externals, d->n_externals, d->cap_externals, t);
    pthread_mutex_unlock(&d->lock);
    return ok ? &t->ref : NULL;
}
