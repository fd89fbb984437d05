/*
 * bind_plugin_activity.c: plugins that count ids along a timeline.
 *
 * Source: the pages of activity_counts_metrics, activity_metrics, activity_engagement,
 * active_users_count, session_count, sliding_window_counts, rolling_percentile,
 * new_activity_metrics. Each is a template; the marks in it are
 *   {from}, {to}  from_ and to_ with the timeline column's name behind
 *   {time}   the timeline column's name       {dims}  the dimensions, each with a comma behind
 *   {key}    text that tells combinations of dimensions apart, nulls too
 *   {prior}  the start of the period before the one that starts at __w
 *   {first X}  the same where no start of the timeline is given
 *   {next X}  the start of the period after the one that starts at X, where a word is the step
 *   {bin X}  the start of X's period: bin_at, or startofweek and its kin where a word is the step
 * Counts of distinct ids are exact.
 */
#include "semantics/bind_scope.h"
#include "semantics/bind_template.h"
#include "semantics/plugins/bind_plugins.h"

#define MAX_FIXED 10u

typedef struct Activity {
    const char *names[MAX_FIXED]; /* of the arguments, as the template has them; NULL ends them */
    uint32_t time_at;             /* which argument is the timeline */
    const char *step;             /* the argument that may be 'week', 'month' or 'year', or NULL */
    const char *text;
} Activity;

/* Where start and end are left out the timeline is that of the rows. */
#define SPAN_AT 2u

static void put_dims(Binder *b, const Plugin *p, uint32_t from, Buf *out) {
    for (uint32_t i = from; i < p->call->n; i++) {
        template_put_name(out, bind_name_of(b, p->call->kids[i]));
        buf_puts(out, ", ");
    }
}

static void put_key(Binder *b, const Plugin *p, uint32_t from, Buf *out) {
    if (from >= p->call->n) {
        buf_puts(out, "'-'"); /* not empty: that is what prev() gives before the first row */
        return;
    }
    buf_puts(out, "tostring(pack_array(");
    for (uint32_t i = from; i < p->call->n; i++) {
        if (i > from) buf_puts(out, ", ");
        template_put_name(out, bind_name_of(b, p->call->kids[i]));
    }
    buf_puts(out, "))");
}

/* 'week', 'month' or 'year' as the step, also by a name; empty when it is a value. */
static Str step_word(Binder *b, const Node *step) {
    Value v = value_null(TYPE_ERROR);
    const Node *bare = step ? node_bare(step) : NULL;
    if (!bare || (bare->kind != NODE_LITERAL && bare->kind != NODE_NAME)) return STR_EMPTY;
    b->mute++;
    bool is_constant = bind_constant(b, bare, &v);
    b->mute--;
    return is_constant && v.type == TYPE_STRING ? v.u.s : STR_EMPTY;
}

static void put_bin(Str of, Str word, const char *step, Buf *out) {
    if (word.len) {
        buf_puts(out, "startof");
        buf_put(out, word);
        buf_putc(out, '(');
        buf_put(out, of);
        buf_putc(out, ')');
        return;
    }
    buf_puts(out, "bin_at(");
    buf_put(out, of);
    buf_printf(out, ", %s, __start)", step);
}

/* The period before that of __w. */
static void put_prior(Str word, const char *step, Buf *out) {
    if (word.len) buf_printf(out, "startof%.*s(__w - 1tick)", STR_ARG(word));
    else buf_printf(out, "(__w - %s)", step);
}

typedef struct Filling {
    const Plugin *plugin;
    const Activity *activity;
    Str time, word;
    uint32_t n_fixed;
} Filling;

/* The start of the period of a time, where no other start is known. */
static void put_first(Str of, const Filling *f, Buf *out) {
    if (f->word.len) put_bin(of, f->word, NULL, out);
    else buf_printf(out, "bin(%.*s, %s)", STR_ARG(of), f->activity->step);
}

