/*
 * bind_plugin_funnel.c: funnel_sequence and funnel_sequence_completion.
 *
 * Source: the pages of the plugins. The pages leave open how rows of one time and repeated states count;
 * here a step is later than the one before it, and states that repeat one after the other count as one
 * for what comes before and after a sequence.
 */
#include "base/json.h"
#include "semantics/bind_template.h"
#include "semantics/plugins/bind_plugins.h"

#define FUNNEL_MAX_STEPS 32u

typedef struct Funnel {
    uint32_t n_steps;
    const Column *time, *state;
} Funnel;

static bool read_funnel(Binder *b, const Plugin *p, uint32_t state_at, uint32_t sequence_at,
                        Funnel *ret) {
    Value sequence;
    if (p->call->n != 8) {
        bind_error(b, p->call, "KS119", "The plugin %.*s needs 8 arguments.",
                   STR_ARG(p->call->text));
        return false;
    }
    ret->time = plugin_column(b, p, 1);
    ret->state = plugin_column(b, p, state_at);
    if (!plugin_column(b, p, 0) || !ret->time || !ret->state) return false;
    const Node *steps = p->call->kids[sequence_at];
    if (!bind_constant(b, steps, &sequence)) return false;
    bool is_array = sequence.type == TYPE_DYNAMIC && !sequence.is_null &&
                    json_kind(sequence.u.s) == JSON_ARRAY && json_count(sequence.u.s) > 0;
    if (!is_array) {
        bind_error(b, steps, "KS107", "An array of states expected.");
        return false;
    }
    size_t n = json_count(sequence.u.s);
    if (n > FUNNEL_MAX_STEPS) {
        bind_unsupported(b, steps, "A sequence of more than %u states\nsplit it, or use scan",
                         FUNNEL_MAX_STEPS);
        return false;
    }
    ret->n_steps = (uint32_t)n;
    return true;
}

static Plan *run(Binder *b, const Plugin *p, Buf *text, const char *const names[8]) {
    TemplateArg args[8];
    for (uint32_t i = 0; i < 8; i++) args[i] = (TemplateArg){names[i], p->call->kids[i]};
    Plan *plan = bind_template(b, p->call, buf_str(text), p->input, args, 8);
    buf_free(text);
    return plan;
}

Plan *plugin_funnel_table(Binder *b, const Plugin *p, FunnelTable table) {
    static const char *const names[8] = {"__id",     "__time", "__start", "__end",
                                         "__window", "__step", "__state", "__sequence"};
    static const char *const states[] = {
        [FUNNEL_BOTH] = ", prev, next", [FUNNEL_BEFORE] = ", prev", [FUNNEL_AFTER] = ", next"};
    static const char *const order[] = {[FUNNEL_BOTH] = ", prev asc, next asc",
                                        [FUNNEL_BEFORE] = ", prev asc",
                                        [FUNNEL_AFTER] = ", next asc"};
    Funnel f;
    if (!read_funnel(b, p, 6, 7, &f)) return NULL;
    Buf text = {0};
    buf_puts(&text, "__T | where __time between (__start .. __end)\n"
                    "| project __t = __time, __i = __id, __s = tostring(__state)\n"
                    "| sort by __i asc, __t asc, __s asc\n"
                    "| where isnull(prev(__t)) or __i != prev(__i) or __s != prev(__s)\n"
                    "| serialize __before = iff(prev(__i) == __i, prev(__s), '')");
    for (uint32_t k = 1; k <= f.n_steps; k++)
        buf_printf(&text,
                   ", __s%u = iff(next(__i, %u) == __i, next(__s, %u), ''), __t%u = next(__t, %u)",
                   k, k, k, k, k);
    buf_puts(&text, "\n| where __s == tostring(__sequence[0])");
    for (uint32_t k = 1; k < f.n_steps; k++) {
        buf_printf(&text, " and __s%u == tostring(__sequence[%u]) and __t%u - ", k, k, k);
        if (k > 1) buf_printf(&text, "__t%u <= __window", k - 1);
        else buf_puts(&text, "__t <= __window");
    }
    buf_printf(&text,
               "\n| extend prev = __before, next = __s%u"
               "\n| summarize ['dcount'] = dcount(__i), samples = make_set(__i, 128)"
               " by __w = bin_at(__t, __step, __start)%s\n"
               "| sort by __w asc, ['dcount'] desc%s | project ",
               f.n_steps, states[table], order[table]);
    template_put_name(&text, f.time->name);
    buf_printf(&text, " = __w%s, ['dcount'], samples", states[table]);
    return run(b, p, &text, names);
}

Plan *plugin_funnel_sequence(Binder *b, const Plugin *p) {
    bind_warning(
        b, p->call->span, "QY223",
        "funnel_sequence gives its first table alone where operators follow or it does not "
        "end a statement: prev, sequence, next.");
    return plugin_funnel_table(b, p, FUNNEL_BOTH);
}

/* For each first state the earliest way through the others. */
Plan *plugin_funnel_sequence_completion(Binder *b, const Plugin *p) {
    static const char *const names[8] = {"__id",   "__time",  "__start",    "__end",
                                         "__step", "__state", "__sequence", "__periods"};
    Funnel f;
    if (!read_funnel(b, p, 5, 6, &f)) return NULL;
    const char *period = f.time->type == TYPE_DATETIME ? "timespan" : type_name(f.time->type);
    Buf text = {0};
    buf_puts(&text, "let __R = materialize(__T | where __time between (__start .. __end)\n"
                    "  | project __t = __time, __i = __id, __s = tostring(__state),\n"
                    "    __w = bin_at(__time, __step, __start));\n"
                    "let __S0 = __R | where __s == tostring(__sequence[0])\n"
                    "  | project __w, __i, __t0 = __t, __t | distinct *;\n");
    for (uint32_t k = 1; k < f.n_steps; k++)
        buf_printf(
            &text,
            "let __S%u = __S%u | join kind=inner (__R | where __s == tostring(__sequence[%u])"
            "\n  | project __w, __i, __u = __t) on __w, __i | where __u > __t\n"
            "  | summarize __t = min(__u) by __w, __i, __t0;\n",
            k, k - 1, k);
    buf_printf(&text,
               "let __P = print __all = __periods | mv-expand with_itemindex=__at __p = __all to "
               "typeof(%s)\n  | project __p, __at, __one = 1;\nlet __All = union ",
               period);
    for (uint32_t k = 0; k < f.n_steps; k++)
        buf_printf(&text,
                   "%s(__S%u | summarize __took = min(__t - __t0) by __w, __i | extend __k = %u)",
                   k ? ", " : "", k, k);
    buf_puts(&text,
             ";\n__R | distinct __w | extend __one = 1 | join kind=inner __P on __one\n"
             "| mv-expand __k = range(0, array_length(__sequence) - 1, 1) to typeof(long)\n"
             "| join kind=leftouter (__All | extend __one = 1 | join kind=inner __P on __one\n"
             "    | where __took <= __p | summarize __n = dcount(__i) by __w, __at, __k)\n"
             "  on __w, __at, __k\n"
             "| sort by __w asc, __at asc, __k asc | project ");
    template_put_name(&text, f.time->name);
    buf_puts(&text, " = __w, ");
    template_put_name(&text, f.state->name);
    buf_puts(&text, " = tostring(__sequence[__k]), Period = __p, ['dcount'] = coalesce(__n, 0)");
    return run(b, p, &text, names);
}
