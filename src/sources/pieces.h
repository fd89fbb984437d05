/*
 * pieces.h: where the pieces of a compressed file end that can be read without what stands before
 * them: zstd frames, skippable ones too, and the blocks of BGZF, which are gzip members that tell
 * their own size.
 *
 * Only headers are read, and only those that the decoder goes by. The table that a seekable zstd file
 * has at its end is one more frame to pass over: nothing depends on what it says.
 */
#ifndef QUARRY_PIECES_H
#define QUARRY_PIECES_H

#include "sources/sources.h"

/* A file that is looked at in places; start with {.fd = fd}. */
typedef struct PieceLook {
    int fd;
    int64_t at; /* of bytes[0] in the file */
    size_t n;
    unsigned char bytes[4096];
} PieceLook;

/* The end of the piece that begins at `at`; negative when its headers do not tell, when the file ends
 * before, or when it is very large. */
int64_t piece_end(PieceLook *look, FileCodec codec, int64_t at);
/* The end of as many pieces from `from` on as have `least` bytes or more together, where another
 * begins; negative: all up to the end of the file belong together. */
int64_t pieces_end(PieceLook *look, FileCodec codec, int64_t from, int64_t least);

#endif
