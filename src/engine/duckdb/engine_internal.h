/*
 * engine_internal.h: what the files of src/engine/duckdb share.
 *
 * The engine's own state, the registry of kernel functions, the vector readers and writers, and
 * how an engine error becomes a diagnostic. Only this folder sees duckdb.h.
 */
#ifndef QUARRY_ENGINE_INTERNAL_H
#define QUARRY_ENGINE_INTERNAL_H

#include <duckdb.h>
#include <pthread.h>

#include "engine/engine.h"

/* -------------------------------------------------------------- functions */

typedef struct FnSignature FnSignature;
typedef struct ProcessSignature ProcessSignature;
typedef struct Adapter Adapter;

/* What a registered function does when it is no catalog row but a helper of the lowering. */
typedef enum HelperKind {
    HELPER_NONE,
    HELPER_JSON,       /* any scalar -> its JSON text */
    HELPER_CONVERT,    /* any scalar -> another type, as to<type>() */
    HELPER_FOLD_CASE,  /* string -> its upper case, for comparisons that ignore case */
    HELPER_CANONICAL,  /* string -> canonical JSON, or a JSON string of it */
    HELPER_SOUND,      /* canonical JSON by somebody's word -> itself, else as HELPER_CANONICAL */
    HELPER_EXPAND,     /* dynamic -> list of its elements (bags as one-member bags) */
    HELPER_EXPAND_PAIR /* dynamic -> list of its elements (bags as [key, value]) */
} HelperKind;

/* One overload known to the embedded engine: a function with exact argument and result types. */
struct FnSignature {
    const FnDef *fn; /* NULL for a helper */
    HelperKind helper;
    Type *args;
    uint32_t n_args;
    Type result;
    uint64_t subqueries; /* bit i: argument i (of the first 64) has a scalar subquery in its SQL */
    Engine *engine;
    Str name; /* as SQL says it; ends in NUL */
    FnSignature *next;
};

/*
 * The SQL name of a catalog function (scalar, operator or aggregate by its kind) for these types;
 * registers it on first use. Thread-safe. ENGINE when the registration fails. `subqueries` as in
 * FnSignature: the engine cannot hand out such an argument while it binds the call.
 */
NODISCARD Status udf_name(Engine *e, const FnDef *fn, const Type *args, uint32_t n_args,
                          Type result, uint64_t subqueries, Str *ret_name);
NODISCARD Status udf_helper_name(Engine *e, HelperKind helper, Type arg, Type result,
                                 Str *ret_name);
/* The SQL name of the process function for these types, registered on first use; thread-safe. */
NODISCARD Status process_function_name(Engine *e, const Type *reads, uint32_t n_reads,
                                       const Type *adds, uint32_t n_adds, Str *ret_name);
/* The SQL name of the function that notes a value that is none of the type and gives null, registered on
 * first use: (path, row, column, type, text). Thread-safe. The name is in the arena. */
NODISCARD Status lost_function_name(Engine *e, Type result, Arena *arena, Str *ret_name);
/* Registers one aggregate overload: called by the registry. */
bool udaf_register(duckdb_connection connection, FnSignature *signature);
/* This thread's scratch arena, emptied: for one call of a function over a chunk. */
Arena *thread_scratch(void);

/* Keeps the first marked error of a run: other threads end their work with errors of their own, and the
 * engine may tell one of those. Thread-safe; `run` may be NULL. */
void run_note_error(Run *run, const char *marked);
/* True on a thread while it plans a query: what fails there while constants are tried may never be
 * asked for, and is not noted. */
extern _Thread_local bool run_is_planning;

/* Marks an error message with the function that raised it, so that it finds its span again. */
void error_mark(Buf *out, const char *function, Str message);

/* ---------------------------------------------------------------- vectors */

/* Reads values of one vector. Rows are flat. */
typedef struct VectorReader {
    Type type;
    void *data;
    uint64_t *mask; /* NULL: all valid */
} VectorReader;

