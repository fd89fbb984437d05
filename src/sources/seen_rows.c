/*
 * seen_rows.c: see seen_rows.h.
 */
#include "sources/seen_rows.h"

#include <stdlib.h>

#define NO_COLUMN UINT32_MAX

struct SeenKeys {
    KeySet *set;
    Str *fields;       /* by slot */
    uint32_t *columns; /* by slot: its number, or NO_COLUMN */
    uint32_t n_slots, n_telling;
    size_t n_columns; /* those whose keys are in the set */
};

static void add_key(SeenKeys *k, Str key, uint32_t column) {
    uint32_t slot = key_set_add(k->set, key);
    if (slot == k->n_slots) {
        k->n_slots++;
        k->fields = realloc(k->fields, k->n_slots * sizeof *k->fields);
        k->columns = realloc(k->columns, k->n_slots * sizeof *k->columns);
        if (!k->fields || !k->columns) abort();
    }
    k->columns[slot] = column;
}

SeenKeys *seen_keys_new(const char *const *telling, uint32_t n_telling) {
    SeenKeys *k = calloc(1, sizeof *k);
    if (!k) abort();
    k->set = key_set_new();
    for (uint32_t i = 0; i < n_telling; i++) add_key(k, str_of(telling[i]), NO_COLUMN);
    k->n_telling = n_telling;
    return k;
}

void seen_keys_free(SeenKeys *k) {
    if (!k) return;
    key_set_free(k->set);
    free(k->fields);
    free(k->columns);
    free(k);
}

bool seen_keys_read(SeenKeys *k, Str object, Extract *x) {
    x->fields = k->fields;
    return extract_object(k->set, object, x);
}

/* Nothing in the object is new, and each name stands once. */
static bool is_known(const SeenKeys *k, const Extract *x) {
    if (!k->n_columns || x->stranger.ptr || x->traits & TEXT_HAS_TWICE) return false;
    for (uint32_t i = 0; i < k->n_telling; i++)
        if (k->fields[i].ptr && k->columns[i] == NO_COLUMN) return false;
    return true;
}

void seen_keys_note(SeenKeys *k, SeenColumns *s, const Extract *x, Str object) {
    if (!is_known(k, x)) {
        seen_object(s, object);
        for (; k->n_columns < s->n; k->n_columns++) {
            add_key(k, s->items[k->n_columns].name, (uint32_t)k->n_columns);
            key_set_know(k->set, s->items[k->n_columns].name); /* others are strangers */
        }
        return;
    }
    s->n_rows++;
    for (uint32_t i = 0; i < k->n_slots; i++)
        if (k->fields[i].ptr) seen_json(&s->items[k->columns[i]], k->fields[i]);
}
