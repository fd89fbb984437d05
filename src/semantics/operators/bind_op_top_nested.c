/*
 * bind_op_top_nested.c: top-nested.
 *
 * Source: "top-nested operator". A template, level by level: the values of a level are summarised within
 * their parent and the first N stay; their rows go on to the next level. `with others`: the rows of a
 * parent that did not make it are one more record. Levels above it show the parent, levels from there on
 * show their `others` constant and the aggregate of those rows, or nothing where a level has no such
 * constant. Names of the template: __v1 the value, __a1 the aggregate, __k1 the path of values down to
 * here, as text in which null and "" differ.
 */
#include "semantics/bind_template.h"
#include "semantics/operators/bind_ops.h"

#define MAX_LEVELS 16u

typedef struct Level {
    const Node *count, *value, *others, *aggregate; /* count and others may be NULL */
    Str value_name, aggregate_name;
    const char *others_as; /* what makes the type of the values of it; empty: it has it */
    bool is_ascending;
} Level;

typedef struct Nested {
    Level levels[MAX_LEVELS];
    uint32_t n;
} Nested;

static const Node *unnamed(const Node *n) { return n->kind == NODE_NAMED ? n->kids[1] : n; }

static bool is_number(Type type) {
    return type == TYPE_INT || type == TYPE_LONG || type == TYPE_REAL || type == TYPE_DECIMAL;
}

/* The constant of others stands in the column of the values: a number takes their type. */
static bool read_others(Binder *b, Level *l) {
    if (!l->others) return true;
    Expr *value = bind_expr(b, l->value), *others = bind_expr(b, l->others);
    if (expr_is_error(value) || expr_is_error(others)) return false;
    if (value->type == others->type) return true;
    if (is_number(value->type) && is_number(others->type)) {
        l->others_as = arena_printf(b->arena, "to%s", type_name(value->type)).ptr;
        return true;
    }
    bind_error(b, l->others, "KS107", "A value of type %s expected, not %s.",
               type_name(value->type), type_name(others->type));
    return false;
}

static bool read_level(Binder *b, const Node *n, const Projection *names, Level *ret) {
    const Node *by = n->kids[3];
    Level l = {.count = n->kids[0], .others = n->kids[2], .others_as = ""};
    if (by->kind == NODE_ORDERED) {
        l.is_ascending = (by->flags & NODE_FLAG_ASC) != 0;
        by = by->kids[0];
    }
    l.value = unnamed(n->kids[1]);
    l.aggregate = unnamed(by);
    Str own =
        n->kids[1]->kind == NODE_NAMED ? n->kids[1]->kids[0]->text : bind_name_of(b, n->kids[1]);
    l.value_name = projection_unique_name(names, own);
    l.aggregate_name = by->kind == NODE_NAMED
                           ? by->kids[0]->text
                           : arena_printf(b->arena, "aggregated_%.*s", STR_ARG(l.value_name));
    *ret = l;
    return read_others(b, ret);
}

static bool read_levels(Binder *b, const Node *op, Nested *ret) {
    if (op->n > MAX_LEVELS) {
        bind_error(b, op, "QY901", "More than %u levels.", MAX_LEVELS);
        return false;
    }
    Projection names = projection_new(b);
    *ret = (Nested){.n = op->n};
    for (uint32_t i = 0; i < op->n; i++) {
        Level *l = &ret->levels[i];
        if (!read_level(b, op->kids[i], &names, l)) return false;
        Expr *any = expr_of_value(b, value_long(0), op->span);
        projection_add(&names, l->value_name, any);
        l->aggregate_name = projection_unique_name(&names, l->aggregate_name);
        projection_add(&names, l->aggregate_name, any);
    }
    return true;
}

static bool has_others_from(const Nested *t, uint32_t level) {
    for (uint32_t i = level; i < t->n; i++)
        if (t->levels[i].others) return true;
    return false;
}

/* -------------------------------------------------------------- the template */

/* let __R0: the rows with the values and paths of all levels. */
static void put_rows(const Nested *t, Buf *out) {
    buf_puts(out, "let __R0 = materialize(__T | extend __k0 = ''");
    for (uint32_t i = 1; i <= t->n; i++) buf_printf(out, ", __v%u = __of%u", i, i);
    for (uint32_t i = 1; i <= t->n; i++) {
        buf_printf(out, " | extend __k%u = tostring(pack_array(", i);
        for (uint32_t k = 1; k <= i; k++) buf_printf(out, "%s__v%u", k > 1 ? ", " : "", k);
        buf_puts(out, "))");
    }
    buf_puts(out, ");\n");
}

