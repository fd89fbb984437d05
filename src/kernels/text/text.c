/*
 * text.c: text measured, cut, joined and rewritten.
 *
 * Source: the documentation page of each function.
 */
#include "kernels/text/text.h"

#include "base/utf8.h"
#include "kernels/dynamic/elements.h"
#include "kernels/number.h"
#include "kernels/out.h"
#include "kernels/text/positions.h"

#define ARGUMENTS KernelCall *call, const Value *args, uint32_t n_args, Value *ret

static void strlen_(ARGUMENTS) {
    (void)n_args;
    ret_long(ret, (int64_t)utf8_count(arg_text(call->scratch, &args[0])));
}
static void string_size(ARGUMENTS) {
    (void)n_args;
    ret_long(ret, (int64_t)arg_text(call->scratch, &args[0]).len);
}
static void tolower_(ARGUMENTS) {
    (void)n_args;
    ret_text(ret, utf8_to_lower(call->scratch, arg_text(call->scratch, &args[0])));
}
static void toupper_(ARGUMENTS) {
    (void)n_args;
    ret_text(ret, utf8_to_upper(call->scratch, arg_text(call->scratch, &args[0])));
}

/* A negative start counts from the end; one before the text is its start. */
static void substring(ARGUMENTS) {
    Str s = arg_text(call->scratch, &args[0]);
    int64_t start = arg_long(&args[1]);
    if (start < 0) start += (int64_t)utf8_count(s);
    if (start < 0) start = 0;
    s = str_sub(s, position_offset(s, start), SIZE_MAX);
    if (n_args > 2) s = str_sub(s, 0, position_offset(s, arg_long(&args[2])));
    ret_text(ret, s);
}

static void put_text(Out *out, Str text) {
    if (out->ptr[out->len - 1] != '[') out_putc(out, ',');
    out_json_string(out, text);
}

/* An index beyond the parts gives an empty array; an empty delimiter parts nothing. */
static void split(ARGUMENTS) {
    Str s = arg_text(call->scratch, &args[0]), delimiter = arg_text(call->scratch, &args[1]);
    if (n_args > 2 && args[2].is_null) return;
    int64_t wanted = n_args > 2 ? arg_long(&args[2]) : -1;
    Out out = out_open(call->scratch);
    size_t at = 0;
    for (int64_t i = 0;; i++) {
        size_t end = delimiter.len ? str_find(s, delimiter, at) : SIZE_MAX;
        if (end == SIZE_MAX) end = s.len;
        bool is_last = end + delimiter.len > s.len || !delimiter.len;
        if (n_args < 3 || i == wanted) put_text(&out, str_sub(s, at, end - at));
        if (is_last || (n_args > 2 && i >= wanted)) break;
        at = end + delimiter.len;
    }
    ret_text(ret, out_close(&out));
}

static int64_t count_parts(Str s, Str delimiter) {
    int64_t n = 1;
    for (size_t at = 0; delimiter.len; n++) {
        at = str_find(s, delimiter, at);
        if (at == SIZE_MAX) break;
        at += delimiter.len;
    }
    return n;
}

/* tostring(split(text, delimiter)[index]), without the array. */
static void part(ARGUMENTS) {
    (void)n_args;
    Str s = arg_text(call->scratch, &args[0]), delimiter = arg_text(call->scratch, &args[1]);
    ret_text(ret, STR_EMPTY);
    if (args[2].is_null) return;
    int64_t index = arg_long(&args[2]);
    if (index < 0) index += count_parts(s, delimiter);
    size_t at = 0;
    for (int64_t i = 0; index >= 0; i++) {
        size_t end = delimiter.len ? str_find(s, delimiter, at) : SIZE_MAX;
        bool is_last = end == SIZE_MAX;
        if (i == index) ret_text(ret, str_sub(s, at, is_last ? SIZE_MAX : end - at));
        if (is_last || i == index) break;
        at = end + delimiter.len;
    }
}

/* Each further occurrence is looked for behind the one before, again within `length` characters, as
 * the page's examples have it. */