static void put_mark(Binder *b, const Filling *f, Str mark, Buf *out) {
    if (str_is(mark, "time")) template_put_name(out, f->time);
    else if (str_is(mark, "from"))
        template_put_name(out, arena_printf(b->arena, "from_%.*s", STR_ARG(f->time)));
    else if (str_is(mark, "to"))
        template_put_name(out, arena_printf(b->arena, "to_%.*s", STR_ARG(f->time)));
    else if (str_is(mark, "dims")) put_dims(b, f->plugin, f->n_fixed, out);
    else if (str_is(mark, "key")) put_key(b, f->plugin, f->n_fixed, out);
    else if (str_starts_with(mark, STR("first "))) put_first(str_sub(mark, 6, mark.len), f, out);
    else if (str_starts_with(mark, STR("next ")))
        buf_printf(out, "startof%.*s(%.*s, 1)", STR_ARG(f->word),
                   STR_ARG(str_sub(mark, 5, mark.len)));
    else if (str_is(mark, "prior")) put_prior(f->word, f->activity->step, out);
    else put_bin(str_sub(mark, 4, mark.len - 4), f->word, f->activity->step, out);
}

static void put_text(Binder *b, const Filling *f, Buf *out) {
    Str text = str_of(f->activity->text);
    for (size_t i = 0; i < text.len; i++) {
        const char *end = text.ptr[i] == '{' ? memchr(text.ptr + i, '}', text.len - i) : NULL;
        if (!end) {
            buf_putc(out, text.ptr[i]);
            continue;
        }
        size_t len = (size_t)(end - (text.ptr + i)) - 1;
        put_mark(b, f, str_sub(text, i + 1, len), out);
        i += len + 1;
    }
}

static bool check_dims(Binder *b, const Plugin *p, uint32_t from) {
    for (uint32_t i = from; i < p->call->n; i++) {
        const Column *c = bind_column_name(b, p->call->kids[i]);
        if (!c) return false;
        if (c->type != TYPE_DYNAMIC) continue;
        bind_error(b, p->call->kids[i], "KS166", "A dynamic value cannot be a group key.");
        return false;
    }
    return true;
}

/* Start and end stand before `n_windows` periods. They are left out when what would stand behind these
 * is missing or a dimension. */
static bool leaves_span_out(const Plugin *p, uint32_t n_windows) {
    uint32_t at = SPAN_AT + n_windows;
    if (p->call->n < at) return false;
    const Node *next = p->call->n > at ? node_bare(p->call->kids[at]) : NULL;
    return !next || (next->kind == NODE_NAME && bind_column_in(&p->input->schema, next->text));
}

static Activity without_span(Binder *b, const Activity *a) {
    Activity own = *a;
    for (size_t i = SPAN_AT; i + 2 < MAX_FIXED; i++) own.names[i] = a->names[i + 2];
    own.text = arena_cstr(
        b->arena, arena_printf(b->arena,
                               "let __start = toscalar(__T | summarize min({first __time}));\n"
                               "let __end = toscalar(__T | summarize max(__time));\n%s",
                               a->text));
    return own;
}

static Plan *run_template(Binder *b, const Plugin *p, const Activity *a) {
    Filling f = {.plugin = p, .activity = a};
    TemplateArg args[MAX_FIXED];
    while (f.n_fixed < MAX_FIXED && a->names[f.n_fixed]) {
        if (f.n_fixed >= p->call->n) {
            bind_error(b, p->call, "KS119", "An argument of the plugin %.*s is missing.",
                       STR_ARG(p->call->text));
            return NULL;
        }
        args[f.n_fixed] = (TemplateArg){a->names[f.n_fixed], p->call->kids[f.n_fixed]};
        if (a->step && strcmp(a->step, a->names[f.n_fixed]) == 0)
            f.word = step_word(b, p->call->kids[f.n_fixed]);
        f.n_fixed++;
    }
    bool is_period =
        !f.word.len || str_is(f.word, "week") || str_is(f.word, "month") || str_is(f.word, "year");
    if (!is_period) {
        bind_error(b, p->call, "KS140", "'%.*s' is not a period.", STR_ARG(f.word))->hint =
            STR("a timespan, or one of the words week, month and year");
        return NULL;
    }
    if (!plugin_column(b, p, a->time_at) || !check_dims(b, p, f.n_fixed)) return NULL;
    f.time = bind_name_of(b, p->call->kids[a->time_at]);
    Buf text = {0};
    put_text(b, &f, &text);
    Plan *plan = bind_template(b, p->call, buf_str(&text), p->input, args, f.n_fixed);
    buf_free(&text);
    return plan;
}

