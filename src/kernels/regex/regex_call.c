/*
 * regex_call.c: compiled once in prepare, or once a pattern in the cache of the call site.
 */
#include "kernels/regex/regex_call.h"

#include "kernels/out.h"

static Str wrapped(Arena *arena, Str pattern, RegexWrap wrap) {
    switch (wrap) {
    case REGEX_AS_IS: break;
    case REGEX_LEADING: return arena_printf(arena, "\\A(?:%.*s)", STR_ARG(pattern));
    case REGEX_TRAILING: return arena_printf(arena, "(?:%.*s)\\z", STR_ARG(pattern));
    case REGEX_ALL_LEADING: return arena_printf(arena, "\\A(?:%.*s)+", STR_ARG(pattern));
    case REGEX_ALL_TRAILING: return arena_printf(arena, "(?:%.*s)+\\z", STR_ARG(pattern));
    }
    return pattern;
}

bool regex_state_init(RegexState *state, Arena *arena, const Value *pattern, bool is_constant,
                      RegexWrap wrap, Str *ret_error) {
    if (!is_constant) {
        state->cache = regex_cache_new();
        return true;
    }
    Str text = arg_text(arena, pattern);
    if (wrap != REGEX_AS_IS) { /* "a)(b" must not become right by what is put around it */
        Regex *bare = regex_compile(arena, text, ret_error);
        if (!bare) return false;
        regex_free(bare);
    }
    state->fixed = regex_compile(arena, wrapped(arena, text, wrap), ret_error);
    return state->fixed != NULL;
}

void regex_state_clear(RegexState *state) {
    if (!state) return;
    regex_free(state->fixed);
    regex_cache_free(state->cache);
}

static void *prepare_at(Arena *arena, const Value *args, const bool *constant, uint32_t index,
                        Str *ret_error) {
    RegexState *state = ARENA_NEW(arena, RegexState);
    if (!regex_state_init(state, arena, &args[index], constant[index], REGEX_AS_IS, ret_error))
        return NULL;
    return state;
}

void *regex_prepare_0(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                      Str *ret_error) {
    (void)n_args;
    return prepare_at(arena, args, constant, 0, ret_error);
}

void *regex_prepare_1(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                      Str *ret_error) {
    (void)n_args;
    return prepare_at(arena, args, constant, 1, ret_error);
}

void regex_release(void *state) { regex_state_clear(state); }

const Regex *regex_take(KernelCall *call, const RegexState *state, const Value *pattern,
                        RegexWrap wrap) {
    if (state && state->fixed) return state->fixed;
    Str error = STR_EMPTY, text = arg_text(call->scratch, pattern);
    const Regex *regex = state && state->cache
                             ? regex_cache_take(state->cache, call->scratch,
                                                wrapped(call->scratch, text, wrap), &error)
                             : NULL;
    if (!regex) kernel_fail(call, "%.*s", STR_ARG(error.len ? error : STR("out of memory")));
    return regex;
}

void regex_give(const RegexState *state, const Regex *regex) {
    if (state && !state->fixed) regex_cache_drop(regex);
}
