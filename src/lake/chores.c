/*
 * chores.c: verify, compact and expire.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lake/lake_internal.h"
#include "sources/parquet.h"

/* -------------------------------------------------------------------- verify */

static Str fault_of(Arena *arena, const Lake *lake, const LakePart *p) {
    Str path = lake_path(arena, lake, p, ".parquet");
    struct stat st;
    ParquetFooter footer;
    const char *why;
    if (stat(path.ptr, &st) != 0) return STR("is missing");
    if ((int64_t)st.st_size != p->bytes)
        return arena_printf(arena, "has %lld bytes, not %lld", (long long)st.st_size,
                            (long long)p->bytes);
    if (!parquet_read_footer(arena, path.ptr, &footer, &why)) return str_of(why);
    if (footer.n_rows != p->rows)
        return arena_printf(arena, "has %lld rows, not %lld", (long long)footer.n_rows,
                            (long long)p->rows);
    bool lacks_terms = p->has_terms && stat(lake_path(arena, lake, p, ".terms").ptr, &st) != 0;
    return lacks_terms ? STR("has lost its filter of terms") : STR_EMPTY;
}

Status lake_verify(const char *dir, Arena *arena, Diags *diags, LakeCheck *ret) {
    Lake lake;
    *ret = (LakeCheck){0};
    int held = lake_hold(dir);
    Status status = lake_load(arena, dir, diags, &lake);
    for (size_t i = 0; status == OK && i < lake.n_tables; i++)
        for (size_t p = 0; p < lake.tables[i].n; p++) {
            const LakePart *part = &lake.tables[i].parts[p];
            Str fault = fault_of(arena, &lake, part);
            ret->n_parts++;
            if (!fault.len) continue;
            ret->n_wrong++;
            diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY232", "%.*s/%.*s: %.*s",
                     STR_ARG(lake.dir), STR_ARG(part->file), STR_ARG(fault));
        }
    if (status == OK) ret->n_leftovers = lake_leftovers(&lake);
    if (held >= 0) close(held);
    if (status != OK) return status;
    return ret->n_wrong ? DATA : OK;
}

/* -------------------------------------------------------------------- expire */

static void measure(const Lake *lake, size_t *ret_parts, int64_t *ret_bytes) {
    *ret_parts = 0;
    *ret_bytes = 0;
    for (size_t i = 0; i < lake->n_tables; i++)
        for (size_t p = 0; p < lake->tables[i].n; p++, ++*ret_parts)
            *ret_bytes += lake->tables[i].parts[p].bytes;
}

typedef struct Expiry {
    int64_t before, rows;
} Expiry;

static bool is_expired(void *ctx, const LakePart *p) {
    Expiry *e = ctx;
    if (!p->has_times || p->to >= e->before) return false;
    e->rows += p->rows;
    return true;
}

static void begin_change(const Lake *lake, LakeChange *ret) {
    size_t n;
    *ret = (LakeChange){0};
    measure(lake, &n, &ret->bytes_before);
    ret->parts_before = (int64_t)n;
}

static void end_change(const Lake *lake, int64_t rows, LakeChange *ret) {
    size_t n;
    measure(lake, &n, &ret->bytes_after);
    ret->parts_after = (int64_t)n;
    ret->rows = rows;
}

Status lake_expire(const char *dir, int64_t before, Arena *arena, Diags *diags, LakeChange *ret) {
    LakeChanger c;
    TRY(changer_open(dir, false, arena, diags, &c));
    Expiry e = {.before = before};
    begin_change(&c.lake, ret);
    Status status = changer_commit(&c, &(DraftList){0}, NULL, 0, is_expired, &e);
    end_change(&c.lake, e.rows, ret);
    changer_close(&c);
    return status;
}

/* ------------------------------------------------------------------- compact */

/* Parts of one day with the same columns that are small enough to be written anew. */
typedef struct Small {
    const LakePart **items;
    size_t n, cap;
    int64_t rows;
} Small;

static bool belongs(const LakePart *a, const LakePart *b) {
    return a->schema == b->schema && str_eq(a->day, b->day);
}

static bool is_small(const LakePart *p) { return p->rows < LAKE_PART_ROWS / 2; }

static Small small_parts(Arena *arena, const LakeTable *t, size_t first) {
    Small s = {0};
    for (size_t i = first; i < t->n; i++) {
        if (!belongs(&t->parts[first], &t->parts[i]) || !is_small(&t->parts[i])) continue;
        ARENA_PUSH(arena, s.items, s.n, s.cap, &t->parts[i]);
        s.rows += t->parts[i].rows;
    }
    return s;
}

static bool is_first_of_its_day(const LakeTable *t, size_t at) {
    for (size_t i = 0; i < at; i++)
        if (belongs(&t->parts[i], &t->parts[at]) && is_small(&t->parts[i])) return false;
    return true;
}

typedef struct Replaced {
    const Str *files;
    size_t n;
} Replaced;

static bool is_replaced(void *ctx, const LakePart *p) {
    const Replaced *r = ctx;
    for (size_t i = 0; i < r->n; i++)
        if (str_eq(r->files[i], p->file)) return true;
    return false;
}

static Status compact_day(LakeChanger *c, const SessionOptions *session, Str table,
                          const Small *s) {
    Arena *a = c->arena;
    Str *files = ARENA_ARRAY(a, Str, s->n);
    LakeSchema schema = c->lake.schemas[s->items[0]->schema];
    Lake from = {.arena = a, .dir = c->lake.dir};
    LakeTable *t = lake_table(&from, table);
    uint32_t number = lake_schema(&from, schema.columns, schema.n);
    for (size_t i = 0; i < s->n; i++) {
        LakePart part = *s->items[i];
        files[i] = part.file;
        part.schema = number;
        ARENA_PUSH(a, t->parts, t->n, t->cap, part);
    }
    DraftList parts = {0};
    TRY(cut_parts(c, session, &from, &parts));
    Replaced r = {files, s->n};
    return changer_commit(c, &parts, NULL, 0, is_replaced, &r);
}

/* Finds a day with several small parts; after each the list has changed, so the search starts anew. */
static Status compact_some(LakeChanger *c, const SessionOptions *session, bool *ret_found,
                           int64_t *rows) {
    *ret_found = false;
    for (size_t i = 0; i < c->lake.n_tables; i++) {
        const LakeTable *t = &c->lake.tables[i];
        for (size_t p = 0; p < t->n; p++) {
            if (!is_small(&t->parts[p]) || !is_first_of_its_day(t, p)) continue;
            Small s = small_parts(c->arena, t, p);
            if (s.n < 2) continue;
            *ret_found = true;
            *rows += s.rows;
            return compact_day(c, session, t->name, &s);
        }
    }
    return OK;
}

Status lake_compact(const SessionOptions *session, const char *dir, Arena *arena, Diags *diags,
                    LakeChange *ret) {
    LakeChanger c;
    TRY(changer_open(dir, false, arena, diags, &c));
    begin_change(&c.lake, ret);
    int64_t rows = 0;
    bool found = true;
    Status status = OK;
    while (found && status == OK) status = compact_some(&c, session, &found, &rows);
    end_change(&c.lake, rows, ret);
    changer_close(&c);
    return status;
}
