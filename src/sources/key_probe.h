/*
 * key_probe.h: looks a column's value up among keys in the raw text of a JSON record.
 *
 * Exact as the prefilter is: a record of which some row's column has one of the keys always passes.
 */
#ifndef QUARRY_SOURCES_KEY_PROBE_H
#define QUARRY_SOURCES_KEY_PROBE_H

#include "sources/sources.h"

typedef struct KeyProbe KeyProbe;
/* NULL when there is nothing to test. The table and the keys must outlive it. */
KeyProbe *key_probe_new(const TableRef *table, const ScanKeyColumn *columns, uint32_t n);
void key_probe_free(KeyProbe *p); /* accepts NULL */
/* False only when no row of the record can have the keys. Safe for many threads. */
bool key_probe_passes(const KeyProbe *p, Str raw);

#endif
