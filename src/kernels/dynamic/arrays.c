/*
 * arrays.c: dynamic arrays cut, joined, turned and summed.
 *
 * Source: the page of each function. What is no array gives null.
 */
#include "kernels/dynamic/arrays.h"

#include "kernels/dynamic/elements.h"
#include "kernels/number.h"

static void array_length(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    if (is_array(&args[0])) ret_long(ret, (int64_t)json_count(args[0].u.s));
}

static void array_concat(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Out out = out_open(call->scratch);
    for (uint32_t i = 0; i < n_args; i++) {
        if (!is_array(&args[i])) return;
        Str inside = str_sub(args[i].u.s, 1, args[i].u.s.len - 2);
        if (inside.len) out_element(&out, inside);
    }
    ret_text(ret, out_close(&out));
}

/* Puts an element, or the elements of an element that is an array; gives how many at most `room`. */
static int64_t put_list_element(Out *out, Str element, int64_t room, bool keeps_nulls) {
    JsonCursor c;
    Str key, inner;
    int64_t n = 0;
    switch (json_kind(element)) {
    case JSON_NULL:
        if (!keeps_nulls) return 0;
        break;
    case JSON_ARRAY:
        for (bool more = json_enter(element, &c); more && n < room && json_next(&c, &key, &inner);)
            if (keeps_nulls || json_kind(inner) != JSON_NULL)
                out_element(out, str_trim(inner)), n++;
        return n;
    case JSON_INVALID:
    case JSON_FALSE:
    case JSON_TRUE:
    case JSON_LONG:
    case JSON_REAL:
    case JSON_STRING:
    case JSON_OBJECT: break;
    }
    out_element(out, element);
    return 1;
}

static void list_elements(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    JsonCursor c;
    Str key, element;
    (void)n_args;
    int64_t room = args[1].is_null ? 0 : args[1].u.l;
    bool keeps_nulls = !args[2].is_null && args[2].u.b;
    if (!is_array(&args[0]) || !json_enter(args[0].u.s, &c)) return;
    Out out = out_open(call->scratch);
    while (room > 0 && json_next(&c, &key, &element))
        room -= put_list_element(&out, str_trim(element), room, keeps_nulls);
    ret_text(ret, out_close(&out));
}

/* Elements [from, to) as an array; an empty one when there are none. */
static Str sub_array(Arena *arena, const Elements *e, size_t from, size_t to) {
    Out out = out_open(arena);
    if (from < to) { /* neighbours in the text: one copy */
        const char *first = e->at[from].ptr;
        const char *end = e->at[to - 1].ptr + e->at[to - 1].len;
        out_put(&out, (Str){first, (size_t)(end - first)});
    }
    return out_close(&out);
}

/* A position counted from the end when negative, kept within 0..n. */
static size_t position(int64_t at, size_t n) {
    if (at < 0) at += (int64_t)n;
    return at < 0 ? 0 : at > (int64_t)n ? n : (size_t)at;
}

static void array_slice(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Elements e;
    if (n_args != 3 || !elements_of(call->scratch, &args[0], &e)) return;
    int64_t n = (int64_t)e.n, last = arg_long(&args[2]);
    if (last < 0) last += n;
    size_t to = last < 0 ? 0 : last >= n ? e.n : (size_t)last + 1;
    ret_text(ret, sub_array(call->scratch, &e, position(arg_long(&args[1]), e.n), to));
}

static void array_split(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Elements e, at;
    if (n_args != 2 || !elements_of(call->scratch, &args[0], &e)) return;
    Str one = json_of_value(call->scratch, &args[1]);
    if (!elements_of(call->scratch, &args[1], &at)) at = (Elements){&one, 1};
    Out out = out_open(call->scratch);
    size_t from = 0;
    for (size_t i = 0; i < at.n; i++) {
        int64_t index;
        if (!json_long(at.at[i], &index)) return;
        size_t to = position(index, e.n);
        out_element(&out, sub_array(call->scratch, &e, from, to));
        if (!out_fits(call, &out)) return;
        from = to;
    }
    out_element(&out, sub_array(call->scratch, &e, from, e.n));
    ret_text(ret, out_close(&out));
}

static void array_reverse(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Elements e;
    (void)n_args;
    if (!elements_of(call->scratch, &args[0], &e)) return;
    Out out = out_open(call->scratch);
    for (size_t i = e.n; i-- > 0;) out_element(&out, e.at[i]);
    ret_text(ret, out_close(&out));
}

/* ------------------------------------------------------- rotate and shift */

/* Element i of the result is element i + by of the array, taken round the end. */
static void rotate(KernelCall *call, const Value *args, int64_t by, Value *ret) {
    Elements e;
    if (!elements_of(call->scratch, &args[0], &e)) return;
    int64_t n = (int64_t)e.n, start = n ? by % n : 0;
    if (start < 0) start += n;
    Out out = out_open(call->scratch);
    for (int64_t i = 0; i < n; i++)
        out_element(&out, e.at[start + i < n ? start + i : start + i - n]);
    ret_text(ret, out_close(&out));
}

/* -count, but no overflow: all counts that large have the same effect. */
static int64_t opposite(int64_t count) { return count == INT64_MIN ? INT64_MAX : -count; }

static void array_rotate_left(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args == 2) rotate(call, args, arg_long(&args[1]), ret);
}

