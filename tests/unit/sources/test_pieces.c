/*
 * Compressed files of several pieces by several threads: the same rows, losses and places as one thread
 * finds, each line once, wherever the pieces begin.
 */
#include <pthread.h>
#include <zlib.h>
#include <zstd.h>

#include "fixture.h"

enum { THREADS = 4, SMALL = 300 }; /* bytes that a thread takes at once */

/* -------------------------------------------------------------------- packing */

typedef enum Packing { PACK_ZSTD, PACK_ZSTD_PLAIN, PACK_BGZF, PACK_GZIP, PACKINGS } Packing;

/* One frame: with a checksum and its content's size, or with neither. */
static void put_frame(Buf *out, Str plain, bool is_plain) {
    size_t cap = ZSTD_compressBound(plain.len);
    ZSTD_CCtx *c = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, !is_plain);
    ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag, !is_plain);
    buf_reserve(out, cap);
    size_t n = ZSTD_compress2(c, out->ptr + out->len, cap, plain.ptr, plain.len);
    ZSTD_freeCCtx(c);
    if (ZSTD_isError(n)) abort();
    out->len += n;
}

static void put_skippable(Buf *out, Str bytes) {
    unsigned n = (unsigned)bytes.len;
    char head[8] = {0x5E, 0x2A, 0x4D, 0x18, (char)n, (char)(n >> 8), (char)(n >> 16), 0};
    buf_put(out, (Str){head, 8});
    buf_put(out, bytes);
}

/* One gzip member; a block of BGZF tells its own size, plus `lie`. */
static void put_member(Buf *out, Str plain, bool is_block, int lie) {
    unsigned char extra[6] = {'B', 'C', 2, 0, 0, 0};
    gz_header header = {.os = 255, .extra = extra, .extra_len = 6};
    z_stream z = {0};
    size_t at = out->len, cap = plain.len + 1024;
    if (deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) abort();
    if (is_block) deflateSetHeader(&z, &header);
    buf_reserve(out, cap);
    z.next_in = (Bytef *)(uintptr_t)plain.ptr;
    z.avail_in = (uInt)plain.len;
    z.next_out = (Bytef *)out->ptr + at;
    z.avail_out = (uInt)cap;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END) abort();
    out->len += z.total_out;
    deflateEnd(&z);
    if (!is_block) return;
    int size = (int)(out->len - at) - 1 + lie;
    out->ptr[at + 16] = (char)size;
    out->ptr[at + 17] = (char)(size >> 8);
}

static void put_piece(Buf *out, Packing packing, Str plain) {
    switch (packing) {
    case PACK_ZSTD:
    case PACK_ZSTD_PLAIN: put_frame(out, plain, packing == PACK_ZSTD_PLAIN); break;
    case PACK_BGZF:
    case PACK_GZIP: put_member(out, plain, packing == PACK_BGZF, 0); break;
    case PACKINGS: abort();
    }
}

/* ----------------------------------------------------------------- both ways */

static uint64_t seed = 11;

static uint64_t random_below(uint64_t n) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % n;
}

/* Lines from first on, of texts that hardly compress; every 7th ends in CRLF. */
static void put_lines(Buf *out, int first, int n, size_t width) {
    for (int i = first; i < first + n; i++) {
        buf_printf(out, "{\"AlertId\":\"%d\",\"Title\":\"", i);
        for (size_t j = random_below(width + 1); j > 0; j--)
            buf_putc(out, (char)('a' + random_below(26)));
        buf_puts(out, i % 7 == 0 ? "\"}\r\n" : "\"}\n");
    }
}

typedef struct Rows {
    Scan *scan;
    Buf texts[THREADS]; /* rows, a line each */
    Status status;
    pthread_mutex_t lock;
} Rows;

typedef struct Thread {
    Rows *rows;
    int at;
    pthread_t id;
} Thread;

static void *read_rows(void *ctx) {
    const Thread *t = ctx;
    ScanWorker *w = NULL;
    ColumnBatch *b = NULL;
    Status status = scan_worker_open(t->rows->scan, &w);
    while (status == OK && (status = scan_next(w, &b)) == OK && b->n_rows)
        for (uint32_t i = 0; i < b->n_rows; i++) {
            buf_put(&t->rows->texts[t->at], b->columns[0].u.s[i]);
            buf_putc(&t->rows->texts[t->at], '\n');
        }
    pthread_mutex_lock(&t->rows->lock);
    if (status != OK) t->rows->status = status;
    pthread_mutex_unlock(&t->rows->lock);
    scan_worker_free(w);
    return NULL;
}

