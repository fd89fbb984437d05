/*
 * plan.h: the typed logical plan that the binder makes and an engine lowers.
 *
 * After binding there are column ids and no names: a Column gets its id where it is made (scan,
 * project, aggregate, ...) and keeps it on the way up. Every implicit conversion, default and case
 * rule of KQL is an explicit call in an Expr. Nodes are immutable once handed on: a rewrite returns
 * new nodes, or the same pointer when it did nothing. All of it lives in the query's arena.
 */
#ifndef QUARRY_PLAN_H
#define QUARRY_PLAN_H

#include "base/base.h"
#include "base/type.h"
#include "catalog/catalog.h"

typedef uint32_t ColumnId; /* unique in a query, from 1 */

typedef struct Column {
    ColumnId id;
    Type type;
    Str name; /* the name a user sees */
} Column;

typedef struct Schema {
    Column *items;
    uint32_t n;
} Schema;

/* ------------------------------------------------------------ expressions */

typedef struct Plan Plan;
typedef struct Expr Expr;
typedef struct Process Process;

typedef enum ExprKind {
    EXPR_ERROR,     /* already reported; never reaches an engine */
    EXPR_LITERAL,   /* u.literal */
    EXPR_COLUMN,    /* u.column, of the node's input(s) */
    EXPR_CALL,      /* u.fn is FN_OPERATOR, FN_SCALAR or FN_WINDOW; args in order */
    EXPR_SUBQUERY,  /* toscalar(): first row, first column of `plan`; null when there is no row */
    EXPR_IN_PLAN,   /* args[0] in (first column of `plan`); u.in says case and negation */
    EXPR_COLUMN_SET /* `*`-style list of columns for pack_all, arg_max(*)...: args are EXPR_COLUMN
                     */
} ExprKind;

struct Expr {
    ExprKind kind;
    Type type;
    Span span;
    uint32_t n_args;
    Expr **args; /* all child expressions, whatever the kind */
    Plan *plan;  /* SUBQUERY, IN_PLAN */
    union {
        Value literal;
        ColumnId column;
        const FnDef *fn;
        struct {
            bool is_negated, ignores_case;
        } in;
    } u;
};

/* ------------------------------------------------------------------ nodes */

typedef enum PlanKind {
    PLAN_SCAN,      /* u.scan: rows of a table of the data */
    PLAN_VALUES,    /* u.values: literal rows (datatable, print, getschema, an empty table) */
    PLAN_RANGE,     /* u.range: one column from..to by step */
    PLAN_FILTER,    /* u.filter: keep rows where the predicate is true (null is false) */
    PLAN_PROJECT,   /* u.project: schema.items[i] = exprs[i]; covers extend, project*, parse */
    PLAN_AGGREGATE, /* u.aggregate; also distinct (no aggregates) and count */
    PLAN_SORT,      /* u.sort; marks the rows as serialized */
    PLAN_TAKE,      /* u.take: any n rows; the first n when the input is sorted */
    PLAN_JOIN,      /* u.join */
    PLAN_UNION,     /* u.union_: inputs line up column by column through `map` */
    PLAN_MV_EXPAND, /* u.mv_expand */
    PLAN_SERIALIZE, /* rows keep their present order from here */
    PLAN_WINDOW,    /* u.window: like PROJECT, but exprs may hold FN_WINDOW calls */
    PLAN_SAMPLE,    /* u.take: n random rows */
    PLAN_PROCESS,   /* u.process: the rows in order, one after the other, through a program */
    PLAN_SHARED,    /* u.shared: a materialised plan that is referred to more than once */
    PLAN_RESULTS    /* the root of a query with several results: they are its inputs, in order; no
                       columns of its own, and no engine is given it */
} PlanKind;

typedef enum JoinKind {
    JOIN_INNER_UNIQUE, /* left side deduplicated by key, then inner */
    JOIN_INNER,
    JOIN_LEFT_OUTER,
    JOIN_RIGHT_OUTER,
    JOIN_FULL_OUTER,
    JOIN_LEFT_SEMI,
    JOIN_LEFT_ANTI,
    JOIN_RIGHT_SEMI,
    JOIN_RIGHT_ANTI
} JoinKind;

