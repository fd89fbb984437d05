/*
 * bind_op_search.c: search and find.
 *
 * Source: "search operator", "find operator". Both test each table by itself and unite what is left. A
 * table that lacks a column which another one has gives no row for it; a column that no table has is an
 * error. Where the condition does not go with a column's type in some of the tables, those give no rows.
 */
#include "semantics/bind_scope.h"
#include "semantics/operators/bind_ops.h"
#include "semantics/operators/bind_search.h"

/* --------------------------------------------------------------------- legs */

static bool add_table(Binder *b, const Node *node, PlanList *list) {
    node = node_bare(node);
    if (node->kind == NODE_STAR) {
        Node *star = ARENA_NEW(b->arena, Node);
        *star = (Node){
            .kind = NODE_NAME, .flags = NODE_FLAG_WILDCARD, .span = node->span, .text = STR("*")};
        node = star;
    }
    bind_note_database(b, node);
    bool is_pattern = node->kind == NODE_PATH && (node->flags & NODE_FLAG_WILDCARD);
    if (is_pattern) { /* database('x').A*: there is one database */
        Node *pattern = ARENA_NEW(b->arena, Node);
        *pattern = (Node){
            .kind = NODE_NAME, .flags = NODE_FLAG_WILDCARD, .span = node->span, .text = node->text};
        node = pattern;
    }
    if (node->kind == NODE_NAME) return bind_tables(b, node, false, list);
    Plan *p = bind_tabular(b, node);
    if (!p) return false;
    size_t n = list->n;
    Str name = bind_name_of_leg(node);
    if (!name.len) name = arena_printf(b->arena, "search_arg%zu", n);
    ARENA_PUSH(b->arena, list->items, list->n, list->cap, p);
    ARENA_PUSH(b->arena, list->names, n, list->cap_names, name);
    return true;
}

/* The piped table, those of `in (...)`, or all. */
static bool gather_tables(Binder *b, const Node *op, Plan *input, PlanList *list) {
    const Node *tables = op->kids[0];
    if (input && tables) {
        bind_error(b, op, "KS175", "The operator must be the first operator in the query.")->hint =
            STR("tables are either piped in or listed with in (...)");
        return false;
    }
    if (input) {
        Str name = b->input_name.len          ? b->input_name
                   : input->kind == PLAN_SCAN ? input->u.scan.table_name
                                              : STR("search_arg0");
        size_t n = 0;
        ARENA_PUSH(b->arena, list->items, list->n, list->cap, input);
        ARENA_PUSH(b->arena, list->names, n, list->cap_names, name);
        return true;
    }
    Node all = {.kind = NODE_STAR, .span = op->span};
    bool is_fine = true;
    for (uint32_t i = 0; tables && i < tables->n; i++)
        is_fine = add_table(b, tables->kids[i], list) && is_fine;
    if (!tables) is_fine = add_table(b, &all, list);
    if (is_fine && !list->n)
        bind_error(b, op, "KS204", "No table of the data fits the operands of %s.",
                   op->kind == NODE_OP_FIND ? "find" : "search")
            ->hint = bind_hint_of_no_data(b);
    return is_fine && list->n;
}

static bool is_in_some(Binder *b, const PlanList *list, Str name) {
    for (size_t i = 0; i < list->n; i++) {
        const Plan *leg = list->items[i];
        if (leg->is_open && bind_may_be_column(b, name)) return true;
        if (bind_column_in(&leg->schema, name)) return true;
    }
    return false;
}

static bool check_names(Binder *b, const NameList *names, const PlanList *list) {
    bool is_fine = true;
    for (size_t i = 0; i < names->n; i++) {
        if (is_in_some(b, list, names->items[i]->text)) continue;
        Row former = bind_set_row(b, list->items[0]);
        bind_unknown_name(b, names->items[i], names->items[i]->text);
        bind_restore_row(b, former);
        is_fine = false;
    }
    return is_fine;
}

static Expr *predicate_for(Binder *b, const Node *n, const Plan *leg, bool others, bool cs) {
    Row former = bind_set_row(b, leg);
    bool had_open_rows = b->has_open_rows;
    b->row.is_open = b->row.is_open || others;
    b->has_open_rows = had_open_rows || others;
    Expr *e = bind_search_predicate(b, n, cs);
    b->has_open_rows = had_open_rows;
    bind_restore_row(b, former);
    return e;
}

/* A name that stands in the query, against all tables that have such a column. */
static void note_name(Binder *b, const Node *n, const PlanList *list) {
    for (size_t i = 0; i < list->n; i++) {
        const Column *c = bind_column_in(&list->items[i]->schema, n->text);
        if (c) bind_note_use(b, c, n->span);
    }
}

