/*
 * pattern.h: what the search for patterns (pattern_process.c) and the choice among them (pattern_best.c)
 * share.
 */
#ifndef QUARRY_PATTERN_H
#define QUARRY_PATTERN_H

#include "plan/process.h"

typedef struct Pattern {
    uint32_t *values; /* per column: an item, or 0 */
    double n, m;
    uint32_t size;
    double score;
    bool is_beaten;
} Pattern;

typedef struct Patterns {
    const PatternProcess *program;
    ProcessRun *run;
    Arena *arena;
    Str *texts;        /* of each item, from 1 */
    double all, other; /* sums over all rows */
    Pattern *items;
    size_t n, cap;
} Patterns;

/* Scores the patterns, leaves out what does not count, and marks those that a wider or narrower one
 * outdoes. They are sorted by score then. */
void patterns_choose(Patterns *p);

#endif
