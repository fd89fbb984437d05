/*
 * plain_members.h: members of an object that are written as most are, in the order of the objects
 * before.
 */
#ifndef QUARRY_SOURCES_PLAIN_MEMBERS_H
#define QUARRY_SOURCES_PLAIN_MEMBERS_H

#include "sources/structure.h"

enum { LEARNED_KEYS = 256, LEARNED_TEXT = 64 };

/* The name that stood at a place of the objects before: only a plain ASCII one, which needs no check
 * when it comes again. */
typedef struct LearnedKey {
    char text[LEARNED_TEXT]; /* the name, the quote and the colon behind it, and zeros */
    uint64_t past;           /* ones for the bytes behind these */
    int32_t slot;            /* where its value goes, or -1 */
    uint32_t len;            /* of the text; 0: nothing learned */
} LearnedKey;

void learned_key_set(LearnedKey *k, Str name, int32_t slot);

typedef struct PlainMembers {
    const LearnedKey *keys; /* LEARNED_KEYS of them */
    const Structure *structure;
    Str text; /* all of that of which `structure` tells */
    Str *fields;
    bool is_twice; /* a wanted name stood twice */
    bool at_end;   /* behind the last value: the closing brace follows */
} PlainMembers;

/*
 * From `at`, the quote before the name of member *position: passes over members of the expected name, of
 * which the value is a string, a whole number or a word, and which stand without blanks. Returns where
 * the first other member begins, unless m->at_end; *position is its number.
 */
size_t plain_members(PlainMembers *m, size_t at, uint32_t *position);

#endif
