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
} ProcessRun;

struct Process {
    const char *name; /* "scan" */
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

void scan_run(const Process *self, ProcessRun *run);

/* The value of an expression whose columns are slots; null when it cannot be computed, which
 * *ret_is_known then says. */
Value expr_eval(Arena *arena, const Expr *e, const QueryContext *query, const Value *slots,
                bool *ret_is_known);
/* True when expr_eval can compute the expression: every function in it has a kernel. */
bool expr_is_evaluable(const Expr *e);

#endif
