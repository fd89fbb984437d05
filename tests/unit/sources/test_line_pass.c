/*
 * Passing over many lines at once drops only what looking at each line would drop: checked over random
 * lines, whole, broken and oddly ended, and over a file whose hits are spelled in every way.
 */
#include "base/vectors.h"
#include "fixture.h"
#include "sources/prefilter.h"

static uint64_t seed = 0x2545F4914F6CDD1Du;

static unsigned dice(unsigned n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 20) % n);
}

/* ---------------------------------------------------------------- random lines */

static void put_pieces(Buf *b) {
    static const char *const pieces[] = {"needle",
                                         "NEEDLE",
                                         "neeDle",
                                         "need",
                                         "le",
                                         "\\u006eeedle",
                                         "n\\u0065edle",
                                         "\\u004E",
                                         "\\u0041",
                                         "\\u00e9",
                                         "\\/",
                                         "a/b",
                                         "A\\/B",
                                         "\\\\users",
                                         "\\\\/",
                                         "\\\"",
                                         "\\u",
                                         "\\u00",
                                         "C:\\\\dir",
                                         "{",
                                         "}",
                                         "{\"x\":1}",
                                         "\r",
                                         "\xC3\xA9",
                                         "\\u000aeedle",
                                         "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"};
    for (unsigned n = dice(6); n; n--) buf_puts(b, pieces[dice(COUNT_OF(pieces))]);
    for (unsigned n = dice(4) ? dice(40) : dice(400); n; n--) buf_putc(b, 'p');
}

static void put_line(Buf *b) {
    switch (dice(12)) {
    case 0: buf_puts(b, dice(2) ? "" : "  "); break;
    case 1:
        buf_puts(b, "[");
        put_pieces(b);
        buf_puts(b, "]");
        break;
    case 2:
        buf_puts(b, "{\"cut\":\"");
        put_pieces(b);
        break;
    case 3:
        put_pieces(b);
        buf_puts(b, "}");
        break;
    case 4: buf_puts(b, dice(2) ? "{}" : "{"); break;
    default:
        buf_puts(b, "{\"k\":\"");
        put_pieces(b);
        buf_puts(b, "\"}");
        break;
    }
    buf_puts(b, dice(5) ? "\n" : "\r\n");
}

/* Whether the line may be left out unread. */
static bool is_droppable(const Prefilter *p, Str line) {
    if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
    return line.len >= 2 && line.ptr[0] == '{' && line.ptr[line.len - 1] == '}' &&
           !prefilter_passes(p, line);
}

/* Lines in the first n bytes, all of which may be left out; -1 when one may not, or one is cut. */
static int64_t droppable_lines(const Prefilter *p, Str text, size_t n) {
    int64_t n_lines = 0;
    for (size_t at = 0; at < n; n_lines++) {
        const char *end = memchr(text.ptr + at, '\n', n - at);
        if (!end) return -1;
        size_t behind = (size_t)(end - text.ptr) + 1;
        if (!is_droppable(p, str_sub(text, at, behind - 1 - at))) return -1;
        at = behind;
    }
    return n_lines;
}

static const ScanNeedle *random_needle(Str *texts, ScanNeedle *needle) {
    static const char *const literals[] = {"needle",
                                           "a/b",
                                           "NEEDLE",
                                           "eedl",
                                           "\xC3\xA9"
                                           "x",
                                           "dl"};
    *needle = (ScanNeedle){texts, 1 + dice(4), dice(2), dice(2)};
    for (uint32_t i = 0; i < needle->n; i++) texts[i] = str_of(literals[dice(COUNT_OF(literals))]);
    return needle;
}

static void test_random(void) {
    int64_t n_passed = 0, n_wrong = 0;
    for (int round = 0; round < 4000; round++) {
        Str texts[4];
        ScanNeedle needle;
        Prefilter *p = prefilter_new(random_needle(texts, &needle), 1, true);
        Buf b = {0};
        for (unsigned n = dice(60); n; n--) put_line(&b);
        for (size_t at = 0; p && at < b.len;) {
            uint64_t n_lines = 0;
            Str rest = str_sub(buf_str(&b), at, b.len - at - dice(3) % (b.len - at));
            size_t n = prefilter_pass_lines(p, rest, &n_lines);
            n_wrong += n > rest.len || droppable_lines(p, rest, n) != (int64_t)n_lines;
            n_passed += (int64_t)n_lines;
            const char *end = memchr(rest.ptr + n, '\n', rest.len - n);
            at = end ? at + (size_t)(end - rest.ptr) + 1 : b.len;
        }
        prefilter_free(p);
        buf_free(&b);
    }
    CHECK_LONG(n_wrong, 0);
    CHECK(n_passed > 5000 || vectors_best() == VECTORS_PLAIN);
}

/* Plain lines are passed over to the last: escapes that spell other characters do not stop it. */
static void test_passes_all(void) {
    Str text = STR("needle");
    ScanNeedle needle = {&text, 1, false, false};
    Prefilter *p = prefilter_new(&needle, 1, true);
    Buf b = {0};
    for (int i = 0; i < 1000; i++)
        buf_puts(&b, "{\"a\":\"C:\\\\users\\u0041\\/ \\\"needLe\\\"\",\"b\":[1,{}]}\r\n");
    uint64_t n_lines = 0;
    (void)prefilter_pass_lines(p, buf_str(&b), &n_lines);
    CHECK(n_lines >= 998 || vectors_best() == VECTORS_PLAIN);
    prefilter_free(p);
    buf_free(&b);
}