/* Each table's rows that meet the condition. */
static bool filter_legs(Binder *b, const Node *predicate, PlanList *list, const NameList *names,
                        bool cs) {
    size_t n_fitting = 0;
    for (size_t i = 0; i < names->n; i++) note_name(b, names->items[i], list);
    for (size_t i = 0; i < list->n; i++) {
        bool had_unsupported = b->has_unsupported;
        b->mute++;
        Expr *e = predicate_for(b, predicate, list->items[i], list->n > 1, cs);
        b->mute--;
        if (b->has_unsupported && !had_unsupported) {
            (void)predicate_for(b, predicate, list->items[i], list->n > 1, cs);
            return false;
        }
        bool fits = !expr_is_error(e);
        n_fitting += fits;
        if (!fits) e = expr_of_value(b, value_bool(false), predicate->span);
        list->items[i] = plan_where(b, list->items[i], e, predicate->span);
    }
    if (!n_fitting) (void)predicate_for(b, predicate, list->items[0], list->n > 1, cs);
    return n_fitting > 0;
}

/* ------------------------------------------------------------------- search */

static bool read_kind(Binder *b, const Node *op, bool *ret_case_sensitive) {
    Str kind = STR("default");
    bind_param_word(op, "kind", &kind);
    *ret_case_sensitive = str_is(kind, "case_sensitive");
    if (*ret_case_sensitive || str_is(kind, "default") || str_is(kind, "case_insensitive"))
        return true;
    bind_error(b, node_param(op, "kind"), "KS140", "'%.*s' is not a kind of search.", STR_ARG(kind))
        ->hint = STR("default, case_insensitive and case_sensitive are");
    return false;
}

Plan *bind_op_search(Binder *b, const Node *op, Plan *input) {
    PlanList list = {0};
    NameList names = {0};
    bool is_case_sensitive, reads_all;
    if (!read_kind(b, op, &is_case_sensitive) || !gather_tables(b, op, input, &list)) return NULL;
    bind_search_names(b, op->kids[1], &names, &reads_all);
    if (!check_names(b, &names, &list)) return NULL;
    if (!filter_legs(b, op->kids[1], &list, &names, is_case_sensitive)) return NULL;
    return bind_union_of(b, op, &list, STR("$table"), false);
}

/* --------------------------------------------------------------------- find */

/* Tables without any column that the condition names are not searched. */
static void drop_unrelated(const NameList *names, bool reads_all, PlanList *list) {
    if (list->n < 2 || reads_all || !names->n) return;
    size_t kept = 0;
    for (size_t i = 0; i < list->n; i++) {
        bool has_one = list->items[i]->is_open;
        for (size_t k = 0; k < names->n && !has_one; k++)
            has_one = bind_column_in(&list->items[i]->schema, names->items[k]->text) != NULL;
        if (!has_one) continue;
        list->items[kept] = list->items[i];
        list->names[kept++] = list->names[i];
    }
    list->n = kept;
}

/* A column of the result: of one type, from the legs' columns of `from`. */
typedef struct Shown {
    Str name, from;
    Type type;
    bool converts; /* columns of other types are converted */
} Shown;

typedef struct Layout {
    Shown *items;
    size_t n, cap;
    bool has_pack;
} Layout;

static bool has_two_types(const PlanList *list, Str name) {
    Type first = TYPE_ERROR;
    for (size_t i = 0; i < list->n; i++) {
        const Column *c = bind_column_in(&list->items[i]->schema, name);
        if (c && first != TYPE_ERROR && c->type != first) return true;
        if (c) first = c->type;
    }
    return false;
}

static void show(Binder *b, Layout *l, const PlanList *list, const Column *c) {
    for (size_t i = 0; i < l->n; i++)
        if (str_eq(l->items[i].from, c->name) && l->items[i].type == c->type) return;
    Shown shown = {.name = c->name, .from = c->name, .type = c->type};
    if (has_two_types(list, c->name))
        shown.name = arena_printf(b->arena, "%.*s_%s", STR_ARG(c->name), type_name(c->type));
    ARENA_PUSH(b->arena, l->items, l->n, l->cap, shown);
}

static bool is_in_all(const PlanList *list, const Column *c) {
    for (size_t i = 0; i < list->n; i++) {
        const Column *other = bind_column_in(&list->items[i]->schema, c->name);
        if (!other || other->type != c->type) return false;
    }
    return true;
}

/* project-smart: what all tables have, then what the condition names, the rest in pack_. */
static void lay_out_smart(Binder *b, const PlanList *list, const NameList *names, Layout *l) {
    const Schema *first = &list->items[0]->schema;
    for (uint32_t i = 0; i < first->n; i++)
        if (is_in_all(list, &first->items[i])) show(b, l, list, &first->items[i]);
    for (size_t k = 0; k < names->n; k++)
        for (size_t i = 0; i < list->n; i++) {
            const Column *c = bind_column_in(&list->items[i]->schema, names->items[k]->text);
            if (c) show(b, l, list, c);
        }
    for (size_t i = 0; i < list->n && !l->has_pack; i++) {
        const Schema *s = &list->items[i]->schema;
        for (uint32_t k = 0; k < s->n && !l->has_pack; k++) {
            bool is_shown = false;
            for (size_t m = 0; m < l->n && !is_shown; m++)
                is_shown = str_eq(l->items[m].from, s->items[k].name);
            l->has_pack = !is_shown;
        }
    }
}

