/*
 * extract.h: one pass over a record's text that checks all of it and notes the values of the wanted
 * keys.
 */
#ifndef QUARRY_EXTRACT_H
#define QUARRY_EXTRACT_H

#include "sources/structure.h"

/* The keys wanted of an object. Learns the order in which keys stand, so that a file of like
 * records costs a comparison a key. One thread's. */
typedef struct KeySet KeySet;
KeySet *key_set_new(void);
void key_set_free(KeySet *k);
/* Adds a key (the text must outlive the set) and returns its slot; the same slot for the same key.
 */
uint32_t key_set_add(KeySet *k, Str key);
/* A key that is known and not wanted. Once there is one, keys that are neither are told as strangers. The
 * text must outlive the set. */
void key_set_know(KeySet *k, Str key);
/* Slots: keys that are wanted. */
uint32_t key_set_count(const KeySet *k);

enum {
    TEXT_PLAIN = 0,
    TEXT_HAS_HIGH = 1,    /* bytes past ASCII, not yet checked */
    TEXT_HAS_UNICODE = 2, /* \u escapes */
    TEXT_HAS_TWICE = 4    /* a wanted key stands twice */
};

typedef struct Extract {
    Str *fields; /* per slot: the value's text, or ptr NULL when absent; the last of equal keys */
    const Structure *structure; /* of the text, when it is known and sound; or NULL */
    unsigned traits;            /* TEXT_* of the record's strings */
    Str high;           /* with TEXT_HAS_HIGH: the part of the text that holds all such bytes */
    Str stranger;       /* raw: the first key that nobody has named; see key_set_know */
    const char *reason; /* why the text is no record */
    size_t failed_at;
} Extract;

/* Walks an object: false, with reason and failed_at, when `text` is not one JSON object. */
NODISCARD bool extract_object(KeySet *k, Str text, Extract *x);
/* As extract_object, and when member `slot` is an object its values of `keys` go to `fields`: an
 * envelope and the row inside it in one pass. */
NODISCARD bool extract_envelope(KeySet *outer, Str text, uint32_t slot, KeySet *keys, Str *fields,
                                Extract *x);
/* Walks an array of cells: fields[i] is element i; further elements are checked. *ret_n is their
 * count. */
NODISCARD bool extract_array(Str text, uint32_t n_fields, Extract *x, uint32_t *ret_n);
/* Whether a text that was walked, with `is_ok` as result, is no UTF-8: it is to be repaired and walked again. */
bool extract_is_broken(bool is_ok, const Extract *x, Str text);
/* True when an escape spells half of a surrogate pair. */
bool has_lone_surrogate(Str text);

#endif