static int compare_lines(const void *a, const void *b) {
    return str_compare(*(const Str *)a, *(const Str *)b);
}

/* The lines of all texts, sorted. */
static Str sort_lines(Arena *arena, const Buf *texts) {
    Str *lines = NULL;
    size_t n = 0, cap = 0;
    for (int i = 0; i < THREADS; i++)
        for (Str rest = buf_str(&texts[i]); rest.len;) {
            size_t len = str_find(rest, STR("\n"), 0) + 1;
            ARENA_PUSH(arena, lines, n, cap, str_sub(rest, 0, len));
            rest = str_sub(rest, len, rest.len);
        }
    if (n) qsort(lines, n, sizeof *lines, compare_lines);
    Buf out = {0};
    for (size_t i = 0; i < n; i++) buf_put(&out, lines[i]);
    Str sorted = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return sorted;
}

/* Sorted AlertIds, then what was lost and how much was read. */
static Str read_by(Fixture *x, unsigned n_threads, const ScanNeedle *needle) {
    Rows rows = {.lock = PTHREAD_MUTEX_INITIALIZER};
    Thread threads[THREADS];
    DataOptions options = {.n_threads = n_threads, .piece_bytes = SMALL};
    if (fixture_load(x, options) != OK) return STR("not loaded");
    const TableRef *t = fixture_table(x, "AlertInfo");
    if (!t) return STR("no table");
    uint32_t column = column_index(t, STR("AlertId"));
    ScanSpec spec = {.table = t,
                     .columns = &column,
                     .n_columns = 1,
                     .needles = needle,
                     .n_needles = needle != NULL,
                     .from_ticks = INT64_MIN,
                     .to_ticks = INT64_MAX};
    if (scan_open(x->data, &spec, &rows.scan) != OK) abort();
    x->n_workers = scan_max_workers(rows.scan);
    for (unsigned i = 0; i < n_threads; i++) {
        threads[i] = (Thread){.rows = &rows, .at = (int)i};
        if (pthread_create(&threads[i].id, NULL, read_rows, &threads[i]) != 0) abort();
    }
    for (unsigned i = 0; i < n_threads; i++) pthread_join(threads[i].id, NULL);
    scan_free(rows.scan);
    CHECK(rows.status == OK);
    Str ids = sort_lines(x->arena, rows.texts);
    for (int i = 0; i < THREADS; i++) buf_free(&rows.texts[i]);
    ReadAmount amount = dataset_amount(x->data);
    int64_t count = -1;
    bool is_known = dataset_row_count(x->data, t, &count);
    return arena_printf(x->arena, "%.*s%.*s%lld lines %lld skipped %lld bytes %d %lld\n",
                        STR_ARG(ids), STR_ARG(fixture_skips(x)), (long long)amount.lines,
                        (long long)amount.skipped, (long long)amount.bytes, is_known,
                        (long long)(is_known ? count : -1));
}

/* Four threads find what one finds, with a literal that is looked for and without. Returns that. */
static Str check_same(Fixture *x, Str packed, const char *what) {
    fixture_write(x, "AlertInfo.json", packed);
    Str needle_text = STR("7\"");
    ScanNeedle needle = {&needle_text, 1, false, false};
    Str one = read_by(x, 1, NULL), many = read_by(x, THREADS, NULL);
    CHECK_STR(many, arena_cstr(x->arena, one));
    Str some = read_by(x, 1, &needle);
    CHECK_STR(read_by(x, THREADS, &needle), arena_cstr(x->arena, some));
    if (!str_eq(one, many)) fprintf(stderr, "where: %s\n", what);
    return one;
}

/* Sorted ids of lines 0..n-1. */
static Str ids(Arena *arena, int n) {
    Buf texts[THREADS] = {0};
    for (int i = 0; i < n; i++) buf_printf(&texts[0], "%d\n", i);
    Str s = sort_lines(arena, texts);
    buf_free(&texts[0]);
    return s;
}

static void check_all(Fixture *x, Str packed, int n, const char *what) {
    Str found = check_same(x, packed, what);
    Str whole = arena_printf(x->arena, "%.*s%d lines 0 skipped %zu bytes 1 %d\n",
                             STR_ARG(ids(x->arena, n)), n, packed.len, n);
    CHECK_STR(found, arena_cstr(x->arena, whole));
}

/* ---------------------------------------------------------------------- tests */

