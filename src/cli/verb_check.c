/* quarry check: rules and queries against the known table schemas, without data. */
#include "base/json.h"
#include "cli/verbs.h"
#include "hunt/rule.h"
#include "report/diag.h"
#include "syntax/syntax.h"

typedef struct Check {
    Console *c;
    Session *session;
    bool json;
    size_t n_files, n_wrong;
    int code;
} Check;

/* The queries of a file: a rule has one, a .kql file one or more. */
typedef struct Checked {
    const RuleFile *file;
    Query **items;
    size_t n;
    Status status; /* of the first that is wrong */
} Checked;

static Checked check_queries(Check *k, const RuleFile *file, Arena *arena) {
    Checked all = {.file = file, .status = file->rule ? OK : INVALID};
    if (!file->rule) return all;
    Span *parts;
    size_t n = 1;
    bool is_rule = file->rule->query_node != NULL;
    if (!is_rule) syntax_split(arena, file->rule->query, &parts, &n);
    all.items = ARENA_ARRAY(arena, Query *, n);
    for (size_t i = 0; i < n; i++) {
        QueryOptions options = {.binds_only = true, .has_one_result = is_rule};
        if (n > 1) options.part = parts[i];
        all.items[all.n++] = session_prepare(k->session, file->rule->query, &options);
        if (all.status == OK) all.status = all.items[i]->status;
    }
    return all;
}

/* The file's diagnostics and then its queries', with spans of the file. */
static void gather(Diags *all, const Checked *checked) {
    const RuleFile *file = checked->file;
    for (size_t i = 0; i < file->diags.n; i++) {
        const Diag *d = &file->diags.items[i];
        ARENA_PUSH(all->arena, all->items, all->n, all->cap, *d);
    }
    all->n_errors = file->diags.n_errors;
    for (size_t k = 0; k < checked->n; k++) {
        const Diags *diags = &checked->items[k]->diags;
        for (size_t i = 0; i < diags->n; i++) {
            Diag d = diags->items[i];
            d.span = rule_query_span(file, d.span);
            ARENA_PUSH(all->arena, all->items, all->n, all->cap, d);
        }
        all->n_errors += diags->n_errors;
    }
}

/* ------------------------------------------------------------------------- JSON */

static void put_columns(Buf *out, const Plan *plan) {
    buf_putc(out, '[');
    for (uint32_t i = 0; plan && i < plan->schema.n; i++) {
        buf_puts(out, i ? ",{\"name\":" : "{\"name\":");
        json_put_string(out, plan->schema.items[i].name);
        buf_printf(out, ",\"type\":\"%s\"}", type_name(plan->schema.items[i].type));
    }
    buf_putc(out, ']');
}

static size_t count_results(const Checked *all) {
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++) n += all->items[i]->bound.n_results;
    return n;
}

/* Each of several results with the line that it begins on. */
static void put_results(Buf *out, const Checked *all) {
    const char *between = ",\"results\":[";
    for (size_t i = 0; i < all->n; i++) {
        const BoundQuery *bound = &all->items[i]->bound;
        for (uint32_t r = 0; r < bound->n_results; r++) {
            Span span = rule_query_span(all->file, bound->results[r].span);
            buf_puts(out, between);
            buf_puts(out, "{\"name\":");
            json_put_string(out, bound->results[r].name);
            buf_printf(
                out, ",\"line\":%u,\"columns\":", text_line_col(all->file->text, span.start).line);
            put_columns(out, bound->results[r].plan);
            buf_putc(out, '}');
            between = ",";
        }
    }
    buf_putc(out, ']');
}

/* Of several queries the lines on which their parts of the file begin. */
static void put_queries(Buf *out, const Checked *all) {
    for (size_t i = 0; i < all->n; i++) {
        Span start = {(uint32_t)all->items[i]->syntax.start, 0};
        buf_printf(out, "%s%u", i ? "," : ",\"queries\":[",
                   text_line_col(all->file->text, rule_query_span(all->file, start).start).line);
    }
    buf_putc(out, ']');
}

static bool is_listed(const Checked *all, size_t query, uint32_t table) {
    Str name = all->items[query]->bound.table_names[table];
    for (size_t i = 0; i < query; i++)
        for (uint32_t k = 0; k < all->items[i]->bound.n_tables; k++)
            if (str_eq(all->items[i]->bound.table_names[k], name)) return true;
    return false;
}

static void put_tables(Buf *out, const Checked *all) {
    bool is_first = true;
    buf_puts(out, ",\"tables\":[");
    for (size_t i = 0; i < all->n; i++) {
        const BoundQuery *bound = &all->items[i]->bound;
        for (uint32_t k = 0; k < bound->n_tables; k++) {
            if (is_listed(all, i, k)) continue;
            if (!is_first) buf_putc(out, ',');
            json_put_string(out, bound->table_names[k]);
            is_first = false;
        }
    }
    buf_putc(out, ']');
}

/* `columns` are those of the last result. */
static void print_json(const Checked *all, const Diags *diags) {
    Buf out = {0};
    buf_puts(&out, "{\"file\":");
    json_put_string(&out, all->file->path);
    buf_printf(&out, ",\"ok\":%s,\"diagnostics\":", all->status == OK ? "true" : "false");
    diags_put_json(&out, all->file->text, diags, NULL);
    const BoundQuery *last = all->n ? &all->items[all->n - 1]->bound : NULL;
    buf_puts(&out, ",\"columns\":");
    put_columns(&out, last && last->n_results ? last->results[last->n_results - 1].plan : NULL);
    put_tables(&out, all);
    if (count_results(all) > 1) put_results(&out, all);
    if (all->n > 1) put_queries(&out, all);
    buf_puts(&out, "}\n");
    fwrite(out.ptr, 1, out.len, stdout);
    buf_free(&out);
}

static void check_file(Check *k, const RuleFile *file) {
    Arena *arena = arena_new();
    Checked checked = check_queries(k, file, arena);
    Diags all;
    diags_init(&all, arena);
    gather(&all, &checked);
    if (k->json) print_json(&checked, &all);
    else console_diags(k->c, file->path, file->text, &all);
    k->n_files++;
    if (checked.status != OK) {
        k->n_wrong++;
        int code = file->rule ? console_exit_code(checked.status) : EXIT_USAGE;
        k->code = console_worse(k->code, code);
    }
    for (size_t i = 0; i < checked.n; i++) query_free(checked.items[i]);
    arena_free(arena);
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