static void indexof(ARGUMENTS) {
    Str source = arg_text(call->scratch, &args[0]), match = arg_text(call->scratch, &args[1]);
    SearchWindow w;
    if (!search_window(source, args, n_args, true, &w)) return;
    int64_t length = n_args > 3 && !args[3].is_null ? arg_long(&args[3]) : -1;
    size_t from = position_offset(source, w.first), at = SIZE_MAX;
    for (int64_t seen = 0; seen < w.occurrence; seen++) {
        Str rest = str_sub(source, from, SIZE_MAX);
        if (length >= 0) rest = str_sub(rest, 0, position_offset(rest, length));
        at = from > source.len ? SIZE_MAX : str_find(rest, match, 0);
        if (at == SIZE_MAX) break;
        at += from;
        from = at + (match.len ? match.len : 1);
    }
    ret_long(ret, at == SIZE_MAX ? -1 : (int64_t)utf8_count(str_sub(source, 0, at)));
}

static void reverse(ARGUMENTS) {
    (void)n_args;
    Str s = arg_text(call->scratch, &args[0]);
    char *text = arena_alloc_raw(call->scratch, s.len + 1);
    for (size_t at = 0; at < s.len;) {
        unsigned len;
        (void)utf8_decode(s, at, &len);
        memcpy(text + (s.len - at - len), s.ptr + at, len);
        at += len;
    }
    ret_text(ret, (Str){text, s.len});
}

/* By bytes, which is the order of the code points too. */
static void strcmp_(ARGUMENTS) {
    (void)n_args;
    int order = str_compare(arg_text(call->scratch, &args[0]), arg_text(call->scratch, &args[1]));
    ret_long(ret, order < 0 ? -1 : order > 0);
}

/* ---------------------------------------------------------------- joined */

/* The page names two largest multipliers, 67108864 for the parameter and an older 1024 below; the
 * former is taken, as no text gets cut then. */
static void strrep(ARGUMENTS) {
    enum { MAX_TIMES = 67108864 };
    Out out = {.arena = call->scratch};
    Str s = arg_text(call->scratch, &args[0]);
    Str delimiter = n_args > 2 ? arg_text(call->scratch, &args[2]) : STR_EMPTY;
    int64_t times = args[1].is_null ? 0 : arg_long(&args[1]);
    if (times > MAX_TIMES) {
        kernel_fail(call, "a text is repeated at most %d times", MAX_TIMES);
        return;
    }
    if (!s.len && !delimiter.len) return;
    for (int64_t i = 0; i < times; i++) {
        if (i) out_put(&out, delimiter);
        out_put(&out, s);
        if (!out_text_fits(call, &out)) return;
    }
    ret_text(ret, out_str(&out));
}

static void strcat_(ARGUMENTS) {
    Out out = {.arena = call->scratch};
    for (uint32_t i = 0; i < n_args; i++) out_put(&out, value_to_text(call->scratch, &args[i]));
    ret_text(ret, out_str(&out));
}

static void strcat_delim(ARGUMENTS) {
    Out out = {.arena = call->scratch};
    Str delimiter = value_to_text(call->scratch, &args[0]);
    for (uint32_t i = 1; i < n_args; i++) {
        if (i > 1) out_put(&out, delimiter);
        out_put(&out, value_to_text(call->scratch, &args[i]));
    }
    ret_text(ret, out_str(&out));
}

static void strcat_array(ARGUMENTS) {
    (void)n_args;
    Elements list;
    if (!elements_of(call->scratch, &args[0], &list)) return;
    Out out = {.arena = call->scratch};
    Str delimiter = value_to_text(call->scratch, &args[1]);
    for (size_t i = 0; i < list.n; i++) {
        if (i) out_put(&out, delimiter);
        out_put(&out, json_plain(call->scratch, list.at[i]));
    }
    ret_text(ret, out_str(&out));
}

/* -------------------------------------------------------------- rewritten */

static void replace_string(ARGUMENTS) {
    (void)n_args;
    Str s = arg_text(call->scratch, &args[0]), lookup = arg_text(call->scratch, &args[1]);
    Str rewrite = arg_text(call->scratch, &args[2]);
    size_t at = 0, found = lookup.len ? str_find(s, lookup, 0) : SIZE_MAX;
    if (found == SIZE_MAX) {
        ret_text(ret, s);
        return;
    }
    Out out = {.arena = call->scratch};
    for (; found != SIZE_MAX; found = str_find(s, lookup, at)) {
        out_put(&out, str_sub(s, at, found - at));
        out_put(&out, rewrite);
        if (!out_text_fits(call, &out)) return;
        at = found + lookup.len;
    }
    out_put(&out, str_sub(s, at, SIZE_MAX));
    ret_text(ret, out_str(&out));
}

