/*
 * hunt_run.h: one hunt while it runs: what hunt.c, hunt_context.c and hunt_verdicts.c share.
 */
#ifndef QUARRY_HUNT_RUN_H
#define QUARRY_HUNT_RUN_H

#include "hunt/exclude_internal.h"
#include "hunt/hunt.h"

typedef struct Hunt {
    Session *session;
    const HuntOptions *options;
    HuntResult *r;
    const unsigned *holds;       /* per column of the result: contents_of_result */
    const ExclusionRoles *roles; /* for the result */
    HuntRow *facts;              /* one a row of the result */
    uint32_t time_column;        /* UINT32_MAX: none */
    Status failed;               /* a look-up that ends the hunt; told in r->diags */
} Hunt;

void hunt_warn(Hunt *h, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Whether the data holds rows of a table. */
bool hunt_has_table(Hunt *h, const char *name);
/* Tables that are asked about hits, NULL-terminated. */
extern const char *const hunt_context_tables[];
/* Fills in threats and, when asked, processes of all rows. */
void hunt_look_up(Hunt *h, bool asks_process);

/* Runs a context query and frees its text. False when it fails: *ret_why, told as a warning, or as
 * the error that ends the hunt (h->failed) when it is strict or was interrupted. */
bool hunt_ask(Hunt *h, Buf *text, const char *what, Rows *ret, Str *ret_why);
Str rows_text(const Rows *rows, size_t row, uint32_t column);

/* Marks the rows whose verdict may stand in a file that cannot be read. */
void hunt_check_verdicts(Hunt *h);
/* Once all are looked up: marks those whose verdict may stand in a record that was lost. */
void hunt_check_losses(Hunt *h);
/* What the mail filter said of rows from..to. */
void hunt_ask_verdicts(Hunt *h, size_t from, size_t to);
/* Whether the row holds a link, given as joins spell it (Link.key). */
bool hunt_row_has_link(const HuntRow *row, Str key);

/* Distinct texts for a query: each one is escaped when put. */
typedef struct TextList {
    Str *items;
    size_t n, cap;
} TextList;
void text_list_add(Arena *arena, TextList *set, Str text);
/* As a KQL list in parentheses. */
void text_list_put(Buf *out, const TextList *set);

#endif
