#include "lake/pile.h"

#include <stdlib.h>
#include <sys/mman.h>

enum {
    FIRST_SLOTS = 16,
    LOOSE_FROM = 4096, /* values, before a list may stop looking for equal ones */
    MAX_PROBES = 64, /* made-up values must not make a search long: past it a value stands twice */
    ROOM_BYTES = 16 << 10,
    FEW_BYTES = 256 << 10, /* in the arena */
    BLOCK_BYTES = 1 << 20,
    AHEAD = 32,         /* rows whose values are looked for together */
    FAR_SLOTS = 1 << 11 /* from here on a search waits for memory */
};

static void *resized(void *items, size_t n, size_t size) {
    void *grown = realloc(items, n * size);
    if (!grown) abort();
    return grown;
}

/* --------------------------------------------------------------------- bytes */

static inline uint64_t load8(const char *p) {
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

static inline uint32_t load4(const char *p) {
    uint32_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

__extension__ typedef unsigned __int128 Uint128;

static inline uint64_t fold(uint64_t a, uint64_t b) {
    Uint128 product = (Uint128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static const uint64_t odd_bits[2] = {0xA0761D6478BD642Fu, 0xE7037ED1A0B428DBu};

/* Up to 16 bytes as two words. */
static inline void short_words(const char *p, size_t len, uint64_t *a, uint64_t *b) {
    if (len >= 8) *a = load8(p), *b = load8(p + len - 8);
    else if (len >= 4) *a = load4(p), *b = load4(p + len - 4);
    else if (len) *a = (uint8_t)p[0] | (uint64_t)(uint8_t)p[len / 2] << 8, *b = (uint8_t)p[len - 1];
    else *a = *b = 0;
}

/* Sixteen bytes a multiplication, in two chains that do not wait for each other. */
static inline uint32_t hash_bytes(const char *p, size_t len) {
    uint64_t a, b, x = len ^ odd_bits[0], y = odd_bits[1];
    size_t i = 0;
    for (; i + 32 < len; i += 32) {
        x = fold(load8(p + i) ^ x, load8(p + i + 8) ^ odd_bits[1]);
        y = fold(load8(p + i + 16) ^ y, load8(p + i + 24) ^ odd_bits[0]);
    }
    if (len - i > 16) {
        x = fold(load8(p + i) ^ x, load8(p + i + 8) ^ odd_bits[1]);
        a = load8(p + len - 16), b = load8(p + len - 8);
    } else {
        short_words(p + i, len - i, &a, &b);
    }
    uint64_t hash = fold(fold(a ^ odd_bits[0], b ^ x) ^ y, odd_bits[1] ^ len);
    return (uint32_t)(hash ^ hash >> 32);
}

static inline bool is_same(Str a, Str b) {
    uint64_t x[2], y[2];
    if (a.len != b.len) return false;
    if (a.len > 16) return str_eq(a, b);
    short_words(a.ptr, a.len, &x[0], &x[1]);
    short_words(b.ptr, b.len, &y[0], &y[1]);
    return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
}

/* -------------------------------------------------------------------- values */

typedef struct RoomBlock {
    struct RoomBlock *next;
    char bytes[BLOCK_BYTES - sizeof(struct RoomBlock *)];
} RoomBlock;

static void grow_room(ByteRoom *room) {
    if (arena_used(room->arena) < FEW_BYTES) {
        room->at = arena_alloc_raw(room->arena, ROOM_BYTES);
        room->left = ROOM_BYTES;
        return;
    }
    RoomBlock *b =
        mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (b == MAP_FAILED) abort();
    b->next = room->blocks;
    room->blocks = b;
    room->in_blocks += sizeof *b;
    room->at = b->bytes;
    room->left = sizeof b->bytes;
}

static void free_blocks(ByteRoom *room) {
    for (RoomBlock *b; (b = room->blocks) != NULL;) {
        room->blocks = b->next;
        (void)munmap(b, sizeof *b);
    }
}

static char *take_room(ByteRoom *room, size_t len) {
    if (len > ROOM_BYTES / 4) return arena_alloc_raw(room->arena, len);
    if (len > room->left) grow_room(room);
    char *ret = room->at;
    room->at += len;
    room->left -= len;
    return ret;
}

static uint32_t push_value(ValueList *l, Str value, ByteRoom *room) {
    if (l->n == l->cap) {
        l->cap = l->cap ? l->cap * 2 : FIRST_SLOTS;
        l->items = resized(l->items, l->cap, sizeof *l->items);
    }
    if (room && value.len) {
        char *copy = take_room(room, value.len);
        memcpy(copy, value.ptr, value.len);
        value.ptr = copy;
    }
    l->items[l->n] = value;
    return l->last = l->n++;
}

static void grow_slots(ValueList *l) {
    uint32_t n = l->n_slots ? l->n_slots * 2 : FIRST_SLOTS;
    uint64_t *slots = calloc(n, sizeof *slots);
    if (!slots) abort();
    for (uint32_t i = 0; i < l->n_slots; i++) {
        if (!l->slots[i]) continue;
        uint32_t at = (uint32_t)(l->slots[i] >> 32) & (n - 1);
        while (slots[at]) at = (at + 1) & (n - 1);
        slots[at] = l->slots[i];
    }
    free(l->slots);
    l->slots = slots;
    l->n_slots = n;
}

static void let_loose(ValueList *l) {
    l->is_loose = true;
    free(l->slots);
    l->slots = NULL;
    l->n_slots = 0;
}

static uint32_t find_or_push(ValueList *l, Str value, uint32_t hash, ByteRoom *room) {
    l->n_asked++;
    if (l->n * 2 >= l->n_slots) grow_slots(l);
    uint32_t at = hash & (l->n_slots - 1);
    for (unsigned probe = 0; l->slots[at]; probe++, at = (at + 1) & (l->n_slots - 1)) {
        uint32_t number = (uint32_t)l->slots[at] - 1;
        if (probe == MAX_PROBES) return push_value(l, value, room);
        if ((uint32_t)(l->slots[at] >> 32) == hash && is_same(l->items[number], value))
            return l->last = number;
    }
    uint32_t number = push_value(l, value, room);
    l->slots[at] = (uint64_t)hash << 32 | (number + 1);
    return number;
}

static inline bool is_loose_now(ValueList *l) {
    if (!l->is_loose && l->n >= LOOSE_FROM && l->n > l->n_asked / 10 * 9) let_loose(l);
    return l->is_loose;
}

uint32_t values_add(ValueList *l, Str value, ByteRoom *room) {
    if (l->n && is_same(l->items[l->last], value)) return l->last;
    if (is_loose_now(l)) return push_value(l, value, room);
    return find_or_push(l, value, hash_bytes(value.ptr, value.len), room);
}

/* Values whose places are asked for in time, so that none is waited for. */
static void add_ahead(ValueList *l, const Str *values, uint32_t *codes, uint32_t n,
                      ByteRoom *room) {
    uint32_t hashes[AHEAD];
    for (uint32_t i = 0; i < n; i++) {
        hashes[i] = hash_bytes(values[i].ptr, values[i].len);
        __builtin_prefetch(&l->slots[hashes[i] & (l->n_slots - 1)]);
    }
    for (uint32_t i = 0; i < n; i++) {
        uint64_t slot = l->slots[hashes[i] & (l->n_slots - 1)];
        if (slot >> 32 == hashes[i]) __builtin_prefetch(&l->items[(uint32_t)slot - 1]);
    }
    for (uint32_t i = 0; i < n; i++) {
        uint64_t slot = l->slots[hashes[i] & (l->n_slots - 1)];
        if (slot >> 32 == hashes[i]) __builtin_prefetch(l->items[(uint32_t)slot - 1].ptr);
    }
    for (uint32_t i = 0; i < n; i++) codes[i] = find_or_push(l, values[i], hashes[i], room);
}

void values_free(ValueList *l) {
    free(l->items);
    free(l->slots);
}

/* --------------------------------------------------------------------- piles */

uint32_t pile_width(Type type) {
    switch (type) {
    case TYPE_BOOL: return 1;
    case TYPE_INT: return 4;
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN:
    case TYPE_REAL: return 8;
    case TYPE_DECIMAL: return 16;
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_DYNAMIC:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return 0;
}

Pile *pile_new(int64_t day, uint32_t n_columns) {
    Pile *p = calloc(1, sizeof *p);
    if (!p) abort();
    p->day = day;
    p->room.arena = arena_new();
    p->n_columns = n_columns;
    p->values = ARENA_ARRAY(p->room.arena, ValueList, n_columns + 1);
    p->codes = ARENA_ARRAY(p->room.arena, uint32_t *, n_columns + 1);
    return p;
}

void pile_free(Pile *p) {
    if (!p) return;
    for (uint32_t c = 0; c < p->n_columns; c++) {
        values_free(&p->values[c]);
        free(p->codes[c]);
    }
    free(p->times);
    free_blocks(&p->room);
    arena_free(p->room.arena);
    free(p);
}

static void reserve(Pile *p, uint32_t more) {
    if (p->n_rows + more <= p->cap_rows) return;
    while (p->n_rows + more > p->cap_rows) p->cap_rows = p->cap_rows ? p->cap_rows * 2 : 256;
    for (uint32_t c = 0; c < p->n_columns; c++)
        p->codes[c] = resized(p->codes[c], p->cap_rows, sizeof **p->codes);
    p->times = resized(p->times, p->cap_rows, sizeof *p->times);
}

static void add_many(ValueList *l, const Str *values, uint32_t *numbers, uint32_t n,
                     ByteRoom *room) {
    if (is_loose_now(l))
        for (uint32_t i = 0; i < n; i++) numbers[i] = push_value(l, values[i], room);
    else if (l->n_slots >= FAR_SLOTS) add_ahead(l, values, numbers, n, room);
    else
        for (uint32_t i = 0; i < n; i++)
            numbers[i] = find_or_push(l, values[i], hash_bytes(values[i].ptr, values[i].len), room);
}

static inline Str cell_at(const ColumnVector *v, uint32_t width, uint32_t row) {
    return width ? (Str){(const char *)v->u.b + (size_t)row * width, width} : v->u.s[row];
}

/* A few rows: values that are not the one before them are looked for together. */
static inline void add_rows(Pile *p, uint32_t column, const ColumnVector *v, uint32_t from,
                            uint32_t n, uint32_t *codes) {
    enum { LAST = AHEAD, NONE };
    ValueList *list = &p->values[column];
    Str values[AHEAD], before = list->n ? list->items[list->last] : (Str){"", SIZE_MAX};
    uint32_t numbers[NONE + 1], n_values = 0, width = pile_width(v->type);
    uint8_t which[AHEAD], at = LAST;
    for (uint32_t i = 0; i < n; i++) {
        which[i] = NONE;
        if (v->type != TYPE_STRING && !v->valid[from + i]) continue;
        Str value = cell_at(v, width, from + i);
        if (!is_same(before, value)) {
            values[n_values] = before = value;
            at = (uint8_t)n_values++;
        }
        which[i] = at;
    }
    numbers[LAST] = list->last;
    numbers[NONE] = PILE_NULL;
    if (n_values) add_many(list, values, numbers, n_values, &p->room);
    for (uint32_t i = 0; i < n; i++) codes[i] = numbers[which[i]];
}

static void add_cells(Pile *p, uint32_t column, const ColumnVector *v, uint32_t from, uint32_t to) {
    uint32_t *codes = p->codes[column] + p->n_rows;
    for (uint32_t n; from < to; from += n, codes += n) {
        n = to - from < AHEAD ? to - from : AHEAD;
        add_rows(p, column, v, from, n, codes);
    }
}

static void measure(Pile *p) {
    size_t bytes = arena_used(p->room.arena) + p->room.in_blocks +
                   (size_t)p->cap_rows * (p->n_columns * 4 + 8);
    for (uint32_t c = 0; c < p->n_columns; c++)
        bytes += p->values[c].cap * sizeof(Str) + p->values[c].n_slots * sizeof(uint64_t);
    p->bytes = bytes + sizeof *p;
}

void pile_add(Pile *p, const ColumnBatch *batch, uint32_t time, uint32_t from, uint32_t to) {
    reserve(p, to - from);
    for (uint32_t c = 0; c < p->n_columns; c++) add_cells(p, c, &batch->columns[c], from, to);
    const ColumnVector *times = time == UINT32_MAX ? NULL : &batch->columns[time];
    for (uint32_t row = from; row < to; row++)
        p->times[p->n_rows + row - from] = times && times->valid[row] ? times->u.l[row] : 0;
    p->n_rows += to - from;
    measure(p);
}
