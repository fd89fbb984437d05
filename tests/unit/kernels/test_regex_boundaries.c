/*
 * Word boundaries beside letters outside ASCII. Where every e becomes an e acute, in the pattern and
 * in the text, the matches must stay at the same places: the one text is matched by RE2's own
 * boundaries, the other one by marks.
 */
#include "base/utf8.h"
#include "kernels/regex/regex_match.h"
#include "test.h"

enum { ROUNDS = 300, MAX_TEXT = 24 };

static uint64_t seed = 20260101;

static unsigned pick(unsigned n) {
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % n;
}

static void put_random_piece(Buf *out, unsigned depth);

static void put_random_sequence(Buf *out, unsigned depth) {
    for (unsigned n = 1 + pick(3); n; n--) put_random_piece(out, depth);
}

static void put_random_piece(Buf *out, unsigned depth) {
    static const char *const atoms[] = {"a",    "e",    "\\w", "\\W", ".",      "[ae]",
                                        "[^a]", "[^e]", " ",   "-",   "[\\W_]", "[^\\w-]",
                                        "\\s",  "\\S",  "\\d", "\\D", "\\x61"};
    static const char *const places[] = {"\\b", "\\B", "\\b", "\\b", "^", "$"};
    static const char *const repeats[] = {"*", "+", "?", "*?", "{1,2}", "+?"};
    unsigned kind = pick(10);
    if (kind < 3) { /* a place, sometimes two, and a character */
        buf_puts(out, places[pick(COUNT_OF(places))]);
        if (!pick(4)) buf_puts(out, "\\b");
        buf_puts(out, atoms[pick(COUNT_OF(atoms))]);
        return;
    }
    if (kind == 3 && depth) {
        buf_puts(out, pick(2) ? "(" : "(?:");
        put_random_sequence(out, depth - 1);
        if (pick(2)) {
            buf_putc(out, '|');
            put_random_sequence(out, depth - 1);
        }
        buf_putc(out, ')');
    } else {
        buf_puts(out, atoms[pick(COUNT_OF(atoms))]);
    }
    if (!pick(3)) buf_puts(out, repeats[pick(COUNT_OF(repeats))]);
}

/* Every e as e acute; escapes are left alone (none of them has an e). */
static Str with_accents(Arena *arena, Str s) {
    Buf out = {0};
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == 'e') buf_puts(&out, "\u00e9");
        else buf_putc(&out, s.ptr[i]);
    }
    Str text = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return text;
}

/* All matches and their first group, in code points. */
static Str all_matches(Arena *arena, const Regex *regex, Str text) {
    Buf out = {0};
    RegexScan scan = {.regex = regex, .text = text};
    RegexSpan spans[2];
    unsigned n = regex_group_count(regex) ? 2 : 1;
    while (regex_each(&scan, spans, n)) {
        for (unsigned i = 0; i < n; i++) {
            if (!spans[i].is_set) continue;
            size_t start = utf8_count(str_sub(text, 0, spans[i].start));
            buf_printf(&out, "%u:%zu+%zu ", i, start,
                       utf8_count(str_sub(text, spans[i].start, spans[i].len)));
        }
    }
    Str list = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return list;
}

static void compare(Arena *arena, Str pattern, Str text) {
    Str error = STR_EMPTY, accented = with_accents(arena, pattern);
    Regex *plain = regex_compile(arena, pattern, &error);
    Regex *marked = regex_compile(arena, accented, &error);
    CHECK((plain != NULL) == (marked != NULL));
    if (plain && marked) {
        Str expected = all_matches(arena, plain, text);
        Str got = all_matches(arena, marked, with_accents(arena, text));
        if (!str_eq(expected, got))
            fprintf(stderr, "%.*s over \"%.*s\"\n  plain  %.*s\n  marked %.*s\n", STR_ARG(pattern),
                    STR_ARG(text), STR_ARG(expected), STR_ARG(got));
        CHECK(str_eq(expected, got));
    }
    regex_free(plain);
    regex_free(marked);
}

static void test_random(void) {
    static const char letters[] = "aaeee  -_\n";
    for (int round = 0; round < ROUNDS; round++) {
        Arena *arena = arena_new();
        Buf pattern = {0};
        char text[MAX_TEXT];
        size_t len = pick(MAX_TEXT);
        for (size_t i = 0; i < len; i++) text[i] = letters[pick(sizeof letters - 1)];
        put_random_sequence(&pattern, 2);
        compare(arena, buf_str(&pattern), (Str){text, len});
        buf_free(&pattern);
        arena_free(arena);
    }
}

static bool matches(const char *pattern, const char *text) {
    Arena *arena = arena_new();
    Str error = STR_EMPTY;
    Regex *regex = regex_compile(arena, str_of(pattern), &error);
    bool is_match = regex && regex_matches(regex, str_of(text));
    CHECK(regex != NULL);
    regex_free(regex);
    arena_free(arena);
    return is_match;
}

/* "Regex syntax" (Empty matches). */
static void test_kinds(void) {
    CHECK(!matches("\\be", "t\u00e9e"));
    CHECK(matches("\\b\u00e9", "x \u00e9t\u00e9"));
    CHECK(!matches("\\badmin\\b", "\u7528\u6237admin\u767b\u5f55"));
    CHECK(matches("\\badmin\\b", "\u7528\u6237 admin\u3002"));
    CHECK(matches("\\b{start}b", "a b") && !matches("\\b{start}b", "ab"));
    CHECK(matches("a\\b{end}", "a b") && !matches("a\\b{end}", "ab"));
    CHECK(matches("\\<b", "a b") && !matches("\\< b", "a b") && matches("a\\> ", "a b"));
    CHECK(!matches("\\>b", "a b"));
    CHECK(matches("\\b{start-half}b", "a b") && matches("\\b{start-half} ", "a  b"));
    CHECK(!matches("\\b{start-half}b", "ab"));
    CHECK(matches("a\\b{end-half}", "a b") && matches(" \\b{end-half}", "a  b"));
    CHECK(!matches("a\\b{end-half}", "ab"));
    CHECK(matches("^\\b{start}\u00e9\\b{end}$", "\u00e9"));
    CHECK(matches("\\b^a", "a\u00e9") && matches("(?m)\\b^\u00e9", "a\n\u00e9"));
    CHECK(matches("\\b\\ba", "\u00e9 a"));
    CHECK(matches("\u00e9$\\b", "x\u00e9") && !matches("-$\\b", "\u00e9-"));
    CHECK(matches("\u00e9\\b\\z", "x\u00e9") && matches("(?m)\u00e9\\b$", "\u00e9\nx"));
    CHECK(matches("\\b\\p{Greek}+\\b", "\u03b1\u03b2 x") && !matches("\\b\\P{L}\\b", "\u03b1"));
}

/* A mark that stands in the text itself is a character like others. */
static void test_marks_in_text(void) {
    CHECK(!matches("a\\bb", "a\U0010fffab"));
    CHECK(matches("a\\b.b", "a\U0010fffa"
                            "b"));
    CHECK(matches("^\\Ba?.b", "\U0010fffd"
                              "b"));
}

int main(void) {
    test_random();
    test_kinds();
    test_marks_in_text();
    return test_finish();
}
