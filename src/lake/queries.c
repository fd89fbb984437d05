/*
 * queries.c: the rows of a table as the engine reads them.
 */
#include "lake/lake_internal.h"

static Str kql_name(Arena *arena, Str name) {
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

static Str text_of(Arena *arena, const GatherTable *t) {
    Buf kql = {0};
    buf_put(&kql, kql_name(arena, t->name));
    for (uint32_t i = 0; i < t->n; i++) {
        buf_puts(&kql, i ? ", " : " | project ");
        buf_put(&kql, kql_name(arena, t->columns[i].name));
    }
    Str text = arena_str(arena, buf_str(&kql));
    buf_free(&kql);
    return text;
}

Status lake_query_start(Session *s, const GatherTable *table, LakeQuery *ret) {
    Engine *engine;
    Arena *arena = arena_new();
    *ret = (LakeQuery){.query = session_prepare(s, text_of(arena, table), NULL)};
    arena_free(arena);
    TRY(ret->query->status);
    TRY(session_engine(s, &ret->query->diags, &engine));
    RunOptions options = session_run_options(s);
    options.max_rows = 0;
    return engine_run(engine, ret->query->plan, &options, &ret->query->diags, &ret->run);
}

void lake_query_end(LakeQuery *q, Diags *diags) {
    run_free(q->run);
    hand_on(q->query, diags);
    query_free(q->query);
}
