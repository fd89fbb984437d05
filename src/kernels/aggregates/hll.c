#include "kernels/aggregates/hll.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/json.h"

enum { HASH_BITS = 64, MAX_BITS = 18 };

typedef struct Accuracy {
    uint8_t bits;
    uint32_t limit; /* of exact counting: the page promises 1000 for accuracy 1, 8000 for 2 */
} Accuracy;

static const Accuracy accuracies[] = {{12, 512}, {14, 1024}, {16, 8192}, {17, 16384}, {18, 32768}};

void hll_begin(Hll *h, int64_t accuracy) {
    bool is_known = accuracy >= 0 && accuracy < (int64_t)COUNT_OF(accuracies);
    const Accuracy *a = &accuracies[is_known ? accuracy : 1];
    *h = (Hll){.bits = a->bits, .limit = a->limit};
}

void hll_free(Hll *h) {
    free(h->slots);
    free(h->counters);
    *h = (Hll){0};
}

static void *zeroed(size_t n, size_t size) {
    void *block = calloc(n, size);
    if (!block) abort();
    return block;
}

/* -------------------------------------------------------------- counters */

/* The counter is chosen by the first bits; it holds the largest position of the first 1 in the
 * others. */
static void count_hash(Hll *h, uint64_t hash) {
    size_t at = (size_t)(hash >> (HASH_BITS - h->bits));
    uint64_t rest = hash << h->bits;
    int rank = rest ? __builtin_clzll(rest) + 1 : HASH_BITS - h->bits + 1;
    if (h->counters[at] < rank) h->counters[at] = (uint8_t)rank;
}

static void turn_to_counters(Hll *h) {
    h->counters = zeroed((size_t)1 << h->bits, 1);
    for (size_t i = 0; i < h->n_slots; i++)
        if (h->slots[i]) count_hash(h, h->slots[i]);
    free(h->slots);
    h->slots = NULL;
    h->n = h->n_slots = 0;
}

/* ---------------------------------------------------------------- hashes */

static bool place(uint64_t *slots, size_t n_slots, uint64_t hash) {
    for (size_t i = (size_t)hash & (n_slots - 1);; i = (i + 1) & (n_slots - 1)) {
        if (slots[i] == hash) return false;
        if (slots[i]) continue;
        slots[i] = hash;
        return true;
    }
}

static void make_room(Hll *h) {
    if ((h->n + 1) * 2 <= h->n_slots) return;
    size_t n_slots = h->n_slots ? h->n_slots * 2 : 16;
    uint64_t *slots = zeroed(n_slots, sizeof *slots);
    for (size_t i = 0; i < h->n_slots; i++)
        if (h->slots[i]) (void)place(slots, n_slots, h->slots[i]);
    free(h->slots);
    h->slots = slots;
    h->n_slots = n_slots;
}

void hll_add(Hll *h, uint64_t hash) {
    if (!h->counters) {
        make_room(h);
        if (!place(h->slots, h->n_slots, hash ? hash : 1)) return;
        if (++h->n > h->limit) turn_to_counters(h);
        return;
    }
    count_hash(h, hash ? hash : 1);
}

bool hll_has(const Hll *h, uint64_t hash) {
    if (!h->n_slots) return false;
    for (size_t i = (size_t)hash & (h->n_slots - 1); h->slots[i]; i = (i + 1) & (h->n_slots - 1))
        if (h->slots[i] == hash) return true;
    return false;
}

