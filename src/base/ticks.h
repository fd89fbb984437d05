/*
 * ticks.h: datetimes and timespans as 100 ns ticks, exact from year 1 to 9999.
 *
 * Source: "The datetime data type", "The timespan data type", "format_datetime", "format_timespan".
 */
#ifndef QUARRY_TICKS_H
#define QUARRY_TICKS_H

#include "base/base.h"

#define TICKS_PER_MICROSECOND INT64_C(10)
#define TICKS_PER_MILLISECOND INT64_C(10000)
#define TICKS_PER_SECOND INT64_C(10000000)
#define TICKS_PER_MINUTE (INT64_C(60) * TICKS_PER_SECOND)
#define TICKS_PER_HOUR (INT64_C(60) * TICKS_PER_MINUTE)
#define TICKS_PER_DAY (INT64_C(24) * TICKS_PER_HOUR)
#define TICKS_UNIX_EPOCH INT64_C(621355968000000000)
#define TICKS_MAX_DATETIME INT64_C(3155378975999999999) /* 9999-12-31T23:59:59.9999999Z */

typedef struct CivilTime {
    int year, month, day;     /* 1..9999, 1..12, 1..31 */
    int hour, minute, second; /* 0..23, 0..59, 0..59 */
    int fraction;             /* ticks within the second, 0..9999999 */
    int weekday;              /* 0 = Sunday */
    int yearday;              /* 1..366 */
} CivilTime;

CivilTime ticks_to_civil(int64_t ticks);
/* False when a field is out of range. Ignores weekday and yearday. */
NODISCARD bool ticks_from_civil(const CivilTime *c, int64_t *ret_ticks);

/*
 * Reads a datetime in any form that Kusto accepts: ISO 8601 with 0 to 7 (more are cut) digits of
 * fraction, blank or T between date and time, zone Z or +hh:mm or none (UTC), date alone, RFC 822
 * and RFC 850, "M/d/yyyy h:mm:ss tt", "yyyyMMdd" is a year-month-day run of digits as documented.
 * False when the text is none of them.
 */
NODISCARD bool ticks_parse_datetime(Str text, int64_t *ret_ticks);
/* Reads "yyyy-MM-ddTHH:mm:ss.fffffffZ" alone, the form that exports write, and quickly so. */
NODISCARD bool ticks_parse_iso(Str text, int64_t *ret_ticks);
/* Reads a timespan: "[-][d.]hh:mm[:ss[.fffffff]]", "2d", "1.5h", "10m", "30s", "100ms", "5microseconds",
 * "3tick", "2 days". A bare number is days, as in timespan(2). */
NODISCARD bool ticks_parse_timespan(Str text, int64_t *ret_ticks);

/* "2026-11-24T03:42:36.1234567Z": always 7 digits, as Kusto prints. `out` holds at least 29 bytes; returns the length. */
size_t ticks_print_datetime(int64_t ticks, char *out);
/* "1.02:03:04.0000005", "-00:00:01", "00:00:00": as Kusto prints. `out` holds at least 32 bytes. */
size_t ticks_print_timespan(int64_t ticks, char *out);

/* The clock, in ticks (UTC). */
int64_t ticks_now(void);

#endif