static void array_rotate_right(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Elements e;
    if (n_args != 2 || !elements_of(call->scratch, &args[0], &e)) return;
    rotate(call, args, e.n ? -(arg_long(&args[1]) % (int64_t)e.n) : 0, ret);
}

/* What fills a gap when nothing is said: "" among strings, else null. */
static Str default_fill(const Elements *e) {
    bool any = false;
    for (size_t i = 0; i < e->n; i++) {
        JsonKind kind = json_kind(e->at[i]);
        if (kind == JSON_NULL) continue;
        if (kind != JSON_STRING) return STR("null");
        any = true;
    }
    return any ? STR("\"\"") : STR("null");
}

static void shift(KernelCall *call, const Value *args, uint32_t n_args, int64_t by, Value *ret) {
    Elements e;
    if (args[0].is_null || args[1].is_null) return;
    if (!elements_of(call->scratch, &args[0], &e)) return;
    Str fill = n_args > 2 ? json_of_value(call->scratch, &args[2]) : default_fill(&e);
    int64_t n = (int64_t)e.n;
    if (by > n) by = n;
    if (by < -n) by = -n;
    Out out = out_open(call->scratch);
    for (int64_t i = 0; i < n; i++) {
        out_element(&out, i + by >= 0 && i + by < n ? e.at[i + by] : fill);
        if (!out_fits(call, &out)) return;
    }
    ret_text(ret, out_close(&out));
}

static void array_shift_left(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args >= 2) shift(call, args, n_args, arg_long(&args[1]), ret);
}

static void array_shift_right(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args >= 2) shift(call, args, n_args, opposite(arg_long(&args[1])), ret);
}

/* --------------------------------------------------------- by the element */

/* Truth of a condition: 1, 0, or -1 for what is neither bool nor number. */
static int truth(Str condition) {
    double number = 0;
    switch (json_kind(condition)) {
    case JSON_TRUE: return 1;
    case JSON_FALSE: return 0;
    case JSON_LONG:
    case JSON_REAL: return json_real(condition, &number) && number != 0;
    case JSON_NULL:
    case JSON_STRING:
    case JSON_ARRAY:
    case JSON_OBJECT:
    case JSON_INVALID: break;
    }
    return -1;
}

/* One side of array_iff: an array by its elements, anything else the same for all. */
typedef struct Choice {
    Elements elements;
    bool is_array;
    Str value;
} Choice;

static Choice choice_of(Arena *arena, const Value *v) {
    Choice c = {.is_array = elements_of(arena, v, &c.elements)};
    c.value = json_of_value(arena, v);
    return c;
}

static Str choice_at(const Choice *c, size_t i) {
    if (!c->is_array) return c->value;
    return i < c->elements.n ? c->elements.at[i] : STR("null");
}

static void array_iff(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Elements conditions;
    if (n_args != 3 || !elements_of(call->scratch, &args[0], &conditions)) return;
    Choice when[2] = {choice_of(call->scratch, &args[2]), choice_of(call->scratch, &args[1])};
    Out out = out_open(call->scratch);
    for (size_t i = 0; i < conditions.n; i++) {
        int is_true = truth(conditions.at[i]);
        out_element(&out, is_true < 0 ? STR("null") : choice_at(&when[is_true], i));
        if (!out_fits(call, &out)) return;
    }
    ret_text(ret, out_close(&out));
}

static void array_sum(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Elements e;
    double sum = 0, number = 0;
    (void)n_args;
    if (!elements_of(call->scratch, &args[0], &e)) return;
    for (size_t i = 0; i < e.n; i++) {
        if (!json_real(e.at[i], &number)) return;
        sum += number;
    }
    ret_real(ret, sum);
}

/* Arrays of the elements that stand at one place; shorter arrays go on with nulls. */
static void zip(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Elements *arrays = ARENA_ARRAY(call->scratch, Elements, n_args + 1);
    size_t longest = 0;
    for (uint32_t i = 0; i < n_args; i++) {
        if (!elements_of(call->scratch, &args[i], &arrays[i])) return;
        if (arrays[i].n > longest) longest = arrays[i].n;
    }
    Out out = {.arena = call->scratch};
    out_putc(&out, '[');
    for (size_t row = 0; row < longest; row++) {
        out_put(&out, row ? STR(",[") : STR("["));
        for (uint32_t i = 0; i < n_args; i++) {
            if (i) out_putc(&out, ',');
            out_put(&out, row < arrays[i].n ? arrays[i].at[row] : STR("null"));
        }
        out_putc(&out, ']');
    }
    out_putc(&out, ']');
    ret_text(ret, out_str(&out));
}

const Kernel kernel_array_length = {.fn = array_length};
const Kernel kernel_list_elements = {.fn = list_elements};
const Kernel kernel_array_concat = {.fn = array_concat};
const Kernel kernel_array_slice = {.fn = array_slice};
const Kernel kernel_array_split = {.fn = array_split};
const Kernel kernel_array_reverse = {.fn = array_reverse};
const Kernel kernel_array_rotate_left = {.fn = array_rotate_left};
const Kernel kernel_array_rotate_right = {.fn = array_rotate_right};
const Kernel kernel_array_shift_left = {.fn = array_shift_left};
const Kernel kernel_array_shift_right = {.fn = array_shift_right};
const Kernel kernel_array_iff = {.fn = array_iff};
const Kernel kernel_array_sum = {.fn = array_sum};
const Kernel kernel_zip = {.fn = zip};
