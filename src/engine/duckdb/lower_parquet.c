/*
 * lower_parquet.c: Parquet files of a table as a relation.
 *
 * The engine reads the files; here their columns become ours: times as ticks, decimals by their text,
 * nested values as JSON, names in the case of the files. What an import wrote says what each column was.
 * A value that is none of the column's type is told (lost_function.c). Bounds of time go to the reader as
 * tests of the stored column, so that it leaves row groups out.
 */
#include <inttypes.h>

#include "engine/duckdb/lower.h"
#include "engine/duckdb/scan_hints.h"
#include "sources/lake.h"

/* A column of the files, read once. */
typedef struct ParquetColumn {
    Str name, type;
    Str stored; /* the name by the engine, to which case is nothing: a second `Isp` is `ISP_1` */
} ParquetColumn;

/* ------------------------------------------------------------------ values */

static bool starts(Str type, const char *prefix) { return str_starts_with(type, str_of(prefix)); }

static bool is_nested(Str t) {
    return starts(t, "STRUCT") || starts(t, "MAP") || starts(t, "UNION") ||
           str_ends_with(t, STR("]")) || str_is(t, "JSON") || str_is(t, "VARIANT");
}

static bool is_number(Str t) {
    return str_ends_with(t, STR("INT")) || str_is(t, "INTEGER") || str_is(t, "UINTEGER") ||
           str_is(t, "DOUBLE") || str_is(t, "FLOAT") || starts(t, "DECIMAL");
}

/* Whole numbers that a BIGINT holds. */
static bool is_narrow(Str t) {
    static const char *const names[] = {"TINYINT",  "SMALLINT",  "INTEGER",  "BIGINT",
                                        "UTINYINT", "USMALLINT", "UINTEGER", "INT"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_is(t, names[i])) return true;
    return false;
}

/* Ticks of any temporal column, as SQL before and behind the column; NULL when it is none. */
static const char *ticks_before(Str t) {
    if (str_is(t, "TIMESTAMP_NS")) return "(epoch_ns(";
    if (starts(t, "TIMESTAMP") || str_is(t, "DATE")) return "(epoch_us(";
    return NULL;
}
static const char *ticks_behind(Str t) {
    if (str_is(t, "TIMESTAMP_NS")) return ") // 100 + 621355968000000000)";
    if (str_is(t, "DATE")) return "::TIMESTAMP) * 10 + 621355968000000000)";
    return ") * 10 + 621355968000000000)";
}

static void put_wrapped(Buf *out, const char *before, Str column, const char *behind) {
    buf_puts(out, before);
    sql_ident(out, column);
    buf_puts(out, behind);
}

/* The column as one of our types that needs no more than a conversion by kernel: text, ticks,
 * numbers. */
static Type put_plain(const ParquetColumn *c, Type wanted, Buf *out) {
    Str t = c->type;
    if (is_nested(t)) {
        put_wrapped(out, "CAST(to_json(", c->stored, ") AS VARCHAR)");
        return TYPE_DYNAMIC;
    }
    if (ticks_before(t)) {
        put_wrapped(out, ticks_before(t), c->stored, ticks_behind(t));
        return TYPE_DATETIME;
    }
    if (str_is(t, "BOOLEAN")) {
        sql_ident(out, c->stored);
        return TYPE_BOOL;
    }
    if (str_is(t, "DOUBLE") || str_is(t, "FLOAT")) {
        put_wrapped(out, "CAST(", c->stored, " AS DOUBLE)");
        return TYPE_REAL;
    }
    if (starts(t, "DECIMAL")) {
        put_wrapped(out, "CAST(", c->stored, " AS VARCHAR)");
        return TYPE_STRING;
    }
    if (is_number(t)) {
        bool is_ticks = wanted == TYPE_TIMESPAN || wanted == TYPE_DATETIME;
        put_wrapped(out, "TRY_CAST(", c->stored, " AS BIGINT)");
        return is_ticks ? wanted : TYPE_LONG;
    }
    if (str_is(t, "BLOB")) { /* some writers do not say that their bytes are text */
        put_wrapped(out, "COALESCE(TRY(decode(", c->stored, ")), ");
        put_wrapped(out, "CAST(", c->stored, " AS VARCHAR))");
        return TYPE_STRING;
    }
    put_wrapped(out, "CAST(", c->stored, " AS VARCHAR)");
    return str_is(t, "UUID") ? TYPE_GUID : TYPE_STRING;
}

