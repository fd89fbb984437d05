/*
 * bind_scope.h: let names and parameters, and what binding them needs. For the binder's core alone.
 */
#ifndef QUARRY_BIND_SCOPE_H
#define QUARRY_BIND_SCOPE_H

#include "semantics/bind_internal.h"

typedef enum LocalKind {
    LOCAL_SCALAR,   /* expr */
    LOCAL_TABLE,    /* plan; node and env to bind it again where that is cheaper than sharing */
    LOCAL_ENTITIES, /* node: the NODE_LIST of an entity group */
    LOCAL_FUNCTION, /* node (NODE_FUNCTION) and env */
    LOCAL_PATTERN,  /* node (NODE_DECLARE_PATTERN) and env */
    LOCAL_RESTRICT, /* no name; node (NODE_RESTRICT): of what was declared before it, only what it names is seen */
    LOCAL_ERROR /* reported where it was declared; silent where it is used */
} LocalKind;

struct Local {
    Local *outer;
    uint32_t n; /* with those around it */
    LocalKind kind;
    Str name;
    Expr *expr;
    Plan *plan;
    const Node *node;
    const Node *declared; /* LOCAL_TABLE that is a parameter: its TABLE_TYPE; else NULL */
    Local *env;           /* what the node's names mean */
    uint32_t size;        /* LOCAL_SCALAR: nodes of expr and what is in it; 0: not counted yet */
    uint32_t share_id;    /* LOCAL_TABLE that is referred to: see plan_share */
    bool is_used;
    Local *caller; /* LOCAL_FUNCTION that is being inlined: the one in whose body it is called */
    bool is_open_call; /* LOCAL_FUNCTION that is being inlined: a call inside is recursion */
};

/* Innermost local of that name, or NULL. */
Local *local_find(const Binder *b, Str name);
/* Declares a local in the present scope. */
Local *local_add(Binder *b, LocalKind kind, Str name);

/* The declared pattern that a call P("a") or a path P("a").b uses; NULL when `n` is none. */
Local *pattern_of_use(const Binder *b, const Node *n);
/* The rule that a use of a pattern meets, as a function and its call; false when there is none (KS188), which is
 * told when `tells`. */
bool pattern_find_rule(Binder *b, const Local *pattern, const Node *use, bool tells,
                       Local **ret_function, const Node **ret_call);

/* Settings before the first statement. */
Settings settings_default(void);
/* Binds a set statement. */
void bind_set(Binder *b, const Node *set);
/* A result as the settings want it. */
Plan *settings_result(Binder *b, Plan *p, const Node *at);
/* A scan within the time scope that is set. */
Plan *settings_scan(Binder *b, Plan *scan);

/* restrict access to (...): what follows sees what it names alone. */
void bind_restrict(Binder *b, const Node *restriction);
/* Whether a restriction lets a local through; `names` is what it stands for. */
bool restrict_allows_local(const Node *restriction, Str name);
/* A table of the data by name that is visible here, or NULL. */
const TableRef *find_table(const Binder *b, Str name);
/* Whether a restriction is in force here. */
bool is_restricted(const Binder *b);
/* Whether tables and functions of the database are visible here under that name. */
bool is_table_visible(const Binder *b, Str name);

/* Binds a let statement. */
void bind_let(Binder *b, const Node *let);
/* True for a statement that only declares; then it is bound. */
bool bind_declaration(Binder *b, const Node *statement);
/* The value of a statement: a table (or graph) or a scalar; both NULL when it was reported. */
void bind_value(Binder *b, const Node *e, Plan **ret_plan, Expr **ret_expr);
/* KS111: nothing but declarations. */
void bind_no_result(Binder *b, const Node *block);
/* A statement list (a block) up to its result: false when it has none or it was reported.
 * Exactly one of *ret_plan and *ret_expr is set. */
bool bind_body(Binder *b, const Node *block, Plan **ret_plan, Expr **ret_expr);
/* Inlines a call of a let function. `input`: the piped table of invoke, or NULL. */
bool bind_function_call(Binder *b, Local *function, const Node *call, Plan *input, Plan **ret_plan,
                        Expr **ret_expr);
