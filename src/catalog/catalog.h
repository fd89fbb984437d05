/*
 * catalog.h: every operator, function, aggregate, window function and plugin, declared once.
 *
 * The binder resolves calls here, the engine takes the lowering from here, and help, completion,
 * docs/reference, `quarry functions` and the coverage test are printed from here. To add a
 * function: write its kernel in src/kernels/<family>.c and its row in src/catalog/fn_<family>.c.
 * Nothing else.
 */
#ifndef QUARRY_CATALOG_H
#define QUARRY_CATALOG_H

#include "base/base.h"
#include "base/type.h"
#include "kernels/kernel.h"

typedef enum FnKind {
    FN_OPERATOR, /* named by its symbol: "+", "==", "has", "in~", "!contains", "and", "between",
                    ".", "[]" */
    FN_SCALAR,
    FN_WINDOW, /* needs a serialized row set: row_number, prev, next, row_cumsum, ... */
    FN_AGGREGATE,
    FN_PLUGIN,  /* evaluate NAME(...) */
    FN_TABULAR, /* operator after a pipe: only for help, docs and coverage */
    FN_FORM     /* what the binder knows by name: only for help, docs and coverage */
} FnKind;

typedef enum NullRule {
    NULLS_PROPAGATE, /* any null argument gives null ("" for a string result) without calling the
                        kernel */
    NULLS_SEEN       /* the kernel or the SQL decides */
} NullRule;

typedef enum ResultRule {
    RESULT_FIXED, /* FnDef.type */
    RESULT_ARG0,  /* type of the first argument */
    RESULT_ARG1,
    RESULT_WIDEST, /* common type of all arguments that are not marked PARAM_KEEP
                      (int<long<real<decimal); binder converts them to it */
    RESULT_ARITH,  /* Kusto's table for + - * / %: see catalog_arith_type */
    RESULT_BIN,    /* bin(): number or time of argument 0 */
    RESULT_CUSTOM  /* FnDef.result_fn */
} ResultRule;

/* How an unnamed column of this call is named (documentation of extend, project and summarize). */
typedef enum NameRule {
    NAME_NONE,        /* Column1, Column2, ... */
    NAME_PREFIX_ARG,  /* prefix + "_" + column name of argument 0: sum_x; prefix alone + "_" when it
                        is no column */
    NAME_PREFIX_PAIR, /* the same with the names of two arguments: covariance_x_y */
    NAME_PREFIX,      /* prefix + "_": count_ */
    NAME_WHOLE,       /* the prefix itself: hll_merged_result */
    NAME_ONLY_ARG,    /* the column itself when it is the only argument */
    NAME_ARG0 /* the column itself: bin(x, 1h) -> x, tostring(x)? see FnDef rows for which */
} NameRule;

typedef enum Support {
    SUPPORTED,    /* runs */
    NOT_YET,      /* binds, then says "not yet supported" with its position */
    NEEDS_SERVICE /* can only run in the cloud service; says so */
} Support;

typedef enum ParamFlags {
    PARAM_OPTIONAL = 1,
    PARAM_REPEAT = 2,       /* last param (or last group): any number more */
    PARAM_CONSTANT = 4,     /* must fold to a literal */
    PARAM_AS_STRING = 8,    /* any scalar, converted by tostring() */
    PARAM_KEEP = 16,        /* does not take part in RESULT_WIDEST */
    PARAM_STAR = 32,        /* `*` may stand here: arg_max(x, *) */
    PARAM_COLUMN = 64,      /* must be a column reference */
    PARAM_TABLE = 128,      /* a tabular expression */
    PARAM_PREDICATE = 256,  /* bool */
    PARAM_AS_DYNAMIC = 512, /* any scalar, converted to dynamic */
    PARAM_TYPE = 1024       /* typeof(T), which goes as the null of type T */
} ParamFlags;

#define FN_MAX_PARAMS 12
#define CALL_MAX_ARGUMENTS 32767u

typedef struct Param {
    const char *name;
    TypeSet types; /* types taken as they are; others convert when an implicit conversion exists */
    uint32_t flags;
    const char *doc; /* one phrase, or NULL */
} Param;

typedef struct FnDef FnDef;

/* A call in SQL for some argument types only. */
typedef struct SqlForm {
    TypeSet args[4]; /* types per argument; 0 ends them, and that many arguments it takes (a call of
                        five or more arguments: the fourth set goes for the rest) */
    const char *sql; /* template as FnDef.sql; NULL ends a list of forms */
    const char *filter; /* a faster template, exact where a null may stand for false; or NULL */
} SqlForm;

/* What an engine must know of an aggregate beyond "values in, one value out". */
typedef enum AggShape {
    AGG_PLAIN,   /* one column */
    AGG_ARG_MAX, /* args[0] is the key; column i is the value of args[i] in the row with the largest
                    key: all columns from one row; a group without a non-null key takes any row, key
                    null */
    AGG_ARG_MIN,
    AGG_TAKE_ANY,    /* column i is args[i] of one row of the group */
    AGG_PERCENTILES, /* value[, weight], percentiles (the arguments from the first PARAM_CONSTANT
                        one on): column i is the i-th of them, by nearest rank */
    AGG_PERCENTILE_ARRAY /* the same as one array; a percentile may be an array of them */
} AggShape;