/* The type that the values of a lake's column came of; TYPE_ERROR: nothing says it. */
static Type origin_of(const LakeSchema *schema, Str name) {
    for (uint32_t i = 0; schema && i < schema->n; i++)
        if (str_eq(schema->columns[i].name, name)) return schema->columns[i].type;
    return TYPE_ERROR;
}

/* A lake's text that is read as another type: a dynamic is JSON; a string that holds no object and
 * no array is a text, whatever it looks like (as in sources/coerce.c). */
static Type put_origin(Type origin, Type type, Type wanted, Buf *plain) {
    if (type != TYPE_STRING || origin == wanted) return type;
    if (origin == TYPE_DYNAMIC || origin == TYPE_GUID) return origin;
    if (origin != TYPE_STRING || wanted != TYPE_DYNAMIC) return type;
    Buf quoted = {0};
    buf_puts(&quoted, "(CASE WHEN ltrim(");
    buf_put(&quoted, buf_str(plain));
    buf_puts(&quoted, ", chr(32) || chr(9) || chr(10) || chr(13))[1] IN ('{', '[') THEN ");
    buf_put(&quoted, buf_str(plain));
    buf_puts(&quoted, " ELSE CAST(to_json(NULLIF(");
    buf_put(&quoted, buf_str(plain));
    buf_puts(&quoted, ", '')) AS VARCHAR) END)");
    buf_free(plain);
    *plain = quoted;
    return type;
}

/* The text of a decimal, which a lake stores and the engine prints of its own decimals, read. */
static Status read_decimal(Lowering *l, Buf *plain) {
    Buf read = {0};
    Status status =
        lower_helper(l, HELPER_CONVERT, TYPE_STRING, TYPE_DECIMAL, buf_str(plain), &read);
    buf_free(plain);
    *plain = read;
    return status;
}

static Status put_parquet_column(Lowering *l, const LakeSchema *schema, const ParquetColumn *from,
                                 const Column *c, Buf *out) {
    Buf plain = {0};
    Type type = put_plain(from, c->type, &plain), origin = origin_of(schema, from->name);
    Status status = OK;
    if (origin == TYPE_DECIMAL || starts(from->type, "DECIMAL")) {
        status = read_decimal(l, &plain);
        type = TYPE_DECIMAL;
    }
    if (status != OK) {
        buf_free(&plain);
        return status;
    }
    if (origin == TYPE_DATETIME && type == TYPE_LONG) type = TYPE_DATETIME;
    if (origin == TYPE_TIMESPAN && type == TYPE_LONG) type = TYPE_TIMESPAN;
    type = put_origin(origin, type, c->type, &plain);
    /* a lake's string is never null: bare, the reader can test it before it reads other columns */
    bool is_text = c->type == TYPE_STRING && origin != TYPE_STRING;
    if (c->type == TYPE_STRING && !is_text && type == TYPE_STRING) {
        sql_ident(out, from->stored);
        buf_free(&plain);
        return OK;
    }
    if (is_text) buf_puts(out, "COALESCE(");
    if (c->type == TYPE_DYNAMIC && origin == TYPE_DYNAMIC && type == TYPE_STRING)
        status = lower_helper(l, HELPER_SOUND, TYPE_DYNAMIC, TYPE_DYNAMIC, buf_str(&plain), out);
    else if (c->type == TYPE_DYNAMIC && (type == TYPE_STRING || type == TYPE_DYNAMIC))
        status =
            lower_helper(l, HELPER_CANONICAL, TYPE_DYNAMIC, TYPE_DYNAMIC, buf_str(&plain), out);
    else if (c->type == TYPE_DYNAMIC)
        status = lower_helper(l, HELPER_CONVERT, type, TYPE_DYNAMIC, buf_str(&plain), out);
    else if (type == c->type) buf_put(out, buf_str(&plain));
    else status = lower_helper(l, HELPER_CONVERT, type, c->type, buf_str(&plain), out);
    if (is_text) buf_puts(out, ", '')");
    buf_free(&plain);
    return status;
}

/* ----------------------------------------------------------------- columns */

/* The columns that the files of a group hold. */
typedef struct GroupColumns {
    const ParquetGroup *group;
    ParquetColumn *items;
    uint32_t n;
} GroupColumns;

