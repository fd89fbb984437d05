/*
 * lower_scan.c: a table of the data as a relation.
 *
 * Files that are not Parquet come through the table function quarry_scan(slot); Parquet files are
 * read by the engine and their columns converted to our representation here; a table without files
 * is empty. What `early` says is tested exactly in SQL; literals and time bounds in it also go to
 * the scan, which may drop records that cannot match before it parses them.
 */
#include <inttypes.h>

#include "engine/duckdb/lower.h"
#include "engine/duckdb/scan_hints.h"
#include "sources/lake.h"

/* ---------------------------------------------------------------- columns */

/* The table's column that feeds schema column i, or UINT32_MAX. */
static uint32_t table_column(const Plan *p, uint32_t i) {
    const TableRef *t = p->u.scan.table;
    Str source = p->u.scan.source_names[i], name = p->schema.items[i].name;
    uint32_t found = UINT32_MAX;
    if (!source.len) return found;
    for (uint32_t c = 0; c < t->n_columns; c++) {
        if (str_eq(t->columns[c].name, name) && str_eq(t->columns[c].source_name, source)) return c;
        if (found == UINT32_MAX && str_eq(t->columns[c].source_name, source)) found = c;
    }
    return found;
}

static Status put_cast(Lowering *l, Type from, const Column *c, Str text, Buf *out) {
    if (from == c->type) {
        buf_put(out, text);
        return OK;
    }
    Str name;
    if (udf_helper_name(l->engine, HELPER_CONVERT, from, c->type, &name) != OK)
        return lower_broken(l, (Span){0}, "a function could not be registered");
    sql_ident(out, name);
    buf_putc(out, '(');
    buf_put(out, text);
    buf_putc(out, ')');
    return OK;
}

/* --------------------------------------------------------------- own scan */

static ScanSlot *new_slot(Lowering *l, const Plan *p) {
    ScanSlot slot = {.table = p->u.scan.table, .from_ticks = INT64_MIN, .to_ticks = INT64_MAX};
    slot.columns = ARENA_ARRAY(l->arena, uint32_t, p->schema.n + 1);
    slot.names = ARENA_ARRAY(l->arena, Str, p->schema.n + 1);
    for (uint32_t i = 0; i < p->schema.n; i++) {
        uint32_t c = table_column(p, i);
        if (c == UINT32_MAX) continue;
        slot.columns[slot.n_columns] = c;
        slot.names[slot.n_columns++] = arena_printf(l->arena, "c%" PRIu32, p->schema.items[i].id);
    }
    scan_hints_find(l->arena, p, &slot);
    lower_literal_keys(l, p, p->u.scan.early, &slot);
    for (size_t i = 0; i < slot.n_keys; i++)
        slot.keys[i].column = table_column(p, slot.keys[i].column);
    ARENA_PUSH(l->arena, l->slots, l->n_slots, l->cap_slots, slot);
    return &l->slots[l->n_slots - 1];
}

/* Whether a feed before in the list has joined the collected keys already. */
static bool is_joined(const KeyFeed *first, const KeyFeed *feed) {
    for (; first != feed; first = first->next)
        if (first->scan == feed->scan && str_eq(first->rel, feed->rel)) return true;
    return false;
}

/*
 * The keys that joins above collect for this scan. A left join waits for its right side, which is
 * one row, before its left side is begun; and no join order moves across it. The condition is always
 * true: a joined row of which nothing is asked would be left out.
 */
static void take_feeds(Lowering *l, const Plan *p, ScanSlot *slot, Buf *body) {
    Buf asked = {0};
    for (KeyFeed *feed = l->feeds; feed; feed = feed->next) {
        if (feed->scan != p) continue;
        ScanKeyHint hint = {table_column(p, feed->column), feed->set};
        ARENA_PUSH(l->arena, slot->keys, slot->n_keys, slot->cap_keys, hint);
        if (!is_joined(l->feeds, feed)) {
            buf_puts(body, " LEFT JOIN ");
            buf_put(body, feed->rel);
            buf_puts(body, " ON true");
        }
        buf_printf(&asked, "%s(%.*s IS NULL OR %.*s >= 0)", asked.len ? " AND " : "\n  WHERE ",
                   STR_ARG(feed->column_name), STR_ARG(feed->column_name));
    }
    buf_put(body, buf_str(&asked));
    buf_free(&asked);
}

static Status put_own_scan(Lowering *l, const Plan *p, Buf *body) {
    ScanSlot *slot = new_slot(l, p);
    size_t index = l->n_slots - 1;
    buf_puts(body, "SELECT ");
    for (uint32_t i = 0; i < p->schema.n; i++) {
        const Column *c = &p->schema.items[i];
        uint32_t at = table_column(p, i);
        if (i) buf_puts(body, ", ");
        if (at == UINT32_MAX) {
            sql_missing(body, c->type);
        } else {
            Str id = arena_printf(l->arena, "c%" PRIu32, c->id);
            TRY(put_cast(l, slot->table->columns[at].type, c, id, body));
        }
        buf_puts(body, " AS ");
        sql_column(body, c->id);
    }
    if (!p->schema.n) buf_puts(body, "1 AS o0");
    if (l->placed == p) {
        slot->place = lower_hidden(l);
        buf_puts(body, ", ");
        buf_put(body, slot->place);
    }
    buf_puts(body, " FROM quarry_scan(");
    sql_text(body, slot->table->name);
    buf_printf(body, ", %zu)", index);
    take_feeds(l, p, &l->slots[index], body);
    return OK;
}

