#include "kernels/text/text_set.h"

#include <stdlib.h>

void text_set_free(TextSet *set) {
    buf_free(&set->bytes);
    free(set->items);
    free(set->slots);
    *set = (TextSet){0};
}

Str text_set_text(const TextSet *set, size_t index) {
    const TextItem *item = &set->items[index];
    return str_sub(buf_str(&set->bytes), item->at, item->len);
}

Str text_set_extra(const TextSet *set, size_t index) {
    const TextItem *item = &set->items[index];
    return str_sub(buf_str(&set->bytes), item->at + item->len, item->extra_len);
}

static void place(TextSet *set, size_t index) {
    size_t slot = (size_t)set->items[index].hash & (set->n_slots - 1);
    while (set->slots[slot]) slot = (slot + 1) & (set->n_slots - 1);
    set->slots[slot] = (uint32_t)(index + 1);
}

static void make_room(TextSet *set) {
    if (set->n == set->cap) {
        set->cap = set->cap ? set->cap * 2 : 8;
        set->items = realloc(set->items, set->cap * sizeof *set->items);
        if (!set->items) abort();
    }
    if ((set->n + 1) * 2 <= set->n_slots) return;
    set->n_slots = set->n_slots ? set->n_slots * 2 : 16;
    free(set->slots);
    set->slots = calloc(set->n_slots, sizeof *set->slots);
    if (!set->slots) abort();
    for (size_t i = 0; i < set->n; i++) place(set, i);
}

static size_t find(const TextSet *set, Str text, uint64_t hash) {
    if (!set->n_slots) return SIZE_MAX;
    for (size_t slot = (size_t)hash & (set->n_slots - 1);; slot = (slot + 1) & (set->n_slots - 1)) {
        if (!set->slots[slot]) return SIZE_MAX;
        size_t index = set->slots[slot] - 1;
        if (set->items[index].hash == hash && str_eq(text_set_text(set, index), text)) return index;
    }
}

size_t text_set_find(const TextSet *set, Str text) { return find(set, text, str_hash(text)); }

bool text_set_add(TextSet *set, Str text, Str extra) {
    uint64_t hash = str_hash(text);
    if (find(set, text, hash) != SIZE_MAX) return false;
    make_room(set);
    set->items[set->n] = (TextItem){set->bytes.len, (uint32_t)text.len, (uint32_t)extra.len, hash};
    buf_put(&set->bytes, text);
    buf_put(&set->bytes, extra);
    place(set, set->n++);
    return true;
}
