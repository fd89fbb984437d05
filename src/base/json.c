/*
 * json.c: reading JSON in place: validation, cursors, strings and numbers. Writing is json_write.c.
 *
 * Two readers live here. The strict one (json_value_len) checks every byte and remembers its
 * nesting as one bit a level, so it needs neither recursion nor memory. The quick one (skip_value)
 * steps over text that is known to be valid; on other text it may stop at a wrong place, never past
 * the end.
 */
#include "base/json.h"

#include <math.h>
#include <stdlib.h>

#include "base/json_internal.h"
#include "base/utf8.h"

/* ------------------------------------------------------------ characters */

size_t json_skip_blanks(Str text, size_t at) {
    while (at < text.len && json_is_blank(text.ptr[at])) at++;
    return at;
}

/* A set high bit in each byte of `word` that equals `byte` (or, by borrow, one above such a byte).
 */
static uint64_t bytes_equal(uint64_t word, unsigned char byte) {
    uint64_t x = word ^ UINT64_C(0x0101010101010101) * byte;
    return (x - UINT64_C(0x0101010101010101)) & ~x & UINT64_C(0x8080808080808080);
}

/* Which byte of a word the lowest high bit marks: that one is never due to a borrow. */
static size_t first_byte(uint64_t marks) { return (size_t)__builtin_ctzll(marks) / 8; }

