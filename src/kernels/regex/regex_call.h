/*
 * regex_call.h: the regex of a call, compiled beforehand when it is constant and cached when not.
 */
#ifndef QUARRY_KERNELS_REGEX_CALL_H
#define QUARRY_KERNELS_REGEX_CALL_H

#include "kernels/kernel.h"
#include "kernels/regex/regex_match.h"

/* Kernel.state of a call with a regex. A kernel that keeps more puts it first in a larger struct. */
typedef struct RegexState {
    Regex *fixed;      /* the constant pattern */
    RegexCache *cache; /* or the patterns met */
} RegexState;

/* How a pattern is made into the one that is run. */
typedef enum RegexWrap {
    REGEX_AS_IS,
    REGEX_LEADING,     /* one match at the very start */
    REGEX_TRAILING,    /* one match up to the very end */
    REGEX_ALL_LEADING, /* as many as there are at the start */
    REGEX_ALL_TRAILING /* as many as there are up to the end */
} RegexWrap;

/* Fills `state` for a pattern that is args[index]. False, with *ret_error set, when a constant one
 * is wrong. Dynamic patterns are taken as text. */
bool regex_state_init(RegexState *state, Arena *arena, const Value *pattern, bool is_constant,
                      RegexWrap wrap, Str *ret_error);
void regex_state_clear(RegexState *state);

/* Prepare and release for kernels whose only constant of interest is the pattern. */
void *regex_prepare_0(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                      Str *ret_error);
void *regex_prepare_1(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                      Str *ret_error);
void regex_release(void *state);

/* The regex for this row, or NULL when the call has failed. Give it back with regex_give. */
const Regex *regex_take(KernelCall *call, const RegexState *state, const Value *pattern,
                        RegexWrap wrap);
void regex_give(const RegexState *state, const Regex *regex);

#endif