/* The body of a function with its parameters' values; as bind_body. */
bool bind_in_place(Binder *b, Local *function, Local **given, uint32_t n, Plan **ret_plan,
                   Expr **ret_expr);
/* Checks the functions declared since `until` that no call has checked; see bind_unused.c. */
void bind_check_functions(Binder *b, const Local *until);
/* QY903 for a call of `function` from its own body. */
void bind_recursion(Binder *b, const Node *call, const Local *function);
/* When a name that means nothing is that of a function in whose body it stands: says so. */
bool bind_is_recursion(Binder *b, const Node *call);
/* The call that the name of a let function alone stands for, with no arguments; NULL when it has a
 * parameter that needs one. */
const Node *function_call_by_name(Binder *b, const Local *function, const Node *name);
/* Whether a let function gives a table. */
bool function_is_tabular(Binder *b, const Local *function);

/* Reference to a let table. */
Plan *bind_local_table(Binder *b, Local *local, Span span);
/* Drops shares that are referred to once: `p` is the whole query, and is changed in place. */
Plan *plan_unshare_single(Binder *b, Plan *p);

/* externaldata(...)[...]; NULL when reported. */
Plan *bind_externaldata(Binder *b, const Node *n);
/* inline_external_table; NULL when reported. */
Plan *bind_inline_external(Binder *b, const Node *n);

/* Whether a name is one of Sentinel's and Defender's own tabular functions. */
bool portal_function_is_known(Binder *b, Str name);
/* Such a function by name when it is said in KQL, or NULL. */
Local *portal_function(Binder *b, Str name);

/* A unifying parser of ASIM as a let statement, or an empty Str. */
Str portal_asim_text(Arena *arena, Str name);
/* A call of one, over `input` (NULL: not after `invoke`). NULL when reported. */
Plan *bind_portal_call(Binder *b, const Node *call, Plan *input);

/* A table of the data; reports and returns NULL when there is none. `n` is where it is named. */
Plan *bind_table_named(Binder *b, const Node *n, Str name);
/* database("d").T and its kin; see bind_database.c. */
bool bind_is_database_path(const Node *n);
/* Advises of database("name"), which is the data at hand; any other node is passed over. */
void bind_note_database(Binder *b, const Node *path);
Plan *bind_database_path(Binder *b, const Node *n);

/* A function that looks at columns: what it finds; NULL when `call` is none of them. */
Expr *bind_special_call(Binder *b, const Node *call);

/* What a function of another language is called here; empty when it is none. */
Str bind_hint_of_foreign(Str name);
/* Function calls in scalar expressions. */
Expr *bind_call(Binder *b, const Node *call);
/* Arguments to what the parameters of `fn` want; false when reported. `nodes` (may be NULL) are the
 * trees of the arguments, for messages. */
bool bind_fit_arguments(Binder *b, const FnDef *fn, const Node *call, Expr **args, uint32_t n,
                        const Node *const *nodes);
/* The parameter that argument `at` of `n` goes to; NULL when there is none. */
const Param *bind_param_of(const FnDef *fn, uint32_t at, uint32_t n);
bool bind_check_arity(Binder *b, const FnDef *fn, const Node *call, uint32_t n);
Expr *bind_aggregate_call(Binder *b, const FnDef *fn, const Node *call);

/* The call of a scalar function by its row, arguments checked and converted; never NULL. */
Expr *bind_call_of_row(Binder *b, const FnDef *fn, const Node *call);

/* The value of a call's result type, by its rule. */
Type bind_result_type(const FnDef *fn, const Type *args, uint32_t n);
/* True when some part of `e` is a call of a window function. */
bool expr_holds_window(const Expr *e);
/* dynamic([...]) and dynamic({...}), which are no text. */
bool expr_is_list(const Expr *e);
/* Parentheses taken off. */
const Node *node_bare(const Node *n);

#endif
