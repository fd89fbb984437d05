/*
 * The literal prefilter is exact: whatever way a value is written as JSON, a record whose value
 * holds the literal passes. Checked over random values, literals and spellings, against a plain
 * search in the decoded value; and that it does drop what it can.
 */
#include "base/json.h"
#include "base/utf8.h"
#include "base/vectors.h"
#include "kernels/text/needle.h"
#include "sources/prefilter.h"
#include "test.h"

static uint64_t seed = 0x9E3779B97F4A7C15u;

static unsigned dice(unsigned n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 20) % n);
}

static const uint32_t letters[] = {'a',
                                   'A',
                                   'b',
                                   'k',
                                   'K',
                                   's',
                                   '0',
                                   '/',
                                   '\\',
                                   '"',
                                   ' ',
                                   '.',
                                   ':',
                                   ',',
                                   '{',
                                   '}',
                                   '[',
                                   ']',
                                   '\n',
                                   1,
                                   0xE9,
                                   0xC9,
                                   0x212A /* Kelvin */,
                                   0x17F /* long s */,
                                   0x1F600,
                                   0xFFFD,
                                   0};

static Str random_text(Arena *arena, unsigned max) {
    Buf out = {0};
    for (unsigned n = dice(max + 1); n; n--) {
        char bytes[4];
        uint32_t cp = letters[dice(COUNT_OF(letters))];

        buf_put(&out, (Str){bytes, utf8_encode(cp, bytes)});
    }
    Str s = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return s;
}

static void put_unit(Buf *out, uint32_t unit) {
    buf_printf(out, dice(2) ? "\\u%04x" : "\\u%04X", unit);
}

/* One code point in a random one of the ways that JSON allows. */
static void put_spelled(Buf *out, uint32_t cp, Str bytes) {
    bool must = cp < 0x20 || cp == '"' || cp == '\\';
    unsigned way = dice(must ? 2 : 8);
    if (way == 0) {
        if (cp >= 0x10000) {
            put_unit(out, 0xD800 + ((cp - 0x10000) >> 10));
            put_unit(out, 0xDC00 + ((cp - 0x10000) & 0x3FF));
        } else {
            put_unit(out, cp);
        }
    } else if (must && (cp == '"' || cp == '\\')) {
        buf_putc(out, '\\');
        buf_putc(out, (char)cp);
    } else if (must && cp == '\n') {
        buf_puts(out, "\\n");
    } else if (must) {
        put_unit(out, cp);
    } else if (cp == '/' && way < 4) {
        buf_puts(out, "\\/");
    } else {
        buf_put(out, bytes);
    }
}

static void put_string(Buf *out, Str text) {
    buf_putc(out, '"');
    for (size_t i = 0; i < text.len;) {
        unsigned n;
        uint32_t cp = utf8_decode(text, i, &n);
        put_spelled(out, cp, str_sub(text, i, n));
        i += n;
    }
    buf_putc(out, '"');
}

static void put_blanks(Buf *out) {
    for (unsigned n = dice(3); n; n--) buf_putc(out, ' ');
}

/* A nested value, with blanks where JSON allows them. */
static void put_nested(Buf *out, Arena *arena, Str text) {
    buf_putc(out, '{');
    put_blanks(out);
    put_string(out, random_text(arena, 2));
    put_blanks(out);
    buf_putc(out, ':');
    put_blanks(out);
    buf_putc(out, '[');
    put_string(out, text);
    put_blanks(out);
    buf_putc(out, ',');
    put_blanks(out);
    buf_puts(out, "1.50, true");
    put_blanks(out);
    buf_puts(out, "]}");
}

static bool holds(Str value, Str literal, bool ignores_case) {
    Needle needle = needle_make(literal, ignores_case);
    size_t len;
    return needle_find(&needle, value, 0, &len) != SIZE_MAX;
}

/* The value of a string column, as the scan makes it. */
static Str column_value(Arena *arena, Str raw) {
    return raw.ptr[0] == '"' ? json_string(arena, raw) : json_canonical_str(arena, raw);
}

