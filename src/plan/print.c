/*
 * print.c: a plan as an indented tree, root first.
 *
 * Columns are printed as name#id where they are made, and as #id with the name where they are read,
 * so that two plans are the same when their texts are.
 */
#include "plan/plan_internal.h"
#include "plan/process.h"

typedef struct Printer {
    Buf out;
    Arena *arena;
    const Plan *node; /* whose inputs give column names */
} Printer;

static void print_plan(Printer *w, const Plan *p, unsigned depth);

static void print_column_ref(Printer *w, ColumnId id) {
    const Plan *p = w->node;
    const Column *c = NULL;
    if (p && p->kind == PLAN_SCAN) c = schema_find(&p->schema, id);
    for (uint32_t i = 0; p && i < p->n_inputs && !c; i++)
        c = schema_find(&p->inputs[i]->schema, id);
    if (c) buf_put(&w->out, c->name);
    buf_printf(&w->out, "#%u", id);
}

static void print_expr(Printer *w, const Expr *e, unsigned depth);

static void print_args(Printer *w, const Expr *e, uint32_t from, unsigned depth) {
    buf_putc(&w->out, '(');
    for (uint32_t i = from; i < e->n_args; i++) {
        if (i > from) buf_puts(&w->out, ", ");
        print_expr(w, e->args[i], depth + 1);
    }
    buf_putc(&w->out, ')');
}

static void print_call(Printer *w, const Expr *e, unsigned depth) {
    const char *name = e->u.fn->name;
    if (e->u.fn->kind == FN_OPERATOR && e->n_args == 2) {
        buf_putc(&w->out, '(');
        print_expr(w, e->args[0], depth + 1);
        buf_printf(&w->out, " %s ", name);
        print_expr(w, e->args[1], depth + 1);
        buf_putc(&w->out, ')');
    } else if (e->u.fn->kind == FN_OPERATOR && e->n_args > 2) {
        buf_putc(&w->out, '(');
        print_expr(w, e->args[0], depth + 1);
        buf_printf(&w->out, " %s ", name);
        print_args(w, e, 1, depth);
        buf_putc(&w->out, ')');
    } else {
        buf_puts(&w->out, name);
        print_args(w, e, 0, depth);
    }
}

static void print_expr(Printer *w, const Expr *e, unsigned depth) {
    if (!e || depth > PLAN_MAX_DEPTH) {
        buf_puts(&w->out, "...");
        return;
    }
    switch (e->kind) {
    case EXPR_ERROR: buf_puts(&w->out, "error"); return;
    case EXPR_LITERAL: buf_put(&w->out, value_to_kql(w->arena, &e->u.literal)); return;
    case EXPR_COLUMN: print_column_ref(w, e->u.column); return;
    case EXPR_CALL: print_call(w, e, depth); return;
    case EXPR_SUBQUERY: buf_puts(&w->out, "toscalar(plan)"); return;
    case EXPR_IN_PLAN:
        print_expr(w, e->n_args ? e->args[0] : NULL, depth + 1);
        buf_printf(&w->out, " %sin%s (plan)", e->u.in.is_negated ? "!" : "",
                   e->u.in.ignores_case ? "~" : "");
        return;
    case EXPR_COLUMN_SET:
        buf_putc(&w->out, '*');
        print_args(w, e, 0, depth);
        return;
    }
}

static void print_made(Printer *w, const Column *c) {
    buf_printf(&w->out, "%.*s#%u", STR_ARG(c->name), c->id);
}

static void print_schema(Printer *w, const Schema *s) {
    buf_putc(&w->out, '[');
    for (uint32_t i = 0; i < s->n; i++) {
        if (i) buf_puts(&w->out, ", ");
        print_made(w, &s->items[i]);
        buf_printf(&w->out, ":%s", type_name(s->items[i].type));
    }
    buf_putc(&w->out, ']');
}

