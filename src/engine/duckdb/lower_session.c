/*
 * lower_session.c: row_window_session over ordered rows.
 *
 * 1. "breaks": rows that begin a session whatever came before: the first one, one behind a null,
 *    one with a restart, one that comes too long after its neighbour.
 * 2. "runs": a running number of breaks.
 * 3. "session": each run's times as one list go through __session_starts, which cuts at the longest
 *    session; the answers come back to the rows by their ordinals.
 */
#include "engine/duckdb/lower.h"

typedef struct Session {
    Lowering *l;
    const Expr *call;
    ColumnId column; /* of the result */
    Str ordinal, run;
} Session;

static Status put_time(const Session *s, Buf *out) {
    return lower_expr(s->l, s->call->args[0], out);
}

static Status put_time_before(const Session *s, Buf *out) {
    buf_puts(out, "lag(");
    TRY(put_time(s, out));
    buf_puts(out, ") OVER (ORDER BY ");
    buf_put(out, s->ordinal);
    buf_putc(out, ')');
    return OK;
}

/* The difference in 128 bits: two times may lie further apart than 64 bits tell. */
static Status put_breaks(const Session *s, const Rel *rel, Str column, Buf *out) {
    buf_puts(out, "SELECT *, CASE WHEN ");
    TRY(put_time_before(s, out));
    buf_puts(out, " IS NULL OR ");
    TRY(put_time(s, out));
    buf_puts(out, "::HUGEINT - ");
    TRY(put_time_before(s, out));
    buf_puts(out, " >= ");
    TRY(lower_expr(s->l, s->call->args[2], out));
    if (s->call->n_args > 3) {
        buf_puts(out, " OR ");
        TRY(lower_expr(s->l, s->call->args[3], out));
    }
    buf_puts(out, " THEN 1 END AS ");
    buf_put(out, column);
    buf_puts(out, "\n  FROM ");
    buf_put(out, rel->name);
    return OK;
}

static void put_runs(const Session *s, const Rel *rel, Str breaks, Buf *out) {
    buf_puts(out, "SELECT *, count(");
    buf_put(out, breaks);
    buf_puts(out, ") OVER (ORDER BY ");
    buf_put(out, s->ordinal);
    buf_puts(out, " ROWS UNBOUNDED PRECEDING) AS ");
    buf_put(out, s->run);
    buf_puts(out, "\n  FROM ");
    buf_put(out, rel->name);
}

/* A list of values of a run, in the order of the rows. */
static void put_ordered(const Session *s, Buf *out) {
    buf_puts(out, " ORDER BY ");
    buf_put(out, s->ordinal);
    buf_putc(out, ')');
}

static Status put_starts(const Session *s, const Rel *rel, Str row, Str kernel, Buf *out) {
    buf_puts(out, "SELECT unnest(list(");
    buf_put(out, s->ordinal);
    put_ordered(s, out);
    buf_puts(out, ") AS ");
    buf_put(out, row);
    buf_puts(out, ", unnest(string_split(");
    sql_ident(out, kernel);
    buf_puts(out, "(string_agg(");
    TRY(put_time(s, out));
    buf_puts(out, "::VARCHAR, ','");
    put_ordered(s, out);
    buf_puts(out, ", ");
    TRY(lower_expr(s->l, s->call->args[1], out));
    buf_puts(out, "), ','))::BIGINT AS ");
    sql_column(out, s->column);
    buf_puts(out, "\n  FROM ");
    buf_put(out, rel->name);
    buf_puts(out, " WHERE ");
    TRY(put_time(s, out));
    buf_puts(out, " IS NOT NULL GROUP BY ");
    buf_put(out, s->run);
    return OK;
}

static void put_joined(const Session *s, const Rel *rel, const Rel *starts, Str row, Buf *out) {
    buf_puts(out, "SELECT r.*, s.");
    sql_column(out, s->column);
    buf_puts(out, "\n  FROM ");
    buf_put(out, rel->name);
    buf_puts(out, " r LEFT JOIN ");
    buf_put(out, starts->name);
    buf_puts(out, " s ON r.");
    buf_put(out, s->ordinal);
    buf_puts(out, " = s.");
    buf_put(out, row);
}

static void add_cte(const Session *s, const char *kind, bool is_kept, Buf *body, Rel *rel) {
    Rel next = lower_cte(s->l, kind, body, is_kept);
    lower_keep_order(&next, rel);
    *rel = next;
}

static Status put_all(const Session *s, Str kernel, Buf *body, Rel *rel) {
    Str breaks = lower_hidden(s->l), row = lower_hidden(s->l);
    TRY(put_breaks(s, rel, breaks, body));
    add_cte(s, "breaks", false, body, rel);
    put_runs(s, rel, breaks, body);
    add_cte(s, "runs", true, body, rel);
    TRY(put_starts(s, rel, row, kernel, body));
    Rel starts = lower_cte(s->l, "starts", body, false);
    put_joined(s, rel, &starts, row, body);
    add_cte(s, "session", false, body, rel);
    return OK;
}

Status lower_session(Lowering *l, const Expr *call, ColumnId column, Rel *rel) {
    Session s = {.l = l, .call = call, .column = column, .ordinal = rel->order[0].column};
    s.run = lower_hidden(l);
    Str kernel;
    Type types[] = {TYPE_STRING, TYPE_TIMESPAN};
    const FnDef *fn = catalog_scalar(STR("__session_starts"));
    if (udf_name(l->engine, fn, types, 2, TYPE_STRING, 0, &kernel) != OK)
        return lower_broken(l, call->span, "a function could not be registered");
    Buf body = {0};
    Status status = put_all(&s, kernel, &body, rel);
    buf_free(&body);
    return status;
}
