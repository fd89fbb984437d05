/*
 * bind_op_scan.c: scan.
 *
 * Source: "scan operator". How rows are matched is in plan/scan_process.c; here the expressions of the
 * steps are bound. `s1.x` is a column of step s1's record: names with a dot stand for them while the
 * expressions are bound. What an expression computes from the row alone becomes a column before the scan;
 * what is left reads slots.
 */
#include "plan/process.h"
#include "semantics/bind_scope.h"
#include "semantics/operators/bind_ops.h"

#define FIRST_STEP 3u /* among the operator's children */
#define MAX_STEPS 64u

/* A column that the expressions may name. */
typedef struct Visible {
    Column column;
    uint32_t record; /* 0: the row; k + 1: step k */
    uint32_t at;     /* of the input's columns, or behind them of the declared ones */
} Visible;

typedef struct Scan {
    Binder *b;
    const Node *op;
    Plan *input;
    Column *declared; /* those of `declare`, and behind them those of the input that a step sets */
    uint32_t n_declared, n_steps, n_new; /* n_new: of `declare` alone */
    uint32_t *hides; /* of a declared column: the input's column, or n of input */
    Visible *visible;
    size_t n_visible, cap_visible;
    Projection before; /* the input and what is computed from rows alone */
    ScanProcess *process;
    ColumnId *reads;
    size_t n_reads, cap_reads;
} Scan;

static const Node *step_of(const Scan *s, uint32_t k) { return s->op->kids[FIRST_STEP + k]; }

/* ------------------------------------------------------------------- declare */

static bool read_declared(Scan *s) {
    Binder *b = s->b;
    const Node *list = s->op->kids[2];
    uint32_t n = list ? list->n : 0, room = n + s->input->schema.n + 1;
    s->declared = ARENA_ARRAY(b->arena, Column, room);
    s->hides = ARENA_ARRAY(b->arena, uint32_t, room);
    s->process->defaults = ARENA_ARRAY(b->arena, Value, room);
    for (uint32_t i = 0; i < n; i++) {
        const Node *param = list->kids[i];
        Type type = param->n ? bind_type(b, param->kids[0]) : TYPE_ERROR;
        if (type == TYPE_ERROR) return false;
        Value v = value_null(type);
        if (param->n > 1 && param->kids[1]) {
            if (!bind_constant(b, param->kids[1], &v)) return false;
            v = value_convert(b->arena, &v, type);
        }
        bool is_taken = bind_column_in(&s->input->schema, param->text) != NULL;
        for (uint32_t k = 0; k < i; k++)
            is_taken = is_taken || str_eq(s->declared[k].name, param->text);
        if (is_taken) {
            bind_error(b, param, "KS171", "A column with the name '%.*s' is already declared.",
                       STR_ARG(param->text));
            return false;
        }
        s->process->defaults[i] = v;
        s->hides[i] = s->input->schema.n;
        s->declared[s->n_declared++] =
            (Column){.id = bind_fresh_column(b), .type = type, .name = param->text};
    }
    s->n_new = s->n_declared;
    return true;
}

static bool is_declared(const Scan *s, Str name) {
    for (uint32_t i = 0; i < s->n_declared; i++)
        if (str_eq(s->declared[i].name, name)) return true;
    return false;
}

/* A step may set a column of the input, too: `step.x` is then what it set, `x` still the row's. */
static void declare_hidden(Scan *s) {
    for (uint32_t k = 0; k < s->n_steps; k++) {
        const Node *step = step_of(s, k);
        for (uint32_t i = 1; i < step->n; i++) {
            Str name = step->kids[i]->kids[0]->text;
            const Column *c = bind_column_in(&s->input->schema, name);
            if (!c || is_declared(s, name)) continue;
            s->process->defaults[s->n_declared] = value_null(c->type);
            s->hides[s->n_declared] = (uint32_t)(c - s->input->schema.items);
            s->declared[s->n_declared++] =
                (Column){.id = bind_fresh_column(s->b), .type = c->type, .name = name};
        }
    }
}

