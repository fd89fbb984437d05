/* quarry query and quarry explain. */
#include "cli/results.h"
#include "cli/verbs.h"
#include "syntax/syntax.h"

bool query_text(Console *c, Str *ret_name, Str *ret_text) {
    const Options *o = c->options;
    size_t given = o->args.n + o->files.n;
    if (given != 1) {
        console_error(given ? "one query at a time: %s" : "no query: give it as %s",
                      "an argument, with -f FILE, or - for standard input");
        return false;
    }
    if (o->files.n || !strcmp(o->args.items[0], "-")) {
        const char *path = o->files.n ? o->files.items[0] : "-";
        *ret_name = strcmp(path, "-") ? str_of(path) : STR("<stdin>");
        return console_read_file(c->arena, path, ret_text);
    }
    *ret_name = STR("<query>");
    *ret_text = str_of(o->args.items[0]);
    return true;
}

/* The queries of a text. */
typedef struct Queries {
    Str name, text;
    Query **items;
    size_t *told; /* of each, how many diagnostics were printed */
    size_t n;
    Status status; /* of the first that is wrong */
} Queries;

static Queries prepare_all(Console *c, Session *s, Str name, Str text) {
    Queries all = {.name = name, .text = text, .status = OK};
    Span *parts;
    syntax_split(c->arena, text, &parts, &all.n);
    all.items = ARENA_ARRAY(c->arena, Query *, all.n);
    all.told = ARENA_ARRAY(c->arena, size_t, all.n);
    for (size_t i = 0; i < all.n; i++) {
        QueryOptions options = {.unwraps_urls = c->options->unwrap};
        if (all.n > 1) options.part = parts[i];
        all.items[i] = session_prepare(s, text, &options);
        if (all.status == OK) all.status = all.items[i]->status;
    }
    return all;
}

/* What was not told yet: warnings come before the rows. */
static void tell(Console *c, Queries *all) {
    for (size_t i = 0; i < all->n; i++) {
        Diags rest = all->items[i]->diags;
        rest.items += all->told[i];
        rest.n -= all->told[i];
        all->told[i] += rest.n;
        console_diags(c, all->name, all->text, &rest);
    }
}

static void free_all(Queries *all) {
    for (size_t i = 0; i < all->n; i++) query_free(all->items[i]);
}

/* Rows that a table does not have are rows that the answer lacks. */
static void warn_of_table(const Console *c, Session *s, Str name) {
    SchemaProvider p = session_provider(s);
    const TableRef *table = p.find(p.self, name);
    if (table && table->presence == TABLE_PRESENT) return;
    if (table && table->presence == TABLE_EMPTY)
        console_warn(c, "the table %.*s holds no rows", STR_ARG(name));
    else
        console_warn(c, "the table %.*s is missing from the data%s: it is read as empty",
                     STR_ARG(name), session_data(s) ? "" : " (no --data was given)");
}

/* By a query before. */
static bool is_told(const Queries *all, size_t n, Str name) {
    for (size_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < all->items[i]->bound.n_tables; k++)
            if (str_eq(all->items[i]->bound.table_names[k], name)) return true;
    return false;
}

static void warn_of_tables(const Console *c, Session *s, const Queries *all) {
    for (size_t i = 0; i < all->n; i++) {
        const BoundQuery *q = &all->items[i]->bound;
        for (uint32_t k = 0; k < q->n_tables; k++)
            if (!is_told(all, i, q->table_names[k])) warn_of_table(c, s, q->table_names[k]);
    }
}

/* All must be right before the first runs. */
static Status run_all(Console *c, Session *s, Queries *all) {
    tell(c, all);
    TRY(all->status);
    warn_of_tables(c, s, all);
    ResultList list = {0};
    for (size_t i = 0; i < all->n; i++) results_add(c, &list, all->items[i]);
    Status status = results_choose(c, &list) ? results_write(c, s, &list) : INVALID;
    tell(c, all);
    return status;
}

int verb_query(Console *c) {
    Str name, text;
    if (!query_text(c, &name, &text)) return EXIT_USAGE;
    Session *s;
    Status status = console_session(c, false, &s);
    if (status != OK) return console_exit_code(status);
    Queries all = prepare_all(c, s, name, text);
    status = run_all(c, s, &all);
    console_finish(c, s);
    int code = console_exit_code(status);
    if (session_data(s) && dataset_lacks_files(session_data(s)))
        code = console_worse(code, EXIT_RUN);
    free_all(&all);
    session_close(s);
    return code;
}

static void print_section(const char *title, Str text) {
    printf("== %s\n%.*s%s\n", title, STR_ARG(text),
           text.len && text.ptr[text.len - 1] == '\n' ? "" : "\n");
}

static Status explain(Session *s, Query *q) {
    if (q->status != OK) return q->status;
    Engine *engine;
    TRY(session_engine(s, &q->diags, &engine));
    print_section("bound plan", plan_print(q->arena, q->bound.plan));
    print_section("after rewrites", plan_print(q->arena, q->plan));
    for (uint32_t i = 0; i < q->n_results; i++) {
        Str sql, title = STR("SQL");
        TRY(engine_sql(engine, q->results[i].plan, &q->diags, q->arena, &sql));
        if (q->n_results > 1) title = arena_printf(q->arena, "SQL of result %u", i + 1);
        print_section(title.ptr, sql);
    }
    return OK;
}

int verb_explain(Console *c) {
    Str name, text;
    if (!query_text(c, &name, &text)) return EXIT_USAGE;
    Session *s;
    Status status = console_session(c, false, &s);
    if (status != OK) return console_exit_code(status);
    Queries all = prepare_all(c, s, name, text);
    for (size_t i = 0; i < all.n; i++) {
        if (all.n > 1) printf("%s==== query %zu\n", i ? "\n" : "", i + 1);
        Status one = explain(s, all.items[i]);
        if (status == OK) status = one;
    }
    tell(c, &all);
    free_all(&all);
    session_close(s);
    return console_exit_code(status);
}
