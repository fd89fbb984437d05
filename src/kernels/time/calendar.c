/*
 * calendar.c: where a day, week, month or year starts and ends, and which one it is.
 *
 * Source: the pages of startof...(), endof...(), dayof...(), hourofday, monthofyear, getyear and
 * week_of_year. A result outside years 1 to 9999 is null.
 */
#include "kernels/number.h"
#include "kernels/out.h"
#include "kernels/time/datetime.h"

/* ---------------------------------------------------------------- starts */

enum { MONTHS_IN_ALL = 9999 * 12, NO_OFFSET_LARGER = 4000000 /* days in 10,000 years, and more */ };

/* Start of a month counted from January of year 1. The month behind the last one has a start too:
 * the end of the last one is a tick before. */
static bool month_start(int64_t month, Int128 *ret) {
    CivilTime c = {.year = (int)(month / 12 + 1), .month = (int)(month % 12 + 1), .day = 1};
    int64_t ticks;
    if (month == MONTHS_IN_ALL) {
        *ret = TICKS_MAX_DATETIME + 1;
        return true;
    }
    if (month < 0 || month > MONTHS_IN_ALL || !ticks_from_civil(&c, &ticks)) return false;
    *ret = ticks;
    return true;
}

typedef enum Period { DAY, WEEK, MONTH, YEAR } Period;

/* Start of the period that holds `ticks`, `offset` periods later. Days and weeks may start outside
 * the range of datetime. */
static bool period_start(Period period, int64_t ticks, int64_t offset, Int128 *ret) {
    if (offset > NO_OFFSET_LARGER || offset < -NO_OFFSET_LARGER) return false;
    int64_t day = ticks / TICKS_PER_DAY;
    CivilTime c;
    switch (period) {
    case DAY: *ret = (Int128)(day + offset) * TICKS_PER_DAY; return true;
    case WEEK: /* from Sunday; day 0 was a Monday */
        *ret = (Int128)(day - (day + 1) % 7 + offset * 7) * TICKS_PER_DAY;
        return true;
    case MONTH:
        c = ticks_to_civil(ticks);
        return month_start((c.year - 1) * 12 + c.month - 1 + offset, ret);
    case YEAR: return month_start((ticks_to_civil(ticks).year - 1 + offset) * 12, ret);
    }
    return false;
}

static void period(Period which, bool is_end, const Value *args, uint32_t n_args, Value *ret) {
    int64_t offset = n_args > 1 ? arg_long(&args[1]) : 0;
    Int128 start;
    if (offset == INT64_MAX) return;
    if (period_start(which, args[0].u.l, offset + is_end, &start)) ret_ticks(ret, start - is_end);
}

#define PERIOD(name, which, is_end)                                                                \
    static void name(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {           \
        (void)call;                                                                                \
        period(which, is_end, args, n_args, ret);                                                  \
    }                                                                                              \
    const Kernel kernel_##name = {.fn = name};
PERIOD(startofday, DAY, false)
PERIOD(startofweek, WEEK, false)
PERIOD(startofmonth, MONTH, false)
PERIOD(startofyear, YEAR, false)
PERIOD(endofday, DAY, true)
PERIOD(endofweek, WEEK, true)
PERIOD(endofmonth, MONTH, true)
PERIOD(endofyear, YEAR, true)

/* ----------------------------------------------------------------- weeks */

/* The week belongs to the year that holds its Thursday; the last of all weeks has one, 9999-12-30.
 */
int iso_week(int64_t ticks) {
    int64_t day = ticks / TICKS_PER_DAY; /* day 0 was a Monday */
    int64_t thursday = day - day % 7 + 3;
    return (ticks_to_civil(thursday * TICKS_PER_DAY).yearday - 1) / 7 + 1;
}

/* Days before the first week belong to the last one of the year before; the days behind the last
 * Wednesday stay in their year. */
int sunday_week(int64_t ticks) {
    CivilTime c = ticks_to_civil(ticks);
    int wednesday = c.yearday + 3 - c.weekday; /* day of the year, of this week's Wednesday */
    if (wednesday >= 1) return (wednesday - 1) / 7 + 1;
    return sunday_week(ticks - c.yearday * TICKS_PER_DAY); /* year 1 begins with a Monday */
}

bool ticks_add_months(int64_t ticks, int64_t months, int64_t *ret) {
    if (months > MONTHS_IN_ALL || months < -MONTHS_IN_ALL) return false;
    CivilTime c = ticks_to_civil(ticks);
    int64_t month = (c.year - 1) * 12 + c.month - 1 + months;
    if (month < 0 || month >= MONTHS_IN_ALL) return false;
    c.year = (int)(month / 12 + 1);
    c.month = (int)(month % 12 + 1);
    while (!ticks_from_civil(&c, ret))
        if (--c.day < 28) return false;
    return true;
}

/* ----------------------------------------------------------------- parts */

#define PART(name, put, value)                                                                     \
    static void name(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {           \
        (void)call;                                                                                \
        (void)n_args;                                                                              \
        int64_t ticks = args[0].u.l;                                                               \
        put(ret, value);                                                                           \
    }                                                                                              \
    const Kernel kernel_##name = {.fn = name};
PART(dayofweek, ret_ticks, (ticks / TICKS_PER_DAY + 1) % 7 * TICKS_PER_DAY)
PART(dayofmonth, ret_int, ticks_to_civil(ticks).day)
PART(dayofyear, ret_int, ticks_to_civil(ticks).yearday)
PART(hourofday, ret_int, ticks / TICKS_PER_HOUR % 24)
PART(monthofyear, ret_int, ticks_to_civil(ticks).month)
PART(getyear, ret_int, ticks_to_civil(ticks).year)
PART(week_of_year, ret_int, iso_week(ticks))
PART(weekofyear, ret_int, sunday_week(ticks))