/* --------------------------------------------------------------------- names */

static void add_visible(Scan *s, Str name, const Column *like, uint32_t record, uint32_t at,
                        bool is_own) {
    Visible v = {.column = *like, .record = record, .at = at};
    v.column.name = name;
    if (!is_own) v.column.id = bind_fresh_column(s->b);
    ARENA_PUSH(s->b->arena, s->visible, s->n_visible, s->cap_visible, v);
}

static void add_record(Scan *s, uint32_t record) {
    uint32_t n = s->input->schema.n;
    for (uint32_t i = 0; i < n + s->n_declared; i++) {
        bool is_hidden = i >= n && s->hides[i - n] < n;
        if (record ? i < n && is_declared(s, s->input->schema.items[i].name) : is_hidden) continue;
        const Column *c = i < n ? &s->input->schema.items[i] : &s->declared[i - n];
        Str name = c->name;
        if (record)
            name = arena_printf(s->b->arena, "%.*s.%.*s", STR_ARG(step_of(s, record - 1)->text),
                                STR_ARG(c->name));
        add_visible(s, name, c, record, i, record == 0 && i < n);
    }
}

static bool is_step(const Scan *s, const Node *n) {
    for (uint32_t k = 0; n->kind == NODE_NAME && k < s->n_steps; k++)
        if (str_eq(step_of(s, k)->text, n->text)) return true;
    return false;
}

/* The tree with `step.column` as one name. The parser bounds its depth. */
static Node *join_names(const Scan *s, const Node *n) {
    Node *copy = ARENA_NEW(s->b->arena, Node);
    *copy = *n;
    if (n->kind == NODE_PATH && is_step(s, n->kids[0])) {
        copy->kind = NODE_NAME;
        copy->text =
            arena_printf(s->b->arena, "%.*s.%.*s", STR_ARG(n->kids[0]->text), STR_ARG(n->text));
        copy->n = 0;
        return copy;
    }
    copy->kids = ARENA_ARRAY(s->b->arena, Node *, n->n + 1);
    for (uint32_t i = 0; i < n->n; i++)
        if (n->kids[i]) copy->kids[i] = join_names(s, n->kids[i]);
    return copy;
}

/* --------------------------------------------------------------- expressions */

static const Visible *visible_of(const Scan *s, ColumnId id) {
    for (size_t i = 0; i < s->n_visible; i++)
        if (s->visible[i].column.id == id) return &s->visible[i];
    return NULL;
}

typedef struct Dependence {
    const Scan *scan;
    bool reads_state;
} Dependence;

static void find_state(Expr *e, void *ctx) {
    Dependence *d = ctx;
    const Visible *v = e->kind == EXPR_COLUMN ? visible_of(d->scan, e->u.column) : NULL;
    if (v && (v->record || v->at >= d->scan->input->schema.n)) d->reads_state = true;
}

static bool reads_state(const Scan *s, Expr *e) {
    Dependence d = {.scan = s};
    expr_visit(e, find_state, &d);
    return d.reads_state;
}

/* Parts that the row alone decides become columns of the projection before. */
static Expr *hoist(Scan *s, Expr *e) {
    if (e->kind == EXPR_LITERAL || e->kind == EXPR_COLUMN) return e;
    if (!reads_state(s, e)) {
        uint32_t at = projection_add(&s->before, STR("$scan"), e);
        return expr_column(s->b, &s->before.columns[at], e->span);
    }
    Expr *copy = ARENA_NEW(s->b->arena, Expr);
    *copy = *e;
    copy->args = ARENA_ARRAY(s->b->arena, Expr *, e->n_args + 1);
    for (uint32_t i = 0; i < e->n_args; i++) copy->args[i] = hoist(s, e->args[i]);
    return copy;
}

