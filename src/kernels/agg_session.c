/*
 * agg_session.c: the start of the session that a row is in, row after row.
 *
 * Source: the page of row_window_session(). A row begins a session when there is none before it,
 * when it is maxDistanceFromFirst or more behind the session's start, when it is
 * maxDistanceBetweenNeighbors or more behind the row before, or when restart is true. A null has no
 * session and ends the one before.
 */
#include "kernels/aggregates.h"

typedef struct SessionState {
    int64_t start, last; /* ticks */
    bool is_open;
} SessionState;

/* Whether `at` is `distance` or more behind `from`; a null distance is never reached. */
static bool is_behind(int64_t at, int64_t from, const Value *distance) {
    int64_t end;
    if (distance->is_null || __builtin_add_overflow(from, distance->u.l, &end)) return false;
    return at >= end;
}

static void session_update(KernelCall *call, void *state, const Value *args, uint32_t n_args) {
    (void)call;
    SessionState *s = state;
    if (n_args < 3) return;
    if (args[0].is_null) {
        s->is_open = false;
        return;
    }
    int64_t at = args[0].u.l;
    bool restarts = n_args > 3 && !args[3].is_null && args[3].u.b;
    if (!s->is_open || restarts || is_behind(at, s->start, &args[1]) ||
        is_behind(at, s->last, &args[2]))
        s->start = at;
    s->last = at;
    s->is_open = true;
}

static void session_combine(KernelCall *call, void *into, const void *from) {
    (void)into;
    (void)from;
    kernel_fail(call, "sessions were cut in pieces");
}

static void session_finish(KernelCall *call, void *state, Value *ret) {
    (void)call;
    const SessionState *s = state;
    if (s->is_open) *ret = value_ticks(TYPE_DATETIME, s->start);
}

const AggKernel agg_session_start = {sizeof(SessionState), session_update, session_combine,
                                     session_finish, NULL};
