/*
 * lake_write.h: making and keeping a lake: import, and the chores on what is there.
 *
 * In: telemetry as a session reads it. Out: parts (sources/lake.h). One process at a time changes a
 * lake; who reads it is not disturbed. Whatever ends a change half way, the lake is as it was before
 * the last step that was committed.
 */
#ifndef QUARRY_LAKE_WRITE_H
#define QUARRY_LAKE_WRITE_H

#include "session/session.h"
#include "sources/lake.h"

/* The most rows of a part: large enough that a scan of all of them is not
 * opening files, small enough that a word that one part holds is found soon. */
enum { LAKE_PART_ROWS = 61440 };

typedef struct ImportOptions {
    const SessionOptions *session; /* the data; its lakes are not read */
    const char *dir;               /* of the lake; made when it is not there */
    bool takes_again;              /* also files that were imported before */
    bool has_times;                /* `times` is wished */
    LakeTimes times;               /* LAKE_NANOS or LAKE_MICROS; of a lake that is new */
    int64_t batch_bytes;           /* of exports that are committed together; 0: 2 GiB */
} ImportOptions;

typedef struct ImportedTable {
    Str name;
    int64_t rows, parts, bytes;
} ImportedTable;

typedef struct ImportReport {
    ImportedTable *tables; /* sorted as the data's */
    size_t n_tables, cap_tables;
    uint32_t n_files, n_known; /* imported; left out, since they were imported before */
    int64_t bytes_read, lines_read, lines_skipped;
    int64_t datetimes_cut; /* to microseconds */
} ImportReport;

/* Imports the data into the lake. Diagnostics tell skipped records as a session does. On a failure
 * the batches that were committed stay, and the same call goes on behind them. */
NODISCARD Status lake_import(const ImportOptions *options, Arena *arena, Diags *diags,
                             ImportReport *ret);

typedef struct LakeCheck {
    size_t n_parts, n_wrong, n_leftovers;
} LakeCheck;
/* Looks whether each part is there with its size and rows; tells each fault as an error. Leftovers
 * are files of an import that did not end. */
NODISCARD Status lake_verify(const char *dir, Arena *arena, Diags *diags, LakeCheck *ret);

typedef struct LakeChange {
    int64_t rows, parts_before, parts_after, bytes_before, bytes_after;
} LakeChange;
/* Writes small parts of a day anew as large ones. */
NODISCARD Status lake_compact(const SessionOptions *session, const char *dir, Arena *arena,
                              Diags *diags, LakeChange *ret);
/* Removes the parts all of whose rows are older than `before`. Rows without a time stay. */
NODISCARD Status lake_expire(const char *dir, int64_t before, Arena *arena, Diags *diags,
                             LakeChange *ret);

#endif
