/*
 * members_ahead.h: the bytes of a compressed file from front to back, as an Input hands them out, of which
 * other threads decode gzip members that stand further on.
 *
 * Where a member begins shows only when the one before it has been decoded: what looks like a begin may
 * stand inside another member. So what is decoded ahead is handed out only when the member before it has
 * ended, sound, just there, and is thrown away otherwise. How much is kept until then is bounded.
 */
#ifndef QUARRY_MEMBERS_AHEAD_H
#define QUARRY_MEMBERS_AHEAD_H

#include "sources/input.h"

typedef struct MembersAhead MembersAhead;

/* `least`: stored bytes of what is decoded ahead as one; `room`: decoded bytes that are kept. NULL when the
 * file cannot be opened. The source's path must outlive it. */
MembersAhead *ahead_open(const InputSource *source, size_t least, size_t room);
void ahead_close(MembersAhead *a); /* accepts NULL; no thread helps any more */

/* As input_read, input_damage, input_resume and input_position: of one thread at a time. */
NODISCARD Status ahead_read(MembersAhead *a, char *out, size_t size, size_t *ret_n);
Str ahead_damage(const MembersAhead *a);
bool ahead_resume(MembersAhead *a);
int64_t ahead_position(const MembersAhead *a);

/* Decodes some of what stands further on, or looks for it; by any thread, beside the one that reads. False
 * when there is nothing to do at present. */
bool ahead_help(MembersAhead *a);

#endif
