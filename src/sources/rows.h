/*
 * rows.h: from a record to rows of the table that is scanned.
 *
 * Takes envelopes off, decides whose row it is, and finds the value of each wanted column.
 */
#ifndef QUARRY_ROWS_H
#define QUARRY_ROWS_H

#include "base/json.h"
#include "sources/extract.h"
#include "sources/records.h"

#define NO_FIELD UINT32_MAX

/* Where a column's value stands among the fields of a row. */
typedef struct FieldPlace {
    uint32_t own, twin; /* NO_FIELD: nowhere */
    int64_t zone_ticks;
} FieldPlace;

typedef struct RowLayout {
    const SourceTable *table;
    const SourceFile *file;
    KeySet *outer, *row; /* keys of an envelope, and of a row */
    Str *fields;         /* by slot of `row`, or by position */
    uint32_t n_fields;
    const uint32_t *columns; /* wanted */
    FieldPlace *places;      /* one a wanted column */
    uint32_t n_places;
    FieldPlace times[2];                     /* TimeGenerated, Timestamp */
    uint32_t type_slot;                      /* of "Type" */
    uint32_t category_slot, properties_slot; /* in `row`: an envelope where none was expected */
} RowLayout;

/* `columns` index table->ref.columns and must outlive the layout. */
void row_layout_init(RowLayout *l, const SourceTable *table, const uint32_t *columns, uint32_t n);
void row_layout_free(RowLayout *l);
/* Says which file's records come next. */
void row_layout_file(RowLayout *l, const SourceFile *file);

typedef enum RowNext { ROW_OK, ROW_BAD, ROW_FOREIGN, ROW_OTHER, ROW_LIST } RowNext;

typedef struct RowText {
    Str text;
    const Structure *structure; /* of the text, when it is known and sound; or NULL */
    Arena *arena;
    const char *reason;   /* ROW_BAD, or of ROW_OK with is_damaged */
    Str foreign;          /* ROW_FOREIGN: the table named */
    Str stranger;         /* ROW_OK: a key, raw, that is of no column */
    bool has_twice;       /* a wanted key stands twice: the last value counts */
    bool is_damaged;      /* text was repaired, or spells half a surrogate pair */
    bool has_other_width; /* cells: more or fewer than the header */
    JsonCursor list;      /* ROW_LIST: the records in it */
} RowText;

/* Reads one record (or an element of a list) into l->fields. ROW_OTHER: of a table that another
 * scan reads. */
RowNext row_read(RowLayout *l, RowText *row);
/* The value of a column, raw JSON or plain cell text; ptr NULL when there is none. */
Str row_value(const RowLayout *l, const FieldPlace *place);
/* Absent, an empty cell, or JSON null. */
bool row_text_is_null(Str raw);

/* The table that a streaming envelope's category names ("AdvancedHunting-X" -> X), or an empty Str.
 */
Str category_table(Str raw_category);
/* Splits a row of cells. Decoded cells live in the row's text or the arena. Returns their number,
 * which may be more than `max`. */
uint32_t split_cells(Str row, char delimiter, Str *cells, uint32_t max, Arena *arena);

#endif