/* Pieces of random sizes, empty ones and ones of a byte among them. */
static void put_split(Buf *out, Packing packing, Str plain, uint64_t most) {
    for (size_t at = 0; at < plain.len;) {
        size_t n = random_below(10) ? random_below(most) : random_below(2);
        Str piece = str_sub(plain, at, n);
        at += piece.len;
        put_piece(out, packing, piece);
        if (packing <= PACK_ZSTD_PLAIN && !random_below(8)) put_skippable(out, STR("any bytes"));
    }
}

static void test_random_splits(void) {
    static const uint64_t mosts[] = {3, 60, 700, 3000, 40000};
    Fixture x;
    fixture_open(&x);
    for (int packing = 0; packing < PACKINGS; packing++)
        for (unsigned round = 0; round < 5; round++) {
            Buf plain = {0}, packed = {0};
            char what[64];
            int n = round % 5 == 0 ? 60 : 400;
            put_lines(&plain, 0, n, round == 3 ? 2000 : 90);
            if (round % 2) plain.len -= 1; /* the last line has no end */
            put_split(&packed, (Packing)packing, buf_str(&plain), mosts[round % 5]);
            snprintf(what, sizeof what, "packing %d, round %u", packing, round);
            check_all(&x, buf_str(&packed), n, what);
            buf_free(&plain);
            buf_free(&packed);
        }
    fixture_close(&x);
}

/* Every place of a split around the ends of lines. */
static void test_each_split(void) {
    Fixture x;
    fixture_open(&x);
    Buf plain = {0};
    put_lines(&plain, 0, 9, 400);
    for (size_t at = 0; at <= plain.len; at++) {
        Buf packed = {0};
        Packing packing = at % 2 ? PACK_ZSTD : PACK_BGZF;
        char before = at ? plain.ptr[at - 1] : 0;
        if (at % 41 && before != '\n' && plain.ptr[at < plain.len ? at : 0] != '\n') continue;
        put_piece(&packed, packing, str_sub(buf_str(&plain), 0, at));
        put_piece(&packed, packing, STR_EMPTY);
        put_piece(&packed, packing, str_sub(buf_str(&plain), at, plain.len));
        check_all(&x, buf_str(&packed), 9, "each split");
        buf_free(&packed);
    }
    buf_free(&plain);
    fixture_close(&x);
}

/* One line over many pieces, with lines before and behind it. */
static void test_long_line(void) {
    Fixture x;
    fixture_open(&x);
    for (int packing = 0; packing < PACKINGS; packing++) {
        Buf plain = {0}, packed = {0};
        put_lines(&plain, 0, 20, 50);
        buf_puts(&plain, "{\"AlertId\":\"20\",\"Title\":\"");
        for (int i = 0; i < 20000; i++) buf_putc(&plain, (char)('a' + random_below(26)));
        buf_puts(&plain, "\"}\n");
        put_lines(&plain, 21, 20, 50);
        put_split(&packed, (Packing)packing, buf_str(&plain), 1000);
        check_all(&x, buf_str(&packed), 41, "a long line");
        buf_free(&plain);
        buf_free(&packed);
    }
    fixture_close(&x);
}

/* Past the cap, among others, and as the last one; a byte order mark before the first. */
static void test_too_long_line(void) {
    static const Packing packings[] = {PACK_ZSTD, PACK_GZIP};
    Fixture x;
    fixture_open(&x);
    for (size_t p = 0; p < COUNT_OF(packings); p++) {
        Buf plain = {0}, packed = {0};
        buf_puts(&plain, "\xEF\xBB\xBF");
        put_lines(&plain, 0, 10, 50);
        for (int i = 0; i < 2; i++) {
            size_t width = (33u << 20) + 77;
            buf_reserve(&plain, width);
            memset(plain.ptr + plain.len, 'x', width);
            plain.len += width;
            buf_putc(&plain, '\n');
            put_lines(&plain, 10 + 5 * i, 5, 50);
            buf_puts(&plain, "broken\n");
        }
        plain.len -= p; /* with a line's end, or without */
        for (size_t at = 0; at < plain.len; at += 9000000)
            put_piece(&packed, packings[p], str_sub(buf_str(&plain), at, 9000000));
        Str told = check_same(&x, buf_str(&packed), "a line past the cap");
        CHECK(str_starts_with(told, ids(x.arena, 20)));
        CHECK(str_find(told,
                       STR("4 of 24 lines skipped; first at line 11: longer than 32 MiB (xxx"),
                       0) != SIZE_MAX);
        buf_free(&plain);
        buf_free(&packed);
    }
    fixture_close(&x);
}

