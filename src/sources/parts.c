/*
 * parts.c: which Parquet files of a table a query has to read.
 *
 * A lake's list tells the earliest and latest time of each part, and a part's filter which terms it
 * may hold; what cannot hold a wanted row is not opened.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernels/text/term_filter.h"
#include "sources/dataset_internal.h"

static bool is_in_time(const DataSet *d, const LakePart *p, const PartFilter *f) {
    if (!p->has_times) return true;
    int64_t from, to;
    dataset_time_bounds(d, &from, &to);
    if (f->from_ticks > from) from = f->from_ticks;
    if (f->to_ticks < to) to = f->to_ticks;
    return p->to >= from && p->from <= to;
}

static bool read_bytes(void *ctx, int64_t at, void *to, size_t n) {
    return pread(*(const int *)ctx, to, n, at) == (ssize_t)n;
}

/* A filter knows the terms of texts: a column that held numbers then and is text now is not in it. */
static bool is_covered(const LakeSchema *schema, const PartTerms *t) {
    for (uint32_t c = 0; c < schema->n; c++)
        for (uint32_t i = 0; i < t->n_columns; i++)
            if (!(TYPE_BIT(schema->columns[c].type) & TS_TEXTUAL) &&
                str_eq_nocase(schema->columns[c].name, t->columns[i]))
                return false;
    return true;
}

static bool may_hold_one(const TermFilter *filter, const PartTerms *t) {
    TermSource source = {.is_nested = t->is_nested, .folds = t->folds};
    for (uint32_t i = 0; i < t->n; i++)
        if (term_filter_may_hold(filter, t->any_of[i], source)) return true;
    return false;
}

static bool may_hold_all(const LakeSchema *schema, const PartFilter *f, const TermFilter *filter) {
    for (uint32_t i = 0; i < f->n_terms; i++)
        if (is_covered(schema, &f->terms[i]) && !may_hold_one(filter, &f->terms[i])) return false;
    return true;
}

/* A part whose filter cannot be read is read itself; that is counted. */
static bool may_hold_terms(const Lake *lake, const LakePart *p, const PartFilter *f, Arena *scratch,
                           uint32_t *lost) {
    struct stat st;
    TermFilter filter;
    if (!p->has_terms || !f->n_terms) return true;
    arena_reset(scratch);
    const char *path = lake_path(scratch, lake, p, ".terms").ptr;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool is_there = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
                    term_filter_open(&filter, st.st_size, read_bytes, &fd);
    bool may = !is_there || may_hold_all(&lake->schemas[p->schema], f, &filter);
    if (fd >= 0) close(fd);
    *lost += !is_there;
    return may;
}

typedef struct Grouping {
    ParquetGroup *groups;
    const Lake **lakes;      /* of each group; NULL: files of no lake */
    const LakePart **firsts; /* a part of each group */
    size_t n, cap, cap_lakes, cap_firsts;
} Grouping;

/* Whether the files of two parts of a lake hold the same columns, stored in the same way. */
static bool is_alike(const LakePart *a, const LakePart *b) {
    if (!a || !b) return !a && !b;
    return a->schema == b->schema && a->times == b->times;
}

static ParquetGroup *group_of(Arena *arena, Grouping *g, const Lake *lake, const LakePart *part,
                              uint32_t room) {
    for (size_t i = 0; i < g->n; i++)
        if (g->lakes[i] == lake && is_alike(g->firsts[i], part)) return &g->groups[i];
    ParquetGroup made = {.paths = ARENA_ARRAY(arena, const char *, room + 1),
                         .schema = lake && part ? &lake->schemas[part->schema] : NULL,
                         .times = part ? part->times : LAKE_NANOS};
    size_t n_lakes = g->n, n_firsts = g->n;
    ARENA_PUSH(arena, g->lakes, n_lakes, g->cap_lakes, lake);
    ARENA_PUSH(arena, g->firsts, n_firsts, g->cap_firsts, part);
    ARENA_PUSH(arena, g->groups, g->n, g->cap, made);
    return &g->groups[g->n - 1];
}

uint32_t table_parquet_groups(const DataSet *d, const TableRef *table, const PartFilter *filter,
                              Arena *arena, ParquetGroup **ret, uint32_t *ret_lost) {
    const SourceTable *t = table->source;
    Grouping g = {0};
    Arena *scratch = arena_new();
    *ret_lost = 0;
    for (uint32_t i = 0; t && i < t->n_parquet; i++) {
        const LakePart *part = t->parts[i];
        bool is_wanted = !part || (is_in_time(d, part, filter) &&
                                   may_hold_terms(t->lakes[i], part, filter, scratch, ret_lost));
        if (!is_wanted) continue;
        ParquetGroup *group = group_of(arena, &g, t->lakes[i], part, t->n_parquet);
        group->paths[group->n++] = t->parquet[i];
    }
    arena_free(scratch);
    *ret = g.groups;
    return (uint32_t)g.n;
}
