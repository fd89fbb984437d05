/*
 * lake.h: the list of a lake's parts, which its folder keeps in quarry-lake.json.
 *
 *   DIR/quarry-lake.json                          this list; replaced as a whole, so a reader sees
 *                                                 the lake before an import or after it
 *   DIR/TABLE/day=2026-11-24/part-7-0001.parquet  a part: rows of a day, sorted by time
 *   DIR/TABLE/day=2026-11-24/.part-7-0001.terms   which terms it may hold (kernels/term_filter.h);
 *                                                 hidden, as others read all files of a folder
 *
 *   DIR/.quarry-lake.readers                      held (flock, shared) while a list is read by
 *
 * Files that the list does not name are leftovers: of an import that did not end, or of a change whose
 * list a reader did not have yet.
 */
#ifndef QUARRY_LAKE_H
#define QUARRY_LAKE_H

#include "base/base.h"
#include "base/type.h"

#define LAKE_LIST "quarry-lake.json"
#define LAKE_READERS ".quarry-lake.readers"

typedef struct LakeColumn {
    Str name;
    Type type;
} LakeColumn;

/* The columns of a part; parts share it. The types are those that its values came of: a dynamic or
 * a datetime may be stored as another (docs/lake.md). */
typedef struct LakeSchema {
    LakeColumn *columns;
    uint32_t n;
} LakeSchema;

/* How a lake's files store datetimes (docs/lake.md). */
typedef enum LakeTimes {
    LAKE_NANOS,
    LAKE_MICROS, /* without the digit below */
    LAKE_TICKS   /* as numbers: some lies outside of 1677 to 2262 */
} LakeTimes;

typedef struct LakePart {
    Str file; /* below the lake's folder; ends in .parquet */
    Str day;  /* "2026-11-24", or "none" for rows without a time */
    int64_t rows, bytes;
    bool has_times;
    int64_t from, to; /* ticks of its earliest and latest time, of either time column */
    bool has_terms;
    LakeTimes times;
    uint32_t schema;
    int64_t checksum; /* of the file's bytes (file_checksum); -1: not noted */
} LakePart;

typedef struct LakeTable {
    Str name;
    LakePart *parts;
    size_t n, cap;
} LakeTable;

/* A file that was imported. */
typedef struct LakeSource {
    Str digest; /* SHA-256 of its bytes, in hexadecimal */
    Str name;
    int64_t size;
} LakeSource;

typedef struct Lake {
    Arena *arena; /* all of it; owned by who loaded it */
    Str dir;
    int64_t serial;  /* goes up with each change */
    LakeTimes times; /* LAKE_NANOS or LAKE_MICROS: of parts to be written */
    LakeTable *tables;
    size_t n_tables, cap_tables;
    LakeSchema *schemas;
    size_t n_schemas, cap_schemas;
    LakeSource *sources;
    size_t n_sources, cap_sources;
} Lake;

/* Reads the list. INVALID with a diagnostic when the folder is no lake, DATA when the list is
 * damaged. */
NODISCARD Status lake_load(Arena *arena, const char *dir, Diags *diags, Lake *ret);
/* Keeps the files of the lake's present list from being removed, until the descriptor is closed. To be
 * called before lake_load. -1 when it cannot be: the lake was never changed since, or is on a file
 * system that nobody can write to. */
int lake_hold(const char *dir);
/* The same for who removes files: -1 while somebody holds them. */
int lake_hold_alone(const char *dir);
/* Whether a folder holds a list. */
bool lake_exists(const char *dir);
/* Writes the list in place of the former, all or nothing. DATA when it cannot be written. */
NODISCARD Status lake_save(const Lake *lake, Diags *diags);
/* The table of a name, added when it is new. */
LakeTable *lake_table(Lake *lake, Str name);
/* The number of a schema, added when it is new. */
uint32_t lake_schema(Lake *lake, const LakeColumn *columns, uint32_t n);
/* "DIR/file" and, for `ending` ".terms", the file beside it. */
Str lake_path(Arena *arena, const Lake *lake, const LakePart *part, const char *ending);

#endif
