/*
 * bind_internal.h: what the files of the binder share.
 *
 * bind_*.c bind statements, names and expressions; bind_op_*.c bind one operator each, found by
 * bind_operator's table. An operator is a function (Binder, tree of the operator, input plan) ->
 * output plan.
 *
 * One mistake, one message. What has been reported becomes EXPR_ERROR (of TYPE_ERROR), which every
 * later check accepts in silence, or a NULL plan: a function that gets a NULL plan from below
 * returns NULL at once and says nothing. Columns of an expression in error exist, with TYPE_ERROR.
 */
#ifndef QUARRY_BIND_INTERNAL_H
#define QUARRY_BIND_INTERNAL_H

#include "semantics/semantics.h"

/* Nesting of expressions, pipes and inlined functions taken together. */
#define BIND_MAX_DEPTH 1200
/* Tree nodes bound in all, those of inlined functions each time: ends explosions of calls. */
#define BIND_MAX_WORK 3000000u
#define BIND_MAX_COLUMNS 20000u
#define BIND_MAX_VIEWS 256
#define BIND_MAX_LETS 10000u /* names that are declared at one place */

typedef struct Binder Binder;
typedef struct Local Local;
typedef struct Graph Graph;

/* The columns that names mean at a place. In the on-conditions of a join there are two inputs. */
typedef struct Row {
    const Schema *schema;       /* NULL: no columns here */
    const Schema *left, *right; /* $left and $right; else NULL */
    bool is_open;               /* columns that are not listed may exist: they are null */
    const Plan *input;          /* whose columns they are, for messages; or NULL */
} Row;

/* Where aggregate calls go while `summarize` and its kin are bound; see bind_aggregates. */
typedef struct AggregateList {
    Aggregate *items;
    size_t n, cap;
} AggregateList;

/* A column whose values come from a column of another name (TableColumn.source_name). */
typedef struct Twin {
    ColumnId id;
    Str table, name, source_name;
} Twin;

/* What `set` statements ask for; those of the cloud service alone are passed over. */
typedef struct Settings {
    const Node *bin_size, *bin_at; /* query_bin_auto_size, query_bin_auto_at; or NULL */
    int64_t max_rows;              /* query_take_max_records; -1: all */
    bool gives_schemas;            /* query_results_apply_getschema */
    bool is_best_effort;           /* best_effort: every union is fuzzy */
    bool has_no_external;          /* request_external_data_disabled */
    Str scope_column;              /* query_datetimescope_column; empty: no scope */
    Value scope_from, scope_to;    /* query_datetimescope_from and _to: null when not set */
    Value now;                     /* query_now: null when not set */
} Settings;

struct Binder {
    Arena *arena;
    Diags *diags;
    const BindOptions *options;
    Str text;           /* of the query, for messages; other queries may stand before it */
    size_t start;       /* where in it the query begins */
    Local *locals;      /* let names and parameters, innermost first */
    const Local *scope; /* the first of them that is not of the present block */
    Row row;            /* of the place that is being bound */
    Str input_name;     /* what the rows before the operator go by: a table's or that of `as` */
    AggregateList *aggregates;  /* NULL: aggregate calls are not allowed here */
    const ColumnId *star_skips; /* columns that `*` of an aggregate leaves out: the by columns */
    uint32_t n_star_skips;
    ColumnId next_column;
    uint32_t next_share;
    Local *open_function; /* the let function that is being put in place, or NULL */
    ColumnId *undeclared; /* of tables given to it, those that its parameters do not declare */
    size_t n_undeclared, cap_undeclared, first_undeclared;
    uint32_t depth, work;
    uint32_t mute; /* > 0: diagnostics are not added (a tree that is bound a second time) */
    uint32_t
        group_depth; /* > 0: inside the pipe of mv-apply or partition, whose rows cannot be had yet */
    Status failed;   /* of a plan that was run while binding, when it did not end well */
    bool has_unsupported, has_told_places;
    bool knows_no_values; /* a function is checked by itself: its parameters are null */
    bool is_over_limit;
    Str render;
    const Node *last_operator; /* of the statement that is bound; or NULL */
    const Node **aliases;      /* alias database statements */
    size_t n_aliases, cap_aliases;
    bool has_open_rows; /* some rows may have columns of any name, see bind_open */
    bool has_elsewhere; /* a table of another service was taken at its word: types are not known */
    Settings settings;
    Str *table_names;
    size_t n_tables, cap_tables;
    Graph *graphs; /* those that the query made, see bind_graph.h */
    Twin *twins;   /* not yet named by the query */
    size_t n_twins, cap_twins;
    ColumnId *bags_or_texts; /* columns that are text in one product and bags in another */
    size_t n_bags_or_texts, cap_bags_or_texts;
};

