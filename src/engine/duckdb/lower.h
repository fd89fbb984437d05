/*
 * lower.h: what the files of the lowering share: the state of one plan's lowering, and relations.
 *
 * Every plan node becomes one CTE whose columns are named by ColumnId (c17). Row order is kept as a
 * list of columns to sort by, not as an order of rows: a sort costs nothing until something needs
 * it (take, a window, the end). Columns that only serve the order travel along hidden.
 */
#ifndef QUARRY_LOWER_H
#define QUARRY_LOWER_H

#include "engine/duckdb/engine_internal.h"
#include "engine/duckdb/sql_writer.h"

/* One column of an order. */
typedef struct OrderKey {
    Str column; /* SQL name: c17, or a hidden one (o3) */
    bool is_descending, nulls_first;
    bool
        moves_nan; /* NaN belongs beside the nulls, and the engine's order has it at the other end */
} OrderKey;

/* A lowered node. */
typedef struct Rel {
    Str name; /* of its CTE */
    OrderKey *order;
    uint32_t n_order; /* 0: no order */
    bool is_total;    /* the order is an ordinal without ties */
    bool is_natural; /* rows come in this order as they are made: counted by range(), and since then
                         only filtered and computed, which the engine does in order */
} Rel;

typedef struct SharedRel {
    uint32_t share_id;
    Rel rel;
} SharedRel;

/* Keys that are on their way to a scan below the node that is being lowered. */
typedef struct KeyFeed {
    const Plan *scan;
    uint32_t column; /* of the scan's schema */
    int64_t set;
    Str rel, column_name; /* the CTE that collects them, and its column */
    struct KeyFeed *next;
} KeyFeed;

/* The relation of an `in (plan)` that is lowered already. */
typedef struct InRel {
    const Expr *e;
    Rel rel;
} InRel;

typedef struct Lowering {
    Engine *engine;
    Arena *arena;
    Diags *diags;
    const Kept *kept;   /* shares that are tables already, or NULL */
    bool binds_late;    /* see LowerOptions */
    const Plan *placed; /* the scan whose rows are put in their order at the end; NULL: none */
    Buf ctes;           /* "name AS NOT MATERIALIZED (...),\n" each */
    uint32_t n_ctes, n_hidden;
    SharedRel *shared;
    size_t n_shared, cap_shared;
    ScanSlot *slots;
    size_t n_slots, cap_slots;
    ValuesSlot *values;
    size_t n_values, cap_values;
    KeySetSpec *key_sets;
    size_t n_key_sets, cap_key_sets;
    KeyFeed *feeds;
    InRel *in_rels;
    size_t n_in_rels, cap_in_rels;
    const Plan **processes;
    size_t n_processes, cap_processes;
    unsigned depth;
} Lowering;

#define LOWER_MAX_DEPTH 4000
#define LOWER_MAX_SQL (64u << 20)

/* Adds a finished CTE body and gives it a name: "filter_3". Empties the body. */
Rel lower_cte(Lowering *l, const char *kind, Buf *body, bool is_materialized);
/* A fresh hidden column name: "o5". */
Str lower_hidden(Lowering *l);
/* A fresh column id, above what a binder hands out. */
#define LOWER_FIRST_HIDDEN 0x40000000u
ColumnId lower_hidden_column(Lowering *l);
/* " ORDER BY ..." when the relation has an order, nothing else. */
void lower_order_by(Buf *out, const Rel *rel);
/* ", o1, c4": the order's columns that the schema does not hold. */
void lower_carry_order(Buf *out, const Rel *rel, const Schema *schema);
/* Copies an order onto a relation. */
void lower_keep_order(Rel *to, const Rel *from);
/* Gives a relation an ordinal, so that its order has no ties; numbers rows as they come if it has
 * none. */
Status lower_number_rows(Lowering *l, const Schema *schema, Rel *rel);

Status lower_node(Lowering *l, const Plan *p, Rel *ret);