/* ------------------------------------------------------------------ templates */

static const Activity counts_metrics = {
    {"__id", "__time", "__start", "__end", "__step"},
    1,
    "__step",
    "let __R = materialize(__T | where __time between (__start .. __end)\n"
    "  | project __w = {bin __time}, __i = __id, {dims}__k = {key});\n"
    "let __N = __R | summarize __w = min(__w) by __i, __k | summarize __new = count() by __w, __k;\n"
    "__R | summarize ['count'] = count(), ['dcount'] = dcount(__i) by __w, {dims}__k\n"
    "| join kind=leftouter __N on __w, __k\n"
    "| extend __new = coalesce(__new, 0)\n"
    "| sort by __k asc, __w asc\n"
    "| extend aggregated_dcount = row_cumsum(__new, __k != prev(__k))\n"
    "| sort by __w asc, __k asc\n"
    "| project {time} = __w, {dims}['count'], ['dcount'], new_dcount = __new, aggregated_dcount"};

/* New are the ids that the period before did not have. Retention: of the ids of the period before, the
 * share that is back; NaN when there were none. */
static const Activity metrics = {
    {"__id", "__time", "__start", "__end", "__step"},
    1,
    "__step",
    "let __R = materialize(__T | where __time between (__start .. __end)\n"
    "  | project __w = {bin __time}, __i = __id, {dims}__k = {key} | distinct *);\n"
    "let __P = __R | summarize __n = count() by __w, __k;\n"
    "let __B = __R | extend __before = {prior}\n"
    "  | join kind=inner (__R | project __before = __w, __k, __i) on __before, __k, __i\n"
    "  | summarize __back = count() by __w, __k;\n"
    "__R | summarize dcount_values = count() by __w, {dims}__k | extend __before = {prior}\n"
    "| join kind=leftouter (__P | project __before = __w, __k, __size = __n) on __before, __k\n"
    "| join kind=leftouter __B on __w, __k\n"
    "| extend __back = coalesce(__back, 0)\n"
    "| extend retention_rate = iff(isnull(__size), real(nan), todouble(__back) / __size)\n"
    "| sort by __w asc, __k asc\n"
    "| project {time} = __w, {dims}dcount_values, dcount_newvalues = dcount_values - __back,\n"
    "    retention_rate, churn_rate = 1.0 - retention_rate"};

static const Activity engagement = {
    {"__id", "__time", "__start", "__end", "__inner", "__outer"},
    1,
    "__inner",
    "let __R = materialize(__T | where __time > __start - __outer and __time <= __end\n"
    "  | project __w = {bin __time}, __i = __id, {dims}__k = {key} | distinct *);\n"
    "let __I = __R | where __w >= __start | summarize __n = count() by __w, {dims}__k;\n"
    "let __O = __I | project __at = __w, __k | join kind=inner __R on __k\n"
    "  | where __w > __at - __outer and __w <= __at | summarize __all = dcount(__i) by __at, __k;\n"
    "__I | join kind=inner (__O | project __w = __at, __k, __all) on __w, __k\n"
    "| sort by __w asc, __k asc\n"
    "| project {time} = __w, {dims}dcount_activities_inner = __n, dcount_activities_outer = __all,\n"
    "    activity_ratio = todouble(__n) / __all"};