/* One piece: lines are decoded by one thread after the other. */
static void test_one_piece(void) {
    Fixture x;
    fixture_open(&x);
    for (int round = 0; round < 8; round++) {
        Packing packing = round % 2 ? PACK_GZIP : PACK_ZSTD;
        Buf plain = {0}, packed = {0};
        put_lines(&plain, 0, 3000, 90);
        if (round % 3 == 0) buf_puts(&plain, "broken");
        put_piece(&packed, packing, buf_str(&plain));
        size_t at = packed.len / 2 + (size_t)round;
        if (round >= 4) packed.ptr[at] = (char)(packed.ptr[at] ^ 0x5A);
        Str told = check_same(&x, buf_str(&packed), "one piece");
        CHECK_LONG(x.n_workers, THREADS);
        CHECK(str_find(told, STR("\n1200\n"), 0) != SIZE_MAX || packing == PACK_ZSTD);
        bool is_whole = str_starts_with(told, ids(x.arena, 3000));
        CHECK(is_whole || round >= 4);
        if (round == 3)
            CHECK(str_find(told, STR("1 of 3001 lines skipped; first at line 3001: "), 0) !=
                  SIZE_MAX);
        buf_free(&plain);
        buf_free(&packed);
    }
    fixture_close(&x);
}

/* The table of a seekable file is one more frame to pass over, whatever it says. */
static void test_seek_table(void) {
    Fixture x;
    fixture_open(&x);
    static const char lies[] = "\xFF\xFF\xFF\x7F\x00\x00\x00\x00"
                               "\x03\x00\x00\x00\x01\x00\x00\x00"
                               "\xFF\xFF\x00\x00\x00\xB1\xEA\x92\x8F";
    Buf plain = {0}, packed = {0};
    put_lines(&plain, 0, 200, 90);
    put_split(&packed, PACK_ZSTD, buf_str(&plain), 900);
    put_skippable(&packed, (Str){lies, sizeof lies - 1});
    packed.ptr[packed.len - sizeof lies + 1 - 8] = 0x5E;
    check_all(&x, buf_str(&packed), 200, "a lying seek table");
    buf_free(&plain);
    buf_free(&packed);
    fixture_close(&x);
}

/* Frames of 20 lines each; returns where each begins. */
static void put_frames(Buf *out, Packing packing, int n, size_t *ret_at) {
    for (int i = 0; i < n; i++) {
        Buf plain = {0};
        put_lines(&plain, i * 20, 20, 90);
        ret_at[i] = out->len;
        put_piece(out, packing, buf_str(&plain));
        buf_free(&plain);
    }
    ret_at[n] = out->len;
}

/* A damaged piece costs itself: pieces behind it are read, and lines count on. */
static void test_damaged_piece(void) {
    static const Packing packings[] = {PACK_ZSTD, PACK_ZSTD_PLAIN, PACK_BGZF, PACK_GZIP};
    Fixture x;
    fixture_open(&x);
    for (size_t p = 0; p < COUNT_OF(packings); p++)
        for (size_t byte = 0; byte < 60; byte += 9) {
            Buf packed = {0};
            size_t at[13];
            put_frames(&packed, packings[p], 12, at);
            size_t middle = (at[5] + at[6]) / 2 + byte;
            packed.ptr[middle] = (char)(packed.ptr[middle] ^ 0x5A);
            put_piece(&packed, packings[p], STR("{\"AlertId\":\"a\"\n{\"AlertId\":\"b\"}\n"));
            Str told = check_same(&x, buf_str(&packed), "a damaged piece");
            bool is_found = str_find(told, STR("damaged "), 0) != SIZE_MAX;
            if (packings[p] != PACK_ZSTD_PLAIN) CHECK(is_found);
            if (is_found) CHECK(str_find(told, STR("\nb\n"), 0) != SIZE_MAX);
            CHECK(str_find(told, STR("\n99\n"), 0) != SIZE_MAX);
            CHECK(str_find(told, STR("\n239\n"), 0) != SIZE_MAX);
            buf_free(&packed);
        }
    fixture_close(&x);
}

