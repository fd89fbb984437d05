/*
 * in_list.c: the operators in, in~, !in and !in~ over a list of values.
 *
 * Values of different types meet here (a long column and dynamic elements, a string column and
 * numbers), so each is first brought to a Key that is the same for equal values. A constant list
 * becomes a hash table of keys.
 *
 * Source: "in operator"; "Null values" (in is a chain of == joined by `or`).
 */
#include "base/ticks.h"
#include "kernels/dynamic/list_memo.h"
#include "kernels/out.h"
#include "kernels/text/needle.h"
#include "kernels/text/terms.h"

typedef enum KeyKind {
    KEY_NULL,
    KEY_BOOL,
    KEY_LONG,
    KEY_REAL,
    KEY_DECIMAL,
    KEY_TIME,
    KEY_SPAN,
    KEY_TEXT,
    KEY_PRINTED /* text that a dynamic number or bool equals when it is printed so */
} KeyKind;

typedef struct Key {
    KeyKind kind;
    union {
        int64_t l;
        double r;
        Decimal d;
        Str s;
    } u;
} Key;

static Key key_long(KeyKind kind, int64_t l) {
    Key k = {.kind = kind};
    k.u.l = l;
    return k;
}

static Key key_text(Str s) {
    Key k = {.kind = KEY_TEXT};
    k.u.s = s;
    return k;
}

/* A real that is a whole number equals that long. */
static Key key_real(double r) {
    if (r >= -9.2e18 && r <= 9.2e18 && r == (double)(int64_t)r)
        return key_long(KEY_LONG, (int64_t)r);
    Key k = {.kind = KEY_REAL};
    k.u.r = r;
    return k;
}

/* Against a real it counts as one. */
static Key key_decimal(Decimal d, Type with) {
    int64_t l;
    if (decimal_to_long(d, &l) && decimal_from_long(l).bits == d.bits) return key_long(KEY_LONG, l);
    if (with != TYPE_DECIMAL) return key_real(decimal_to_double(d));
    Key k = {.kind = KEY_DECIMAL};
    k.u.d = d;
    return k;
}

/* Against a decimal it counts as one. */
static Key key_real_with(double r, Type with) {
    Decimal d;
    return with == TYPE_DECIMAL && decimal_from_double(r, &d) ? key_decimal(d, with) : key_real(r);
}

static bool is_number(Type t) { return (TYPE_BIT(t) & TS_NUMBER) != 0; }

/* A text in a list that is compared with a column of type `with`: converted where that is no text.
 */
static Key key_of_text(Arena *arena, Str s, Type with) {
    int64_t l;
    double r;
    Decimal d;
    if (with == TYPE_DATETIME && ticks_parse_datetime(s, &l)) return key_long(KEY_TIME, l);
    if (with == TYPE_TIMESPAN && ticks_parse_timespan(s, &l)) return key_long(KEY_SPAN, l);
    if (is_number(with) && json_long(s, &l)) return key_long(KEY_LONG, l);
    if (with == TYPE_DECIMAL && decimal_from_text(s, &d)) return key_decimal(d, with);
    if (is_number(with) && json_real(s, &r)) return key_real(r);
    if (with == TYPE_BOOL && (str_eq_nocase(s, STR("true")) || str_eq_nocase(s, STR("false"))))
        return key_long(KEY_BOOL, s.len == 4);
    if (with == TYPE_GUID) {
        char *canonical = arena_alloc_raw(arena, GUID_TEXT_LEN + 1);
        return key_text(guid_parse(s, canonical) ? (Str){canonical, GUID_TEXT_LEN} : s);
    }
    return key_text(s);
}

static Key key_of_json(Arena *arena, Str json, Type with) {
    int64_t l;
    double r;
    Decimal d;
    switch (json_kind(json)) {
    case JSON_INVALID:
    case JSON_NULL: return with == TYPE_STRING ? key_text(STR_EMPTY) : (Key){.kind = KEY_NULL};
    case JSON_FALSE: return with == TYPE_STRING ? key_text(STR("false")) : key_long(KEY_BOOL, 0);
    case JSON_TRUE: return with == TYPE_STRING ? key_text(STR("true")) : key_long(KEY_BOOL, 1);
    case JSON_LONG:
        if (with != TYPE_STRING && json_long(json, &l)) return key_long(KEY_LONG, l);
        break;
    case JSON_REAL:
        if (with == TYPE_DECIMAL && decimal_from_text(json, &d)) return key_decimal(d, with);
        if (with != TYPE_STRING && json_real(json, &r)) return key_real(r);
        break;
    case JSON_STRING: return key_of_text(arena, json_string(arena, json), with);
    case JSON_ARRAY:
    case JSON_OBJECT: break;
    }
    return key_text(str_trim(json));
}