/* Mixed once more, since the estimate leans on every bit. */
uint64_t hll_hash(Str bytes) {
    uint64_t x = str_hash(bytes);
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

bool hll_merge(Hll *into, const Hll *from) {
    if (!from->bits) return true;
    if (!into->bits) *into = (Hll){.bits = from->bits, .limit = from->limit};
    if (into->bits != from->bits) return false;
    for (size_t i = 0; i < from->n_slots; i++)
        if (from->slots[i]) hll_add(into, from->slots[i]);
    if (!from->counters) return true;
    if (!into->counters) turn_to_counters(into);
    for (size_t i = 0; i < (size_t)1 << into->bits; i++)
        if (into->counters[i] < from->counters[i]) into->counters[i] = from->counters[i];
    return true;
}

/* -------------------------------------------------------------- estimate */

static double sigma(double x) {
    double y = 1, z = x, before;
    if (x >= 1) return INFINITY;
    do {
        x *= x;
        before = z;
        z += x * y;
        y += y;
    } while (z > before);
    return z;
}

static double tau(double x) {
    double y = 1, z = 1 - x, before;
    if (x <= 0 || x >= 1) return 0;
    do {
        x = sqrt(x);
        before = z;
        y *= 0.5;
        z -= (1 - x) * (1 - x) * y;
    } while (z < before);
    return z / 3;
}

int64_t hll_count(const Hll *h) {
    if (!h->counters) return (int64_t)h->n;
    double seen[HASH_BITS + 2] = {0}, m = (double)((size_t)1 << h->bits);
    int last = HASH_BITS - h->bits + 1;
    for (size_t i = 0; i < (size_t)1 << h->bits; i++) seen[h->counters[i]] += 1;
    double z = m * tau(1 - seen[last] / m);
    for (int k = last - 1; k >= 1; k--) z = 0.5 * (z + seen[k]);
    z += m * sigma(seen[0] / m);
    return llround(m * m / (2 * log(2)) / z);
}

/* ------------------------------------------------------------------ text */

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int letter_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool parse_hashes(Str list, Hll *h) {
    JsonCursor c;
    Str key, element;
    if (!json_enter(list, &c) || c.is_object) return false;
    while (json_next(&c, &key, &element)) {
        element = str_trim(element);
        int64_t hash;
        if (json_kind(element) != JSON_STRING || element.len < 3) return false;
        if (!json_long(str_sub(element, 1, element.len - 2), &hash)) return false;
        hll_add(h, (uint64_t)hash);
    }
    return true;
}

static bool parse_counters(Str list, Hll *h) {
    if (json_count(list) == 0) return true;
    Str text = str_trim(json_at(list, 0));
    size_t n = (size_t)1 << h->bits;
    if (json_kind(text) != JSON_STRING || text.len != n + 2) return false;
    if (!h->counters) turn_to_counters(h);
    for (size_t i = 0; i < n; i++) {
        int value = letter_value(text.ptr[i + 1]);
        if (value < 0 || value > HASH_BITS - h->bits + 1) return false;
        if (h->counters[i] < value) h->counters[i] = (uint8_t)value;
    }
    return true;
}

static bool parse_head(Str head, Hll *h) {
    int64_t limit, bits;
    if (json_kind(head) != JSON_ARRAY || json_count(head) != 2) return false;
    if (!json_long(json_at(head, 0), &limit) || !json_long(json_at(head, 1), &bits)) return false;
    for (size_t i = 0; i < COUNT_OF(accuracies); i++) {
        if (accuracies[i].bits != bits) continue;
        hll_begin(h, (int64_t)i);
        return true;
    }
    return false;
}

bool hll_parse(Str json, Hll *ret) {
    *ret = (Hll){0};
    if (json_kind(json) != JSON_ARRAY || json_count(json) != 3) return false;
    if (!parse_head(json_at(json, 0), ret)) return false;
    Str counters = json_at(json, 2);
    bool ok = json_kind(counters) == JSON_ARRAY && parse_hashes(json_at(json, 1), ret) &&
              parse_counters(counters, ret);
    if (!ok) hll_free(ret);
    return ok;
}

static int by_value(const void *a, const void *b) {
    int64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

static void print_hashes(const Hll *h, Buf *out) {
    uint64_t *hashes = zeroed(h->n + 1, sizeof *hashes);
    size_t n = 0;
    for (size_t i = 0; i < h->n_slots; i++)
        if (h->slots[i]) hashes[n++] = h->slots[i];
    qsort(hashes, n, sizeof *hashes, by_value);
    for (size_t i = 0; i < n; i++)
        buf_printf(out, "%s\"%" PRId64 "\"", i ? "," : "", (int64_t)hashes[i]);
    free(hashes);
}

void hll_print(const Hll *h, Buf *out) {
    buf_printf(out, "[[%" PRIu32 ",%d],[", h->limit, h->bits);
    print_hashes(h, out);
    buf_puts(out, "],[");
    if (h->counters) {
        buf_putc(out, '"');
        for (size_t i = 0; i < (size_t)1 << h->bits; i++) buf_putc(out, letters[h->counters[i]]);
        buf_putc(out, '"');
    }
    buf_puts(out, "]]");
}
