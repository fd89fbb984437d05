/*
 * bind_key.c: values that rows are grouped, ordered or joined by.
 *
 * Kusto takes no dynamic value there. Columns that one product documents as text and another as bags
 * (AdditionalFields of the Device tables) stand for their text, so that rules of both run.
 */
#include "semantics/bind_scope.h"

void bind_note_bag_or_text(Binder *b, ColumnId id) {
    ARENA_PUSH(b->arena, b->bags_or_texts, b->n_bags_or_texts, b->cap_bags_or_texts, id);
}

bool bind_is_bag_or_text(const Binder *b, ColumnId id) {
    for (size_t i = 0; i < b->n_bags_or_texts; i++)
        if (b->bags_or_texts[i] == id) return true;
    return false;
}

Expr *bind_key(Binder *b, const Node *at, Expr *e, const char *use) {
    if (expr_is_error(e)) return e;
    e = expr_fit_untyped(b, e, TS_STRING);
    if (e->type != TYPE_DYNAMIC) return e;
    bool is_text = e->kind == EXPR_COLUMN && bind_is_bag_or_text(b, e->u.column);
    /* of a table elsewhere only the names are known */
    if (is_text || b->has_elsewhere) return expr_convert(b, e, TYPE_STRING);
    bind_error(b, at, "KS166", "A dynamic value cannot be %s: it must be cast to a scalar type.",
               use)
        ->hint = STR("tostring(...) makes text of it");
    return expr_error(b, at->span);
}
