/*
 * Every scalar function through the engine, over columns and with constant arguments, against its
 * kernel called directly: the same values, nulls and errors, whether the engine runs an SQL form or
 * the kernel itself.
 */
#include "../kernels/random_values.h"

#include "../plan/build_plan.h"
#include "engine/engine.h"
#include "test.h"

enum { N_ROWS = 24, FIRST_RESULT = 100 };

static const QueryContext context = {
    .now_ticks = INT64_C(638000000000000000), .cluster = "local", .database = "quarry"};
static Engine *engine;

/* One call: arguments that are constant have the same value in all rows. */
typedef struct Case {
    const FnDef *fn;
    uint32_t n;
    Type result;
    bool constant[MAX_ARGS];
    Value rows[N_ROWS][MAX_ARGS];
} Case;

/* Types by chance, then rows of those types. False when the binder would not let it pass. */
static bool make_case(const FnDef *fn, bool first_only, Case *c) {
    *c = (Case){.fn = fn};
    Value args[MAX_ARGS];
    c->n = random_args(fn, args);
    c->result = bind_call(fn, args, c->n);
    for (uint32_t i = 0; i < c->n; i++) {
        bool must = i < FN_MAX_PARAMS && (fn->params[i].flags & PARAM_CONSTANT);
        c->constant[i] = must || (first_only && i > 0);
        for (uint32_t r = 0; r < N_ROWS; r++) {
            bool again = r > 0 && c->constant[i];
            c->rows[r][i] = again ? c->rows[0][i] : random_value(TYPE_BIT(args[i].type));
        }
    }
    return c->result != TYPE_ERROR;
}

static Plan *plan_of(const Case *c) {
    Plan *values = make_node(arena, PLAN_VALUES, c->n + 1, NULL, NULL);
    Expr *args[MAX_ARGS], *outputs[2];
    values->u.values.n_rows = N_ROWS;
    values->u.values.cells = ARENA_ARRAY(arena, Value, N_ROWS * (c->n + 1));
    values->schema.items[0] = (Column){1, TYPE_LONG, STR("row")};
    for (uint32_t i = 0; i < c->n; i++)
        values->schema.items[i + 1] =
            (Column){i + 2, c->rows[0][i].type, arena_printf(arena, "a%u", i)};
    for (uint32_t r = 0; r < N_ROWS; r++) {
        Value *cells = values->u.values.cells + (size_t)r * (c->n + 1);
        cells[0] = value_long(r);
        memcpy(cells + 1, c->rows[r], c->n * sizeof *cells);
    }
    for (uint32_t i = 0; i < c->n; i++)
        args[i] = c->constant[i] ? expr_literal(arena, c->rows[0][i], (Span){0, 0})
                                 : make_column(arena, values, i + 2);
    outputs[0] = make_column(arena, values, 1);
    outputs[1] = expr_call(arena, c->fn, c->result, args, c->n, (Span){0, 0});
    return make_project(arena, values, outputs, 2, FIRST_RESULT);
}

/* The kernel's answer; false when it ends the query. */
static bool expect(const Case *c, uint32_t row, Value *ret) {
    const Value *args = c->rows[row];
    *ret = value_null(c->result);
    for (uint32_t i = 0; i < c->n; i++)
        if (args[i].is_null && c->fn->nulls == NULLS_PROPAGATE) return true;
    const Kernel *kernel = c->fn->kernel;
    Str error = STR_EMPTY;
    void *state = kernel->prepare ? kernel->prepare(arena, args, c->constant, c->n, &error) : NULL;
    KernelCall call = {.scratch = arena, .state = state, .query = &context, .error = error};
    if (!error.len) kernel->fn(&call, args, c->n, ret);
    if (ret->type == TYPE_STRING || ret->type == TYPE_DYNAMIC || ret->type == TYPE_GUID)
        ret->u.s = arena_str(arena, ret->u.s); /* may live in the state */
    if (state && kernel->release) kernel->release(state);
    return !call.error.len;
}

/* Wrong constants end the query whatever its rows hold. */
static bool is_refused(const Case *c) {
    const Kernel *kernel = c->fn->kernel;
    Str error = STR_EMPTY;
    void *state =
        kernel->prepare ? kernel->prepare(arena, c->rows[0], c->constant, c->n, &error) : NULL;
    if (state && kernel->release) kernel->release(state);
    return error.len > 0;
}