static Expr *bind_part(Scan *s, const Node *n, Type wanted) {
    Binder *b = s->b;
    const Node *joined = join_names(s, n);
    Expr *e = wanted == TYPE_BOOL ? bind_predicate(b, joined) : bind_expr(b, joined);
    if (expr_is_error(e)) return e;
    bool is_number = (TYPE_BIT(e->type) & TS_NUMBER) && (TYPE_BIT(wanted) & TS_NUMBER);
    if (e->type != wanted && !is_number && wanted != TYPE_STRING &&
        !catalog_converts_implicitly(e->type, wanted)) {
        bind_error(b, n, "KS107", "A value of type %s expected, not %s.", type_name(wanted),
                   type_name(e->type));
        return expr_error(b, n->span);
    }
    e = hoist(s, expr_convert(b, e, wanted));
    if (expr_is_evaluable(e)) return e;
    return bind_unsupported_expr(b, n,
                                 "A function of this expression inside scan\n"
                                 "work it out before: | extend x = ... | scan ...");
}

/* Source: "scan operator": the name of a step must be unique. */
static bool has_own_name(Scan *s, uint32_t k) {
    for (uint32_t i = 0; i < k; i++) {
        if (!str_eq(step_of(s, i)->text, step_of(s, k)->text)) continue;
        bind_error(s->b, step_of(s, k), "QY313", "A step with the name '%.*s' is already declared.",
                   STR_ARG(step_of(s, k)->text));
        return false;
    }
    return true;
}

static bool bind_step(Scan *s, uint32_t k) {
    Binder *b = s->b;
    const Node *n = step_of(s, k);
    ScanStep *step = &s->process->steps[k];
    Str output = STR("all");
    bind_param_word(n, "output", &output);
    if (!has_own_name(s, k)) return false;
    step->output = str_is(output, "last")   ? SCAN_LAST
                   : str_is(output, "none") ? SCAN_NONE
                                            : SCAN_ALL;
    if (step->output == SCAN_ALL && !str_is(output, "all")) {
        bind_error(b, n, "KS140", "'%.*s' is not a kind of output.", STR_ARG(output))->hint =
            STR("all, last and none are");
        return false;
    }
    if (node_param(n, "optional")) {
        bind_unsupported(b, n, "An optional step of scan\nwrite a step for each way through");
        return false;
    }
    step->sets = ARENA_ARRAY(b->arena, Expr *, s->n_declared + 1);
    step->condition = bind_part(s, n->kids[0], TYPE_BOOL);
    if (expr_is_error(step->condition)) return false;
    for (uint32_t i = 1; i < n->n; i++) {
        const Node *set = n->kids[i];
        uint32_t at = 0;
        while (at < s->n_declared && !str_eq(s->declared[at].name, set->kids[0]->text)) at++;
        if (at == s->n_declared) {
            bind_error(b, set->kids[0], "KS142", "'%.*s' is not a declared column.",
                       STR_ARG(set->kids[0]->text))
                ->hint = STR("a step sets columns of the input and of declare (name: type)");
            return false;
        }
        step->sets[at] = bind_part(s, set->kids[1], s->declared[at].type);
        if (expr_is_error(step->sets[at])) return false;
    }
    for (uint32_t i = s->n_new; i < s->n_declared; i++)
        if (!step->sets[i])
            step->sets[i] = expr_column(b, &s->input->schema.items[s->hides[i]], n->span);
    return true;
}

/* --------------------------------------------------------------------- slots */

static void add_read(Scan *s, ColumnId id) {
    for (size_t i = 0; i < s->n_reads; i++)
        if (s->reads[i] == id) return;
    ARENA_PUSH(s->b->arena, s->reads, s->n_reads, s->cap_reads, id);
}

static void note_read(Expr *e, void *ctx) {
    Scan *s = ctx;
    if (e->kind != EXPR_COLUMN) return;
    const Visible *v = visible_of(s, e->u.column);
    if (!v) add_read(s, e->u.column);
    else if (v->at < s->input->schema.n) add_read(s, s->input->schema.items[v->at].id);
}

static uint32_t read_at(const Scan *s, ColumnId id) {
    for (uint32_t i = 0; i < s->n_reads; i++)
        if (s->reads[i] == id) return i;
    return 0;
}

