/*
 * parse_kv.c: the operator parse-kv.
 *
 * A scanner goes through the source once and hands over pairs of key and value; the first pair of a
 * wanted key counts. Three scanners: by delimiters, by words (every character that is no letter or
 * digit separates), and by a regular expression.
 *
 * Source: "parse-kv operator".
 */
#include "base/utf8.h"
#include "kernels/dynamic/elements.h"
#include "kernels/regex/regex_match.h"
#include "kernels/text/parse_pattern.h"
#include "kernels/text/parse_value.h"

typedef struct KvKey {
    Str name;
    Type type;
} KvKey;

typedef struct KvSpec {
    KvKey *keys;
    size_t n_keys;
    Str pair, kv; /* both empty: any character that is no letter or digit */
    Str *quotes;  /* one or two characters each */
    size_t n_quotes;
    Str *escapes;
    size_t n_escapes;
    bool is_greedy;
    Regex *regex;
} KvSpec;

/* ------------------------------------------------------------- compile */

static bool read_keys(Arena *arena, KvSpec *spec, Str keys, Str *ret_error) {
    Value list = value_text(TYPE_DYNAMIC, keys);
    Elements elements;
    if (!elements_of(arena, &list, &elements) || elements.n > PARSE_MAX_KEYS) {
        *ret_error = arena_printf(arena, "parse-kv takes at most %d keys", PARSE_MAX_KEYS);
        return false;
    }
    spec->keys = ARENA_ARRAY(arena, KvKey, elements.n + 1);
    for (size_t i = 0; i < elements.n; i++) {
        KvKey *key = &spec->keys[spec->n_keys++];
        key->name = arena_str(arena, json_plain(arena, json_at(elements.at[i], 0)));
        key->type = parsed_type(arena, json_at(elements.at[i], 1));
        if (key->type == TYPE_ERROR) *ret_error = STR("unknown type of a key");
    }
    return !ret_error->len;
}

/* A list of texts of one to `max` code points each; absent: none. */
static bool read_texts(Arena *arena, Str json, size_t max, Str **ret, size_t *ret_n) {
    Value list = value_text(TYPE_DYNAMIC, json);
    Elements elements;
    *ret_n = 0;
    if (!json.len) return true;
    if (!elements_of(arena, &list, &elements)) return false;
    *ret = ARENA_ARRAY(arena, Str, elements.n + 1);
    for (size_t i = 0; i < elements.n; i++) {
        Str text = arena_str(arena, json_plain(arena, elements.at[i]));
        size_t n = utf8_count(text);
        if (n < 1 || n > max) return false;
        (*ret)[(*ret_n)++] = text;
    }
    return true;
}

static bool read_regex(Arena *arena, KvSpec *spec, Str pattern, Str *ret_error) {
    spec->regex = regex_compile(arena, pattern, ret_error);
    if (!spec->regex) return false;
    if (regex_group_count(spec->regex) == 2) return true;
    *ret_error = STR("the regular expression of parse-kv must have two capture groups");
    regex_free(spec->regex);
    return false;
}

static void *kv_prepare(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                        Str *ret_error) {
    (void)n_args;
    if (!constant[1] || args[1].is_null || json_kind(args[1].u.s) != JSON_OBJECT) {
        *ret_error = STR("the description of keys must be a constant bag");
        return NULL;
    }
    Str bag = args[1].u.s, regex = json_get(bag, STR("regex"));
    KvSpec *spec = ARENA_NEW(arena, KvSpec);
    if (!read_keys(arena, spec, json_get(bag, STR("keys")), ret_error)) return NULL;
    if (regex.len)
        return read_regex(arena, spec, json_plain(arena, regex), ret_error) ? spec : NULL;
    spec->pair = arena_str(arena, json_plain(arena, json_get(bag, STR("pair"))));
    spec->kv = arena_str(arena, json_plain(arena, json_get(bag, STR("kv"))));
    spec->is_greedy = json_kind(json_get(bag, STR("greedy"))) == JSON_TRUE;
    if (!spec->pair.len != !spec->kv.len)
        *ret_error = STR("pair_delimiter and kv_delimiter go together");
    else if (spec->is_greedy && !spec->pair.len) *ret_error = STR("greedy needs delimiters");
    else if (!read_texts(arena, json_get(bag, STR("quote")), 2, &spec->quotes, &spec->n_quotes))
        *ret_error = STR("quote must be one or two characters");
    else if (!read_texts(arena, json_get(bag, STR("escape")), 1, &spec->escapes, &spec->n_escapes))
        *ret_error = STR("escape must be one character");
    return ret_error->len ? NULL : spec;
}

