/*
 * discover.h: from the paths of the command line to the files behind them.
 */
#ifndef QUARRY_DISCOVER_H
#define QUARRY_DISCOVER_H

#include "sources/dataset_internal.h"

/*
 * Adds the files of options.tables and options.paths to the data set, each once, sorted by path.
 * INVALID with a diagnostic that names a path that does not exist or cannot be read.
 */
NODISCARD Status discover_files(DataSet *d, Diags *diags);
/* Adds the CSV files of options.watchlists to the array given, sorted by path. */
NODISCARD Status discover_watchlists(DataSet *d, Diags *diags, SourceFile ***ret, size_t *ret_n);

#endif
