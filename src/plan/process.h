/*
 * process.h: programs over whole groups of rows, for operators that no relational node can say: scan,
 * reduce.
 *
 * A process gets the rows of a group in order, as values, and emits rows: each stands for one of the
 * group's rows and adds columns. It knows no engine. What it reads is in memory at once.
 */
#ifndef QUARRY_PROCESS_H
#define QUARRY_PROCESS_H

#include "plan/plan.h"

typedef struct ProcessRun {
    const Value *cells; /* n_rows * n_reads, row by row; their text lives as long as the run */
    size_t n_rows;
    uint32_t n_reads;
    Arena *arena; /* for text that is made; lives as long as the run */
    const QueryContext *query;
    /* `added` are the values of Plan.u.process.adds, of their types. */
    void (*emit)(void *ctx, size_t row, const Value *added);
    void *ctx;
    Str error; /* set to end the query */
    Str note;  /* set to warn of something, in static text */
} ProcessRun;

struct Process {
    const char *name; /* "scan" */
    size_t max_cells; /* of a group, else the query ends; 0: any number */
    void (*run)(const Process *self, ProcessRun *run);
};

/*
 * scan. Columns of expressions are slots: the row's reads, then the declared columns' defaults (both
 * together are a record), then the record of each step in the present state.
 */
typedef enum ScanOutput { SCAN_ALL, SCAN_LAST, SCAN_NONE } ScanOutput;

typedef struct ScanStep {
    Expr *condition; /* EXPR_COLUMN.u.column is a slot */
    Expr **sets;     /* per declared column: its value, or NULL for the default */
    ScanOutput output;
} ScanStep;

typedef struct ScanProcess {
    Process base;
    uint32_t n_reads, n_declared;
    Value *defaults; /* n_declared; typed */
    Type *read_types;
    ScanStep *steps;
    uint32_t n_steps;
    bool has_match_id; /* added as a long behind the declared columns */
} ScanProcess;

/*
 * Patterns of basket, autocluster and diffpatterns: values that many rows have in common. It reads
 * columns of text, where the empty one is no value, then two reals: what the row counts as among
 * all rows and among the others. A row is added for each pattern: per column its text, empty where
 * it has none; both counts; both sums over all rows; the number of values; the score.
 */
typedef enum PatternKind { PATTERN_BASKET, PATTERN_CLUSTER, PATTERN_DIFFERENCE } PatternKind;

typedef struct PatternProcess {
    Process base;
    PatternKind kind;
    uint32_t n_columns;
    uint32_t max_values; /* that are looked for; what the same rows share comes on top */
    uint32_t min_values; /* patterns with fewer do not count */
    double threshold;    /* the least share, or difference of shares */
    double size_weight;  /* PATTERN_CLUSTER */
} PatternProcess;

enum { PATTERN_EXTRA_READS = 2, PATTERN_EXTRA_ADDS = 6 };
void pattern_run(const Process *self, ProcessRun *run);

void scan_run(const Process *self, ProcessRun *run);

/* The value of an expression whose columns are slots; null when it cannot be computed, which
 * *ret_is_known then says. */
Value expr_eval(Arena *arena, const Expr *e, const QueryContext *query, const Value *slots,
                bool *ret_is_known);
/* True when expr_eval can compute the expression: every function in it has a kernel. */
bool expr_is_evaluable(const Expr *e);

#endif
