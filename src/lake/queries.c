/*
 * queries.c: the queries that a change of a lake runs.
 */
#include "lake/lake_internal.h"

Str kql_name(Arena *arena, Str name) {
    Buf out = {0};
    buf_puts(&out, "['");
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '\'' || name.ptr[i] == '\\') buf_putc(&out, '\\');
        buf_putc(&out, name.ptr[i]);
    }
    buf_puts(&out, "']");
    Str text = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return text;
}

Str lake_time_column(const LakeColumn *columns, uint32_t n) {
    static const char *const names[] = {"TimeGenerated", "Timestamp"};
    for (size_t k = 0; k < COUNT_OF(names); k++)
        for (uint32_t i = 0; i < n; i++)
            if (columns[i].type == TYPE_DATETIME && str_is(columns[i].name, names[k]))
                return columns[i].name;
    return STR_EMPTY;
}

static void hand_on(const Query *q, Diags *diags) {
    for (size_t i = 0; i < q->diags.n; i++) {
        const Diag *d = &q->diags.items[i];
        if (d->severity != SEVERITY_ERROR) continue;
        diag_add(diags, d->severity, d->phase, (Span){0, 0}, arena_cstr(diags->arena, d->code),
                 "%.*s", STR_ARG(d->message));
    }
}

Status lake_query(Session *s, Str kql, Arena *arena, Diags *diags, Rows *ret) {
    Query *q = session_prepare(s, kql, NULL);
    Status status = q->status;
    if (status == OK) status = session_rows(s, q, arena, 0, ret);
    hand_on(q, diags);
    query_free(q);
    return status;
}

Status lake_write(Session *s, Str kql, const char *path, bool is_passing, Diags *diags) {
    Engine *engine;
    Query *q = session_prepare(s, kql, NULL);
    Status status = q->status;
    if (status == OK) status = session_engine(s, &q->diags, &engine);
    if (status == OK) {
        RunOptions run = session_run_options(s);
        run.max_rows = 0;
        run.is_passing = is_passing;
        status = engine_write_parquet(engine, q->plan, &run, path, &q->diags);
    }
    hand_on(q, diags);
    query_free(q);
    return status;
}
