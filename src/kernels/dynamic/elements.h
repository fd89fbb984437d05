/*
 * elements.h: the elements of a dynamic array as slices, sets of them, and building arrays and bags.
 *
 * Values are canonical JSON, so that equal elements have equal text. Everything lives in the
 * scratch arena.
 */
#ifndef QUARRY_KERNELS_ELEMENTS_H
#define QUARRY_KERNELS_ELEMENTS_H

#include "kernels/kernel.h"
#include "kernels/out.h"

typedef struct Elements {
    Str *at;
    size_t n;
} Elements;

/* False when `v` is no array. */
bool elements_of(Arena *arena, const Value *v, Elements *ret);

static inline bool is_bag(const Value *v) {
    return v->type == TYPE_DYNAMIC && !v->is_null && v->u.s.len && v->u.s.ptr[0] == '{';
}
static inline bool is_array(const Value *v) {
    return v->type == TYPE_DYNAMIC && !v->is_null && v->u.s.len && v->u.s.ptr[0] == '[';
}

/* A set of texts that lives as long as its arena. */
typedef struct StrSet {
    Arena *arena;
    Str *slots; /* ptr NULL: free; a power of two of them */
    size_t n, cap;
} StrSet;

bool strset_has(const StrSet *set, Str s);
/* False when it was there already. */
bool strset_add(StrSet *set, Str s);

/* An array under construction: out_open, out_element for each, out_close. */
static inline void out_element(Out *o, Str json) {
    if (o->ptr[o->len - 1] != '[') out_putc(o, ',');
    out_put(o, json);
}
static inline Out out_open(Arena *arena) {
    Out o = {.arena = arena};
    out_putc(&o, '[');
    return o;
}
static inline Str out_close(Out *o) {
    out_putc(o, ']');
    return out_str(o);
}

/* A bag under construction: out_bag, for each member out_name or out_member, out_bag_close. */
static inline Out out_bag(Arena *arena) {
    Out o = {.arena = arena};
    out_putc(&o, '{');
    return o;
}
/* Starts a member; its value, as JSON, is for the caller to put. */
void out_name(Out *o, Str name);
/* A member that is a text. */
void out_member(Out *o, Str name, Str text);
static inline Str out_bag_close(Out *o) {
    out_putc(o, '}');
    return out_str(o);
}

/* A few arguments can ask for very much: false, and the query fails, when the array has grown past
 * ARRAY_MAX_BYTES. For results that repeat what they are given. */
enum { ARRAY_MAX_BYTES = 64 << 20 };
bool out_fits(KernelCall *call, const Out *o);
/* The same for a text. */
bool out_text_fits(KernelCall *call, const Out *o);

/* A value as canonical JSON, in the arena. */
Str json_of_value(Arena *arena, const Value *v);
/* Appends text as a JSON string. */
void out_json_string(Out *o, Str text);

#endif
