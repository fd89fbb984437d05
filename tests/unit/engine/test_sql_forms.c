/*
 * Every SQL form of the catalog against its kernel: same value, same nulls, same type, for each
 * combination of argument types that the form takes and for values at the ends of their ranges.
 */
#include <duckdb.h>
#include <math.h>

#include "base/ticks.h"
#include "catalog/catalog.h"
#include "decimal_of.h"
#include "test.h"

enum { MAX_ARGS = 3, MAX_SAMPLES = 16, MAX_ROWS = 240 };

static Arena *arena;
static duckdb_connection connection;
static QueryContext context = {
    .now_ticks = INT64_C(638000000000000000), .cluster = "local", .database = "quarry"};

/* --------------------------------------------------------------- samples */

static Value samples[TYPE_COUNT][MAX_SAMPLES];
static uint32_t n_samples[TYPE_COUNT];

static void sample(Value v) { samples[v.type][n_samples[v.type]++] = v; }

static void make_samples(void) {
    static const int64_t LONGS[] = {
        0, 1, -1, 7, -7, 100, 63, INT64_MAX, INT64_MIN, TICKS_PER_DAY, -TICKS_PER_DAY - 1};
    static const int32_t INTS[] = {0, 1, -1, 7, -8, INT32_MAX, INT32_MIN};
    static const double REALS[] = {0,    -0.0,  1,   0.5,      -0.5,      1.5, 2.5,
                                   -2.5, 1e300, NAN, INFINITY, -INFINITY, 0.1, 123456789.987};
    static const char *const DATES[] = {"0001-01-01", "9999-12-31T23:59:59.9999999", "1970-01-01",
                                        "2017-10-30 01:02:03.7654321", "2024-02-29 23:59:59"};
    static const char *const TEXTS[] = {"", "a", "A", "abc", "h\xC3\xA9llo", "it's", " b "};
    static const char *const JSONS[] = {"1", "\"\"", "\"a\"", "[1,2]", "{\"a\":1}", "true"};
    for (size_t i = 0; i < COUNT_OF(LONGS); i++) {
        sample(value_long(LONGS[i]));
        sample(value_ticks(TYPE_TIMESPAN, LONGS[i]));
    }
    for (size_t i = 0; i < COUNT_OF(INTS); i++) sample(value_int(INTS[i]));
    for (size_t i = 0; i < COUNT_OF(REALS); i++) sample(value_real(REALS[i]));
    for (size_t i = 0; i < COUNT_OF(DATES); i++) {
        int64_t ticks = 0;
        CHECK(ticks_parse_datetime(str_of(DATES[i]), &ticks));
        sample(value_ticks(TYPE_DATETIME, ticks));
    }
    for (size_t i = 0; i < COUNT_OF(TEXTS); i++) sample(value_str(str_of(TEXTS[i])));
    for (size_t i = 0; i < COUNT_OF(JSONS); i++) sample(value_text(TYPE_DYNAMIC, str_of(JSONS[i])));
    sample(value_bool(true));
    sample(value_bool(false));
    sample(value_text(TYPE_GUID, STR("74be27de-1e4e-49d9-b579-fe0b331d3642")));
    sample(decimal_of("1.5"));
    sample(decimal_of("-1"));
    sample(decimal_of("0"));
    sample(decimal_of("1e-20"));
    sample(decimal_of("-1e6000"));
    for (unsigned t = TYPE_BOOL; t < TYPE_COUNT; t++)
        if (t != TYPE_STRING) sample(value_null((Type)t));
}

/* ------------------------------------------------------------------- SQL */

static const char *sql_type(Type t) {
    static const char *const NAMES[TYPE_COUNT] = {
        [TYPE_BOOL] = "BOOLEAN",    [TYPE_INT] = "INTEGER",     [TYPE_LONG] = "BIGINT",
        [TYPE_REAL] = "DOUBLE",     [TYPE_STRING] = "VARCHAR",  [TYPE_DECIMAL] = "HUGEINT",
        [TYPE_DATETIME] = "BIGINT", [TYPE_TIMESPAN] = "BIGINT", [TYPE_GUID] = "VARCHAR",
        [TYPE_DYNAMIC] = "VARCHAR"};
    return NAMES[t];
}

/* A decimal is an integer to the engine. */
static Str bits_text(Decimal d) {
    char digits[48];
    size_t n = sizeof digits;
    Uint128 rest = d.bits < 0 ? -(Uint128)d.bits : (Uint128)d.bits;
    do digits[--n] = (char)('0' + (int)(rest % 10));
    while (rest /= 10);
    if (d.bits < 0) digits[--n] = '-';
    return arena_str(arena, (Str){digits + n, sizeof digits - n});
}

/* Text that both sides print alike. */
static Str plain_text(const Value *v) {
    Value ticks = *v;
    if (v->type == TYPE_DECIMAL && !v->is_null) return bits_text(v->u.d);
    if (v->type == TYPE_DATETIME || v->type == TYPE_TIMESPAN) ticks.type = TYPE_LONG;
    if (v->type == TYPE_DYNAMIC || v->type == TYPE_GUID) ticks.type = TYPE_STRING;
    return value_to_text(arena, &ticks);
}