static void test_random(void) {
    Arena *arena = arena_new();
    int n_holding = 0, n_lost = 0;
    for (int i = 0; i < 400000; i++) {
        if (i % 1000 == 0) arena_reset(arena);
        Buf line = {0};
        buf_puts(&line, "{\"x\":\"pad pad\",\"c\":");
        size_t start = line.len;
        if (dice(3)) put_string(&line, random_text(arena, 12));
        else put_nested(&line, arena, random_text(arena, 12));
        Str raw = arena_str(arena, str_sub(buf_str(&line), start, line.len - start));
        buf_puts(&line, "}");
        Str value = column_value(arena, raw), literal = random_text(arena, 4);
        if (dice(2) && value.len) { /* a piece of the value, so that it is there */
            size_t from = dice((unsigned)value.len), len = 1 + dice(8);
            literal = str_sub(value, from, len);
        }
        bool ignores_case = dice(2);
        if (literal.len && holds(value, literal, ignores_case)) {
            ScanNeedle needle = {&literal, 1, ignores_case, false};
            Prefilter *p = prefilter_new(&needle, 1, true);
            n_holding++;
            if (p && !prefilter_passes(p, buf_str(&line)) && n_lost++ < 5)
                fprintf(stderr, "lost: %.*s in %.*s\n", STR_ARG(literal), STR_ARG(buf_str(&line)));
            prefilter_free(p);
        }
        buf_free(&line);
    }
    CHECK_LONG(n_lost, 0);
    CHECK(n_holding > 50000);
    arena_free(arena);
}

/* A number, in a spelling that its value may not keep. */
static void put_number(Buf *out) {
    static const char *const numbers[] = {"1e2", "1.50", "100", "0.1", "1E+05", "-0.0"};
    buf_puts(out, numbers[dice(COUNT_OF(numbers))]);
}

/* Dynamic columns: a string that holds JSON, so that escapes may stand in escapes. The literal is a
 * piece of the value as it is read, or of the text in it. */
static void test_random_dynamic(void) {
    Arena *arena = arena_new();
    int n_holding = 0, n_lost = 0;
    for (int i = 0; i < 200000; i++) {
        if (i % 1000 == 0) arena_reset(arena);
        Buf inner = {0}, line = {0};
        Str text = random_text(arena, 10);
        put_nested(&inner, arena, text);
        inner.len -= 2; /* its closing brackets */
        buf_putc(&inner, ',');
        put_number(&inner);
        buf_puts(&inner, "]}");
        buf_puts(&line, "{\"c\":");
        if (dice(4)) put_string(&line, buf_str(&inner));
        else buf_put(&line, buf_str(&inner));
        buf_putc(&line, '}');
        Str whole = json_canonical_str(arena, buf_str(&inner));
        Str from = dice(2) && text.len ? text : whole;
        Str literal = str_sub(from, dice((unsigned)from.len), 1 + dice(6));
        bool ignores_case = dice(2);
        ScanNeedle needle = {&literal, 1, ignores_case, true};
        Prefilter *p = prefilter_new(&needle, 1, dice(2));
        n_holding += p != NULL;
        if (p && !prefilter_passes(p, buf_str(&line)) && n_lost++ < 5)
            fprintf(stderr, "lost: %.*s in %.*s\n", STR_ARG(literal), STR_ARG(buf_str(&line)));
        prefilter_free(p);
        buf_free(&inner);
        buf_free(&line);
    }
    CHECK_LONG(n_lost, 0);
    CHECK(n_holding > 20000);
    arena_free(arena);
}