/* ---------------------------------------------------------------- Parquet */

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
    int64_t wide = ticks + slack < 0 ? 0 : ticks + slack > last ? last : ticks + slack;
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

/* A column that the files lack; Type is the table's name, as in the own scan. */
static void put_absent(const Plan *p, const Column *c, Str source, Buf *body) {
    if (str_is(source, "Type") && c->type == TYPE_STRING) sql_text(body, p->u.scan.table->name);
    else sql_missing(body, c->type);
}

static Status put_group(Lowering *l, const Plan *p, const ParquetGroup *group, Buf *body) {
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
Status parquet_columns(Engine *e, const ParquetGroup *g, Arena *arena, Diags *diags,
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

/* ------------------------------------------------------------------- node */

static void put_nothing(const Plan *p, Buf *body) {
    buf_puts(body, "SELECT ");
    for (uint32_t i = 0; i < p->schema.n; i++) {
        if (i) buf_puts(body, ", ");
        sql_missing(body, p->schema.items[i].type);
        buf_puts(body, " AS ");
        sql_column(body, p->schema.items[i].id);
    }
    if (!p->schema.n) buf_puts(body, "1 AS o0");
    buf_puts(body, " WHERE false");
}

/* What the conditions leave of the table's Parquet files. */
static uint32_t wanted_groups(Lowering *l, const Plan *p, ParquetGroup **ret) {
    PartFilter filter;
    uint32_t n_lost, n;
    const TableRef *table = p->u.scan.table;
    part_hints_find(l->arena, p, &filter);
    n = table_parquet_groups(l->engine->data, table, &filter, l->arena, ret, &n_lost);
    if (n_lost)
        diag_add(l->diags, SEVERITY_WARNING, PHASE_RUN, p->span, "QY235",
                 "%.*s: parts of the lake that are read though they may hold nothing, since their "
                 "filter is missing or damaged: %u",
                 STR_ARG(table->name), n_lost);
    return n;
}

static Status put_sources(Lowering *l, const Plan *p, Buf *body) {
    const TableRef *table = p->u.scan.table;
    bool is_there = table && table->source && l->engine->data && table->presence != TABLE_MISSING;
    bool has_scan = is_there && table_has_scan(table);
    ParquetGroup *groups = NULL;
    uint32_t n_groups = 0;
    if (is_there && table_parquet_files(table)) n_groups = wanted_groups(l, p, &groups);
    if (has_scan) TRY(put_own_scan(l, p, body));
    for (uint32_t i = 0; i < n_groups; i++) {
        if (has_scan || i) buf_puts(body, "\n  UNION ALL\n  ");
        TRY(put_group(l, p, &groups[i], body));
    }
    if (!has_scan && !n_groups) put_nothing(p, body);
    return OK;
}

/* Whether the scan itself leaves most records out, as far as can be told. */
static bool has_needles(Lowering *l, const Plan *scan) {
    ScanSlot slot = {.table = scan->u.scan.table};
    scan_hints_find(l->arena, scan, &slot);
    return slot.n_needles > 0;
}

/*
 * The engine keeps the order of what a scan makes by reading it with one thread. With several, rows come
 * as they are found; their places bring them back into order. All rows are held for that, or written to
 * disk: they should be few or narrow. A take ends early and is better off with one thread.
 */
const Plan *lower_placed_scan(Lowering *l, const Plan *plan) {
    const int64_t least_bytes = 64 << 20;
    const uint32_t narrow = 8;
    const bool is_narrow = plan->schema.n <= narrow;
    bool has_filter = false;
    while (plan->kind == PLAN_FILTER || plan->kind == PLAN_PROJECT) {
        has_filter |= plan->kind == PLAN_FILTER;
        plan = plan->inputs[0];
    }
    if (plan->kind != PLAN_SCAN || l->engine->n_threads < 2 || !l->engine->data) return NULL;
    const TableRef *table = plan->u.scan.table;
    if (!(has_filter || plan->u.scan.early) || !table || !table->source) return NULL;
    bool is_own = table_has_scan(table) && !table_parquet_files(table);
    if (!is_own || table_scan_bytes(table) < least_bytes) return NULL;
    return is_narrow || has_needles(l, plan) ? plan : NULL;
}

static void set_place_order(Lowering *l, Str place, Rel *rel) {
    rel->order = ARENA_NEW(l->arena, OrderKey);
    rel->order[0] = (OrderKey){.column = place};
    rel->n_order = 1;
    rel->is_total = true;
}

Status lower_scan(Lowering *l, const Plan *p, Rel *ret) {
    Buf body = {0};
    Status status = put_sources(l, p, &body);
    Str place = l->placed == p && l->n_slots ? l->slots[l->n_slots - 1].place : STR_EMPTY;
    if (status == OK) *ret = lower_cte(l, "scan", &body, false);
    if (status == OK && p->u.scan.early) {
        buf_puts(&body, "SELECT * FROM ");
        buf_put(&body, ret->name);
        buf_puts(&body, "\n  WHERE ");
        status = lower_predicate(l, p->u.scan.early, &body);
        if (status == OK) *ret = lower_cte(l, "early", &body, false);
    }
    if (status == OK && place.len) set_place_order(l, place, ret);
    buf_free(&body);
    return status;
}