/* `name` or `name:type`. */
static bool lay_out_column(Binder *b, const Node *item, const PlanList *list, Layout *l) {
    Shown shown = {.name = item->text, .from = item->text};
    bool is_typed = item->kind == NODE_COLUMN_DECL && item->n && item->kids[0];
    bool is_mixed = has_two_types(list, item->text);
    if (is_typed) {
        shown.type = bind_type(b, item->kids[0]);
        shown.converts = true;
        if (shown.type == TYPE_ERROR) return false;
        if (is_mixed)
            shown.name =
                arena_printf(b->arena, "%.*s_%s", STR_ARG(item->text), type_name(shown.type));
    }
    const Column *c = NULL;
    for (size_t i = 0; i < list->n && !c; i++)
        c = bind_column_in(&list->items[i]->schema, item->text);
    if (!c && !is_in_some(b, list, item->text)) {
        bind_unknown_name(b, item, item->text);
        return false;
    }
    if (is_mixed && !is_typed) {
        bind_error(b, item, "KS164", "The column '%.*s' has several types in the tables.",
                   STR_ARG(item->text))
            ->hint = STR("say which with name:type");
        return false;
    }
    if (!is_typed) shown.type = c ? c->type : TYPE_DYNAMIC;
    note_name(b, item, list);
    ARENA_PUSH(b->arena, l->items, l->n, l->cap, shown);
    return true;
}

static bool lay_out_listed(Binder *b, const Node *columns, const PlanList *list, Layout *l) {
    bool is_fine = true;
    for (uint32_t i = 0; i < columns->n; i++) {
        const Node *item = columns->kids[i];
        bool is_pack = item->kind == NODE_CALL &&
                       (str_is(item->text, "pack") || str_is(item->text, "pack_all"));
        if (is_pack) {
            l->has_pack = true;
        } else if (item->kind == NODE_NAME || item->kind == NODE_COLUMN_DECL) {
            is_fine = lay_out_column(b, item, list, l) && is_fine;
        } else {
            bind_error(b, item, "KS109", "Column name expected.");
            is_fine = false;
        }
    }
    return is_fine;
}

/* The bag of a leg's columns that stand in no column of their own. */
static Expr *pack_rest(Binder *b, const Plan *leg, const Layout *l, Span span) {
    Expr **args = ARENA_ARRAY(b->arena, Expr *, 2 * (size_t)leg->schema.n + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < leg->schema.n; i++) {
        const Column *c = &leg->schema.items[i];
        bool is_shown = false;
        for (size_t k = 0; k < l->n && !is_shown; k++) is_shown = str_eq(l->items[k].from, c->name);
        if (is_shown) continue;
        args[n++] = expr_of_value(b, value_str(c->name), span);
        args[n++] = expr_column(b, c, span);
    }
    return expr_function(b, "bag_pack", args, n, span);
}

static Plan *project_leg(Binder *b, Plan *leg, const Layout *l, Span span) {
    Projection p = projection_new(b);
    for (size_t i = 0; i < l->n; i++) {
        const Shown *shown = &l->items[i];
        const Column *c = bind_column_in(&leg->schema, shown->from);
        bool is_taken = c && (c->type == shown->type || shown->converts);
        Expr *e = is_taken ? expr_convert(b, expr_column(b, c, span), shown->type)
                           : expr_of_value(b, value_null(shown->type), span);
        projection_add(&p, shown->name, e);
    }
    if (l->has_pack) projection_add(&p, STR("pack_"), pack_rest(b, leg, l, span));
    return projection_finish(&p, leg, false, span);
}

Plan *bind_op_find(Binder *b, const Node *op, Plan *input) {
    PlanList list = {0};
    NameList names = {0};
    bool reads_all;
    if (input) {
        bind_error(b, op, "KS175", "The operator must be the first operator in the query.");
        return NULL;
    }
    if (op->kids[3])
        return bind_unsupported(
            b, op->kids[3],
            "The clause project-away of find\nput it behind: find ... | project-away ...");
    if (!gather_tables(b, op, NULL, &list)) return NULL;
    bind_search_names(b, op->kids[1], &names, &reads_all);
    if (!check_names(b, &names, &list)) return NULL;
    drop_unrelated(&names, reads_all, &list);
    Layout layout = {0};
    bool is_listed = op->kids[2] != NULL;
    if (is_listed && !lay_out_listed(b, op->kids[2], &list, &layout)) return NULL;
    if (!is_listed) lay_out_smart(b, &list, &names, &layout);
    if (!filter_legs(b, op->kids[1], &list, &names, false)) return NULL;
    for (size_t i = 0; i < list.n; i++) {
        list.items[i] = project_leg(b, list.items[i], &layout, op->span);
        if (!list.items[i]) return NULL;
    }
    Str source = STR("source_");
    bind_param_word(op, "withsource", &source);
    return bind_union_of(b, op, &list, source, false);
}
