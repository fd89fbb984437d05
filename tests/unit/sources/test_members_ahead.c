/*
 * gzip members decoded ahead: the bytes, the damages and their places are those that one decoder finds,
 * whatever was decoded before and however much of it.
 */
#include <fcntl.h>
#include <zlib.h>

#include "fixture.h"
#include "sources/members_ahead.h"

static uint64_t seed = 5;

static uint64_t random_below(uint64_t n) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % n;
}

static void put_member(Buf *out, Str plain, int level) {
    z_stream z = {0};
    size_t cap = plain.len + 1024;
    if (deflateInit2(&z, level, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) abort();
    buf_reserve(out, cap);
    z.next_in = (Bytef *)(uintptr_t)plain.ptr;
    z.avail_in = (uInt)plain.len;
    z.next_out = (Bytef *)out->ptr + out->len;
    z.avail_out = (uInt)cap;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END) abort();
    out->len += z.total_out;
    deflateEnd(&z);
}

static void put_text(Buf *out, size_t n) {
    for (size_t i = 0; i < n; i++)
        buf_putc(out, (char)(random_below(40) ? 'a' + random_below(20) : '\n'));
}

/* A member that holds whole ones as they are: each looks as if the file's next one began there. */
static void put_hiding(Buf *out) {
    Buf inner = {0}, text = {0};
    for (uint64_t i = random_below(4); i < 4; i++) {
        buf_clear(&text);
        put_text(&text, random_below(900));
        put_member(&inner, buf_str(&text), 6);
    }
    put_member(out, buf_str(&inner), 0);
    buf_free(&inner);
    buf_free(&text);
}

static void put_members(Buf *out, int n) {
    Buf text = {0};
    for (int i = 0; i < n; i++) {
        buf_clear(&text);
        put_text(&text, random_below(4) ? random_below(3000) : random_below(2));
        if (random_below(5)) put_member(out, buf_str(&text), 6);
        else put_hiding(out);
        for (uint64_t k = random_below(12) ? 0 : random_below(50); k; k--)
            buf_putc(out, 0); /* padding */
    }
    buf_free(&text);
}

/* --------------------------------------------------------------------- both ways */

static void put_damage(Buf *out, Str damage, int64_t at) {
    buf_printf(out, "<%.*s at %lld>", STR_ARG(damage), (long long)at);
}

static void read_plainly(const InputSource *source, Buf *out) {
    Input *in;
    int code;
    char bytes[700];
    if (input_open(source, &in, &code) != OK) abort();
    for (;;) {
        size_t n;
        Status status = input_read(in, bytes, 1 + random_below(sizeof bytes), &n);
        buf_put(out, (Str){bytes, n});
        if (status != OK) put_damage(out, input_damage(in), input_position(in));
        if (status != OK ? !input_resume(in) : !n) break;
    }
    buf_printf(out, "<end %lld>", (long long)input_position(in));
    input_close(in);
}

/* Before each read as much is decoded ahead as chance wants. Returns how often there was something to do. */
static unsigned read_ahead(const InputSource *source, uint64_t most_helps, size_t room, Buf *out) {
    char bytes[700];
    unsigned n_helps = 0;
    MembersAhead *a = ahead_open(source, 200, room);
    if (!a) abort();
    for (;;) {
        size_t n;
        for (uint64_t i = random_below(most_helps + 1); i && ahead_help(a); i--) n_helps++;
        Status status = ahead_read(a, bytes, 1 + random_below(sizeof bytes), &n);
        buf_put(out, (Str){bytes, n});
        if (status != OK) put_damage(out, ahead_damage(a), ahead_position(a));
        if (status != OK ? !ahead_resume(a) : !n) break;
    }
    buf_printf(out, "<end %lld>", (long long)ahead_position(a));
    ahead_close(a);
    return n_helps;
}

static void check_same(Fixture *x, Str packed, const char *what) {
    InputSource source = {.path = fixture_write(x, "a.gz", packed), .fd = -1, .codec = CODEC_GZIP};
    Buf one = {0};
    unsigned n_helps = 0;
    read_plainly(&source, &one);
    static const size_t rooms[] = {200, 1500, 100000};
    for (size_t i = 0; i < COUNT_OF(rooms); i++) {
        Buf other = {0};
        n_helps += read_ahead(&source, i == 1 ? 40 : 3, rooms[i], &other);
        bool is_same = str_eq(buf_str(&one), buf_str(&other));
        CHECK(is_same);
        if (!is_same)
            fprintf(stderr, "%s: %zu bytes, expected %zu; ends %.*s, expected %.*s\n", what,
                    other.len, one.len, (int)(other.len < 60 ? other.len : 60),
                    other.ptr + (other.len < 60 ? 0 : other.len - 60),
                    (int)(one.len < 60 ? one.len : 60),
                    one.ptr + (one.len < 60 ? 0 : one.len - 60));
        buf_free(&other);
    }
    CHECK(n_helps > 0);
    buf_free(&one);
}

/* ------------------------------------------------------------------------- tests */

static void test_members(Fixture *x) {
    for (int round = 0; round < 60; round++) {
        Buf packed = {0};
        put_members(&packed, 30);
        check_same(x, buf_str(&packed), "sound members");
        buf_free(&packed);
    }
}

/* Bits turned over, an end too early, and bytes behind the last member. */
static void test_damage(Fixture *x) {
    for (int round = 0; round < 150; round++) {
        Buf packed = {0};
        put_members(&packed, 30);
        for (uint64_t i = random_below(4); i; i--) {
            size_t at = random_below(packed.len);
            packed.ptr[at] = (char)(packed.ptr[at] ^ (1 << random_below(8)));
        }
        if (round % 3 == 0) packed.len -= random_below(400);
        if (round % 5 == 0) put_text(&packed, 300);
        check_same(x, buf_str(&packed), "damaged members");
        buf_free(&packed);
    }
}

/* One member, and it holds others: all that is decoded ahead is thrown away. */
static void test_hidden(Fixture *x) {
    for (int round = 0; round < 20; round++) {
        Buf inner = {0}, packed = {0};
        put_members(&inner, 25);
        put_member(&packed, buf_str(&inner), 0);
        check_same(x, buf_str(&packed), "hidden members");
        buf_free(&inner);
        buf_free(&packed);
    }
}

static void test_missing_file(void) {
    InputSource source = {.path = "/nonexistent/a.gz", .fd = -1, .codec = CODEC_GZIP};
    CHECK(ahead_open(&source, 200, 1000) == NULL);
}

int main(void) {
    Fixture x;
    fixture_open(&x);
    test_members(&x);
    test_damage(&x);
    test_hidden(&x);
    test_missing_file();
    fixture_close(&x);
    return test_finish();
}