/* A number in a list that is compared with a bool: 1 is true and 0 false, others are neither. */
static Key key_among_bools(Key k) {
    if (k.kind == KEY_LONG && (k.u.l == 0 || k.u.l == 1)) k.kind = KEY_BOOL;
    return k;
}

static Key key_of_number(const Value *v, Type with) {
    if (v->type == TYPE_INT) return key_long(KEY_LONG, v->u.i);
    if (v->type == TYPE_REAL) return key_real_with(v->u.r, with);
    if (v->type == TYPE_DECIMAL) return key_decimal(v->u.d, with);
    return key_long(KEY_LONG, v->u.l);
}

/* `with` is the type on the left of `in`; for the left value itself its own type. */
static Key key_of(Arena *arena, const Value *v, Type with) {
    if (v->is_null) return with == TYPE_STRING ? key_text(STR_EMPTY) : (Key){.kind = KEY_NULL};
    if (v->type == TYPE_DYNAMIC) return key_of_json(arena, v->u.s, with);
    if (v->type == TYPE_STRING) return key_of_text(arena, v->u.s, with);
    if (v->type == TYPE_GUID) return key_text(v->u.s);
    if (with == TYPE_STRING) return key_text(value_to_text(arena, v));
    if (v->type == TYPE_BOOL) return key_long(is_number(with) ? KEY_LONG : KEY_BOOL, v->u.b);
    if (v->type == TYPE_DATETIME) return key_long(KEY_TIME, v->u.l);
    if (v->type == TYPE_TIMESPAN) return key_long(KEY_SPAN, v->u.l);
    if (!is_number(v->type)) return (Key){.kind = KEY_NULL};
    Key k = key_of_number(v, with);
    return with == TYPE_BOOL ? key_among_bools(k) : k;
}

static bool key_eq(const Key *a, const Key *b, bool ignores_case) {
    if (a->kind != b->kind) return false;
    switch (a->kind) {
    case KEY_NULL: return true;
    case KEY_REAL: return a->u.r == b->u.r;
    case KEY_DECIMAL: return a->u.d.bits == b->u.d.bits;
    case KEY_BOOL:
    case KEY_LONG:
    case KEY_TIME:
    case KEY_SPAN: return a->u.l == b->u.l;
    case KEY_TEXT:
    case KEY_PRINTED: break;
    }
    if (!ignores_case) return str_eq(a->u.s, b->u.s);
    Needle n = needle_make(a->u.s, true);
    return needle_equals(&n, b->u.s);
}

static bool is_text(const Key *k) { return k->kind == KEY_TEXT || k->kind == KEY_PRINTED; }

static uint64_t key_hash(const Key *k, bool ignores_case) {
    if (is_text(k)) return ignores_case ? hash_nocase(k->u.s) : str_hash(k->u.s);
    uint64_t bits = 0;
    if (k->kind == KEY_REAL) memcpy(&bits, &k->u.r, sizeof bits);
    else if (k->kind == KEY_DECIMAL) bits = (uint64_t)k->u.d.bits ^ (uint64_t)(k->u.d.bits >> 64);
    else if (k->kind != KEY_NULL) bits = (uint64_t)k->u.l;
    bits = (bits ^ (bits >> 32) ^ (uint64_t)k->kind) * UINT64_C(0x9E3779B97F4A7C15);
    return bits ^ (bits >> 29);
}

typedef struct KeyEntry {
    uint64_t hash;
    Key key;
    bool is_used;
} KeyEntry;

typedef struct KeySet {
    KeyEntry *entries;
    size_t mask;
    bool has_null;
} KeySet;

typedef struct Keys {
    Key *items;
    size_t n, cap;
} Keys;

/* Nested arrays are flattened ("in operator"); below MAX_NESTING an array is a value of its own. */
static void add_elements(Arena *arena, Keys *keys, Str array, Type with, int depth) {
    enum { MAX_NESTING = 64 };
    JsonCursor c;
    Str key, element;
    if (!json_enter(array, &c)) return;
    while (json_next(&c, &key, &element)) {
        if (json_kind(element) == JSON_ARRAY && depth < MAX_NESTING)
            add_elements(arena, keys, element, with, depth + 1);
        else ARENA_PUSH(arena, keys->items, keys->n, keys->cap, key_of_json(arena, element, with));
    }
}

static void add_keys(Arena *arena, Keys *keys, const Value *v, Type with) {
    if (v->type == TYPE_DYNAMIC && !v->is_null && json_kind(v->u.s) == JSON_ARRAY) {
        add_elements(arena, keys, v->u.s, with, 0);
        return;
    }
    Key key = key_of(arena, v, with);
    ARENA_PUSH(arena, keys->items, keys->n, keys->cap, key);
    if (v->type != TYPE_STRING || with != TYPE_DYNAMIC) return;
    key.kind = KEY_PRINTED; /* == compares a dynamic value with a text as texts */
    ARENA_PUSH(arena, keys->items, keys->n, keys->cap, key);
}

