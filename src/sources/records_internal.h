/*
 * records_internal.h: what lines.c, values.c and cells.c share. A record is found by looking from the
 * window's begin on.
 */
#ifndef QUARRY_RECORDS_INTERNAL_H
#define QUARRY_RECORDS_INTERNAL_H

#include "sources/records.h"
#include "sources/window.h"

/* Where values.c stands in a document. */
typedef enum Place {
    PLACE_TOP,      /* between top-level values */
    PLACE_DOCUMENT, /* in the document's object */
    PLACE_TABLES,   /* in its array of tables, or in the array of frames */
    PLACE_TABLE,    /* in a table or frame */
    PLACE_ELEMENTS  /* in the array of rows */
} Place;

/* How far one JSON value has been walked; structure only. */
typedef struct ValueWalk {
    size_t depth;
    bool in_string, is_escaped, in_atom, has_begun;
} ValueWalk;

struct RecordReader {
    const SourceFile *file;
    Window window;
    int64_t stop;  /* in the decoded file, as Record.offset; negative: not known, or none */
    int64_t until; /* of a file in pieces: the stored byte that belongs to `stop`; 0: none */
    RecordDamage damage;
    bool is_done; /* nothing of this reader follows */
    Buf damage_text;
    Structure structure; /* of the line handed out last */
    bool is_past_header; /* cells: the row with the names was handed out */
    int64_t line;        /* of the record handed out last */
    size_t looked;       /* bytes behind begin that hold no end */
    bool is_long;        /* a record past the cap is being thrown away */
    Buf head;            /* the first bytes of such a record */
    int64_t told;        /* stored bytes already counted */
    int64_t position;    /* without an input: stored bytes in all */
    Place place, outer;  /* values.c; `outer` is where the elements' array ends into */
    size_t n_tables;     /* tables or frames entered */
    int64_t document;    /* offset of the document entered last */
    bool has_rows;       /* it holds an array of rows or of tables */
    bool is_primary;     /* this table's rows are the result */
    bool skips_rows;
    Buf columns;
    const char *error; /* of the document as a whole */
    bool is_partial;   /* the service reports an error beside its rows */
};

enum { HEAD_BYTES = 256 };

typedef enum More {
    MORE_BYTES,
    MORE_BREAK, /* what follows is no continuation: something is lost in between */
    MORE_END
} More;
/* As window_more, for files that may be in pieces: behind `until` it goes on, for the last line of this
 * reader, and behind damage where that can be. */
More records_more(RecordReader *r);

RecordNext lines_next(RecordReader *r, Record *ret);
uint64_t lines_pass(RecordReader *r, const Prefilter *filter, const KeyProbe *probe);
RecordNext values_next(RecordReader *r, Record *ret);
RecordNext cells_next(RecordReader *r, Record *ret);

#endif
