#include "kernels/text/terms.h"

#include "kernels/dynamic/list_memo.h"
#include "kernels/out.h"
#include "kernels/text/needle.h"

/* State is never on the heap: the arena given to prepare owns it. */
static void release_nothing(void *state) { (void)state; }

/* ---------------------------------------------------------- one needle */

typedef enum Test {
    TEST_HAS,
    TEST_HASPREFIX,
    TEST_HASSUFFIX,
    TEST_CONTAINS,
    TEST_STARTSWITH,
    TEST_ENDSWITH,
    TEST_EQUALS
} Test;

static void *prepare_needle(Arena *arena, const Value *args, const bool *constant, uint32_t n,
                            bool ignores_case) {
    if (n < 2 || !constant[1]) return NULL;
    Needle *needle = ARENA_NEW(arena, Needle);
    *needle = needle_make(arena_str(arena, arg_text(arena, &args[1])), ignores_case);
    return needle;
}

static void *prepare_nocase(Arena *arena, const Value *args, const bool *constant, uint32_t n,
                            Str *ret_error) {
    (void)ret_error;
    return prepare_needle(arena, args, constant, n, true);
}

static void *prepare_cs(Arena *arena, const Value *args, const bool *constant, uint32_t n,
                        Str *ret_error) {
    (void)ret_error;
    return prepare_needle(arena, args, constant, n, false);
}

static inline void run_test(KernelCall *call, const Value *args, Value *ret, Test test,
                            bool ignores_case, bool is_negated) {
    Needle made;
    const Needle *needle = call->state;
    if (!needle) {
        made = needle_make(arg_text(call->scratch, &args[1]), ignores_case);
        needle = &made;
    }
    Str s = arg_text(call->scratch, &args[0]);
    bool is_hit = false;
    size_t len;
    switch (test) {
    case TEST_HAS: is_hit = needle_has(needle, s, TERM_BOTH); break;
    case TEST_HASPREFIX: is_hit = needle_has(needle, s, TERM_START); break;
    case TEST_HASSUFFIX: is_hit = needle_has(needle, s, TERM_END); break;
    case TEST_CONTAINS: is_hit = needle_find(needle, s, 0, &len) != SIZE_MAX; break;
    case TEST_STARTSWITH: is_hit = needle_is_prefix(needle, s); break;
    case TEST_ENDSWITH: is_hit = needle_is_suffix(needle, s); break;
    case TEST_EQUALS: is_hit = needle_equals(needle, s); break;
    }
    ret_bool(ret, is_hit != is_negated);
}

#define OPERATOR(NAME, TEST, IGNORES_CASE, IS_NEGATED)                                             \
    static void run_##NAME(KernelCall *call, const Value *args, uint32_t n, Value *ret) {          \
        (void)n;                                                                                   \
        run_test(call, args, ret, TEST, IGNORES_CASE, IS_NEGATED);                                 \
    }                                                                                              \
    const Kernel kernel_##NAME = {run_##NAME, (IGNORES_CASE) ? prepare_nocase : prepare_cs,        \
                                  release_nothing};
