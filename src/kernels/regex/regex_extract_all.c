/*
 * regex_extract_all.c: all matches of a regular expression as an array.
 *
 * Source: "extract_all()". One group gives an array of texts, more give an array of arrays. The
 * groups are chosen once when they are constant.
 */
#include "kernels/dynamic/elements.h"
#include "kernels/out.h"
#include "kernels/regex/regex_call.h"
#include "kernels/regex/regex_functions.h"

#define MAX_CHOSEN REGEX_MAX_GROUPS

typedef struct Chosen {
    unsigned groups[MAX_CHOSEN];
    unsigned n;
} Chosen;

/* All groups, or those of an array of numbers and names. False with *ret_error set when a group
 * does not exist. */
static bool choose(Arena *arena, const Regex *regex, const Value *groups, Chosen *ret,
                   Str *ret_error) {
    unsigned count = regex_group_count(regex);
    ret->n = 0;
    if (!count || count >= REGEX_MAX_GROUPS) {
        *ret_error = STR("the regular expression must have 1 to 16 capture groups");
        return false;
    }
    Elements wanted;
    if (!groups) {
        for (unsigned g = 1; g <= count; g++) ret->groups[ret->n++] = g;
        return true;
    }
    if (!elements_of(arena, groups, &wanted) || !wanted.n || wanted.n > MAX_CHOSEN) {
        *ret_error = STR("captureGroups must be an array of group numbers or names");
        return false;
    }
    for (size_t i = 0; i < wanted.n; i++) {
        int64_t number = -1;
        if (json_kind(wanted.at[i]) == JSON_STRING)
            number = regex_group_index(regex, json_string(arena, wanted.at[i]));
        else if (!json_long(wanted.at[i], &number)) number = -1;
        if (number < 1 || number > count) {
            *ret_error = arena_printf(arena, "no capture group %.*s in the regular expression",
                                      STR_ARG(wanted.at[i]));
            return false;
        }
        ret->groups[ret->n++] = (unsigned)number;
    }
    return true;
}

typedef struct ExtractAll {
    RegexState regex;
    bool is_chosen;
    Chosen chosen;
} ExtractAll;

static void *extract_all_prepare(Arena *arena, const Value *args, const bool *constant,
                                 uint32_t n_args, Str *ret_error) {
    ExtractAll *state = ARENA_NEW(arena, ExtractAll);
    if (!regex_state_init(&state->regex, arena, &args[0], constant[0], REGEX_AS_IS, ret_error))
        return NULL;
    if (!constant[0] || (n_args > 2 && !constant[1])) return state;
    state->is_chosen =
        choose(arena, state->regex.fixed, n_args > 2 ? &args[1] : NULL, &state->chosen, ret_error);
    if (state->is_chosen) return state;
    regex_state_clear(&state->regex);
    return NULL;
}

static void put_group(Out *out, Str source, const RegexSpan *span) {
    if (out->ptr[out->len - 1] != '[') out_putc(out, ',');
    out_json_string(out, span->is_set ? str_sub(source, span->start, span->len) : STR_EMPTY);
}

static void put_matches(Out *out, const Regex *regex, Str source, const Chosen *chosen) {
    RegexSpan spans[REGEX_MAX_GROUPS];
    RegexScan scan = {.regex = regex, .text = source};
    while (regex_each(&scan, spans, regex_group_count(regex) + 1)) {
        if (chosen->n == 1) {
            put_group(out, source, &spans[chosen->groups[0]]);
            continue;
        }
        if (out->ptr[out->len - 1] != '[') out_putc(out, ',');
        out_putc(out, '[');
        for (unsigned i = 0; i < chosen->n; i++) put_group(out, source, &spans[chosen->groups[i]]);
        out_putc(out, ']');
    }
}

static void extract_all(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    const ExtractAll *state = call->state;
    if (n_args > 2 && args[1].is_null) return;
    const Value *groups = n_args > 2 ? &args[1] : NULL;
    const Regex *regex = regex_take(call, &state->regex, &args[0], REGEX_AS_IS);
    if (!regex) return;
    Chosen chosen = state->chosen;
    Str error = STR_EMPTY;
    if (!state->is_chosen && !choose(call->scratch, regex, groups, &chosen, &error)) {
        kernel_fail(call, "%.*s", STR_ARG(error));
    } else {
        Out out = out_open(call->scratch);
        put_matches(&out, regex, arg_text(call->scratch, &args[n_args - 1]), &chosen);
        if (out.len > 1) ret_text(ret, out_close(&out));
    }
    regex_give(&state->regex, regex);
}

static void extract_all_release(void *state) { regex_state_clear(&((ExtractAll *)state)->regex); }

const Kernel kernel_extract_all = {extract_all, extract_all_prepare, extract_all_release};
