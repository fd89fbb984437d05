/*
 * hunt.h: one rule over one session: rows, what is excluded and why, what is kept in spite of it.
 *
 * In: a RuleFile, an open Session, an ExclusionSet. Out: a HuntResult that the shells print (see
 * `hunt --format json` of the command-line contract). Nothing here prints.
 */
#ifndef QUARRY_HUNT_HUNT_H
#define QUARRY_HUNT_HUNT_H

#include "hunt/exclusions.h"
#include "hunt/rule.h"
#include "session/session.h"

typedef struct HuntOptions {
    ExclusionSet *exclusions; /* NULL: none apply, nothing is suppressed */
    bool keeps_wrappers;      /* --no-unwrap: Safe Links and the like are not taken off for joins */
    bool skips_row_counts;    /* tables: rows is -1 where counting would cost a scan */
    bool is_strict;           /* --strict: a look-up that fails ends the hunt with an error */
    size_t max_rows;          /* 0: the session's */
} HuntOptions;

/* A table that the rule names as required or that its query reads. */
typedef struct HuntTable {
    Str name;
    Str connector; /* empty when unknown */
    TablePresence presence;
    int64_t rows;     /* -1: not counted */
    bool is_required; /* named in requiredDataConnectors */
} HuntTable;

/* A row that an exclusion hid. */
typedef struct HuntSuppressed {
    size_t row; /* index into HuntResult.rows */
    Str exclusion, scenario, reason, owner;
    Str because; /* what was met: "host portal.internal.company.com is within internal.company.com"
                  */
} HuntSuppressed;

/* A row that an exclusion would have hidden and a protection kept. It is one of the hits. */
typedef struct HuntProtected {
    size_t row;
    Str exclusion; /* the one that would have hidden it */
    Str by;        /* the protection */
    Str reason;    /* what it saw */
} HuntProtected;

/* A hit that met only because a wrapper was taken off one side. */
typedef struct HuntUnwrapped {
    size_t row;
    Str service; /* "Microsoft Safe Links" */
    Str wrapped_column,
        bare_column; /* bare_column empty: only one column of the row holds a link */
    Str url;         /* the innermost link */
} HuntUnwrapped;

/* Each byte and line once, however many of the hunt's queries read it: see dataset_amount. */
typedef struct HuntStats {
    int64_t elapsed_ms, bytes_read, lines_read, lines_skipped;
} HuntStats;

typedef struct HuntResult {
    Arena *arena; /* owns all below */
    const RuleFile *file;
    const HuntRule *rule; /* file->rule; NULL when the file has errors */
    Status status; /* OK: it ran. INVALID, UNSUPPORTED: rule or query is wrong. Others as usual */
    Diags diags;   /* errors and warnings; spans are bytes of file->text */
    Diags
        advice; /* what a check warns of in a query that is right; no shell need tell it unasked */
    HuntTable *tables;
    size_t n_tables;
    Rows rows;    /* the query's result in its own order */
    size_t *hits; /* row indexes, in the query's order */
    size_t n_hits;
    HuntSuppressed *suppressed; /* by row */
    size_t n_suppressed;
    HuntProtected *protected_rows; /* by row */
    size_t n_protected;
    HuntUnwrapped *unwrapped; /* by row */
    size_t n_unwrapped;
    Str *warnings; /* whole sentences: missing tables, expired exclusions, context that was not
                      there, what the diagnostics and the opening of its data warn of, files and
                      records of its tables that cannot be read, ... */
    size_t n_warnings, warnings_cap;
    size_t n_known_warnings; /* the last of them: they stand among the diagnostics of the exclusion
                             file, of the query or of the data as well */
    HuntStats stats;
} HuntResult;

/*
 * Hunts one rule. Never NULL; free with hunt_result_free. A wrong rule gives its diagnostics and no
 * rows. The session must have data. May be called from several threads with one session each.
 */
HuntResult *hunt_run(Session *session, const RuleFile *file, const HuntOptions *options);
void hunt_result_free(HuntResult *r);

#endif
