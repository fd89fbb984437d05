/*
 * pattern_best.c: scores of patterns, and which of them autocluster and diffpatterns keep.
 *
 * A pattern stays when none that is wider or narrower, having some of its values or all of them and
 * more, scores higher.
 */
#include "plan/pattern.h"

#include <math.h>
#include <stdlib.h>

static double score_of(const Patterns *p, const Pattern *x) {
    const PatternProcess *program = p->program;
    double w = program->size_weight;
    switch (program->kind) {
    case PATTERN_BASKET: return x->n;
    case PATTERN_CLUSTER:
        return pow(x->n / p->all, w) * pow(x->size / (double)program->n_columns, 1.0 - w);
    case PATTERN_DIFFERENCE: return fabs(x->n / p->all - x->m / p->other);
    }
    return 0;
}

static bool counts(const Patterns *p, const Pattern *x) {
    if (x->size < p->program->min_values) return false;
    return p->program->kind != PATTERN_DIFFERENCE || x->score >= p->program->threshold;
}

/* What patterns_choose sorts has to reach the texts: qsort passes nothing on. */
static _Thread_local const Patterns *sorted;

static int by_score(const void *a, const void *b) {
    const Pattern *x = a, *y = b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    if (x->size != y->size) return x->size > y->size ? -1 : 1;
    for (uint32_t i = 0; i < sorted->program->n_columns; i++) {
        int order = str_compare(sorted->texts[x->values[i]], sorted->texts[y->values[i]]);
        if (order) return order;
    }
    return 0;
}

/* All values of `narrow` are values of `wide`'s rows, too: of two of the same size none is. */
static bool has_all_of(const Pattern *narrow, const Pattern *wide, uint32_t n_columns) {
    for (uint32_t i = 0; i < n_columns; i++)
        if (wide->values[i] && wide->values[i] != narrow->values[i]) return false;
    return true;
}

static bool is_outdone(const Patterns *p, size_t at) {
    const Pattern *x = &p->items[at];
    for (size_t i = 0; i < at; i++) {
        const Pattern *y = &p->items[i];
        bool is_related = x->size >= y->size ? has_all_of(x, y, p->program->n_columns)
                                             : has_all_of(y, x, p->program->n_columns);
        if (is_related) return true;
    }
    return false;
}

void patterns_choose(Patterns *p) {
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) {
        p->items[i].score = score_of(p, &p->items[i]);
        if (counts(p, &p->items[i])) p->items[n++] = p->items[i];
    }
    p->n = n;
    sorted = p;
    if (n) qsort(p->items, n, sizeof *p->items, by_score);
    if (p->program->kind == PATTERN_BASKET) return;
    const volatile int *stop = p->run->query->stop;
    for (size_t i = 0; i < n && !(stop && *stop); i++) p->items[i].is_beaten = is_outdone(p, i);
}
