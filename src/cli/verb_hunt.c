/* quarry hunt: rules over telemetry. */
#include "cli/verbs.h"
#include "hunt/hunt.h"
#include "report/hunt_report.h"

typedef struct HuntRun {
    Console *c;
    RuleSet *rules;
    ExclusionSet *exclusions;
    Session *session;
    HuntReport *report;
    ToldList told; /* beside the hunts */
    int code;
    size_t n_hits;
} HuntRun;

static bool load_exclusions(Console *c, ExclusionSet *set) {
    bool ok = true;
    for (size_t i = 0; i < c->options->exclusions.n; i++)
        ok = exclusions_add_path(set, c->options->exclusions.items[i]) == OK && ok;
    for (size_t i = 0; i < set->n_files; i++)
        console_diags(c, set->files[i]->path, set->files[i]->text, &set->files[i]->diags);
    return ok;
}

static bool load_rules(HuntRun *h) {
    bool ok = rule_args_add(h->c, h->rules, &h->c->options->args);
    rules_check_ids(h->rules);
    h->c->told = NULL; /* a rule's own stand with its hunt */
    for (size_t i = 0; i < h->rules->n_files; i++) {
        const RuleFile *file = h->rules->files[i];
        console_diags(h->c, file->path, file->text, &file->diags);
        if (!file->rule) h->code = EXIT_USAGE;
    }
    h->c->told = &h->told;
    return ok;
}

static int show_kql(HuntRun *h) {
    int64_t now = h->c->options->now_ticks;
    Session *s;
    Status status =
        console_session(h->c, false, &s); /* for the clock, and to refuse wrong options */
    if (status != OK) return console_exit_code(status);
    if (!now) now = session_context(s)->now_ticks;
    for (size_t i = 0; i < h->rules->n_files; i++) {
        const HuntRule *rule = h->rules->files[i]->rule;
        if (!rule) continue;
        const QueryOptions options = {.binds_only = true, .has_one_result = true};
        Query *q = session_prepare(s, rule->query, &options);
        const Plan *result = q->status == OK ? q->bound.plan : NULL;
        if (!result) {
            console_diags(h->c, h->rules->files[i]->path, rule->query, &q->diags);
            h->code = console_worse(h->code, EXIT_USAGE);
        }
        Str kql = exclusions_kql(h->c->arena, h->exclusions, result, rule->id, rule->name, now);
        printf("%s%.*s", i ? "\n" : "", STR_ARG(kql));
        query_free(q);
    }
    session_close(s);
    return fflush(stdout) == 0 ? h->code : EXIT_RUN;
}

/* Those of the file come first, and were told when it was loaded; advice is told when asked for. */
static void tell_diags(HuntRun *h, const RuleFile *file, const HuntResult *r) {
    Diags own = r->diags;
    own.items += file->diags.n;
    own.n -= file->diags.n;
    console_diags(h->c, file->path, file->text, &own);
    if (h->c->options->is_verbose) console_diags(h->c, file->path, file->text, &r->advice);
}

static void hunt_one(HuntRun *h, const RuleFile *file) {
    h->c->told = NULL;
    const Options *o = h->c->options;
    HuntOptions options = {.exclusions = h->exclusions,
                           .keeps_wrappers = o->no_unwrap,
                           .skips_row_counts = o->no_counts,
                           .is_strict = o->is_strict,
                           .max_rows = (size_t)o->max_rows};
    HuntResult *r = hunt_run(h->session, file, &options);
    tell_diags(h, file, r);
    for (size_t i = 0; i < r->n_warnings - r->n_known_warnings; i++)
        console_warn(h->c, "%.*s", STR_ARG(r->warnings[i]));
    hunt_report_add(h->report, r);
    h->n_hits += r->n_hits;
    h->code = console_worse(h->code, console_exit_code(r->status));
    hunt_result_free(r);
    h->c->told = &h->told;
}

/* A condition on a column that no result has can never hold: most likely a typing error. */
static void tell_unknown_columns(HuntRun *h) {
    if (!h->exclusions) return;
    Str *names;
    size_t n = exclusions_unknown_columns(h->exclusions, h->c->arena, &names);
    for (size_t i = 0; i < n; i++)
        console_warn(h->c, "the exclusions name the column %.*s, which no result has",
                     STR_ARG(names[i]));
}

static bool names_a_rule(const HuntRun *h, Str name) {
    const Exclusion one = {.rules = &name, .n_rules = 1};
    for (size_t i = 0; i < h->rules->n_files; i++) {
        const HuntRule *rule = h->rules->files[i]->rule;
        if (rule && exclusion_applies(&one, rule->id, rule->name)) return true;
    }
    return false;
}

