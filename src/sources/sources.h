/*
 * sources.h: files of telemetry to batches of typed columns.
 *
 * In: paths from the command line. A DataSet finds the files, sniffs format, compression and
 * envelope of each, decides which table each belongs to, and offers scans. Out: ColumnBatches.
 * Telemetry is hostile input: a record that cannot be read is counted with the first example kept,
 * never dropped in silence and never a crash.
 */
#ifndef QUARRY_SOURCES_H
#define QUARRY_SOURCES_H

#include "semantics/semantics.h"
#include "sources/lake.h"

typedef enum FileFormat {
    FORMAT_NDJSON,
    FORMAT_JSON,
    FORMAT_CSV,
    FORMAT_TSV,
    FORMAT_PARQUET
} FileFormat;
typedef enum FileCodec { CODEC_NONE, CODEC_GZIP, CODEC_ZSTD } FileCodec;

typedef struct TableBinding {
    const char *table, *path;
} TableBinding; /* --table NAME=PATH */

/* --external URL=PATH: what `externaldata` reads in place of an address. Without `uri`: a folder that
 * holds files as DIR/host/path, and in which it may name files itself. */
typedef struct ExternalBinding {
    const char *uri, *path;
} ExternalBinding;

/* The records of a file that begin in its bytes [from, until); for files that are read by line. */
typedef struct FileRange {
    const char *path; /* as it is shown */
    int64_t from, until;
} FileRange;

typedef struct DataOptions {
    const char *const *paths; /* --data: files, folders, globs, "-" */
    uint32_t n_paths;
    const TableBinding *tables; /* --table */
    uint32_t n_tables;
    const char *watchlists;   /* --watchlists DIR, or NULL */
    const char *const *lakes; /* --lake */
    uint32_t n_lakes;
    const struct Lake *lake_list; /* one more lake, whose list is in memory; NULL: none */
    const char *const
        *skipped; /* files that are no part of the data: sorted paths as they are shown */
    uint32_t n_skipped;
    const FileRange *ranges; /* sorted by path */
    uint32_t n_ranges;
    const ExternalBinding *externals;
    uint32_t n_externals;
    const char *timezone; /* --timezone for "[Local Time]" CSV headers, "+02:00" style; NULL: UTC
                               with a warning */
    bool is_strict;       /* --strict */
    int64_t from_ticks,
        to_ticks; /* --from, --to on the time column; INT64_MIN / INT64_MAX when not given */
    unsigned n_threads;
    const volatile int *cancel; /* not 0: looking at whole tables ends early; NULL: never */
    void (*progress)(void *ctx,
                     double share); /* told while whole tables are looked at, by the thread that
                                                  waits for it: see dataset_stats; NULL: nobody */
    void *progress_ctx;
    int64_t
        piece_bytes; /* of a compressed file that a thread takes at once; 0: as many as do well */
} DataOptions;

/* INVALID when options->timezone is given and is no zone. dataset_open asks it as well. */
NODISCARD Status data_check_zone(const DataOptions *options, Diags *diags);

typedef struct DataSet DataSet;

/*
 * Finds and sniffs the files. A path that does not exist or cannot be read is an error (INVALID);
 * a file inside a folder that is empty or of an unknown kind is a warning. When nothing of a file
 * inside a folder can be read and its path names a table, that is an error in `diags`, and the data
 * set is open without it (OK): see dataset_unread_count. `known` must outlive it.
 */
NODISCARD Status dataset_open(const DataOptions *options, const KnownSchemas *known, Diags *diags,
                              DataSet **ret);
void dataset_free(DataSet *d);
/* The data's tables over the known ones: present tables have the known columns (in documented
 * order) and then the data's own; twins are mapped (TableColumn.source_name). */
SchemaProvider dataset_provider(DataSet *d);

/* What was found and what became of it: for `quarry tables`, reports and --strict. */
typedef struct FileInfo {
    Str path;
    Str table; /* empty when no table fits */
    FileFormat format;
    FileCodec codec;
    Str envelope; /* "streaming-api", "log-analytics", "graph", "portal-csv", ... or "" */
    int64_t size;
    bool is_by_line; /* plain text that can be read from any line on */
} FileInfo;
uint32_t dataset_file_count(const DataSet *d);
FileInfo dataset_file(const DataSet *d, uint32_t i);
/* Whether a file holds records of a table; FileInfo.table names several as "A, B". */
bool dataset_file_holds(const DataSet *d, uint32_t i, Str table);
/* Whether the opening of the data, which looks at the first part of each file, came upon a column (by its
 * own name, not its twin's) in a table of the data. */
bool dataset_column_is_seen(const TableRef *t, uint32_t column);
/* Whether it looked at all of the table, so that a column that it did not come upon is not there. */
bool dataset_saw_all(const TableRef *t);
/* --from and --to, INT64_MIN and INT64_MAX when not given. Scans apply them; who reads the Parquet
 * files does it himself: on TimeGenerated, else Timestamp, and rows without such a time stay. */
