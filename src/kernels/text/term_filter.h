/*
 * term_filter.h: which terms a part of a lake may hold.
 *
 * A Bloom filter in blocks of 512 bits (Putze, Sanders, Singler, "Cache-, hash- and space-efficient
 * Bloom filters", 2007) over the terms of all texts of a part, case ignored. It never says no to a
 * term that is there, nor when it is damaged: a head of 16 bytes ("QTF3", flags, number of blocks)
 * and each block end with a check of 32 bits.
 *
 * What is looked for must be whole terms of the texts: what `has`, `==` and `in` compare with.
 */
#ifndef QUARRY_KERNELS_TERM_FILTER_H
#define QUARRY_KERNELS_TERM_FILTER_H

#include "base/base.h"

/* Gathers the terms of texts, then makes the filter's bytes. */
typedef struct TermCollector TermCollector;
TermCollector *term_collector_new(void);
void term_collector_add(TermCollector *c, Str text);
/* Owned by the collector. */
Str term_collector_filter(TermCollector *c);
void term_collector_free(TermCollector *c); /* accepts NULL */

/* How what is looked for came of a part's text. */
typedef struct TermSource {
    bool is_nested; /* it may stand inside JSON inside the text */
    bool folds;     /* the text went through tolower() or toupper() */
} TermSource;
/* A filter where it is stored, of which a question reads a few bytes. */
typedef struct TermFilter {
    bool (*read)(void *ctx, int64_t at, void *to, size_t n); /* false: they cannot be read */
    void *ctx;
    uint32_t n_blocks;
    uint8_t flags;
} TermFilter;
/* False when the bytes are no filter, or its head is damaged. */
bool term_filter_open(TermFilter *f, int64_t len,
                      bool (*read)(void *ctx, int64_t at, void *to, size_t n), void *ctx);
/* Whether a text of the part may hold all terms of `text`. True where the filter is damaged, and for
 * texts without a term in ASCII. */
bool term_filter_may_hold(const TermFilter *f, Str text, TermSource source);

#endif