/* ---------------------------------------------------------------------- a file */

/* How a hit may be written. */
static const char *const spellings[] = {
    "BrowserLaunched/Url",
    "Browser\\u004caunched/Url",
    "BrowserLaunched\\/Url",
    "\\u0042rowserLaunched\\u002fUrl",
    "BrowserLaunche\\u0064/Ur\\u006C",
    "\\u0042\\u0072\\u006f\\u0077\\u0073\\u0065\\u0072\\u004c\\u0061\\u0075\\u006e\\u0063\\u0068\\u0065"
    "\\u0064\\u002F\\u0055\\u0072\\u006c"};

/* Lines of all lengths, a hit each few of them; returns the sum of the hits' numbers. */
static int64_t put_file(Buf *b, int64_t n, int64_t bad) {
    char pad[3000];
    int64_t sum = 0;
    memset(pad, 'p', sizeof pad);
    for (int64_t i = 1; i <= n; i++) {
        int width = (int)(i * 7919 % 2900);
        const char *action = i % 11 ? "none\",\"Note\":\"Browser\\\\unched\\\\Url \\u0021 \\u00df"
                                    : "Browser\\u0001";
        bool is_hit = i % 37 == 0 || i % 41 == 0 || i == n;
        if (is_hit) action = spellings[i % (int64_t)COUNT_OF(spellings)];
        if (is_hit) sum += i;
        if (i == bad) buf_puts(b, "{\"ActionType\":\"none\n");
        if (i % 501 == 0) buf_puts(b, i % 2 ? "\n" : " \r\n");
        buf_printf(b, "{\"ReportId\":%lld,\"DeviceName\":\"%.*s\",\"ActionType\":\"%s\"}%s",
                   (long long)i, width, pad, action,
                   i == n  ? ""
                   : i % 3 ? "\n"
                           : "\r\n");
    }
    return sum;
}

/* The sum of the hits' numbers as a scan with these hints finds it; *ret_n: the rows handed out. */
static int64_t scan_sum(Fixture *x, Str text, bool by_text, bool by_key, int64_t *ret_n) {
    const TableRef *t = dataset_table(x->data, 0);
    uint32_t columns[2] = {0, 0};
    for (uint32_t i = 0; i < t->n_columns; i++) {
        if (str_is(t->columns[i].name, "ReportId")) columns[0] = i;
        if (str_is(t->columns[i].name, "ActionType")) columns[1] = i;
    }
    ScanKeys *keys = scan_keys_new();
    scan_keys_add(keys, &text, 1);
    scan_keys_seal(keys);
    ScanKeyColumn key = {columns[1], keys};
    ScanNeedle needle = {&text, 1, false, false};
    ScanSpec spec = {.table = t,
                     .columns = columns,
                     .n_columns = 2,
                     .needles = &needle,
                     .n_needles = by_text,
                     .from_ticks = INT64_MIN,
                     .to_ticks = INT64_MAX};
    Scan *scan;
    ScanWorker *w;
    ColumnBatch *batch;
    int64_t sum = 0;
    *ret_n = 0;
    CHECK(scan_open(x->data, &spec, &scan) == OK);
    if (by_key) scan_set_keys(scan, &key, 1);
    CHECK(scan_worker_open(scan, &w) == OK);
    for (; scan_next(w, &batch) == OK && batch->n_rows; *ret_n += batch->n_rows)
        for (uint32_t i = 0; i < batch->n_rows; i++)
            if (str_eq(batch->columns[1].u.s[i], text)) sum += batch->columns[0].u.l[i];
    scan_worker_free(w);
    scan_free(scan);
    scan_keys_free(keys);
    return sum;
}

/* A literal, a key or both: the same hits, every line counted, and most of the others left out. */
static void test_file(void) {
    Fixture x;
    fixture_open(&x);
    Buf b = {0};
    int64_t n = 16000, bad = 12345, expected = put_file(&b, n, bad), n_rows;
    Str text = STR("BrowserLaunched/Url");
    CHECK(b.len > 2u * (8u << 20)); /* more than one range */
    fixture_write(&x, "DeviceEvents.json", buf_str(&b));
    for (int way = 0; way < 4; way++) {
        CHECK(fixture_load(&x, (DataOptions){.n_threads = 1}) == OK);
        CHECK_LONG(scan_sum(&x, text, way & 1, way & 2, &n_rows), expected);
        CHECK(way ? n_rows < n / 4 : n_rows == n);
        CHECK_LONG(dataset_amount(x.data).lines, n + 1);
        CHECK_LONG(dataset_amount(x.data).skipped, 1);
    }
    buf_free(&b);
    fixture_close(&x);
}

int main(void) {
    for (Vectors v = VECTORS_PLAIN; v <= VECTORS_WIDEST; v++) { /* as far as there are any */
        vectors_cap(v);
        test_random();
        test_passes_all();
        test_file();
    }
    return test_finish();
}