duckdb_logical_type type_to_duckdb(Type t);
/* "BIGINT", "HUGEINT", ... */
const char *type_sql(Type t);
VectorReader vector_reader(duckdb_vector vector, Type type);
static inline bool vector_is_valid(const VectorReader *r, idx_t row) {
    return !r->mask || (r->mask[row / 64] >> (row % 64)) & 1;
}
/* A text up to this length stands in the vector itself. */
enum { SHORT_TEXT_MAX = sizeof(((duckdb_string_t *)NULL)->value.inlined.inlined) };
static inline Str vector_text(const VectorReader *r, idx_t row) {
    duckdb_string_t *s = (duckdb_string_t *)r->data + row;
    size_t len = s->value.inlined.length;
    return (Str){len <= SHORT_TEXT_MAX ? s->value.inlined.inlined : s->value.pointer.ptr, len};
}
/* Into *ret, whose other bytes may be what they were: a value that is made elsewhere and then copied
 * waits for its own writes. A text without a value is empty. */
static inline void vector_read(const VectorReader *r, idx_t row, Value *ret) {
    if (!vector_is_valid(r, row)) {
        value_clear(ret, r->type);
        return;
    }
    ret->type = r->type;
    ret->is_null = false;
    switch (r->type) {
    case TYPE_BOOL: ret->u.b = ((const bool *)r->data)[row]; break;
    case TYPE_INT: ret->u.i = ((const int32_t *)r->data)[row]; break;
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: ret->u.l = ((const int64_t *)r->data)[row]; break;
    case TYPE_REAL: ret->u.r = ((const double *)r->data)[row]; break;
    case TYPE_DECIMAL:
        memcpy(&ret->u.d, (const char *)r->data + row * sizeof(Decimal), sizeof ret->u.d);
        break;
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_DYNAMIC: ret->u.s = vector_text(r, row); break;
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
}
static inline Value vector_get(const VectorReader *r, idx_t row) {
    Value v = {0};
    vector_read(r, row, &v);
    return v;
}

/* Writes values of one vector; text is repaired to valid UTF-8. */
typedef struct VectorWriter {
    Type type;
    duckdb_vector vector;
    void *data;
    uint64_t *mask;
} VectorWriter;
VectorWriter vector_writer(duckdb_vector vector, Type type);
void vector_put(VectorWriter *w, idx_t row, const Value *v, Arena *scratch);
void vector_put_text(VectorWriter *w, idx_t row, Str s, Arena *scratch);
static inline void vector_put_null(VectorWriter *w, idx_t row) {
    w->mask[row / 64] &= ~(UINT64_C(1) << (row % 64));
}
/* A folded constant as a value; false when its type is not one of ours. Text goes to the arena. */
bool value_from_duckdb(Arena *arena, duckdb_value v, Type type, Value *ret);

/* --------------------------------------------------------------- scan slots */

/*
 * Texts that a column of a scan must have: literals of the query, or what the other side of a join
 * holds, collected by quarry_keys(id, text) before the scan begins. Ids are unique in the engine.
 */
typedef struct KeySetSpec {
    int64_t id;
    const Str *texts; /* NULL: collected */
    size_t n_texts;
} KeySetSpec;

typedef struct ScanKeyHint {
    uint32_t column; /* index into table->columns */
    int64_t set;
} ScanKeyHint;

/* A table scan of one run: what the table function looks up by run and index. */
typedef struct ScanSlot {
    const TableRef *table;
    uint32_t *columns; /* indexes into table->columns */
    Str *names;        /* c17: as SQL says them, NUL behind */
    uint32_t n_columns;
    Str place; /* the column that tells where a row stands in the data, likewise; empty: none */
    ScanNeedle *needles;
    uint32_t n_needles;
    ScanKeyHint *keys;
    size_t n_keys, cap_keys;
    int64_t from_ticks, to_ticks;
} ScanSlot;

/* Many literal rows: what quarry_values looks up by run and index. */
typedef struct ValuesSlot {
    const Plan *plan; /* PLAN_VALUES */
    Str ordinal;      /* names of the columns as SQL says them, NUL behind */
    Str *names;
} ValuesSlot;

/* Registers the table function quarry_values(slot). */
bool values_function_register(duckdb_connection connection, Engine *e);
/* Registers the table function quarry_scan(slot). */
bool scan_function_register(duckdb_connection connection, Engine *e);
/* Registers the aggregate quarry_keys(id, text): adds texts to a run's set and seals it. */
bool key_function_register(duckdb_connection connection, Engine *e);
/* Makes the sets of a run, and frees them. */
void run_keys_make(Run *run);
void run_keys_free(Run *run);
/* A set of any active run; NULL when there is none of that id. */
ScanKeys *engine_find_keys(Engine *e, int64_t id);

/* ---------------------------------------------------------------- lowering */

/* The text of a plan and what its run needs beside it. Lives in the arena given to lower_plan. */
typedef struct Lowered {
    Str sql;
    ScanSlot *slots;
    uint32_t n_slots;
    ValuesSlot *values;
    uint32_t n_values;
    KeySetSpec *key_sets;
    uint32_t n_key_sets;
    const Plan *const *processes; /* PLAN_PROCESS nodes, by the slot that the SQL names */
    uint32_t n_processes;
    const Plan *plan;
} Lowered;

typedef struct LowerOptions {
    bool for_parquet; /* columns by their KQL names, datetimes as timestamps,
                         * decimals as text */
    bool keeps_ticks; /* for_parquet: datetimes stay tick numbers */
    bool binds_late;  /* scans of Parquet have a parameter, $1, that is always false: see run.c */
    const Kept *kept; /* shares that are tables already, or NULL */
} LowerOptions;

NODISCARD Status lower_plan(Engine *e, const Plan *plan, const LowerOptions *options, Arena *arena,
                            Diags *diags, Lowered *ret);

/* ------------------------------------------------------------------ engine */

struct Engine {
    duckdb_database database;
    pthread_mutex_t lock; /* guards all below */
    Arena *arena;         /* signatures */
    FnSignature *signatures[256];
    ProcessSignature *processes;
    duckdb_connection registrar;
    Run *runs; /* active ones, for the watcher and for look-up by connection */
    pthread_cond_t wake;
    pthread_t watcher;
    bool has_watcher, is_closing;
    DataSet *data;
    char *temp_dir;
    char *out_dir; /* the one folder that COPY may write to */
    bool owns_temp_dir, ends_with_program;
    unsigned n_threads;
    int64_t last_key_set;      /* the id given out last */
    int64_t most_bytes;        /* of the process: past it a run is stopped; 0: not known */
    int64_t trimmed_ms;        /* when the heap was last given back */
    bool has_lost[TYPE_COUNT]; /* lost_function_name has registered it */
};

typedef enum StopReason { STOP_NONE, STOP_CANCEL, STOP_TIMEOUT, STOP_MEMORY } StopReason;

/* What a run of one query needs; also found by the callbacks through the connection's id. */
struct Run {
    Engine *engine;
    Arena *arena;
    duckdb_connection connection;
    idx_t connection_id;
    duckdb_prepared_statement statement;
    duckdb_pending_result pending;
    duckdb_result result;
    bool has_result;
    duckdb_data_chunk chunk;
    QueryContext query;
    RunOptions options;
    Lowered lowered;
    ScanKeys **keys;     /* one a key set of `lowered` */
    int64_t deadline_ms; /* of the monotonic clock; 0: none */
    volatile int stop;   /* StopReason, set by the watcher */
    int64_t n_rows;
    _Atomic int64_t largest_batch; /* bytes that a function made of one chunk */
    _Atomic(char *) first_error;   /* marked, of a scan or function; NULL: none so far */
    _Atomic(LostValues *) lost;    /* NULL: no value was */
    _Atomic(const char *) note;    /* a warning of a process, static; NULL: none so far */
    bool is_done;
    ColumnBatch batch;
    Str *texts; /* n_columns arrays of room for a chunk */
    uint8_t *valid;
    Run *next;
};

/* The run behind a client context; NULL when none (a connection of the engine's own). */
Run *engine_find_run(Engine *e, duckdb_client_context context);
void engine_add_run(Engine *e, Run *run);
void engine_remove_run(Engine *e, Run *run);
/* Prepares and starts a run of `lowered`; on failure the run is freed. */
NODISCARD Status run_start(Engine *e, const Lowered *lowered, Arena *arena,
                           const RunOptions *options, Diags *diags, Run **ret);
/* Runs a statement that gives no rows to its end, and frees the arena. */
NODISCARD Status run_whole(Engine *e, const Lowered *lowered, Arena *arena,
                           const RunOptions *options, Diags *diags);

/* Turns an engine error into a diagnostic and a status; `run` may be NULL. */
Status error_to_diag(const Run *run, const char *message, duckdb_error_type type, Diags *diags);

#endif
