/*
 * ast.h: the syntax tree of a KQL query, with spans for all of it.
 *
 * One node shape for everything: a kind, a span, a text and children. What the children of a kind
 * are stands beside the kind, in order: `[x]` is optional (a NULL child when absent), `x*` any
 * number (always last). Operators after a pipe have their named parameters (kind=, hint.*=, ...) in
 * `params`, not among the children. Names are the grammar's (microsoft/Kusto-Query-Language,
 * grammar/Kql.g4). The tree lives in the query's arena and is not changed once parsed.
 */
#ifndef QUARRY_AST_H
#define QUARRY_AST_H

#include "base/base.h"
#include "base/type.h"

typedef struct Node Node;

/* clang-format off */
typedef enum NodeKind {
    NODE_ERROR, /* something that did not parse and has a diagnostic; children: what could be saved */

    /* statements */
    NODE_QUERY,          /* statement* */
    NODE_EXPR_STATEMENT, /* expression */
    NODE_LET,            /* text = name; value (expression, FUNCTION, or a LIST whose text is entity_group) */
    NODE_SET,            /* text = option; [value] */
    NODE_DECLARE_PARAMS, /* declare query_parameters(...): PARAM* */
    NODE_DECLARE_PATTERN, /* text = name; nothing, or PARAM_LIST, [path PARAM], PATTERN_RULE* */
    NODE_PATTERN_RULE,   /* LIST of literals, [path literal], BLOCK */
    NODE_ALIAS,          /* alias database text = expression; expression */
    NODE_RESTRICT,       /* restrict access to (expression*); with(...) properties in params */

    /* functions */
    NODE_FUNCTION,       /* PARAM_LIST, BLOCK; flag NODE_FLAG_VIEW for `view (...) {...}` */
    NODE_PARAM_LIST,     /* PARAM* */
    NODE_PARAM,          /* text = name; type (TYPE or TABLE_TYPE), [default literal] */
    NODE_TABLE_TYPE,     /* COLUMN_DECL*; flag NODE_FLAG_STAR for (*) and, in evaluate, (*, a:long) */
    NODE_COLUMN_DECL,    /* text = name; TYPE */
    NODE_TYPE,           /* text = type name as written: long, string, dynamic, ... */
    NODE_BLOCK,          /* statement*: lets, then an EXPR_STATEMENT */

    /* literals: `text` is the source text, `value` the value */
    NODE_LITERAL,        /* value.type and value say all; typed nulls as long(null) too */
    NODE_DYNAMIC,        /* dynamic(...): value.u.s is canonical JSON, value.is_null for dynamic(null) */

    /* scalar expressions */
    NODE_NAME,           /* text = name, unquoted; flag NODE_FLAG_BRACKETED for ['...'], wildcard flag for a*b;
                            datascope= in params */
    NODE_STAR,           /* * */
    NODE_UNARY,          /* text = "-" or "+"; operand */
    NODE_BINARY,         /* text = operator in canonical spelling (== != <> becomes != ; + - * / % < > <= >= and or
                            =~ !~ has !has has_cs !has_cs hasprefix ... contains ... startswith ... endswith ...
                            "matches regex" like notlike has_any has_all); left, right */
    NODE_IN,             /* text = in !in in~ !in~ has_any has_all; left, item* (list in parentheses; a lone
                            tabular or dynamic operand is one item) */
    NODE_BETWEEN,        /* text = between or !between; left, low, high */
    NODE_CALL,           /* text = function name; argument* (NAMED_ARG, STAR or expression) */
    NODE_NAMED_ARG,      /* text = name; value: name = value inside an argument list */
    NODE_PATH,           /* text = member; object: object.member and object['member'] with a literal on a name chain
                            keep their own kind, see NODE_INDEX */
    NODE_PATH_CALL,      /* object, CALL: cluster('c').database('d'), db.Function() */
    NODE_INDEX,          /* object, index: object[index] */
    NODE_PAREN,          /* expression in parentheses: kept, so that the printer keeps it */
    NODE_NAMED,          /* name = expression in project, extend, summarize, print: NAME, expression */
    NODE_NAMED_LIST,     /* (a, b) = expression: expression, NAME* */
    NODE_ORDERED,        /* expression with asc/desc [nulls first/last]: see `flags`; expression */
    NODE_TO_SCALAR,      /* toscalar(...): tabular expression; kind= in params */
    NODE_TO_TABLE,       /* totable(...) */
    NODE_MATERIALIZE,    /* materialize(...): tabular expression */
    NODE_TO_TYPE,        /* expression or NAMED, TYPE: `to typeof(T)` in mv-expand and mv-apply */
    NODE_TYPEOF,         /* typeof(T, ...): TYPE, or COLUMN_DECL and STAR* */

    /* tabular expressions */
    NODE_PIPE,           /* source, operator*: source | op | op. The source may be an operator (union, print, range ...);
                            that it may stand there, and that each op may follow a pipe, is checked later (KS174, KS175) */
    NODE_DATATABLE,      /* SCHEMA as a PARAM_LIST-like TABLE_TYPE, literal expression* (row by row) */
    NODE_EXTERNALDATA,   /* TABLE_TYPE, NODE_LIST of uri expressions; with(...) properties in params */
    NODE_INLINE_EXTERNAL, /* inline_external_table: [TABLE_TYPE], LIST of uri expressions, [LIST of partition columns:
                            COLUMN_DECL, expression behind its TYPE where it has one]; kind, dataformat and properties in params */
    NODE_LIST,           /* item* */

    /* operators after a pipe (or first, where the grammar allows: print, range, search, union, find, evaluate ...) */
    NODE_OP_AS,              /* text = name */
    NODE_OP_ASSERT_SCHEMA,   /* TABLE_TYPE */
    NODE_OP_CONSUME,
    NODE_OP_COUNT,           /* [as name]: NAME optional */
    NODE_OP_DISTINCT,        /* expression* (STAR, names) */
    NODE_OP_EVALUATE,        /* CALL, [TABLE_TYPE] */
    NODE_OP_EXECUTE_AND_CACHE,
    NODE_OP_EXTEND,          /* (expression | NAMED | NAMED_LIST)* */
    NODE_OP_FACET,           /* LIST of columns, [SUBPIPE: `with (op | op)` or `with op`] */
    NODE_OP_FILTER,          /* where / filter; text = keyword; predicate */
    NODE_OP_FIND,            /* [LIST of tables], predicate, [LIST project columns (NAME, STAR, COLUMN_DECL or CALL pack(*));
                                text project-smart for that], [LIST project-away]; withsource=, datascope= in params */
    NODE_OP_FORK,            /* NODE_FORK_BRANCH* */
    NODE_FORK_BRANCH,        /* text = name or empty; SUBPIPE (or a tabular expression) */
    NODE_OP_GETSCHEMA,
    NODE_OP_GRAPH_MARK_COMPONENTS, /* kind=, with_component_id= in params */
    NODE_OP_GRAPH_MATCH,     /* LIST of GRAPH_PATTERN, [where predicate], [LIST of projected expression|NAMED]; cycles= in params */
    NODE_OP_GRAPH_SHORTEST_PATHS, /* as OP_GRAPH_MATCH; output= in params */
    NODE_OP_GRAPH_TO_TABLE,  /* GRAPH_OUTPUT* */
    NODE_OP_GRAPH_OTHER,     /* text = keyword (graph-where-nodes, graph-where-edges); expression* */
    NODE_GRAPH_PATTERN,      /* GRAPH_NODE, then GRAPH_EDGE and GRAPH_NODE in turn */
    NODE_GRAPH_NODE,         /* (n): text = name or empty */
    NODE_GRAPH_EDGE,         /* -[e*1..3]->: text = name or empty; [from], [to]; flags TO_RIGHT, TO_LEFT or neither */
    NODE_GRAPH_OUTPUT,       /* text = nodes or edges; [as NAME]; with_node_id= and its kin in params */
    NODE_OP_MAKE_GRAPH,      /* text = --> or --; source NAME, target NAME, LIST of GRAPH_TABLE, [partitioned-by NAME],
                                [its SUBPIPE]; with_node_id= in params */
    NODE_GRAPH_TABLE,        /* table, on NAME */
    NODE_OP_INVOKE,          /* CALL or PATH_CALL */
    NODE_OP_JOIN,            /* text = join; right side, LIST of on-conditions (may be empty), [where predicate]; kind= in params */
    NODE_OP_LOOKUP,          /* as join */
    NODE_OP_MACRO_EXPAND,    /* expression* */
    NODE_OP_MAKE_SERIES,     /* LIST of aggregates (expression or NAMED, each maybe in NODE_DEFAULT), axis expression, [from], [to], [step], [LIST by];
                                flag NODE_FLAG_IN_RANGE for `in range(from, to, step)`, whose end is inclusive */
    NODE_DEFAULT,            /* aggregate, default value: `default = v` in make-series */
    NODE_OP_MV_APPLY,        /* LIST of (expression|NAMED|TO_TYPE), [limit], [context id NAME], SUBPIPE */
    NODE_OP_MV_EXPAND,       /* LIST of (expression|NAMED|TO_TYPE), [limit]; bagexpansion, with_itemindex in params */
    NODE_OP_PARSE,           /* text = parse or parse-where; source, pattern part*: STAR, LITERAL (string), NAME or COLUMN_DECL;
                                kind=, flags= in params */
    NODE_OP_PARSE_KV,        /* source, TABLE_TYPE; with(...) in params */
    NODE_OP_PARTITION,       /* column, SUBPIPE for (op | op), PIPE or other expression for ( T | op ), BLOCK for { expression };
                                hint.* and `in` (the scope) in params */
    NODE_OP_PARTITION_BY,    /* __partitionby: as partition */
    NODE_OP_PRINT,           /* (expression | NAMED)* */
    NODE_OP_PROJECT,         /* (expression | NAMED | NAMED_LIST)* */
    NODE_OP_PROJECT_AWAY,    /* NAME* (wildcards) */
    NODE_OP_PROJECT_BY_NAMES,/* expression* */
    NODE_OP_PROJECT_KEEP,    /* NAME* */
    NODE_OP_PROJECT_RENAME,  /* NAMED* */
    NODE_OP_PROJECT_REORDER, /* (NAME | ORDERED; text of ORDERED = asc, desc, granny-asc, granny-desc)* */
    NODE_OP_RANGE,           /* text = column name; from, to, step */
    NODE_OP_REDUCE,          /* expression; params */
    NODE_OP_RENDER,          /* text = chart kind; properties in params */
    NODE_OP_SAMPLE,          /* count */
    NODE_OP_SAMPLE_DISTINCT, /* count, column */
    NODE_OP_SCAN,            /* LIST of order ORDERED, LIST of partition expressions, [LIST of declared PARAM], SCAN_STEP*: kids[3..] */
    NODE_SCAN_STEP,          /* text = step name; condition, assignment NAMED*; `optional`, `output=` in params */
    NODE_OP_SEARCH,          /* [LIST of tables], predicate (STAR, and(STAR, p) or p); kind= in params */
    NODE_OP_SERIALIZE,       /* (expression | NAMED)* */
    NODE_OP_SORT,            /* text = sort or order; ORDERED* */
    NODE_OP_SUMMARIZE,       /* LIST of aggregates, [LIST of by]; the old `bin = v` clause as params bin */
    NODE_OP_TAKE,            /* text = take or limit; count */
    NODE_OP_TOP,             /* count, ORDERED */
    NODE_OP_TOP_HITTERS,     /* count, of expression, [by expression] */
    NODE_OP_TOP_NESTED,      /* TOP_NESTED_LEVEL* */
    NODE_TOP_NESTED_LEVEL,   /* [count], of (expression|NAMED), [with others = literal], by (ORDERED of expression|NAMED) */
    NODE_OP_UNION,           /* operand*: names (with wildcards), PIPE, PAREN; kind=, withsource=, isfuzzy= in params */
    NODE_SUBPIPE,            /* operator*: ( op | op ) with no source of its own */
    NODE_NAMED_PARAM,        /* text = name (kind, hint.strategy, withsource, ...); [value: NAME or LITERAL or expression] */

    NODE_KIND_COUNT
} NodeKind;
/* clang-format on */