static void test_damage_is_placed(void) {
    Fixture x;
    fixture_open(&x);
    Buf packed = {0};
    size_t at[13];
    put_frames(&packed, PACK_ZSTD, 12, at);
    packed.ptr[at[4] - 1] = (char)(packed.ptr[at[4] - 1] ^ 1); /* checksums: all was handed out */
    packed.ptr[at[9] - 1] = (char)(packed.ptr[at[9] - 1] ^ 1);
    put_piece(&packed, PACK_ZSTD, STR("broken\n"));
    Str told = check_same(&x, buf_str(&packed), "two damaged pieces");
    char expected[256];
    snprintf(
        expected, sizeof expected,
        "AlertInfo.json: 1 of 241 lines skipped; first at line 241: not a JSON object (broken)\n"
        "AlertInfo.json: damaged zstd data: Restored data doesn't match checksum (at byte %zu of "
        "the file, the first of 2 such places)\n",
        at[4] - 4);
    CHECK_STR(str_sub(told, str_find(told, STR("Alert"), 0), strlen(expected)), expected);
    CHECK(str_starts_with(told, ids(x.arena, 240)));
    buf_free(&packed);
    fixture_close(&x);
}

static void test_bad_ends(void) {
    Fixture x;
    fixture_open(&x);
    Buf packed = {0};
    size_t at[13];
    put_frames(&packed, PACK_ZSTD, 12, at);
    for (size_t cut = at[11] - 2; cut < at[12]; cut += 31) {
        Str told = check_same(&x, str_sub(buf_str(&packed), 0, cut), "a cut frame");
        if (cut != at[11]) CHECK(str_find(told, STR("ends inside a zstd frame"), 0) != SIZE_MAX);
    }
    buf_puts(&packed, "trailing garbage");
    Str told = check_same(&x, buf_str(&packed), "garbage");
    char expected[128];
    snprintf(expected, sizeof expected,
             "damaged zstd data: Unknown frame descriptor (at byte %zu of the file)", at[12]);
    CHECK(str_find(told, str_of(expected), 0) != SIZE_MAX);
    CHECK(str_starts_with(told, ids(x.arena, 240)));
    buf_free(&packed);
    put_frames(&packed, PACK_BGZF, 12, at);
    for (size_t cut = at[11] - 2; cut < at[12]; cut += 31)
        (void)check_same(&x, str_sub(buf_str(&packed), 0, cut), "a cut block");
    buf_puts(&packed, "trailing garbage");
    told = check_same(&x, buf_str(&packed), "garbage");
    CHECK(str_find(told, STR("bytes behind a gzip member that are no gzip"), 0) != SIZE_MAX);
    CHECK(str_starts_with(told, ids(x.arena, 240)));
    buf_free(&packed);
    fixture_close(&x);
}

/* A size that is not the block's: told, and the blocks behind it are read if any begins there. */
static void test_lying_blocks(void) {
    Fixture x;
    fixture_open(&x);
    for (int lie = -40; lie <= 40; lie += 5) {
        Buf packed = {0}, plain = {0};
        size_t at[7];
        put_frames(&packed, PACK_BGZF, 6, at);
        put_lines(&plain, 120, 20, 90);
        put_member(&packed, buf_str(&plain), true, lie);
        put_frames(&packed, PACK_BGZF, 6, at);
        Str told = check_same(&x, buf_str(&packed), "a lying block");
        bool is_told = str_find(told, STR("does not end where its header says"), 0) != SIZE_MAX;
        CHECK(is_told == (lie != 0));
        CHECK(str_find(told, STR("\n119\n"), 0) != SIZE_MAX);
        buf_free(&packed);
        buf_free(&plain);
    }
    fixture_close(&x);
}

/* BGZF and then members that tell no size. */
static void test_mixed_members(void) {
    Fixture x;
    fixture_open(&x);
    Buf packed = {0}, plain = {0};
    put_lines(&plain, 0, 300, 90);
    put_split(&packed, PACK_BGZF, str_sub(buf_str(&plain), 0, 10001), 900);
    put_split(&packed, PACK_GZIP, str_sub(buf_str(&plain), 10001, plain.len), 900);
    put_member(&packed, STR_EMPTY, true, 0);
    for (int i = 0; i < 600; i++) buf_putc(&packed, 0); /* padding */
    check_all(&x, buf_str(&packed), 300, "mixed members");
    buf_free(&packed);
    buf_free(&plain);
    fixture_close(&x);
}

int main(void) {
    test_random_splits();
    test_each_split();
    test_long_line();
    test_too_long_line();
    test_one_piece();
    test_seek_table();
    test_damaged_piece();
    test_damage_is_placed();
    test_bad_ends();
    test_lying_blocks();
    test_mixed_members();
    return test_finish();
}