static Value cell(const ColumnVector *v, uint32_t row) {
    Value out = value_null(v->type);
    if (v->type != TYPE_STRING && !v->valid[row]) return out;
    out.is_null = false;
    switch (v->type) {
    case TYPE_BOOL: out.u.b = v->u.b[row]; break;
    case TYPE_INT: out.u.i = v->u.i[row]; break;
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: out.u.l = v->u.l[row]; break;
    case TYPE_REAL: out.u.r = v->u.r[row]; break;
    case TYPE_DECIMAL: out.u.d = v->u.d[row]; break;
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_DYNAMIC: out.u.s = v->u.s[row]; break;
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return out;
}

static bool is_same(const Value *a, const Value *b) {
    if (a->is_null || b->is_null) return a->is_null == b->is_null;
    if (a->type == TYPE_REAL && a->u.r == b->u.r) return true; /* -0.0 too */
    return a->type == b->type && str_eq(value_to_kql(arena, a), value_to_kql(arena, b));
}

static void compare_batch(const Case *c, const ColumnBatch *batch, const Value *expected) {
    for (uint32_t r = 0; r < batch->n_rows; r++) {
        int64_t row = cell(&batch->columns[0], r).u.l;
        Value got = cell(&batch->columns[1], r);
        bool ok = row >= 0 && row < N_ROWS && is_same(&got, &expected[row]);
        if (!ok && row >= 0 && row < N_ROWS) {
            fprintf(stderr, "%s(", c->fn->name);
            for (uint32_t i = 0; i < c->n; i++)
                fprintf(stderr, "%s%.*s", i ? ", " : "",
                        STR_ARG(value_to_kql(arena, &c->rows[row][i])));
            fprintf(stderr, "): engine %.*s, kernel %.*s\n", STR_ARG(value_to_kql(arena, &got)),
                    STR_ARG(value_to_kql(arena, &expected[row])));
        }
        CHECK(ok);
    }
}

static void check_case(const Case *c) {
    Value expected[N_ROWS];
    bool ends = is_refused(c);
    for (uint32_t r = 0; r < N_ROWS; r++) ends |= !expect(c, r, &expected[r]);
    Diags diags;
    diags_init(&diags, arena);
    RunOptions options = {.query = &context};
    Run *run = NULL;
    ColumnBatch *batch = NULL;
    uint32_t n_rows = 0;
    Status status = engine_run(engine, plan_of(c), &options, &diags, &run);
    while (status == OK && (status = run_next(run, &diags, &batch)) == OK && batch->n_rows) {
        n_rows += batch->n_rows;
        if (!ends) compare_batch(c, batch, expected);
    }
    bool ok = ends ? status != OK && diags.n_errors : status == OK && n_rows == N_ROWS;
    if (!ok)
        fprintf(stderr, "%s (%s first): status %d, expected %s: %.*s\n", c->fn->name,
                type_name(c->rows[0][0].type), (int)status, ends ? "an error" : "rows",
                STR_ARG(diags.n ? diags.items[0].message : STR_EMPTY));
    CHECK(ok);
    run_free(run);
}

static void check_function(const FnDef *fn) {
    static Case c;
    for (int round = 0; round < 2; round++) {
        if (make_case(fn, round == 1, &c)) check_case(&c);
        arena_reset(arena);
        if (!fn->params[0].name) return;
    }
}

/* A new value for each row, not one for all. */
static void test_volatile(const char *name) {
    const FnDef *fn = catalog_scalar(str_of(name));
    Case c = {.fn = fn, .result = fn->type};
    Value seen[N_ROWS];
    uint32_t n = 0;
    Diags diags;
    diags_init(&diags, arena);
    RunOptions options = {.query = &context};
    Run *run = NULL;
    ColumnBatch *batch = NULL;
    CHECK(fn->is_volatile);
    Status status = engine_run(engine, plan_of(&c), &options, &diags, &run);
    while (status == OK && (status = run_next(run, &diags, &batch)) == OK && batch->n_rows) {
        for (uint32_t r = 0; r < batch->n_rows && n < N_ROWS; r++) {
            Value v = cell(&batch->columns[1], r);
            for (uint32_t k = 0; k < n; k++) CHECK(!is_same(&v, &seen[k]));
            seen[n] = v;
            if (v.type == TYPE_GUID) seen[n].u.s = arena_str(arena, v.u.s);
            n++;
        }
    }
    CHECK(status == OK && n == N_ROWS);
    run_free(run);
}

int main(void) {
    arena = arena_new();
    Arena *own = arena_new();
    Diags diags;
    diags_init(&diags, own);
    EngineOptions options = {.n_threads = 1};
    only_clean_text = true;
    CHECK(engine_open(&options, &diags, &engine) == OK);
    for (size_t i = 0; engine && i < catalog_count(); i++) {
        const FnDef *fn = catalog_row(i);
        bool is_scalar = fn->kind == FN_SCALAR || fn->kind == FN_OPERATOR;
        bool has_kernel = fn->kernel && fn->kernel->fn;
        if (is_scalar && has_kernel && !fn->is_volatile) check_function(fn);
    }
    test_volatile("new_guid");
    test_volatile("rand");
    engine_close(engine);
    arena_free(own);
    arena_free(arena);
    return test_finish();
}
