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
    uint32_t *firsts; /* a file of each group */
    size_t n, cap, cap_firsts;
} Grouping;

/* Whether the files of two parts of a lake hold the same columns, stored in the same way. */
static bool is_alike(const LakePart *a, const LakePart *b) {
    if (!a || !b) return !a && !b;
    return a->schema == b->schema && a->times == b->times;
}

static bool has_same_names(ParquetNames a, ParquetNames b) {
    if (a.n != b.n) return false;
    for (uint32_t i = 0; i < a.n; i++)
        if (!str_eq(a.columns[i].name, b.columns[i].name)) return false;
    return true;
}

/* Whether two files can be read as one. The engine takes names for equal that differ only in case: where a
 * table has such, files must have the same columns in the same order. */
static bool fits(const SourceTable *t, uint32_t a, uint32_t b) {
    if (t->lakes[a] != t->lakes[b] || !is_alike(t->parts[a], t->parts[b])) return false;
    return t->lakes[a] || !t->has_case_twins || has_same_names(t->names[a], t->names[b]);
}

static ParquetGroup *group_of(Arena *arena, Grouping *g, const SourceTable *t, uint32_t file) {
    for (size_t i = 0; i < g->n; i++)
        if (fits(t, g->firsts[i], file)) return &g->groups[i];
    const Lake *lake = t->lakes[file];
    const LakePart *part = t->parts[file];
    ParquetNames names = t->names[file];
    ParquetGroup made = {.paths = ARENA_ARRAY(arena, const char *, t->n_parquet + 1),
                         .schema = lake && part ? &lake->schemas[part->schema] : NULL,
                         .times = part ? part->times : LAKE_NANOS,
                         .has_case_twins = t->has_case_twins};
    if (t->has_case_twins && !made.schema) {
        made.names = ARENA_ARRAY(arena, Str, names.n + 1);
        made.n_names = names.n;
        for (uint32_t i = 0; i < names.n; i++) made.names[i] = names.columns[i].name;
    }
    size_t n_firsts = g->n;
    ARENA_PUSH(arena, g->firsts, n_firsts, g->cap_firsts, file);
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
        ParquetGroup *group = group_of(arena, &g, t, i);
        group->paths[group->n++] = t->parquet[i];
    }
    arena_free(scratch);
    *ret = g.groups;
    return (uint32_t)g.n;
}
