/*
 * lower_process.c: a process: rows gathered into a list, group by group, and what comes out unnested.
 *
 * The list's rows are structs of what the process reads, then of what the result takes from the rows:
 *   SELECT rows[r.i + 1].f3 AS c7, r.a0 AS c9, ...
 *   FROM (SELECT rows, UNNEST(process(0, rows)) AS r FROM (SELECT list({f0: c1, ...} ORDER BY ...) ...))
 */
#include <inttypes.h>

#include "engine/duckdb/lower.h"

typedef struct Fields {
    const Column **items;
    uint32_t n;
} Fields;

static uint32_t field_of(const Fields *f, ColumnId id, uint32_t from) {
    for (uint32_t i = from; i < f->n; i++)
        if (f->items[i]->id == id) return i;
    return UINT32_MAX;
}

static Fields gather_fields(Lowering *l, const Plan *p) {
    const Schema *in = &p->inputs[0]->schema;
    Fields f = {.items =
                    ARENA_ARRAY(l->arena, const Column *, p->u.process.n_reads + p->schema.n + 1)};
    for (uint32_t i = 0; i < p->u.process.n_reads; i++)
        f.items[f.n++] = schema_find(in, p->u.process.reads[i]);
    for (uint32_t i = 0; i < p->schema.n; i++) {
        const Column *c = schema_find(in, p->schema.items[i].id);
        if (c && field_of(&f, c->id, 0) == UINT32_MAX) f.items[f.n++] = c;
    }
    return f;
}

static Status function_name(Lowering *l, const Plan *p, const Fields *f, Str *ret) {
    Type *reads = ARENA_ARRAY(l->arena, Type, f->n + 1);
    Type *adds = ARENA_ARRAY(l->arena, Type, p->u.process.n_adds + 1);
    for (uint32_t i = 0; i < f->n; i++) reads[i] = f->items[i]->type;
    for (uint32_t i = 0; i < p->u.process.n_adds; i++) adds[i] = p->u.process.adds[i].type;
    return process_function_name(l->engine, reads, f->n, adds, p->u.process.n_adds, ret);
}

static void put_columns(const Plan *p, const Fields *f, Buf *body) {
    for (uint32_t i = 0; i < p->schema.n; i++) {
        ColumnId id = p->schema.items[i].id;
        uint32_t at = field_of(f, id, 0);
        if (at != UINT32_MAX) buf_printf(body, "x.f%" PRIu32 " AS ", at);
        for (uint32_t k = 0; at == UINT32_MAX && k < p->u.process.n_adds; k++)
            if (p->u.process.adds[k].id == id) buf_printf(body, "r.a%" PRIu32 " AS ", k);
        sql_column(body, id);
        buf_puts(body, ", ");
    }
}

static void put_list(const Plan *p, const Fields *f, const Rel *in, Buf *body) {
    buf_puts(body, "SELECT ");
    if (p->partition) {
        sql_column(body, p->partition);
        buf_puts(body, " AS g, ");
    }
    buf_puts(body, "list({");
    for (uint32_t i = 0; i < f->n; i++) {
        buf_printf(body, "%sf%" PRIu32 ": ", i ? ", " : "", i);
        sql_column(body, f->items[i]->id);
    }
    buf_puts(body, "}");
    lower_order_by(body, in);
    buf_puts(body, ") AS rows FROM ");
    buf_put(body, in->name);
    if (p->partition) buf_puts(body, " GROUP BY 1");
}

Status lower_process(Lowering *l, const Plan *p, Rel *ret) {
    Rel in;
    Str name;
    TRY(lower_node(l, p->inputs[0], &in));
    Fields f = gather_fields(l, p);
    if (!f.n) return lower_broken(l, p->span, "a process that reads nothing");
    if (function_name(l, p, &f, &name) != OK)
        return lower_broken(l, p->span, "a function could not be registered");
    Str group = p->partition ? lower_hidden(l) : STR_EMPTY, ordinal = lower_hidden(l);
    Buf body = {0};
    buf_puts(&body, "SELECT ");
    put_columns(p, &f, &body);
    if (group.len) buf_printf(&body, "g AS %.*s, ", STR_ARG(group));
    buf_printf(&body,
               "n AS %.*s\n  FROM (SELECT *, rows[r.i + 1] AS x FROM (SELECT *, UNNEST(out) AS r, "
               "UNNEST(range(len(out))) AS n\n    FROM (SELECT *, ",
               STR_ARG(ordinal));
    sql_ident(&body, name);
    buf_printf(&body, "(%zu, rows) AS out FROM (", l->n_processes);
    put_list(p, &f, &in, &body);
    buf_puts(&body, "))))");
    ARENA_PUSH(l->arena, l->processes, l->n_processes, l->cap_processes, p);
    *ret = lower_cte(l, "process", &body, false);
    ret->order = ARENA_ARRAY(l->arena, OrderKey, 2);
    if (group.len) ret->order[ret->n_order++] = (OrderKey){.column = group};
    ret->order[ret->n_order++] = (OrderKey){.column = ordinal};
    ret->is_total = !group.len;
    buf_free(&body);
    return OK;
}
