/*
 * positions.h: positions in text as KQL counts them, in code points.
 */
#ifndef QUARRY_KERNELS_POSITIONS_H
#define QUARRY_KERNELS_POSITIONS_H

#include "kernels/kernel.h"

/* Byte offset of the code point number `index`, or s.len when there are fewer. */
size_t position_offset(Str s, int64_t index);

/* What indexof and indexof_regex look through. */
typedef struct SearchWindow {
    Str text;           /* the part of the source */
    int64_t first;      /* code points before it */
    int64_t occurrence; /* which occurrence is wanted, from 1; 0 is never found */
} SearchWindow;

/*
 * Reads (string, match [, start [, length [, occurrence]]]). False when a documented limit is broken,
 * so that the answer is null: start before the text, length below -1, occurrence below 0.
 * `counts_back`: a negative start counts from the end.
 */
bool search_window(Str source, const Value *args, uint32_t n_args, bool counts_back,
                   SearchWindow *ret);

#endif