static bool names_no_rule(const HuntRun *h, const Exclusion *x) {
    for (size_t k = 0; k < x->n_rules; k++)
        if (names_a_rule(h, x->rules[k])) return false;
    return x->n_rules > 0;
}

enum { UNUSED_SHOWN = 5 };

/* An entry for other rules only did nothing: rightly, or because its `rules` has a typing error. */
static void tell_unused_entries(const HuntRun *h) {
    Buf names = {0};
    size_t n = 0;
    for (size_t i = 0; h->exclusions && i < h->exclusions->n_items; i++) {
        const Exclusion *x = h->exclusions->items[i];
        if (!names_no_rule(h, x)) continue;
        if (n++ >= UNUSED_SHOWN) continue;
        buf_printf(&names, "%s%s \"%.*s\" (for %.*s%s)", n > 1 ? ", " : " ",
                   x->is_protection ? "protection" : "exclusion", STR_ARG(x->name),
                   STR_ARG(x->rules[0]), x->n_rules > 1 ? ", ..." : "");
    }
    if (n)
        console_warn(h->c, "%zu %s for none of the rules hunted:%.*s%s", n,
                     n == 1 ? "entry of the exclusions is" : "entries of the exclusions are",
                     STR_ARG(buf_str(&names)), n > UNUSED_SHOWN ? ", ..." : "");
    buf_free(&names);
}

/* Among many rules, a name that none has is most likely a typing error, though the entry is used. */
static void tell_unknown_rules(const HuntRun *h) {
    if (!h->exclusions || h->rules->n_files < 2) return;
    for (size_t i = 0; i < h->exclusions->n_items; i++) {
        const Exclusion *x = h->exclusions->items[i];
        for (size_t k = 0; k < x->n_rules && !names_no_rule(h, x); k++)
            if (!names_a_rule(h, x->rules[k]))
                console_warn(
                    h->c,
                    "the exclusion '%.*s' is for the rule '%.*s', which is none of those hunted",
                    STR_ARG(x->name), STR_ARG(x->rules[k]));
    }
}

/* What only all hunts together show. */
static void tell_rest(HuntRun *h) {
    console_finish(h->c, h->session);
    tell_unknown_columns(h);
    tell_unused_entries(h);
    tell_unknown_rules(h);
}

static int hunt_all(HuntRun *h) {
    Console *c = h->c;
    ResultFormat format = console_format(c);
    if ((format == RESULT_CSV || format == RESULT_TSV) && h->rules->n_files > 1) {
        console_error(
            "--format %s holds the hits of one rule; use json, ndjson or html for several",
            result_format_name(format));
        return EXIT_USAGE;
    }
    Status status = console_session(c, true, &h->session);
    if (status != OK) return console_exit_code(status);
    Output out;
    if (!output_open(c->options->output, &out)) return EXIT_RUN;
    HuntReportOptions options = {.format = format,
                                 .style = console_style(c),
                                 .shows_suppressed = c->options->shows_suppressed,
                                 .shows_all = c->options->is_verbose};
    h->report = hunt_report_open(&options, out.file);
    for (size_t i = 0; i < h->rules->n_files && !console_cancel; i++)
        hunt_one(h, h->rules->files[i]);
    tell_rest(h);
    bool ok = hunt_report_close(h->report, h->told.items, h->told.n);
    if (dataset_lacks_files(session_data(h->session))) h->code = console_worse(h->code, EXIT_RUN);
    if (!output_close(&out, true) || !ok) h->code = console_worse(h->code, EXIT_RUN);
    if (console_cancel) h->code = EXIT_INTERRUPTED;
    if (h->code == EXIT_OK && c->options->fails_on_hits && h->n_hits) return EXIT_HITS;
    return h->code;
}

int verb_hunt(Console *c) {
    if (!c->options->args.n) {
        console_error(
            "no rule: name a rule file, a folder of rules or a rule that comes with Quarry (quarry rules)");
        return EXIT_USAGE;
    }
    HuntRun h = {.c = c, .rules = rules_new()};
    if (c->options->exclusions.n || c->options->shows_kql) h.exclusions = exclusions_new();
    c->told = &h.told;
    int code = EXIT_USAGE;
    if (c->options->shows_kql && !c->options->exclusions.n)
        console_error("--show-kql wants the exclusions: --exclusions FILE");
    else if ((!h.exclusions || load_exclusions(c, h.exclusions)) && load_rules(&h))
        code = c->options->shows_kql ? show_kql(&h) : hunt_all(&h);
    c->told = NULL;
    session_close(h.session);
    exclusions_free(h.exclusions);
    rules_free(h.rules);
    return code;
}