/* By its name; in any case (some writers know lower case only), unless names differ only in that. */
static const ParquetColumn *find_parquet(const GroupColumns *g, Str name) {
    for (uint32_t i = 0; i < g->n; i++)
        if (str_eq(g->items[i].name, name)) return &g->items[i];
    for (uint32_t i = 0; i < g->n && !g->group->has_case_twins; i++)
        if (str_eq_nocase(g->items[i].name, name)) return &g->items[i];
    return NULL;
}

/* What a column of the plan is read from; the twin, where own is null. */
typedef struct ColumnPair {
    const ParquetColumn *own, *twin;
} ColumnPair;

/* Rows may hold one of two twins, as in the own scan (sources/rows.c): of files that are read as one,
 * some have one and some the other. An import has filled both already. */
static ColumnPair find_pair(const Plan *p, const GroupColumns *g, uint32_t i) {
    Str source = p->u.scan.source_names[i];
    ColumnPair pair = {NULL, NULL};
    if (!source.len) return pair;
    pair.own = find_parquet(g, source);
    Str twin = known_schemas_twin(p->u.scan.table->name, source);
    if (!twin.len || (pair.own && g->group->schema)) return pair;
    pair.twin = find_parquet(g, twin);
    if (!pair.own || pair.own == pair.twin) pair = (ColumnPair){pair.twin, NULL};
    return pair;
}

/* Whether a value may be none of the column's type. An import has told of those already. */
static bool may_lose(const GroupColumns *g, const ParquetColumn *from, const Column *c) {
    if (g->group->schema || c->type == TYPE_STRING || c->type == TYPE_DYNAMIC) return false;
    if (find_parquet(g, STR("filename")) || find_parquet(g, STR("file_row_number")))
        return false; /* they hide the reader's own */
    Buf plain = {0};
    Type type = put_plain(from, c->type, &plain);
    bool is_tried = str_starts_with(buf_str(&plain), STR("TRY_CAST("));
    buf_free(&plain);
    return type != c->type || (is_tried && !is_narrow(from->type));
}

static Status put_told(Lowering *l, const GroupColumns *g, const ParquetColumn *from,
                       const Column *c, Buf *out) {
    if (!may_lose(g, from, c)) return put_parquet_column(l, g->group->schema, from, c, out);
    Str name;
    if (lost_function_name(l->engine, c->type, l->arena, &name) != OK)
        return lower_broken(l, (Span){0}, "a function could not be registered");
    buf_puts(out, "COALESCE(");
    TRY(put_parquet_column(l, NULL, from, c, out));
    put_wrapped(out, ", CASE WHEN CAST(", from->stored, " AS VARCHAR) <> '' THEN ");
    sql_ident(out, name);
    buf_puts(out, "(filename, file_row_number, ");
    sql_text(out, c->name);
    buf_puts(out, ", ");
    sql_text(out, str_of(type_name(c->type)));
    put_wrapped(out, ", CAST(", from->stored, " AS VARCHAR)) END)");
    return OK;
}

static Status put_pair(Lowering *l, const GroupColumns *g, ColumnPair pair, const Column *c,
                       Buf *out) {
    if (!pair.twin) return put_told(l, g, pair.own, c, out);
    buf_puts(out, "CASE WHEN ");
    sql_ident(out, pair.own->stored);
    buf_puts(out, " IS NULL THEN ");
    TRY(put_told(l, g, pair.twin, c, out));
    buf_puts(out, " ELSE ");
    TRY(put_told(l, g, pair.own, c, out));
    buf_puts(out, " END");
    return OK;
}

/* ---------------------------------------------------------- bounds of time */

/* --from and --to, as the own scan applies them. */
static Status put_bounds(Lowering *l, const GroupColumns *g, Buf *body) {
    static const char *const names[] = {"TimeGenerated", "Timestamp"};
    const Column ticks = {.type = TYPE_DATETIME};
    int64_t from, to;
    dataset_time_bounds(l->engine->data, &from, &to);
    if (from == INT64_MIN && to == INT64_MAX) return OK;
    buf_puts(body, " AND COALESCE(COALESCE(");
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const ParquetColumn *c = find_parquet(g, str_of(names[i]));
        if (c) TRY(put_parquet_column(l, g->group->schema, c, &ticks, body));
        buf_puts(body, c ? ", " : "");
    }
    buf_printf(body, "NULL::BIGINT) BETWEEN %" PRId64 " AND %" PRId64 ", true)", from, to);
    return OK;
}

