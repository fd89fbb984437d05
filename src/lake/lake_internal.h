/*
 * lake_internal.h: what the files of src/lake share: a lake that is being changed.
 */
#ifndef QUARRY_LAKE_INTERNAL_H
#define QUARRY_LAKE_INTERNAL_H

#include "lake/lake_write.h"

typedef struct LakeChanger {
    Lake lake;
    Arena *arena;
    Diags *diags;
    int lock;          /* of the folder */
    Str staging;       /* a folder in the lake, removed at the end */
    unsigned n_made;   /* parts of this process, for their names */
    unsigned n_staged; /* files in the staging folder, for theirs */
} LakeChanger;

/* Locks the lake, reads its list (an empty one when `makes` and there is none) and sweeps away the
 * leftovers of an import that did not end. INVALID when another process holds the lock. */
NODISCARD Status changer_open(const char *dir, bool makes, Arena *arena, Diags *diags,
                              LakeChanger *ret);
void changer_close(LakeChanger *c);

/* A part that is written and not yet in its place. */
typedef struct DraftPart {
    Str table;
    LakePart part;
    Str parquet, terms; /* in the staging folder; `terms` may be empty */
} DraftPart;

typedef struct DraftList {
    DraftPart *items;
    size_t n, cap;
} DraftList;

/* A table of the data as it is imported: the columns that the data itself holds. */
typedef struct GatherTable {
    Str name;
    const TableRef *ref;
    const LakeColumn *columns;
    const uint32_t *numbers; /* of each column, in ref->columns */
    uint32_t n;
} GatherTable;
/* Reads the table's files, none of them Parquet, and writes its parts. What the scan could not read
 * is the data set's to tell. */
NODISCARD Status gather_parts(LakeChanger *c, const SessionOptions *session, DataSet *data,
                              const GatherTable *table, DraftList *out);
/* Cuts a table into parts by day and rows. `from` lists its files: one table whose parts have the
 * same columns. */
NODISCARD Status cut_parts(LakeChanger *c, const SessionOptions *session, const Lake *from,
                           DraftList *out);
/* Of a file that was written: its bytes, its rows, and whether a time did not fit, so that its
 * datetimes are ticks. */
NODISCARD Status lake_look_at(Arena *scratch, Diags *diags, Str path, const LakeColumn *columns,
                              uint32_t n, LakePart *ret);
/* Moves the parts to their places, adds them and `sources` to the list and takes out the parts of
 * `replaced` (may be NULL), all at once for a reader. Files that are no longer named are removed. */
NODISCARD Status changer_commit(LakeChanger *c, DraftList *parts, const LakeSource *sources,
                                size_t n_sources, bool (*is_replaced)(void *ctx, const LakePart *p),
                                void *ctx);

/* How many files in the lake its list does not name. */
size_t lake_leftovers(const Lake *lake);

/* "['it\'s']": a name as KQL says it. */
Str kql_name(Arena *arena, Str name);
/* The column that the rows of a table are sorted by: TimeGenerated, else Timestamp; empty: none. */
Str lake_time_column(const LakeColumn *columns, uint32_t n);
/* Runs a query that gives few rows. */
NODISCARD Status lake_query(Session *s, Str kql, Arena *arena, Diags *diags, Rows *ret);
/* Runs a query and writes its rows as a Parquet file; `is_passing` as in RunOptions. */
NODISCARD Status lake_write(Session *s, Str kql, const char *path, bool is_passing, Diags *diags);

#endif
