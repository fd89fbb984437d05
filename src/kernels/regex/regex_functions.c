/*
 * regex_functions.c: matches regex, extract, replace_regex, countof, indexof_regex, regex_quote.
 *
 * Positions count code points. Source: the documentation page of each function.
 */
#include "kernels/regex/regex_functions.h"

#include "base/utf8.h"
#include "kernels/dynamic/elements.h"
#include "kernels/out.h"
#include "kernels/regex/regex_call.h"
#include "kernels/text/positions.h"

static int64_t integer_arg(const Value *v) { return v->type == TYPE_INT ? v->u.i : v->u.l; }

static void matches_regex(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    const Regex *regex = regex_take(call, call->state, &args[1], REGEX_AS_IS);
    if (!regex) return;
    ret_bool(ret, regex_matches(regex, arg_text(call->scratch, &args[0])));
    regex_give(call->state, regex);
}

/* ------------------------------------------------------------- extract */

/* extract(regex, captureGroup, source [, typeof(T)]) */
static void extract(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    if (args[1].is_null) return;
    const Regex *regex = regex_take(call, call->state, &args[0], REGEX_AS_IS);
    if (!regex) return;
    Str source = arg_text(call->scratch, &args[2]);
    int64_t group = integer_arg(&args[1]);
    RegexSpan spans[REGEX_MAX_GROUPS];
    bool is_known = group >= 0 && group <= regex_group_count(regex) && group < REGEX_MAX_GROUPS;
    bool found = is_known && regex_search(regex, source, 0, spans, (unsigned)group + 1);
    regex_give(call->state, regex);
    if (!found || !spans[group].is_set) return;
    Value text = value_str(str_sub(source, spans[group].start, spans[group].len));
    *ret = ret->type == TYPE_STRING ? text : value_convert(call->scratch, &text, ret->type);
}

/* ------------------------------------------------------------- replace */

/* \0 is the match, \1 to \9 a group, \\ a backslash; any other text stands for itself. */
static void put_rewrite(Out *out, Str rewrite, Str source, const RegexSpan *spans,
                        unsigned n_spans) {
    for (size_t i = 0; i < rewrite.len; i++) {
        char c = rewrite.ptr[i];
        char next = i + 1 < rewrite.len ? rewrite.ptr[i + 1] : '\0';
        if (c == '\\' && next >= '0' && next <= '9') {
            unsigned group = (unsigned)(next - '0');
            if (group < n_spans && spans[group].is_set)
                out_put(out, str_sub(source, spans[group].start, spans[group].len));
            i++;
            continue;
        }
        if (c == '\\' && next == '\\') i++;
        out_putc(out, c);
    }
}

static void replace_matches(KernelCall *call, const Value *source_arg, const Value *pattern,
                            const Value *rewrite_arg, Value *ret) {
    Str source = arg_text(call->scratch, source_arg);
    Str rewrite = arg_text(call->scratch, rewrite_arg);
    const Regex *regex = regex_take(call, call->state, pattern, REGEX_AS_IS);
    if (!regex) return;
    RegexSpan spans[10];
    unsigned n_spans = regex_group_count(regex) + 1;
    if (n_spans > COUNT_OF(spans)) n_spans = COUNT_OF(spans);
    if (str_find(rewrite, STR("\\"), 0) == SIZE_MAX) n_spans = 1; /* no groups asked for: faster */
    RegexScan scan = {.regex = regex, .text = source};
    Out out = {.arena = call->scratch};
    size_t copied = 0;
    bool fits = true;
    while (fits && regex_each(&scan, spans, n_spans)) {
        out_put(&out, str_sub(source, copied, spans[0].start - copied));
        put_rewrite(&out, rewrite, source, spans, n_spans);
        copied = spans[0].start + spans[0].len;
        fits = out_text_fits(call, &out);
    }
    regex_give(call->state, regex);
    if (!fits) return;
    if (!scan.has_last) { /* nothing found: no copy */
        ret_text(ret, source);
        return;
    }
    out_put(&out, str_sub(source, copied, SIZE_MAX));
    ret_text(ret, out_str(&out));
}

