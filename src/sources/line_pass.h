/*
 * line_pass.h: passes over lines of JSON that hold none of some runs, many lines at a time.
 */
#ifndef QUARRY_SOURCES_LINE_PASS_H
#define QUARRY_SOURCES_LINE_PASS_H

#include "sources/raw_search.h"

/* At most this many runs are looked for in one pass. */
enum { LINE_PASS_RUNS = 8 };

/*
 * `text` begins where a line does. Returns how many bytes of it are whole lines that may be left out:
 * each begins with { and ends with }, holds none of the runs and no escape that could spell a part
 * of one. *ret_n is their number. What stands behind them is for the caller to look at, be it that a
 * line may hold a run, is written otherwise, or is not whole.
 */
size_t line_pass(const RawRun *runs, uint32_t n_runs, Str text, uint64_t *ret_n);

#endif
