/*
 * bind_op_parse.c: parse, parse-where and parse-kv.
 *
 * Source: the operators' pages. A row is parsed once, into an array of its parts; the columns are
 * taken from that: see kernels/parse_pattern.h for both steps and the JSON that tells the kernels
 * what to look for.
 */
#include "base/json.h"
#include "semantics/operators/bind_ops.h"

typedef struct Parsed {
    Str name;
    Type type;
} Parsed;

typedef struct ParsedList {
    Parsed *items;
    size_t n, cap;
} ParsedList;

/* Adds the column that a row is parsed into; it stands last. NULL when something was reported. */
static Plan *parse_rows(Binder *b, const Node *op, Plan *input, const char *fn, Str spec) {
    const Node *source = op->kids[0];
    Expr *e = expr_convert(b, bind_expr(b, source), TYPE_STRING);
    Expr *args[2] = {e, expr_of_value(b, value_text(TYPE_DYNAMIC, spec), op->span)};
    if (expr_is_error(e)) return NULL;
    Projection p = projection_of(b, input);
    projection_add(&p, STR("$parsed"),
                   expr_call_typed(b, catalog_scalar(str_of(fn)), args, 2, TYPE_DYNAMIC, op->span));
    return projection_finish(&p, input, true, op->span);
}

/* Element i of the parsed column as the type of its column. */
static Expr *element(Binder *b, const Column *parsed, size_t i, Type type, Span span) {
    Expr *args[2] = {expr_column(b, parsed, span), expr_of_value(b, value_long((int64_t)i), span)};
    Expr *e = expr_call_typed(b, catalog_operator(STR("[]")), args, 2, TYPE_DYNAMIC, span);
    return type == TYPE_DYNAMIC ? e : expr_convert(b, e, type);
}

/* The columns take the place of the parsed one; a column of that name is replaced, as extend does. */
static Plan *spread(Binder *b, const Node *op, Plan *rows, const ParsedList *columns) {
    uint32_t last = rows->schema.n - 1;
    const Column parsed = rows->schema.items[last];
    Projection p = projection_of(b, rows);
    projection_remove(&p, last);
    for (size_t i = 0; i < columns->n; i++)
        projection_set(&p, columns->items[i].name,
                       element(b, &parsed, i, columns->items[i].type, op->span));
    return projection_finish(&p, rows, true, op->span);
}

static bool add_column(Binder *b, const Node *n, Str name, Type type, ParsedList *list) {
    if (type == TYPE_ERROR) return false;
    for (size_t i = 0; i < list->n; i++) {
        if (!str_eq(list->items[i].name, name)) continue;
        bind_error(b, n, "KS171", "A column with the name '%.*s' is already declared.",
                   STR_ARG(name));
        return false;
    }
    Parsed column = {name, type};
    ARENA_PUSH(b->arena, list->items, list->n, list->cap, column);
    return true;
}

/* ------------------------------------------------------ parse, parse-where */

static bool is_column(const Node *part) {
    return part->kind == NODE_NAME || part->kind == NODE_COLUMN_DECL;
}

/* What may stand next to what; `before` is NULL for the first part. */
static bool check_order(Binder *b, const Node *before, const Node *part, Type type_before) {
    if (!before || before->kind == NODE_LITERAL) return true;
    if (part->kind == NODE_STAR && is_column(before) && type_before == TYPE_STRING) {
        bind_error(b, part, "KS183",
                   "'*' cannot follow a column of type string: where the column ends is open.")
            ->hint = STR("put a text between them");
        return false;
    }
    if (before->kind == NODE_STAR && part->kind != NODE_LITERAL) {
        bind_error(b, before, "KS184", "A text must follow '*' in a pattern.");
        return false;
    }
    if (is_column(part) && is_column(before)) {
        bind_error(b, part, "KS185", "A text must stand between two columns of a pattern.");
        return false;
    }
    return true;
}

static Type column_type(Binder *b, const Node *part) {
    return part->kind == NODE_COLUMN_DECL && part->n ? bind_type(b, part->kids[0]) : TYPE_STRING;
}

/* One part of the pattern as JSON. Its type comes back in *ret_type, STRING when it is no column. */
static bool put_part(Binder *b, const Node *part, ParsedList *columns, Buf *out, Type *ret_type) {
    *ret_type = TYPE_STRING;
    if (part->kind == NODE_STAR) {
        buf_puts(out, "null");
        return true;
    }
    if (part->kind == NODE_LITERAL) {
        json_put_string(out, part->value.u.s);
        return true;
    }
    if (!is_column(part)) return false;
    *ret_type = column_type(b, part);
    if (!add_column(b, part, part->text, *ret_type, columns)) return false;
    buf_printf(out, "[\"%s\"]", type_name(*ret_type));
    return true;
}

static bool put_parts(Binder *b, const Node *op, ParsedList *columns, Buf *out) {
    Type type_before = TYPE_STRING;
    bool ok = true;
    buf_puts(out, "\"parts\":[");
    for (uint32_t i = 1; i < op->n && ok; i++) {
        const Node *before = i > 1 ? op->kids[i - 1] : NULL;
        Type type;
        if (before) buf_putc(out, ',');
        ok = check_order(b, before, op->kids[i], type_before) &&
             put_part(b, op->kids[i], columns, out, &type);
        type_before = ok ? type : TYPE_STRING;
    }
    buf_puts(out, "]");
    return ok;
}

