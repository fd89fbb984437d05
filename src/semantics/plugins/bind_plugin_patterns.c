/*
 * bind_plugin_patterns.c: basket, autocluster and diffpatterns.
 *
 * Source: the pages of the plugins. A pattern gives some columns a value. Here all patterns are counted,
 * where the service samples; of patterns that the same rows meet only the one with the most values stays,
 * as in the pages' examples. autocluster and diffpatterns then keep a pattern when none that is wider
 * or narrower scores higher.
 */
#include <math.h>

#include "semantics/bind_template.h"
#include "semantics/plugins/bind_plugins.h"

#define MAX_COLUMNS 10u
#define MAX_ARGS 24u

typedef struct Patterns {
    const Plugin *plugin;
    const Column *columns[MAX_COLUMNS];
    uint32_t n, max_values;
    const Column *weight, *split;
    double number; /* the threshold, or the weight of size */
    TemplateArg args[MAX_ARGS];
    uint32_t n_args;
    int wild[TYPE_COUNT]; /* argument + 1 */
} Patterns;

/* ----------------------------------------------------------------- arguments */

static const Node *given(const Plugin *p, uint32_t at) {
    const Node *n = plugin_argument(p, at, NULL);
    bool is_default =
        n && n->kind == NODE_LITERAL && n->value.type == TYPE_STRING && str_is(n->value.u.s, "~");
    return is_default ? NULL : n;
}

static bool read_number(Binder *b, const Node *n, double least, double otherwise, double *ret) {
    Value v = value_real(otherwise);
    if (n && !bind_constant(b, n, &v)) return false;
    v = value_convert(b->arena, &v, TYPE_REAL);
    *ret = v.is_null ? NAN : v.u.r;
    if (*ret >= least && *ret <= 1.0) return true;
    bind_error(b, n, "KS140", "A number between %g and 1 expected.", least);
    return false;
}

static bool read_weight(Binder *b, uint32_t at, Patterns *t) {
    if (!given(t->plugin, at)) return true;
    t->weight = plugin_column(b, t->plugin, at);
    if (!t->weight) return false;
    if (TYPE_BIT(t->weight->type) & TS_NUMBER) return true;
    bind_error(b, given(t->plugin, at), "KS107", "A column of numbers expected.");
    return false;
}

static bool read_wildcards(Binder *b, uint32_t from, Patterns *t) {
    static const char *const names[] = {"__w0", "__w1", "__w2", "__w3", "__w4",
                                        "__w5", "__w6", "__w7", "__w8", "__w9"};
    for (uint32_t i = from; i < t->plugin->call->n; i++) {
        const Node *n = given(t->plugin, i);
        Value v;
        if (!n) continue;
        if (!bind_constant(b, n, &v)) return false;
        if (i - from >= COUNT_OF(names)) {
            bind_unsupported(b, n, "More than %zu wildcards", COUNT_OF(names));
            return false;
        }
        t->args[t->n_args++] = (TemplateArg){names[i - from], n};
        t->wild[v.type] = (int)(i - from) + 1;
    }
    return true;
}

static bool read_columns(Binder *b, Patterns *t) {
    const Schema *s = &t->plugin->input->schema;
    for (uint32_t i = 0; i < s->n; i++) {
        const Column *c = &s->items[i];
        if ((t->weight && c->id == t->weight->id) || (t->split && c->id == t->split->id)) continue;
        if (c->type == TYPE_DYNAMIC) {
            bind_error(b, t->plugin->call, "KS166",
                       "The dynamic column '%.*s' cannot be part of a pattern.", STR_ARG(c->name));
            return false;
        }
        if (t->n == MAX_COLUMNS) {
            bind_unsupported(b, t->plugin->call, "%.*s over more than %u columns",
                             STR_ARG(t->plugin->call->text), MAX_COLUMNS);
            return false;
        }
        t->columns[t->n++] = c;
    }
    if (t->n) return true;
    bind_error(b, t->plugin->call, "KS142", "The plugin needs a column to find patterns in.");
    return false;
}

static bool read_max(Binder *b, const Node *n, uint32_t otherwise, Patterns *t) {
    int64_t max = otherwise;
    if (n && !bind_constant_long(b, n, &max)) return false;
    t->max_values = max < 1 ? 1 : max > MAX_COLUMNS ? MAX_COLUMNS : (uint32_t)max;
    return true;
}

/* ------------------------------------------------------------------ template */

