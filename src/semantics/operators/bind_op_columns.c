/*
 * bind_op_columns.c: project-away, project-keep, project-by-names, project-rename and project-reorder.
 *
 * Source: the operators' pages. The columns keep the order of the input; names may hold `*`.
 */
#include "base/json.h"
#include "semantics/operators/bind_ops.h"

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
    for (uint32_t k = 0; k < input->schema.n; k++) names[k] = input->schema.items[k].name;
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

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The number that begins at *at, without its leading zeros; *at moves behind it. */
static Str number_at(Str s, size_t *at) {
    while (*at < s.len && s.ptr[*at] == '0') (*at)++;
    size_t start = *at;
    while (*at < s.len && is_digit(s.ptr[*at])) (*at)++;
    return str_sub(s, start, *at - start);
}

/* Names are ordered as if they were written in capitals. */
static int compare_letters(char a, char b) {
    unsigned char x = (unsigned char)(a >= 'a' && a <= 'z' ? a - 'a' + 'A' : a);
    unsigned char y = (unsigned char)(b >= 'a' && b <= 'z' ? b - 'a' + 'A' : b);
    return x < y ? -1 : x > y;
}

static int compare_names(Str a, Str b) {
    for (size_t i = 0; i < a.len && i < b.len; i++) {
        int order = compare_letters(a.ptr[i], b.ptr[i]);
        if (order) return order;
    }
    return a.len < b.len ? -1 : a.len > b.len;
}

/* The order of granny-asc: digits count as numbers, so that a3 comes before a20. */
static int compare_granny(Str a, Str b) {
    size_t i = 0, j = 0;
    while (i < a.len && j < b.len) {
        if (is_digit(a.ptr[i]) && is_digit(b.ptr[j])) {
            Str x = number_at(a, &i), y = number_at(b, &j);
            if (x.len != y.len) return x.len < y.len ? -1 : 1;
            int order = str_compare(x, y);
            if (order) return order;
            continue;
        }
        int order = compare_letters(a.ptr[i++], b.ptr[j++]);
        if (order) return order;
    }
    return i < a.len ? 1 : j < b.len ? -1 : compare_names(a, b);
}

static bool name_precedes(const Node *item, Str a, Str b) {
    bool is_granny = str_starts_with(item->text, STR("granny"));
    bool is_descending = str_is(item->text, "desc") || str_is(item->text, "granny-desc");
    int order = is_granny ? compare_granny(a, b) : compare_names(a, b);
    return is_descending ? order > 0 : order < 0;
}

/* Columns of a wildcard in the order that the item asks for; without asc or desc, the input's. */
static void order_by_name(const Node *item, Column *columns, uint32_t n) {
    if (item->kind != NODE_ORDERED) return;
    for (uint32_t i = 1; i < n; i++) {
        Column c = columns[i];
        uint32_t at = i;
        for (; at > 0 && name_precedes(item, c.name, columns[at - 1].name); at--)
            columns[at] = columns[at - 1];
        columns[at] = c;
    }
}

/* The listed columns come first; the others follow as they stood. */
Plan *bind_op_project_reorder(Binder *b, const Node *op, Plan *input) {
    Projection p = projection_new(b);
    for (uint32_t i = 0; i < op->n; i++) {
        const Node *item = op->kids[i];
        Column *columns;
        uint32_t n;
        if (!bind_columns(b, item->kind == NODE_ORDERED ? item->kids[0] : item, &columns, &n))
            return NULL;
        order_by_name(item, columns, n);
        for (uint32_t c = 0; c < n; c++)
            if (!projection_has(&p, columns[c].name))
                projection_add(&p, columns[c].name, expr_column(b, &columns[c], item->span));
    }
    for (uint32_t k = 0; k < input->schema.n; k++)
        if (!projection_has(&p, input->schema.items[k].name))
            projection_add(&p, input->schema.items[k].name,
                           expr_column(b, &input->schema.items[k], op->span));
    return projection_finish(&p, input, true, op->span);
}

/* Columns that a name or a pattern with `*` stands for, each once; none is no mistake. */
static void add_by_pattern(Binder *b, Projection *p, const Plan *input, Str pattern, Span span) {
    for (uint32_t k = 0; k < input->schema.n; k++) {
        const Column *c = &input->schema.items[k];
        if (!str_matches(c->name, pattern) || projection_has(p, c->name)) continue;
        bind_note_use(b, c, span);
        projection_add(p, c->name, expr_column(b, c, span));
    }
}

/* Names are values here: texts, and arrays of texts. */
Plan *bind_op_project_by_names(Binder *b, const Node *op, Plan *input) {
    Projection p = projection_new(b);
    for (uint32_t i = 0; i < op->n; i++) {
        const Node *item = op->kids[i];
        Value v;
        JsonCursor c;
        Str key, element;
        if (!bind_constant(b, item, &v)) return NULL;
        bool is_array =
            v.type == TYPE_DYNAMIC && !v.is_null && json_enter(v.u.s, &c) && !c.is_object;
        if (v.type == TYPE_STRING) {
            add_by_pattern(b, &p, input, v.u.s, item->span);
        } else if (is_array) {
            while (json_next(&c, &key, &element))
                if (json_kind(element) == JSON_STRING)
                    add_by_pattern(b, &p, input, json_string(b->arena, element), item->span);
        } else {
            bind_error(b, item, v.type == TYPE_DYNAMIC ? "KS234" : "KS107",
                       "A text or an array of texts expected, not %s.", type_name(v.type));
            return NULL;
        }
    }
    return projection_finish(&p, input, false, op->span);
}
