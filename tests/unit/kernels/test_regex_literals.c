/*
 * Each match of a pattern holds one of its literals: checked by hand for the forms that rules use,
 * and over random patterns and texts against the matcher itself.
 */
#include "kernels/regex/regex_literals.h"
#include "kernels/regex/regex_match.h"
#include "kernels/text/needle.h"
#include "test.h"

/* The literals with bars between, "~" before them when case is ignored; "-" for none. */
static Str shown(Arena *arena, const char *pattern) {
    RegexLiterals found;
    if (!regex_literals(arena, str_of(pattern), &found)) return STR("-");
    Buf out = {0};
    buf_puts(&out, found.ignores_case ? "~" : "");
    for (uint32_t i = 0; i < found.n; i++) {
        buf_puts(&out, i ? "|" : "");
        buf_put(&out, found.any_of[i]);
    }
    Str text = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return text;
}

#define SHOWN(pattern, wanted) CHECK_STR(shown(arena, pattern), wanted)

static void test_forms(void) {
    Arena *arena = arena_new();
    SHOWN("powershell", "powershell");
    SHOWN("\\.exe$", ".exe");
    SHOWN("ab?cd", "cd");
    SHOWN("abc*de", "ab");
    SHOWN("abx+yz", "abx");
    SHOWN("abx{2,3}z", "abx");
    SHOWN("abcx{0,3}", "abc");
    SHOWN("(cmd|powershell)\\.exe", ".exe");
    SHOWN("(certutil|bitsadmin)", "certutil|bitsadmin");
    SHOWN("(?:rundll32|regsvr32)\\s+x", "rundll32|regsvr32");
    SHOWN("(?P<name>abc)+d", "abc");
    SHOWN("(abc)?de", "de");
    SHOWN("[a-z]{3}xyz[0-9]", "xyz");
    SHOWN("a|bcd", "-");
    SHOWN("", "-");
    SHOWN(".*", "-");
    SHOWN("\\d+\\w*", "-");
    SHOWN("\\x41bcd", "bcd");
    SHOWN("\\p{Lu}bcd\\pLef", "bcd");
    SHOWN("\\u0041bcd", "bcd");
    SHOWN("https?://[^/]+/x", "http");
    SHOWN("(?i)-enc(odedcommand)?\\s+", "~-enc");
    SHOWN("(?i)task", "~ta");
    SHOWN("x(?i:abc)", "~abc");
    SHOWN("(?x) a b c", "-");
    SHOWN("[a&&[^b]]cd", "-");
    SHOWN("[]a]bcd", "bcd");
    SHOWN("[^\\]]bcd", "bcd");
    SHOWN("a\\Qb", "-");
    SHOWN("caf\xC3\xA9?x", "caf");
    arena_free(arena);
}

static uint64_t seed = 88172645463325252u;
static unsigned dice(unsigned n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 20) % n);
}

static void put_pattern(Buf *out, unsigned depth) {
    static const char *const atoms[] = {"a", "b",   "k",        "s", "ab",  "\\.", "[ab]",
                                        ".", "\\w", "\xC3\xA9", "^", "\\b", "x"};
    static const char *const quantifiers[] = {"", "", "", "", "?", "*", "+", "{2}", "{0,2}", "+?"};
    for (unsigned n = 1 + dice(4); n; n--) {
        if (depth && dice(4) == 0) {
            static const char *const heads[] = {"(", "(?:", "(?i:", "(?<n>"};
            buf_puts(out, heads[dice(depth > 2 ? 4 : 3)]);
            put_pattern(out, depth - 1);
            if (dice(2)) {
                buf_putc(out, '|');
                put_pattern(out, depth - 1);
            }
            buf_putc(out, ')');
        } else {
            buf_puts(out, atoms[dice(COUNT_OF(atoms))]);
        }
        buf_puts(out, quantifiers[dice(COUNT_OF(quantifiers))]);
    }
}

static void put_text(Buf *out) {
    static const char *const parts[] = {"a", "b",        "A", "B", "k",        "K", "\xE2\x84\xAA",
                                        "s", "\xC5\xBF", ".", "x", "\xC3\xA9", "X"};
    for (unsigned n = dice(14); n; n--) buf_puts(out, parts[dice(COUNT_OF(parts))]);
}

static bool holds_one(const RegexLiterals *found, Str text) {
    for (uint32_t i = 0; i < found->n; i++) {
        Needle needle = needle_make(found->any_of[i], found->ignores_case);
        size_t len;
        if (needle_find(&needle, text, 0, &len) != SIZE_MAX) return true;
    }
    return false;
}

static void test_random(void) {
    Arena *arena = arena_new();
    int n_checked = 0, n_lost = 0;
    for (int i = 0; i < 20000; i++) {
        arena_reset(arena);
        Buf pattern = {0};
        if (dice(3) == 0) buf_puts(&pattern, "(?i)");
        put_pattern(&pattern, 3);
        RegexLiterals found;
        Str error;
        Regex *regex = regex_compile(arena, buf_str(&pattern), &error);
        if (regex && regex_literals(arena, buf_str(&pattern), &found)) {
            for (int k = 0; k < 20; k++) {
                Buf text = {0};
                put_text(&text);
                if (regex_matches(regex, buf_str(&text))) {
                    n_checked++;
                    if (!holds_one(&found, buf_str(&text)) && n_lost++ < 5)
                        fprintf(stderr, "lost: %.*s by %.*s\n", STR_ARG(buf_str(&text)),
                                STR_ARG(buf_str(&pattern)));
                }
                buf_free(&text);
            }
        }
        regex_free(regex);
        buf_free(&pattern);
    }
    CHECK_LONG(n_lost, 0);
    CHECK(n_checked > 1000);
    arena_free(arena);
}

int main(void) {
    test_forms();
    test_random();
    return test_finish();
}
