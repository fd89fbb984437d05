/*
 * out.h: small helpers that the text kernels share: results, and text that grows in the scratch
 * arena.
 */
#ifndef QUARRY_KERNELS_OUT_H
#define QUARRY_KERNELS_OUT_H

#include "base/base.h"
#include "base/json.h"
#include "base/type.h"
#include "kernels/kernel.h"

static inline void ret_bool(Value *ret, bool b) {
    ret->is_null = false;
    ret->u.b = b;
}
static inline void ret_long(Value *ret, int64_t l) {
    ret->is_null = false;
    ret->u.l = l;
}
static inline void ret_text(Value *ret, Str s) {
    ret->is_null = false;
    ret->u.s = s;
}

/* The text of an argument that is a string or a dynamic value. */
static inline Str arg_text(Arena *scratch, const Value *v) {
    if (v->type == TYPE_STRING) return v->u.s;
    return value_to_text(scratch, v);
}

/* The plain text of an element of a dynamic array: strings unescaped, null as "", others as
 * written. */
static inline Str json_plain(Arena *scratch, Str element) {
    switch (json_kind(element)) {
    case JSON_STRING: return json_string(scratch, element);
    case JSON_NULL: return STR_EMPTY;
    case JSON_INVALID:
    case JSON_FALSE:
    case JSON_TRUE:
    case JSON_LONG:
    case JSON_REAL:
    case JSON_ARRAY:
    case JSON_OBJECT: break;
    }
    return str_trim(element);
}

/* Text that grows in an arena. */
typedef struct Out {
    Arena *arena;
    char *ptr;
    size_t len, cap;
} Out;

static inline void out_reserve(Out *o, size_t more) {
    if (more <= o->cap - o->len) return;
    size_t wider = o->cap ? o->cap * 2 : 64;
    if (wider < o->len + more) wider = o->len + more;
    char *grown = arena_alloc_raw(o->arena, wider);
    if (o->len) memcpy(grown, o->ptr, o->len);
    o->ptr = grown;
    o->cap = wider;
}
static inline void out_put(Out *o, Str s) {
    if (!s.len) return;
    out_reserve(o, s.len);
    memcpy(o->ptr + o->len, s.ptr, s.len);
    o->len += s.len;
}
static inline void out_putc(Out *o, char c) {
    out_reserve(o, 1);
    o->ptr[o->len++] = c;
}
static inline Str out_str(const Out *o) { return (Str){o->ptr ? o->ptr : "", o->len}; }

/* Ends a Buf: its text in the arena, its memory freed. */
static inline Str buf_to_arena(Arena *arena, Buf *b) {
    Str s = arena_str(arena, buf_str(b));
    buf_free(b);
    return s;
}

#endif
