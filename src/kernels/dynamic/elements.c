#include "kernels/dynamic/elements.h"

bool elements_of(Arena *arena, const Value *v, Elements *ret) {
    JsonCursor c;
    Str element;
    size_t cap = 0;
    *ret = (Elements){NULL, 0};
    if (!is_array(v) || !json_enter(v->u.s, &c)) return false;
    while (json_next(&c, NULL, &element)) ARENA_PUSH(arena, ret->at, ret->n, cap, element);
    return true;
}

static Str *slot_of(const StrSet *set, Str s) {
    size_t i = (size_t)str_hash(s) & (set->cap - 1);
    while (set->slots[i].ptr && !str_eq(set->slots[i], s)) i = (i + 1) & (set->cap - 1);
    return &set->slots[i];
}

bool strset_has(const StrSet *set, Str s) { return set->cap && slot_of(set, s)->ptr; }

static void grow(StrSet *set) {
    StrSet wider = {.arena = set->arena, .n = set->n, .cap = set->cap ? set->cap * 4 : 16};
    wider.slots = ARENA_ARRAY(set->arena, Str, wider.cap);
    for (size_t i = 0; i < set->cap; i++)
        if (set->slots[i].ptr) *slot_of(&wider, set->slots[i]) = set->slots[i];
    *set = wider;
}

bool strset_add(StrSet *set, Str s) {
    if (set->n * 2 >= set->cap) grow(set);
    Str *slot = slot_of(set, s);
    if (slot->ptr) return false;
    *slot = s.ptr ? s : STR_EMPTY;
    set->n++;
    return true;
}

static bool fits(KernelCall *call, const Out *o, const char *what) {
    if (o->len <= ARRAY_MAX_BYTES) return true;
    kernel_fail(call, "the %s is longer than %d MB", what, ARRAY_MAX_BYTES >> 20);
    return false;
}

bool out_fits(KernelCall *call, const Out *o) { return fits(call, o, "array"); }
bool out_text_fits(KernelCall *call, const Out *o) { return fits(call, o, "text"); }

Str json_of_value(Arena *arena, const Value *v) {
    if (v->type == TYPE_DYNAMIC && !v->is_null && v->u.s.len) return v->u.s;
    Buf out = {0};
    value_put_json(&out, v);
    return buf_to_arena(arena, &out);
}

/* Printable ASCII without quote and backslash: JSON writes it as it is. */
static bool is_plain(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\') return false;
    }
    return true;
}

void out_json_string(Out *o, Str text) {
    if (is_plain(text)) {
        out_reserve(o, text.len + 2);
        out_putc(o, '"');
        out_put(o, text);
        out_putc(o, '"');
        return;
    }
    Buf quoted = {0};
    json_put_string(&quoted, text);
    out_put(o, buf_str(&quoted));
    buf_free(&quoted);
}

void out_name(Out *o, Str name) {
    if (o->ptr[o->len - 1] != '{') out_putc(o, ',');
    out_json_string(o, name);
    out_putc(o, ':');
}

void out_member(Out *o, Str name, Str text) {
    out_name(o, name);
    out_json_string(o, text);
}
