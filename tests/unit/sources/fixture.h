/*
 * fixture.h: a folder of small files made by the test, a data set over it, and all rows of a table
 * as text: a line a row, cells separated by '|', null as ~.
 */
#ifndef QUARRY_SOURCES_FIXTURE_H
#define QUARRY_SOURCES_FIXTURE_H

#include <sys/stat.h>
#include <unistd.h>

#include "base/ticks.h"
#include "kernels/kernel.h"
#include "sources/sources.h"
#include "test.h"

typedef struct Fixture {
    char dir[64];
    Arena *arena;
    KnownSchemas *known;
    Diags diags;
    DataSet *data;
    ScanSpec spec; /* needles and bounds of the next read */
    Str error;     /* scan_error of a failed read */
    Status status;
    unsigned n_workers;
} Fixture;

static inline void fixture_open(Fixture *x) {
    *x = (Fixture){.arena = arena_new()};
    snprintf(x->dir, sizeof x->dir, "/tmp/quarry-test-XXXXXX");
    if (!mkdtemp(x->dir)) abort();
    diags_init(&x->diags, x->arena);
    if (known_schemas_open(SCHEMAS_DIR, &x->diags, &x->known) != OK) abort();
    x->spec = (ScanSpec){.from_ticks = INT64_MIN, .to_ticks = INT64_MAX};
}

static inline void fixture_close(Fixture *x) {
    char command[128];
    dataset_free(x->data);
    known_schemas_free(x->known);
    snprintf(command, sizeof command, "rm -rf '%s'", x->dir);
    if (system(command) != 0) abort();
    arena_free(x->arena);
}

/* Path of a file in the folder; folders before it are made. */
static inline const char *fixture_path(Fixture *x, const char *name) {
    char *path = arena_cstr(x->arena, arena_printf(x->arena, "%s/%s", x->dir, name));
    for (char *p = path + strlen(x->dir) + 1; (p = strchr(p, '/')) != NULL; p++) {
        *p = 0;
        mkdir(path, 0700);
        *p = '/';
    }
    return path;
}

static inline const char *fixture_write(Fixture *x, const char *name, Str bytes) {
    const char *path = fixture_path(x, name);
    FILE *f = fopen(path, "wb");
    if (!f || (bytes.len && fwrite(bytes.ptr, 1, bytes.len, f) != bytes.len)) abort();
    fclose(f);
    return path;
}

static inline const char *fixture_text(Fixture *x, const char *name, const char *text) {
    return fixture_write(x, name, str_of(text));
}

/* Opens the whole folder with the options given (paths are filled in when there are none). */
static inline Status fixture_load(Fixture *x, DataOptions options) {
    const char *all[] = {x->dir};
    if (!options.n_paths && !options.n_tables) {
        options.paths = all;
        options.n_paths = 1;
    }
    dataset_free(x->data);
    x->data = NULL;
    diags_init(&x->diags, x->arena);
    return dataset_open(&options, x->known, &x->diags, &x->data);
}

static inline const TableRef *fixture_table(Fixture *x, const char *name) {
    for (uint32_t i = 0; x->data && i < dataset_table_count(x->data); i++)
        if (str_is(dataset_table(x->data, i)->name, name)) return dataset_table(x->data, i);
    return NULL;
}

static inline void put_cell(Buf *out, const ColumnVector *v, uint32_t row, Arena *arena) {
    Value value = value_null(v->type);
    if (v->type != TYPE_STRING && !v->valid[row]) {
        buf_putc(out, '~');
        return;
    }
    value.is_null = false;
    switch (v->type) {
    case TYPE_BOOL: value.u.b = v->u.b[row]; break;
    case TYPE_INT: value.u.i = v->u.i[row]; break;
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: value.u.l = v->u.l[row]; break;
    case TYPE_REAL: value.u.r = v->u.r[row]; break;
    case TYPE_DECIMAL: value.u.d = v->u.d[row]; break;
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_DYNAMIC: buf_put(out, v->u.s[row]); return;
    case TYPE_ERROR:
    case TYPE_COUNT: return;
    }
    buf_put(out, value_to_text(arena, &value));
}

static inline uint32_t column_index(const TableRef *t, Str name) {
    for (uint32_t i = 0; i < t->n_columns; i++)
        if (str_eq(t->columns[i].name, name)) return i;
    return UINT32_MAX;
}

/* "A,B" as column indexes. */
static inline uint32_t column_list(const TableRef *t, const char *names, uint32_t *ret) {
    uint32_t n = 0;
    for (Str rest = str_of(names); rest.len;) {
        size_t comma = str_find(rest, STR(","), 0);
        size_t len = comma == SIZE_MAX ? rest.len : comma;
        ret[n] = column_index(t, str_sub(rest, 0, len));
        if (ret[n] == UINT32_MAX) {
            fprintf(stderr, "no column %.*s\n", STR_ARG(str_sub(rest, 0, len)));
            return 0;
        }
        n++;
        rest = str_sub(rest, len + 1, rest.len);
    }
    return n;
}

static inline void put_batch(Fixture *x, Buf *out, const ColumnBatch *b) {
    for (uint32_t row = 0; row < b->n_rows; row++) {
        for (uint32_t c = 0; c < b->n_columns; c++) {
            if (c) buf_putc(out, '|');
            put_cell(out, &b->columns[c], row, x->arena);
        }
        buf_putc(out, '\n');
    }
}

/* All rows of a table, by one worker after the other. */
static inline Str fixture_read(Fixture *x, const char *table, const char *columns) {
    const TableRef *t = fixture_table(x, table);
    uint32_t indexes[64];
    Buf out = {0};
    Scan *scan = NULL;
    if (!t) return STR("no such table");
    x->spec.table = t;
    x->spec.columns = indexes;
    x->spec.n_columns = column_list(t, columns, indexes);
    if (scan_open(x->data, &x->spec, &scan) != OK) return STR("not opened");
    x->n_workers = scan_max_workers(scan);
    ScanWorker *w = NULL;
    ColumnBatch *batch = NULL;
    x->status = scan_worker_open(scan, &w);
    while (x->status == OK && (x->status = scan_next(w, &batch)) == OK && batch->n_rows)
        put_batch(x, &out, batch);
    x->error = w ? arena_str(x->arena, scan_error(w)) : STR_EMPTY;
    scan_worker_free(w);
    scan_free(scan);
    Str text = arena_str(x->arena, buf_str(&out));
    buf_free(&out);
    return text;
}

/* The messages so far, a line each: those of opening, or after dataset_report_skips those too. */
static inline Str fixture_messages(Fixture *x) {
    Buf out = {0};
    for (size_t i = 0; i < x->diags.n; i++) {
        Str message = x->diags.items[i].message;
        size_t at = str_find(message, str_of(x->dir), 0);
        if (at == 0) message = str_sub(message, strlen(x->dir) + 1, message.len);
        buf_put(&out, message);
        buf_putc(&out, '\n');
    }
    Str text = arena_str(x->arena, buf_str(&out));
    buf_free(&out);
    return text;
}

static inline Str fixture_skips(Fixture *x) {
    diags_init(&x->diags, x->arena);
    dataset_report_skips(x->data, &x->diags);
    return fixture_messages(x);
}

#endif
