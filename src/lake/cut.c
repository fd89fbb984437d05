/*
 * cut.c: from one sorted file of a table, or several, to parts by day and rows.
 *
 * A part's rows are those of a span of time, so a day of more rows than a part holds is cut where
 * every LAKE_PART_ROWS-th row stands. Rows of one time stay together.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/ticks.h"
#include "kernels/text/term_filter.h"
#include "lake/lake_internal.h"
#include "sources/parquet.h"

typedef struct Cut {
    LakeChanger *c;
    Session *session;
    Arena *scratch;
    Str table, name; /* as it is, and as KQL says it */
    const LakeColumn *columns;
    uint32_t n_columns;
    Str time; /* KQL name of the time column; empty: none */
    DraftList *out;
    size_t first; /* of this cut's parts in `out` */
    uint32_t schema;
    bool is_sorted; /* one file, in the order of its times, which the engine keeps */
} Cut;

/* A span of time: from <= t < to; `is_undated`: the rows without a time. */
typedef struct SpanOfTime {
    int64_t from, to, day;
    bool is_undated, is_all;
} SpanOfTime;

static Str ticks_text(Arena *arena, int64_t ticks) {
    char text[64];
    size_t n = ticks_print_datetime(ticks, text);
    return arena_printf(arena, "datetime(%.*s)", (int)n, text);
}

static Str day_text(Arena *arena, const SpanOfTime *s) {
    char text[64];
    if (s->is_undated || s->is_all) return STR("none");
    (void)ticks_print_datetime(s->day, text);
    return arena_str(arena, (Str){text, 10});
}

/* The table's rows of a span, as the head of a query. */
static Str rows_of(const Cut *k, const SpanOfTime *s) {
    Arena *a = k->scratch;
    if (s->is_all) return k->name;
    if (s->is_undated)
        return arena_printf(a, "%.*s | where isnull(%.*s)", STR_ARG(k->name), STR_ARG(k->time));
    /* the last tick of the last day has none behind it: the bound is inclusive */
    return arena_printf(a, "%.*s | where %.*s between (%.*s .. %.*s)", STR_ARG(k->name),
                        STR_ARG(k->time), STR_ARG(ticks_text(a, s->from)),
                        STR_ARG(ticks_text(a, s->to - 1)));
}

/* ------------------------------------------------------------------- a part */

/* ", lo = min(a), hi = max(a)", over both time columns where there are two. */
static void put_times(const Cut *k, Buf *kql) {
    static const char *const names[] = {"TimeGenerated", "Timestamp"};
    const char *found[COUNT_OF(names)];
    size_t n = 0;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        for (uint32_t c = 0; c < k->n_columns; c++)
            if (str_is(k->columns[c].name, names[i]) && k->columns[c].type == TYPE_DATETIME)
                found[n++] = names[i];
    if (n == 1) buf_printf(kql, ", lo = min(%s), hi = max(%s)", found[0], found[0]);
    if (n == 2)
        buf_printf(kql, ", lo = min_of(min(%s), min(%s)), hi = max_of(max(%s), max(%s))", found[0],
                   found[1], found[0], found[1]);
}

static void put_terms(const Cut *k, Buf *kql) {
    const char *before = ", terms = __term_filter(";
    for (uint32_t c = 0; c < k->n_columns; c++) {
        if (!(TYPE_BIT(k->columns[c].type) & TS_TEXTUAL)) continue;
        buf_puts(kql, before);
        buf_put(kql, kql_name(k->scratch, k->columns[c].name));
        before = ", ";
    }
    if (before[1] == ' ' && before[2] == 0) buf_putc(kql, ')');
}

static Status write_terms(Cut *k, Str text, DraftPart *d) {
    Str filter = term_filter_decode(k->scratch, text);
    if (!filter.len) return OK;
    d->terms = arena_printf(k->c->arena, "%.*s.terms", STR_ARG(d->parquet));
    FILE *f = fopen(d->terms.ptr, "wb");
    bool ok = f && fwrite(filter.ptr, 1, filter.len, f) == filter.len;
    if (f && fclose(f) != 0) ok = false;
    if (ok) return OK;
    diag_add(k->c->diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY241",
             "%.*s could not be written", STR_ARG(d->terms));
    return DATA;
}

