/*
 * records.h: from a file's bytes to its records, one at a time, in bounded memory.
 *
 * A record is the text of a JSON object or array, or of a row of cells. A record that is too long
 * or cut off is handed out as bad and the reader goes on behind it.
 */
#ifndef QUARRY_RECORDS_H
#define QUARRY_RECORDS_H

#include "sources/dataset_internal.h"
#include "sources/key_probe.h"
#include "sources/prefilter.h"
#include "sources/structure.h"
#include "sources/window.h"

enum { MAX_RECORD_BYTES = 32 << 20 };

typedef enum RecordNext { RECORD_OK, RECORD_BAD, RECORD_END } RecordNext;

typedef struct Record {
    Str text;       /* valid until the next call */
    int64_t offset; /* in the decoded file; from where the reader began, if that is compressed */
    int64_t line;   /* from 1, counted from where the reader began; 0 in JSON documents */
    const char *reason;         /* of RECORD_BAD */
    const Structure *structure; /* of the text, when it is known and sound; or NULL */
} Record;

typedef struct RecordReader RecordReader;

/*
 * Opens a file. `from` and `stop` are bytes of a divisible file: lines that begin in [from, stop)
 * are read; stop < 0 means to the end. In a file that has pieces they are where pieces begin: lines
 * are read that begin behind the first byte of `from` (at 0: or with it) up to the first byte of
 * `stop`. `buffer`: as window_open takes it. DATA with *ret_errno when it cannot be opened; ESTALE:
 * it is another file than the one that was found.
 */
NODISCARD Status records_open(const SourceFile *f, int64_t from, int64_t stop, WindowBuffer *buffer,
                              RecordReader **ret, int *ret_errno);
void records_close(RecordReader *r);
RecordNext records_next(RecordReader *r, Record *ret);
/* Of a file of lines: passes over records that the filter or the probe drops, as far as it can without
 * reading on; either may be NULL. How many; 0 does not mean that the next one matches. */
uint64_t records_pass(RecordReader *r, const Prefilter *filter, const KeyProbe *probe);
/* What was found to be wrong with the file as a whole; whole only after RECORD_END. */
typedef struct RecordDamage {
    Str reason;      /* of the first place */
    int64_t at;      /* its stored byte */
    int64_t n;       /* places; 0: nothing is wrong */
    bool is_foreign; /* it stands behind `stop`: who reads what is there tells it */
} RecordDamage;
RecordDamage records_damage(const RecordReader *r);
/* Bytes of the stored file up to where reading stands: for telling where damage is. */
int64_t records_position(const RecordReader *r);
/* The stored file's size now; -1: not known. */
int64_t records_file_size(const RecordReader *r);
/* True when a document told an error of the service's own beside its rows. */
bool records_are_partial(const RecordReader *r);
/* Bytes of the stored file that were read since the last call: for the counters. */
int64_t records_take_bytes(RecordReader *r);
/* The text of "columns" (or "schema") met so far in a document, or an empty Str. */
Str records_columns(const RecordReader *r);
/* Reads on to the end of the document without its rows, so that columns behind them are met. */
void records_skip_rows(RecordReader *r);

#endif
