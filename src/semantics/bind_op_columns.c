/*
 * bind_op_columns.c: project-away, project-keep and project-rename.
 *
 * Source: the operators' pages. The columns keep the order of the input; names may hold `*`.
 */
#include "semantics/bind_ops.h"

/* Whether the columns that the operator lists are those that stay. */
static Plan *select_columns(Binder *b, const Node *op, Plan *input, bool keeps) {
    uint32_t n_all = input->schema.n;
    bool *is_listed = ARENA_ARRAY(b->arena, bool, n_all + 1);
    for (uint32_t i = 0; i < op->n; i++) {
        Column *columns;
        uint32_t n;
        if (!bind_columns(b, op->kids[i], &columns, &n)) return NULL;
        for (uint32_t c = 0; c < n; c++)
            for (uint32_t k = 0; k < n_all; k++)
                if (input->schema.items[k].id == columns[c].id) is_listed[k] = true;
    }
    Projection p = projection_new(b);
    for (uint32_t k = 0; k < n_all; k++)
        if (is_listed[k] == keeps)
            projection_add(&p, input->schema.items[k].name,
                           expr_column(b, &input->schema.items[k], op->span));
    return projection_finish(&p, input, false, op->span);
}

Plan *bind_op_project_away(Binder *b, const Node *op, Plan *input) {
    return select_columns(b, op, input, false);
}

Plan *bind_op_project_keep(Binder *b, const Node *op, Plan *input) {
    return select_columns(b, op, input, true);
}

Plan *bind_op_project_rename(Binder *b, const Node *op, Plan *input) {
    Str *names = ARENA_ARRAY(b->arena, Str, input->schema.n + 1);
    for (uint32_t k = 0; k < input->schema.n; k++)
        names[k] = input->schema.items[k].name;
    for (uint32_t i = 0; i < op->n; i++) {
        const Node *item = op->kids[i];
        if (item->kind != NODE_NAMED) {
            bind_error(b, item, "KS109", "NewName = ColumnName expected.");
            return NULL;
        }
        const Column *c = bind_column_name(b, item->kids[1]);
        if (!c) return NULL;
        for (uint32_t k = 0; k < input->schema.n; k++)
            if (input->schema.items[k].id == c->id) names[k] = item->kids[0]->text;
    }
    Projection p = projection_new(b);
    for (uint32_t k = 0; k < input->schema.n; k++) {
        if (projection_has(&p, names[k])) {
            bind_error(b, op, "KS171", "A column with the name '%.*s' is already declared.",
                       STR_ARG(names[k]));
            return NULL;
        }
        projection_add(&p, names[k], expr_column(b, &input->schema.items[k], op->span));
    }
    return projection_finish(&p, input, true, op->span);
}