/* Rows, earliest and latest time, terms: in one pass over the part. */
static Status describe(Cut *k, const SpanOfTime *s, DraftPart *d) {
    Buf kql = {0};
    Rows rows;
    bool has_times = k->time.len && !s->is_undated;
    buf_put(&kql, rows_of(k, s));
    buf_puts(&kql, " | summarize n = count()");
    if (has_times) put_times(k, &kql);
    put_terms(k, &kql);
    Status status = lake_query(k->session, buf_str(&kql), k->scratch, k->c->diags, &rows);
    buf_free(&kql);
    if (status != OK) return status;
    const Value *cells = rows.cells;
    d->part.rows = cells[0].u.l;
    d->part.has_times = has_times && !cells[1].is_null && !cells[2].is_null;
    if (d->part.has_times) {
        d->part.from = cells[1].u.l;
        d->part.to = cells[2].u.l;
    }
    uint32_t at = has_times ? 3 : 1;
    return rows.schema.n > at ? write_terms(k, cells[at].u.s, d) : OK;
}

Status lake_look_at(Arena *scratch, Diags *diags, Str path, const LakeColumn *columns, uint32_t n,
                    LakePart *ret) {
    ParquetFooter footer;
    struct stat st;
    const char *why;
    if (stat(path.ptr, &st) != 0 || !parquet_read_footer(scratch, path.ptr, &footer, &why)) {
        diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY241",
                 "%.*s: what was written cannot be read", STR_ARG(path));
        return DATA;
    }
    ret->bytes = (int64_t)st.st_size;
    ret->rows = footer.n_rows;
    for (uint32_t c = 0; c < n; c++)
        for (uint32_t i = 0; i < footer.n_columns; i++)
            if (columns[c].type == TYPE_DATETIME && footer.columns[i].declared == TYPE_LONG &&
                str_eq(columns[c].name, footer.columns[i].name))
                ret->has_ticks = true;
    return OK;
}

static Status make_part(Cut *k, const SpanOfTime *s) {
    LakeChanger *c = k->c;
    DraftPart d = {
        .table = k->table,
        .part = {.day = day_text(c->arena, s), .schema = k->schema},
        .parquet = arena_printf(c->arena, "%.*s/%u.parquet", STR_ARG(c->staging), ++c->n_staged)};
    TRY(describe(k, s, &d));
    if (!d.part.rows) return OK;
    Str order = k->time.len && !s->is_undated && !k->is_sorted
                    ? arena_printf(k->scratch, " | sort by %.*s asc", STR_ARG(k->time))
                    : STR_EMPTY;
    Str kql = arena_printf(k->scratch, "%.*s%.*s", STR_ARG(rows_of(k, s)), STR_ARG(order));
    TRY(lake_write(k->session, kql, d.parquet.ptr, false, c->diags));
    TRY(lake_look_at(k->scratch, c->diags, d.parquet, k->columns, k->n_columns, &d.part));
    ARENA_PUSH(c->arena, k->out->items, k->out->n, k->out->cap, d);
    arena_reset(k->scratch);
    return OK;
}

/* --------------------------------------------------------------------- spans */

typedef struct Days {
    int64_t *day, *rows;
    size_t n;
} Days;

static Status find_days(Cut *k, Days *ret) {
    Rows rows;
    Str kql = arena_printf(k->scratch,
                           "%.*s | summarize n = count() by d = bin(%.*s, 1d) | sort by d asc",
                           STR_ARG(k->name), STR_ARG(k->time));
    TRY(lake_query(k->session, kql, k->scratch, k->c->diags, &rows));
    ret->n = rows.n_rows;
    ret->day = ARENA_ARRAY(k->c->arena, int64_t, rows.n_rows + 1);
    ret->rows = ARENA_ARRAY(k->c->arena, int64_t, rows.n_rows + 1);
    for (size_t i = 0; i < rows.n_rows; i++) {
        const Value *row = &rows.cells[i * 2];
        ret->day[i] = row[0].is_null ? INT64_MIN : row[0].u.l;
        ret->rows[i] = row[1].u.l;
    }
    return OK;
}