void dataset_time_bounds(const DataSet *d, int64_t *ret_from, int64_t *ret_to);
/* Whether one of them was given. */
bool dataset_is_bounded(const DataSet *d);
/* Queries that are prepared and run from now on read all times, or what --from and --to say: for what
 * is asked about hits, which may have been recorded before or after them. Not while a query runs. */
void dataset_read_all_times(DataSet *d, bool all);
/* Names of the tables that the data holds, sorted. */
uint32_t dataset_table_count(const DataSet *d);
const TableRef *dataset_table(const DataSet *d, uint32_t i);
/* The same with all of its columns, and types that hold for all values. Opening looks at samples: of a table
 * without a published schema all records are looked at now, if that was not done. The provider, too, hands
 * out tables so. */
const TableRef *dataset_whole_table(DataSet *d, uint32_t i);

/* Parquet files of a table, a lake's parts among them: the embedded engine reads them itself.
 * NULL-terminated paths, or NULL. */
const char *const *table_parquet_files(const TableRef *table);

/* Texts of which a row must hold one, as whole terms (needle.h); what a filter of a part is asked. */
typedef struct PartTerms {
    Str *any_of;
    uint32_t n;
    bool is_nested;     /* they may stand inside JSON inside a text */
    bool folds;         /* they went through tolower() or toupper() */
    const Str *columns; /* that may hold them, by their names in the data */
    uint32_t n_columns;
} PartTerms;

/* What a query wants of a table: a lake's parts that cannot hold such a row are left out. */
typedef struct PartFilter {
    int64_t from_ticks, to_ticks; /* as in ScanSpec */
    const PartTerms *terms;       /* all must hold */
    uint32_t n_terms;
} PartFilter;

/* Files that can be read as one: those of a lake by their columns, which are the same, the others
 * together. */
typedef struct ParquetGroup {
    const char **paths;
    uint32_t n;
    const struct LakeSchema
        *schema;         /* of a lake's files; NULL: they need not have the same columns */
    LakeTimes times;     /* of a lake's files */
    bool has_case_twins; /* names of the table's columns differ only in case */
    Str *names; /* then, of other files: their columns, which are the same in all; else NULL */
    uint32_t n_names;
} ParquetGroup;
/* The groups in an array of the arena; 0 when no file can hold a row that is wanted. *ret_lost: of how
 * many parts the filter could not be asked. */
uint32_t table_parquet_groups(const DataSet *d, const TableRef *table, const PartFilter *filter,
                              Arena *arena, ParquetGroup **ret, uint32_t *ret_lost);
/* True when some file of the table is not Parquet: it needs a scan. */
bool table_has_scan(const TableRef *table);
/* Bytes of the table's files, Parquet aside, as they are stored. */
int64_t table_scan_bytes(const TableRef *table);
/* True when the scan makes the column's value where a record has none: Type, the table's name. */
bool scan_makes_column(Str name);

/* ------------------------------------------------------------------- scan */

/* A column of up to BATCH_ROWS values. Only the array of its type is set. */
#define BATCH_ROWS 2048
typedef struct ColumnVector {
    Type type;
    uint8_t *valid; /* 1 or 0 per row; strings are always 1 */
    union {
        uint8_t *b;
        int32_t *i;
        int64_t *l;
        double *r;
        Decimal *d;
        Str *s; /* valid until the next scan_next of the same worker */
    } u;
} ColumnVector;

typedef struct ColumnBatch {
    uint32_t n_rows, n_columns;
    ColumnVector *columns; /* in the order of ScanSpec.columns */
    int64_t *places;       /* of each row, when ScanSpec asks for them */
} ColumnBatch;

/* A literal that every matching record must hold somewhere in its raw text (escapes considered). */
typedef struct ScanNeedle {
    Str *any_of; /* at least one of these */
    uint32_t n;
    bool ignores_case;
    /* The literal stands in a value that is read as JSON or is made from one: escapes may stand in
     * escapes, and numbers and words of JSON may be written otherwise than the value shows them. */
    bool is_nested;
} ScanNeedle;

/*
 * A set of texts, filled while a query runs and then only asked: values that a column must have for
 * a row to matter, as the other side of a join tells them. Threads may share it.
 */
typedef struct ScanKeys ScanKeys;
ScanKeys *scan_keys_new(void);
void scan_keys_free(ScanKeys *k); /* accepts NULL */
void scan_keys_add(ScanKeys *k, const Str *texts, size_t n);
/* Nothing more will be added. */
void scan_keys_seal(ScanKeys *k);
/* Sealed, not grown too large, and without the empty text, which absent values have. */
bool scan_keys_are_useful(const ScanKeys *k);
bool scan_keys_hold(const ScanKeys *k, Str text);

