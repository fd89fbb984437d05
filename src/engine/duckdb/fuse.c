/*
 * fuse.c: tostring(parse_json(text).a.b[0]) as one call.
 *
 * Each call of a kernel reads its arguments from vectors and writes its result to one. Rules look
 * into JSON by chains of small calls, whose intermediate values, whole documents among them, nobody
 * wants. What looks for texts in a chain finds it in the plan, which stays as it is.
 */
#include "engine/duckdb/fuse.h"

#include "engine/duckdb/scan_hints.h"

enum { KEYS_MAX = 16 };

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

const Expr *fuse_calls(Arena *arena, const Expr *e) {
    const Expr *made = fuse_part(arena, e);
    if (!made) made = fuse_path(arena, e);
    return made ? made : e;
}