static int64_t nanoseconds_of(int64_t ticks) {
    int64_t since;
    if (__builtin_sub_overflow(ticks, INT64_C(621355968000000000), &since) ||
        __builtin_mul_overflow(since, 100, &since))
        return ticks < INT64_C(621355968000000000) ? INT64_MIN + 2 : INT64_MAX - 1;
    return since;
}

/* A bound as a value of the stored type; `slack` ticks wider, as coarser types cut off digits. */
static void put_bound(Str type, int64_t ticks, int64_t slack, Buf *out) {
    if (str_is(type, "TIMESTAMP_NS")) {
        buf_printf(out, "make_timestamp_ns(%" PRId64 ")", nanoseconds_of(ticks));
        return;
    }
    const int64_t last = INT64_C(3155378975999999999), epoch = INT64_C(621355968000000000);
    int64_t wide = (ticks < 0 ? 0 : ticks > last ? last : ticks) + slack;
    wide = wide < 0 ? 0 : wide > last ? last : wide;
    buf_printf(out, "CAST(make_timestamp(%" PRId64 ") AS %.*s)", (wide - epoch) / 10,
               STR_ARG(type));
}

/* The stored column lies in the bounds; or it is null, where its twin may answer. */
static void put_between(const ParquetColumn *c, int64_t from, int64_t to, bool or_null, Buf *out) {
    const int64_t second = 10000000;
    if (from != INT64_MIN) {
        sql_ident(out, c->stored);
        buf_puts(out, " >= ");
        put_bound(c->type, from, -second, out);
    }
    if (to != INT64_MAX) {
        if (from != INT64_MIN) buf_puts(out, " AND ");
        sql_ident(out, c->stored);
        buf_puts(out, " <= ");
        put_bound(c->type, to, second, out);
    }
    if (!or_null) return;
    buf_puts(out, " OR ");
    sql_ident(out, c->stored);
    buf_puts(out, " IS NULL");
}

/* What the conditions say of times, over the column as it is stored: the reader leaves out the row
 * groups that hold no such time. The exact test stands above the scan. */
static void put_time_pruning(const Plan *p, const GroupColumns *g, Buf *body) {
    buf_puts(body, "\n  WHERE true");
    for (uint32_t i = 0; i < p->schema.n; i++) {
        const Column *c = &p->schema.items[i];
        int64_t from, to;
        if (c->type != TYPE_DATETIME) continue;
        ColumnPair pair = find_pair(p, g, i);
        if (!pair.own || !ticks_before(pair.own->type)) continue;
        scan_time_bounds(p, c, &from, &to);
        if (from == INT64_MIN && to == INT64_MAX) continue;
        buf_puts(body, " AND (");
        put_between(pair.own, from, to, pair.twin != NULL, body);
        buf_putc(body, ')');
    }
}

/* ------------------------------------------------------------------- files */

/* Files with the same columns need not be opened one by one to know them. */
static void put_file_list(Buf *out, const ParquetGroup *g, bool binds_late) {
    buf_puts(out, "read_parquet([");
    for (uint32_t i = 0; i < g->n; i++) {
        if (i) buf_puts(out, ", ");
        sql_text(out, str_of(g->paths[i]));
    }
    buf_puts(out, g->schema ? "], hive_partitioning = "
                            : "], union_by_name = true, hive_partitioning = ");
    buf_puts(out, binds_late ? "$1)" : "false)");
}

/* How a lake stores a type (docs/lake.md). */
static const char *stored_type(Type t, LakeTimes times) {
    if (t == TYPE_DECIMAL) return "VARCHAR";
    if (t != TYPE_DATETIME || times == LAKE_TICKS) return type_sql(t);
    return times == LAKE_MICROS ? "TIMESTAMP" : "TIMESTAMP_NS";
}

static void lake_columns(const ParquetGroup *g, Arena *arena, ParquetColumn **ret,
                         uint32_t *ret_n) {
    *ret_n = g->schema->n;
    *ret = ARENA_ARRAY(arena, ParquetColumn, g->schema->n + 1);
    for (uint32_t i = 0; i < g->schema->n; i++) {
        const LakeColumn *c = &g->schema->columns[i];
        (*ret)[i] = (ParquetColumn){c->name, str_of(stored_type(c->type, g->times)), c->name};
    }
}