/* `kind` and `flags` as they go into the specification. */
static bool put_kind(Binder *b, const Node *op, Buf *out) {
    Str kind = STR("simple"), flags = STR_EMPTY;
    bind_param_word(op, "kind", &kind);
    bool has_flags = bind_param_word(op, "flags", &flags);
    if (!str_is(kind, "simple") && !str_is(kind, "regex") && !str_is(kind, "relaxed")) {
        bind_error(b, node_param(op, "kind"), "KS140", "'%.*s' is not a kind of parse.",
                   STR_ARG(kind))
            ->hint = STR("the kinds are simple, regex and relaxed");
        return false;
    }
    if (has_flags && !str_is(kind, "regex")) {
        bind_error(b, op, "KS140", "Flags go with kind=regex alone.");
        return false;
    }
    buf_puts(out, "\"kind\":");
    json_put_string(out, kind);
    buf_puts(out, ",\"flags\":");
    json_put_string(out, flags);
    buf_putc(out, ',');
    return true;
}

static Plan *filter_parsed(Binder *b, const Node *op, Plan *rows) {
    Expr *parsed = expr_column(b, &rows->schema.items[rows->schema.n - 1], op->span);
    return plan_where(b, rows, expr_function(b, "isnotnull", &parsed, 1, op->span), op->span);
}

Plan *bind_op_parse(Binder *b, const Node *op, Plan *input) {
    ParsedList columns = {0};
    Buf spec = {0};
    buf_putc(&spec, '{');
    bool ok = put_kind(b, op, &spec) && put_parts(b, op, &columns, &spec);
    buf_putc(&spec, '}');
    if (ok && columns.n == 0) {
        bind_error(b, op, "KS186", "The pattern names no column.");
        ok = false;
    }
    Plan *rows =
        ok ? parse_rows(b, op, input, "__parse", arena_str(b->arena, buf_str(&spec))) : NULL;
    buf_free(&spec);
    if (rows && str_is(op->text, "parse-where")) rows = filter_parsed(b, op, rows);
    return rows ? spread(b, op, rows, &columns) : NULL;
}

/* ---------------------------------------------------------------- parse-kv */

static bool put_keys(Binder *b, const Node *keys, ParsedList *columns, Buf *out) {
    Schema schema;
    if (!bind_schema(b, keys, &schema)) return false;
    buf_puts(out, "\"keys\":[");
    for (uint32_t i = 0; i < schema.n; i++) {
        const Column *c = &schema.items[i];
        if (!add_column(b, keys, c->name, c->type, columns)) return false;
        buf_puts(out, i ? ",[" : "[");
        json_put_string(out, c->name);
        buf_printf(out, ",\"%s\"]", type_name(c->type));
    }
    buf_putc(out, ']');
    return true;
}

/* All values of a repeatable option, in order. */
static bool put_texts(Binder *b, const Node *op, const char *option, const char *key, Buf *out) {
    bool is_first = true;
    for (uint32_t i = 0; i < op->n_params; i++) {
        const Node *param = op->params[i];
        Str text;
        if (!str_is(param->text, option)) continue;
        if (!param->n || !bind_constant_string(b, param->kids[0], &text)) return false;
        if (is_first) buf_printf(out, ",\"%s\":[", key);
        else buf_putc(out, ',');
        is_first = false;
        json_put_string(out, text);
    }
    if (!is_first) buf_putc(out, ']');
    return true;
}

static bool put_text(Binder *b, const Node *op, const char *option, const char *key, Buf *out) {
    const Node *value = node_param(op, option);
    Str text;
    if (!value) return true;
    if (!bind_constant_string(b, value, &text)) return false;
    buf_printf(out, ",\"%s\":", key);
    json_put_string(out, text);
    return true;
}

static bool check_kv_options(Binder *b, const Node *op) {
    static const char *const known[] = {"pair_delimiter", "kv_delimiter", "quote",
                                        "escape",         "greedy",       "regex"};
    for (uint32_t i = 0; i < op->n_params; i++) {
        bool is_known = false;
        for (size_t k = 0; k < COUNT_OF(known); k++)
            is_known = is_known || str_is(op->params[i]->text, known[k]);
        if (is_known) continue;
        bind_error(b, op->params[i], "KS135", "'%.*s' is not an option of parse-kv.",
                   STR_ARG(op->params[i]->text));
        return false;
    }
    bool is_regex = node_param(op, "regex") != NULL;
    bool has_pair = node_param(op, "pair_delimiter") != NULL;
    if ((is_regex && op->n_params > 1) || has_pair != (node_param(op, "kv_delimiter") != NULL)) {
        bind_error(b, op, "KS140", "%s",
                   is_regex ? "The option regex stands alone."
                            : "The options pair_delimiter and kv_delimiter go together.");
        return false;
    }
    return true;
}

Plan *bind_op_parse_kv(Binder *b, const Node *op, Plan *input) {
    ParsedList columns = {0};
    Buf spec = {0};
    buf_putc(&spec, '{');
    bool ok =
        check_kv_options(b, op) && put_keys(b, op->kids[1], &columns, &spec) &&
        put_text(b, op, "pair_delimiter", "pair", &spec) &&
        put_text(b, op, "kv_delimiter", "kv", &spec) && put_texts(b, op, "quote", "quote", &spec) &&
        put_texts(b, op, "escape", "escape", &spec) && put_text(b, op, "regex", "regex", &spec);
    if (bind_param_bool(op, "greedy", false)) buf_puts(&spec, ",\"greedy\":true");
    buf_putc(&spec, '}');
    Plan *rows =
        ok ? parse_rows(b, op, input, "__parse_kv", arena_str(b->arena, buf_str(&spec))) : NULL;
    buf_free(&spec);
    return rows ? spread(b, op, rows, &columns) : NULL;
}
