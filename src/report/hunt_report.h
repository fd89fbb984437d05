/*
 * hunt_report.h: what a hunt found, for people and programs.
 *
 * Results are added one by one as hunts end and are written at once; nothing is kept. The JSON form
 * is the command-line contract's (`hunt --format json`). Diagnostics of a rule that failed are not
 * written here: they go to standard error.
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
/* Ends the document; false when something could not be written. Frees the report. */
NODISCARD bool hunt_report_close(HuntReport *r);

#endif