static Status described_columns(Engine *e, const ParquetGroup *g, Arena *arena, Diags *diags,
                                ParquetColumn **ret, uint32_t *ret_n) {
    Buf sql = {0};
    buf_puts(&sql, "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ");
    put_file_list(&sql, g, false);
    buf_putc(&sql, ')');
    buf_putc(&sql, 0);
    duckdb_connection connection = NULL;
    duckdb_result result;
    memset(&result, 0, sizeof result);
    Status status = OK;
    size_t n = 0, cap = 0;
    ParquetColumn *items = NULL;
    if (duckdb_connect(e->database, &connection) != DuckDBSuccess ||
        duckdb_query(connection, sql.ptr, &result) != DuckDBSuccess)
        status = error_to_diag(NULL, duckdb_result_error(&result),
                               duckdb_result_error_type(&result), diags);
    duckdb_data_chunk chunk;
    while (status == OK && (chunk = duckdb_fetch_chunk(result)) != NULL) {
        VectorReader names = vector_reader(duckdb_data_chunk_get_vector(chunk, 0), TYPE_STRING);
        VectorReader types = vector_reader(duckdb_data_chunk_get_vector(chunk, 1), TYPE_STRING);
        for (idx_t row = 0; row < duckdb_data_chunk_get_size(chunk); row++) {
            Str name = arena_str(arena, vector_get(&names, row).u.s);
            ParquetColumn c = {name, arena_str(arena, vector_get(&types, row).u.s), name};
            ARENA_PUSH(arena, items, n, cap, c);
        }
        duckdb_destroy_data_chunk(&chunk);
    }
    duckdb_destroy_result(&result);
    if (connection) duckdb_disconnect(&connection);
    buf_free(&sql);
    *ret = items;
    *ret_n = (uint32_t)n;
    return status;
}

static bool has_case_twins(const LakeSchema *s) {
    for (uint32_t i = 0; i < s->n; i++)
        for (uint32_t j = 0; j < i; j++)
            if (str_eq_nocase(s->columns[i].name, s->columns[j].name)) return true;
    return false;
}

/* Names as they stand in the files, which the engine makes different by numbers where only case tells them
 * apart. Its order is that of the files. */
static Status parquet_columns(Engine *e, const ParquetGroup *g, Arena *arena, Diags *diags,
                              ParquetColumn **ret, uint32_t *ret_n) {
    ParquetColumn *described;
    uint32_t n;
    if (g->schema) lake_columns(g, arena, ret, ret_n);
    if (g->schema && !(g->has_case_twins && has_case_twins(g->schema))) return OK;
    TRY(described_columns(e, g, arena, diags, &described, &n));
    if (!g->schema) {
        *ret = described;
        *ret_n = n;
    }
    for (uint32_t i = 0; g->schema && i < n && n == *ret_n; i++)
        (*ret)[i].stored = described[i].stored;
    for (uint32_t i = 0; g->names && i < n && n == g->n_names; i++) (*ret)[i].name = g->names[i];
    return OK;
}

/* A column that the files lack; Type is the table's name, as in the own scan. */
static void put_absent(const Plan *p, const Column *c, Str source, Buf *body) {
    if (str_is(source, "Type") && c->type == TYPE_STRING) sql_text(body, p->u.scan.table->name);
    else sql_missing(body, c->type);
}

Status lower_parquet_group(Lowering *l, const Plan *p, const ParquetGroup *group, Buf *body) {
    GroupColumns g = {.group = group};
    TRY(parquet_columns(l->engine, group, l->arena, l->diags, &g.items, &g.n));
    buf_puts(body, "SELECT ");
    for (uint32_t i = 0; i < p->schema.n; i++) {
        const Column *c = &p->schema.items[i];
        ColumnPair pair = find_pair(p, &g, i);
        if (i) buf_puts(body, ", ");
        if (pair.own) TRY(put_pair(l, &g, pair, c, body));
        else put_absent(p, c, p->u.scan.source_names[i], body);
        buf_puts(body, " AS ");
        sql_column(body, c->id);
    }
    if (!p->schema.n) buf_puts(body, "1 AS o0");
    buf_puts(body, " FROM ");
    put_file_list(body, group, l->binds_late);
    put_time_pruning(p, &g, body);
    return put_bounds(l, &g, body);
}
