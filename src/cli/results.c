#include "cli/results.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

/* ----------------------------------------------------------------------- labels */

static bool is_taken(const ResultList *list, Str label) {
    for (size_t i = 0; i < list->n; i++)
        if (str_eq_nocase(list->items[i].label, label)) return true;
    return false;
}

void results_add(Console *c, ResultList *list, Query *q) {
    for (uint32_t i = 0; i < q->n_results; i++) {
        Str name = q->results[i].name, label = name;
        if (!name.len) label = name = arena_printf(c->arena, "Result %zu", list->n + 1);
        for (unsigned k = 2; is_taken(list, label); k++)
            label = arena_printf(c->arena, "%.*s %u", STR_ARG(name), k);
        OneResult one = {q, i, label};
        ARENA_PUSH(c->arena, list->items, list->n, list->cap, one);
    }
}

bool results_choose(Console *c, ResultList *list) {
    const char *wanted = c->options->result;
    if (!wanted) return true;
    char *end;
    unsigned long number = strtoul(wanted, &end, 10);
    bool is_number = *wanted >= '0' && *wanted <= '9' && !*end;
    for (size_t i = 0; i < list->n; i++) {
        if (!str_is(list->items[i].label, wanted) && !(is_number && number == i + 1)) continue;
        list->items[0] = list->items[i];
        list->n = 1;
        return true;
    }
    Buf labels = {0};
    for (size_t i = 0; i < list->n; i++)
        buf_printf(&labels, "%s%.*s", i ? ", " : "", STR_ARG(list->items[i].label));
    console_error("there is no result \"%s\"; the query has %zu: %.*s", wanted, list->n,
                  STR_ARG(buf_str(&labels)));
    buf_free(&labels);
    return false;
}

/* ------------------------------------------------------------------------- rows */

/* Ends when nobody takes what is written any more: the reader of a pipe went away, the disk is full. */
static Status write_batches(const OneResult *r, Run *run, ResultWriter *w, FILE *out) {
    Query *q = r->query;
    const Schema *schema = &q->results[r->at].plan->schema;
    Value *row = ARENA_ARRAY(q->arena, Value, schema->n + 1);
    for (;;) {
        ColumnBatch *batch;
        TRY(run_next(run, &q->diags, &batch));
        if (!batch->n_rows) return OK;
        for (uint32_t i = 0; i < batch->n_rows; i++) {
            for (uint32_t k = 0; k < schema->n; k++) row[k] = batch_value(batch, k, i);
            result_row(w, row);
        }
        if (ferror(out)) return OK; /* told when the output is closed */
    }
}

/* `n` results as one document. The first is started before the output is opened, so that what fails at
 * once leaves no file. */
static Status write_document(Console *c, Session *s, const OneResult *r, size_t n,
                             const char *path) {
    Run *run;
    TRY(session_run(s, r[0].query, r[0].at, &run));
    Output o;
    if (!output_open(path, &o)) {
        run_free(run);
        return DATA;
    }
    ResultStyle style = console_style(c);
    if (path) style.width = 0;
    ResultWriter *w = result_open_several(console_format(c), (uint32_t)n, &style, o.file);
    Status status = OK;
    for (size_t i = 0; i < n && status == OK && !ferror(o.file); i++) {
        if (i) status = session_run(s, r[i].query, r[i].at, &run);
        if (status != OK) break;
        result_begin(w, r[i].label, &r[i].query->results[r[i].at].plan->schema);
        status = write_batches(&r[i], run, w, o.file);
        run_free(run);
        console_clear_progress(c);
        result_end(w);
    }
    bool ok = result_close(w);
    ok = output_close(&o, status == OK && ok) && ok;
    return status == OK && !ok ? DATA : status;
}

static Status write_parquet(Session *s, const OneResult *r, const char *path) {
    Output o;
    if (!output_open(path, &o)) return DATA;
    Status status = session_parquet(s, r->query, r->at, output_place(&o));
    return output_close(&o, status == OK) ? status : status == OK ? DATA : status;
}

static Status write_one(Console *c, Session *s, const OneResult *r, const char *path) {
    return console_format(c) == RESULT_PARQUET ? write_parquet(s, r, path)
                                               : write_document(c, s, r, 1, path);
}

/* ------------------------------------------------------------------------ folder */

static bool is_folder(const char *path) {
    struct stat st;
    return path[0] &&
           ((stat(path, &st) == 0 && S_ISDIR(st.st_mode)) || path[strlen(path) - 1] == '/');
}

static const char *ending_of(ResultFormat format) {
    switch (format) {
    case RESULT_TABLE: return "txt";
    case RESULT_MARKDOWN: return "md";
    case RESULT_KUSTO: return "json";
    case RESULT_JSON:
    case RESULT_NDJSON:
    case RESULT_CSV:
    case RESULT_TSV:
    case RESULT_HTML:
    case RESULT_PARQUET: break;
    }
    return result_format_name(format);
}

/* A label comes from the query: in the name of a file only what is harmless in every shell stays. */
static Str file_name(Arena *arena, Str label) {
    char *name = arena_cstr(arena, str_sub(label, 0, 100));
    for (char *at = name; *at; at++) {
        bool is_plain = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') ||
                        (*at >= '0' && *at <= '9') || *at == '-' || (*at == '.' && at != name);
        if (!is_plain) *at = '_';
    }
    return str_of(name);
}

static Status write_folder(Console *c, Session *s, const ResultList *list) {
    const char *folder = c->options->output, *ending = ending_of(console_format(c));
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        console_error("%s: %s", folder, strerror(errno));
        return DATA;
    }
    bool has_slash = folder[strlen(folder) - 1] == '/';
    ResultList named = {0};
    for (size_t i = 0; i < list->n; i++) {
        Str name = file_name(c->arena, list->items[i].label), unique = name;
        for (unsigned k = 2; is_taken(&named, unique); k++)
            unique = arena_printf(c->arena, "%.*s-%u", STR_ARG(name), k);
        OneResult one = {.label = unique};
        ARENA_PUSH(c->arena, named.items, named.n, named.cap, one);
        Str path = arena_printf(c->arena, "%s%s%.*s.%s", folder, has_slash ? "" : "/",
                                STR_ARG(unique), ending);
        TRY(write_one(c, s, &list->items[i], path.ptr));
        console_note(c, "%.*s written", STR_ARG(path));
    }
    return OK;
}

Status results_write(Console *c, Session *s, const ResultList *list) {
    const char *path = c->options->output;
    ResultFormat format = console_format(c);
    if (path && is_folder(path)) return write_folder(c, s, list);
    if (format == RESULT_PARQUET && !path) {
        console_error("--format parquet needs --output FILE");
        return INVALID;
    }
    if (list->n > 1 && !result_format_takes_several(format)) {
        console_error(
            "the query has %zu results, a %s file one: choose one with --result N, or give a "
            "folder as --output DIR/, for a file each",
            list->n, result_format_name(format));
        return INVALID;
    }
    if (format == RESULT_PARQUET) return write_one(c, s, &list->items[0], path);
    return write_document(c, s, list->items, list->n, path);
}
