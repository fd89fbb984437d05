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
    /* The quote, the name, the quote and the colon behind it, and zeros; where nothing was learned,
     * what no sound text holds. */
    _Alignas(64) char text[LEARNED_TEXT];
    uint64_t bytes;  /* ones for those of the text */
    uint32_t len;    /* of the text */
    uint32_t inside; /* one more: what stands in a string behind it */
    int32_t slot;    /* where the value goes, or -1 */
    bool is_known;   /* something was learned */
} LearnedKey;

typedef struct LearnedKeys {
    LearnedKey of[LEARNED_KEYS];
    uint32_t middle;   /* the number of the member in the middle of the last object; 0: not known */
    uint32_t n_quotes; /* how many quotes stood before it; an odd number: not known */
} LearnedKeys;

void learned_keys_clear(LearnedKeys *k);
void learned_key_set(LearnedKey *k, Str name, int32_t slot);

typedef struct PlainMembers {
    LearnedKeys *keys;
    const Structure *structure;
    Str text; /* all of that of which `structure` tells */
    Str *fields;
    bool is_twice; /* a wanted name stood twice */
    bool at_end;   /* behind the last value: the closing brace follows */
} PlainMembers;

/*
 * From `at`, the quote before the name of member *position: passes over members of the expected name, of
 * which the value is a string, a whole number or a word, and which stand without blanks. Unless
 * m->at_end, returns what stands behind the comma after them, blanks it may be; *position is the number of
 * the member there.
 */
size_t plain_members(PlainMembers *m, size_t at, uint32_t *position);

#endif
