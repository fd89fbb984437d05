/*
 * bind_op_reduce.c: reduce.
 *
 * Source: "reduce operator", and the paper that it names (word clusters of lines): a text is cut into
 * terms; a term is kept when it stands at its place in more rows than the threshold asks for, and is a
 * wildcard otherwise. A number always is one. Texts of the same pattern are a group when there are enough
 * of them; the rest, and what has no term in common with others, is the group "others". Separators that
 * the query itself names go into a wildcard beside them, as the page's examples show.
 */
#include "semantics/bind_scope.h"
#include "semantics/bind_template.h"
#include "semantics/operators/bind_ops.h"

#define OTHERS "'others'"

/* The rows' texts are counted first, so that each is cut once. `__i` is a piece's place in its text. */
static const char patterns[] =
    "let __R = materialize(__T | extend __v = tostring(__by));\n"
    "let __V = materialize(__R | summarize __n = count() by __v);\n"
    "let __least = toscalar(__R | count) * todouble(__threshold);\n"
    "let __W = materialize(__V | extend __w = extract_all(__pieces, __v)\n"
    "  | mv-expand with_itemindex = __i __w to typeof(string)\n"
    "  | extend __break = not(__w matches regex __term));\n"
    "let __F = __W | where not(__break) and not(__w matches regex @'^[0-9]+$')\n"
    "  | summarize __n = sum(__n) by __i, __w | where __n > __least | project __i, __w, __is = true;\n"
    "let __P = __W | join kind=leftouter __F on __i, __w | extend __is = coalesce(__is, false)\n"
    "  | extend __x = iff(__break or __is, __w, '\\u0001') | sort by __v asc, __i asc\n"
    "  | summarize __p = strcat_array(make_list(__x, 1000000), ''), __common = countif(__is) by __v\n"
    "  | where __common > 0\n"
    "  | extend __p = replace_string(replace_regex(__p, __beside, '\\u0001'), '\\u0001', '*');\n"
    "let __Q = __V | join kind=inner __P on __v | summarize __n = sum(__n) by __p\n"
    "  | where __n > __least;\n"
    "let __S = materialize(__V | join kind=leftouter (__P | join kind=leftsemi __Q on __p\n"
    "    | project __v, __p) on __v | project __v, __n, Pattern = iff(isempty(__p), " OTHERS
    ", __p));\n";

static const char groups[] =
    "__S | summarize Count = sum(__n), Representative = min(__v) by Pattern\n"
    "| extend Representative = iff(Pattern == " OTHERS ", '', Representative)\n"
    "| sort by Count desc, Pattern asc";

static const char rows[] = "__R | join kind=leftouter (__S | project __v, Pattern) on __v\n"
                           "| project-away __v, __v1";

static Node *literal(Binder *b, const Node *at, Value v) {
    Node *n = ARENA_NEW(b->arena, Node);
    *n = *at;
    n->kind = NODE_LITERAL;
    n->value = v;
    n->n = n->n_params = 0;
    return n;
}

/* The named characters as the inside of a regex class. */
static void put_class(Str characters, Buf *out) {
    for (size_t i = 0; i < characters.len; i++) {
        unsigned char c = (unsigned char)characters.ptr[i];
        bool is_plain = c >= 0x80 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
        if (c < 0x20) buf_printf(out, "\\x%02x", c);
        else buf_printf(out, is_plain ? "%c" : "\\%c", c);
    }
}

static Value printed(Binder *b, const char *format, Str class) {
    return value_str(arena_printf(b->arena, format, STR_ARG(class), STR_ARG(class)));
}

static bool read_characters(Binder *b, const Node *op, TemplateArg *args) {
    const Node *given = node_param(op, "characters");
    Str text = STR_EMPTY, class = STR("^0-9A-Za-z"), others = STR("0-9A-Za-z");
    if (given && !bind_constant_string(b, given, &text)) return false;
    if (text.len) {
        Buf out = {0};
        put_class(text, &out);
        class = arena_str(b->arena, buf_str(&out));
        others = arena_printf(b->arena, "^%.*s", STR_ARG(class));
        buf_free(&out);
    }
    Str pieces = arena_printf(b->arena, "([%.*s]+|[%.*s]+)", STR_ARG(others), STR_ARG(class));
    args[0] = (TemplateArg){"__pieces", literal(b, op, value_str(pieces))};
    args[1] = (TemplateArg){"__term", literal(b, op, printed(b, "^[%.*s]", others))};
    Value beside =
        text.len ? printed(b, "[%.*s]*\\x01[\\x01%.*s]*", class) : value_str(STR("\\x01"));
    args[2] = (TemplateArg){"__beside", literal(b, op, beside)};
    return true;
}

static bool read_threshold(Binder *b, const Node *op, TemplateArg *arg) {
    const Node *given = node_param(op, "threshold");
    Value v = value_real(0.1);
    if (given && !bind_constant(b, given, &v)) return false;
    v = value_convert(b->arena, &v, TYPE_REAL);
    if (v.is_null || !(v.u.r >= 0.0 && v.u.r <= 1.0)) {
        bind_error(b, given ? given : op, "KS140", "The threshold must be between 0 and 1.");
        return false;
    }
    *arg = (TemplateArg){"__threshold", literal(b, op, v)};
    return true;
}

Plan *bind_op_reduce(Binder *b, const Node *op, Plan *input) {
    const Node *by = op->kids[0]->kind == NODE_NAMED ? op->kids[0]->kids[1] : op->kids[0];
    Str kind = STR_EMPTY;
    bool keeps_rows = bind_param_word(op, "kind", &kind);
    if (keeps_rows && !str_is(kind, "source")) {
        bind_error(b, node_param(op, "kind"), "KS140", "'%.*s' is not a kind of reduce.",
                   STR_ARG(kind))
            ->hint = STR("source is the only one");
        return NULL;
    }
    Expr *text = bind_expr(b, by);
    if (expr_is_error(text)) return NULL;
    TemplateArg args[5] = {{.name = "__by", .node = by}};
    if (!read_characters(b, op, args + 1) || !read_threshold(b, op, args + 4)) return NULL;
    Buf query = {0};
    buf_puts(&query, patterns);
    buf_puts(&query, keeps_rows ? rows : groups);
    Plan *plan = bind_template(b, op, buf_str(&query), input, args, COUNT_OF(args));
    buf_free(&query);
    return plan;
}