/* The window before an appearance does not include its own beginning. */
static const Activity active_users = {
    {"__id", "__time", "__start", "__end", "__look", "__period", "__active", "__step"},
    1,
    "__step",
    "let __R = materialize(__T | where __time > __start - __look and __time <= __end\n"
    "  | project __t = __time, __i = __id, {dims}__k = {key} | distinct *);\n"
    "__R | where __t >= __start\n"
    "| join kind=inner (__R | project __t2 = __t, __i, __k) on __i, __k\n"
    "| where __t2 > __t - __look and __t2 <= __t\n"
    "| summarize __n = dcount(bin_at(__t2, __period, __start)) by __t, __i, {dims}__k\n"
    "| where __n >= __active\n"
    "| summarize ['dcount'] = dcount(__i) by __w = {bin __t}, {dims}__k\n"
    "| sort by __w asc, __k asc | project {time} = __w, {dims}['dcount']"};

static const Activity sliding = {
    {"__id", "__time", "__start", "__end", "__look", "__step"},
    1,
    "__step",
    "__T | where __time > __start - __look and __time <= __end\n"
    "| extend __w = bin_at(__time, __step, __start), __k = {key}\n"
    "| mv-expand __n = range(0, tolong(__look / __step) - 1, 1) to typeof(long)\n"
    "| extend __w = __w + __n * __step | where __w >= __start and __w <= __end\n"
    "| summarize Count = count(), Dcount = dcount(__id) by __w, {dims}__k\n"
    "| sort by __w asc, __k asc | project {time} = __w, {dims}Count, Dcount"};

/* Weeks, months and years: the periods that lie within the lookback from the end of a window's period
 * back, and that period itself. __p is a row's period, __w that of a window. */
static const Activity sliding_words = {
    {"__id", "__time", "__start", "__end", "__look", "__step"},
    1,
    "__step",
    "let __R = materialize(__T | where __time <= __end\n"
    "  | project __p = {bin __time}, __i = __id, {dims}__k = {key});\n"
    "let __W = union (range __x from __start to __end step 1d), (print __x = __end)\n"
    "  | where __x >= __start | project __w = {bin __x}, __one = 1 | distinct *;\n"
    "let __V = __R | project __p, __one = 1 | distinct * | join kind=inner __W on __one\n"
    "  | where __p <= __w and (__p == __w or __p >= {next __w} - __look);\n"
    "__R | join kind=inner __V on __p\n"
    "| summarize Count = count(), Dcount = dcount(__i) by __w, {dims}__k\n"
    "| sort by __w asc, __k asc | project {time} = __w, {dims}Count, Dcount"};

/* A session of an id goes on while its next appearance is not more than the window away. */
static const Activity sessions = {
    {"__id", "__time", "__start", "__end", "__step", "__look"},
    1,
    "__step",
    "__T | where __time >= __start - __look and __time <= __end\n"
    "| project __t = __time, __i = __id, {dims}__k = {key}\n"
    "| sort by __k asc, __i asc, __t asc\n"
    "| extend __new = __k != prev(__k) or __i != prev(__i) or __t - prev(__t) > __look\n"
    "| extend __s = row_cumsum(iff(__new, 1, 0)) | where __t >= __start\n"
    "| summarize count_sessions = dcount(__s) by __w = {bin __t}, {dims}__k\n"
    "| sort by __w asc, __k asc | project {time} = __w, {dims}count_sessions"};

Plan *plugin_activity_counts_metrics(Binder *b, const Plugin *p) {
    return run_template(b, p, &counts_metrics);
}

static Plan *run_with_span(Binder *b, const Plugin *p, const Activity *a, uint32_t n_windows) {
    if (!leaves_span_out(p, n_windows)) return run_template(b, p, a);
    Activity own = without_span(b, a);
    return run_template(b, p, &own);
}

