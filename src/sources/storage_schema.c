/*
 * storage_schema.c: the columns that the files of a storage hold, for infer_storage_schema.
 *
 * A container is what the command line maps it to, as of `externaldata`: a file, or a folder with all
 * that is in it. Of a file its first records are read. Where files differ the type is one that holds the
 * values of both.
 *
 * Source: "infer_storage_schema plugin".
 */
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/json.h"
#include "base/utf8.h"
#include "sources/externals.h"
#include "sources/infer.h"
#include "sources/parquet.h"
#include "sources/records.h"
#include "sources/rows.h"

enum { MAX_FOLDERS_DEEP = 32, MAX_STORED_FILES = 100000, MAX_WIDTH = 4096 };
#define MAX_READ_BYTES ((int64_t)16 << 20)

typedef struct Stored {
    Str path; /* ends in NUL */
    int64_t at_seconds, at_nanoseconds;
} Stored;

typedef struct Storage {
    DataSet *data;
    const StorageSpec *spec;
    const ExternalFormat *format;
    Arena *arena;
    Stored *files;
    size_t n, cap;
    SeenColumns seen;
    Str *error;
} Storage;

/* --------------------------------------------------------------------- files */

static Str name_of(Str path) {
    size_t start = path.len;
    while (start && path.ptr[start - 1] != '/') start--;
    return str_sub(path, start, path.len);
}

