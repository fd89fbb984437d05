/*
 * series_values.c: reading and writing series.
 */
#include "kernels/series/series_values.h"

#include <stdlib.h>

bool series_of(KernelCall *call, const Value *v, Series *ret) {
    Elements e;
    if (!elements_of(call->scratch, v, &e)) return false;
    if (e.n > SERIES_MAX_LENGTH) {
        kernel_fail(call, "a series of more than %u elements", SERIES_MAX_LENGTH);
        return false;
    }
    *ret = (Series){.at = ARENA_ARRAY(call->scratch, double, e.n + 1),
                    .is_number = ARENA_ARRAY(call->scratch, bool, e.n + 1),
                    .is_long = ARENA_ARRAY(call->scratch, bool, e.n + 1),
                    .n = e.n};
    for (size_t i = 0; i < e.n; i++) {
        JsonKind kind = json_kind(e.at[i]);
        bool looks = kind == JSON_LONG || kind == JSON_REAL;
        ret->is_number[i] = looks && json_real(e.at[i], &ret->at[i]);
        ret->is_long[i] = ret->is_number[i] && kind == JSON_LONG;
        if (!ret->is_number[i]) ret->at[i] = NAN;
    }
    return true;
}

bool series_is_finite(const Series *s) {
    for (size_t i = 0; i < s->n; i++)
        if (!s->is_number[i] || !isfinite(s->at[i])) return false;
    return true;
}

Series series_zeros(Arena *arena, size_t n) {
    Series s = {.at = ARENA_ARRAY(arena, double, n + 1),
                .is_number = ARENA_ARRAY(arena, bool, n + 1),
                .is_long = ARENA_ARRAY(arena, bool, n + 1),
                .n = n};
    for (size_t i = 0; i < n; i++) s.is_number[i] = true;
    return s;
}

/* ---------------------------------------------------------------- writing */

void out_real(Out *o, double value, bool is_known) {
    if (!is_known) {
        out_put(o, STR("null"));
        return;
    }
    Buf json = {0};
    json_put_real(&json, value);
    out_put(o, buf_str(&json));
    buf_free(&json);
}

void out_real_element(Out *o, double value, bool is_known) {
    if (o->ptr[o->len - 1] != '[') out_putc(o, ',');
    out_real(o, value, is_known);
}

void out_long_element(Out *o, int64_t value) {
    out_element(o, arena_printf(o->arena, "%lld", (long long)value));
}

void out_series(Out *o, const double *at, const bool *is_known, size_t n) {
    if (o->len && o->ptr[o->len - 1] != '[' && o->ptr[o->len - 1] != ':') out_putc(o, ',');
    out_putc(o, '[');
    for (size_t i = 0; i < n; i++) out_real_element(o, at[i], !is_known || is_known[i]);
    out_putc(o, ']');
}

void ret_series(KernelCall *call, const double *at, const bool *is_known, size_t n, Value *ret) {
    Out out = {.arena = call->scratch};
    out_series(&out, at, is_known, n);
    ret_text(ret, out_str(&out));
}

MemberOut members_open(Arena *arena, bool is_bag) {
    MemberOut m = {.out = {.arena = arena}, .is_bag = is_bag};
    out_putc(&m.out, is_bag ? '{' : '[');
    return m;
}

static void member_name(MemberOut *m, const char *name) {
    if (m->has_some) out_putc(&m->out, ',');
    m->has_some = true;
    if (!m->is_bag) return;
    out_json_string(&m->out, str_of(name));
    out_putc(&m->out, ':');
}

void members_real(MemberOut *m, const char *name, double value) {
    member_name(m, name);
    out_real(&m->out, value, true);
}

void members_long(MemberOut *m, const char *name, int64_t value) {
    member_name(m, name);
    out_put(&m->out, arena_printf(m->out.arena, "%lld", (long long)value));
}

void members_series(MemberOut *m, const char *name, const double *at, size_t n) {
    member_name(m, name);
    out_putc(&m->out, '[');
    for (size_t i = 0; i < n; i++) out_real_element(&m->out, at[i], true);
    out_putc(&m->out, ']');
}

Str members_close(MemberOut *m) {
    out_putc(&m->out, m->is_bag ? '}' : ']');
    return out_str(&m->out);
}

/* ----------------------------------------------------------------- order */

static int real_order(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void sort_reals(double *values, size_t n) { qsort(values, n, sizeof *values, real_order); }

double percentile_of_sorted(const double *sorted, size_t n, double percent) {
    if (!n) return NAN;
    double place = percent / 100 * (double)(n - 1);
    size_t below = (size_t)place;
    if (below + 1 >= n) return sorted[n - 1];
    return sorted[below] + (place - (double)below) * (sorted[below + 1] - sorted[below]);
}
