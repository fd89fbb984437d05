/*
 * sketch_hll.c: hll, hll_if, hll_merge, dcount_hll and the counts of dcount_intersect.
 *
 * Source: the page of each function. How the plugin estimates is not said there. Here: sketches that keep
 * their hashes are intersected hash by hash, exactly; where one has only counters, by inclusion and
 * exclusion over the counts of all unions, whose errors add up.
 */
#include <math.h>

#include "base/json.h"
#include "kernels/aggregates/hll.h"
#include "kernels/aggregates/sketches.h"
#include "kernels/dynamic/elements.h"
#include "kernels/out.h"

static bool is_nothing(const Value *v) {
    return v->is_null || (v->type == TYPE_DYNAMIC && json_kind(v->u.s) == JSON_NULL);
}

static void merge_into(KernelCall *call, Hll *into, const Hll *from) {
    if (!hll_merge(into, from))
        kernel_fail(call, "hll values of different accuracy cannot be merged");
}

/* ------------------------------------------------------------- aggregates */

typedef struct HllState {
    Hll hll;
    Buf text; /* a value while it is hashed */
} HllState;

static void hll_update(KernelCall *call, void *state, const Value *args, uint32_t n_args) {
    (void)call;
    HllState *s = state;
    if (is_nothing(&args[0])) return;
    if (!s->hll.bits) {
        bool is_given = n_args > 1 && !args[1].is_null;
        hll_begin(&s->hll, !is_given ? 1 : args[1].type == TYPE_INT ? args[1].u.i : args[1].u.l);
    }
    if (args[0].type == TYPE_STRING) {
        hll_add(&s->hll, hll_hash(args[0].u.s));
        return;
    }
    buf_clear(&s->text);
    value_put_json(&s->text, &args[0]);
    hll_add(&s->hll, hll_hash(buf_str(&s->text)));
}

static void hll_merge_update(KernelCall *call, void *state, const Value *args, uint32_t n_args) {
    (void)n_args;
    Hll from;
    if (args[0].is_null || !hll_parse(args[0].u.s, &from)) return;
    merge_into(call, &((HllState *)state)->hll, &from);
    hll_free(&from);
}

static void hll_combine(KernelCall *call, void *into, const void *from) {
    merge_into(call, &((HllState *)into)->hll, &((const HllState *)from)->hll);
}

static void put_hll(KernelCall *call, const Hll *h, Value *ret) {
    if (!h->bits) return;
    Buf out = {0};
    hll_print(h, &out);
    ret_text(ret, buf_to_arena(call->scratch, &out));
}

static void hll_finish(KernelCall *call, void *state, Value *ret) {
    put_hll(call, &((HllState *)state)->hll, ret);
}

static void hll_destroy(void *state) {
    HllState *s = state;
    hll_free(&s->hll);
    buf_free(&s->text);
}

const AggKernel agg_hll = {sizeof(HllState), hll_update, hll_combine, hll_finish, hll_destroy};
const AggKernel agg_hll_merge = {sizeof(HllState), hll_merge_update, hll_combine, hll_finish,
                                 hll_destroy};

/* ---------------------------------------------------------------- scalars */

static void merge_rows(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Hll all = {0};
    for (uint32_t i = 0; i < n_args; i++) {
        Hll one;
        if (args[i].is_null || !hll_parse(args[i].u.s, &one)) continue;
        merge_into(call, &all, &one);
        hll_free(&one);
    }
    put_hll(call, &all, ret);
    hll_free(&all);
}

static void dcount(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    Hll h;
    if (n_args != 1 || args[0].is_null || !hll_parse(args[0].u.s, &h)) return;
    ret_long(ret, hll_count(&h));
    hll_free(&h);
}

/* ------------------------------------------------------- intersections */

/* counts[i]: how many hashes the sketches 0..i have in common. */
static void count_common(const Hll *sets, uint32_t n, double *counts) {
    for (size_t k = 0; k < sets[0].n_slots; k++) {
        uint64_t hash = sets[0].slots[k];
        for (uint32_t i = 0; hash && i < n && hll_has(&sets[i], hash); i++) counts[i] += 1;
    }
}

/* Adds to counts[i] the counts of all unions whose last set is i, by turns as plus and minus. */
static void count_unions(KernelCall *call, const Hll *sets, uint32_t from, uint32_t n,
                         const Hll *so_far, double sign, double *counts) {
    for (uint32_t i = from; i < n && !call->error.len && !kernel_stopped(call); i++) {
        Hll joined = {0};
        merge_into(call, &joined, so_far);
        merge_into(call, &joined, &sets[i]);
        counts[i] += sign * (double)hll_count(&joined);
        count_unions(call, sets, i + 1, n, &joined, -sign, counts);
        hll_free(&joined);
    }
}

static void intersect(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Hll sets[MAX_INTERSECTED] = {0}, nothing = {0};
    double counts[MAX_INTERSECTED] = {0};
    uint32_t n = n_args < MAX_INTERSECTED ? n_args : MAX_INTERSECTED;
    bool has_hashes = true;
    for (uint32_t i = 0; i < n; i++) {
        if (args[i].is_null || !hll_parse(args[i].u.s, &sets[i])) sets[i] = (Hll){0};
        has_hashes = has_hashes && !sets[i].counters;
    }
    if (has_hashes) count_common(sets, n, counts);
    else count_unions(call, sets, 0, n, &nothing, 1, counts);
    Out out = out_open(call->scratch);
    double sum = 0, most = INFINITY;
    for (uint32_t i = 0; i < n; i++) {
        sum = has_hashes ? counts[i] : sum + counts[i];
        most =
            fmax(0, fmin(most, sum)); /* a further set leaves no more, whatever the estimates say */
        out_element(&out, arena_printf(call->scratch, "%lld", (long long)most));
        hll_free(&sets[i]);
    }
    ret_text(ret, out_close(&out));
}

const Kernel kernel_dcount_intersect = {.fn = intersect};
const Kernel kernel_hll_merge = {.fn = merge_rows};
const Kernel kernel_dcount_hll = {.fn = dcount};
