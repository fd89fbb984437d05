/*
 * kernel.h: what a KQL function does to values, in plain C.
 *
 * A kernel knows no engine, no table and no plan. The catalog points to kernels; the engine's
 * adapter calls them row by row over its vectors, and the plan's constant folding calls the same
 * code. So a kernel must be exact, must not fail on hostile values, must not keep anything between
 * rows but what `prepare` made, and must not allocate outside `scratch`, which may be emptied
 * between two rows.
 */
#ifndef QUARRY_KERNEL_H
#define QUARRY_KERNEL_H

#include "base/base.h"
#include "base/type.h"

/* What a query run fixes for all its kernels. */
typedef struct QueryContext {
    int64_t now_ticks; /* now(): one value for the whole query */
    const char *cluster, *database;
    /* Where an address is, as a JSON bag; false when it is not known. NULL: no database is given. */
    bool (*place_of)(void *places, Str ip, Arena *arena, Str *ret_json);
    void *places;
    const volatile int *stop; /* non-zero: the run is to end; NULL: nothing stops it */
} QueryContext;

/* One call site while it runs on one thread. */
typedef struct KernelCall {
    Arena *scratch;    /* results may live here; reset by the caller between batches or rows */
    const void *state; /* what prepare made from constant arguments, or NULL; shared by threads */
    void *memo;        /* a kernel's own, in scratch: NULL at first, then kept while scratch is */
    const QueryContext *query; /* never NULL */
    Str error;                 /* set by kernel_fail; ends the query */
} KernelCall;

/*
 * Computes one value. args[i].type is the bound type of argument i; strings are never null, other
 * arguments may be (unless the catalog row says NULLS_PROPAGATE: then the caller has already
 * answered rows with a null argument). ret arrives as a null of the result type (for TYPE_STRING:
 * the empty string), with ret->type set to the bound result type; a kernel that returns early has
 * returned null. Text put into *ret must live in args, in scratch, in state or be static.
 */
typedef void (*KernelFn)(KernelCall *call, const Value *args, uint32_t n_args, Value *ret);

/*
 * Called once per call site before any row, with constant arguments filled in and constant[i]
 * telling which are. Compiles regexes, needles, CIDR lists. Returns NULL when there is nothing to
 * keep (the kernel then works from its arguments). Sets *ret_error (arena text) when a constant is
 * wrong for good, such as a regex that does not compile: the query is refused.
 */
typedef void *(*KernelPrepareFn)(Arena *arena, const Value *args, const bool *constant,
                                 uint32_t n_args, Str *ret_error);

typedef struct Kernel {
    KernelFn fn;
    KernelPrepareFn prepare;      /* NULL: nothing to prepare */
    void (*release)(void *state); /* frees what prepare returned; NULL when prepare is */
} Kernel;

/* True when the run is to end: a kernel whose work grows faster than its input asks now and then,
 * and returns at once. */
static inline bool kernel_stopped(const KernelCall *call) {
    return call->query->stop && *call->query->stop;
}

/* The longest text that a function may give. */
#define KERNEL_MAX_TEXT ((size_t)64 << 20)

/* Ends the query with a run-time error. Only for errors that Kusto raises too; bad data is null. */
void kernel_fail(KernelCall *call, const char *fmt, ...) PRINTF_LIKE(2, 3);

/*
 * An aggregate over values. The state is state_size zeroed bytes, moved by no one; what it owns is
 * on the heap and freed by destroy. update sees nulls. combine adds `from` to `into`.
 */
typedef struct AggKernel {
    size_t state_size;
    void (*update)(KernelCall *call, void *state, const Value *args, uint32_t n_args);
    void (*combine)(KernelCall *call, void *into, const void *from);
    void (*finish)(KernelCall *call, void *state, Value *ret); /* ret as for KernelFn */
    void (*destroy)(void *state); /* NULL when the state owns nothing */
} AggKernel;

/* Ready-made pieces for kernels. */

/* Any scalar as text, as tostring() does it. Null is "". */
Str value_to_text(Arena *arena, const Value *v);
/* Any scalar as JSON, appended: how it appears inside a dynamic value. Null is null. */
void value_put_json(Buf *out, const Value *v);
/* Converts as to<type>() does: bad text gives null. `to` is any type. */
Value value_convert(Arena *arena, const Value *v, Type to);
/* Order and equality of two values of the same type as Kusto's == and < see them, nulls apart
 * (callers decide nulls). Dynamic compares by JSON value. */
int value_compare(const Value *a, const Value *b);
/* The value of a literal, printed as KQL source: "datetime(...)", h'..', 1h, dynamic(...). */
Str value_to_kql(Arena *arena, const Value *v);

#endif
