/*
 * safe_path.h: names that come from a query or a file and become paths below a folder.
 */
#ifndef QUARRY_SAFE_PATH_H
#define QUARRY_SAFE_PATH_H

#include "base/base.h"

/* True when the name does not lead out of the folder that it is looked for in. */
bool path_stays_inside(Str name);

#endif