/* -------------------------------------------------------------- diagnostics */

/* Adds an error at a node. The result is never NULL; its `hint` may be set. */
Diag *bind_error(Binder *b, const Node *n, const char *code, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
Diag *bind_error_at(Binder *b, Span span, const char *code, const char *fmt, ...) PRINTF_LIKE(4, 5);
Diag *bind_warning(Binder *b, Span span, const char *code, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* QY900 "<what> is not yet supported", with what stands behind a line end as the hint; the whole
 * query then ends as UNSUPPORTED. Returns NULL, so that an operator can `return
 * bind_unsupported(...)`. */
Plan *bind_unsupported(Binder *b, const Node *n, const char *what_fmt, ...) PRINTF_LIKE(3, 4);
/* The same for an expression: returns an EXPR_ERROR. */
Expr *bind_unsupported_expr(Binder *b, const Node *n, const char *what_fmt, ...) PRINTF_LIKE(3, 4);
/* The name nearest to `name` among the columns in scope and scalar let names; empty when none is near. */
Str bind_nearest_name(Binder *b, Str name);
/* The same among functions: those of the query, scalar ones and, where they may stand, aggregates. */
Str bind_nearest_function(Binder *b, Str name);
/* "declared by the query above ..." when a let of another query of the text declares the name; else empty. */
Str bind_hint_of_other_query(Binder *b, Str name);
/* What to do when no table fits, as there are no data; else empty. */
Str bind_hint_of_no_data(const Binder *b);
/* KS142 "the name 'x' does not refer to any known column, table, variable or function", with a hint. */
void bind_unknown_name(Binder *b, const Node *n, Str name);

/* Call at the start and end of a function that recurses over trees. False: too deep or too much work,
 * said already; then give up, do not call leave. */
NODISCARD bool bind_enter(Binder *b, const Node *n);
void bind_leave(Binder *b);
/* The nodes of an expression, nested plans included: what putting it in place costs. Stops at the
 * limits, and then gives BIND_MAX_WORK. */
uint32_t bind_expr_size(const Expr *e);
/* Adds to the work done; false, with a diagnostic, when that is too much. */
bool bind_spend(Binder *b, uint32_t work, const Node *n);
/* The same for the columns of an operator that is bound: what follows then fails. */
void bind_spend_columns(Binder *b, uint32_t n, Span span);

/* ---------------------------------------------------------------- columns */

ColumnId bind_fresh_column(Binder *b);
/* By exact name (case matters); NULL when there is none. */
const Column *bind_column_in(const Schema *s, Str name);
/* The type of a column that an open row may have and its schema does not list: the times, which the
 * tables of all services have, are datetimes. */
Type bind_absent_type(Str name);
/* The rows may have further columns of any name. */
void bind_open(Binder *b, Plan *p);
/* Whether open rows may have a column of that name: of a table that is published in part, those that are
 * not listed are named by their type. */
bool bind_may_be_column(const Binder *b, Str name);
/* To be called where a query names a column: a twin is told the first time (QY210). */
void bind_note_use(Binder *b, const Column *c, Span span);
/* The column goes on as another: who names that one names a twin as well. */
void bind_note_alias(Binder *b, const Column *c, ColumnId made);
/* A column that is documented as text in one product and as bags in another. */
void bind_note_bag_or_text(Binder *b, ColumnId id);
bool bind_is_bag_or_text(const Binder *b, ColumnId id);
/* What rows are grouped, ordered or joined by; `use` says it for KS166 ("a group key"): a dynamic value
 * is an EXPR_ERROR, one of a column above its text. */
Expr *bind_key(Binder *b, const Node *at, Expr *e, const char *use);
/* Resolves NODE_NAME (bracketed or not) as one column of b->row; reports and returns NULL if none. */
const Column *bind_column_name(Binder *b, const Node *n);
/* Columns that a NAME with wildcard, a NAME or a STAR stands for, in order, each id once. False when
 * something was reported. `*ret` lives in the arena. */
bool bind_columns(Binder *b, const Node *n, Column **ret, uint32_t *ret_n);

/* Sets the columns that names mean; the former row is returned to be put back. */
Row bind_set_row(Binder *b, const Plan *input);
Row bind_set_join_rows(Binder *b, const Plan *left, const Plan *right);
static inline void bind_restore_row(Binder *b, Row row) { b->row = row; }

/* ------------------------------------------------------------ expressions */

/* Never NULL. A scalar expression of any type; EXPR_ERROR after a message. A NAMED is not accepted
 * here: take its expression. */
Expr *bind_expr(Binder *b, const Node *n);
/* The same, and then of type `wanted` by implicit conversion; else KS109-like message. */
Expr *bind_expr_as(Binder *b, const Node *n, Type wanted);
/* Of a type in the set, no conversion (dynamic included only if the set has it). */
Expr *bind_expr_in(Binder *b, const Node *n, TypeSet wanted, const char *what);
/* A condition: bool (dynamic is converted by tobool; other types KS108). */
Expr *bind_predicate(Binder *b, const Node *n);
/* An expression without columns that folds to a value; false when reported. */
NODISCARD bool bind_constant(Binder *b, const Node *n, Value *ret);
/* As bind_constant, but a long (int is widened). */
NODISCARD bool bind_constant_long(Binder *b, const Node *n, int64_t *ret);
/* As bind_constant, but a string. */
NODISCARD bool bind_constant_string(Binder *b, const Node *n, Str *ret);
/* A count of rows (take, top, sample): long constant or toscalar subquery; never NULL. */
Expr *bind_count(Binder *b, const Node *n);

/* Binds `n` with aggregate calls allowed: each call is appended to `list` with fresh columns and
 * stands in the result as a reference to its (first) column. Columns outside of aggregate calls are
 * reported. A call that makes several columns (arg_max(x, *), percentiles, take_any(a, b)) is only
 * right when it is the whole of `n`: take its columns from the list's last item. */
Expr *bind_aggregate_expr(Binder *b, const Node *n, AggregateList *list);
/* True when `n` (parentheses aside) is itself a call of an aggregate function. */
bool bind_is_aggregate_call(Binder *b, const Node *n);

/* The columns of a call that gives several (FnDef.members). */
typedef struct Members {
    Str *names; /* those that the function gives them */
    Expr **exprs;
    uint32_t n; /* 0 after a message */
} Members;
/* False when `n` is no such call. */
bool bind_members(Binder *b, const Node *n, Members *ret);
/* The column at a position, NULL when `n` is no such call. */
Expr *bind_member_at(Binder *b, const Node *n, uint32_t at);

/* Builders; types of arguments are final (no conversion is added), spans are the node's. */
Expr *expr_error(Binder *b, Span span);
Expr *expr_of_value(Binder *b, Value v, Span span);
Expr *expr_column(Binder *b, const Column *c, Span span);
/* The call of an operator or scalar function by its catalog name with result type `type`. */
Expr *expr_call_typed(Binder *b, const FnDef *fn, Expr **args, uint32_t n, Type type, Span span);
/* As written in a query: operator or function by name over bound arguments, conversions and result
 * type by the rules of the language; TYPE_ERROR arguments give an EXPR_ERROR in silence. Falls back to
 * EXPR_ERROR with a QY900 when the catalog has no such row. */
Expr *expr_operator(Binder *b, const char *symbol, Expr *left, Expr *right, Span span);
Expr *expr_function(Binder *b, const char *name, Expr **args, uint32_t n, Span span);
/* a and b; either may be NULL. */
Expr *expr_and(Binder *b, Expr *left, Expr *right);
/* `e` as type `to`: `e` itself, a converted literal, or a call of to<type>(). Text as dynamic is a
 * dynamic string; to have it read as JSON call parse_json. Any pair of types. */
Expr *expr_convert(Binder *b, Expr *e, Type to);
/* A column that an open table may have but does not: null of any type that is wanted. */
static inline bool expr_is_absent(const Expr *e) {
    return e->kind == EXPR_LITERAL && e->type == TYPE_DYNAMIC && e->u.literal.is_null;
}
/* A column that may exist in data that is not at hand is a null that takes any type. `e` itself, or a
 * null of the first type in the set when it is such a null and the set does not have dynamic. */
Expr *expr_fit_untyped(Binder *b, Expr *e, TypeSet types);
static inline bool expr_is_error(const Expr *e) { return !e || e->type == TYPE_ERROR; }

/*
 * The name that an unnamed expression gets in project, extend, print, summarize: a column's own name,
 * `a_b` for a path a.b, `sum_x`, `count_`, `bin(x, 1h)` -> x, ... ; empty when it has none and
 * becomes Column1, Column2, ... The tree is what decides, not the bound form.
 */
Str bind_name_of(Binder *b, const Node *n);
/* `prefix` of the row `fn` applied to the arguments of `call`, for aggregates and scalar functions. */
Str bind_name_of_call(Binder *b, const FnDef *fn, const Node *call);

/* ------------------------------------------------------------------ plans */

/* A node over 0..2 inputs (pass NULL for none). Schema is the first input's until set; is_open is that
 * of any input; is_serialized is as the kind of node makes or keeps it. */
Plan *plan_node(Binder *b, PlanKind kind, Span span, Plan *input, Plan *second);
/* FILTER, or the input itself when the predicate is an error. */
Plan *plan_where(Binder *b, Plan *input, Expr *predicate, Span span);
/* One aggregate over all rows: one row, one column. `arg` is NULL for an aggregate without one. */
Plan *plan_aggregate_all(Binder *b, Plan *input, const char *fn, Expr *arg, Type type, Str name,
                         Span span);
/* A plan without rows that has these columns. */
Plan *plan_empty(Binder *b, Schema schema, Span span);

/*
 * Makes a PLAN_PROJECT column by column. Names are unique: a name that is taken gets the first free
 * of name1, name2, ...; an empty name the first free of Column1, Column2, ...
 */
typedef struct Projection {
    Binder *b;
    Column *columns;
    Expr **exprs;
    size_t n, cap, cap_exprs;
    uint32_t n_unnamed;
    Str *declared; /* names that an item gave or that it is: no other item may */
    size_t n_declared, cap_declared;
} Projection;

Projection projection_new(Binder *b);
/* Starts with all columns of the input passed through. */
Projection projection_of(Binder *b, const Plan *input);
/* Adds a column with a name made unique; its id is the expression's own for a plain column, else fresh.
 * Returns its position. */
uint32_t projection_add(Projection *p, Str name, Expr *e);
/* As extend does: a column of that name is replaced where it stands, else added at the end. */
uint32_t projection_set(Projection *p, Str name, Expr *e);
/* Puts at a position and moves the rest. */
void projection_insert(Projection *p, uint32_t at, Str name, Expr *e);
int projection_find(const Projection *p, Str name); /* -1 when absent */
void projection_remove(Projection *p, uint32_t at);
bool projection_has(const Projection *p, Str name);
/* The name that projection_add would give. */
Str projection_unique_name(const Projection *p, Str name);
/* Adds what an item of project, extend, print, summarize or distinct makes. A name that the item gives,
 * or the column that it is, may stand there once (KS171). In extend an item replaces a column of its
 * name; elsewhere a name that comes of itself is made unique. */
void projection_add_item(Projection *p, const Node *item, Str name, Expr *e, bool extends);
/* How an item of print, project or extend that gives several columns is added. */
typedef enum MemberStyle {
    MEMBERS_PRINT,   /* where names are given, only they become columns */
    MEMBERS_PROJECT, /* columns beyond the given names keep the function's */
    MEMBERS_EXTEND   /* as print, and a column of a given name is replaced */
} MemberStyle;
/* False when `item` is no call with several columns: then nothing was added. */
bool bind_add_members(Binder *b, Projection *p, const Node *item, MemberStyle style);
/* The node over `input`. `keeps_open`: columns that are not listed still shine through (extend). */
Plan *projection_finish(Projection *p, Plan *input, bool keeps_open, Span span);

/* ---------------------------------------------------------------- tabular */

/* A tabular expression: PIPE, NAME of a table or let, call of a tabular function, datatable, union ...
 * NULL when something was reported. b->row is left as it was. */
Plan *bind_tabular(Binder *b, const Node *n);
/* The same, but it may be a graph (bind_graph.h) where bind_tabular says that a table is expected. */
Plan *bind_tabular_or_graph(Binder *b, const Node *n);
/* Whether a tree is a tabular expression here (a name of a let table, a pipe, ...), without messages. */
bool bind_is_tabular(Binder *b, const Node *n);
/* The operators of a SUBPIPE one after another over `input`. NULL when reported. */
Plan *bind_subpipe(Binder *b, const Node *subpipe, Plan *input);
/* One operator. Called with b->row set to the input's columns; `input` is NULL for an operator that
 * starts a pipe (print, range, union, search, find, evaluate). In bind_op_table.c. */
Plan *bind_operator(Binder *b, const Node *op, Plan *input);
/* OP_PROJECT_AWAY -> project-away */
Str bind_operator_name(Binder *b, NodeKind kind);
/* Whether an operator kind may start a pipe. */
bool bind_operator_is_source(NodeKind kind);

/* Tables by a name with or without `*`, as union, search and find take them: let tables first, then the
 * data's. Reports when there is none. Appends plans with fresh columns. `names` gets the table names. */
typedef struct PlanList {
    Plan **items;
    Str *names;
    size_t n, cap, cap_names;
} PlanList;
bool bind_tables(Binder *b, const Node *name, bool is_fuzzy, PlanList *list);
/* A scan of a table of the data with fresh columns. */
Plan *bind_scan(Binder *b, const TableRef *table, Span span);
/* A plan that may be used in several places: each call gives a reference with fresh columns. `*share_id`
 * is 0 before the first call. */
Plan *plan_share(Binder *b, Plan *p, uint32_t *share_id, Span span);
/* What `invoke f(...)` gives: a let function whose first parameter takes the input, or one of the
 * portals' own (FileProfile). NULL when reported. */
Plan *bind_invoke(Binder *b, const Node *call, Plan *input);
/* `name` means `p` in what follows (the as operator); the plan to go on with is returned. */
Plan *bind_as(Binder *b, Str name, Plan *p, const Node *n);

/* The type of a TYPE node; reports an unknown name. */
Type bind_type(Binder *b, const Node *n);
/* The columns of a TABLE_TYPE or COLUMN_DECL list, with fresh ids. */
bool bind_schema(Binder *b, const Node *table_type, Schema *ret);
/* A named parameter's value as a word (NAME or string LITERAL); false when absent. */
bool bind_param_word(const Node *op, const char *name, Str *ret);
/* As bind_param_word for true/false. */
/* hint.strategy=, which is about speed in a cluster alone, is one of `known` (NULL ends them); false when
 * reported. */
bool bind_check_strategy(Binder *b, const Node *op, const char *const *known);
bool bind_param_bool(const Node *op, const char *name, bool if_absent);

#endif