Plan *plugin_activity_metrics(Binder *b, const Plugin *p) {
    return run_with_span(b, p, &metrics, 1);
}
Plan *plugin_activity_engagement(Binder *b, const Plugin *p) {
    return run_with_span(b, p, &engagement, 2);
}
Plan *plugin_active_users_count(Binder *b, const Plugin *p) {
    return run_template(b, p, &active_users);
}
Plan *plugin_session_count(Binder *b, const Plugin *p) { return run_template(b, p, &sessions); }

Plan *plugin_sliding_window_counts(Binder *b, const Plugin *p) {
    Str word = step_word(b, plugin_argument(p, 5, NULL));
    return run_template(b, p, word.len ? &sliding_words : &sliding);
}

/* Values of a bin take part in the windows of the bins behind it; a window stands at each bin there is. */
Plan *plugin_rolling_percentile(Binder *b, const Plugin *p) {
    static const char *const fixed[] = {"__value", "__percent", "__time", "__size", "__bins"};
    int64_t n_bins = 0;
    Value percent;
    const Node *bins = plugin_argument(p, 4, NULL), *asked = plugin_argument(p, 1, NULL);
    const Column *value = plugin_column(b, p, 0);
    if (!value || !plugin_column(b, p, 4 < p->call->n ? 2 : 4)) return NULL;
    if (!bind_constant_long(b, bins, &n_bins) || !bind_constant(b, asked, &percent)) return NULL;
    Buf text = {0};
    buf_puts(&text,
             "let __R = materialize(__T | extend __w = bin(__time, __size) | extend __k = {key});\n"
             "let __B = __R | distinct __w, __k;\n"
             "__R | mv-expand __n = range(0, __bins - 1, 1) to typeof(long)\n"
             "| extend __w = __w + __n * __size | join kind=inner __B on __w, __k\n"
             "| summarize __p = percentile(__value, __percent) by __w, {dims}__k\n"
             "| sort by __k asc, __w asc | project {time} = __w, {dims}");
    Str shown = value_to_text(b->arena, &percent);
    template_put_name(&text, arena_printf(b->arena, "rolling_%lld_percentile_%.*s_%.*s",
                                          (long long)n_bins, STR_ARG(value->name), STR_ARG(shown)));
    buf_puts(&text, " = __p");
    Activity a = {.time_at = 2, .text = arena_cstr(b->arena, buf_str(&text))};
    for (size_t i = 0; i < COUNT_OF(fixed); i++) a.names[i] = fixed[i];
    buf_free(&text);
    return run_template(b, p, &a);
}

/* ---------------------------------------------------------- new_activity_metrics */

/* __f is the period in which an id is seen first, __c the cohort, __w the period that it is compared to.
 * New in __w are ids that were not seen up to the cohort's period; in that period itself, its own. */
static const char cohort_ids[] =
    "let __R = materialize(__T | where __time between (__start .. __end)%s\n"
    "  | project __w = {bin __time}, __i = __id, {dims}__k = {key} | distinct *);\n"
    "let __F = materialize(__R | summarize __f = min(__w) by __i, __k);\n"
    "let __X = materialize(__R | join kind=inner __F on __i, __k | project __w, __f, __k);\n"
    "let __C = materialize(__F%s | summarize __size = count() by __c = __f, __k);\n"
    "let __W = union (range __x from __start to __end step %s), (print __x = __end)\n"
    "  | project __w = {bin __x}, __one = 1 | distinct *;\n";