static void replace_regex(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    replace_matches(call, &args[0], &args[1], &args[2], ret);
}

static void replace(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    replace_matches(call, &args[2], &args[0], &args[1], ret);
}

/* ------------------------------------------------------------- counting */

static int64_t count_matches(const Regex *regex, Str source) {
    RegexScan scan = {.regex = regex, .text = source};
    RegexSpan match;
    int64_t n = 0;
    while (regex_each(&scan, &match, 1)) n++;
    return n;
}

/* Plain occurrences may overlap; an empty needle counts for nothing. */
static int64_t count_plain(Str source, Str needle) {
    int64_t n = 0;
    if (!needle.len) return 0;
    for (size_t at = 0; (at = str_find(source, needle, at)) != SIZE_MAX; at++) n++;
    return n;
}

static bool is_regex_kind(const Value *args, uint32_t n_args) {
    return n_args > 2 && str_is(args[2].u.s, "regex");
}

static void *countof_prepare(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                             Str *ret_error) {
    if (n_args > 2 && constant[2] && !is_regex_kind(args, n_args) &&
        !str_is(args[2].u.s, "normal")) {
        *ret_error = STR("kind must be 'normal' or 'regex'");
        return NULL;
    }
    if (!is_regex_kind(args, n_args)) return NULL;
    return regex_prepare_1(arena, args, constant, n_args, ret_error);
}

static void countof(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Str source = arg_text(call->scratch, &args[0]);
    if (!is_regex_kind(args, n_args)) {
        ret_long(ret, count_plain(source, arg_text(call->scratch, &args[1])));
        return;
    }
    const Regex *regex = regex_take(call, call->state, &args[1], REGEX_AS_IS);
    if (!regex) return;
    ret_long(ret, count_matches(regex, source));
    regex_give(call->state, regex);
}

/* ------------------------------------------------------------- position */

/* Unlike indexof, a negative start is no position from the end: it gives null. */
static void indexof_regex(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Str source = arg_text(call->scratch, &args[0]);
    SearchWindow window;
    if (!search_window(source, args, n_args, false, &window)) return;
    const Regex *regex = regex_take(call, call->state, &args[1], REGEX_AS_IS);
    if (!regex) return;
    RegexScan scan = {.regex = regex, .text = window.text};
    RegexSpan match;
    int64_t seen = 0, index = -1;
    while (seen < window.occurrence && regex_each(&scan, &match, 1))
        if (++seen == window.occurrence)
            index = window.first + (int64_t)utf8_count(str_sub(window.text, 0, match.start));
    regex_give(call->state, regex);
    ret_long(ret, index);
}

/* ---------------------------------------------------------------- quote */

static void regex_quote(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    Str source = arg_text(call->scratch, &args[0]);
    Out out = {.arena = call->scratch};
    for (size_t i = 0; i < source.len; i++) {
        char c = source.ptr[i];
        if (c && strchr("\\.+*?()|[]{}^$#&-~", c)) out_putc(&out, '\\');
        out_putc(&out, c);
    }
    ret_text(ret, out_str(&out));
}

const Kernel kernel_matches_regex = {matches_regex, regex_prepare_1, regex_release};
const Kernel kernel_extract = {extract, regex_prepare_0, regex_release};
const Kernel kernel_replace_regex = {replace_regex, regex_prepare_1, regex_release};
const Kernel kernel_replace = {replace, regex_prepare_0, regex_release};
const Kernel kernel_countof = {countof, countof_prepare, regex_release};
const Kernel kernel_indexof_regex = {indexof_regex, regex_prepare_1, regex_release};
const Kernel kernel_regex_quote = {.fn = regex_quote};