/* Result type from the argument types; TYPE_ERROR when they do not go together. */
typedef Type (*ResultFn)(const FnDef *fn, const Type *args, uint32_t n_args);

struct FnDef {
    const char *name;
    const char *aliases; /* "iif,foo" or NULL: other documented (or deprecated) names */
    FnKind kind;
    Param params[FN_MAX_PARAMS];
    uint16_t most; /* arguments at most, where a parameter repeats; 0: CALL_MAX_ARGUMENTS */
    ResultRule result;
    Type type;
    ResultFn result_fn;
    NullRule nulls;
    bool is_volatile; /* rand(), new_guid(): never folded, never shared */
    bool no_fold;     /* deterministic, but not to be folded */
    Support support;
    const Kernel *kernel; /* NULL when SQL says it all */
    const AggKernel *agg;
    /*
     * Lowering to the embedded engine's SQL: {0}..{9} are arguments, {*} all of them joined by ",
     * ", {case} a CASE of conditions and values by turns. Must equal the kernel in value and nulls for the types in sql_types (0: all). For
     * aggregates the template is the aggregate call, without FILTER. NULL: the kernel is called.
     */
    const char *sql;
    TypeSet sql_types; /* types of ALL arguments for which .sql is exact; 0 = any */
    NameRule naming;
    const char *prefix;   /* for NAME_PREFIX*; NULL: the name */
    const char *category; /* "string", "datetime", ...: the chapter in the reference */
    const char *syntax;   /* how it is written, where parameters do not say it; or NULL */
    const char *doc;      /* one line */
    const char *example;  /* a KQL expression that folds, or NULL */
    const char *gives;    /* its value as text (value_to_text) */
    const SqlForm *forms; /* tried in order before .sql; NULL when .sql and .sql_types say it all */
    AggShape shape;       /* FN_AGGREGATE */
    /* Aggregates "if": the index of the predicate argument + 1. The engine says FILTER (WHERE that
     * argument) and drops it from the call; {n} and the kernel then see the other arguments. 0: no
     * such argument. */
    uint8_t filter_arg;
    /* FN_SCALAR that gives several columns: "name:type,..." for the elements of the array that the
     * kernel gives, which is null with all of them; "*": a column for each array argument. */
    const char *members;
    bool is_ordered; /* FN_AGGREGATE: the result lists values in the order of the rows, when the
                        input is serialized */
};

/* A family: a static table that catalog.c lists. */
typedef struct FnTable {
    const FnDef *rows;
    size_t n;
} FnTable;

/* By name or alias; operators and scalar functions and aggregates have separate name spaces. NULL
 * if none. */
const FnDef *catalog_operator(Str symbol);
const FnDef *catalog_scalar(Str name); /* FN_SCALAR or FN_WINDOW */
const FnDef *catalog_aggregate(Str name);
const FnDef *catalog_plugin(Str name);
const FnDef *catalog_tabular(Str name);
/* All rows, in the order of the families: for help, docs and completion. */
size_t catalog_count(void);
const FnDef *catalog_row(size_t index);
/* The closest name of a kind ("did you mean"), or an empty Str. */
Str catalog_nearest(FnKind kind, Str name);
/* "has_any(source: string, values: scalar, ...) : bool" */
Str catalog_signature(Arena *arena, const FnDef *fn);

/* The SQL template for a call with these argument types, or NULL: then the kernel is called.
 * `nulls_are_false`: the value is only tested, as in a filter (also through and/or, not through
 * not()). */
const char *catalog_sql(const FnDef *fn, const Type *args, uint32_t n_args, bool nulls_are_false);

/* Documented result type of `a op b` for op in + - * / %; TYPE_ERROR when not defined. */
Type catalog_arith_type(Str op, Type a, Type b);
/* Wider of two types for union of branches (case, iff, coalesce, ==): numbers widen, of dynamic and
 * another type it is the other; TYPE_ERROR when none (iff and case then give dynamic). */
Type catalog_common_type(Type a, Type b);
/* Type to which both sides of == != < <= > >= are converted before comparing; TYPE_DYNAMIC:
 * compared as they are (dynamic against number or bool). TYPE_ERROR when the operator is not
 * defined for them. */
Type catalog_compare_type(Str op, Type a, Type b);
/* Whether a value of `from` is taken where `to` is wanted without an explicit conversion. */
bool catalog_converts_implicitly(Type from, Type to);

/* The whole language reference as Markdown, a chapter a category. */
void catalog_print_reference(Buf *out);
/* One row as a page of text: signature, meaning, parameters, an example and its value. */
Str catalog_help(Arena *arena, const FnDef *fn);

#endif