/* Marks what `needle` matches of bytes that no earlier lookup has: its number + 1 at the start of a
 * match, and -1 on the bytes behind. */
static void take_matches(Str s, Str needle, int32_t number, int32_t *taken) {
    for (size_t at = 0; needle.len && (at = str_find(s, needle, at)) != SIZE_MAX;) {
        size_t k = 0;
        while (k < needle.len && !taken[at + k]) k++;
        if (k < needle.len) {
            at++;
            continue;
        }
        for (k = 0; k < needle.len; k++) taken[at + k] = k ? -1 : number + 1;
        at += needle.len;
    }
}

/* An earlier lookup takes its matches before a later one; one without a text to replace it by keeps
 * what it matched. */
static void replace_strings(ARGUMENTS) {
    (void)n_args;
    Elements lookups, rewrites;
    Str s = arg_text(call->scratch, &args[0]);
    if (!elements_of(call->scratch, &args[1], &lookups)) return;
    if (!elements_of(call->scratch, &args[2], &rewrites)) return;
    int32_t *taken = ARENA_ARRAY(call->scratch, int32_t, s.len + 1);
    for (size_t i = 0; i < lookups.n && i < INT32_MAX - 1; i++)
        if (json_kind(lookups.at[i]) == JSON_STRING)
            take_matches(s, json_string(call->scratch, lookups.at[i]), (int32_t)i, taken);
    Out out = {.arena = call->scratch};
    for (size_t at = 0; at < s.len;) {
        size_t i = taken[at] > 0 ? (size_t)taken[at] - 1 : SIZE_MAX;
        if (i >= rewrites.n || json_kind(rewrites.at[i]) != JSON_STRING) {
            out_putc(&out, s.ptr[at++]);
            continue;
        }
        out_put(&out, json_string(call->scratch, rewrites.at[i]));
        if (!out_text_fits(call, &out)) return;
        at++;
        while (at < s.len && taken[at] == -1) at++;
    }
    ret_text(ret, out_str(&out));
}

/* The last replacement serves the characters beyond the list; an empty list drops them. */
static void translate(ARGUMENTS) {
    (void)n_args;
    Str from = args[0].u.s, to = args[1].u.s, s = arg_text(call->scratch, &args[2]);
    Out out = {.arena = call->scratch};
    int64_t n_to = (int64_t)utf8_count(to);
    unsigned len;
    for (size_t at = 0; at < s.len; at += len) {
        (void)utf8_decode(s, at, &len);
        Str one = str_sub(s, at, len);
        size_t place = str_find(from, one, 0);
        if (place != SIZE_MAX) {
            int64_t index = (int64_t)utf8_count(str_sub(from, 0, place));
            if (index >= n_to) index = n_to - 1;
            one = STR_EMPTY;
            if (n_to) {
                size_t start = position_offset(to, index);
                one = str_sub(to, start, position_offset(to, index + 1) - start);
            }
        }
        out_put(&out, one);
    }
    ret_text(ret, out_str(&out));
}

const Kernel kernel_part = {.fn = part};
const Kernel kernel_strlen = {.fn = strlen_};
const Kernel kernel_string_size = {.fn = string_size};
const Kernel kernel_tolower = {.fn = tolower_};
const Kernel kernel_toupper = {.fn = toupper_};
const Kernel kernel_substring = {.fn = substring};
const Kernel kernel_split = {.fn = split};
const Kernel kernel_indexof = {.fn = indexof};
const Kernel kernel_reverse = {.fn = reverse};
const Kernel kernel_strcmp = {.fn = strcmp_};
const Kernel kernel_strrep = {.fn = strrep};
const Kernel kernel_strcat = {.fn = strcat_};
const Kernel kernel_strcat_delim = {.fn = strcat_delim};
const Kernel kernel_strcat_array = {.fn = strcat_array};
const Kernel kernel_replace_string = {.fn = replace_string};
const Kernel kernel_replace_strings = {.fn = replace_strings};
const Kernel kernel_translate = {.fn = translate};
