/*
 * prefilter.h: literals that a matching record must hold, looked for in its raw text.
 *
 * Exact: a record whose decoded values hold the literals always passes, whatever escapes the text
 * uses. Others mostly do not.
 */
#ifndef QUARRY_PREFILTER_H
#define QUARRY_PREFILTER_H

#include "sources/sources.h"

typedef struct Prefilter Prefilter;
/* `is_json`: the text may hold JSON escapes. The needles must outlive it. NULL when nothing can be
 * tested. */
Prefilter *prefilter_new(const ScanNeedle *needles, uint32_t n, bool is_json);
void prefilter_free(Prefilter *p);
/* False only when the record cannot match. Safe for many threads. */
bool prefilter_passes(const Prefilter *p, Str raw);
/* Of a text in which each line is a record: how many bytes of whole lines, from its first one on,
 * need not be looked at, because prefilter_passes is false of each and each begins and ends as a JSON
 * object does. *ret_n is their number. It may be fewer than there are. */
size_t prefilter_pass_lines(const Prefilter *p, Str text, uint64_t *ret_n);

#endif
