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
    int64_t n_cut;     /* datetimes that lost a digit */
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

/* A table whose rows become parts, and its columns: of data, those that the data itself holds. */
typedef struct GatherTable {
    Str name;
    const LakeColumn *columns;
    const TableRef *ref;     /* of a scan */
    const uint32_t *numbers; /* of each column, in ref->columns */
    uint32_t n;
} GatherTable;
/* Reads the table's files, none of them Parquet, and writes its parts. What the scan could not read
 * is the data set's to tell. */
NODISCARD Status gather_parts(LakeChanger *c, const SessionOptions *session, DataSet *data,
                              const GatherTable *table, DraftList *out);
/* The same of rows that a query over a session reads, whatever they are stored as. */
NODISCARD Status gather_query(LakeChanger *c, const SessionOptions *session, Session *s,
                              const GatherTable *table, DraftList *out);
/* Moves the parts to their places, adds them and `sources` to the list and takes out the parts of
 * `replaced` (may be NULL), all at once for a reader. Files that are no longer named are removed. */
NODISCARD Status changer_commit(LakeChanger *c, DraftList *parts, const LakeSource *sources,
                                size_t n_sources, bool (*is_replaced)(void *ctx, const LakePart *p),
                                void *ctx);

/* How many files in the lake its list does not name. */
size_t lake_leftovers(const Lake *lake);

/* The column that the rows of a table are sorted by: TimeGenerated, else Timestamp; empty: none. */
Str lake_time_column(const LakeColumn *columns, uint32_t n);

/* A table's rows on their way from the engine. */
typedef struct LakeQuery {
    Query *query;
    Run *run;
} LakeQuery;
/* To be ended in any case: what went wrong is told then. */
NODISCARD Status lake_query_start(Session *s, const GatherTable *table, LakeQuery *ret);
void lake_query_end(LakeQuery *q, Diags *diags);

#endif
