/*
 * Every kernel over values at the ends of their ranges and over text and JSON of bad intent, with
 * arguments constant and not. Nothing may crash (run it under the sanitizers), and whatever comes
 * out is what the contract says: of the result's type and in its range, JSON canonical, a string
 * never null.
 */
#include "base/json.h"
#include "random_values.h"
#include "test.h"

enum { ROUNDS = 40 };

static const QueryContext context = {
    .now_ticks = INT64_C(638000000000000000), .cluster = "local", .database = "quarry"};

static bool is_sound(const Value *v, Type type) {
    if (type == TYPE_STRING) return !v->is_null && v->type == type;
    if (v->is_null) return true;
    if (v->type != type) return false;
    Buf canonical = {0};
    bool ok = true;
    if (type == TYPE_DYNAMIC) {
        ok = json_canonical(v->u.s, &canonical) && str_eq(buf_str(&canonical), v->u.s) &&
             !str_is(v->u.s, "null"); /* that is a null */
    } else if (type == TYPE_DATETIME) {
        ok = v->u.l >= 0 && v->u.l <= TICKS_MAX_DATETIME;
    } else if (type == TYPE_DECIMAL) {
        ok = decimal_is_sound(v->u.d);
    } else if (type == TYPE_GUID) {
        ok = v->u.s.len == GUID_TEXT_LEN;
    }
    buf_free(&canonical);
    return ok;
}

static void call(const FnDef *fn, const Value *args, uint32_t n, const bool *constant, Type type) {
    Str error = STR_EMPTY;
    const Kernel *kernel = fn->kernel;
    void *state = kernel->prepare ? kernel->prepare(arena, args, constant, n, &error) : NULL;
    if (!error.len) {
        KernelCall run = {.scratch = arena, .state = state, .query = &context, .error = error};
        Value ret = value_null(type);
        kernel->fn(&run, args, n, &ret);
        bool ok = run.error.len || is_sound(&ret, type);
        if (!ok)
            fprintf(stderr, "%s(%.*s, ...) gave %.*s\n", fn->name,
                    STR_ARG(n ? value_to_kql(arena, &args[0]) : STR_EMPTY),
                    STR_ARG(value_to_kql(arena, &ret)));
        CHECK(ok);
    }
    if (state && kernel->release) kernel->release(state);
}

static void check_function(const FnDef *fn) {
    int rounds = fn->params[0].name ? ROUNDS : 1;
    for (int round = 0; round < rounds; round++) {
        Value args[MAX_ARGS];
        bool any_null = false, constant[MAX_ARGS];
        uint32_t n = random_args(fn, args);
        Type type = bind_call(fn, args, n);
        for (uint32_t i = 0; i < n; i++) any_null |= args[i].is_null;
        if (type != TYPE_ERROR && !(any_null && fn->nulls == NULLS_PROPAGATE)) {
            for (int kind = 0; kind < 3; kind++) { /* none constant, all, some */
                for (uint32_t i = 0; i < n; i++)
                    constant[i] = kind == 1 || (kind == 2 && chance(2));
                call(fn, args, n, constant, type);
            }
        }
        arena_reset(arena);
    }
}

int main(void) {
    arena = arena_new();
    for (size_t i = 0; i < catalog_count(); i++) {
        const FnDef *fn = catalog_row(i);
        bool is_scalar = fn->kind == FN_SCALAR || fn->kind == FN_OPERATOR;
        if (is_scalar && fn->kernel && fn->kernel->fn) check_function(fn);
    }
    arena_free(arena);
    return test_finish();
}
