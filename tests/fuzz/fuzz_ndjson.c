/*
 * fuzz_ndjson: hostile bytes as a file of telemetry, through all of sources: sniffing, inference
 * and a scan of every column, with and without a literal.
 *
 * The first byte chooses how the file is bound; the rest is the file. What must hold beside not
 * crashing: a literal takes no row away that holds it.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernels/text/needle.h"
#include "sources/sources.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct Counts {
    int64_t rows, holding; /* rows in which some string column holds the literal */
} Counts;

static bool holds(const ColumnBatch *b, uint32_t row, const Needle *needle, const uint8_t *counts) {
    size_t len;
    for (uint32_t c = 0; c < b->n_columns; c++)
        if (counts[c] && needle_find(needle, b->columns[c].u.s[row], 0, &len) != SIZE_MAX)
            return true;
    return false;
}

static Counts count_rows(DataSet *d, const TableRef *t, Str literal, bool is_filtered) {
    ScanNeedle scan_needle = {&literal, 1, true, false};
    Needle needle = needle_make(literal, true);
    ScanSpec spec = {.table = t,
                     .needles = &scan_needle,
                     .n_needles = is_filtered,
                     .from_ticks = INT64_MIN,
                     .to_ticks = INT64_MAX};
    uint32_t columns[64];
    uint8_t counts[64]; /* Type may be made by the scan */
    for (; spec.n_columns < t->n_columns && spec.n_columns < COUNT_OF(columns); spec.n_columns++) {
        uint32_t c = columns[spec.n_columns] = t->n_columns - 1 - spec.n_columns;
        counts[spec.n_columns] =
            t->columns[c].type == TYPE_STRING && !str_is(t->columns[c].name, "Type");
    }
    spec.columns = columns;
    Scan *scan;
    ScanWorker *worker;
    ColumnBatch *batch;
    Counts n = {0};
    if (scan_open(d, &spec, &scan) != OK || scan_worker_open(scan, &worker) != OK) abort();
    while (scan_next(worker, &batch) == OK && batch->n_rows) {
        n.rows += batch->n_rows;
        for (uint32_t row = 0; row < batch->n_rows; row++)
            n.holding += holds(batch, row, &needle, counts);
    }
    scan_worker_free(worker);
    scan_free(scan);
    return n;
}

static void scan_all(DataSet *d, Arena *arena) {
    Diags told;
    diags_init(&told, arena);
    for (uint32_t i = 0; i < dataset_table_count(d); i++) {
        const TableRef *t = dataset_table(d, i);
        Counts all = count_rows(d, t, STR("evil"), false);
        Counts some = count_rows(d, t, STR("evil"), true);
        if (some.rows > all.rows || some.holding != all.holding) abort();
    }
    dataset_report_skips(d, &told);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const tables[] = {"DeviceEvents", "IdentityInfo", "Custom_CL", NULL};
    if (!size) return 0;
    int fd = memfd_create("fuzz", 0);
    if (fd < 0 || write(fd, data + 1, size - 1) != (ssize_t)(size - 1)) abort();
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    const char *paths[] = {path};
    TableBinding binding = {tables[data[0] % 4], path};
    DataOptions options = {.paths = paths,
                           .n_paths = 1,
                           .tables = &binding,
                           .n_tables = binding.table != NULL,
                           .is_strict = (data[0] & 16) != 0,
                           .n_threads = 1};
    Arena *arena = arena_new();
    Diags diags;
    DataSet *d = NULL;
    diags_init(&diags, arena);
    if (dataset_open(&options, NULL, &diags, &d) == OK) scan_all(d, arena);
    dataset_free(d);
    arena_free(arena);
    close(fd);
    return 0;
}
