/*
 * part_writer.h: rows of a day in piles to sorted parts in the staging folder.
 *
 * Threads share a PartWriter; each writes piles that are its own. What fails first is kept, and all
 * are to stop then.
 */
#ifndef QUARRY_PART_WRITER_H
#define QUARRY_PART_WRITER_H

#include <pthread.h>
#include <stdatomic.h>

#include "lake/lake_internal.h"
#include "lake/pile.h"

/* A part that more rows of its day may be added to. */
typedef struct OpenPart OpenPart;

typedef struct PartWriter {
    LakeChanger *c;
    const GatherTable *table;
    const volatile int *cancel; /* may be NULL */
    uint32_t schema;
    atomic_int failed;    /* not 0: all threads end */
    pthread_mutex_t lock; /* over what stands below, and the changer's arena */
    Status status;
    const char *code;
    Str why;
    DraftList *out;
    OpenPart **open; /* in the order in which they were written to */
    size_t n_open, cap_open;
} PartWriter;

void part_writer_init(PartWriter *w, LakeChanger *c, const GatherTable *table,
                      const volatile int *cancel, DraftList *out);
/* Tells what failed, if anything did. */
NODISCARD Status part_writer_end(PartWriter *w);
void part_writer_fail(PartWriter *w, Status status, const char *code, Str why);
/* Failed, or cancelled. */
bool part_writer_is_stopped(PartWriter *w);
/* Writes the rows of piles of one day, together in order of time, to a part of the day that has room, or
 * to new ones of about equal size. `is_last`: no more rows of that day are to be waited for. */
void part_writer_add(PartWriter *w, Pile *const *piles, size_t n_piles, bool is_last);
/* Ends the parts that are open. Of one thread, when no other adds any more. */
void part_writer_finish(PartWriter *w);

#endif
