/*
 * What a set of keys has learned of the records before changes nothing: over records that keep an order
 * of members, break it, or are no JSON, it finds what a set that knows nothing finds.
 */
#include "base/vectors.h"
#include "sources/extract.h"
#include "test.h"

static uint64_t seed = 0x9E3779B97F4A7C15u;

static unsigned dice(unsigned n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 20) % n);
}

static const char *const names[] = {
    "Timestamp",
    "ActionType",
    "A",
    "",
    "InitiatingProcessVersionInfoFileDescription",
    "FileName",
    "Type",
    "B",
    "Folder/",
    "N\xC3\xA4me",
    "AVeryLongNameOfAColumnThatNoLearnedTextHasRoomForAsItIsTooLongForThat"};

static void put_value(Buf *b) {
    static const char *const values[] = {"0",
                                         "7",
                                         "12345678901234567890",
                                         "1234567890123456789012345678901",
                                         "12345678901234567890123456789012",
                                         "123456789012345678901234567890123",
                                         "-5",
                                         "1.5e3",
                                         "null",
                                         "true",
                                         "false",
                                         "{}",
                                         "[1,{\"Type\":\"x\"}]",
                                         "{\"ActionType\":\"inner\"}",
                                         "\"\"",
                                         "\"a\\\"b\\\\\"",
                                         "\"\\u0041\\/\"",
                                         "\"\xC3\xA9\""};
    if (dice(3)) {
        buf_puts(b, values[dice(COUNT_OF(values))]);
        return;
    }
    buf_putc(b, '"');
    for (unsigned n = dice(4) ? dice(20) : dice(200); n; n--) buf_putc(b, "ab,:}{ 0"[dice(8)]);
    buf_putc(b, '"');
}

/* What may stand where a value should, or behind it. */
static void put_fault(Buf *b) {
    static const char *const faults[] = {
        "01",      "nul",    "nulll", "truefalse", "1,",        "\"a\"\"b\"", "",        "\"a",
        "\"\\x\"", "\"\n\"", "5}",    "5 , ",      " 5",        "\"a\" ",     "\"a\":1", "1:2",
        "{",       "}",      "-",     "00",        "\"\\u12\"", "\\",         "\"a\",,"};
    buf_puts(b, faults[dice(COUNT_OF(faults))]);
}

static void put_name(Buf *b, unsigned name) {
    static const char *const odd[] = {"\\u0054ype", "Type\\u0000", "Typ",
                                      "Types",      "Type\\\"",    "type"};
    buf_putc(b, '"');
    buf_puts(b, dice(60) ? names[name] : odd[dice(COUNT_OF(odd))]);
    buf_puts(b, dice(100) ? "\":" : dice(2) ? "\" : " : "\"");
}

/* Members in the order given, most often; `fault`: something in it may be wrong. */
static void put_record(Buf *b, const unsigned *order, unsigned n, bool fault) {
    buf_putc(b, '{');
    for (unsigned i = 0; i < n; i++) {
        if (i) buf_putc(b, ',');
        if (!dice(200)) buf_putc(b, ' ');
        if (!dice(30)) continue;
        put_name(b, dice(40) ? order[i] : dice(COUNT_OF(names)));
        if (fault && !dice(n + 1)) put_fault(b);
        else put_value(b);
    }
    if (b->ptr[b->len - 1] == ',' && dice(8)) b->len--;
    buf_puts(b, !fault || dice(10) ? "}" : dice(2) ? "}}" : "");
}

static KeySet *new_keys(void) {
    static const char *const wanted[] = {"Timestamp", "Type", "Folder/", "ActionType",
                                         "N\xC3\xA4me"};
    KeySet *k = key_set_new();
    for (size_t i = 0; i < COUNT_OF(wanted); i++) key_set_add(k, str_of(wanted[i]));
    return k;
}

enum { N_KEYS = 5 };

static bool is_same(const Extract *a, const Extract *b, bool ok) {
    if (!ok) return strcmp(a->reason, b->reason) == 0 && a->failed_at == b->failed_at;
    for (unsigned i = 0; i < N_KEYS; i++)
        if (a->fields[i].ptr != b->fields[i].ptr || a->fields[i].len != b->fields[i].len)
            return false;
    return a->traits == b->traits;
}

/* Compares what the set finds with what one finds that knows nothing yet. */
static void count_different(KeySet *learned, Str bytes, int *n_good, int *n_bad, int *n_different) {
    char *exact = malloc(bytes.len); /* nothing may be read behind it */
    if (!exact) abort();
    memcpy(exact, bytes.ptr, bytes.len);
    Str text = {exact, bytes.len}, found[N_KEYS], wanted[N_KEYS];
    Extract x = {.fields = found}, y = {.fields = wanted};
    KeySet *fresh = new_keys();
    bool ok = extract_object(fresh, text, &y), same = extract_object(learned, text, &x) == ok;
    *n_good += ok;
    *n_bad += !ok;
    if (!(same && is_same(&x, &y, ok)) && ++*n_different < 5)
        fprintf(stderr, "different: %.*s\n", STR_ARG(text));
    key_set_free(fresh);
    free(exact);
}

