/*
 * bind_op_source.c: range and getschema, whose rows come from no table.
 *
 * Source: "range operator", "getschema operator".
 */
#include "semantics/operators/bind_ops.h"

/* ------------------------------------------------------------------- range */

static const TypeSet RANGED = TS_INT | TS_LONG | TS_REAL | TS_DECIMAL | TS_DATETIME | TS_TIMESPAN;

static Type wider(Type a, Type b) {
    if (a == b) return a;
    if (a == TYPE_DECIMAL || b == TYPE_DECIMAL) return TYPE_DECIMAL;
    if (a == TYPE_REAL || b == TYPE_REAL) return TYPE_REAL;
    return TYPE_LONG;
}

static bool is_number(Type t) {
    return t == TYPE_INT || t == TYPE_LONG || t == TYPE_REAL || t == TYPE_DECIMAL;
}

/* The type of from + n * step; ERROR when the three do not go together. */
static Type range_type(Type from, Type to, Type step) {
    if (is_number(from) && is_number(to) && is_number(step)) return wider(wider(from, to), step);
    if (from == to && step == TYPE_TIMESPAN && (from == TYPE_DATETIME || from == TYPE_TIMESPAN))
        return from;
    return TYPE_ERROR;
}

static bool is_zero(const Expr *e) {
    if (e->kind != EXPR_LITERAL || e->u.literal.is_null) return false;
    if (e->type == TYPE_REAL) return e->u.literal.u.r == 0;
    if (e->type == TYPE_INT) return e->u.literal.u.i == 0;
    if (e->type == TYPE_DECIMAL) return decimal_sign(e->u.literal.u.d) == 0;
    return e->u.literal.u.l == 0;
}

Plan *bind_op_range(Binder *b, const Node *op, Plan *input) {
    (void)input;
    Expr *bounds[3];
    for (int i = 0; i < 3; i++) {
        bounds[i] = bind_expr_in(b, op->kids[i], RANGED, "A number, datetime or timespan");
        if (expr_is_error(bounds[i])) return NULL;
    }
    Type type = range_type(bounds[0]->type, bounds[1]->type, bounds[2]->type);
    if (type == TYPE_ERROR) {
        bind_error(b, op, "KS106", "A range cannot go from %s to %s in steps of %s.",
                   type_name(bounds[0]->type), type_name(bounds[1]->type),
                   type_name(bounds[2]->type));
        return NULL;
    }
    if (is_zero(bounds[2])) {
        bind_error(b, op->kids[2], "KS187", "The step of a range must not be 0.");
        return NULL;
    }
    Plan *p = plan_node(b, PLAN_RANGE, op->span, NULL, NULL);
    p->schema.items = ARENA_ARRAY(b->arena, Column, 1);
    p->schema.items[0] = (Column){.id = bind_fresh_column(b), .type = type, .name = op->text};
    p->schema.n = 1;
    p->u.range.from = expr_convert(b, bounds[0], type);
    p->u.range.to = expr_convert(b, bounds[1], type);
    p->u.range.step = expr_convert(b, bounds[2], is_number(type) ? type : TYPE_TIMESPAN);
    return p;
}

/* --------------------------------------------------------------- getschema */

/* The name of a type in .NET, which the column DataType shows. */
static const char *system_name(Type t) {
    static const char *const names[TYPE_COUNT] = {[TYPE_BOOL] = "System.SByte",
                                                  [TYPE_INT] = "System.Int32",
                                                  [TYPE_LONG] = "System.Int64",
                                                  [TYPE_REAL] = "System.Double",
                                                  [TYPE_DECIMAL] =
                                                      "System.Data.SqlTypes.SqlDecimal",
                                                  [TYPE_STRING] = "System.String",
                                                  [TYPE_DATETIME] = "System.DateTime",
                                                  [TYPE_TIMESPAN] = "System.TimeSpan",
                                                  [TYPE_GUID] = "System.Guid",
                                                  [TYPE_DYNAMIC] = "System.Object"};
    return names[t] ? names[t] : "System.Object";
}

static Schema columns_of(Binder *b, const Column *columns, uint32_t n) {
    Schema s = {.items = ARENA_ARRAY(b->arena, Column, n), .n = n};
    for (uint32_t i = 0; i < n; i++) {
        s.items[i] = columns[i];
        s.items[i].id = bind_fresh_column(b);
    }
    return s;
}

/* `getschema kind=csl`: one cell, as the schema stands in a table's declaration. */
static Plan *schema_as_text(Binder *b, const Node *op, const Schema *in) {
    static const Column columns[] = {{.type = TYPE_STRING, .name = {"Schema", 6}}};
    Buf text = {0};
    for (uint32_t i = 0; i < in->n; i++)
        buf_printf(&text, "%s%.*s:%s", i ? "," : "", STR_ARG(in->items[i].name),
                   type_name(in->items[i].type));
    Plan *p = plan_empty(b, columns_of(b, columns, COUNT_OF(columns)), op->span);
    p->u.values.n_rows = 1;
    p->u.values.cells = ARENA_ARRAY(b->arena, Value, 1);
    p->u.values.cells[0] = value_text(TYPE_STRING, arena_str(b->arena, buf_str(&text)));
    buf_free(&text);
    return p;
}

Plan *bind_op_getschema(Binder *b, const Node *op, Plan *input) {
    static const Column columns[] = {{.type = TYPE_STRING, .name = {"ColumnName", 10}},
                                     {.type = TYPE_LONG, .name = {"ColumnOrdinal", 13}},
                                     {.type = TYPE_STRING, .name = {"DataType", 8}},
                                     {.type = TYPE_STRING, .name = {"ColumnType", 10}}};
    const Schema *in = &input->schema;
    Str kind = STR_EMPTY;
    if (bind_param_word(op, "kind", &kind) && str_is(kind, "csl")) return schema_as_text(b, op, in);
    Plan *p = plan_empty(b, columns_of(b, columns, COUNT_OF(columns)), op->span);
    p->u.values.n_rows = in->n;
    p->u.values.cells = ARENA_ARRAY(b->arena, Value, (size_t)in->n * 4);
    for (uint32_t i = 0; i < in->n; i++) {
        Value *row = &p->u.values.cells[(size_t)i * 4];
        Type type = in->items[i].type;
        row[0] = value_text(TYPE_STRING, in->items[i].name);
        row[1] = value_long(i);
        row[2] = value_text(TYPE_STRING, str_of(system_name(type)));
        row[3] = value_text(TYPE_STRING, str_of(type_name(type)));
    }
    return p;
}