static void put_masks(const Patterns *t, Buf *out) {
    const char *comma = "";
    for (uint32_t m = 1; m < 1u << t->n; m++) {
        if ((uint32_t)__builtin_popcount(m) > t->max_values) continue;
        buf_printf(out, "%s%u", comma, m);
        comma = ",";
    }
}

/* Rows of __P: __n (and __m of set B), for each column __b whether it has a value and __v, the value as
 * text. `rows` is the part of the template that says what each row counts as. */
static void put_patterns(const Patterns *t, const char *rows, Buf *out) {
    buf_printf(out, "let __R = materialize(__T%s", rows);
    for (uint32_t i = 0; i < t->n; i++) {
        buf_printf(out, " | extend __c%u = strcat('=', tostring(", i);
        template_put_name(out, t->columns[i]->name);
        buf_puts(out, "))");
    }
    buf_puts(out, " | summarize __n = sum(__n), __m = sum(__m) by ");
    for (uint32_t i = 0; i < t->n; i++) buf_printf(out, "%s__c%u", i ? ", " : "", i);
    buf_puts(out, ");\nlet __all = toscalar(__R | summarize todouble(sum(__n)));\n"
                  "let __other = toscalar(__R | summarize todouble(sum(__m)));\n"
                  "let __P = materialize(__R | extend __set = dynamic([");
    put_masks(t, out);
    buf_puts(out,
             "]) | mv-expand __set to typeof(long)\n  | summarize __n = sum(__n), __m = sum(__m)");
    for (uint32_t i = 0; i < t->n; i++)
        buf_printf(out, ", __v%u = min(__c%u), __h%u = max(__c%u)", i, i, i, i);
    buf_puts(out, " by __set");
    for (uint32_t i = 0; i < t->n; i++)
        buf_printf(out, ", __k%u = iff(binary_and(__set, %u) != 0, __c%u, '')", i, 1u << i, i);
    for (uint32_t i = 0; i < t->n; i++)
        buf_printf(out, "\n  | extend __v%u = iff(__v%u == __h%u, __v%u, '')", i, i, i, i);
    buf_puts(out, "\n  | summarize __n = max(__n), __m = max(__m) by ");
    for (uint32_t i = 0; i < t->n; i++) buf_printf(out, "%s__v%u", i ? ", " : "", i);
    buf_puts(out, "\n  | extend __size = 0");
    for (uint32_t i = 0; i < t->n; i++) buf_printf(out, " + iff(__v%u == '', 0, 1)", i);
}

/* Patterns that no wider or narrower one outdoes by __score. */
static void put_best(const Patterns *t, Buf *out) {
    buf_puts(out, " | sort by __score desc, __size desc");
    for (uint32_t i = 0; i < t->n; i++) buf_printf(out, ", __v%u asc", i);
    buf_puts(out, " | extend __row = row_number(), __one = 1);\n"
                  "let __Beaten = __P | join kind=inner __P on __one | where __row1 < __row\n"
                  "  | where (true");
    for (uint32_t i = 0; i < t->n; i++)
        buf_printf(out, " and (__v%u == '' or __v%u == __v%u1)", i, i, i);
    buf_puts(out, ") or (true");
    for (uint32_t i = 0; i < t->n; i++)
        buf_printf(out, " and (__v%u1 == '' or __v%u == __v%u1)", i, i, i);
    buf_puts(out, ") | distinct __row;\n__P | join kind=leftanti __Beaten on __row");
}

static void put_values(const Patterns *t, Buf *out) {
    for (uint32_t i = 0; i < t->n; i++) {
        const Column *c = t->columns[i];
        buf_puts(out, ", ");
        template_put_name(out, c->name);
        buf_printf(out, " = iff(__v%u == '', ", i);
        if (t->wild[c->type]) buf_printf(out, "__w%d", t->wild[c->type] - 1);
        else if (c->type == TYPE_STRING) buf_puts(out, "''");
        else buf_printf(out, "%s(null)", type_name(c->type));
        buf_printf(out, ", to%s(substring(__v%u, 1)))", type_name(c->type), i);
    }
}

static void put_order(const Patterns *t, const char *first, Buf *out) {
    buf_printf(out, "\n| sort by %s desc, __size desc", first);
    for (uint32_t i = 0; i < t->n; i++) buf_printf(out, ", __v%u asc", i);
    buf_puts(out, "\n| project SegmentId = tolong(row_number(0))");
}

static void put_row_weight(const Patterns *t, Buf *out) {
    buf_puts(out, "todouble(");
    if (t->weight) template_put_name(out, t->weight->name);
    else buf_putc(out, '1');
    buf_putc(out, ')');
}

