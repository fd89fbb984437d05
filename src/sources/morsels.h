/*
 * morsels.h: a table's files, cut into work for several threads.
 *
 * A small file is one morsel; a large plain one is ranges of bytes, a large compressed one groups of
 * pieces (pieces.h). Those are found one after the other when they are asked for, so that nobody waits
 * for a large file to be looked through. What is large and has no pieces is read by one thread while there
 * are as many files as threads, else by all that are free (line_stream.h).
 */
#ifndef QUARRY_MORSELS_H
#define QUARRY_MORSELS_H

#include "sources/line_stream.h"

typedef struct Morsel {
    uint32_t file;      /* of the table */
    uint32_t number;    /* counted over all files, in their order */
    int64_t from, stop; /* as records_open takes them; of a chunk: where its stream began, and -1 */
    bool is_chunk;      /* its lines are decoded already */
    bool is_last;       /* of its file */
} Morsel;

/* What a thread keeps from one morsel to the next. Zero-initialise; free with morsel_room_free. */
typedef struct MorselRoom {
    LineChunk chunk;     /* of a morsel whose lines are decoded */
    WindowBuffer window; /* of any other */
} MorselRoom;
void morsel_room_free(MorselRoom *room);

typedef struct Morsels Morsels;

/* *ret_bytes: stored bytes of all. `table` may be NULL and must outlive it. */
Morsels *morsels_new(const SourceTable *table, const DataOptions *options, int64_t *ret_bytes);
void morsels_free(Morsels *m); /* accepts NULL */
/* The next one; false when there is none. For many threads, each with its own room. */
bool morsels_take(Morsels *m, Morsel *ret, MorselRoom *room);
/* Opens a reader of it, as records_open does; the room is its own until it is closed. */
NODISCARD Status morsel_open(const SourceFile *f, const Morsel *m, MorselRoom *room,
                             RecordReader **ret, int *ret_errno);
/* How many threads can be busy at once, of those that there may be. At least 1. */
unsigned morsels_threads(const Morsels *m);
int64_t file_size_now(const SourceFile *f);

#endif
