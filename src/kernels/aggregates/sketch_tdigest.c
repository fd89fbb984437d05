/*
 * sketch_tdigest.c: tdigest, tdigest_merge and what is read from a digest.
 *
 * Source: the page of each function.
 */
#include "base/json.h"
#include "kernels/aggregates/agg_numbers.h"
#include "kernels/aggregates/sketches.h"
#include "kernels/aggregates/tdigest.h"
#include "kernels/out.h"

static void merge_into(KernelCall *call, TDigest *into, const TDigest *from) {
    if (!tdigest_merge(into, from))
        kernel_fail(call, "digests of %s and of %s cannot be merged", type_name(into->type),
                    type_name(from->type));
}

static void put_digest(KernelCall *call, TDigest *t, Value *ret) {
    if (!t->n) return;
    Buf out = {0};
    tdigest_tidy(t);
    tdigest_print(t, &out);
    ret_text(ret, buf_to_arena(call->scratch, &out));
}

static bool read_digest(const Value *v, TDigest *ret) {
    return !v->is_null && v->type == TYPE_DYNAMIC && tdigest_parse(v->u.s, ret);
}

/* ------------------------------------------------------------- aggregates */

static void update(KernelCall *call, void *state, const Value *args, uint32_t n_args) {
    (void)call;
    int64_t weight = 1;
    if (n_args > 1)
        weight = args[1].is_null ? 0 : args[1].type == TYPE_INT ? args[1].u.i : args[1].u.l;
    tdigest_add(state, &args[0], weight);
}

static void update_merge(KernelCall *call, void *state, const Value *args, uint32_t n_args) {
    (void)n_args;
    TDigest from;
    if (!read_digest(&args[0], &from)) return;
    merge_into(call, state, &from);
    tdigest_free(&from);
}

static void combine(KernelCall *call, void *into, const void *from) {
    merge_into(call, into, from);
}

static void finish(KernelCall *call, void *state, Value *ret) { put_digest(call, state, ret); }

static void destroy(void *state) { tdigest_free(state); }

const AggKernel agg_tdigest = {sizeof(TDigest), update, combine, finish, destroy};
const AggKernel agg_tdigest_merge = {sizeof(TDigest), update_merge, combine, finish, destroy};

/* ---------------------------------------------------------------- scalars */

static void merge_rows(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    TDigest all = {0};
    for (uint32_t i = 0; i < n_args; i++) {
        TDigest one;
        if (!read_digest(&args[i], &one)) continue;
        merge_into(call, &all, &one);
        tdigest_free(&one);
    }
    put_digest(call, &all, ret);
    tdigest_free(&all);
}

static void percentile(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    TDigest t;
    double p;
    if (n_args < 2 || !value_as_real(&args[1], &p) || !read_digest(&args[0], &t)) return;
    Value v = tdigest_percentile(&t, p);
    if (ret->type != TYPE_DYNAMIC) {
        *ret = value_convert(call->scratch, &v, ret->type);
    } else {
        Buf out = {0};
        value_put_json(&out, &v);
        ret_text(ret, buf_to_arena(call->scratch, &out));
    }
    tdigest_free(&t);
}

/* An array of answers while it is written. */
typedef struct Answers {
    KernelCall *call;
    const TDigest *digest;
    Type type; /* ERROR: as the digest has it */
    Buf out;
} Answers;

static void put_answer(Answers *a, double p) {
    Value v = tdigest_percentile(a->digest, p);
    if (a->type != TYPE_ERROR) v = value_convert(a->call->scratch, &v, a->type);
    if (a->out.len > 1) buf_putc(&a->out, ',');
    value_put_json(&a->out, &v);
}

static void put_answers(Answers *a, const Value *percents) {
    JsonCursor c;
    Str key, element;
    double p;
    if (percents->type != TYPE_DYNAMIC) {
        if (value_as_real(percents, &p)) put_answer(a, p);
        return;
    }
    if (percents->is_null || !json_enter(percents->u.s, &c)) return;
    while (json_next(&c, &key, &element))
        if (json_real(str_trim(element), &p)) put_answer(a, p);
}

/* A type is wanted when a null stands behind the percentiles: typeof(T) as an argument. */
static Type type_wanted(const Value *args, uint32_t n_args) {
    const Value *last = &args[n_args - 1];
    bool is_type = n_args > 2 && last->is_null && last->type != TYPE_DYNAMIC;
    return is_type ? last->type : TYPE_ERROR;
}

static void percentiles_array(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    TDigest t;
    if (n_args < 2 || !read_digest(&args[0], &t)) return;
    Answers a = {.call = call, .digest = &t, .type = type_wanted(args, n_args)};
    buf_putc(&a.out, '[');
    for (uint32_t i = 1; i < n_args; i++) put_answers(&a, &args[i]);
    buf_putc(&a.out, ']');
    ret_text(ret, buf_to_arena(call->scratch, &a.out));
    tdigest_free(&t);
}

static void put_rank(const Value *args, uint32_t n_args, bool in_percent, Value *ret) {
    TDigest t;
    double rank;
    if (n_args != 2 || !read_digest(&args[0], &t)) return;
    if (tdigest_rank(&t, &args[1], &rank)) {
        ret->is_null = false;
        ret->u.r = in_percent ? rank * 100 / tdigest_total(&t) : rank;
    }
    tdigest_free(&t);
}

static void rank_of(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    put_rank(args, n_args, false, ret);
}

static void percentrank_of(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    put_rank(args, n_args, true, ret);
}

const Kernel kernel_tdigest_merge = {.fn = merge_rows};
const Kernel kernel_percentile_tdigest = {.fn = percentile};
const Kernel kernel_percentiles_array_tdigest = {.fn = percentiles_array};
const Kernel kernel_rank_tdigest = {.fn = rank_of};
const Kernel kernel_percentrank_tdigest = {.fn = percentrank_of};
