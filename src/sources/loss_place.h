/*
 * loss_place.h: which line of a file a lost record is, told when it is asked for.
 */
#ifndef QUARRY_LOSS_PLACE_H
#define QUARRY_LOSS_PLACE_H

#include "sources/dataset_internal.h"

/* Reads a file of lines up to the place and makes its offset one in the decompressed file, and its line
 * known. False when the file does not reach as far any more. */
bool loss_place_count(const SourceFile *f, LossPlace *at);

#endif