/* Cells: only quotes are written otherwise than they are. */
static void test_random_cells(void) {
    Arena *arena = arena_new();
    int n_holding = 0, n_lost = 0;
    for (int i = 0; i < 100000; i++) {
        if (i % 1000 == 0) arena_reset(arena);
        Str value = random_text(arena, 12), literal = random_text(arena, 4);
        if (dice(2) && value.len) literal = str_sub(value, dice((unsigned)value.len), 1 + dice(8));
        bool ignores_case = dice(2);
        if (!literal.len || !holds(value, literal, ignores_case)) continue;
        Buf row = {0};
        buf_puts(&row, "pad,\"");
        for (size_t at = 0; at < value.len; at++) {
            if (value.ptr[at] == '"') buf_putc(&row, '"');
            buf_putc(&row, value.ptr[at]);
        }
        buf_puts(&row, "\",5");
        ScanNeedle needle = {&literal, 1, ignores_case, false};
        Prefilter *p = prefilter_new(&needle, 1, false);
        n_holding++;
        n_lost += p && !prefilter_passes(p, buf_str(&row));
        prefilter_free(p);
        buf_free(&row);
    }
    CHECK_LONG(n_lost, 0);
    CHECK(n_holding > 20000);
    arena_free(arena);
}

static bool passes(const char *literal, bool ignores_case, const char *line) {
    Str text = str_of(literal);
    ScanNeedle needle = {&text, 1, ignores_case, false};
    Prefilter *p = prefilter_new(&needle, 1, true);
    bool ok = !p || prefilter_passes(p, str_of(line));
    prefilter_free(p);
    return ok;
}

/* It drops what it should: else it would be exact and useless. */
static void test_drops(void) {
    CHECK(!passes("BrowserLaunchedToOpenUrl", false, "{\"a\":\"browserlaunchedtoopenurl\"}"));
    CHECK(passes("BrowserLaunchedToOpenUrl", true, "{\"a\":\"browserlaunchedtoopenurl\"}"));
    CHECK(!passes("evil", true, "{\"a\":\"C:\\\\users\\\\x\",\"b\":\"say \\\"hi\\\"\\n\\t\"}"));
    CHECK(passes("evil", true, "{\"a\":\"\\u0045vil\"}"));
    CHECK(!passes("evil", true, "{\"a\":\"\\u0041bc\"}"));
    CHECK(!passes("evil", true, "{\"a\":\"caf\\u00e9\"}"));
    CHECK(passes("a/b", false, "{\"a\":\"a\\/b\"}"));
    CHECK(!passes("ab", false, "{\"a\":\"a\\/b\"}"));
    CHECK(!passes("https://evil.example/x", true, "{\"a\":\"https://good.example/x\"}"));
    CHECK(passes("\\", false, "{}"));
    Str two[] = {STR("alpha"), STR("beta")};
    ScanNeedle needles[] = {{two, 2, false, false}, {&two[1], 1, false, false}};
    Prefilter *p = prefilter_new(needles, 2, true);
    CHECK(p && prefilter_passes(p, STR("{\"a\":\"alpha beta\"}")));
    CHECK(p && prefilter_passes(p, STR("{\"a\":\"beta\"}")));
    CHECK(p && !prefilter_passes(p, STR("{\"a\":\"alpha\"}")));
    prefilter_free(p);
    Str state = STR("Quarantine"), number = STR("100"), word = STR("true");
    ScanNeedle nested[] = {
        {&state, 1, true, true}, {&number, 1, true, true}, {&word, 1, true, true}};
    p = prefilter_new(nested, 3, true); /* the number and the word may be written otherwise */
    CHECK(p && prefilter_passes(p, STR("{\"a\":\"{\\\"State\\\":\\\"quarantine\\\"}\"}")));
    CHECK(p && !prefilter_passes(p, STR("{\"a\":\"{\\\"State\\\":\\\"none\\\"}\"}")));
    CHECK(p && prefilter_passes(p, STR("{\"a\":\"[\\\"\\u005cu0051uarantine\\\"]\"}")));
    prefilter_free(p);
    p = prefilter_new(&nested[1], 2, true);
    CHECK(!p);
    prefilter_free(p);
}

int main(void) {
    for (Vectors v = VECTORS_PLAIN; v <= VECTORS_WIDEST; v++) { /* as far as there are any */
        vectors_cap(v);
        test_random();
        test_random_dynamic();
        test_random_cells();
        test_drops();
    }
    return test_finish();
}