/* One aggregate of PLAN_AGGREGATE. */
typedef struct Aggregate {
    const FnDef *fn;
    Expr **args;
    uint32_t n_args;
    /* The output columns: one, but arg_max(x, a, b) has three and arg_max(x, *) many;
     * percentiles(x, 5, 50) two. */
    Column *columns;
    uint32_t n_columns;
    Span span;
} Aggregate;

typedef struct SortKey {
    Expr *expr;
    bool is_descending;
    bool nulls_first;
} SortKey;

/* A table of the data as a query sees it: made by the schema provider, owned by it. */
typedef struct TableRef TableRef;

struct Plan {
    PlanKind kind;
    Span span;
    Schema schema; /* output columns, in order */
    Plan **inputs;
    uint32_t n_inputs;
    bool is_serialized; /* row order is part of the meaning (after sort, top, serialize, range) */
    ColumnId
        partition; /* TAKE, SAMPLE, WINDOW, PROCESS: the rows of each value of this input column are taken
                           by themselves; 0: all rows together */
    bool
        is_open; /* while binding: columns that the schema does not list may exist; they are null */
    union {
        struct {
            const TableRef *table;
            Str table_name;
            Str *source_names; /* per schema column: the column's name in the table (a twin's, where
                                  mapped); empty = constant null */
            Expr *early; /* conjuncts pushed into the scan by rewrites, over this node's columns; or
                            NULL */
        } scan;
        struct {
            Value *cells; /* n_rows * schema.n, row by row */
            uint32_t n_rows;
        } values;
        struct {
            Expr *from, *to, *step; /* constants or subqueries */
        } range;
        struct {
            Expr *predicate;
        } filter;
        struct {
            Expr **
                exprs; /* schema.n of them; a pass-through column is EXPR_COLUMN with the same id */
        } project, window;
        struct {
            Expr **keys; /* the first n_keys columns of the schema, in order */
            uint32_t n_keys;
            Aggregate *aggs; /* their columns follow the keys, in order */
            uint32_t n_aggs;
        } aggregate;
        struct {
            SortKey *keys;
            uint32_t n;
        } sort;
        struct {
            Expr *count; /* long constant or subquery */
        } take;
        struct {
            JoinKind kind;
            Expr **left_keys, **right_keys; /* equal, pair by pair; never null-matching */
            uint32_t n_keys;
            bool is_lookup;
            /* Schema columns carry the ids of the side that they come from. */
        } join;
        struct {
            /* map[input * schema.n + i]: id of the input's column for schema column i, or 0 for
             * null/"" */
            ColumnId *map;
            ColumnId source_column; /* withsource=: id in schema, or 0; values in source_names */
            Str *source_names;      /* per input */
        } union_;
        struct {
            ColumnId *columns; /* input columns that are expanded */
            Column *outputs; /* what replaces them: same number, new ids, types from `to typeof` or
                                dynamic */
            uint32_t n;
            ColumnId index_column; /* with_itemindex=: id in schema, or 0 */
            bool is_bag_array;     /* bagexpansion=array */
            int64_t limit;         /* rows per input row; INT64_MAX when not given */
        } mv_expand;
        struct {
            const Process *process; /* see process.h */
            ColumnId *reads;        /* input columns that it is given, in order */
            uint32_t n_reads;
            Column
                *adds; /* columns that it makes; the schema's others come from the input row that an
                             output row stands for */
            uint32_t n_adds;
        } process;
        struct {
            uint32_t
                share_id; /* same id = same rows, computed once; inputs[0] is the shared plan */
            ColumnId
                *map; /* per schema column: its id in inputs[0] (each reference has fresh ids) */
        } shared;
    } u;
};