static void put_literal(Buf *out, const Value *v) {
    buf_puts(out, "CAST(");
    if (v->is_null) {
        buf_puts(out, "NULL");
    } else {
        Str text = v->type == TYPE_REAL ? arena_printf(arena, "%.17g", v->u.r) : plain_text(v);
        buf_putc(out, '\'');
        for (size_t i = 0; i < text.len; i++) {
            if (text.ptr[i] == '\'') buf_putc(out, '\'');
            buf_putc(out, text.ptr[i]);
        }
        buf_putc(out, '\'');
    }
    buf_printf(out, " AS %s)", sql_type(v->type));
}

static void put_case(Buf *out, uint32_t n_args) {
    buf_puts(out, "CASE");
    for (uint32_t i = 0; i + 1 < n_args; i += 2) buf_printf(out, " WHEN c%u THEN c%u", i, i + 1);
    buf_printf(out, " ELSE c%u END", n_args - 1);
}

static void put_template(Buf *out, const char *sql, uint32_t n_args) {
    for (const char *p = sql; *p;) {
        if (strncmp(p, "{case}", 6) == 0) {
            put_case(out, n_args);
            p += 6;
            continue;
        }
        bool is_argument = p[0] == '{' && p[1] && p[2] == '}';
        if (is_argument && p[1] == '*') {
            for (uint32_t i = 0; i < n_args; i++) buf_printf(out, "%sc%u", i ? ", " : "", i);
        } else if (is_argument) {
            buf_printf(out, "c%c", p[1]);
        } else {
            buf_putc(out, *p);
        }
        p += is_argument ? 3 : 1;
    }
}

/* One query for all rows: SELECT form FROM (VALUES ...). */
static Str form_query(const char *sql, const Value (*rows)[MAX_ARGS], uint32_t n_rows,
                      uint32_t n_args, Type result) {
    Buf out = {0};
    buf_puts(&out, "SELECT v IS NULL, CAST(v AS VARCHAR), typeof(v) = '");
    buf_printf(&out, "%s' FROM (SELECT (", sql_type(result));
    put_template(&out, sql, n_args);
    buf_puts(&out, ") AS v FROM (VALUES ");
    for (uint32_t r = 0; r < n_rows; r++) {
        buf_puts(&out, r ? ",(" : "(");
        for (uint32_t i = 0; i < n_args; i++) {
            if (i) buf_putc(&out, ',');
            put_literal(&out, &rows[r][i]);
        }
        buf_putc(&out, ')');
    }
    buf_puts(&out, ") t(");
    for (uint32_t i = 0; i < n_args; i++) buf_printf(&out, "%sc%u", i ? "," : "", i);
    buf_puts(&out, "))");
    Str text = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return text;
}

/* --------------------------------------------------------------- compare */

typedef struct Form {
    const FnDef *fn;
    const char *sql;
    bool is_filter;
    uint32_t n_args;
    Type types[MAX_ARGS];
    Type result;
} Form;

static Type result_type(const FnDef *fn, const Type *types, uint32_t n) {
    Str name = str_of(fn->name);
    switch (fn->result) {
    case RESULT_FIXED: return fn->type;
    case RESULT_ARG0: return types[0];
    case RESULT_ARG1: return types[1];
    case RESULT_CUSTOM: return fn->result_fn(fn, types, n);
    case RESULT_ARITH:
        if (n == 1) return types[0] == TYPE_INT ? TYPE_LONG : types[0];
        return catalog_arith_type(name, types[0], types[1]);
    case RESULT_BIN: return types[0];
    case RESULT_WIDEST: break;
    }
    /* the binder has made them one type */
    uint32_t first = fn->params[0].flags & PARAM_KEEP ? 1 : 0;
    for (uint32_t i = first + 1; i < n; i++)
        if (types[i] != types[first]) return TYPE_ERROR;
    return types[first];
}

static Value run_kernel(const Form *f, const Value *args) {
    static const bool CONSTANT[MAX_ARGS] = {false, false, false};
    Value ret = value_null(f->result);
    for (uint32_t i = 0; i < f->n_args; i++)
        if (args[i].is_null && f->fn->nulls == NULLS_PROPAGATE) return ret;
    const Kernel *kernel = f->fn->kernel;
    Str error = STR_EMPTY;
    void *state =
        kernel->prepare ? kernel->prepare(arena, args, CONSTANT, f->n_args, &error) : NULL;
    KernelCall call = {.scratch = arena, .state = state, .query = &context, .error = error};
    kernel->fn(&call, args, f->n_args, &ret);
    if (state && kernel->release) kernel->release(state);
    return ret;
}

static bool same_text(const Form *f, const Value *kernel, const char *engine) {
    if (f->result == TYPE_REAL) {
        double d = strtod(engine, NULL);
        return d == kernel->u.r || (isnan(d) && isnan(kernel->u.r));
    }
    return str_is(plain_text(kernel), engine);
}

