/*
 * bind_plugin_rows.c: rows_near, sequence_detect and dcount_intersect.
 *
 * Source: the pages of the plugins.
 */
#include "kernels/aggregates/sketches.h"
#include "semantics/bind_scope.h"
#include "semantics/bind_template.h"
#include "semantics/plugins/bind_plugins.h"

/* Rows within some rows of one that meets the condition, in their order. */
Plan *plugin_rows_near(Binder *b, const Plugin *p) {
    const Node *condition = plugin_argument(p, 0, NULL), *before = plugin_argument(p, 1, NULL);
    const Node *after = plugin_argument(p, 2, NULL);
    if (!before) {
        bind_error(b, p->call, "KS119", "The plugin rows_near needs 2 arguments or more.");
        return NULL;
    }
    TemplateArg args[] = {
        {"__condition", condition}, {"__before", before}, {"__after", after ? after : before}};
    return bind_template(
        b, p->call,
        STR("let __R = __T | serialize __row = row_number();\n"
            "let __Near = __R | where __condition | project __at = range(__row - __before, __row + __after, 1)\n"
            "  | mv-expand __at to typeof(long) | distinct __at;\n"
            "__R | join kind=leftsemi __Near on $left.__row == $right.__at | sort by __row asc\n"
            "| project-away __row"),
        p->input, args, 3);
}

/* ------------------------------------------------------------ sequence_detect */

#define MAX_STEPS 32u

/* Steps are joined one to the next: later than it, within the step's window and the whole span. */
static void put_steps(Binder *b, const Plugin *p, uint32_t n_steps, uint32_t from, Buf *out) {
    buf_puts(out, "let __R = materialize(__T | extend __k = tostring(pack_array(''");
    for (uint32_t i = from; i < p->call->n; i++) {
        buf_puts(out, ", ");
        template_put_name(out, bind_name_of(b, p->call->kids[i]));
    }
    buf_puts(out, ")));\n__R | where __step0 | project __t0 = __time, ");
    for (uint32_t i = from; i < p->call->n; i++) {
        template_put_name(out, bind_name_of(b, p->call->kids[i]));
        buf_puts(out, ", ");
    }
    buf_puts(out, "__k");
    for (uint32_t s = 1; s < n_steps; s++)
        buf_printf(
            out,
            "\n| join kind=inner (__R | where __step%u | project __t%u = __time, __k) on __k"
            "\n| where __t%u > __t%u and __t%u - __t%u <= __window and __t%u - __t0 <= __whole"
            "\n| project-away __k1",
            s, s, s, s - 1, s, s - 1, s);
}

Plan *plugin_sequence_detect(Binder *b, const Plugin *p) {
    static const char *const names[MAX_STEPS] = {"__step0",  "__step1",  "__step2",  "__step3",
                                                 "__step4",  "__step5",  "__step6",  "__step7",
                                                 "__step8",  "__step9",  "__step10", "__step11",
                                                 "__step12", "__step13", "__step14", "__step15"};
    const Column *time = plugin_column(b, p, 0);
    if (!time) return NULL;
    TemplateArg args[MAX_STEPS + 3] = {{"__time", p->call->kids[0]}};
    uint32_t at = 3, n = 0;
    for (; at < p->call->n && p->call->kids[at]->kind == NODE_NAMED_ARG; at++, n++) {
        if (n == 16)
            return bind_unsupported(b, p->call->kids[at],
                                    "A sequence of more than 16 steps\nscan takes more of them");
        args[3 + n] = (TemplateArg){names[n], p->call->kids[at]->kids[0]};
    }
    if (!n || at >= p->call->n) {
        bind_error(b, p->call, "KS119",
                   "The plugin sequence_detect needs steps, name = condition, and dimensions.");
        return NULL;
    }
    args[1] = (TemplateArg){"__window", p->call->kids[1]};
    args[2] = (TemplateArg){"__whole", p->call->kids[2]};
    Buf text = {0};
    put_steps(b, p, n, at, &text);
    buf_puts(&text, "\n| sort by __t0 asc | project ");
    for (uint32_t i = at; i < p->call->n; i++) {
        template_put_name(&text, bind_name_of(b, p->call->kids[i]));
        buf_puts(&text, ", ");
    }
    for (uint32_t s = 0; s < n; s++) {
        template_put_name(&text,
                          arena_printf(b->arena, "%.*s_%.*s", STR_ARG(p->call->kids[3 + s]->text),
                                       STR_ARG(time->name)));
        buf_printf(&text, " = __t%u, ", s);
    }
    buf_printf(&text, "Duration = __t%u - __t0", n - 1);
    Plan *plan = bind_template(b, p->call, buf_str(&text), p->input, args, 3 + n);
    buf_free(&text);
    return plan;
}

/* ----------------------------------------------------------- dcount_intersect */

Plan *plugin_dcount_intersect(Binder *b, const Plugin *p) {
    uint32_t n = p->call->n;
    if (n < 2) {
        bind_error(b, p->call, "KS119", "The plugin dcount_intersect needs 2 sketches or more.");
        return NULL;
    }
    if (n > MAX_INTERSECTED) {
        bind_error(b, p->call, "KS119", "The plugin dcount_intersect takes at most %d sketches.",
                   MAX_INTERSECTED);
        return NULL;
    }
    Buf text = {0};
    buf_puts(&text, "__T | extend __s = __dcount_intersect(");
    for (uint32_t i = 0; i < n; i++) {
        if (!plugin_column(b, p, i)) {
            buf_free(&text);
            return NULL;
        }
        if (i) buf_puts(&text, ", ");
        template_put_name(&text, bind_name_of(b, p->call->kids[i]));
    }
    buf_puts(&text, ") | extend ");
    for (uint32_t i = 0; i < n; i++)
        buf_printf(&text, "%ss%u = tolong(__s[%u])", i ? ", " : "", i, i);
    buf_puts(&text, " | project-away __s");
    Plan *plan = bind_template(b, p->call, buf_str(&text), p->input, NULL, 0);
    buf_free(&text);
    return plan;
}
