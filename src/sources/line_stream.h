/*
 * line_stream.h: whole lines of a compressed file that has no pieces, a stretch at a time.
 *
 * One thread after the other takes the decoder, decodes the next stretch for itself and reads it while
 * the next thread decodes: decoding and reading go on at once. Who has to wait for the decoder decodes gzip
 * members that stand further on, if there are any (members_ahead.h).
 */
#ifndef QUARRY_LINE_STREAM_H
#define QUARRY_LINE_STREAM_H

#include "sources/records.h"

/* A stretch; keep it for the next one, and free it with line_chunk_free. Zero-initialise. */
typedef struct LineChunk {
    Buf bytes;            /* with more room than is used */
    size_t begin;         /* the first line's first byte */
    int64_t base;         /* offset of bytes.ptr[0], from where the stream began */
    int64_t from, stored; /* stored bytes: position before and behind it */
    RecordDamage damage;  /* met at its end; lines behind are in the next one */
    Buf damage_text;
} LineChunk;
void line_chunk_free(LineChunk *c);

typedef struct LineStream LineStream;
/* `from`: 0, or the first byte of a piece whose first line is another reader's. `least`: decoded bytes a
 * stretch. NULL when the file cannot be opened. */
LineStream *line_stream_open(const SourceFile *f, int64_t from, size_t least, unsigned n_threads);
void line_stream_close(LineStream *s); /* accepts NULL */
/* What a thread can do that waits for another in line_stream_next; false: nothing. */
bool line_stream_help(LineStream *s);
/* The next stretch, which may hold no line. False when it is the last. */
bool line_stream_next(LineStream *s, LineChunk *ret);

/* A reader of the lines of a stretch, which must outlive it. Its records have their offsets from where
 * the stream began. NULL without memory. */
RecordReader *records_of_chunk(const SourceFile *f, LineChunk *chunk);

#endif