static Expr *to_slot(Expr *e, void *ctx) {
    const Scan *s = ctx;
    if (e->kind != EXPR_COLUMN) return e;
    const Visible *v = visible_of(s, e->u.column);
    uint32_t n = s->input->schema.n, width = (uint32_t)s->n_reads + s->n_declared, slot;
    if (!v) slot = read_at(s, e->u.column);
    else if (v->at < n) slot = v->record * width + read_at(s, s->input->schema.items[v->at].id);
    else slot = v->record * width + (uint32_t)s->n_reads + (v->at - n);
    Expr *copy = ARENA_NEW(s->b->arena, Expr);
    *copy = *e;
    copy->u.column = slot;
    return copy;
}

static void each_expr(Scan *s, void (*fn)(Scan *s, Expr **slot)) {
    for (uint32_t k = 0; k < s->n_steps; k++) {
        fn(s, &s->process->steps[k].condition);
        for (uint32_t i = 0; i < s->n_declared; i++)
            if (s->process->steps[k].sets[i]) fn(s, &s->process->steps[k].sets[i]);
    }
}

static void note_reads(Scan *s, Expr **e) { expr_visit(*e, note_read, s); }
static void set_slots(Scan *s, Expr **e) { *e = expr_rewrite(s->b->arena, *e, to_slot, s); }

/* ---------------------------------------------------------------------- node */

static Plan *make_node(Scan *s, Plan *rows, Str match_id, ColumnId partition) {
    Binder *b = s->b;
    Plan *p = plan_node(b, PLAN_PROCESS, s->op->span, rows, NULL);
    uint32_t n = s->input->schema.n, n_adds = s->n_declared + (match_id.len ? 1 : 0);
    p->is_serialized = true;
    p->partition = partition;
    p->u.process.process = &s->process->base;
    p->u.process.reads = s->reads;
    p->u.process.n_reads = (uint32_t)s->n_reads;
    p->u.process.n_adds = n_adds;
    p->u.process.adds = ARENA_ARRAY(b->arena, Column, n_adds + 1);
    memcpy(p->u.process.adds, s->declared, s->n_declared * sizeof(Column));
    if (match_id.len)
        p->u.process.adds[s->n_declared] =
            (Column){.id = bind_fresh_column(b), .type = TYPE_LONG, .name = match_id};
    p->schema = (Schema){.items = ARENA_ARRAY(b->arena, Column, n + n_adds + 1), .n = n + n_adds};
    memcpy(p->schema.items, s->input->schema.items, n * sizeof(Column));
    memcpy(p->schema.items + n, p->u.process.adds, n_adds * sizeof(Column));
    return p;
}

/* Columns that a step set take the place of the input's. */
static Plan *show_set(Scan *s, Plan *p) {
    if (!p || s->n_new == s->n_declared) return p;
    Projection q = projection_of(s->b, p);
    for (uint32_t i = s->n_new; i < s->n_declared; i++) {
        uint32_t at = s->input->schema.n + s->n_new; /* the first of those left */
        q.exprs[s->hides[i]] = q.exprs[at];
        q.columns[s->hides[i]] = s->declared[i];
        projection_remove(&q, at);
    }
    return projection_finish(&q, p, true, s->op->span);
}

static bool bind_steps(Scan *s) {
    Binder *b = s->b;
    for (uint32_t k = 0; k <= s->n_steps; k++) add_record(s, k);
    Schema names = {.items = ARENA_ARRAY(b->arena, Column, s->n_visible + 1)};
    for (size_t i = 0; i < s->n_visible; i++) names.items[names.n++] = s->visible[i].column;
    Row former = b->row;
    b->row = (Row){.schema = &names, .is_open = s->input->is_open};
    bool is_fine = true;
    for (uint32_t k = 0; k < s->n_steps; k++) is_fine = bind_step(s, k) && is_fine;
    b->row = former;
    return is_fine;
}

