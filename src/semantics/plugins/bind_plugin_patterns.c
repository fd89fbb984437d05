/*
 * bind_plugin_patterns.c: basket, autocluster, diffpatterns and diffpatterns_text.
 *
 * Source: the pages of the plugins. A pattern gives some columns a value. Here all patterns are counted,
 * where the service samples; of patterns that the same rows meet only the one with the most values stays,
 * as in the pages' examples. autocluster and diffpatterns then keep a pattern when none that is wider
 * or narrower scores higher. The rows are made ready and the result is named by templates; between
 * the two the patterns are searched for (plan/pattern_process.c).
 *
 * diffpatterns_text is diffpatterns over the first words of a text, each place a column of its own: the
 * page's patterns begin with the text and are no longer than 20 words.
 */
#include <math.h>

#include "plan/process.h"
#include "semantics/bind_template.h"
#include "semantics/plugins/bind_plugins.h"

#define MAX_COLUMNS 256u
#define MAX_CELLS ((size_t)16 << 20)
#define AUTOCLUSTER_LEAST 0.05 /* of the rows meet a pattern */
#define MAX_ARGS 24u
#define MAX_WORDS 20u /* that a pattern of a text has */

typedef struct Patterns {
    const Plugin *plugin;
    const Column *columns[MAX_COLUMNS]; /* NULL: the word of __text at that place */
    uint32_t n, max_values, min_values;
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
            bind_unsupported(b, n, "More than %zu wildcards\none for each type is enough",
                             COUNT_OF(names));
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
            bind_unsupported(b, t->plugin->call,
                             "%.*s over more than %u columns\nproject those that matter before",
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

/* ------------------------------------------------------------------ templates */

/* The rows that a process reads: a text __c for each column, what they count as (__n, and __m of set B).
 * `rows` is the part of the template that says so. */
static Plan *texts_of_rows(Binder *b, Patterns *t, const char *rows) {
    Buf text = {0};
    buf_printf(&text, "__T%s", rows);
    for (uint32_t i = 0; i < t->n; i++) {
        buf_printf(&text, " | extend __c%u = ", i);
        if (t->columns[i]) {
            buf_puts(&text, "strcat('=', tostring(");
            template_put_name(&text, t->columns[i]->name);
            buf_puts(&text, "))");
        } else {
            buf_printf(&text, "iff(%u < __words, strcat('=', tostring(__all[%u])), '')", i, i);
        }
    }
    buf_puts(&text, " | summarize __n = todouble(sum(__n)), __m = todouble(sum(__m)) by ");
    for (uint32_t i = 0; i < t->n; i++) buf_printf(&text, "%s__c%u", i ? ", " : "", i);
    buf_puts(&text, " | project __n, __m, ");
    for (uint32_t i = 0; i < t->n; i++) buf_printf(&text, "%s__c%u", i ? ", " : "", i);
    Plan *plan =
        bind_template(b, t->plugin->call, buf_str(&text), t->plugin->input, t->args, t->n_args);
    buf_free(&text);
    return plan;
}

static ColumnId column_called(const Plan *p, Str name) {
    const Column *c = bind_column_in(&p->schema, name);
    return c ? c->id : 0;
}

/* Patterns of those rows: for each column __v, the value as text behind a mark, or nothing; the rest is
 * named as in PatternProcess. */
static Plan *patterns_of(Binder *b, const Patterns *t, Plan *rows, PatternKind kind,
                         double threshold) {
    static const struct {
        const char *name;
        Type type;
    } extra[PATTERN_EXTRA_ADDS] = {{"__n", TYPE_REAL},    {"__m", TYPE_REAL},
                                   {"__all", TYPE_REAL},  {"__other", TYPE_REAL},
                                   {"__size", TYPE_LONG}, {"__score", TYPE_REAL}};
    if (!rows) return NULL;
    PatternProcess *process = ARENA_NEW(b->arena, PatternProcess);
    *process =
        (PatternProcess){.base = {.name = "patterns", .run = pattern_run, .max_cells = MAX_CELLS},
                         .kind = kind,
                         .n_columns = t->n,
                         .max_values = t->max_values,
                         .min_values = t->min_values,
                         .threshold = threshold,
                         .size_weight = t->number};
    Plan *p = plan_node(b, PLAN_PROCESS, t->plugin->op->span, rows, NULL);
    uint32_t n_adds = t->n + PATTERN_EXTRA_ADDS;
    p->is_open = false;
    p->u.process.process = &process->base;
    p->u.process.n_reads = t->n + PATTERN_EXTRA_READS;
    p->u.process.reads = ARENA_ARRAY(b->arena, ColumnId, p->u.process.n_reads);
    p->u.process.adds = ARENA_ARRAY(b->arena, Column, n_adds);
    p->u.process.n_adds = n_adds;
    for (uint32_t i = 0; i < n_adds; i++) {
        bool is_value = i < t->n;
        Str name = is_value ? arena_printf(b->arena, "__v%u", i) : str_of(extra[i - t->n].name);
        p->u.process.adds[i] = (Column){.id = bind_fresh_column(b),
                                        .type = is_value ? TYPE_STRING : extra[i - t->n].type,
                                        .name = name};
        if (is_value)
            p->u.process.reads[i] = column_called(rows, arena_printf(b->arena, "__c%u", i));
    }
    p->u.process.reads[t->n] = column_called(rows, STR("__n"));
    p->u.process.reads[t->n + 1] = column_called(rows, STR("__m"));
    p->schema = (Schema){.items = p->u.process.adds, .n = n_adds};
    return p;
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
    buf_printf(out, "__T | sort by %s desc, __size desc", first);
    for (uint32_t i = 0; i < t->n; i++) buf_printf(out, ", __v%u asc", i);
    buf_puts(out, "\n| project SegmentId = tolong(row_number(0))");
}

static void put_row_weight(const Patterns *t, Buf *out) {
    buf_puts(out, "todouble(");
    if (t->weight) template_put_name(out, t->weight->name);
    else buf_putc(out, '1');
    buf_putc(out, ')');
}

/* The plugin's table: `counts` are its columns beside the values. */
static Plan *finish(Binder *b, Patterns *t, Plan *patterns, const char *first, const char *counts) {
    Buf text = {0};
    if (!patterns) return NULL;
    put_order(t, first, &text);
    buf_puts(&text, counts);
    put_values(t, &text);
    Plan *plan = bind_template(b, t->plugin->call, buf_str(&text), patterns, t->args, t->n_args);
    buf_free(&text);
    return plan;
}

static Plan *rows_of_one_set(Binder *b, Patterns *t) {
    Buf rows = {0};
    buf_puts(&rows, " | extend __m = 0.0, __n = ");
    put_row_weight(t, &rows);
    buf_putc(&rows, '\0');
    Plan *plan = texts_of_rows(b, t, rows.ptr);
    buf_free(&rows);
    return plan;
}

#define COUNTS ", Count = tolong(__n), Percent = 100.0 * __n / __all"

/* ------------------------------------------------------------------- plugins */

Plan *plugin_basket(Binder *b, const Plugin *p) {
    Patterns t = {.plugin = p};
    if (!read_number(b, given(p, 0), 0.015, 0.05, &t.number) || !read_weight(b, 1, &t) ||
        !read_max(b, given(p, 2), 5, &t) || !read_wildcards(b, 3, &t) || !read_columns(b, &t))
        return NULL;
    Plan *patterns = patterns_of(b, &t, rows_of_one_set(b, &t), PATTERN_BASKET, t.number);
    return finish(b, &t, patterns, "__n", COUNTS);
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
    Plan *patterns = patterns_of(b, &t, rows_of_one_set(b, &t), PATTERN_CLUSTER, AUTOCLUSTER_LEAST);
    return finish(b, &t, patterns, "__score", COUNTS);
}

static Plan *rows_of_two_sets(Binder *b, Patterns *t) {
    Buf rows = {0};
    buf_puts(&rows, " | extend __s = tostring(");
    template_put_name(&rows, t->split->name);
    buf_puts(&rows, ") | where __s in (__a, __b) | extend __x = ");
    put_row_weight(t, &rows);
    buf_puts(&rows, " | extend __n = iff(__s == __a, __x, 0.0), __m = iff(__s == __b, __x, 0.0)");
    buf_putc(&rows, '\0');
    Plan *plan = texts_of_rows(b, t, rows.ptr);
    buf_free(&rows);
    return plan;
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
    Plan *patterns = patterns_of(b, &t, rows_of_two_sets(b, &t), PATTERN_DIFFERENCE, t.number);
    return finish(b, &t, patterns, "__score",
                  ", CountA = tolong(__n), CountB = tolong(__m), PercentA = 100.0 * __n / __all,"
                  " PercentB = 100.0 * __m / __other, PercentDiffAB = 100.0 * __score");
}

/* --------------------------------------------------------- diffpatterns_text */

static bool read_count(Binder *b, const Node *n, int64_t most, int64_t otherwise, int64_t *ret) {
    *ret = otherwise;
    if (!n) return true;
    if (!bind_constant_long(b, n, ret)) return false;
    if (*ret >= 0 && *ret <= most) return true;
    bind_error(b, n, "KS140", "A number between 0 and %lld expected.", (long long)most);
    return false;
}

static bool read_text_and_condition(Binder *b, const Plugin *p) {
    static const struct {
        Type type;
        const char *said;
    } wanted[2] = {{TYPE_STRING, "A text column"}, {TYPE_BOOL, "A condition"}};
    for (uint32_t i = 0; i < 2; i++) {
        Expr *e = bind_expr(b, p->call->kids[i]);
        if (expr_is_error(e)) return false;
        if (e->type == wanted[i].type) continue;
        bind_error(b, p->call->kids[i], "KS107", "%s expected, not a value of type %s.",
                   wanted[i].said, type_name(e->type));
        return false;
    }
    return true;
}

/* Words and stars up to the last word. */
static Plan *finish_text(Binder *b, const Patterns *t, Plan *patterns) {
    Buf text = {0};
    if (!patterns) return NULL;
    buf_puts(&text, "__T | sort by __n / __all - __m / __other desc, __size desc");
    for (uint32_t i = 0; i < t->n; i++) buf_printf(&text, ", __v%u asc", i);
    buf_puts(&text, "\n| project Count_of_True = tolong(__n), Count_of_False = tolong(__m),"
                    " Percent_of_True = round(100.0 * __n / __all, 2),"
                    " Percent_of_False = round(100.0 * __m / __other, 2),"
                    " Pattern = replace_string(trim_end('( \\u0001)+', strcat_delim(' '");
    for (uint32_t i = 0; i < t->n; i++)
        buf_printf(&text, ", iff(__v%u == '', '\\u0001', substring(__v%u, 1))", i, i);
    buf_puts(&text, t->n == 1 ? ", '\\u0001')), '\\u0001', '*')" : ")), '\\u0001', '*')");
    Plan *plan = bind_template(b, t->plugin->call, buf_str(&text), patterns, NULL, 0);
    buf_free(&text);
    return plan;
}

Plan *plugin_diffpatterns_text(Binder *b, const Plugin *p) {
    static const char rows[] =
        " | extend __all = extract_all('(\\\\S+)', __text)"
        " | extend __words = coalesce(array_length(__all), 0), __is = coalesce(__condition, false)"
        " | extend __n = iff(__is, 1.0, 0.0), __m = iff(__is, 0.0, 1.0)";
    Patterns t = {.plugin = p, .max_values = MAX_WORDS};
    int64_t least, most;
    if (p->call->n < 2) {
        bind_error(b, p->call, "KS119", "The plugin diffpatterns_text needs 2 arguments or more.");
        return NULL;
    }
    if (!read_text_and_condition(b, p) || !read_count(b, given(p, 2), 200, 1, &least) ||
        !read_number(b, given(p, 3), 0.015, 0.05, &t.number) ||
        !read_count(b, given(p, 4), MAX_WORDS, MAX_WORDS, &most))
        return NULL;
    t.n = most ? (uint32_t)most : 1;
    t.min_values = most ? (uint32_t)least : 2; /* no word at all: no pattern */
    t.args[t.n_args++] = (TemplateArg){"__text", p->call->kids[0]};
    t.args[t.n_args++] = (TemplateArg){"__condition", p->call->kids[1]};
    Plan *patterns = patterns_of(b, &t, texts_of_rows(b, &t, rows), PATTERN_DIFFERENCE, t.number);
    return finish_text(b, &t, patterns);
}
