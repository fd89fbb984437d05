/*
 * semantics.h: from tree to typed logical plan.
 *
 * In: a tree, the catalog, the schemas of the tables. Out: a BoundQuery, or diagnostics. The binder
 * owns the meaning: an engine that lowers its plan never guesses.
 */
#ifndef QUARRY_SEMANTICS_H
#define QUARRY_SEMANTICS_H

#include "plan/plan.h"
#include "syntax/ast.h"

/* A column of a table as the binder sees it. */
typedef struct TableColumn {
    Str name;
    Type type;
    /*
     * Where values come from in the data: usually `name`; the twin's name when the data holds only
     * the twin (AccountSID <- OnPremSid, TimeGenerated <- Timestamp); empty when the data has no
     * such column (its values are null or "").
     */
    Str source_name;
} TableColumn;

typedef enum TablePresence {
    TABLE_MISSING, /* known by schema, no file of the data holds it: scans as empty */
    TABLE_EMPTY,   /* files, but no row was seen when sniffing */
    TABLE_PRESENT
} TablePresence;

struct TableRef {
    Str name;
    TableColumn *columns;
    uint32_t n_columns;
    TablePresence presence;
    bool is_aside; /* a watchlist or an external file: no table of the telemetry */
    bool is_open;  /* other columns may exist (AzureDiagnostics, unknown tables without data) */
    const void *source; /* the sources module's handle, NULL when missing */
};

/* What `externaldata` asks for. */
typedef struct ExternalSpec {
    Str *uris;
    uint32_t n_uris;
    Str format;                 /* "csv", ...; empty: by the name's ending */
    bool skips_first;           /* ignoreFirstRecord */
    const TableColumn *columns; /* by name in JSON and Parquet, else by position */
    uint32_t n_columns;
} ExternalSpec;

typedef enum StorageMode { STORAGE_LAST, STORAGE_ANY, STORAGE_ALL } StorageMode;

/* What `infer_storage_schema` asks for. */
typedef struct StorageSpec {
    Str *containers;
    uint32_t n_containers;
    Str format;
    Str prefix, ending; /* of the names of files; empty: any */
    StorageMode mode;   /* the file written last, the first one, or all that there are */
    bool has_header;    /* the first row of cells names the columns */
} StorageSpec;

/* What it finds. */
typedef struct StorageColumn {
    Str name;
    Type type;
    int64_t least, most; /* of TYPE_LONG: the values seen; least > most when there were none */
} StorageColumn;

/* Where tables come from. `check` uses the known schemas alone; runs put the data's tables over them. */
typedef struct SchemaProvider {
    void *self;
    /* NULL when there is no such table. Names are case-sensitive. The result lives as long as the provider. */
    const TableRef *(*find)(void *self, Str name);
    /* Calls `visit` for each table name that matches a pattern with `*` (for union and search: only
     * tables that the data holds, when there is data). Sorted by name. */
    void (*match)(void *self, Str pattern, void (*visit)(void *ctx, const TableRef *table),
                  void *ctx);
    /* Closest known table name for "did you mean", or an empty Str. */
    Str (*nearest)(void *self, Str name);
    /* Watchlist by alias: its table, or NULL. May be NULL. */
    const TableRef *(*watchlist)(void *self, Str alias);
    /* The alias of the watchlist at `index`, in order; empty behind the last. May be NULL. */
    Str (*watchlist_alias)(void *self, size_t index);
    /* The table behind `externaldata`: NULL, with a sentence in *ret_error (of `arena`), when a name
     * leads to no file that may be read. May be NULL: nothing may be read. */
    const TableRef *(*external)(void *self, const ExternalSpec *spec, Arena *arena, Str *ret_error);
    /* The columns that files of a storage hold. False, with a sentence in *ret_error, when they cannot be
     * told. May be NULL: nothing may be read. */
    bool (*storage)(void *self, const StorageSpec *spec, Arena *arena, StorageColumn **ret,
                    uint32_t *ret_n, Str *ret_error);
} SchemaProvider;

typedef struct BindOptions {
    const SchemaProvider *schemas;
    const QueryContext *query;
    /* Runs a plan at once and gathers its rows, at most max_rows: for an operator whose columns depend on
     * the data (bag_unpack, pivot). The cells live in the arena, row by row. NULL: there are no data, and
     * such an operator's columns stay open. */
    Status (*rows)(void *self, Plan *plan, Arena *arena, size_t max_rows, Diags *diags,
                   Value **ret_cells, size_t *ret_n_rows);
    void *rows_self;
    bool binds_only; /* the plan will not run: files that `externaldata` names need not be there */
    Diags *
        advice; /* takes what is said of a query that is right: see bind_advice.c; NULL: it is not said */
} BindOptions;

/*
 * Binds all statements. Goes on after an error so that several are told; returns INVALID when there
 * was one, UNSUPPORTED when the query is right but uses what is not yet supported (diagnostic QY900
 * names it), else OK. On INVALID *ret_query may still carry a schema: its plan is NULL or has EXPR_ERROR.
 */
NODISCARD Status bind_query(Arena *arena, const Syntax *syntax, const BindOptions *options,
                            Diags *diags, BoundQuery *ret_query);

/* ---------------------------------------------------------- known schemas */

/*
 * The known tables (schemas/tables.tsv), mapped into memory and searched in place. Connectors come
 * from schemas/connectors.tsv. Safe for many threads once opened.
 */
typedef struct KnownSchemas KnownSchemas;
/* `dir` is the schemas folder. DATA with a diagnostic when a file is missing or damaged. */
NODISCARD Status known_schemas_open(const char *dir, Diags *diags, KnownSchemas **ret);
void known_schemas_free(KnownSchemas *k);
/* Fills columns (name, type; source_name = name) in documented order; false when unknown. */
bool known_schemas_table(const KnownSchemas *k, Arena *arena, Str name, TableColumn **ret_columns,
                         uint32_t *ret_n);
/* Visits the names of all known tables that match a pattern with `*`, sorted. */
void known_schemas_match(const KnownSchemas *k, Str pattern, void (*visit)(void *ctx, Str name),
                         void *ctx);
Str known_schemas_nearest(const KnownSchemas *k, Str name);
/* Names of the same column in the other variant of a table (NULL-terminated pairs live in twins.c):
 * the twin of `column` in `table`, or an empty Str. TimeGenerated <-> Timestamp for every table. */
Str known_schemas_twin(Str table, Str column);
/* The connector that a data type comes with: Microsoft's own when it has one, else the only one that is
 * defined for it, or, when none is, the only one that rules name. Empty Str when unknown or when several
 * of other makers fill it: which of them is meant, only a rule can say. */
Str known_schemas_connector(const KnownSchemas *k, Str table);
/* A provider over the known tables alone, for `check`. */
SchemaProvider known_schemas_provider(KnownSchemas *k);

#endif
