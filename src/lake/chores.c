/*
 * chores.c: verify, compact and expire.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lake/lake_internal.h"
#include "sources/file_checksum.h"
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
    if (p->checksum >= 0 && file_checksum(path.ptr) != p->checksum)
        return STR("has other bytes than were written");
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
            diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY242", "%.*s/%.*s: %.*s",
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

/* Small parts that are written anew, by day and columns; copies, since the list changes meanwhile. */
typedef struct Compaction {
    LakeChanger *c;
    const SessionOptions *session;
    Str table;
    DraftList drafts; /* written, not committed */
    Str *replaced;    /* files of what they replace; sorted when asked */
    size_t n_replaced, cap_replaced;
    int64_t rows;
} Compaction;

enum {
    COMMIT_PARTS = 256,    /* a commit costs some time, whatever it holds */
    GROUP_BYTES = 32 << 20 /* of parts as they are stored */
};

static bool is_small(const LakePart *p) { return p->rows < LAKE_PART_ROWS / 2; }

static int by_columns_and_day(const void *a, const void *b) {
    const LakePart *x = a, *y = b;
    if (x->schema != y->schema) return x->schema < y->schema ? -1 : 1;
    int order = str_compare(x->day, y->day);
    return order ? order : str_compare(x->file, y->file);
}

static int by_file(const void *a, const void *b) {
    return str_compare(*(const Str *)a, *(const Str *)b);
}

static bool is_replaced(void *ctx, const LakePart *p) {
    const Compaction *k = ctx;
    return bsearch(&p->file, k->replaced, k->n_replaced, sizeof(Str), by_file) != NULL;
}

static Status commit_compaction(Compaction *k) {
    if (!k->n_replaced) return OK;
    qsort(k->replaced, k->n_replaced, sizeof(Str), by_file);
    Status status = changer_commit(k->c, &k->drafts, NULL, 0, is_replaced, k);
    k->drafts.n = 0;
    k->n_replaced = 0;
    return status;
}

/* Opens a session over parts alone, all with the same columns, and gathers their rows. */
static Status gather_again(Compaction *k, const Lake *from) {
    const LakeSchema *schema = &from->schemas[0];
    GatherTable table = {.name = k->table, .columns = schema->columns, .n = schema->n};
    SessionOptions options = *k->session;
    options.data = (DataOptions){.lake_list = from,
                                 .from_ticks = INT64_MIN,
                                 .to_ticks = INT64_MAX,
                                 .n_threads = k->session->data.n_threads};
    options.has_data = true;
    Session *s;
    TRY(session_open(&options, k->c->diags, &s));
    Status status = gather_query(k->c, k->session, s, &table, &k->drafts);
    session_close(s);
    return status;
}

/* What is written must be what was there. */
static Status check_rows(const Compaction *k, size_t first, int64_t n_before) {
    int64_t n = 0;
    for (size_t i = first; i < k->drafts.n; i++) n += k->drafts.items[i].part.rows;
    if (n == n_before) return OK;
    diag_add(k->c->diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY243",
             "%.*s: %lld rows came of %lld; nothing was changed", STR_ARG(k->table), (long long)n,
             (long long)n_before);
    return INTERNAL;
}

/* Parts of some days, all with the same columns. */
static Status compact_parts(Compaction *k, const LakePart *parts, size_t n) {
    Arena *a = k->c->arena;
    LakeSchema schema = k->c->lake.schemas[parts[0].schema];
    Lake from = {.arena = a, .dir = k->c->lake.dir};
    LakeTable *t = lake_table(&from, k->table);
    uint32_t number = lake_schema(&from, schema.columns, schema.n);
    size_t first = k->drafts.n;
    int64_t n_rows = 0;
    for (size_t i = 0; i < n; i++) {
        LakePart part = parts[i];
        part.schema = number;
        n_rows += part.rows;
        ARENA_PUSH(a, t->parts, t->n, t->cap, part);
    }
    TRY(gather_again(k, &from));
    TRY(check_rows(k, first, n_rows));
    k->rows += n_rows;
    for (size_t i = 0; i < n; i++)
        ARENA_PUSH(a, k->replaced, k->n_replaced, k->cap_replaced, parts[i].file);
    return k->drafts.n < COMMIT_PARTS ? OK : commit_compaction(k);
}

/* Small parts that are not alone in their day. */
static size_t find_small(Compaction *k, const LakeTable *t, LakePart **ret) {
    LakePart *small = *ret = ARENA_ARRAY(k->c->arena, LakePart, t->n + 1);
    size_t n = 0, n_kept = 0;
    for (size_t i = 0; i < t->n; i++)
        if (is_small(&t->parts[i])) small[n++] = t->parts[i];
    qsort(small, n, sizeof *small, by_columns_and_day);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && small[to].schema == small[from].schema &&
                            str_eq(small[to].day, small[from].day);)
            to++;
        for (size_t i = from; i < to && to - from > 1; i++) small[n_kept++] = small[i];
    }
    return n_kept;
}

/* Days are taken together, as each reading of parts costs some time; not more than memory holds. */
static Status compact_table(Compaction *k, const LakeTable *t) {
    LakePart *small;
    size_t n = find_small(k, t, &small);
    k->table = t->name;
    for (size_t from = 0, to; from < n; from = to) {
        int64_t bytes = small[from].bytes;
        for (to = from + 1; to < n && small[to].schema == small[from].schema; to++) {
            if (bytes > GROUP_BYTES && !str_eq(small[to].day, small[to - 1].day)) break;
            bytes += small[to].bytes;
        }
        TRY(compact_parts(k, small + from, to - from));
    }
    return OK;
}

static Status compact_all(Compaction *k) {
    Lake *l = &k->c->lake;
    size_t n = l->n_tables;
    Str *names = ARENA_ARRAY(k->c->arena, Str, n + 1); /* a commit changes the list's order */
    for (size_t i = 0; i < n; i++) names[i] = l->tables[i].name;
    for (size_t i = 0; i < n; i++) TRY(compact_table(k, lake_table(l, names[i])));
    return commit_compaction(k);
}

Status lake_compact(const SessionOptions *session, const char *dir, Arena *arena, Diags *diags,
                    LakeChange *ret) {
    LakeChanger c;
    TRY(changer_open(dir, false, arena, diags, &c));
    begin_change(&c.lake, ret);
    Compaction k = {.c = &c, .session = session};
    Status status = compact_all(&k);
    end_change(&c.lake, k.rows, ret);
    changer_close(&c);
    return status;
}