size_t json_plain_run(Str text, size_t at) {
    for (; at + 8 <= text.len; at += 8) {
        uint64_t word;
        memcpy(&word, text.ptr + at, 8);
        uint64_t control = (word - UINT64_C(0x2020202020202020)) & ~word;
        uint64_t special = (word | control | bytes_equal(word, '"') | bytes_equal(word, '\\')) &
                           UINT64_C(0x8080808080808080);
        if (special) return at + first_byte(special);
    }
    while (at < text.len) {
        unsigned char c = (unsigned char)text.ptr[at];
        if (c == '"' || c == '\\' || c < 0x20 || c >= 0x80) break;
        at++;
    }
    return at;
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* The four digits at text[at]; -1 when they are not there. */
static int32_t hex4(Str text, size_t at) {
    if (text.len < 4 || at > text.len - 4) return -1;
    int32_t value = 0;
    for (size_t i = at; i < at + 4; i++) {
        int digit = hex_digit(text.ptr[i]);
        if (digit < 0) return -1;
        value = value << 4 | digit;
    }
    return value;
}

size_t json_escape(Str text, size_t at, uint32_t *ret_cp) {
    static const char FROM[] = "\"\\/bfnrt", TO[] = "\"\\/\b\f\n\r\t";
    if (at + 1 >= text.len) return 0;
    char c = text.ptr[at + 1];
    if (c != 'u') {
        const char *found = c ? strchr(FROM, c) : NULL;
        if (!found) return 0;
        *ret_cp = (unsigned char)TO[found - FROM];
        return 2;
    }
    int32_t high = hex4(text, at + 2);
    if (high < 0) return 0;
    *ret_cp = (uint32_t)high;
    if (high < 0xD800 || high > 0xDFFF) return 6;
    *ret_cp = 0xFFFD;
    if (high > 0xDBFF || at + 8 > text.len) return 6;
    if (text.ptr[at + 6] != '\\' || text.ptr[at + 7] != 'u') return 6;
    int32_t low = hex4(text, at + 8);
    if (low < 0xDC00 || low > 0xDFFF) return 6;
    *ret_cp = 0x10000 + ((uint32_t)(high - 0xD800) << 10) + (uint32_t)(low - 0xDC00);
    return 12;
}

/* --------------------------------------------------------- strict reader */

size_t json_check_string(Str text, size_t at, bool *ret_foreign) {
    *ret_foreign = false;
    for (at++;;) {
        at = json_plain_run(text, at);
        if (at >= text.len) return 0;
        unsigned char c = (unsigned char)text.ptr[at];
        if (c == '"') return at + 1;
        if (c == '\\') {
            uint32_t cp;
            size_t step = json_escape(text, at, &cp);
            if (!step) return 0;
            if (text.ptr[at + 1] == 'u' || text.ptr[at + 1] == '/') *ret_foreign = true;
            at += step;
        } else if (c >= 0x80) {
            unsigned step;
            utf8_decode(text, at, &step);
            if (step == 1) return 0;
            at += step;
        } else {
            return 0;
        }
    }
}

static size_t skip_digits(Str text, size_t at) {
    while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9') at++;
    return at;
}

/* End of the JSON number at text[at], or 0; *ret_integer: neither fraction nor exponent. */
static size_t check_number(Str text, size_t at, bool *ret_integer) {
    *ret_integer = true;
    if (at < text.len && text.ptr[at] == '-') at++;
    size_t end = skip_digits(text, at);
    if (end == at || (text.ptr[at] == '0' && end - at > 1)) return 0;
    at = end;
    if (at < text.len && text.ptr[at] == '.') {
        *ret_integer = false;
        end = skip_digits(text, at + 1);
        if (end == at + 1) return 0;
        at = end;
    }
    if (at < text.len && (text.ptr[at] == 'e' || text.ptr[at] == 'E')) {
        *ret_integer = false;
        at++;
        if (at < text.len && (text.ptr[at] == '+' || text.ptr[at] == '-')) at++;
        end = skip_digits(text, at);
        if (end == at) return 0;
        at = end;
    }
    return at;
}

static bool word_at(Str text, size_t at, Str word) {
    return text.len - at >= word.len && memcmp(text.ptr + at, word.ptr, word.len) == 0;
}

size_t json_check_atom(Str text, size_t at) {
    bool integer;
    if (at >= text.len) return 0;
    switch (text.ptr[at]) {
    case 't': return word_at(text, at, STR("true")) ? at + 4 : 0;
    case 'f': return word_at(text, at, STR("false")) ? at + 5 : 0;
    case 'n': return word_at(text, at, STR("null")) ? at + 4 : 0;
    case 'N': return word_at(text, at, STR("NaN")) ? at + 3 : 0;
    case 'I': return word_at(text, at, STR("Infinity")) ? at + 8 : 0;
    case '-':
        if (word_at(text, at, STR("-Infinity"))) return at + 9;
        return check_number(text, at, &integer);
    default: return check_number(text, at, &integer);
    }
}

size_t json_value_len(Str text) {
    uint64_t objects[JSON_MAX_DEPTH / 64] = {0}; /* bit d: the container at depth d is an object */
    unsigned depth = 0;
    bool is_object = false, foreign;
    size_t at = 0;
    for (;;) {
        at = json_skip_blanks(text, at);
        if (at >= text.len) return 0;
        char c = text.ptr[at];
        if (c == '"') {
            at = json_check_string(text, at, &foreign);
            if (!at) return 0;
        } else if (c == '{' || c == '[') {
            if (depth == JSON_MAX_DEPTH) return 0;
            is_object = c == '{';
            uint64_t bit = UINT64_C(1) << (depth % 64);
            objects[depth / 64] =
                is_object ? objects[depth / 64] | bit : objects[depth / 64] & ~bit;
            depth++;
            at = json_skip_blanks(text, at + 1);
            bool is_empty = at < text.len && text.ptr[at] == (is_object ? '}' : ']');
            if (!is_empty && !is_object) continue;
            if (!is_empty) {
                at = json_check_key(text, at, &foreign);
                if (!at) return 0;
                continue;
            }
        } else {
            at = json_check_atom(text, at);
            if (!at) return 0;
        }
        /* behind a value, or before the bracket that ends an empty container */
        for (;;) {
            if (depth == 0) return at;
            at = json_skip_blanks(text, at);
            if (at >= text.len) return 0;
            c = text.ptr[at++];
            if (c == ',') break;
            if (c != (is_object ? '}' : ']')) return 0;
            depth--;
            is_object = depth && (objects[(depth - 1) / 64] >> ((depth - 1) % 64) & 1);
        }
        if (is_object) {
            at = json_check_key(text, json_skip_blanks(text, at), &foreign);
            if (!at) return 0;
        }
    }
}

size_t json_check_key(Str text, size_t at, bool *ret_foreign) {
    if (at >= text.len || text.ptr[at] != '"') return 0;
    at = json_check_string(text, at, ret_foreign);
    if (!at) return 0;
    at = json_skip_blanks(text, at);
    return at < text.len && text.ptr[at] == ':' ? at + 1 : 0;
}

bool json_is_valid(Str text) {
    size_t len = json_value_len(text);
    return len && json_skip_blanks(text, len) == text.len;
}

/* ---------------------------------------------------------- quick reader */

/* The next quote at or after `at`, or text.len. Most strings are shorter than a call is worth. */
static size_t find_quote(Str text, size_t at) {
    for (size_t end = at + 32; at < end && at + 8 <= text.len; at += 8) {
        uint64_t word;
        memcpy(&word, text.ptr + at, 8);
        uint64_t quotes = bytes_equal(word, '"');
        if (quotes) return at + first_byte(quotes);
    }
    const char *quote = at < text.len ? memchr(text.ptr + at, '"', text.len - at) : NULL;
    return quote ? (size_t)(quote - text.ptr) : text.len;
}

/* Behind the closing quote of the string at text[at], or text.len. */
static size_t skip_string(Str text, size_t at) {
    for (at++; at < text.len;) {
        size_t end = find_quote(text, at), slashes = 0;
        if (end == text.len) return end;
        while (end - slashes > at && text.ptr[end - slashes - 1] == '\\') slashes++;
        at = end + 1;
        if (slashes % 2 == 0) return at;
    }
    return text.len;
}

static bool ends_atom(char c) {
    return c == ',' || c == ']' || c == '}' || c == ':' || json_is_blank(c);
}

/* Behind the value at text[at] (no blanks before it). */
static size_t skip_value(Str text, size_t at) {
    size_t depth = 0;
    while (at < text.len) {
        char c = text.ptr[at];
        if (c == '"') {
            at = skip_string(text, at);
        } else if (c == '{' || c == '[') {
            depth++;
            at++;
            continue;
        } else if (c == '}' || c == ']') {
            if (!depth) return at;
            depth--;
            at++;
        } else if (depth && (c == ',' || c == ':' || json_is_blank(c))) {
            at++;
            continue;
        } else {
            size_t first = at;
            while (at < text.len && !ends_atom(text.ptr[at])) at++;
            if (at == first) at++; /* a stray mark: only in text that is not valid */
        }
        if (!depth) return at;
    }
    return text.len;
}

JsonKind json_kind(Str text) {
    size_t at = json_skip_blanks(text, 0);
    if (at >= text.len) return JSON_INVALID;
    switch (text.ptr[at]) {
    case '{': return JSON_OBJECT;
    case '[': return JSON_ARRAY;
    case '"': return JSON_STRING;
    case 't': return word_at(text, at, STR("true")) ? JSON_TRUE : JSON_INVALID;
    case 'f': return word_at(text, at, STR("false")) ? JSON_FALSE : JSON_INVALID;
    case 'n': return word_at(text, at, STR("null")) ? JSON_NULL : JSON_INVALID;
    default: break;
    }
    int64_t ignored;
    if (!json_check_atom(text, at)) return JSON_INVALID;
    return json_long(text, &ignored) ? JSON_LONG : JSON_REAL;
}

bool json_enter(Str text, JsonCursor *ret) {
    size_t at = json_skip_blanks(text, 0);
    if (at >= text.len || (text.ptr[at] != '{' && text.ptr[at] != '[')) return false;
    *ret = (JsonCursor){.text = text, .at = at + 1, .is_object = text.ptr[at] == '{'};
    return true;
}

bool json_next(JsonCursor *c, Str *ret_key, Str *ret_value) {
    Str text = c->text;
    size_t at = json_skip_blanks(text, c->at);
    if (at < text.len && text.ptr[at] == ',') at = json_skip_blanks(text, at + 1);
    c->at = at;
    if (at >= text.len || text.ptr[at] == '}' || text.ptr[at] == ']') return false;
    if (c->is_object) {
        size_t end = skip_string(text, at);
        if (text.ptr[at] != '"' || end - at < 2) return false;
        if (ret_key) *ret_key = str_sub(text, at + 1, end - at - 2);
        at = json_skip_blanks(text, end);
        if (at >= text.len || text.ptr[at] != ':') return false;
        at = json_skip_blanks(text, at + 1);
    } else if (ret_key) {
        *ret_key = STR_EMPTY;
    }
    c->at = skip_value(text, at);
    *ret_value = str_sub(text, at, c->at - at);
    return ret_value->len > 0;
}

size_t json_count(Str text) {
    JsonCursor c;
    Str value;
    size_t n = 0;
    if (!json_enter(text, &c)) return 0;
    while (json_next(&c, NULL, &value)) n++;
    return n;
}

static Str find_member(Str object, Str key, bool first_only) {
    JsonCursor c;
    Str raw, value, found = STR_EMPTY;
    if (!json_enter(object, &c) || !c.is_object) return found;
    while (json_next(&c, &raw, &value)) {
        if (!json_key_is(raw, key)) continue;
        found = value;
        if (first_only) break;
    }
    return found;
}

Str json_get(Str object, Str key) { return find_member(object, key, false); }
Str json_get_first(Str object, Str key) { return find_member(object, key, true); }

Str json_at(Str array, int64_t index) {
    JsonCursor c;
    Str value;
    if (!json_enter(array, &c) || c.is_object) return STR_EMPTY;
    if (index < 0) {
        int64_t count = (int64_t)json_count(array);
        if (index < -count) return STR_EMPTY;
        index += count;
    }
    while (json_next(&c, NULL, &value)) {
        if (index-- == 0) return value;
    }
    return STR_EMPTY;
}

/* --------------------------------------------------- strings and numbers */

Str json_string(Arena *arena, Str text) {
    text = str_trim(text);
    if (text.len < 2) return STR_EMPTY;
    Str raw = str_sub(text, 1, text.len - 2);
    const char *slash = raw.len ? memchr(raw.ptr, '\\', raw.len) : NULL;
    if (!slash) return raw;
    char *out =
        arena_alloc_raw(arena, raw.len + 4); /* an escape is never shorter than what it means */
    size_t len = (size_t)(slash - raw.ptr);
    memcpy(out, raw.ptr, len);
    for (size_t at = len; at < raw.len;) {
        uint32_t cp;
        size_t step = raw.ptr[at] == '\\' ? json_escape(raw, at, &cp) : 0;
        if (step) {
            len += utf8_encode(cp, out + len);
            at += step;
        } else {
            out[len++] = raw.ptr[at++];
        }
    }
    return (Str){out, len};
}

bool json_key_is(Str raw, Str plain) {
    const char *slash = raw.len ? memchr(raw.ptr, '\\', raw.len) : NULL;
    if (!slash) return str_eq(raw, plain);
    size_t done = 0;
    for (size_t at = 0; at < raw.len;) {
        uint32_t cp;
        char bytes[4];
        size_t step = raw.ptr[at] == '\\' ? json_escape(raw, at, &cp) : 0;
        if (!step) {
            if (done >= plain.len || plain.ptr[done++] != raw.ptr[at++]) return false;
            continue;
        }
        unsigned n = utf8_encode(cp, bytes);
        if (plain.len - done < n || memcmp(plain.ptr + done, bytes, n) != 0) return false;
        done += n;
        at += step;
    }
    return done == plain.len;
}

bool json_long(Str text, int64_t *ret) {
    text = str_trim(text);
    bool integer;
    if (!text.len || check_number(text, 0, &integer) != text.len || !integer) return false;
    bool negative = text.ptr[0] == '-';
    uint64_t value = 0, limit = (uint64_t)INT64_MAX + negative;
    for (size_t i = negative; i < text.len; i++) {
        unsigned digit = (unsigned)(text.ptr[i] - '0');
        if (value > (limit - digit) / 10) return false;
        value = value * 10 + digit;
    }
    *ret = (int64_t)(negative ? 0 - value : value);
    return true;
}

/* Numbers of at most 15 digits and a small power of ten are exact by one division or product. */
static bool read_short_real(Str text, double *ret) {
    static const double POWERS[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    bool negative = text.ptr[0] == '-', in_fraction = false;
    int64_t digits = 0;
    int scale = 0;
    if (text.len - negative > 16) return false;
    for (size_t i = negative; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '.') {
            in_fraction = true;
            continue;
        }
        if (c < '0' || c > '9') return false;
        digits = digits * 10 + (c - '0');
        scale += in_fraction;
    }
    if (scale > 15 || digits >= INT64_C(1000000000000000)) return false;
    double value = (double)digits / POWERS[scale];
    *ret = negative ? -value : value;
    return true;
}

bool json_real(Str text, double *ret) {
    text = str_trim(text);
    if (!text.len || json_check_atom(text, 0) != text.len) return false;
    size_t at = text.ptr[0] == '-';
    if (text.ptr[at] == 'N') {
        *ret = NAN;
    } else if (text.ptr[at] == 'I') {
        *ret = at ? -INFINITY : INFINITY;
    } else if (text.ptr[at] < '0' || text.ptr[at] > '9') {
        return false;
    } else if (!read_short_real(text, ret)) {
        char buffer[64], *copy = buffer;
        if (text.len >= sizeof buffer) {
            copy = malloc(text.len + 1);
            if (!copy) return false;
        }
        memcpy(copy, text.ptr, text.len);
        copy[text.len] = 0;
        *ret = strtod(copy, NULL);
        if (copy != buffer) free(copy);
    }
    return true;
}
