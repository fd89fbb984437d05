/*
 * file_checksum.h: the CRC-32 (of gzip) of a file's bytes.
 */
#ifndef QUARRY_FILE_CHECKSUM_H
#define QUARRY_FILE_CHECKSUM_H

#include "base/base.h"

/* -1 when the file cannot be read. */
int64_t file_checksum(const char *path);

#endif