static const char cohort_rows[] =
    "let __N = __X | join kind=inner __C on __k\n"
    "  | where __w >= __c and (__f > __c or (__f == __c and __w == __c))\n"
    "  | summarize __new = count() by __c, __w, __k;\n"
    "let __B = __X | summarize __back = count() by __c = __f, __w, __k;\n"
    "let __D = __R | project {dims}__k | distinct *;\n"
    "__C | extend __one = 1 | join kind=inner __W on __one | where __w >= __c\n"
    "| join kind=leftouter __N on __c, __w, __k | join kind=leftouter __B on __c, __w, __k\n"
    "| join kind=inner __D on __k\n"
    "| extend __new = coalesce(__new, 0), __back = coalesce(__back, 0)\n"
    "| sort by __k asc, __c asc, __w asc\n"
    "| project {from} = __c, {to} = __w, dcount_new_values = __new, dcount_retained_values = __back,\n"
    "    dcount_churn_values = __size - __back, retention_rate = todouble(__back) / __size,\n"
    "    churn_rate = todouble(__size - __back) / __size, {dims}__k | project-away __k";

/* The ids seen before: the column of the id's name where the table has one, else its first column. */
static const Column *earlier_ids(Binder *b, const Plugin *p, const Plan *table) {
    const Column *same =
        bind_column_in(&table->schema, bind_name_of(b, plugin_argument(p, 0, NULL)));
    return same ? same : table->schema.n ? &table->schema.items[0] : NULL;
}

static void put_cohorts(const Column *earlier, bool has_cohort, bool has_word, Buf *text) {
    Buf unseen = {0};
    if (earlier) {
        buf_puts(&unseen, " | where __id !in ((__Earlier | project ");
        template_put_name(&unseen, earlier->name);
        buf_puts(&unseen, "))");
    }
    buf_putc(&unseen, '\0');
    buf_printf(text, cohort_ids, unseen.ptr, has_cohort ? " | where __f == {bin __cohort}" : "",
               has_word ? "1d" : "__step");
    buf_puts(text, cohort_rows);
    buf_free(&unseen);
}

/* The arguments that every template has first, then the rest: [cohort,] [dimensions,] [look-back]. */
Plan *plugin_new_activity_metrics(Binder *b, const Plugin *p) {
    static const char *const fixed[] = {"__id", "__time", "__start", "__end", "__step"};
    uint32_t n = p->call->n, at = COUNT_OF(fixed), n_fixed = COUNT_OF(fixed);
    Node *call = ARENA_NEW(b->arena, Node);
    *call = *p->call;
    call->kids = ARENA_ARRAY(b->arena, Node *, n + 1);
    call->n = 0;
    while (call->n < n && call->n < at) {
        call->kids[call->n] = p->call->kids[call->n];
        call->n++;
    }
    Activity a = {.time_at = 1, .step = "__step"};
    for (uint32_t i = 0; i < at; i++) a.names[i] = fixed[i];
    bool is_column =
        at < n && bind_column_in(&p->input->schema, bind_name_of(b, p->call->kids[at]));
    bool has_back = at < n && bind_is_tabular(b, p->call->kids[n - 1]);
    bool has_cohort = at < n && !is_column && !(has_back && n - 1 == at);
    if (has_cohort) {
        a.names[n_fixed++] = "__cohort";
        call->kids[call->n++] = p->call->kids[at++];
    }
    Plan *earlier = NULL;
    if (has_back && !(earlier = bind_tabular(b, p->call->kids[--n]))) return NULL;
    while (at < n) call->kids[call->n++] = p->call->kids[at++];
    bool has_word = step_word(b, plugin_argument(p, 4, NULL)).len > 0;
    Buf text = {0};
    put_cohorts(earlier ? earlier_ids(b, p, earlier) : NULL, has_cohort, has_word, &text);
    a.text = arena_cstr(b->arena, buf_str(&text));
    buf_free(&text);
    Plugin arranged = {.op = p->op, .call = call, .schema = p->schema, .input = p->input};
    Local *locals = b->locals;
    if (earlier) local_add(b, LOCAL_TABLE, STR("__Earlier"))->plan = earlier;
    Plan *plan = run_template(b, &arranged, &a);
    b->locals = locals;
    return plan;
}