static bool is_wanted(const Storage *s, Str path) {
    Str name = name_of(path);
    return str_starts_with(name, s->spec->prefix) && str_ends_with(name, s->spec->ending);
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool gather(Storage *s, Str path, unsigned depth);

/* The entries of a folder by their names, so that what comes first does not depend on the disk. */
static bool gather_folder(Storage *s, Str path, unsigned depth) {
    char **names = NULL;
    size_t n = 0, cap = 0;
    bool ok = true;
    DIR *dir = depth < MAX_FOLDERS_DEEP ? opendir(path.ptr) : NULL;
    if (!dir) return true;
    for (struct dirent *e = readdir(dir); e && n < MAX_STORED_FILES; e = readdir(dir)) {
        if (e->d_name[0] == '.') continue;
        char *name = arena_cstr(s->arena, str_of(e->d_name));
        ARENA_PUSH(s->arena, names, n, cap, name);
    }
    closedir(dir);
    if (n) qsort(names, n, sizeof *names, by_name);
    for (size_t i = 0; i < n && ok; i++)
        ok = gather(s, arena_printf(s->arena, "%.*s/%s", STR_ARG(path), names[i]), depth + 1);
    return ok;
}

static bool gather(Storage *s, Str path, unsigned depth) {
    struct stat st;
    if (stat(path.ptr, &st) != 0) return true;
    if (S_ISDIR(st.st_mode)) return gather_folder(s, path, depth);
    if (!S_ISREG(st.st_mode) || !st.st_size || !is_wanted(s, path)) return true;
    if (s->n == MAX_STORED_FILES) {
        *s->error = arena_printf(s->arena, "there are more than %d files", MAX_STORED_FILES);
        return false;
    }
    Stored f = {path, (int64_t)st.st_mtim.tv_sec, (int64_t)st.st_mtim.tv_nsec};
    ARENA_PUSH(s->arena, s->files, s->n, s->cap, f);
    return true;
}

static bool find_files(Storage *s) {
    for (uint32_t i = 0; i < s->spec->n_containers; i++) {
        Str uri = s->spec->containers[i];
        const char *path = external_path(s->data, uri, true);
        if (!path) {
            size_t end = 0;
            while (end < uri.len && uri.ptr[end] != '?' && uri.ptr[end] != ';') end++;
            *s->error = arena_printf(s->arena, "'%.*s' is mapped to no file", (int)end, uri.ptr);
            return false;
        }
        if (!gather(s, arena_str(s->arena, str_of(path)), 0)) return false;
    }
    if (!s->n) *s->error = STR("the storage holds no file of that name with anything in it");
    return s->n > 0;
}

static const Stored *written_last(const Storage *s) {
    const Stored *last = &s->files[0];
    for (size_t i = 1; i < s->n; i++) {
        const Stored *f = &s->files[i];
        bool is_later = f->at_seconds != last->at_seconds
                            ? f->at_seconds > last->at_seconds
                            : f->at_nanoseconds >= last->at_nanoseconds;
        if (is_later) last = f;
    }
    return last;
}

/* -------------------------------------------------------------------- records */

static Str cell_name(Storage *s, const Str *header, uint32_t at) {
    Str name = header ? str_trim(header[at]) : STR_EMPTY;
    return name.len ? arena_str(s->arena, name) : arena_printf(s->arena, "Column%u", at + 1);
}

typedef struct Row {
    Str *names; /* of cells, by position */
    uint32_t n_names;
    Arena *scratch;
} Row;

static void see_cells(Storage *s, const SourceFile *f, Str text, bool is_first, Row *row) {
    Str *cells = ARENA_ARRAY(row->scratch, Str, MAX_WIDTH);
    uint32_t n = f->shape == SHAPE_TEXT
                     ? 1
                     : split_cells(text, f->delimiter, cells, MAX_WIDTH, row->scratch);
    if (f->shape == SHAPE_TEXT) cells[0] = text;
    if (n > MAX_WIDTH) n = MAX_WIDTH;
    bool is_header = is_first && s->spec->has_header;
    for (; row->n_names < n; row->n_names++)
        row->names[row->n_names] = cell_name(s, is_header ? cells : NULL, row->n_names);
    if (is_header) {
        for (uint32_t i = 0; i < n; i++) (void)seen_column(&s->seen, row->names[i]);
        return;
    }
    for (uint32_t i = 0; i < n; i++) seen_cell(seen_column(&s->seen, row->names[i]), cells[i]);
}

static bool see_json(Storage *s, const SourceFile *f, Str text, Row *row) {
    text = str_trim(utf8_repair(row->scratch, text));
    if (json_kind(text) == JSON_OBJECT && json_is_valid(text)) {
        seen_object(&s->seen, text);
        return true;
    }
    *s->error = arena_printf(s->arena, "%.*s: a record is no JSON object", STR_ARG(f->path));
    return false;
}

static bool see_records(Storage *s, const SourceFile *f) {
    RecordReader *r;
    Record record;
    int code;
    int64_t n_bytes = 0;
    bool ok = true;
    if (records_open(f, 0, -1, NULL, &r, &code) != OK) {
        *s->error = arena_printf(s->arena, "%.*s: %s", STR_ARG(f->path), strerror(code));
        return false;
    }
    Row row = {.names = ARENA_ARRAY(s->arena, Str, MAX_WIDTH), .scratch = arena_new()};
    for (bool is_first = true; ok && n_bytes < MAX_READ_BYTES; is_first = false) {
        RecordNext next = records_next(r, &record);
        if (next == RECORD_END || records_position(r) > 4 * MAX_READ_BYTES) break;
        if (next == RECORD_BAD) continue;
        n_bytes += (int64_t)record.text.len;
        if (file_has_cells(f)) see_cells(s, f, record.text, is_first, &row);
        else ok = see_json(s, f, record.text, &row);
        arena_reset(row.scratch);
    }
    arena_free(row.scratch);
    records_close(r);
    return ok;
}

/* ---------------------------------------------------------------------- types */

static bool is_number(Type t) { return (TYPE_BIT(t) & TS_NUMBER) != 0; }

static Type wider(Type a, Type b) {
    if (a == b || b == TYPE_ERROR) return a;
    if (a == TYPE_ERROR) return b;
    if (!is_number(a) || !is_number(b)) return TYPE_DYNAMIC;
    if (a == TYPE_DECIMAL || b == TYPE_DECIMAL) return TYPE_DECIMAL;
    return a == TYPE_REAL || b == TYPE_REAL ? TYPE_REAL : TYPE_LONG;
}

static bool see_parquet(Storage *s, Str path) {
    ParquetFooter footer;
    const char *why;
    if (!parquet_read_footer(s->arena, path.ptr, &footer, &why)) {
        *s->error = arena_printf(s->arena, "%.*s: %s", STR_ARG(path), why);
        return false;
    }
    for (uint32_t i = 0; i < footer.n_columns; i++) {
        SeenColumn *c = seen_column(&s->seen, footer.columns[i].name);
        c->declared = wider(c->declared, footer.columns[i].declared);
    }
    return true;
}

static bool see_file(Storage *s, Str path) {
    bool wants_parquet = strcmp(s->format->name, "parquet") == 0;
    SourceFile *f = external_open(s->data, s->format, path.ptr, s->arena, s->error);
    if (!f) return false;
    bool is_rows = f->shape == SHAPE_TABLES || f->shape == SHAPE_FRAMES;
    if (is_rows || wants_parquet != (f->shape == SHAPE_PARQUET)) {
        *s->error =
            arena_printf(s->arena, "%.*s is not of the format %s", STR_ARG(path), s->format->name);
        return false;
    }
    return wants_parquet ? see_parquet(s, path) : see_records(s, f);
}

static bool see_files(Storage *s) {
    if (s->spec->mode == STORAGE_ANY) return see_file(s, s->files[0].path);
    if (s->spec->mode == STORAGE_LAST) return see_file(s, written_last(s)->path);
    for (size_t i = 0; i < s->n; i++)
        if (!see_file(s, s->files[i].path)) return false;
    return true;
}

bool dataset_storage(void *data_set, const StorageSpec *spec, Arena *arena, StorageColumn **ret,
                     uint32_t *ret_n, Str *ret_error) {
    Storage s = {.data = data_set, .spec = spec, .arena = arena, .error = ret_error};
    s.seen = (SeenColumns){.arena = arena, .has_loose_times = true};
    s.format = external_format(spec->format);
    if (!s.format) {
        *ret_error =
            arena_printf(arena, "the format '%.*s' is not supported", STR_ARG(spec->format));
        return false;
    }
    pthread_mutex_lock(&s.data->lock);
    bool ok = find_files(&s) && see_files(&s);
    pthread_mutex_unlock(&s.data->lock);
    if (!ok) return false;
    *ret_n = (uint32_t)s.seen.n;
    *ret = ARENA_ARRAY(arena, StorageColumn, s.seen.n + 1);
    for (uint32_t i = 0; i < *ret_n; i++) {
        const SeenColumn *c = &s.seen.items[i];
        (*ret)[i] = (StorageColumn){c->name, seen_type(c), c->least, c->most};
    }
    return true;
}
