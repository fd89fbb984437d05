/* quarry check: rules and queries against the known table schemas, without data. */
#include "base/json.h"
#include "cli/verbs.h"
#include "hunt/rule.h"
#include "report/diag.h"

typedef struct Check {
    Console *c;
    Session *session;
    bool json;
    size_t n_files, n_wrong;
    int code;
} Check;

/* The rule's diagnostics and then its query's, with spans of the file. */
static void gather(Diags *all, const RuleFile *file, const Query *q) {
    for (size_t i = 0; i < file->diags.n; i++) {
        const Diag *d = &file->diags.items[i];
        ARENA_PUSH(all->arena, all->items, all->n, all->cap, *d);
    }
    all->n_errors = file->diags.n_errors;
    for (size_t i = 0; q && i < q->diags.n; i++) {
        Diag d = q->diags.items[i];
        d.span = rule_query_span(file, d.span);
        ARENA_PUSH(all->arena, all->items, all->n, all->cap, d);
    }
    if (q) all->n_errors += q->diags.n_errors;
}

static void print_json(const RuleFile *file, const Query *q, const Diags *diags, bool is_ok) {
    Buf out = {0};
    buf_puts(&out, "{\"file\":");
    json_put_string(&out, file->path);
    buf_printf(&out, ",\"ok\":%s,\"diagnostics\":", is_ok ? "true" : "false");
    diags_put_json(&out, file->text, diags);
    buf_puts(&out, ",\"columns\":[");
    const Plan *plan = q ? q->bound.plan : NULL;
    for (uint32_t i = 0; plan && i < plan->schema.n; i++) {
        buf_puts(&out, i ? ",{\"name\":" : "{\"name\":");
        json_put_string(&out, plan->schema.items[i].name);
        buf_printf(&out, ",\"type\":\"%s\"}", type_name(plan->schema.items[i].type));
    }
    buf_puts(&out, "],\"tables\":[");
    for (uint32_t i = 0; q && i < q->bound.n_tables; i++) {
        if (i) buf_putc(&out, ',');
        json_put_string(&out, q->bound.table_names[i]);
    }
    buf_puts(&out, "]}\n");
    fwrite(out.ptr, 1, out.len, stdout);
    buf_free(&out);
}

static void check_file(Check *k, const RuleFile *file) {
    QueryOptions options = {.binds_only = true};
    Query *q = file->rule ? session_prepare(k->session, file->rule->query, &options) : NULL;
    Arena *arena = arena_new();
    Diags all;
    diags_init(&all, arena);
    gather(&all, file, q);
    bool is_ok = q && q->status == OK;
    if (k->json) print_json(file, q, &all, is_ok);
    else console_diags(k->c, file->path, file->text, &all);
    k->n_files++;
    if (!is_ok) {
        k->n_wrong++;
        k->code = console_worse(k->code, q ? console_exit_code(q->status) : EXIT_USAGE);
    }
    arena_free(arena);
    query_free(q);
}

static bool is_rule_name(const char *path) {
    Str p = str_of(path);
    return str_ends_with(p, STR(".yaml")) || str_ends_with(p, STR(".yml")) ||
           str_ends_with(p, STR(".kql")) || !strchr(path, '.');
}

/* A file of any other suffix, and standard input, is taken as a query. */
static bool add_file(Check *k, RuleSet *set, const char *path) {
    if (strcmp(path, "-") != 0 && is_rule_name(path)) {
        TextList one = {0};
        options_push(k->c->arena, &one, path);
        return rule_args_add(k->c, set, &one);
    }
    Str text;
    if (!console_read_file(k->c->arena, path, &text)) return false;
    RuleFile *file = rules_add_text(set, STR("query.kql"), text);
    file->path = strcmp(path, "-") != 0 ? str_of(path) : STR("<stdin>");
    return true;
}

int verb_check(Console *c) {
    if (!c->options->args.n) {
        console_error(
            "nothing to check: name rule files, .kql files, folders, or - for standard input");
        return EXIT_USAGE;
    }
    Check k = {.c = c,
               .json = c->options->has_format && !c->options->is_text &&
                       c->options->format != RESULT_TABLE};
    Status status = console_session(c, false, &k.session);
    if (status != OK) return console_exit_code(status);
    RuleSet *set = rules_new();
    for (size_t i = 0; i < c->options->args.n; i++)
        if (!add_file(&k, set, c->options->args.items[i])) k.code = EXIT_USAGE;
    rules_check_ids(set);
    for (size_t i = 0; i < set->n_files && !console_cancel; i++) check_file(&k, set->files[i]);
    if (!k.json && !c->options->is_quiet)
        printf("%zu file%s: %zu right, %zu with errors\n", k.n_files, k.n_files == 1 ? "" : "s",
               k.n_files - k.n_wrong, k.n_wrong);
    if (fflush(stdout) != 0) k.code = console_worse(k.code, EXIT_RUN);
    if (console_cancel) k.code = EXIT_INTERRUPTED;
    rules_free(set);
    session_close(k.session);
    return k.code;
}
