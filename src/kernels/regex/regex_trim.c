/*
 * regex_trim.c: trim, trim_start and trim_end.
 *
 * trim cuts off every leading and trailing match, the other two one match each, as their pages
 * say. The pattern is tied to its end of the text by what is put around it.
 */
#include "kernels/out.h"
#include "kernels/regex/regex_call.h"
#include "kernels/regex/regex_functions.h"

typedef struct TrimState {
    RegexState leading, trailing;
} TrimState;

static void *prepare(Arena *arena, const Value *args, const bool *constant, RegexWrap leading,
                     RegexWrap trailing, Str *ret_error) {
    TrimState *state = ARENA_NEW(arena, TrimState);
    if (leading != REGEX_AS_IS &&
        !regex_state_init(&state->leading, arena, &args[0], constant[0], leading, ret_error))
        return NULL;
    if (trailing != REGEX_AS_IS &&
        !regex_state_init(&state->trailing, arena, &args[0], constant[0], trailing, ret_error)) {
        regex_state_clear(&state->leading);
        return NULL;
    }
    return state;
}

static void release(void *state) {
    TrimState *trim = state;
    regex_state_clear(&trim->leading);
    regex_state_clear(&trim->trailing);
}

/* False when the call has failed; *ret_match is unset when there is no match. */
static bool find(KernelCall *call, const RegexState *state, const Value *pattern, RegexWrap wrap,
                 Str source, RegexSpan *ret_match) {
    const Regex *regex = regex_take(call, state, pattern, wrap);
    if (!regex) return false;
    ret_match->is_set = false;
    if (!regex_search(regex, source, 0, ret_match, 1)) ret_match->is_set = false;
    regex_give(state, regex);
    return true;
}

static void cut(KernelCall *call, const Value *args, RegexWrap leading, RegexWrap trailing,
                Value *ret) {
    const TrimState *state = call->state;
    Str source = arg_text(call->scratch, &args[1]);
    RegexSpan match;
    if (leading != REGEX_AS_IS) {
        if (!find(call, &state->leading, &args[0], leading, source, &match)) return;
        if (match.is_set) source = str_sub(source, match.start + match.len, SIZE_MAX);
    }
    if (trailing != REGEX_AS_IS) {
        if (!find(call, &state->trailing, &args[0], trailing, source, &match)) return;
        if (match.is_set) source = str_sub(source, 0, match.start);
    }
    ret_text(ret, source);
}

#define TRIM(name, leading, trailing)                                                              \
    static void name(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {           \
        (void)n_args;                                                                              \
        cut(call, args, leading, trailing, ret);                                                   \
    }                                                                                              \
    static void *name##_prepare(Arena *arena, const Value *args, const bool *constant,             \
                                uint32_t n_args, Str *ret_error) {                                 \
        (void)n_args;                                                                              \
        return prepare(arena, args, constant, leading, trailing, ret_error);                       \
    }                                                                                              \
    const Kernel kernel_##name = {name, name##_prepare, release};

TRIM(trim, REGEX_ALL_LEADING, REGEX_ALL_TRAILING)
TRIM(trim_start, REGEX_LEADING, REGEX_AS_IS)
TRIM(trim_end, REGEX_AS_IS, REGEX_TRAILING)
