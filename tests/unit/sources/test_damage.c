/* What cannot be read: counted with the first example, never lost in silence, never a crash. */
#include <zlib.h>
#include <zstd.h>

#include "fixture.h"

static Str gzip(Arena *arena, Str plain) {
    z_stream z = {0};
    size_t cap = plain.len + 1024;
    char *out = arena_alloc(arena, cap);
    if (deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) abort();
    z.next_in = (Bytef *)(uintptr_t)plain.ptr;
    z.avail_in = (uInt)plain.len;
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)cap;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END) abort();
    deflateEnd(&z);
    return (Str){out, z.total_out};
}

static Str zstd(Arena *arena, Str plain) {
    size_t cap = ZSTD_compressBound(plain.len);
    char *out = arena_alloc(arena, cap);
    ZSTD_CCtx *c = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
    size_t n = ZSTD_compress2(c, out, cap, plain.ptr, plain.len);
    ZSTD_freeCCtx(c);
    if (ZSTD_isError(n)) abort();
    return (Str){out, n};
}

static Str join(Arena *arena, Str a, Str b) {
    Buf out = {0};
    buf_put(&out, a);
    buf_put(&out, b);
    Str s = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return s;
}

static void test_codecs(void) {
    Fixture x;
    fixture_open(&x);
    Str one = STR("{\"AlertId\":\"a1\"}\n{\"AlertId\":"), two = STR("\"a2\"}\n");
    fixture_write(&x, "AlertInfo.json.gz", join(x.arena, gzip(x.arena, one), gzip(x.arena, two)));
    Str frames = join(x.arena, zstd(x.arena, one), zstd(x.arena, two));
    Str skippable = {"\x50\x2A\x4D\x18\x02\x00\x00\x00xx", 10};
    fixture_write(&x, "EmailEvents.zst", join(x.arena, skippable, frames));
    fixture_write(&x, "DeviceInfo.csv.gz", gzip(x.arena, STR("DeviceId\nd1\n")));
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId"), "a1\na2\n");
    CHECK_STR(fixture_read(&x, "EmailEvents", "AlertId"), "a1\na2\n");
    CHECK_STR(fixture_read(&x, "DeviceInfo", "DeviceId"), "d1\n");
    CHECK(dataset_file(x.data, 0).codec == CODEC_GZIP &&
          dataset_file(x.data, 2).codec == CODEC_ZSTD);
    CHECK_STR(fixture_skips(&x), "");
    fixture_close(&x);
}

/* Rows 0..n-1 with text that compresses badly, so that damage hits the middle. */
static Str many_rows(Arena *arena, int n) {
    Buf out = {0};
    uint64_t seed = 7;
    for (int i = 0; i < n; i++) {
        buf_printf(&out, "{\"AlertId\":\"%d\",\"Title\":\"", i);
        for (int j = 0; j < 8; j++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            buf_printf(&out, "%016llx", (unsigned long long)(seed ^ seed >> 29));
        }
        buf_puts(&out, "\"}\n");
    }
    Str s = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return s;
}

static int64_t count_rows(Str s) {
    int64_t n = 0;
    for (size_t i = 0; i < s.len; i++) n += s.ptr[i] == '\n';
    return n;
}

static void check_half(Fixture *x, const char *name, Str packed, const char *word) {
    char *bytes = arena_cstr(x->arena, packed);
    fixture_write(x, name, str_sub(packed, 0, packed.len / 2)); /* cut */
    CHECK(fixture_load(x, (DataOptions){0}) == OK);
    int64_t n = count_rows(fixture_read(x, "AlertInfo", "AlertId"));
    CHECK(n > 3000 && n < 7000);
    Str told = fixture_skips(x);
    CHECK(str_find(told, str_of(word), 0) != SIZE_MAX);
    CHECK(str_find(told, STR("at byte "), 0) != SIZE_MAX);
    CHECK(fixture_load(x, (DataOptions){.is_strict = true}) == OK);
    (void)fixture_read(x, "AlertInfo", "AlertId");
    CHECK(x->status == DATA && str_find(x->error, str_of(word), 0) != SIZE_MAX);
    for (size_t i = 0; i < 64; i++) /* damaged in the middle */
        bytes[packed.len / 2 + i] = (char)(bytes[packed.len / 2 + i] ^ 0x5A);
    fixture_write(x, name, (Str){bytes, packed.len});
    CHECK(fixture_load(x, (DataOptions){0}) == OK);
    n = count_rows(fixture_read(x, "AlertInfo", "AlertId"));
    CHECK(n > 2000); /* zstd finds it by the checksum at the frame's end: then all was handed out */
    CHECK(str_find(fixture_skips(x), STR("damaged"), 0) != SIZE_MAX);
}

