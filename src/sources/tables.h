/*
 * tables.h: sniffs the files of a data set, decides which tables each holds, and makes the tables.
 */
#ifndef QUARRY_TABLES_H
#define QUARRY_TABLES_H

#include "sources/dataset_internal.h"

/* Needs d->files; fills d->tables, sorted by name. INVALID when a file that was named is of no kind
 * that is read. */
NODISCARD Status make_tables(DataSet *d, Diags *diags);
/* The columns of a table, from its schema and from what its draft holds. */
void set_columns(DataSet *d, SourceTable *t);
/* Of a table without a published schema: looks at all of its records, when opening looked at samples alone,
 * so that its columns and their types hold for each of them. Does nothing the second time. */
void see_whole(DataSet *d, SourceTable *t);
/* Fills d->watchlists from options.watchlists: a table a CSV file, all columns strings. */
NODISCARD Status make_watchlists(DataSet *d, Diags *diags);
/* The table of an `externaldata`: SchemaProvider.external of a data set. */
const TableRef *dataset_external(void *data_set, const ExternalSpec *spec, Arena *arena,
                                 Str *ret_error);
/* What infer_storage_schema finds: SchemaProvider.storage of a data set. */
bool dataset_storage(void *data_set, const StorageSpec *spec, Arena *arena, StorageColumn **ret,
                     uint32_t *ret_n, Str *ret_error);
/* "+02:00", "-5", "+0530", "UTC": ticks east of UTC. */
NODISCARD bool parse_zone(Str text, int64_t *ret_ticks);
/* The columns of a file of cells, from its header row. */
void read_header(DataSet *d, SourceFile *f, Str row, Diags *diags);

#endif