/* A statement that makes a table of a plan's relation: its columns and those of its order. */
Status lower_table(Engine *e, const Plan *plan, const Kept *kept, Str name, Arena *arena,
                   Diags *diags, Lowered *ret, Rel *ret_rel);

/* Writes an expression; always an atom or parenthesised. */
Status lower_expr(Lowering *l, const Expr *e, Buf *out);
/* Writes a predicate of which only "true or not" matters (null may stand for false). */
Status lower_predicate(Lowering *l, const Expr *e, Buf *out);
/* Writes `expr AS c17`, or the column alone when it is that. */
Status lower_output(Lowering *l, const Expr *e, const Column *column, Buf *out);

/* A new set of keys; `texts` NULL: collected while the query runs. */
int64_t lower_key_set(Lowering *l, const Str *texts, size_t n);
/* Which side of a join can be read less, the other's keys being known: 0, 1, or -1. */
int lower_fed_side(const Plan *join);
/* Collects the keys of the lowered other side for the scan below the fed one. Keeps *rel, and l->feeds
 * as it was before for the caller to put back. */
Status lower_feed(Lowering *l, const Plan *join, int fed, Rel *rel);

/* As lower_feed, for each `in (plan)` among a filter's conjuncts. */
Status lower_feed_filter(Lowering *l, const Plan *input, const Expr *predicate);

/* Sets of keys for long lists of literals in a scan's early conjuncts; their columns are those of the
 * scan's schema until lower_scan puts the table's in their place. */
void lower_literal_keys(Lowering *l, const Plan *scan, const Expr *early, ScanSlot *slot);

Status lower_scan(Lowering *l, const Plan *p, Rel *ret);
/* A SELECT of the scan's columns from Parquet files that can be read as one. */
NODISCARD Status lower_parquet_group(Lowering *l, const Plan *p, const ParquetGroup *group,
                                     Buf *body);
/* The scan of a plan that does no more than leave rows out and compute columns, if it is worth to read
 * it by several threads and to sort its rows by their places afterwards; else NULL. */
const Plan *lower_placed_scan(Lowering *l, const Plan *plan);
Status lower_aggregate(Lowering *l, const Plan *p, Rel *ret);
/* The columns that percentiles of an aggregate are read from; all 0 when it is none. */
typedef struct RankedValue {
    ColumnId value; /* null where the row does not count */
    ColumnId rank;  /* weight of the values up to this one */
    ColumnId total; /* weight of all of the group */
} RankedValue;
/* Adds those columns to the input when the node has percentiles. The node returned is the one to go
 * on with: its keys are then columns. One RankedValue an aggregate. */
Status lower_ranks(Lowering *l, const Plan *p, Rel *in, const Plan **ret_plan,
                   RankedValue **ret_ranks);
/* "min(...) ... AS c17, ...": the columns of percentiles and their arrays. */
Status lower_percentiles(Lowering *l, const Aggregate *a, const RankedValue *v, Buf *out);
Status lower_join(Lowering *l, const Plan *p, Rel *ret);
Status lower_union(Lowering *l, const Plan *p, Rel *ret);
Status lower_window(Lowering *l, const Plan *p, Rel *ret);
/* row_window_session(): adds its value as a column to a relation that has an ordinal. */
Status lower_session(Lowering *l, const Expr *call, ColumnId column, Rel *rel);
Status lower_mv_expand(Lowering *l, const Plan *p, Rel *ret);
Status lower_process(Lowering *l, const Plan *p, Rel *ret);
Status lower_range(Lowering *l, const Plan *p, Rel *ret);
/* A call of one of the engine's helpers with one argument, which is SQL. */
NODISCARD Status lower_helper(Lowering *l, HelperKind helper, Type from, Type to, Str text,
                              Buf *out);

/* Says that something cannot run yet, by name and place. */
Status lower_unsupported(Lowering *l, Span span, const char *what);
/* Reports a broken promise of the stages before. */
Status lower_broken(Lowering *l, Span span, const char *what);

#endif