/* A string column whose value must be among the keys: a hint as needles are. */
typedef struct ScanKeyColumn {
    uint32_t column;      /* index into table->columns */
    const ScanKeys *keys; /* useful; outlives the scan */
} ScanKeyColumn;

typedef struct ScanSpec {
    const TableRef *table;
    const uint32_t *columns; /* indexes into table->columns: the projection */
    uint32_t n_columns;
    const ScanNeedle *needles; /* all must hold: may only drop records that cannot match */
    uint32_t n_needles;
    /*
     * Bounds, inclusive, on TimeGenerated or Timestamp: a record is dropped when each of the two
     * that it holds lies outside. Not given: INT64_MIN, INT64_MAX. --from and --to of the data set
     * apply beside them.
     */
    int64_t from_ticks, to_ticks;
    /* Rows tell their place: numbers that grow from file to file and within each, whichever thread reads
     * a row. */
    bool wants_places;
    const volatile int
        *cancel; /* not 0: the scan ends with CANCELLED at the next look; NULL: never */
} ScanSpec;

typedef struct Scan Scan;             /* shared by threads */
typedef struct ScanWorker ScanWorker; /* one thread's */

NODISCARD Status scan_open(DataSet *d, const ScanSpec *spec, Scan **ret);
void scan_free(Scan *s);
/* Values that columns must have, all of them; before the first worker is opened. */
void scan_set_keys(Scan *s, const ScanKeyColumn *keys, uint32_t n);
/* How many workers can be busy at once. */
unsigned scan_max_workers(const Scan *s);
NODISCARD Status scan_worker_open(Scan *s, ScanWorker **ret);
void scan_worker_free(ScanWorker *w);
/* Fills *ret_batch (owned by the worker); n_rows == 0 is the end. A file that vanished or is
 * damaged is counted and told by dataset_report_skips; in strict mode this, like a record that
 * cannot be read, is DATA, and scan_error() tells. */
NODISCARD Status scan_next(ScanWorker *w, ColumnBatch **ret_batch);
Str scan_error(const ScanWorker *w);

/* Values of Parquet files that a run could not convert to the types of their columns: counted, and told as
 * the losses of scans are. Thread-safe. */
typedef struct LostValues LostValues;
typedef struct LostValue {
    Str path; /* as table_parquet_groups names it */
    int64_t row;
    Str column;
    Type type;
    Str text;
} LostValue;
LostValues *lost_values_new(DataSet *d);
/* DATA in strict mode, with what to tell. */
NODISCARD Status lost_values_add(LostValues *l, const LostValue *v, Buf *ret_error);
/* The data set keeps what was counted. Accepts NULL. */
void lost_values_free(LostValues *l);

/* The work of all scans of the data set so far, for the progress; thread-safe. */
typedef struct ScanStats {
    int64_t bytes_read, bytes_total; /* of files opened by scans, once a scan */
} ScanStats;
ScanStats dataset_stats(const DataSet *d);

/* What was read of the files, Parquet aside: each byte and line once, however many scans read it.
 * Lines are records: neither headers nor blank lines. Of a file the scan that saw most counts, once
 * it is freed. */
typedef struct ReadAmount {
    int64_t bytes, lines, skipped;
} ReadAmount;
ReadAmount dataset_amount(DataSet *d);
/* How many rows a table has, when scans so far have read all of its files and could tell: not so with
 * time bounds, Parquet files, or files of several tables. Records passed over unread, because they
 * cannot match, are taken for rows when they begin and end as records. */
bool dataset_row_count(DataSet *d, const TableRef *table, int64_t *ret);
/* From here on it counts anew: for what one hunt of several reads. */
void dataset_restart_amount(DataSet *d);
/* One line a file with skipped records: "a.ndjson: 3 of 120 lines skipped; first at line 17: not
 * JSON (…)". */
void dataset_report_skips(const DataSet *d, Diags *diags);
/* The same for the files that hold records of a table. */
void dataset_report_table_skips(const DataSet *d, Str table, Diags *diags);
/* Only where records of it, or the rest of a file, were lost: not wrong types or characters. */
void dataset_report_table_lost(const DataSet *d, Str table, Diags *diags);

/* What opening warned of, as in its `diags`. */
size_t dataset_note_count(const DataSet *d);
Str dataset_note(const DataSet *d, size_t i);
/* Whether it is about the table: about a file that holds it, or about no table in particular. */
bool dataset_note_is_about(const DataSet *d, size_t i, Str table);

/* Files and folders of which nothing could be read, though they were found: no right to, damaged, of
 * a kind that is not read. `table` is the one that the path names, or empty. */
typedef struct UnreadPath {
    Str path, why, table;
} UnreadPath;
size_t dataset_unread_count(const DataSet *d);
UnreadPath dataset_unread(const DataSet *d, size_t i);
/* Whether one of them names a table: a run over such data is not whole. */
bool dataset_lacks_files(const DataSet *d);

#endif
