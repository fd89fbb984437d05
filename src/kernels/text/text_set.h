/*
 * text_set.h: distinct texts in the order of their arrival, for the states of aggregates.
 *
 * Zero-initialise; free with text_set_free. Memory that cannot be had ends the process, as with
 * arenas.
 */
#ifndef QUARRY_KERNELS_TEXT_SET_H
#define QUARRY_KERNELS_TEXT_SET_H

#include "base/base.h"

typedef struct TextItem {
    size_t at; /* offset of the text in `bytes`; what belongs to it follows at once */
    uint32_t len, extra_len;
    uint64_t hash;
} TextItem;

typedef struct TextSet {
    Buf bytes;
    TextItem *items;
    size_t n, cap;
    uint32_t *slots; /* index + 1 of an item, 0: free; a power of two of them */
    size_t n_slots;
} TextSet;

void text_set_free(TextSet *set);
/* Adds `text` with `extra`, which is kept beside it; false when the text is there already. */
bool text_set_add(TextSet *set, Str text, Str extra);
/* The position of a text, or SIZE_MAX. */
size_t text_set_find(const TextSet *set, Str text);
/* Texts point into the set: they are valid until the next addition. */
Str text_set_text(const TextSet *set, size_t index);
Str text_set_extra(const TextSet *set, size_t index);

#endif