static void test_random(void) {
    int n_good = 0, n_bad = 0, n_different = 0;
    for (int round = 0; round < 2000; round++) {
        unsigned order[24], n = 1 + dice(COUNT_OF(order));
        for (unsigned i = 0; i < n; i++) order[i] = dice(COUNT_OF(names));
        KeySet *learned = new_keys();
        for (int i = 0; i < 40; i++) {
            Buf b = {0};
            put_record(&b, order, n, dice(3) == 0);
            count_different(learned, buf_str(&b), &n_good, &n_bad, &n_different);
            buf_free(&b);
        }
        key_set_free(learned);
    }
    CHECK_LONG(n_different, 0);
    CHECK(n_good > 20000 && n_bad > 5000);
}

/* Records of one shape: most values are strings, whose lengths differ, and the names come in one order. So
 * what is in the middle stands behind as many quotes as it did in the record before, or nearly. */
static void put_steady_record(Buf *b, const unsigned *order, unsigned n) {
    static const char filler[] =
        "a,b:{}[]0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijkl"
        "mnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz";
    buf_putc(b, '{');
    for (unsigned i = 0; i < n; i++) {
        if (i) buf_putc(b, ',');
        buf_printf(b, "\"%s\":", names[dice(300) ? order[i] : dice(COUNT_OF(names))]);
        unsigned kind = dice(1000);
        if (kind < 2) put_fault(b);
        else if (kind < 12) put_value(b);
        else if (kind < 22) buf_puts(b, "[\"a\",\"b\"]");
        else if (i % 7 == 3) buf_printf(b, "%u", dice(100000));
        else buf_printf(b, "\"%.*s%s\"", (int)dice(i % 5 ? 20 : 90), filler, dice(9) ? "" : "\\\"");
    }
    buf_putc(b, '}');
}

static void test_steady(void) {
    int n_good = 0, n_bad = 0, n_different = 0;
    for (int round = 0; round < 600; round++) {
        unsigned order[140], n = 2 + dice(dice(4) ? 40 : 139);
        for (unsigned i = 0; i < n; i++) order[i] = dice(COUNT_OF(names));
        KeySet *learned = new_keys();
        for (int i = 0; i < 30; i++) {
            Buf b = {0};
            put_steady_record(&b, order, n);
            count_different(learned, buf_str(&b), &n_good, &n_bad, &n_different);
            buf_free(&b);
        }
        key_set_free(learned);
    }
    CHECK_LONG(n_different, 0);
    CHECK(n_good > 10000 && n_bad > 500);
}

/* The last of equal names wins, and it is told that there are two; both at learned places. */
static void test_twice(void) {
    Str text =
        STR("{\"Type\":\"a\",\"Pad\":\"0123456789012345678901234567890123456789\",\"Type\":\"b\","
            "\"Pad\":\"0123456789012345678901234567890123456789012345678901234567890\"}");
    Str fields[N_KEYS];
    KeySet *k = new_keys();
    for (int i = 0; i < 3; i++) {
        Extract x = {.fields = fields};
        CHECK(extract_object(k, text, &x));
        CHECK(str_is(fields[1], "\"b\""));
        CHECK(x.traits == TEXT_HAS_TWICE);
    }
    key_set_free(k);
}

/* A key that is neither wanted nor known is told each time, whatever was learned; a set without known keys
 * tells of none. */
static void test_strangers(void) {
    static const char *const texts[] = {"{\"Type\":\"a\",\"Known\":1}",
                                        "{\"Type\":\"a\",\"Odd\":1,\"Odder\":2}",
                                        "{\"Type\":\"a\",\"O\\u0064d\":{\"Type\":2}}",
                                        "{\"Kn\\u006fwn\":{\"Odd\":[1]},\"Type\":\"a\"}"};
    static const char *const strangers[] = {"", "Odd", "O\\u0064d", ""};
    Str fields[N_KEYS];
    for (int knows = 0; knows < 2; knows++) {
        KeySet *k = new_keys();
        if (knows) key_set_know(k, STR("Known"));
        if (knows) key_set_know(k, STR("Type"));
        CHECK(key_set_count(k) == N_KEYS);
        for (size_t i = 0; i < 3 * COUNT_OF(texts); i++) {
            size_t at = i % COUNT_OF(texts);
            Extract x = {.fields = fields};
            CHECK(extract_object(k, str_of(texts[at]), &x));
            CHECK(str_is(fields[1], "\"a\""));
            CHECK(str_is(x.stranger, knows ? strangers[at] : ""));
        }
        if (knows) CHECK_LONG((long)key_set_add(k, STR("Known")), N_KEYS);
        key_set_free(k);
    }
}

int main(void) {
    for (Vectors v = VECTORS_PLAIN; v <= VECTORS_WIDEST; v++) { /* as far as there are any */
        vectors_cap(v);
        test_random();
        test_strangers();
        test_steady();
        test_twice();
    }
    return test_finish();
}
