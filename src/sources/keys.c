/*
 * keys.c: a set of texts that many threads fill and, once it is sealed, many ask.
 *
 * Open addressing over hashes; texts live in an arena. A set that grows past its caps keeps nothing
 * more and is of no use: most records would pass it.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "sources/sources.h"

enum { MAX_KEYS = 1 << 20, MAX_KEY_BYTES = 64 << 20 };

typedef struct Slot {
    uint64_t hash;
    Str text; /* ptr NULL: free */
} Slot;

struct ScanKeys {
    pthread_mutex_t lock;
    Arena *arena;
    Slot *slots;
    size_t n, cap; /* cap is a power of two */
    bool is_full, has_empty;
    atomic_bool is_sealed;
};

ScanKeys *scan_keys_new(void) {
    ScanKeys *k = calloc(1, sizeof *k);
    if (!k) abort();
    pthread_mutex_init(&k->lock, NULL);
    k->arena = arena_new();
    return k;
}

void scan_keys_free(ScanKeys *k) {
    if (!k) return;
    pthread_mutex_destroy(&k->lock);
    arena_free(k->arena);
    free(k->slots);
    free(k);
}

/* The slot that holds the text, or the free one where it belongs. */
static Slot *find_slot(const ScanKeys *k, uint64_t hash, Str text) {
    size_t mask = k->cap - 1, at = (size_t)hash & mask;
    while (k->slots[at].text.ptr && (k->slots[at].hash != hash || !str_eq(k->slots[at].text, text)))
        at = (at + 1) & mask;
    return &k->slots[at];
}

static void grow(ScanKeys *k) {
    Slot *old = k->slots;
    size_t n_old = k->cap;
    k->cap = n_old ? n_old * 2 : 256;
    k->slots = calloc(k->cap, sizeof *k->slots);
    if (!k->slots) abort();
    for (size_t i = 0; i < n_old; i++)
        if (old[i].text.ptr) *find_slot(k, old[i].hash, old[i].text) = old[i];
    free(old);
}

static void add(ScanKeys *k, Str text) {
    if (!text.len) k->has_empty = true;
    if (k->is_full || !text.len) return;
    if (k->n * 2 >= k->cap) grow(k);
    uint64_t hash = str_hash(text);
    Slot *slot = find_slot(k, hash, text);
    if (slot->text.ptr) return;
    *slot = (Slot){hash, arena_str(k->arena, text)};
    k->n++;
    k->is_full = k->n >= MAX_KEYS || arena_used(k->arena) >= MAX_KEY_BYTES;
}

void scan_keys_add(ScanKeys *k, const Str *texts, size_t n) {
    pthread_mutex_lock(&k->lock);
    for (size_t i = 0; i < n && !k->is_sealed; i++) add(k, texts[i]);
    pthread_mutex_unlock(&k->lock);
}

void scan_keys_seal(ScanKeys *k) {
    pthread_mutex_lock(&k->lock);
    k->is_sealed = true;
    pthread_mutex_unlock(&k->lock);
}

bool scan_keys_are_useful(const ScanKeys *k) {
    return k->is_sealed && !k->is_full && !k->has_empty;
}

bool scan_keys_hold(const ScanKeys *k, Str text) {
    return k->n && text.len && find_slot(k, str_hash(text), text)->text.ptr;
}