/* let __Ti: the values of level i that stay; let __Ri: their rows; let __Pi: with all levels above. */
static void put_level(const Nested *t, uint32_t i, Buf *out) {
    const Level *l = &t->levels[i - 1];
    buf_printf(out,
               "let __T%u = materialize(__R%u | summarize __a%u = __by%u by __k%u, __k%u, __v%u", i,
               i - 1, i, i, i, i - 1, i);
    if (l->count)
        buf_printf(out, " | partition hint.strategy=native by __k%u (top __n%u by __a%u %s)", i - 1,
                   i, i, l->is_ascending ? "asc" : "desc");
    buf_puts(out, ");\n");
    buf_printf(out, "let __R%u = __R%u | join kind=leftsemi __T%u on __k%u;\n", i, i - 1, i, i);
    if (i == 1) buf_puts(out, "let __P1 = __T1;\n");
    else
        buf_printf(out, "let __P%u = __T%u | join kind=inner __P%u on __k%u;\n", i, i, i - 1,
                   i - 1);
}

/* The columns of a record whose levels from `others` (from 1; 0: none) on are those of others. */
static void put_columns(const Nested *t, uint32_t others, Buf *out) {
    buf_puts(out, " | project ");
    for (uint32_t i = 1; i <= t->n; i++) {
        const Level *l = &t->levels[i - 1];
        bool is_top = !others || i < others;
        if (is_top) buf_printf(out, "__v%u, __a%u, ", i, i);
        else if (l->others)
            buf_printf(out, "__v%u = %s(__others%u), __a%u = __b%u, ", i, l->others_as, i, i, i);
        buf_printf(out, "__f%u = %u, __k%u%s", i, is_top ? 0 : 1, i, is_top ? "" : " = ''");
        if (i < t->n) buf_puts(out, ", ");
    }
}

/* The rows that level i dropped, one record for each parent. */
static void put_others(const Nested *t, uint32_t i, Buf *out) {
    buf_printf(out, ",\n(__R%u | join kind=leftanti __T%u on __k%u | summarize ", i - 1, i, i);
    bool is_first = true;
    for (uint32_t k = i; k <= t->n; k++) {
        if (!t->levels[k - 1].others) continue;
        buf_printf(out, "%s__b%u = __by%u", is_first ? "" : ", ", k, k);
        is_first = false;
    }
    buf_printf(out, " by __k%u", i - 1);
    if (i > 1) buf_printf(out, " | join kind=inner __P%u on __k%u", i - 1, i - 1);
    put_columns(t, i, out);
    buf_putc(out, ')');
}

static void put_result(const Nested *t, Buf *out) {
    buf_printf(out, "union (__P%u", t->n);
    put_columns(t, 0, out);
    buf_putc(out, ')');
    for (uint32_t i = 1; i <= t->n; i++)
        if (has_others_from(t, i - 1)) put_others(t, i, out);
    buf_puts(out, "\n| sort by ");
    for (uint32_t i = 1; i <= t->n; i++)
        buf_printf(out, "%s__f%u asc, __a%u %s, __k%u asc", i > 1 ? ", " : "", i, i,
                   t->levels[i - 1].is_ascending ? "asc" : "desc", i);
    buf_puts(out, "\n| project ");
    for (uint32_t i = 1; i <= t->n; i++) {
        template_put_name(out, t->levels[i - 1].value_name);
        buf_printf(out, " = __v%u, ", i);
        template_put_name(out, t->levels[i - 1].aggregate_name);
        buf_printf(out, " = __a%u%s", i, i < t->n ? ", " : "");
    }
}

static uint32_t gather_args(Binder *b, const Nested *t, TemplateArg *args) {
    uint32_t n = 0;
    for (uint32_t i = 1; i <= t->n; i++) {
        const Level *l = &t->levels[i - 1];
        const Node *const nodes[] = {l->value, l->aggregate, l->count, l->others};
        const char *const stems[] = {"__of", "__by", "__n", "__others"};
        for (size_t k = 0; k < COUNT_OF(nodes); k++)
            if (nodes[k])
                args[n++] =
                    (TemplateArg){arena_printf(b->arena, "%s%u", stems[k], i).ptr, nodes[k]};
    }
    return n;
}

Plan *bind_op_top_nested(Binder *b, const Node *op, Plan *input) {
    Nested t;
    TemplateArg args[4 * MAX_LEVELS];
    if (!read_levels(b, op, &t)) return NULL;
    Buf text = {0};
    put_rows(&t, &text);
    for (uint32_t i = 1; i <= t.n; i++) put_level(&t, i, &text);
    put_result(&t, &text);
    Plan *plan = bind_template(b, op, buf_str(&text), input, args, gather_args(b, &t, args));
    buf_free(&text);
    return plan;
}