/* The column of with_match_id is one more: no column of the rows or of declare. */
static bool is_free_name(Scan *s, Str name) {
    bool is_taken = bind_column_in(&s->input->schema, name) != NULL;
    for (uint32_t i = 0; i < s->n_declared; i++)
        is_taken = is_taken || str_eq(s->declared[i].name, name);
    if (is_taken)
        bind_error(s->b, s->op, "KS171", "A column with the name '%.*s' is already declared.",
                   STR_ARG(name));
    return !is_taken;
}

/* `order by` and `partition by` before the steps. */
static Plan *prepare_input(Binder *b, const Node *op, Plan *input, Str *ret_key) {
    const Node *order = op->kids[0], *partition = op->kids[1];
    *ret_key = STR_EMPTY;
    if (order->n) {
        Node *sort = ARENA_NEW(b->arena, Node);
        *sort = (Node){.kind = NODE_OP_SORT, .span = op->span, .n = order->n, .kids = order->kids};
        input = bind_op_sort(b, sort, input);
    }
    if (!input || !partition->n) return input;
    Expr **keys = ARENA_ARRAY(b->arena, Expr *, partition->n);
    for (uint32_t i = 0; i < partition->n; i++) {
        keys[i] = bind_expr(b, partition->kids[i]);
        if (expr_is_error(keys[i])) return NULL;
    }
    Expr *packed = expr_function(b, "pack_array", keys, partition->n, op->span);
    Projection p = projection_of(b, input);
    *ret_key = STR("$partition");
    projection_add(&p, *ret_key, expr_convert(b, packed, TYPE_STRING));
    return projection_finish(&p, input, true, op->span);
}

Plan *bind_op_scan(Binder *b, const Node *op, Plan *input) {
    Scan s = {.b = b, .op = op, .n_steps = op->n - FIRST_STEP};
    Str key, match_id = STR_EMPTY;
    if (node_param(op, "with_step_name"))
        return bind_unsupported(
            b, op,
            "The parameter with_step_name of scan\nset a declared column in each step, as step s1: ... => name = 's1'");
    if (s.n_steps > MAX_STEPS)
        return bind_unsupported(b, op, "A scan of more than %u steps\na scan may follow another",
                                MAX_STEPS);
    s.input = input;
    Plan *rows = prepare_input(b, op, input, &key);
    if (!rows) return NULL;
    if (!rows->is_serialized) {
        bind_error(b, op, "QY310", "scan needs rows in a defined order.")->hint =
            STR("put `sort by` or `serialize` before it");
        return NULL;
    }
    s.process = ARENA_NEW(b->arena, ScanProcess);
    s.process->base = (Process){.name = "scan", .run = scan_run};
    s.process->steps = ARENA_ARRAY(b->arena, ScanStep, s.n_steps);
    s.before = projection_of(b, rows);
    bind_param_word(op, "with_match_id", &match_id);
    if (!read_declared(&s)) return NULL;
    if (match_id.len && !is_free_name(&s, match_id)) return NULL;
    declare_hidden(&s);
    if (!bind_steps(&s)) return NULL;
    const Column *partition = key.len ? bind_column_in(&rows->schema, key) : NULL;
    rows = projection_finish(&s.before, rows, true, op->span);
    if (!rows) return NULL;
    each_expr(&s, note_reads);
    if (!s.n_reads && rows->schema.n) add_read(&s, rows->schema.items[0].id);
    each_expr(&s, set_slots);
    s.process->n_reads = (uint32_t)s.n_reads;
    s.process->n_declared = s.n_declared;
    s.process->n_steps = s.n_steps;
    s.process->has_match_id = match_id.len > 0;
    s.process->read_types = ARENA_ARRAY(b->arena, Type, s.n_reads + 1);
    for (uint32_t i = 0; i < s.n_reads; i++)
        s.process->read_types[i] = schema_find(&rows->schema, s.reads[i])->type;
    return show_set(&s, make_node(&s, rows, match_id, partition ? partition->id : 0));
}
