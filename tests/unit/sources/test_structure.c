/*
 * The strings of a text, found in blocks, are those that reading byte by byte finds: over random texts
 * of quotes, backslashes, escapes, controls and bytes past ASCII, of all lengths around a block.
 */
#include "base/vectors.h"
#include "sources/structure.h"
#include "test.h"

static uint64_t seed = 0x2545F4914F6CDD1Du;
static unsigned dice(unsigned n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 20) % n);
}

/* Mostly well-formed strings and what stands between them, sometimes anything. */
static void random_text(Buf *out) {
    static const char *const inside[] = {"\"",  "\\\"",     "\\\\", "\\n", "\\u00e9",
                                         "\\/", "\xC3\xA9", "text", "x"};
    static const char *const outside[] = {"\"", "{", ":", ", ", "12", "\n", "\"\""};
    static const char *const odd[] = {"\\", "\\x", "\\u12", "\n", "\x01", "\""};
    unsigned n = dice(60);
    bool is_odd = dice(3) == 0, in_string = false;
    for (unsigned i = 0; i < n; i++) {
        const char *part =
            in_string ? inside[dice(COUNT_OF(inside))] : outside[dice(COUNT_OF(outside))];
        if (is_odd && dice(20) == 0) part = odd[dice(COUNT_OF(odd))];
        if (strcmp(part, "\"") == 0) in_string = !in_string;
        buf_puts(out, part);
    }
    if (in_string && !is_odd) buf_puts(out, "\"");
}

static bool is_hex(char c) { return c && strchr("0123456789abcdefABCDEF", c) != NULL; }

/* As structure_find, by the grammar of strings alone: escapes are minded wherever they stand. `quotes` has
 * a byte a byte. */
static bool reference(Str s, bool *quotes, bool *has_unicode, size_t *first_high) {
    bool in_string = false;
    *has_unicode = false;
    *first_high = SIZE_MAX;
    memset(quotes, 0, s.len);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c >= 0x80 && *first_high == SIZE_MAX) *first_high = i;
        if (c == '"') {
            quotes[i] = true;
            in_string = !in_string;
        } else if (c < 0x20 && in_string) {
            return false;
        } else if (c == '\\') {
            if (++i == s.len || !strchr("\"\\/bfnrtu", s.ptr[i])) return false;
            if (s.ptr[i] != 'u') continue;
            *has_unicode = true;
            for (size_t k = 1; k <= 4; k++)
                if (i + k >= s.len || !is_hex(s.ptr[i + k])) return false;
        }
    }
    return !in_string;
}

static void test_random(void) {
    Structure s = {0};
    int n_good = 0, n_different = 0;
    for (int i = 0; i < 200000; i++) {
        Buf text = {0};
        random_text(&text);
        bool quotes[1024], has_unicode;
        size_t first_high;
        Str t = buf_str(&text);
        bool wanted = reference(t, quotes, &has_unicode, &first_high);
        bool found = structure_find(&s, t);
        bool same = wanted == found;
        n_good += wanted;
        for (size_t at = 0; wanted && same && at < t.len; at++)
            same = (s.quotes[at / 64] >> (at % 64) & 1) == quotes[at];
        if (wanted && same) {
            same = has_unicode == s.has_unicode && (first_high != SIZE_MAX) == (s.high_end != 0);
            if (s.high_end) same = same && s.high_from <= first_high && first_high < s.high_end;
        }
        if (!same && n_different++ < 5) fprintf(stderr, "different: %.*s\n", STR_ARG(t));
        buf_free(&text);
    }
    CHECK_LONG(n_different, 0);
    CHECK(n_good > 20000);
    structure_free(&s);
}

/* A line taken is the text up to its end, with what structure_find finds in that. */
static bool is_taken_as_found(Structure *taken, Structure *found, Str text) {
    bool is_sound = false;
    size_t len = structure_take_line(taken, text, &is_sound);
    const char *end = memchr(text.ptr, '\n', text.len);
    if (len == SIZE_MAX) /* only the last block is not looked at */
        return !end || text.len - (size_t)(end - text.ptr) < 64 || vectors_best() == VECTORS_PLAIN;
    if (!end || len != (size_t)(end - text.ptr)) return false;
    if (structure_find(found, (Str){text.ptr, len}) != is_sound) return false;
    if (!is_sound) return true;
    for (size_t w = 0; w < len / 64 + 2; w++)
        if (taken->quotes[w] != found->quotes[w]) return false;
    return taken->has_unicode == found->has_unicode && taken->high_from == found->high_from &&
           taken->high_end == found->high_end;
}

static void test_take_line(void) {
    Structure taken = {0}, found = {0};
    int n_taken = 0, n_different = 0;
    for (int i = 0; i < 100000; i++) {
        Buf text = {0};
        random_text(&text);
        if (dice(4)) buf_putc(&text, '\n');
        if (dice(4))
            buf_puts(&text,
                     "{\"the next line\":\"is long enough for a block or more of them all\"}");
        char *exact = malloc(text.len + 1); /* nothing may be read behind it */
        if (!exact) abort();
        if (text.len) memcpy(exact, text.ptr, text.len);
        Str t = {exact, text.len};
        bool same = is_taken_as_found(&taken, &found, t);
        if (!same && n_different++ < 5) fprintf(stderr, "different: %.*s\n", STR_ARG(t));
        n_taken += same;
        free(exact);
        buf_free(&text);
    }
    CHECK_LONG(n_different, 0);
    CHECK(n_taken > 50000);
    structure_free(&taken);
    structure_free(&found);
}

static void test_next(void) {
    Structure s = {0};
    char text[400];
    memset(text, ' ', sizeof text);
    text[3] = text[301] = '"';
    CHECK(structure_find(&s, (Str){text, sizeof text}));
    CHECK_LONG(structure_next(&s, 0), 3);
    CHECK_LONG(structure_next(&s, 3), 3);
    CHECK_LONG(structure_next(&s, 4), 301);
    text[200] = '\t';
    CHECK(!structure_find(&s, (Str){text, sizeof text}));
    CHECK(structure_find(&s, STR_EMPTY));
    structure_free(&s);
}

int main(void) {
    for (Vectors v = VECTORS_PLAIN; v <= VECTORS_WIDEST; v++) { /* as far as there are any */
        vectors_cap(v);
        test_random();
        test_take_line();
        test_next();
    }
    return test_finish();
}
