/*
 * agg_series.c: the arrays of make-series.
 *
 * Arguments: position, value, default, first, end. Gives the array of the values at positions first,
 * first + 1, ... end - 1, with the default where there is none. A null first is the smallest position
 * there is, a null end the one behind the largest. A row with a null position only says first and end.
 */
#include <stdlib.h>

#include "kernels/aggregates/aggregates.h"
#include "kernels/out.h"

enum { SERIES_MAX_ITEMS = 1048576 };

typedef struct SeriesItem {
    int64_t position;
    size_t from, len; /* its JSON in the buffer */
} SeriesItem;

typedef struct SeriesState {
    Buf json;
    SeriesItem *items;
    size_t n, cap;
    Buf fallback;
    int64_t first, end;
    bool has_begun, has_first, has_end;
} SeriesState;

static bool add_item(SeriesState *s, int64_t position, Str json) {
    if (s->n == s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 16;
        SeriesItem *items =
            cap > 4u * SERIES_MAX_ITEMS ? NULL : realloc(s->items, cap * sizeof *items);
        if (!items) return false;
        s->items = items;
        s->cap = cap;
    }
    s->items[s->n++] = (SeriesItem){position, s->json.len, json.len};
    buf_put(&s->json, json);
    return true;
}

static void too_long(KernelCall *call) {
    kernel_fail(call, "a series has more than %d values", SERIES_MAX_ITEMS);
}

static void series_update(KernelCall *call, void *state, const Value *args, uint32_t n_args) {
    SeriesState *s = state;
    if (n_args < 5) return;
    if (!s->has_begun) {
        s->has_begun = true;
        value_put_json(&s->fallback, &args[2]);
        s->has_first = !args[3].is_null;
        s->has_end = !args[4].is_null;
        s->first = s->has_first ? args[3].u.l : 0;
        s->end = s->has_end ? args[4].u.l : 0;
    }
    if (args[0].is_null) return;
    Buf value = {0};
    value_put_json(&value, &args[1]);
    if (!add_item(s, args[0].u.l, buf_str(&value))) too_long(call);
    buf_free(&value);
}

static void series_combine(KernelCall *call, void *into, const void *from) {
    SeriesState *a = into;
    const SeriesState *b = from;
    if (!b->has_begun) return;
    if (!a->has_begun) {
        a->has_begun = true;
        a->has_first = b->has_first;
        a->has_end = b->has_end;
        a->first = b->first;
        a->end = b->end;
        buf_put(&a->fallback, buf_str(&b->fallback));
    }
    for (size_t i = 0; i < b->n; i++) {
        Str json = str_sub(buf_str(&b->json), b->items[i].from, b->items[i].len);
        if (add_item(a, b->items[i].position, json)) continue;
        too_long(call);
        return;
    }
}

static int by_position(const void *a, const void *b) {
    const SeriesItem *x = a, *y = b;
    return x->position < y->position ? -1 : x->position > y->position;
}

static void series_finish(KernelCall *call, void *state, Value *ret) {
    SeriesState *s = state;
    if (s->n) qsort(s->items, s->n, sizeof *s->items, by_position);
    int64_t first = s->has_first ? s->first : s->n ? s->items[0].position : 0;
    int64_t end = s->has_end ? s->end : s->n ? s->items[s->n - 1].position + 1 : first;
    if (end > first && (uint64_t)end - (uint64_t)first > SERIES_MAX_ITEMS) {
        too_long(call);
        return;
    }
    Buf out = {0};
    size_t at = 0;
    buf_putc(&out, '[');
    for (int64_t k = first; k < end; k++) {
        while (at < s->n && s->items[at].position < k) at++;
        bool is_there = at < s->n && s->items[at].position == k;
        if (k > first) buf_putc(&out, ',');
        buf_put(&out, is_there ? str_sub(buf_str(&s->json), s->items[at].from, s->items[at].len)
                               : buf_str(&s->fallback));
    }
    buf_putc(&out, ']');
    ret_text(ret, buf_to_arena(call->scratch, &out));
}

static void series_destroy(void *state) {
    SeriesState *s = state;
    buf_free(&s->json);
    buf_free(&s->fallback);
    free(s->items);
}

const AggKernel agg_series = {sizeof(SeriesState), series_update, series_combine, series_finish,
                              series_destroy};
