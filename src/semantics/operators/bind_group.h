/*
 * bind_group.h: a pipe that runs once for each group of rows (mv-apply, partition).
 *
 * The pipe is bound over a leaf, a node that stands for the rows of one group, as if there were no
 * other rows. bind_per_group then puts the rows of all groups in the leaf's place and carries a key
 * column through each node above it, so that every node works on each group by itself.
 */
#ifndef QUARRY_BIND_GROUP_H
#define QUARRY_BIND_GROUP_H

#include "semantics/bind_internal.h"

typedef struct Grouped {
    Plan *plan;      /* holds the key and the carried columns beside its own */
    Column key;      /* the rows of one value are a group; never null */
    Column *carried; /* columns with one value a group */
    uint32_t n_carried;
} Grouped;

/* A node that stands for one group's rows: these columns, nothing else known of it. */
Plan *bind_group_leaf(Binder *b, Schema schema, bool is_serialized, bool is_open, Span span);

/*
 * The pipe `p` over `leaf`, for each group of `source`, whose plan has the leaf's columns with the same
 * ids. A subquery whose plan is `outer` (may be NULL) reads source->carried[0], from anywhere in the pipe. False
 * when reported.
 */
bool bind_per_group(Binder *b, Plan *p, const Plan *leaf, const Grouped *source, const Plan *outer,
                    Grouped *ret);

/* True when a pipe over the leaf works row by row, so that groups make no difference. */
bool bind_ignores_groups(const Plan *p, const Plan *leaf);

#endif