static void compare_row(const Form *f, duckdb_result *result, uint32_t row, const Value *args) {
    Value kernel = run_kernel(f, args);
    bool is_null = duckdb_value_boolean(result, 0, row), same;
    char *text = duckdb_value_varchar(result, 1, row);
    if (f->is_filter) same = (!kernel.is_null && kernel.u.b) == (text && strcmp(text, "true") == 0);
    else
        same = is_null == kernel.is_null && duckdb_value_boolean(result, 2, row) &&
               (is_null || same_text(f, &kernel, text));
    if (!same)
        fprintf(stderr, "%s%s: %s\n  of %.*s, %.*s: engine %s, kernel %s%.*s\n", f->fn->name,
                f->is_filter ? " as a filter" : "", f->sql, STR_ARG(value_to_kql(arena, &args[0])),
                STR_ARG(value_to_kql(arena, &args[f->n_args - 1])), text ? text : "null",
                kernel.is_null ? "null" : "", STR_ARG(plain_text(&kernel)));
    CHECK(same);
    duckdb_free(text);
}

/* All combinations of samples, thinned out evenly when there are too many. */
static uint32_t make_rows(const Form *f, Value (*rows)[MAX_ARGS]) {
    uint32_t total = 1, n = 0;
    for (uint32_t i = 0; i < f->n_args; i++) total *= n_samples[f->types[i]];
    uint32_t step = total / MAX_ROWS + 1;
    while (step > 1 && (total % step == 0 || step % 2 == 0 || step % 3 == 0))
        step++; /* so that every sample of every argument comes up */
    for (uint32_t at = 0; at < total; at += step, n++) {
        uint32_t rest = at;
        for (uint32_t i = 0; i < f->n_args; i++) {
            rows[n][i] = samples[f->types[i]][rest % n_samples[f->types[i]]];
            rest /= n_samples[f->types[i]];
        }
    }
    return n;
}

static void check_form(Form *f) {
    static Value rows[MAX_ROWS + 1][MAX_ARGS];
    if (catalog_sql(f->fn, f->types, f->n_args, f->is_filter) != f->sql) return;
    f->result = result_type(f->fn, f->types, f->n_args);
    if (f->result == TYPE_ERROR) return;
    uint32_t n = make_rows(f, rows);
    Str query = form_query(f->sql, (const Value(*)[MAX_ARGS])rows, n, f->n_args, f->result);
    duckdb_result result;
    bool ok = duckdb_query(connection, arena_cstr(arena, query), &result) == DuckDBSuccess;
    if (!ok) fprintf(stderr, "%s: %s\n", f->fn->name, duckdb_result_error(&result));
    CHECK(ok);
    CHECK(!ok || duckdb_row_count(&result) == n);
    for (uint32_t r = 0; ok && r < n; r++) compare_row(f, &result, r, rows[r]);
    duckdb_destroy_result(&result);
    arena_reset(arena);
}

/* Every choice of one type from each set. */
static void check_types(Form *f, const TypeSet *sets, uint32_t i) {
    if (i == f->n_args) {
        check_form(f);
        return;
    }
    for (unsigned t = TYPE_BOOL; t < TYPE_COUNT; t++) {
        if (!(sets[i] & TYPE_BIT(t))) continue;
        f->types[i] = (Type)t;
        check_types(f, sets, i + 1);
    }
}

static void check_function(const FnDef *fn) {
    for (const SqlForm *form = fn->forms; form && form->sql; form++) {
        Form f = {.fn = fn, .sql = form->sql};
        while (f.n_args < MAX_ARGS && form->args[f.n_args]) f.n_args++;
        check_types(&f, form->args, 0);
        f.sql = form->filter;
        f.is_filter = true;
        if (f.sql) check_types(&f, form->args, 0);
    }
    if (!fn->sql) return;
    Form f = {.fn = fn, .sql = fn->sql};
    TypeSet sets[MAX_ARGS] = {0};
    for (; f.n_args < MAX_ARGS && fn->params[f.n_args].name; f.n_args++) {
        sets[f.n_args] = fn->params[f.n_args].types;
        if (fn->sql_types) sets[f.n_args] &= fn->sql_types;
    }
    check_types(&f, sets, 0);
}

int main(void) {
    duckdb_database database;
    if (duckdb_open(NULL, &database) != DuckDBSuccess) return EXIT_FAILURE;
    CHECK(duckdb_connect(database, &connection) == DuckDBSuccess);
    arena = arena_new();
    make_samples();
    for (size_t i = 0; i < catalog_count(); i++) {
        const FnDef *fn = catalog_row(i);
        bool is_scalar = fn->kind == FN_SCALAR || fn->kind == FN_OPERATOR;
        if (is_scalar && fn->kernel && fn->kernel->fn) check_function(fn);
    }
    arena_free(arena);
    duckdb_disconnect(&connection);
    duckdb_close(&database);
    return test_finish();
}
