/*
 * sets.c: arrays as sets, and looking for a value in an array.
 *
 * Source: the pages of set_union, set_intersect, set_difference, set_has_element, array_index_of
 * and jaccard_index. Results keep the order in which values first appear. What is no array gives
 * null.
 */
#include "kernels/dynamic/arrays.h"
#include "kernels/dynamic/elements.h"
#include "kernels/number.h"

static bool add_all(StrSet *set, const Value *v) {
    JsonCursor c;
    Str element;
    if (!is_array(v) || !json_enter(v->u.s, &c)) return false;
    while (json_next(&c, NULL, &element)) strset_add(set, element);
    return true;
}

static void set_union(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    StrSet seen = {.arena = call->scratch};
    Out out = out_open(call->scratch);
    for (uint32_t i = 0; i < n_args; i++) {
        Elements e;
        if (!elements_of(call->scratch, &args[i], &e)) return;
        for (size_t k = 0; k < e.n; k++)
            if (strset_add(&seen, e.at[k])) out_element(&out, e.at[k]);
    }
    ret_text(ret, out_close(&out));
}

/* The distinct values of the first array that are in all others (is_in) or in none of them. */
static void filter_first(KernelCall *call, const Value *args, uint32_t n_args, bool is_in,
                         Value *ret) {
    Elements e;
    if (!n_args || !elements_of(call->scratch, &args[0], &e)) return;
    StrSet *others = ARENA_ARRAY(call->scratch, StrSet, n_args);
    for (uint32_t i = 1; i < n_args; i++) {
        others[i].arena = call->scratch;
        if (!add_all(&others[i], &args[i])) return;
    }
    StrSet seen = {.arena = call->scratch};
    Out out = out_open(call->scratch);
    for (size_t k = 0; k < e.n; k++) {
        bool keep = strset_add(&seen, e.at[k]);
        for (uint32_t i = 1; i < n_args && keep; i++)
            keep = strset_has(&others[i], e.at[k]) == is_in;
        if (keep) out_element(&out, e.at[k]);
    }
    ret_text(ret, out_close(&out));
}

static void set_intersect(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    filter_first(call, args, n_args, true, ret);
}

static void set_difference(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    filter_first(call, args, n_args, false, ret);
}

/* Sizes of the intersection and of the union; false when one is no array. */
static bool set_sizes(KernelCall *call, const Value *args, size_t *ret_both, size_t *ret_any) {
    StrSet sets[2] = {{.arena = call->scratch}, {.arena = call->scratch}};
    size_t both = 0;
    if (!add_all(&sets[0], &args[0]) || !add_all(&sets[1], &args[1])) return false;
    for (size_t i = 0; i < sets[0].cap; i++)
        both += sets[0].slots[i].ptr && strset_has(&sets[1], sets[0].slots[i]);
    *ret_both = both;
    *ret_any = sets[0].n + sets[1].n - both;
    return true;
}

static void set_equals(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    size_t both, any;
    if (n_args == 2 && set_sizes(call, args, &both, &any)) ret_bool(ret, both == any);
}

/* Of two empty sets: not a number. */
static void jaccard_index(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    size_t both, any;
    if (n_args != 2 || !set_sizes(call, args, &both, &any)) return;
    Value share = value_real((double)both / (double)any);
    ret_text(ret, json_of_value(call->scratch, &share));
}

/* ----------------------------------------------------------------- search */

/* What an array is searched for: text compares with strings, times and guids with what strings
 * spell, numbers by value. */
typedef struct Wanted {
    const Value *value;
    Str json;
} Wanted;

static Wanted wanted_of(Arena *arena, const Value *v) {
    return (Wanted){v, json_of_value(arena, v)};
}

static bool matches(Arena *arena, const Wanted *w, Str element) {
    if (str_eq(w->json, element)) return true;
    Value found = value_text(TYPE_DYNAMIC, element), json = value_text(TYPE_DYNAMIC, w->json);
    switch (w->value->type) {
    case TYPE_DATETIME:
    case TYPE_TIMESPAN:
    case TYPE_GUID:
    case TYPE_DECIMAL:
        if (json_kind(element) != JSON_STRING && w->value->type != TYPE_DECIMAL) return false;
        found = value_convert(arena, &found, w->value->type);
        return !found.is_null && value_compare(&found, w->value) == 0;
    case TYPE_INT:
    case TYPE_LONG:
    case TYPE_REAL:
    case TYPE_DYNAMIC: return value_compare(&found, &json) == 0;
    case TYPE_BOOL:
    case TYPE_STRING:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return false;
}

/* The strings in a constant array, unescaped, for the usual question: is this text in that list? */
static void *prepare_strings(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                             Str *ret_error) {
    JsonCursor c;
    Str element;
    (void)ret_error;
    if (!n_args || !constant[0] || !is_array(&args[0])) return NULL;
    if (!json_enter(args[0].u.s, &c)) return NULL;
    StrSet *strings = ARENA_NEW(arena, StrSet);
    strings->arena = arena;
    while (json_next(&c, NULL, &element))
        if (json_kind(element) == JSON_STRING) strset_add(strings, json_string(arena, element));
    return strings;
}

/* The arena of prepare owns the set. */
static void release_strings(void *state) { (void)state; }

static void set_has_element(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    JsonCursor c;
    Str element;
    if (n_args != 2 || !is_array(&args[0]) || !json_enter(args[0].u.s, &c)) return;
    if (call->state && args[1].type == TYPE_STRING) {
        ret_bool(ret, strset_has(call->state, args[1].u.s));
        return;
    }
    Wanted wanted = wanted_of(call->scratch, &args[1]);
    bool found = false;
    while (!found && json_next(&c, NULL, &element))
        found = matches(call->scratch, &wanted, element);
    ret_bool(ret, found);
}

static void array_index_of(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Elements e;
    for (uint32_t i = 0; i < n_args; i++)
        if (i != 1 && args[i].is_null) return;
    if (n_args < 2 || !elements_of(call->scratch, &args[0], &e)) return;
    int64_t n = (int64_t)e.n, from = n_args > 2 ? arg_long(&args[2]) : 0;
    int64_t length = n_args > 3 ? arg_long(&args[3]) : -1;
    int64_t occurrence = n_args > 4 ? arg_long(&args[4]) : 1;
    if (occurrence < 0 || length < -1) return;
    if (from < 0) from = from < -n ? 0 : from + n;
    int64_t to = length < 0 || length > n - from ? n : from + length, found = -1;
    Wanted wanted = wanted_of(call->scratch, &args[1]);
    for (int64_t i = from; i < to && occurrence > 0; i++) {
        if (!matches(call->scratch, &wanted, e.at[i])) continue;
        if (--occurrence == 0) found = i;
    }
    ret_long(ret, found);
}

const Kernel kernel_set_union = {.fn = set_union};
const Kernel kernel_set_intersect = {.fn = set_intersect};
const Kernel kernel_set_difference = {.fn = set_difference};
const Kernel kernel_set_equals = {.fn = set_equals};
const Kernel kernel_set_has_element = {
    .fn = set_has_element, .prepare = prepare_strings, .release = release_strings};
const Kernel kernel_jaccard_index = {.fn = jaccard_index};
const Kernel kernel_array_index_of = {.fn = array_index_of};
