/* quarry query and quarry explain. */
#include "cli/results.h"
#include "cli/verbs.h"

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

static Query *prepare(Console *c, Session *s, Str text) {
    QueryOptions options = {.unwraps_urls = c->options->unwrap};
    return session_prepare(s, text, &options);
}

/* Runs what was prepared; `told` diagnostics were printed already. */
static Status write_results(Console *c, Session *s, Str name, Query *q) {
    if (q->status != OK) {
        console_diags(c, name, q->text, &q->diags);
        return q->status;
    }
    console_diags(c, name, q->text, &q->diags); /* warnings come before the rows */
    size_t told = q->diags.n;
    ResultList list = {0};
    results_add(c, &list, q);
    Status status = results_choose(c, &list) ? results_write(c, s, &list) : INVALID;
    Diags rest = q->diags;
    rest.items += told;
    rest.n -= told;
    console_diags(c, name, q->text, &rest);
    return status;
}

int verb_query(Console *c) {
    Str name, text;
    if (!query_text(c, &name, &text)) return EXIT_USAGE;
    Session *s;
    Status status = console_session(c, false, &s);
    if (status != OK) return console_exit_code(status);
    Query *q = prepare(c, s, text);
    status = write_results(c, s, name, q);
    console_finish(c, s);
    int code = console_exit_code(status);
    if (session_data(s) && dataset_lacks_files(session_data(s)))
        code = console_worse(code, EXIT_RUN);
    query_free(q);
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
    Query *q = prepare(c, s, text);
    status = explain(s, q);
    console_diags(c, name, q->text, &q->diags);
    query_free(q);
    session_close(s);
    return console_exit_code(status);
}
