/*
 * fuse.c: tostring(parse_json(text).a.b[0]) as one call.
 *
 * Each call of a kernel reads its arguments from vectors and writes its result to one. Rules look
 * into JSON by chains of small calls, whose intermediate values, whole documents among them, nobody
 * wants. What looks for texts in a chain finds it in the plan, which stays as it is.
 */
#include "engine/duckdb/fuse.h"

#include "engine/duckdb/scan_hints.h"
#include "kernels/kernel.h"

enum { KEYS_MAX = 16, LIST_LEAST = 16 };

static bool is_step(const Expr *e) {
    if (e->kind != EXPR_CALL || e->n_args != 2 || !(is_named(e, ".") || is_named(e, "[]")))
        return false;
    const Expr *key = e->args[1];
    bool is_plain = TYPE_BIT(key->type) & (TS_STRING | TS_INTEGER);
    return key->kind == EXPR_LITERAL && !key->u.literal.is_null && is_plain;
}

static bool is_text_of(const Expr *e, const Expr **ret_inner) {
    if (e->kind != EXPR_CALL || e->u.fn->kind != FN_SCALAR || !is_named(e, "tostring"))
        return false;
    if (e->n_args != 1 || e->args[0]->type != TYPE_DYNAMIC) return false;
    *ret_inner = e->args[0];
    return true;
}

static const Expr *fused(Arena *arena, const Expr *e, const char *name, Expr **args, uint32_t n) {
    Expr *call = ARENA_NEW(arena, Expr);
    *call = (Expr){.kind = EXPR_CALL, .type = e->type, .span = e->span, .n_args = n};
    call->u.fn = catalog_scalar(str_of(name));
    call->args = ARENA_ARRAY(arena, Expr *, n);
    memcpy(call->args, args, n * sizeof *args);
    return call;
}

/* tostring(split(text, delimiter)[index]) */
static const Expr *fuse_part(Arena *arena, const Expr *e) {
    const Expr *inner;
    if (!is_text_of(e, &inner) || !is_step(inner) || inner->args[1]->type == TYPE_STRING)
        return NULL;
    const Expr *parts = inner->args[0];
    if (parts->kind != EXPR_CALL || !is_named(parts, "split") || parts->n_args != 2) return NULL;
    if (parts->args[0]->type != TYPE_STRING || parts->args[1]->type != TYPE_STRING) return NULL;
    Expr *args[3] = {parts->args[0], parts->args[1], inner->args[1]};
    return fused(arena, e, "__part", args, 3);
}

static const Expr *fuse_path(Arena *arena, const Expr *e) {
    const Expr *at = e, *keys[KEYS_MAX];
    bool is_text = is_text_of(e, &at);
    uint32_t n = 0;
    for (; n < KEYS_MAX && is_step(at); at = at->args[0]) keys[n++] = at->args[1];
    bool parses = at->kind == EXPR_CALL && is_named(at, "parse_json") && at->n_args == 1 &&
                  at->args[0]->type == TYPE_STRING;
    if (!n || n + is_text + parses < 2) return NULL;
    Expr *args[KEYS_MAX + 1] = {parses ? at->args[0] : (Expr *)at};
    for (uint32_t i = 0; i < n; i++) args[i + 1] = (Expr *)keys[n - 1 - i];
    return fused(arena, e, is_text ? "__path_text" : "__path", args, n + 1);
}

/* x in~ ('a', 'b', ...) over a long list of plain values as x in~ (dynamic(["a","b", ...])): each argument
 * of a call has a vector of its own, as large for a constant as for rows. */
static const Expr *fuse_list(Arena *arena, const Expr *e) {
    static const char *const names[] = {"in", "!in", "in~", "!in~", "has_any", "has_all"};
    if (e->n_args < LIST_LEAST || e->u.fn->kind != FN_OPERATOR) return NULL;
    bool is_list = false;
    for (size_t i = 0; i < COUNT_OF(names); i++) is_list |= strcmp(e->u.fn->name, names[i]) == 0;
    TypeSet types = e->args[0]->type == TYPE_STRING ? TS_STRING : TS_INTEGER;
    if (!is_list || !(TYPE_BIT(e->args[0]->type) & types)) return NULL;
    for (uint32_t i = 1; i < e->n_args; i++) {
        const Expr *v = e->args[i];
        bool is_plain = v->kind == EXPR_LITERAL && (TYPE_BIT(v->type) & types) != 0;
        if (!is_plain || v->u.literal.is_null) return NULL;
    }
    Buf json = {0};
    for (uint32_t i = 1; i < e->n_args; i++) {
        buf_putc(&json, i > 1 ? ',' : '[');
        value_put_json(&json, &e->args[i]->u.literal);
    }
    buf_putc(&json, ']');
    Expr *list = ARENA_NEW(arena, Expr), *call = ARENA_NEW(arena, Expr);
    *list = (Expr){.kind = EXPR_LITERAL, .type = TYPE_DYNAMIC, .span = e->span};
    list->u.literal = value_text(TYPE_DYNAMIC, arena_str(arena, buf_str(&json)));
    buf_free(&json);
    *call = *e;
    call->n_args = 2;
    call->args = ARENA_ARRAY(arena, Expr *, 2);
    call->args[0] = e->args[0];
    call->args[1] = list;
    return call;
}

const Expr *fuse_calls(Arena *arena, const Expr *e) {
    const Expr *made = fuse_part(arena, e);
    if (!made) made = fuse_list(arena, e);
    if (!made) made = fuse_path(arena, e);
    return made ? made : e;
}