static void print_scan(Printer *w, const Plan *p) {
    buf_printf(&w->out, "scan %.*s ", STR_ARG(p->u.scan.table_name));
    print_schema(w, &p->schema);
    for (uint32_t i = 0; i < p->schema.n; i++) {
        Str source = p->u.scan.source_names[i];
        if (str_eq(source, p->schema.items[i].name)) continue;
        buf_printf(&w->out, " %.*s<-%.*s", STR_ARG(p->schema.items[i].name), STR_ARG(source));
    }
    if (!p->u.scan.early) return;
    buf_puts(&w->out, " early ");
    print_expr(w, p->u.scan.early, 0);
}

static void print_projection(Printer *w, const Plan *p, Expr *const *exprs) {
    for (uint32_t i = 0; i < p->schema.n; i++) {
        const Column *c = &p->schema.items[i];
        buf_puts(&w->out, i ? ", " : " ");
        print_made(w, c);
        if (exprs[i]->kind == EXPR_COLUMN && exprs[i]->u.column == c->id) continue;
        buf_puts(&w->out, " = ");
        print_expr(w, exprs[i], 0);
    }
}

static void print_aggregate(Printer *w, const Plan *p) {
    buf_puts(&w->out, p->u.aggregate.n_aggs ? "aggregate" : "distinct");
    for (uint32_t i = 0; i < p->u.aggregate.n_aggs; i++) {
        const Aggregate *a = &p->u.aggregate.aggs[i];
        Expr call = {.n_args = a->n_args, .args = a->args};
        buf_puts(&w->out, i ? ", " : " ");
        for (uint32_t j = 0; j < a->n_columns; j++) {
            if (j) buf_puts(&w->out, "+");
            print_made(w, &a->columns[j]);
        }
        buf_printf(&w->out, " = %s", a->fn->name);
        print_args(w, &call, 0, 0);
    }
    for (uint32_t i = 0; i < p->u.aggregate.n_keys; i++) {
        buf_puts(&w->out, i ? ", " : " by ");
        print_made(w, &p->schema.items[i]);
        buf_puts(&w->out, " = ");
        print_expr(w, p->u.aggregate.keys[i], 0);
    }
}

static void print_join(Printer *w, const Plan *p) {
    static const char *const kinds[] = {
        [JOIN_INNER_UNIQUE] = "innerunique", [JOIN_INNER] = "inner",
        [JOIN_LEFT_OUTER] = "leftouter",     [JOIN_RIGHT_OUTER] = "rightouter",
        [JOIN_FULL_OUTER] = "fullouter",     [JOIN_LEFT_SEMI] = "leftsemi",
        [JOIN_LEFT_ANTI] = "leftanti",       [JOIN_RIGHT_SEMI] = "rightsemi",
        [JOIN_RIGHT_ANTI] = "rightanti"};
    buf_printf(&w->out, "%s %s on", p->u.join.is_lookup ? "lookup" : "join", kinds[p->u.join.kind]);
    for (uint32_t i = 0; i < p->u.join.n_keys; i++) {
        buf_puts(&w->out, i ? ", " : " ");
        print_expr(w, p->u.join.left_keys[i], 0);
        buf_puts(&w->out, " == ");
        print_expr(w, p->u.join.right_keys[i], 0);
    }
    buf_putc(&w->out, ' ');
    print_schema(w, &p->schema);
}

static void print_union(Printer *w, const Plan *p) {
    buf_puts(&w->out, "union ");
    print_schema(w, &p->schema);
    for (uint32_t k = 0; k < p->n_inputs; k++) {
        buf_puts(&w->out, k ? "," : " from ");
        for (uint32_t i = 0; i < p->schema.n; i++)
            buf_printf(&w->out, "%s#%u", i ? " " : "",
                       p->u.union_.map[(size_t)k * p->schema.n + i]);
    }
}

static void print_mv_expand(Printer *w, const Plan *p) {
    buf_puts(&w->out, "mv-expand");
    for (uint32_t i = 0; i < p->u.mv_expand.n; i++) {
        buf_puts(&w->out, i ? ", " : " ");
        print_made(w, &p->u.mv_expand.outputs[i]);
        buf_puts(&w->out, " = ");
        print_column_ref(w, p->u.mv_expand.columns[i]);
    }
    if (p->u.mv_expand.limit != INT64_MAX)
        buf_printf(&w->out, " limit %lld", (long long)p->u.mv_expand.limit);
}

