/*
 * pile.h: rows of a table in memory, column by column, each distinct value kept once.
 *
 * A cell is the number of its value in the column's list. Values are bytes: texts as they are,
 * numbers as the machine holds them (widths: pile_width). A column whose values hardly ever repeat
 * stops looking for equal ones: its list may then hold a value twice.
 */
#ifndef QUARRY_PILE_H
#define QUARRY_PILE_H

#include "sources/sources.h"

#define PILE_NULL UINT32_MAX

typedef struct ValueList {
    Str *items;
    uint32_t n, cap;
    uint64_t *slots; /* open addressing: hash, number + 1; NULL when loose */
    uint32_t n_slots, n_asked, last;
    bool is_loose;
} ValueList;

/* Where the bytes of values live: in the arena while they are few, then in blocks of pages, which go back to
 * the system as a whole whichever thread frees them. */
typedef struct ByteRoom {
    Arena *arena;
    char *at;
    size_t left;
    struct RoomBlock *blocks;
    size_t in_blocks; /* their bytes */
} ByteRoom;

/* The number of a value, added when it is new. `room` NULL: the bytes are not copied. */
uint32_t values_add(ValueList *list, Str value, ByteRoom *room);
void values_free(ValueList *list);

typedef struct Pile {
    int64_t day; /* its first tick; INT64_MIN: rows without a time */
    ByteRoom room;
    ValueList *values; /* of each column */
    uint32_t **codes;  /* of each column: n_rows numbers, or PILE_NULL */
    int64_t *times;    /* of each row, 0 without one */
    uint32_t n_columns, n_rows, cap_rows;
    size_t bytes; /* that it takes, about */
} Pile;

/* Bytes of a value that is not a text; 0 for texts. */
uint32_t pile_width(Type type);
Pile *pile_new(int64_t day, uint32_t n_columns);
void pile_free(Pile *p); /* accepts NULL */
/* Adds the batch's rows [from, to); `time` is the column of their times, UINT32_MAX when none. */
void pile_add(Pile *p, const ColumnBatch *batch, uint32_t time, uint32_t from, uint32_t to);

#endif