static void test_half_damaged(void) {
    Fixture x;
    fixture_open(&x);
    Str plain = many_rows(x.arena, 10000);
    check_half(&x, "AlertInfo.json", gzip(x.arena, plain), "ends inside a gzip member");
    check_half(&x, "AlertInfo.json", zstd(x.arena, plain), "ends inside a zstd frame");
    fixture_close(&x);
}

static void test_bad_lines(void) {
    Fixture x;
    fixture_open(&x);
    fixture_write(&x, "AlertInfo.json",
                  STR("{\"AlertId\":\"1\"}\n"
                      "not json at all\n"
                      "{\"AlertId\":\"2\"\n"
                      "{\"AlertId\":\"a\0b\"}\n"
                      "{\"AlertId\":\"\\q\"}\n"
                      "[1,2]\n"
                      "{\"AlertId\":\"3\"} tail\n"
                      "{\"AlertId\":\"4\"}\n"
                      "{\"AlertId\":\"5"));
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId"), "1\n4\n");
    CHECK_STR(fixture_skips(&x), "AlertInfo.json: 7 of 9 lines skipped; first at line 2: not a "
                                 "JSON object (not json at all)\n");
    CHECK_LONG(dataset_amount(x.data).lines, 9);
    CHECK_LONG(dataset_amount(x.data).skipped, 7);
    /* a second scan does not tell the same lines twice */
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId"), "1\n4\n");
    CHECK_STR(fixture_skips(&x), "AlertInfo.json: 7 of 9 lines skipped; first at line 2: not a "
                                 "JSON object (not json at all)\n");
    CHECK(fixture_load(&x, (DataOptions){.is_strict = true}) == OK);
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId"), "");
    CHECK(x.status == DATA);
    CHECK(str_find(x.error, STR("line 2, byte 16: not a JSON object"), 0) != SIZE_MAX);
    fixture_close(&x);
}

/* A literal lets no broken line go uncounted when it is cut off. */
static void test_bad_lines_under_prefilter(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "AlertInfo.json",
                 "{\"AlertId\":\"needle\"}\n{\"AlertId\":\"cut\n{\"AlertId\":\"other\"}\n");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    Str text = STR("needle");
    ScanNeedle needle = {&text, 1, false, false};
    x.spec.needles = &needle;
    x.spec.n_needles = 1;
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId"), "needle\n");
    CHECK_STR(fixture_skips(&x), "AlertInfo.json: 1 of 3 lines skipped; first at line 2: ends in "
                                 "the middle of a record ({\"AlertId\":\"cut)\n");
    fixture_close(&x);
}

static void test_text_damage(void) {
    Fixture x;
    fixture_open(&x);
    fixture_write(&x, "AlertInfo.json",
                  STR("{\"AlertId\":\"1\",\"Title\":\"a\xFFz\"}\n"
                      "{\"AlertId\":\"2\",\"Title\":\"\\ud800x\"}\n"
                      "{\"AlertId\":\"3\",\"Title\":\"\\ud83d\\ude00\"}\n"));
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId,Title"),
              "1|a\xEF\xBF\xBDz\n2|\xEF\xBF\xBDx\n3|\xF0\x9F\x98\x80\n");
    Str told = fixture_skips(&x);
    CHECK(str_starts_with(told, STR("AlertInfo.json: 2 of 3 lines with damaged text")));
    fixture_close(&x);
}

static void test_values(void) {
    Fixture x;
    fixture_open(&x);
    Buf big = {0};
    buf_puts(&big, "{\"DeviceId\":\"n\",\"ProcessId\":");
    for (int i = 0; i < 400; i++) buf_putc(&big, '9');
    buf_puts(&big,
             "}\n{\"DeviceId\":\"m\",\"ProcessId\":9223372036854775807,\"LocalPort\":70000000000}\n"
             "{\"DeviceId\":\"k\",\"ProcessId\":\"-9223372036854775808\",\"LocalPort\":\"x\"}\n");
    fixture_write(&x, "DeviceEvents.json", buf_str(&big));
    buf_free(&big);
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_read(&x, "DeviceEvents", "DeviceId,ProcessId,LocalPort"),
              "n|~|~\nm|9223372036854775807|~\nk|-9223372036854775808|~\n");
    Str told = fixture_skips(&x);
    CHECK(str_starts_with(
        told,
        STR("DeviceEvents.json: 3 values in 3 lines not of their column's type and read as null")));
    CHECK(str_find(told, STR("ProcessId is no long: 999999"), 0) != SIZE_MAX);
    fixture_close(&x);
}