/* A day of many rows: the times at which its parts begin. */
static Status cut_day(Cut *k, int64_t day) {
    SpanOfTime whole = {.from = day, .to = day + TICKS_PER_DAY, .day = day};
    Rows rows;
    Str kql = arena_printf(
        k->scratch,
        "%.*s | project t = %.*s | sort by t asc | extend r = row_number() | where r %% %d == 1 | "
        "project t | distinct t | sort by t asc",
        STR_ARG(rows_of(k, &whole)), STR_ARG(k->time), LAKE_PART_ROWS);
    TRY(lake_query(k->session, kql, k->scratch, k->c->diags, &rows));
    int64_t *starts = ARENA_ARRAY(k->c->arena, int64_t, rows.n_rows + 1);
    for (size_t i = 0; i < rows.n_rows; i++) starts[i] = rows.cells[i].u.l;
    size_t n = rows.n_rows;
    for (size_t i = 0; i < n; i++) {
        SpanOfTime s = {
            .from = i ? starts[i] : day, .to = i + 1 < n ? starts[i + 1] : whole.to, .day = day};
        TRY(make_part(k, &s));
    }
    return OK;
}

static Status cut_all(Cut *k) {
    if (!k->time.len) return make_part(k, &(SpanOfTime){.is_all = true});
    Days days;
    TRY(find_days(k, &days));
    for (size_t i = 0; i < days.n; i++) {
        int64_t day = days.day[i];
        SpanOfTime s = {.from = day, .to = day + TICKS_PER_DAY, .day = day};
        if (day == INT64_MIN) TRY(make_part(k, &(SpanOfTime){.is_undated = true}));
        else if (days.rows[i] > LAKE_PART_ROWS) TRY(cut_day(k, day));
        else TRY(make_part(k, &s));
    }
    return OK;
}

/* What was cut must be what was there. */
static Status check_rows(Cut *k) {
    Rows rows;
    int64_t n = 0;
    Str kql = arena_printf(k->scratch, "%.*s | count", STR_ARG(k->name));
    TRY(lake_query(k->session, kql, k->scratch, k->c->diags, &rows));
    for (size_t i = k->first; i < k->out->n; i++) n += k->out->items[i].part.rows;
    if (n == rows.cells[0].u.l) return OK;
    diag_add(k->c->diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY243",
             "%.*s: %lld rows came of %lld; nothing was changed", STR_ARG(k->table), (long long)n,
             (long long)rows.cells[0].u.l);
    return INTERNAL;
}

Status cut_parts(LakeChanger *c, const SessionOptions *session, const Lake *from, DraftList *out) {
    const LakeTable *t = &from->tables[0];
    const LakeSchema *schema = &from->schemas[t->parts[0].schema];
    Str time = lake_time_column(schema->columns, schema->n);
    SessionOptions options = *session;
    options.data = (DataOptions){.lake_list = from,
                                 .from_ticks = INT64_MIN,
                                 .to_ticks = INT64_MAX,
                                 .n_threads = session->data.n_threads};
    options.has_data = true;
    Cut k = {.c = c,
             .scratch = arena_new(),
             .table = t->name,
             .name = kql_name(c->arena, t->name),
             .columns = schema->columns,
             .n_columns = schema->n,
             .time = time.len ? kql_name(c->arena, time) : STR_EMPTY,
             .is_sorted = t->n == 1,
             .out = out,
             .first = out->n,
             .schema = lake_schema(&c->lake, schema->columns, schema->n)};
    Status status = session_open(&options, c->diags, &k.session);
    if (status == OK) {
        status = cut_all(&k);
        if (status == OK) status = check_rows(&k);
        session_close(k.session);
    }
    arena_free(k.scratch);
    return status;
}