#define OPERATORS(NAME, TEST)                                                                      \
    OPERATOR(NAME, TEST, true, false)                                                              \
    OPERATOR(not_##NAME, TEST, true, true)                                                         \
    OPERATOR(NAME##_cs, TEST, false, false)                                                        \
    OPERATOR(not_##NAME##_cs, TEST, false, true)

OPERATORS(has, TEST_HAS)
OPERATORS(hasprefix, TEST_HASPREFIX)
OPERATORS(hassuffix, TEST_HASSUFFIX)
OPERATORS(contains, TEST_CONTAINS)
OPERATORS(startswith, TEST_STARTSWITH)
OPERATORS(endswith, TEST_ENDSWITH)
OPERATOR(equals_nocase, TEST_EQUALS, true, false)
OPERATOR(not_equals_nocase, TEST_EQUALS, true, true)

/* -------------------------------------------------------- many needles */

typedef struct Texts {
    Str *items;
    size_t n, cap;
} Texts;

/* A null in a list: it keeps its place and is never found. */
static const Str null_text = {NULL, 0};

static Str element_text(Arena *arena, Str json) {
    return json_kind(json) == JSON_NULL ? null_text : json_plain(arena, json);
}

/* Adds a value as text; a dynamic array adds its elements, a null adds nothing. */
static void add_texts(Arena *arena, Texts *t, const Value *v) {
    JsonCursor c;
    if (v->type == TYPE_DYNAMIC && !v->is_null && json_kind(v->u.s) == JSON_ARRAY &&
        json_enter(v->u.s, &c)) {
        Str key, element;
        while (json_next(&c, &key, &element))
            ARENA_PUSH(arena, t->items, t->n, t->cap, element_text(arena, element));
        return;
    }
    if (v->is_null) return;
    ARENA_PUSH(arena, t->items, t->n, t->cap, value_to_text(arena, v));
}

static Texts collect_texts(Arena *arena, const Value *args, uint32_t n) {
    Texts t = {0};
    for (uint32_t i = 1; i < n; i++) add_texts(arena, &t, &args[i]);
    return t;
}

static bool all_constant(const bool *constant, uint32_t from, uint32_t n) {
    for (uint32_t i = from; i < n; i++)
        if (!constant[i]) return false;
    return n > from;
}

static Texts copy_texts(Arena *arena, const Value *args, uint32_t n) {
    Texts t = collect_texts(arena, args, n);
    for (size_t i = 0; i < t.n; i++)
        if (t.items[i].ptr) t.items[i] = arena_str(arena, t.items[i]);
    return t;
}

/* Without the nulls. */
static NeedleSet *make_set(Arena *arena, Texts t) {
    size_t n = 0;
    for (size_t i = 0; i < t.n; i++)
        if (t.items[i].ptr) t.items[n++] = t.items[i];
    return needle_set_make(arena, t.items, n, true);
}

static void *prepare_has_any(Arena *arena, const Value *args, const bool *constant, uint32_t n,
                             Str *ret_error) {
    (void)ret_error;
    if (!all_constant(constant, 1, n)) return NULL;
    return make_set(arena, copy_texts(arena, args, n));
}

static void run_has_any(KernelCall *call, const Value *args, uint32_t n, Value *ret) {
    Str s = arg_text(call->scratch, &args[0]);
    const NeedleSet *set = call->state;
    ListMemo *memo = set ? NULL : list_memo(call, args, n);
    if (memo) set = memo->made;
    if (!set) {
        NeedleSet *made = make_set(call->scratch, collect_texts(call->scratch, args, n));
        if (memo) memo->made = made;
        set = made;
    }
    ret_bool(ret, needle_set_has_any(set, s));
}
const Kernel kernel_has_any = {run_has_any, prepare_has_any, release_nothing};

typedef struct NeedleList {
    Needle *items; /* that of a null has text.ptr NULL */
    size_t n;
} NeedleList;

static NeedleList *make_list(Arena *arena, Texts t) {
    NeedleList *list = ARENA_NEW(arena, NeedleList);
    list->items = ARENA_ARRAY(arena, Needle, t.n + 1);
    list->n = t.n;
    for (size_t i = 0; i < t.n; i++)
        if (t.items[i].ptr) list->items[i] = needle_make(t.items[i], true);
    return list;
}

static void *prepare_list(Arena *arena, const Value *args, const bool *constant, uint32_t n,
                          Str *ret_error) {
    (void)ret_error;
    if (!all_constant(constant, 1, n)) return NULL;
    return make_list(arena, copy_texts(arena, args, n));
}

static const NeedleList *list_of(KernelCall *call, const Value *args, uint32_t n) {
    if (call->state) return call->state;
    ListMemo *memo = list_memo(call, args, n);
    if (memo && memo->made) return memo->made;
    NeedleList *list = make_list(call->scratch, collect_texts(call->scratch, args, n));
    if (memo) memo->made = list;
    return list;
}

static void run_has_all(KernelCall *call, const Value *args, uint32_t n, Value *ret) {
    const NeedleList *list = list_of(call, args, n);
    Str s = arg_text(call->scratch, &args[0]);
    ret_bool(ret, true);
    for (size_t i = 0; i < list->n && ret->u.b; i++)
        if (list->items[i].text.ptr) ret->u.b = needle_has(&list->items[i], s, TERM_BOTH);
}
const Kernel kernel_has_all = {run_has_all, prepare_list, release_nothing};

static void run_has_any_index(KernelCall *call, const Value *args, uint32_t n, Value *ret) {
    const NeedleList *list = list_of(call, args, n);
    Str s = arg_text(call->scratch, &args[0]);
    for (size_t i = 0; i < list->n; i++) {
        if (list->items[i].text.ptr && needle_has(&list->items[i], s, TERM_BOTH)) {
            ret_long(ret, (int64_t)i);
            return;
        }
    }
    ret_long(ret, -1);
}
const Kernel kernel_has_any_index = {run_has_any_index, prepare_list, release_nothing};
