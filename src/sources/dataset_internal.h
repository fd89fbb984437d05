/*
 * dataset_internal.h: what discovery, sniffing and scanning know of a file and of a table.
 *
 * A DataSet is made by dataset_open and then read only, but for the losses and counters, which
 * scans add to. Files and tables live in its arena.
 */
#ifndef QUARRY_DATASET_INTERNAL_H
#define QUARRY_DATASET_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "sources/input.h"
#include "sources/lake.h"
#include "sources/losses.h"

/* How records stand in a file. */
typedef enum Shape {
    SHAPE_NONE,   /* empty, or of no known kind */
    SHAPE_LINES,  /* a JSON object a line */
    SHAPE_ROWS,   /* JSON values one behind the other, arrays entered */
    SHAPE_MEMBER, /* documents whose member (records, results) is an array of rows */
    SHAPE_TABLES, /* documents {"tables":[{"columns":..,"rows":[[..]]}]} */
    SHAPE_FRAMES, /* Kusto REST v2: an array of frames */
    SHAPE_CELLS,  /* CSV, TSV */
    SHAPE_TEXT,   /* a line is a row of one column */
    SHAPE_PARQUET
} Shape;

typedef struct SourceTable SourceTable;
typedef struct DataNote DataNote;

/* A column that the file itself names: CSV header, "columns" or "schema" of a document. */
typedef struct FileColumn {
    Str name;
    Type declared;      /* TYPE_ERROR: not said */
    int64_t zone_ticks; /* east of UTC, for date and time texts that carry no zone */
} FileColumn;

typedef struct SourceFile SourceFile;
struct SourceFile {
    Str path; /* as shown; ends in NUL */
    int fd;   /* standard input, kept in a nameless file; else -1 */
    int64_t size;
    uint64_t device, inode; /* which file it was when it was found; 0: not noted */
    int64_t from, until;    /* its part of the data, when it is divisible; until 0: to its end */
    FileFormat format;
    FileCodec codec;
    TextEncoding encoding;
    Shape shape;
    const char *envelope;
    const char *member; /* SHAPE_MEMBER: "records", ... */
    char delimiter;     /* SHAPE_CELLS */
    bool has_header;    /* SHAPE_CELLS */
    bool has_preamble;  /* SHAPE_CELLS: a line before the header is for other programs */
    Str header;         /* that row's text */
    bool is_listed;     /* found in a folder or by a pattern, not named itself */
    bool is_bound;      /* --table: all records are of its table */
    bool
        is_wrapped; /* records may stand in an envelope {"category":..,"properties":{..}} or list */
    bool by_type;   /* a row's Type column names its table */
    bool is_ragged; /* rows may have any number of cells, as externaldata allows */
    Str bound_table;     /* --table */
    FileColumn *columns; /* positional, or the declared ones of a document */
    uint32_t n_columns;
    SourceTable **tables;
    uint32_t n_tables;
    SourceTable *table; /* of records that name none; NULL: no table */
    Losses losses;
    Amount amount;      /* since dataset_restart_amount */
    bool has_row_count; /* a scan has read all of it */
    int64_t n_rows;     /* of its only table */
    SourceFile *same;   /* an earlier one of the same path, which keeps losses and amount for both;
                         NULL: none */
};

/* The columns of a Parquet file, in its order. */
typedef struct ParquetNames {
    const FileColumn *columns;
    uint32_t n;
} ParquetNames;

struct SourceTable {
    TableRef ref;       /* ref.source points back here */
    SourceFile **files; /* that need a scan */
    uint32_t n_files;
    const char **parquet; /* NULL-terminated */
    uint32_t n_parquet;
    const LakePart **parts; /* of each of them; NULL for a file that belongs to no lake */
    const Lake **lakes;     /* the lake of each part */
    ParquetNames *names;    /* of each file that belongs to no lake */
    bool
        has_case_twins; /* names of columns differ only in case, which the engine takes for equal */
    bool
        is_in_part; /* some file was not sampled to its end: columns may exist that were not seen */
    bool is_known;  /* its schema is published */
    bool *
        is_seen; /* of each column of ref: a record that was looked at holds it under its own name */
    bool is_sampled;     /* of some file not every record was looked at */
    struct Draft *draft; /* what was seen: assembly.h */
    bool saw_all;        /* every record was looked at, and none has more columns than are kept */
};

struct DataSet {
    Arena *arena;
    DataOptions options;
    bool reads_all_times; /* whatever `options` say of times */
    const KnownSchemas *known;
    SchemaProvider known_provider;
    SourceFile **files; /* sorted by path */
    size_t n_files, cap_files;
    SourceTable **tables; /* sorted by name once open */
    size_t n_tables, cap_tables;
    SourceTable **watchlists;
    size_t n_watchlists, cap_watchlists;
    SourceTable **externals; /* made while queries are bound, under the lock */
    size_t n_externals, cap_externals;
    int *held; /* lakes whose files must stay (lake_hold) */
    size_t n_held, cap_held;
    UnreadPath *unread; /* found in folders or by patterns */
    size_t n_unread, cap_unread;
    DataNote *notes; /* see notes.h */
    size_t n_notes, cap_notes;
    pthread_mutex_t whole_lock; /* over see_whole */
    pthread_mutex_t lock; /* over the files' losses and amounts, externals, and late columns */
    atomic_llong bytes_read, bytes_total;
};

/* The input of a file from a byte on. */
static inline InputSource file_input(const SourceFile *f, int64_t from) {
    return (InputSource){
        .path = f->path.ptr, .fd = f->fd, .codec = f->codec, .encoding = f->encoding, .from = from};
}

/* Values are plain text, not JSON. */
static inline bool file_has_cells(const SourceFile *f) {
    return f->shape == SHAPE_CELLS || f->shape == SHAPE_TEXT;
}

/* Only such files are cut into ranges for several threads. */
static inline bool file_is_divisible(const SourceFile *f) {
    return f->shape == SHAPE_LINES && f->codec == CODEC_NONE && f->encoding == TEXT_UTF8;
}

/* The same for compressed files, which are cut where a piece begins (pieces.h), if they have several. */
static inline bool file_has_pieces(const SourceFile *f) {
    return f->shape == SHAPE_LINES && f->codec != CODEC_NONE && f->encoding == TEXT_UTF8;
}

#endif
