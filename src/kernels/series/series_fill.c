/*
 * series_fill.c: missing values of a series filled in.
 *
 * Source: the series_fill_* pages. Missing is what equals the placeholder; without one, null. Elements
 * that are there stay as they are written, so that their type is kept.
 */
#include "kernels/series/series.h"
#include "kernels/series/series_values.h"

typedef struct Filled {
    Elements e;
    Series values;
    bool *is_missing;
} Filled;

static bool read_series(KernelCall *call, const Value *args, uint32_t n_args, uint32_t placeholder,
                        Filled *ret) {
    if (!elements_of(call->scratch, &args[0], &ret->e) || !series_of(call, &args[0], &ret->values))
        return false;
    const Value *mark =
        placeholder < n_args && !args[placeholder].is_null ? &args[placeholder] : NULL;
    ret->is_missing = ARENA_ARRAY(call->scratch, bool, ret->e.n + 1);
    Value wanted = mark ? value_convert(call->scratch, mark, TYPE_REAL) : value_null(TYPE_REAL);
    for (size_t i = 0; i < ret->e.n; i++)
        ret->is_missing[i] = wanted.is_null
                                 ? json_kind(ret->e.at[i]) == JSON_NULL
                                 : ret->values.is_number[i] && ret->values.at[i] == wanted.u.r;
    return true;
}

static void fill_const(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Filled f;
    if (n_args < 2 || !read_series(call, args, n_args, 2, &f)) return;
    Str filling = json_of_value(call->scratch, &args[1]);
    Out out = out_open(call->scratch);
    for (size_t i = 0; i < f.e.n; i++) out_element(&out, f.is_missing[i] ? filling : f.e.at[i]);
    ret_text(ret, out_close(&out));
}

static void fill_forward(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Filled f;
    if (!read_series(call, args, n_args, 1, &f)) return;
    for (size_t i = 1; i < f.e.n; i++)
        if (f.is_missing[i]) f.e.at[i] = f.e.at[i - 1];
    Out out = out_open(call->scratch);
    for (size_t i = 0; i < f.e.n; i++) out_element(&out, f.e.at[i]);
    ret_text(ret, out_close(&out));
}

static void fill_backward(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Filled f;
    if (!read_series(call, args, n_args, 1, &f)) return;
    for (size_t i = f.e.n; i-- > 1;)
        if (f.is_missing[i - 1]) f.e.at[i - 1] = f.e.at[i];
    Out out = out_open(call->scratch);
    for (size_t i = 0; i < f.e.n; i++) out_element(&out, f.e.at[i]);
    ret_text(ret, out_close(&out));
}

/* ---------------------------------------------------------------- linear */

/* A series of whole numbers alone stays one: what lies between is cut, as the page prints it. */
static bool is_all_long(const Filled *f) {
    for (size_t i = 0; i < f->e.n; i++)
        if (!f->is_missing[i] && !f->values.is_long[i]) return false;
    return true;
}

static void fill_gap(Filled *f, Arena *arena, size_t from, size_t to, bool is_long) {
    double left = f->values.at[from], right = f->values.at[to];
    for (size_t i = from + 1; i < to; i++) {
        double value = left + (right - left) * (double)(i - from) / (double)(to - from);
        Value v = is_long && fabs(value) < 9e18 ? value_long((int64_t)value) : value_real(value);
        f->e.at[i] = json_of_value(arena, &v);
    }
}

static void fill_edges(Filled *f, size_t first, size_t last) {
    for (size_t i = 0; i < first; i++) f->e.at[i] = f->e.at[first];
    for (size_t i = last + 1; i < f->e.n; i++) f->e.at[i] = f->e.at[last];
}

static void fill_between(Filled *f, Arena *arena, bool with_edges, Str when_empty) {
    bool is_long = is_all_long(f);
    size_t first = SIZE_MAX, last = SIZE_MAX;
    for (size_t i = 0; i < f->e.n; i++) {
        if (f->is_missing[i]) continue;
        if (first == SIZE_MAX) first = i;
        else if (f->values.is_number[i] && f->values.is_number[last])
            fill_gap(f, arena, last, i, is_long);
        last = i;
    }
    if (first == SIZE_MAX)
        for (size_t i = 0; i < f->e.n; i++) f->e.at[i] = when_empty;
    else if (with_edges) fill_edges(f, first, last);
}

static void fill_linear(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Filled f;
    if (!read_series(call, args, n_args, 1, &f)) return;
    bool with_edges = n_args < 3 || args[2].is_null || args[2].u.b;
    Str when_empty = n_args > 3 ? json_of_value(call->scratch, &args[3]) : STR("0.0");
    fill_between(&f, call->scratch, with_edges, when_empty);
    Out out = out_open(call->scratch);
    for (size_t i = 0; i < f.e.n; i++) out_element(&out, f.e.at[i]);
    ret_text(ret, out_close(&out));
}

const Kernel kernel_series_fill_const = {.fn = fill_const};
const Kernel kernel_series_fill_forward = {.fn = fill_forward};
const Kernel kernel_series_fill_backward = {.fn = fill_backward};
const Kernel kernel_series_fill_linear = {.fn = fill_linear};