static void kv_release(void *state) { regex_free(((KvSpec *)state)->regex); }

/* ------------------------------------------------------------- quoting */

typedef struct KvScan {
    const KvSpec *spec;
    Arena *scratch;
    Str text;
    size_t at;
} KvScan;

static bool stands_at(const KvScan *s, size_t at, Str what) {
    return what.len && what.len <= s->text.len - at &&
           memcmp(s->text.ptr + at, what.ptr, what.len) == 0;
}

static void split_quote(Str quote, Str *open, Str *close) {
    unsigned len;
    (void)utf8_decode(quote, 0, &len);
    *open = str_sub(quote, 0, len);
    *close = len < quote.len ? str_sub(quote, len, SIZE_MAX) : *open;
}

/* Length of the escape character at `at` when it stands before a quote or an escape; else 0. */
static size_t escape_at(const KvScan *s, size_t at, Str close) {
    for (size_t i = 0; i < s->spec->n_escapes; i++) {
        Str escape = s->spec->escapes[i];
        if (!stands_at(s, at, escape)) continue;
        size_t next = at + escape.len;
        if (stands_at(s, next, close) || stands_at(s, next, escape)) return escape.len;
    }
    return 0;
}

/* The quoted text that opens at s->at, behind which s->at then stands. False when none opens there
 * or none closes. */
static bool read_quoted(KvScan *s, Str *ret) {
    for (size_t q = 0; q < s->spec->n_quotes; q++) {
        Str open, close;
        split_quote(s->spec->quotes[q], &open, &close);
        if (!stands_at(s, s->at, open)) continue;
        Out out = {.arena = s->scratch};
        for (size_t at = s->at + open.len; at < s->text.len;) {
            size_t escape = escape_at(s, at, close);
            if (escape) {
                at += escape;
            } else if (stands_at(s, at, close)) {
                s->at = at + close.len;
                *ret = out_str(&out);
                return true;
            }
            unsigned len;
            (void)utf8_decode(s->text, at, &len);
            out_put(&out, str_sub(s->text, at, len));
            at += len;
        }
    }
    return false;
}

/* ------------------------------------------------------------- scanners */

static void skip_blanks(KvScan *s) {
    while (s->at < s->text.len && strchr(" \t\r\n", s->text.ptr[s->at]) && s->text.ptr[s->at])
        s->at++;
}

static void skip_pairs_end(KvScan *s) {
    size_t end = str_find(s->text, s->spec->pair, s->at);
    s->at = end == SIZE_MAX ? s->text.len : end + s->spec->pair.len;
}

/* Where the unquoted value at s->at ends: at the next pair delimiter; greedy: at the last one before
 * the next key. */
static size_t value_end(const KvScan *s) {
    size_t end = str_find(s->text, s->spec->pair, s->at);
    if (end == SIZE_MAX) return s->text.len;
    while (s->spec->is_greedy) {
        size_t kv = str_find(s->text, s->spec->kv, end + s->spec->pair.len);
        if (kv == SIZE_MAX) return s->text.len;
        size_t next = str_find(s->text, s->spec->pair, end + s->spec->pair.len);
        if (next == SIZE_MAX || next > kv) break;
        end = next;
    }
    return end;
}

