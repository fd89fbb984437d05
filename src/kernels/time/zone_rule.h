/*
 * zone_rule.h: the rule at the end of a zone file, which holds for all times behind its last entry.
 */
#ifndef QUARRY_KERNELS_ZONE_RULE_H
#define QUARRY_KERNELS_ZONE_RULE_H

#include "base/base.h"

/* When daylight saving time starts or ends in a year. */
typedef struct ZoneDate {
    enum { ZONE_MONTH_DAY, ZONE_JULIAN, ZONE_YEAR_DAY } kind;
    int month, week, weekday; /* MONTH_DAY: the week-th weekday of the month, 5 the last one */
    int day;                  /* JULIAN: 1..365 without the leap day; YEAR_DAY: 0..365 */
    int32_t seconds;          /* local time of that day; may reach into other days */
} ZoneDate;

typedef struct ZoneRule {
    int32_t standard; /* seconds east of UTC */
    bool has_daylight;
    int32_t daylight;
    ZoneDate start, end;
} ZoneRule;

/* Reads "CET-1CEST,M3.5.0,M10.5.0/3" (POSIX TZ with the extensions of RFC 8536). */
NODISCARD bool zone_rule_parse(Str text, ZoneRule *ret);
int32_t zone_rule_offset(const ZoneRule *rule, int64_t utc);

#endif
