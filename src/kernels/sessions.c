/*
 * sessions.c: where sessions begin in a run of rows without a break.
 *
 * Source: the page of row_window_session(). A break (a restart, a pause that is too long, a null
 * before) is a matter of two neighbours; the length of a session depends on where it began, so it
 * takes a walk over the run.
 */
#include "kernels/sessions.h"

#include <inttypes.h>

#include "kernels/out.h"

/* The next number of a list joined by commas; false at the end or when it is none. */
static bool next_ticks(Str *list, int64_t *ret) {
    size_t end = str_find(*list, STR(","), 0);
    Str number = end == SIZE_MAX ? *list : str_sub(*list, 0, end);
    *list = end == SIZE_MAX ? STR_EMPTY : str_sub(*list, end + 1, list->len);
    return json_long(number, ret);
}

static bool is_over(int64_t at, int64_t start, int64_t longest) {
    int64_t end;
    return !__builtin_add_overflow(start, longest, &end) && at >= end;
}

static void session_starts(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args != 2) return;
    Str times = args[0].u.s;
    Buf out = {0};
    int64_t at, start = 0;
    for (bool is_first = true; next_ticks(&times, &at); is_first = false) {
        if (is_first || (!args[1].is_null && is_over(at, start, args[1].u.l))) start = at;
        buf_printf(&out, "%s%" PRId64, is_first ? "" : ",", start);
    }
    ret_text(ret, buf_to_arena(call->scratch, &out));
}

const Kernel kernel_session_starts = {.fn = session_starts};
