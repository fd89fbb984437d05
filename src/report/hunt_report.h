/*
 * hunt_report.h: what a hunt found, for people and programs.
 *
 * Results are added one by one as hunts end and are written at once; nothing is kept. The JSON form
 * is the command-line contract's (`hunt --format json`), with the diagnostics of each rule. The rows-only
 * forms (NDJSON, CSV, TSV, Kusto) hold nothing of a rule that did not run.
 */
#ifndef QUARRY_REPORT_HUNT_REPORT_H
#define QUARRY_REPORT_HUNT_REPORT_H

#include "hunt/hunt.h"
#include "report/result.h"

typedef struct HuntReportOptions {
    ResultFormat format; /* CSV and TSV hold the hits of one rule; not RESULT_PARQUET */
    ResultStyle style;
    bool shows_suppressed; /* text: every suppressed row, not only the first of each exclusion */
    bool shows_all;        /* text: every column of many hits, not only what tells them apart */
} HuntReportOptions;

typedef struct HuntReport HuntReport;

HuntReport *hunt_report_open(const HuntReportOptions *options, FILE *out);
void hunt_report_add(HuntReport *r, const HuntResult *hunt);
/* Ends the document with what was warned of beside the hunts (JSON, Markdown, HTML); false when something could not
 * be written. Frees the report. */
NODISCARD bool hunt_report_close(HuntReport *r, const Str *warnings, size_t n_warnings);

#endif
