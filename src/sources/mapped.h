/*
 * mapped.h: a range of a file's bytes in place, for searching it without a copy.
 *
 * The bytes may change at any time, as others write the file: what is found in them is copied before
 * it is read. Where the file has become shorter, or cannot be read, there are zeros, and the range says
 * that it is broken: whoever looked at it reads the file instead.
 */
#ifndef QUARRY_SOURCES_MAPPED_H
#define QUARRY_SOURCES_MAPPED_H

#include "base/base.h"

typedef struct Mapped Mapped;
/* Bytes [from, from + size) of an open file, or up to its end. NULL: it cannot be had so. */
Mapped *mapped_open(int fd, int64_t from, size_t size);
void mapped_close(Mapped *m); /* accepts NULL */
Str mapped_bytes(const Mapped *m);
/* Whether some of the bytes that were looked at could not be read. */
bool mapped_is_broken(const Mapped *m);

#endif