/* The next pair by delimiters. */
static bool next_delimited(KvScan *s, Str *ret_key, Str *ret_value) {
    while (s->at < s->text.len) {
        skip_blanks(s);
        if (stands_at(s, s->at, s->spec->pair)) {
            s->at += s->spec->pair.len;
            continue;
        }
        bool is_quoted = read_quoted(s, ret_key);
        size_t kv = str_find(s->text, s->spec->kv, s->at);
        size_t pair = str_find(s->text, s->spec->pair, s->at);
        if (kv == SIZE_MAX) break;
        if (pair < kv) {
            s->at = pair + s->spec->pair.len;
            continue;
        }
        if (!is_quoted) *ret_key = str_trim(str_sub(s->text, s->at, kv - s->at));
        s->at = kv + s->spec->kv.len;
        size_t before = s->at;
        if (!stands_at(s, s->at, s->spec->pair)) skip_blanks(s);
        if (read_quoted(s, ret_value)) {
            skip_pairs_end(s);
            return true;
        }
        s->at = before;
        size_t end = value_end(s);
        *ret_value = str_trim(str_sub(s->text, s->at, end - s->at));
        s->at = end < s->text.len ? end + s->spec->pair.len : end;
        return true;
    }
    s->at = s->text.len;
    return false;
}

/* The next word or quoted text. */
static bool next_word(KvScan *s, Str *ret) {
    while (s->at < s->text.len) {
        if (read_quoted(s, ret)) return true;
        size_t start = s->at;
        unsigned len = 1;
        while (s->at < s->text.len && utf8_is_alnum(utf8_decode(s->text, s->at, &len)))
            s->at += len;
        *ret = str_sub(s->text, start, s->at - start);
        if (ret->len) return true;
        s->at += len;
    }
    return false;
}

static bool is_wanted(const KvSpec *spec, Str name) {
    for (size_t i = 0; i < spec->n_keys; i++)
        if (str_eq(spec->keys[i].name, name)) return true;
    return false;
}

/* A wanted key among the words, and the word behind it. */
static bool next_by_words(KvScan *s, Str *ret_key, Str *ret_value) {
    while (next_word(s, ret_key))
        if (is_wanted(s->spec, *ret_key)) return next_word(s, ret_value);
    return false;
}

/* ----------------------------------------------------------------- run */

/* Keeps the pair when its key is wanted and new. True when all keys are there. */
static bool keep_pair(const KvSpec *spec, Str key, Str value, Str *values, size_t *n_found) {
    for (size_t i = 0; i < spec->n_keys; i++) {
        if (values[i].ptr || !str_eq(spec->keys[i].name, key)) continue;
        values[i] = value.ptr ? value : STR_EMPTY;
        ++*n_found;
    }
    return *n_found == spec->n_keys;
}

static void scan_regex(const KvSpec *spec, Str text, Str *values) {
    RegexScan scan = {.regex = spec->regex, .text = text};
    RegexSpan spans[3];
    size_t n_found = 0;
    while (regex_each(&scan, spans, 3)) {
        Str key = str_trim(str_sub(text, spans[1].start, spans[1].len));
        Str value = str_trim(str_sub(text, spans[2].start, spans[2].len));
        if (keep_pair(spec, key, value, values, &n_found)) return;
    }
}

static void scan_text(KvScan *s, Str *values) {
    Str key, value;
    size_t n_found = 0;
    bool has_delimiters = s->spec->pair.len != 0;
    while (has_delimiters ? next_delimited(s, &key, &value) : next_by_words(s, &key, &value))
        if (keep_pair(s->spec, key, value, values, &n_found)) return;
}

static void parse_kv(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    const KvSpec *spec = call->state;
    KvScan scan = {.spec = spec, .scratch = call->scratch, .text = args[0].u.s};
    Str *values = ARENA_ARRAY(call->scratch, Str, spec->n_keys + 1);
    if (spec->regex) scan_regex(spec, scan.text, values);
    else scan_text(&scan, values);
    Out out = out_open(call->scratch);
    for (size_t i = 0; i < spec->n_keys; i++) {
        Value value;
        bool ok =
            values[i].ptr && parsed_is_value(call->scratch, values[i], spec->keys[i].type, &value);
        parsed_put(&out, ok ? &value : NULL);
    }
    ret_text(ret, out_close(&out));
}

const Kernel kernel_parse_kv = {parse_kv, kv_prepare, kv_release};