static void print_sort(Printer *w, const Plan *p) {
    buf_puts(&w->out, "sort by");
    for (uint32_t i = 0; i < p->u.sort.n; i++) {
        const SortKey *key = &p->u.sort.keys[i];
        buf_puts(&w->out, i ? ", " : " ");
        print_expr(w, key->expr, 0);
        buf_printf(&w->out, " %s nulls %s", key->is_descending ? "desc" : "asc",
                   key->nulls_first ? "first" : "last");
    }
}

static void print_partition(Printer *w, const Plan *p) {
    if (p->partition) buf_printf(&w->out, " per #%u", p->partition);
}

static void print_node(Printer *w, const Plan *p) {
    switch (p->kind) {
    case PLAN_SCAN: print_scan(w, p); return;
    case PLAN_VALUES:
        buf_printf(&w->out, "values %u rows ", p->u.values.n_rows);
        print_schema(w, &p->schema);
        return;
    case PLAN_RANGE:
        buf_puts(&w->out, "range ");
        print_schema(w, &p->schema);
        buf_puts(&w->out, " from ");
        print_expr(w, p->u.range.from, 0);
        buf_puts(&w->out, " to ");
        print_expr(w, p->u.range.to, 0);
        buf_puts(&w->out, " step ");
        print_expr(w, p->u.range.step, 0);
        return;
    case PLAN_FILTER:
        buf_puts(&w->out, "filter ");
        print_expr(w, p->u.filter.predicate, 0);
        return;
    case PLAN_PROJECT:
        buf_puts(&w->out, "project");
        print_projection(w, p, p->u.project.exprs);
        return;
    case PLAN_WINDOW:
        buf_puts(&w->out, "window");
        print_partition(w, p);
        print_projection(w, p, p->u.window.exprs);
        return;
    case PLAN_AGGREGATE: print_aggregate(w, p); return;
    case PLAN_SORT: print_sort(w, p); return;
    case PLAN_TAKE:
    case PLAN_SAMPLE:
        buf_puts(&w->out, p->kind == PLAN_TAKE ? "take " : "sample ");
        print_expr(w, p->u.take.count, 0);
        print_partition(w, p);
        return;
    case PLAN_JOIN: print_join(w, p); return;
    case PLAN_UNION: print_union(w, p); return;
    case PLAN_MV_EXPAND: print_mv_expand(w, p); return;
    case PLAN_SERIALIZE: buf_puts(&w->out, "serialize"); return;
    case PLAN_PROCESS:
        buf_printf(&w->out, "process %s", p->u.process.process->name);
        print_partition(w, p);
        return;
    case PLAN_RESULTS: buf_printf(&w->out, "%u results", p->n_inputs); return;
    case PLAN_SHARED:
        buf_printf(&w->out, "shared %u ", p->u.shared.share_id);
        print_schema(w, &p->schema);
        return;
    }
}

typedef struct NestedPrint {
    Printer *w;
    unsigned depth;
} NestedPrint;

static void print_nested(Expr *e, void *ctx) {
    NestedPrint *n = ctx;
    if (!e->plan) return;
    for (unsigned i = 0; i < n->depth; i++) buf_puts(&n->w->out, "  ");
    buf_puts(&n->w->out, "(plan)\n");
    print_plan(n->w, e->plan, n->depth + 1);
}

static void print_plan(Printer *w, const Plan *p, unsigned depth) {
    if (depth > PLAN_MAX_DEPTH) return;
    for (unsigned i = 0; i < depth; i++) buf_puts(&w->out, "  ");
    w->node = p;
    print_node(w, p);
    buf_putc(&w->out, '\n');
    NestedPrint nested = {w, depth + 1};
    plan_visit_exprs((Plan *)(uintptr_t)p, print_nested, &nested);
    for (uint32_t i = 0; i < p->n_inputs; i++) print_plan(w, p->inputs[i], depth + 1);
}

Str plan_print(Arena *arena, const Plan *p) {
    Printer w = {.arena = arena};
    print_plan(&w, p, 0);
    Str text = arena_str(arena, buf_str(&w.out));
    buf_free(&w.out);
    return text;
}
