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
} PartWriter;

void part_writer_init(PartWriter *w, LakeChanger *c, const GatherTable *table,
                      const volatile int *cancel, DraftList *out);
/* Tells what failed, if anything did. */
NODISCARD Status part_writer_end(PartWriter *w);
void part_writer_fail(PartWriter *w, Status status, const char *code, Str why);
/* Failed, or cancelled. */
bool part_writer_is_stopped(PartWriter *w);
/* Writes the rows of piles of one day, together in order of time, as parts of about equal size. */
void part_writer_add(PartWriter *w, Pile *const *piles, size_t n_piles);

#endif
