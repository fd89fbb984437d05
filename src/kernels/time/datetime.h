/*
 * datetime.h: kernels of the functions that make datetimes and take them apart.
 */
#ifndef QUARRY_KERNELS_DATETIME_H
#define QUARRY_KERNELS_DATETIME_H

#include "kernels/kernel.h"

/* datetime.c */
extern const Kernel kernel_now, kernel_ago;
extern const Kernel kernel_datetime_add, kernel_datetime_diff, kernel_datetime_part;
extern const Kernel kernel_make_datetime, kernel_make_timespan;
extern const Kernel kernel_unixtime_seconds, kernel_unixtime_milliseconds;
extern const Kernel kernel_unixtime_microseconds, kernel_unixtime_nanoseconds;

/* calendar.c */
extern const Kernel kernel_startofday, kernel_startofweek, kernel_startofmonth, kernel_startofyear;
extern const Kernel kernel_endofday, kernel_endofweek, kernel_endofmonth, kernel_endofyear;
extern const Kernel kernel_dayofweek, kernel_dayofmonth, kernel_dayofyear, kernel_hourofday;
extern const Kernel kernel_monthofyear, kernel_getyear, kernel_week_of_year, kernel_weekofyear;

/* datetime_format.c */
extern const Kernel kernel_format_datetime, kernel_format_timespan;

/* local_time.c */
extern const Kernel kernel_datetime_utc_to_local, kernel_datetime_local_to_utc;
extern const Kernel kernel_datetime_list_timezones;

/* Week of the year by ISO 8601: weeks start on Monday, the first one has the year's first Thursday.
 */
int iso_week(int64_t ticks);
/* The obsolete count: weeks start on Sunday, the first one has the year's first Wednesday. */
int sunday_week(int64_t ticks);
/* The day that many months later, the day of the month cut to what the month has; false when that
 * is outside years 1 to 9999. */
NODISCARD bool ticks_add_months(int64_t ticks, int64_t months, int64_t *ret);

#endif