/* RFC 8259 leaves equal keys open; the last value counts, as in most readers, and it is told. */
static void test_key_twice(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "DeviceEvents.json",
                 "{\"DeviceId\":\"a\",\"DeviceId\":\"b\"}\n{\"DeviceId\":\"c\"}\n");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_read(&x, "DeviceEvents", "DeviceId"), "b\nc\n");
    CHECK(str_find(fixture_skips(&x), STR("1 of 2 lines with a key that stands twice"), 0) !=
          SIZE_MAX);
    fixture_close(&x);
}

/* A banner or a broken first line costs itself, not the file. */
static void test_broken_first_line(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "DeviceEvents.ndjson",
                 "exported by a tool\n{\"DeviceId\":\"a\"}\n{\"DeviceId\":\"b\"}\n");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_read(&x, "DeviceEvents", "DeviceId"), "a\nb\n");
    CHECK(str_find(fixture_skips(&x), STR("1 of 3 lines skipped; first at line 1"), 0) != SIZE_MAX);
    fixture_close(&x);
}

/* A file that was begun as an array and went on in lines: what is broken there ends with its line. */
static void test_empty_first_line(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "AlertInfo.json",
                 "[]\n{\"AlertId\":\"cut\n{\"AlertId\":\"a1\"}\n{\"AlertId\":\"a2\"}\n");
    fixture_text(&x, "EmailEvents.json", "[]\n[{\"AlertId\":\"a3\"}]\n");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId"), "a1\na2\n");
    CHECK_LONG(dataset_amount(x.data).skipped, 2);
    CHECK_STR(fixture_read(&x, "EmailEvents", "AlertId"), "a3\n");
    fixture_close(&x);
}

static void test_deep_and_long(void) {
    Fixture x;
    fixture_open(&x);
    Buf b = {0};
    buf_puts(&b, "{\"AlertId\":\"1\"}\n{\"AlertId\":\"deep\",\"Title\":");
    for (int i = 0; i < 100000; i++) buf_putc(&b, '[');
    for (int i = 0; i < 100000; i++) buf_putc(&b, ']');
    buf_puts(&b, "}\n{\"AlertId\":\"long\",\"Title\":\"");
    size_t n = b.len;
    buf_reserve(&b, 100u << 20);
    memset(b.ptr + n, 'x', 100u << 20);
    b.len += 100u << 20;
    buf_puts(&b, "\"}\n{\"AlertId\":\"2\"}\n");
    fixture_write(&x, "AlertInfo.json", buf_str(&b));
    buf_free(&b);
    CHECK(fixture_load(&x, (DataOptions){.n_threads = 3}) == OK);
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId"), "1\n2\n");
    CHECK(x.n_workers == 3);
    Str told = fixture_skips(&x);
    CHECK(str_starts_with(
        told, STR("AlertInfo.json: 2 of 4 lines skipped; first at line 2: nested too deep")));
    fixture_close(&x);
}

static void test_long_document(void) {
    Fixture x;
    fixture_open(&x);
    Buf b = {0};
    buf_puts(&b, "{\"records\":[{\"AlertId\":\"1\"},{\"AlertId\":\"long\",\"Title\":\"");
    size_t n = b.len;
    buf_reserve(&b, 40u << 20);
    memset(b.ptr + n, 'x', 40u << 20);
    b.len += 40u << 20;
    buf_puts(&b, "\"},{\"AlertId\":\"2\"},");
    fixture_write(&x, "AlertInfo.json", buf_str(&b));
    buf_free(&b);
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId"), "1\n2\n");
    Str told = fixture_skips(&x);
    CHECK(str_find(told, STR("1 of 3 records skipped; first at byte 28: longer than 32 MiB"), 0) !=
          SIZE_MAX);
    CHECK(str_find(told, STR("ends in the middle of a JSON document"), 0) != SIZE_MAX);
    fixture_close(&x);
}

static void test_cells(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "DeviceInfo.csv", "DeviceId,DeviceName\na\nb,c,d\n\"e,f\ng,h\n");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_read(&x, "DeviceInfo", "DeviceId,DeviceName"), "a|\nb|c\ng|h\n");
    Str told = fixture_skips(&x);
    CHECK(
        str_find(told,
                 STR("1 of 4 lines skipped; first at line 4: a quoted cell is not closed (\"e,f)"),
                 0) != SIZE_MAX);
    CHECK(str_find(told,
                   STR("2 of 4 lines with more or fewer cells than the header; first at line 2"),
                   0) != SIZE_MAX);
    fixture_close(&x);
}

static void test_partial(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "AlertInfo.json",
                 "{\"tables\":[{\"name\":\"PrimaryResult\",\"rows\":[[\"a\"]],"
                 "\"columns\":[{\"name\":\"AlertId\",\"type\":\"string\"}]}],"
                 "\"error\":{\"code\":\"PartialError\"}}");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId"), "a\n"); /* columns stand behind the rows */
    CHECK(str_find(fixture_skips(&x), STR("AlertInfo.json: the service told an error"), 0) == 0);
    fixture_close(&x);
}