typedef enum NodeFlags {
    NODE_FLAG_STAR = 1,
    NODE_FLAG_BRACKETED = 2, /* a name written ['...'] or ["..."] */
    NODE_FLAG_WILDCARD = 4,  /* a name with * in it */
    NODE_FLAG_DESC = 8,      /* ORDERED */
    NODE_FLAG_ASC = 16,      /* ORDERED: said explicitly */
    NODE_FLAG_NULLS_FIRST = 32,
    NODE_FLAG_NULLS_LAST = 64,
    NODE_FLAG_OBFUSCATED = 128,     /* h"..." string literal */
    NODE_FLAG_LIST_IN_PARENS = 256, /* IN: right side was written as ( ... ) */
    NODE_FLAG_VIEW = 512,           /* FUNCTION: declared with `view` */
    NODE_FLAG_IN_RANGE = 1024,      /* OP_MAKE_SERIES: `in range(...)` */
    NODE_FLAG_LEGACY = 2048,        /* NAMED_PARAM of render written without `with (...)` */
    NODE_FLAG_TO_RIGHT = 4096,      /* GRAPH_EDGE: --> */
    NODE_FLAG_TO_LEFT = 8192        /* GRAPH_EDGE: <-- */
} NodeFlags;

struct Node {
    NodeKind kind;
    uint32_t flags;
    Span span;      /* the whole construct */
    Span name_span; /* where `text` stands, when it is a name or keyword; else empty */
    Str text;
    Value value; /* LITERAL and DYNAMIC */
    uint32_t n, n_params;
    Node **kids;
    Node **params; /* NODE_NAMED_PARAM */
};

/* A comment, kept apart from the tree for the printer. */
typedef struct Comment {
    Span span;
    bool owns_line; /* nothing but blanks before it on its line */
} Comment;

typedef struct Syntax {
    Str text;     /* the text up to the query's end; tree spans point into it */
    size_t start; /* where the query begins: not 0 for one of several in a text */
    Node *root;   /* NODE_QUERY; never NULL */
    Comment *comments;
    uint32_t n_comments;
} Syntax;

/* The kind's name for dumps: "OP_JOIN". */
const char *node_kind_name(NodeKind kind);
/* Indented dump of a tree, for tests. */
Str node_print(Arena *arena, const Node *n);
/* The value of a named parameter, or NULL. */
const Node *node_param(const Node *op, const char *name);

#endif