static Plan *finish(Binder *b, Patterns *t, Buf *text) {
    Plan *plan =
        bind_template(b, t->plugin->call, buf_str(text), t->plugin->input, t->args, t->n_args);
    buf_free(text);
    return plan;
}

static void put_whole(Patterns *t, Buf *text) {
    Buf rows = {0};
    buf_puts(&rows, " | extend __m = 0.0, __n = ");
    put_row_weight(t, &rows);
    buf_putc(&rows, '\0');
    put_patterns(t, buf_str(&rows).ptr, text);
    buf_free(&rows);
}

static void put_counts(const Patterns *t, Buf *text) {
    buf_puts(text, ", Count = tolong(__n), Percent = 100.0 * __n / __all");
    put_values(t, text);
}

/* ------------------------------------------------------------------- plugins */

Plan *plugin_basket(Binder *b, const Plugin *p) {
    Patterns t = {.plugin = p};
    if (!read_number(b, given(p, 0), 0.015, 0.05, &t.number) || !read_weight(b, 1, &t) ||
        !read_max(b, given(p, 2), 5, &t) || !read_wildcards(b, 3, &t) || !read_columns(b, &t))
        return NULL;
    Buf text = {0};
    put_whole(&t, &text);
    buf_printf(&text, " | where __n >= %.17g * __all);\n__P", t.number);
    put_order(&t, "__n", &text);
    put_counts(&t, &text);
    return finish(b, &t, &text);
}

/* The score is the weighted geometric mean of coverage and of the share of columns with a value. */
Plan *plugin_autocluster(Binder *b, const Plugin *p) {
    Patterns t = {.plugin = p};
    const Node *n_seeds = given(p, 2);
    Value v;
    if (!read_number(b, given(p, 0), 0.0, 0.5, &t.number) || !read_weight(b, 1, &t) ||
        (n_seeds && !bind_constant(b, n_seeds, &v)) || !read_max(b, NULL, MAX_COLUMNS, &t) ||
        !read_wildcards(b, 3, &t) || !read_columns(b, &t))
        return NULL;
    Buf text = {0};
    put_whole(&t, &text);
    buf_printf(&text,
               " | where __n >= 0.05 * __all\n"
               "  | extend __score = pow(__n / __all, %.17g) * pow(__size / %u.0, 1.0 - %.17g)",
               t.number, t.n, t.number);
    put_best(&t, &text);
    put_order(&t, "__score", &text);
    put_counts(&t, &text);
    return finish(b, &t, &text);
}

Plan *plugin_diffpatterns(Binder *b, const Plugin *p) {
    Patterns t = {.plugin = p};
    Str a, other;
    t.split = plugin_column(b, p, 0);
    if (!t.split) return NULL;
    if (p->call->n < 3) {
        bind_error(b, p->call, "KS119", "The plugin diffpatterns needs 3 arguments or more.");
        return NULL;
    }
    if (!bind_constant_string(b, p->call->kids[1], &a) ||
        !bind_constant_string(b, p->call->kids[2], &other) || !read_weight(b, 3, &t) ||
        !read_number(b, given(p, 4), 0.015, 0.05, &t.number) ||
        !read_max(b, given(p, 5), MAX_COLUMNS, &t) || !read_wildcards(b, 6, &t) ||
        !read_columns(b, &t))
        return NULL;
    t.args[t.n_args++] = (TemplateArg){"__a", p->call->kids[1]};
    t.args[t.n_args++] = (TemplateArg){"__b", p->call->kids[2]};
    Buf rows = {0}, text = {0};
    buf_puts(&rows, " | extend __s = tostring(");
    template_put_name(&rows, t.split->name);
    buf_puts(&rows, ") | where __s in (__a, __b) | extend __x = ");
    put_row_weight(&t, &rows);
    buf_puts(&rows, " | extend __n = iff(__s == __a, __x, 0.0), __m = iff(__s == __b, __x, 0.0)");
    buf_putc(&rows, '\0');
    put_patterns(&t, buf_str(&rows).ptr, &text);
    buf_free(&rows);
    buf_printf(&text,
               "\n  | extend __score = abs(__n / __all - __m / __other) | where __score >= %.17g",
               t.number);
    put_best(&t, &text);
    put_order(&t, "__score", &text);
    buf_puts(&text, ", CountA = tolong(__n), CountB = tolong(__m), PercentA = 100.0 * __n / __all,"
                    " PercentB = 100.0 * __m / __other, PercentDiffAB = 100.0 * __score");
    put_values(&t, &text);
    return finish(b, &t, &text);
}
