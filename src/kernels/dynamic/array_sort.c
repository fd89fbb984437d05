/*
 * array_sort.c: array_sort_asc and array_sort_desc.
 *
 * Source: their pages. Elements of different types stand in the order numbers, datetimes,
 * timespans, strings, others in both functions; only within a type the direction counts. Datetimes
 * and timespans are known by their printed form, which is how a dynamic value holds them. The sort
 * is stable, which orders the other arrays where the first one has equal elements.
 */
#include <math.h>
#include <stdlib.h>

#include "kernels/dynamic/arrays.h"
#include "kernels/dynamic/elements.h"
#include "kernels/number.h"

typedef enum Rank {
    RANK_NULL_FIRST,
    RANK_NUMBER,
    RANK_DATETIME,
    RANK_TIMESPAN,
    RANK_STRING,
    RANK_OTHER,
    RANK_NULL_LAST
} Rank;

typedef struct Key {
    Rank rank;
    int direction; /* 1 or -1 */
    size_t index;
    Str json;
    int64_t ticks;
} Key;

/* "2019-07-15T00:00:00.0000000Z" */
static bool is_printed_datetime(Str s, int64_t *ret) {
    bool looks = s.len == 28 && s.ptr[10] == 'T' && s.ptr[27] == 'Z';
    return looks && ticks_parse_datetime(s, ret);
}

/* "[-][d.]hh:mm:ss[.fffffff]", told from other text by printing it back. */
static bool is_printed_timespan(Str s, int64_t *ret) {
    char printed[32];
    bool looks =
        s.len >= 8 && s.len < 32 && (s.ptr[0] == '-' || (s.ptr[0] >= '0' && s.ptr[0] <= '9'));
    if (!looks || !memchr(s.ptr, ':', s.len) || !ticks_parse_timespan(s, ret)) return false;
    return str_eq((Str){printed, ticks_print_timespan(*ret, printed)}, s);
}

static Rank rank_of(Str json, bool nulls_last, int64_t *ret_ticks) {
    Str inside;
    switch (json_kind(json)) {
    case JSON_LONG:
    case JSON_REAL: return RANK_NUMBER;
    case JSON_STRING:
        inside = str_sub(json, 1, json.len - 2);
        if (is_printed_datetime(inside, ret_ticks)) return RANK_DATETIME;
        return is_printed_timespan(inside, ret_ticks) ? RANK_TIMESPAN : RANK_STRING;
    case JSON_NULL: return nulls_last ? RANK_NULL_LAST : RANK_NULL_FIRST;
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_ARRAY:
    case JSON_OBJECT:
    case JSON_INVALID: break;
    }
    return RANK_OTHER;
}

static int key_order(const void *a, const void *b) {
    const Key *x = a, *y = b;
    int order = 0;
    if (x->rank != y->rank) return x->rank < y->rank ? -1 : 1;
    if (x->rank == RANK_DATETIME || x->rank == RANK_TIMESPAN) {
        order = (x->ticks > y->ticks) - (x->ticks < y->ticks);
    } else {
        Value left = value_text(TYPE_DYNAMIC, x->json), right = value_text(TYPE_DYNAMIC, y->json);
        order = value_compare(&left, &right);
    }
    if (order) return order * x->direction;
    return (x->index > y->index) - (x->index < y->index);
}

static Str reorder(Arena *arena, const Elements *e, const Key *keys, size_t n) {
    if (e->n != n) return STR("null");
    Out out = out_open(arena);
    for (size_t i = 0; i < n; i++) out_element(&out, e->at[keys[i].index]);
    return out_close(&out);
}

static void sort_arrays(KernelCall *call, const Value *args, uint32_t n_args, int direction,
                        Value *ret) {
    bool nulls_last = true;
    Elements first;
    if (n_args > 1 && args[n_args - 1].type == TYPE_BOOL) {
        n_args--;
        nulls_last = args[n_args].is_null || args[n_args].u.b;
    }
    if (!n_args || !elements_of(call->scratch, &args[0], &first)) return;
    Key *keys = ARENA_ARRAY(call->scratch, Key, first.n + 1);
    for (size_t i = 0; i < first.n; i++) {
        keys[i] = (Key){.index = i, .json = first.at[i], .direction = direction};
        keys[i].rank = rank_of(first.at[i], nulls_last, &keys[i].ticks);
    }
    qsort(keys, first.n, sizeof *keys, key_order);
    if (n_args == 1) {
        ret_text(ret, reorder(call->scratch, &first, keys, first.n));
        return;
    }
    Out out = out_open(call->scratch);
    for (uint32_t i = 0; i < n_args; i++) {
        Elements e;
        bool is_array = elements_of(call->scratch, &args[i], &e);
        out_element(&out, is_array ? reorder(call->scratch, &e, keys, first.n) : STR("null"));
    }
    ret_text(ret, out_close(&out));
}

static void array_sort_asc(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    sort_arrays(call, args, n_args, 1, ret);
}

static void array_sort_desc(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    sort_arrays(call, args, n_args, -1, ret);
}

const Kernel kernel_array_sort_asc = {.fn = array_sort_asc};
const Kernel kernel_array_sort_desc = {.fn = array_sort_desc};