static void test_other_documents(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "AlertInfo.json",
                 "{\"records\":[\n{\"AlertId\":\"1\"}\n]}\n{\"AlertId\":\n\"2\"}\n");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId"), "1\n");
    CHECK(str_find(fixture_skips(&x),
                   STR("1 of 2 records skipped; first at byte 32: a document without rows"),
                   0) != SIZE_MAX);
    Buf b = {0};
    buf_puts(&b, "AlertId,Title\n1,x\n2,");
    size_t n = b.len;
    buf_reserve(&b, 34u << 20);
    memset(b.ptr + n, 'y', 34u << 20);
    b.len += 34u << 20;
    buf_puts(&b, "\n3,z\n");
    fixture_write(&x, "AlertInfo.json", STR("{}\n"));
    fixture_write(&x, "EmailEvents.csv", buf_str(&b));
    buf_free(&b);
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_STR(fixture_read(&x, "EmailEvents", "AlertId,Title"), "1|x\n3|z\n");
    CHECK(str_find(fixture_skips(&x),
                   STR("1 of 3 lines skipped; first at line 3: longer than 32 MiB"),
                   0) != SIZE_MAX);
    fixture_close(&x);
}

static void test_vanished(void) {
    Fixture x;
    fixture_open(&x);
    fixture_text(&x, "AlertInfo-1.json", "{\"AlertId\":\"1\"}\n");
    const char *gone = fixture_text(&x, "AlertInfo-2.json", "{\"AlertId\":\"2\"}\n");
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    unlink(gone);
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId"), "1\n");
    CHECK(x.status == OK);
    CHECK(str_find(fixture_skips(&x), STR("AlertInfo-2.json: cannot be opened: No such file"), 0) ==
          0);
    fixture_close(&x);
}

/* A file that changes between its finding and its reading. */
static void test_changed(void) {
    Fixture x;
    fixture_open(&x);
    const char *whole = "{\"AlertId\":\"1\"}\n{\"AlertId\":\"2\"}\n";
    const char *path = fixture_text(&x, "AlertInfo.json", whole);
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK(truncate(path, 16) == 0);
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId"), "1\n");
    CHECK(str_find(fixture_skips(&x),
                   STR("AlertInfo.json: the file became shorter while it was read (at byte 16 "),
                   0) == 0);
    fixture_text(&x, "AlertInfo.json", whole);
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK(rename(path, fixture_path(&x, "old")) == 0);
    fixture_text(&x, "AlertInfo.json", "{\"AlertId\":\"3\"}\n{\"AlertId\":\"4\"}\n");
    CHECK_STR(fixture_read(&x, "AlertInfo", "AlertId"), "");
    CHECK(str_find(fixture_skips(&x),
                   STR("AlertInfo.json: cannot be opened: another file has taken its place"),
                   0) == 0);
    fixture_close(&x);
}

/* A record of a table that the sample did not show is told. */
static void test_foreign(void) {
    Fixture x;
    fixture_open(&x);
    Buf b = {0};
    for (int i = 0; i < 40000; i++)
        buf_printf(
            &b,
            "{\"category\":\"AdvancedHunting-AlertInfo\",\"properties\":{\"AlertId\":\"%d\"}}\n",
            i);
    buf_puts(&b,
             "{\"category\":\"AdvancedHunting-EmailEvents\",\"properties\":{\"Subject\":\"s\"}}\n");
    for (int i = 0; i < 2000; i++)
        buf_printf(
            &b,
            "{\"category\":\"AdvancedHunting-AlertInfo\",\"properties\":{\"AlertId\":\"%d\"}}\n",
            i);
    fixture_write(&x, "stream.json", buf_str(&b));
    buf_free(&b);
    CHECK(fixture_load(&x, (DataOptions){0}) == OK);
    CHECK_LONG(count_rows(fixture_read(&x, "AlertInfo", "AlertId")), 42000);
    CHECK(str_starts_with(fixture_skips(&x),
                          STR("stream.json: 1 of 42001 lines of a table that the start of the file "
                              "did not show; first at line 40001: a record of EmailEvents")));
    fixture_close(&x);
}

int main(void) {
    test_codecs();
    test_half_damaged();
    test_bad_lines();
    test_bad_lines_under_prefilter();
    test_text_damage();
    test_values();
    test_key_twice();
    test_broken_first_line();
    test_empty_first_line();
    test_deep_and_long();
    test_long_document();
    test_cells();
    test_partial();
    test_other_documents();
    test_vanished();
    test_changed();
    test_foreign();
    return test_finish();
}
