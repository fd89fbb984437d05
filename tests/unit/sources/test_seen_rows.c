/*
 * Row objects looked at by the columns that are known: the same columns, in the same order, with the same
 * kinds and counts as each object looked at on its own.
 */
#include "base/json.h"
#include "fixture.h"
#include "sources/seen_rows.h"

static const char *const telling[] = {"Type", "properties"};

static uint64_t seed = 3;

static uint64_t random_below(uint64_t n) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (seed >> 33) % n;
}

static const char *const keys[] = {"a",
                                   "b",
                                   "Type",
                                   "properties",
                                   "a\\u0062",
                                   "ab",
                                   "c\\\"",
                                   "\xC3\xA9",
                                   "longer than most of them are",
                                   ""};
static const char *const values[] = {"1",
                                     "0",
                                     "-7",
                                     "12.5",
                                     "1e3",
                                     "9007199254740993",
                                     "123456789012345",
                                     "1234567890123456",
                                     "99999999999999999999",
                                     "true",
                                     "null",
                                     "\"\"",
                                     "\"text\"",
                                     "\"2026-11-24T10:44:33Z\"",
                                     "\"2026-11-24T99:44:33Z\"",
                                     "[1,2]",
                                     "{\"a\":1}",
                                     "\"\\u00e9\""};

static void put_object(Buf *out, unsigned n_keys) {
    buf_putc(out, '{');
    for (uint64_t i = 0, n = random_below(8); i < n; i++) {
        /* mostly in an order, as exports have it */
        uint64_t key = random_below(4) ? i % n_keys : random_below(n_keys);
        buf_printf(out, "%s\"%s\":%s", i ? "," : "", keys[key],
                   values[random_below(COUNT_OF(values))]);
    }
    buf_putc(out, '}');
}

static Str describe(Arena *arena, const SeenColumns *s) {
    Buf out = {0};
    buf_printf(&out, "%lld rows, full %d\n", (long long)s->n_rows, s->is_full);
    for (size_t i = 0; i < s->n; i++) {
        const SeenColumn *c = &s->items[i];
        buf_printf(&out, "%.*s %u %lld %lld %lld %d\n", STR_ARG(c->name), c->kinds, (long long)c->n,
                   (long long)c->least, (long long)c->most, (int)seen_type(c));
    }
    Str text = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return text;
}

static void test_same_columns(void) {
    for (unsigned round = 0; round < 200; round++) {
        Arena *arena = arena_new();
        SeenColumns one = {.arena = arena}, other = {.arena = arena};
        SeenKeys *k = seen_keys_new(telling, COUNT_OF(telling));
        Buf text = {0};
        unsigned n_keys = 2 + round % (unsigned)(COUNT_OF(keys) - 1);
        for (int i = 0; i < 60; i++) {
            buf_clear(&text);
            put_object(&text, n_keys);
            CHECK(json_is_valid(buf_str(&text)));
            seen_object(&one, buf_str(&text));
            Extract x = {0};
            CHECK(seen_keys_read(k, buf_str(&text), &x));
            seen_keys_note(k, &other, &x, buf_str(&text));
        }
        CHECK_STR(describe(arena, &other), arena_cstr(arena, describe(arena, &one)));
        buf_free(&text);
        seen_keys_free(k);
        arena_free(arena);
    }
}

/* The first fields are those of the telling keys, whatever columns there are. */
static void test_telling(void) {
    Arena *arena = arena_new();
    SeenColumns s = {.arena = arena};
    SeenKeys *k = seen_keys_new(telling, COUNT_OF(telling));
    for (int i = 0; i < 3; i++) {
        Extract x = {0};
        Str object = STR("{\"b\":1,\"properties\":{\"c\":2},\"Type\":\"t\"}");
        CHECK(seen_keys_read(k, object, &x));
        CHECK_STR(x.fields[0], "\"t\"");
        CHECK_STR(x.fields[1], "{\"c\":2}");
        seen_keys_note(k, &s, &x, object);
    }
    CHECK_LONG((long long)s.n, 3);
    CHECK_STR(s.items[0].name, "b");
    CHECK_LONG(s.items[0].n, 3);
    Extract x = {0};
    CHECK(!seen_keys_read(k, STR("{\"b\":1"), &x));
    seen_keys_free(k);
    arena_free(arena);
}

int main(void) {
    test_same_columns();
    test_telling();
    return test_finish();
}