/* One result of a query. */
typedef struct QueryResult {
    Plan *plan;
    Str name;   /* by `as` or by the branch of a fork; empty when it has none */
    Str render; /* visualisation asked by `render`, as JSON, or empty */
    Span span;  /* of the statement or the part of it that gives it */
} QueryResult;

/* A whole bound query. */
typedef struct BoundQuery {
    Plan *plan; /* of the one result, or a PLAN_RESULTS over several; never NULL when binding
                         succeeded, but of a query that only declares and is bound for a check */
    QueryResult *results;
    uint32_t n_results;
    Value now;        /* what now() is to give: a datetime, null: the clock's */
    Str *table_names; /* tables of the data that it reads, each once */
    uint32_t n_tables;
} BoundQuery;

/* ------------------------------------------------------------- tree tools */

/* A place of a plan node that holds an expression. */
typedef void (*SlotVisit)(Expr **slot, void *ctx);
/* Calls `fn` for each expression that the node itself holds (roots only). A NULL slot is left out.
 */
void plan_visit_slots(Plan *p, SlotVisit fn, void *ctx);
/* Calls `fn` for each expression of the node itself, children of expressions included, parents
 * first. */
typedef void (*ExprVisit)(Expr *e, void *ctx);
void plan_visit_exprs(Plan *p, ExprVisit fn, void *ctx);
void expr_visit(Expr *e, ExprVisit fn, void *ctx);
/* Rebuilds an expression bottom up; `fn` returns its argument to keep a node. Shares unchanged
 * parts. */
typedef Expr *(*ExprRewrite)(Expr *e, void *ctx);
Expr *expr_rewrite(Arena *arena, Expr *e, ExprRewrite fn, void *ctx);
/* The node with each of its expressions rebuilt by expr_rewrite; the same node when none changed.
 */
Plan *plan_map_exprs(Arena *arena, Plan *p, ExprRewrite fn, void *ctx);
/* Rebuilds a plan bottom up. */
typedef Plan *(*PlanRewrite)(Plan *p, void *ctx);
Plan *plan_rewrite(Arena *arena, Plan *p, PlanRewrite fn, void *ctx);
const Column *schema_find(const Schema *s, ColumnId id);
/* Whether a column holds links: by its name, or by the name of the column that it renames. */
bool plan_column_is_link(const Plan *p, ColumnId id);
/* What a column may hold: links, ids of mails (NetworkMessageId), what the mail filter said (ThreatTypes). */
typedef enum ColumnContent { CONTENT_LINKS, CONTENT_MESSAGES, CONTENT_VERDICTS } ColumnContent;
/* By the names of columns as above; arrays and bags (make_set(RemoteUrl)) and what is made of one count too. */
bool plan_column_holds(const Plan *p, ColumnId id, ColumnContent what);
/* Checks that ids resolve, types agree and schemas line up; returns a sentence about the first
 * fault, or an empty Str. */
Str plan_verify(Arena *arena, const Plan *p);
/* The plan as an indented tree for `quarry explain` and tests. */
Str plan_print(Arena *arena, const Plan *p);

/* --------------------------------------------------------------- rewrites */

typedef struct RewriteOptions {
    const QueryContext *query;   /* for folding now() */
    const char *const *disabled; /* names of rewrites to leave out, NULL-terminated, or NULL */
    bool unwraps_urls;           /* joins on URL columns compare innermost links (hunt's default) */
} RewriteOptions;

typedef struct Rewrite {
    const char *name, *doc;
    Plan *(*fn)(Arena *arena, Plan *p, const RewriteOptions *options);
} Rewrite;

/* The ordered table, ended by a NULL name. */
extern const Rewrite plan_rewrites[];
/* Runs them all; after each the verifier must pass (INTERNAL with a diagnostic otherwise). */
NODISCARD Status plan_optimise(Arena *arena, Plan *p, const RewriteOptions *options, Diags *diags,
                               Plan **ret_plan);

/* Evaluates a constant expression with the kernels: false when it is not constant or not foldable.
 */
bool expr_fold(Arena *arena, const Expr *e, const QueryContext *query, Value *ret);

#endif
