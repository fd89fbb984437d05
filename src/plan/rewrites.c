/*
 * rewrites.c: the ordered table of rewrites, and the run through it.
 *
 * The order matters little for the result and much for the speed: constants first, so that the
 * others see literals; filters down before columns are pruned, since a filter that reached its scan
 * needs its columns no higher up.
 */
#include "plan/plan_internal.h"

const Rewrite plan_rewrites[] = {
    {"fold_constants", "computes what is the same for all rows once, at compile time",
     plan_fold_constants},
    {"unwrap_url_joins", "lets a join see the link behind a mail gateway's wrapper",
     plan_unwrap_url_joins},
    {"push_filters", "tests conditions as near to the tables as they may be", plan_push_filters},
    {"share_parses", "parses a text once that several expressions read as JSON", plan_share_parses},
    {"prune_columns", "makes and reads no column that nobody looks at", plan_prune_columns},
    {NULL, NULL, NULL},
};

static bool is_disabled(const char *name, const RewriteOptions *options) {
    for (const char *const *d = options->disabled; d && *d; d++)
        if (strcmp(*d, name) == 0) return true;
    return false;
}

/* A rewrite keeps the columns of the result, or of each of several. */
static bool same_columns(const Plan *before, const Plan *after) {
    if (before->kind != PLAN_RESULTS) return schema_same(&before->schema, &after->schema);
    if (after->kind != PLAN_RESULTS || before->n_inputs != after->n_inputs) return false;
    for (uint32_t i = 0; i < before->n_inputs; i++)
        if (!schema_same(&before->inputs[i]->schema, &after->inputs[i]->schema)) return false;
    return true;
}

/* Says what broke a promise: a fault here is ours, never the query's. */
static Status check(Arena *arena, const Plan *before, const Plan *after, const char *name,
                    Diags *diags) {
    Str fault = plan_verify(arena, after);
    if (!fault.len && !same_columns(before, after))
        fault = STR("the columns of the result changed");
    if (!fault.len) return OK;
    if (str_ends_with(fault, STR(PLAN_TOO_DEEP))) {
        diag_add(diags, SEVERITY_ERROR, PHASE_SEMANTICS, after->span, "QY902",
                 "The query is too large: its plan is more than %d levels deep.", PLAN_MAX_DEPTH);
        return LIMIT;
    }
    diag_add(diags, SEVERITY_ERROR, PHASE_SEMANTICS, after->span, "QY990",
             "internal fault: the plan is broken after %s: %.*s", name, STR_ARG(fault));
    return INTERNAL;
}

Status plan_optimise(Arena *arena, Plan *p, const RewriteOptions *options, Diags *diags,
                     Plan **ret_plan) {
    TRY(check(arena, p, p, "binding", diags));
    for (const Rewrite *r = plan_rewrites; r->name; r++) {
        if (is_disabled(r->name, options)) continue;
        if (diags_are_late(diags)) {
            diags_add_late(diags);
            return LIMIT;
        }
        Plan *after = r->fn(arena, p, options);
        if (after != p) TRY(check(arena, p, after, r->name, diags));
        p = after;
    }
    *ret_plan = p;
    return OK;
}
