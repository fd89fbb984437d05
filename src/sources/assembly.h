/*
 * assembly.h: the tables of a data set while they are made, and the samples that they are made from.
 *
 * A record says its table itself (category, Type), else the path does. What the records of a table hold
 * gathers in its draft.
 */
#ifndef QUARRY_ASSEMBLY_H
#define QUARRY_ASSEMBLY_H

#include "sources/extract.h"
#include "sources/infer.h"
#include "sources/naming.h"
#include "sources/records.h"

typedef struct Draft {
    SourceTable *table;
    SeenColumns seen;
    size_t cap_files, cap_parquet, cap_parts, cap_lakes, cap_names;
    NameBasis basis;
    struct SeenKeys *keys; /* see seen_rows.h; NULL: none yet */
    bool told_cut_times;   /* that a Parquet file's times lose a digit */
    bool drops_table_name; /* az writes "TableName":"PrimaryResult" into each row */
} Draft;

typedef struct Assembly {
    DataSet *data;
    Diags *diags;
    Arena *scratch;
    Arena *scratch_rows;      /* of one record */
    struct SeenKeys *telling; /* without columns */
    NameIndex *names;
    Draft **drafts;
    size_t n, cap;
    Draft *last;
    unsigned n_warnings, n_guesses, n_unread_told;
    /* the file in hand */
    SourceFile *file;
    PathName path_name;
    size_t cap_tables;
    int64_t n_bytes;
    DataSet *counted;  /* where what is read of it counts as progress; NULL: nowhere */
    int64_t n_counted; /* bytes, so far */
    bool tells;        /* that progress */
    Draft *unnamed;
    bool reached_end; /* the last sample went on to the file's end */
} Assembly;

void assembly_open(Assembly *a, DataSet *d, Diags *diags);
void assembly_close(Assembly *a);

/* The draft of a name, made when it is new. */
Draft *draft_of(Assembly *a, Str name, NameBasis basis);
/* The draft for rows of the file that name no table themselves. */
Draft *unnamed_draft(Assembly *a);
/* Whether a Type column's value is a table's name, and not some other type of something. */
bool is_table_name(const Assembly *a, Str name);

/* Looks at the first records of the file, and of a large plain one at some from all over it. A file that
 * shows several tables is read through, so that none is missed. */
void sample_file(Assembly *a);
/* Looks at all records of a reader of the file, which was opened at the stored byte `from`; ends early when
 * it is cancelled. */
void sample_records(Assembly *a, RecordReader *r, int64_t from);

#endif