/* The left value once more, as a text in the list sees it: a null equals "". False when that says
 * nothing new. */
static bool printed_key(Arena *arena, const Value *left, const Key *key, Key *ret) {
    if (left->type != TYPE_DYNAMIC || key->kind == KEY_TEXT) return false;
    *ret = (Key){.kind = KEY_PRINTED};
    ret->u.s = key->kind == KEY_NULL ? STR_EMPTY : value_to_text(arena, left);
    return true;
}

static KeySet *make_set(Arena *arena, const Value *args, uint32_t n, bool ignores_case) {
    Keys keys = {0};
    for (uint32_t i = 1; i < n; i++) add_keys(arena, &keys, &args[i], args[0].type);
    KeySet *set = ARENA_NEW(arena, KeySet);
    size_t size = 16;
    while (size < keys.n * 2) size *= 2;
    set->entries = ARENA_ARRAY(arena, KeyEntry, size);
    set->mask = size - 1;
    for (size_t i = 0; i < keys.n; i++) {
        Key k = keys.items[i];
        if (k.kind == KEY_NULL) {
            set->has_null = true;
            continue;
        }
        if (is_text(&k)) k.u.s = arena_str(arena, k.u.s);
        uint64_t hash = key_hash(&k, ignores_case);
        size_t at = hash & set->mask;
        while (set->entries[at].is_used &&
               !(set->entries[at].hash == hash && key_eq(&set->entries[at].key, &k, ignores_case)))
            at = (at + 1) & set->mask;
        set->entries[at] = (KeyEntry){hash, k, true};
    }
    return set;
}

static void *prepare_set(Arena *arena, const Value *args, const bool *constant, uint32_t n,
                         bool ignores_case) {
    for (uint32_t i = 1; i < n; i++)
        if (!constant[i]) return NULL;
    return make_set(arena, args, n, ignores_case);
}

/* The set of a list that has come before; the first time it is not worth making. */
static const KeySet *set_of(KernelCall *call, const Value *args, uint32_t n, bool ignores_case) {
    if (call->state) return call->state;
    ListMemo *memo = list_memo(call, args, n);
    if (!memo) return NULL;
    if (memo->is_again && !memo->made) memo->made = make_set(call->scratch, args, n, ignores_case);
    return memo->made;
}

static bool set_holds(const KeySet *set, const Key *k, bool ignores_case) {
    uint64_t hash = key_hash(k, ignores_case);
    for (size_t at = hash & set->mask; set->entries[at].is_used; at = (at + 1) & set->mask)
        if (set->entries[at].hash == hash && key_eq(&set->entries[at].key, k, ignores_case))
            return true;
    return false;
}

/* A null on the left equals no value, and compares to a null as null. */
static void run_in_list(KernelCall *call, const Value *args, uint32_t n, Value *ret,
                        bool ignores_case, bool is_negated) {
    Type with = args[0].type;
    Key k = key_of(call->scratch, &args[0], with);
    Key printed;
    bool is_printed = printed_key(call->scratch, &args[0], &k, &printed);
    const KeySet *set = set_of(call, args, n, ignores_case);
    bool is_hit = false, has_null = false;
    if (set) {
        has_null = set->has_null;
        is_hit = k.kind != KEY_NULL && set_holds(set, &k, ignores_case);
        is_hit = is_hit || (is_printed && set_holds(set, &printed, ignores_case));
    } else {
        Keys keys = {0};
        for (uint32_t i = 1; i < n; i++) add_keys(call->scratch, &keys, &args[i], with);
        for (size_t i = 0; i < keys.n && !is_hit; i++) {
            if (keys.items[i].kind == KEY_NULL) has_null = true;
            else
                is_hit = key_eq(&keys.items[i], &k, ignores_case) ||
                         (is_printed && key_eq(&keys.items[i], &printed, ignores_case));
        }
    }
    if (!is_hit && k.kind == KEY_NULL && has_null) return;
    ret_bool(ret, is_hit != is_negated);
}

static void release_nothing(void *state) { (void)state; }

#define IN_OPERATOR(NAME, IGNORES_CASE, IS_NEGATED)                                                \
    static void *prepare_##NAME(Arena *arena, const Value *args, const bool *constant, uint32_t n, \
                                Str *ret_error) {                                                  \
        (void)ret_error;                                                                           \
        return prepare_set(arena, args, constant, n, IGNORES_CASE);                                \
    }                                                                                              \
    static void run_##NAME(KernelCall *call, const Value *args, uint32_t n, Value *ret) {          \
        run_in_list(call, args, n, ret, IGNORES_CASE, IS_NEGATED);                                 \
    }                                                                                              \
    const Kernel kernel_##NAME = {run_##NAME, prepare_##NAME, release_nothing};

IN_OPERATOR(in_cs, false, false)
IN_OPERATOR(not_in_cs, false, true)
IN_OPERATOR(in, true, false)
IN_OPERATOR(not_in, true, true)
