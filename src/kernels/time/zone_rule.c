/*
 * zone_rule.c: POSIX TZ rules: STDoffset[DST[offset],start[/time],end[/time]].
 *
 * Offsets there count west of UTC; here they count east. Source: RFC 8536, section 3.3.
 */
#include "kernels/time/zone_rule.h"

#include "base/ticks.h"

enum { HOUR = 3600, DAY = 86400 };

/* ----------------------------------------------------------------- reader */

typedef struct Reader {
    const char *p, *end;
} Reader;

static bool take(Reader *r, char c) {
    if (r->p == r->end || *r->p != c) return false;
    r->p++;
    return true;
}

static bool is_digit(const Reader *r) { return r->p < r->end && *r->p >= '0' && *r->p <= '9'; }

static bool read_number(Reader *r, int max, int *ret) {
    if (!is_digit(r)) return false;
    for (*ret = 0; is_digit(r); r->p++) {
        *ret = *ret * 10 + (*r->p - '0');
        if (*ret > max) return false;
    }
    return true;
}

/* "[+-]h[:mm[:ss]]" in seconds. */
static bool read_time(Reader *r, int32_t *ret) {
    int parts[3] = {0};
    bool is_negative = take(r, '-');
    if (!is_negative) (void)take(r, '+');
    if (!read_number(r, 167, &parts[0])) return false;
    for (int i = 1; i < 3 && take(r, ':'); i++)
        if (!read_number(r, 59, &parts[i])) return false;
    int32_t seconds = parts[0] * HOUR + parts[1] * 60 + parts[2];
    *ret = is_negative ? -seconds : seconds;
    return true;
}

/* "CET" or "<+03>". */
static bool skip_name(Reader *r) {
    const char *first = r->p;
    if (take(r, '<')) {
        while (r->p < r->end && *r->p != '>') r->p++;
        return take(r, '>');
    }
    while (r->p < r->end && ((*r->p | 32) >= 'a' && (*r->p | 32) <= 'z')) r->p++;
    return r->p - first >= 3;
}

/* "M3.5.0", "J60" or "59", then perhaps "/time". */
static bool read_date(Reader *r, ZoneDate *ret) {
    *ret = (ZoneDate){.seconds = 2 * HOUR};
    if (take(r, 'M')) {
        bool ok = read_number(r, 12, &ret->month) && take(r, '.') &&
                  read_number(r, 5, &ret->week) && take(r, '.') && read_number(r, 6, &ret->weekday);
        if (!ok || ret->month < 1 || ret->week < 1) return false;
    } else {
        ret->kind = take(r, 'J') ? ZONE_JULIAN : ZONE_YEAR_DAY;
        if (!read_number(r, 365, &ret->day)) return false;
        if (ret->kind == ZONE_JULIAN && ret->day < 1) return false;
    }
    return !take(r, '/') || read_time(r, &ret->seconds);
}

bool zone_rule_parse(Str text, ZoneRule *ret) {
    Reader r = {text.ptr, text.ptr + text.len};
    int32_t west;
    *ret = (ZoneRule){0};
    if (!skip_name(&r) || !read_time(&r, &west)) return false;
    ret->standard = -west;
    if (r.p == r.end) return true;
    ret->has_daylight = true;
    ret->daylight = ret->standard + HOUR;
    if (!skip_name(&r)) return false;
    if (r.p < r.end && *r.p != ',') {
        if (!read_time(&r, &west)) return false;
        ret->daylight = -west;
    }
    bool ok =
        take(&r, ',') && read_date(&r, &ret->start) && take(&r, ',') && read_date(&r, &ret->end);
    return ok && r.p == r.end;
}

/* --------------------------------------------------------------- calendar */

/* Days from 1970-01-01 to a date of the years 1 to 9999. */
static int64_t day_number(int year, int month, int day) {
    CivilTime c = {.year = year, .month = month, .day = day};
    int64_t ticks;
    if (!ticks_from_civil(&c, &ticks)) return 0;
    return (ticks - TICKS_UNIX_EPOCH) / TICKS_PER_DAY;
}

static bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

/* Local seconds since 1970 of a date in a year. */
static int64_t date_in_year(const ZoneDate *date, int year) {
    int64_t first, day = 0;
    switch (date->kind) {
    case ZONE_MONTH_DAY: {
        first = day_number(year, date->month, 1);
        int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
        int64_t length = date->month == 12 ? 31 : day_number(year, date->month + 1, 1) - first;
        day = (date->weekday - weekday + 7) % 7 + (date->week - 1) * 7;
        while (day >= length) day -= 7;
        day += first;
        break;
    }
    case ZONE_JULIAN:
        day = day_number(year, 1, 1) + date->day - 1 + (is_leap(year) && date->day >= 60);
        break;
    case ZONE_YEAR_DAY: day = day_number(year, 1, 1) + date->day; break;
    }
    return day * DAY + date->seconds;
}

int32_t zone_rule_offset(const ZoneRule *rule, int64_t utc) {
    if (!rule->has_daylight) return rule->standard;
    int64_t local = (utc + rule->standard) * TICKS_PER_SECOND;
    int year = ticks_to_civil(local + TICKS_UNIX_EPOCH).year;
    int64_t start = date_in_year(&rule->start, year) - rule->standard;
    int64_t end = date_in_year(&rule->end, year) - rule->daylight;
    bool is_daylight = start < end ? utc >= start && utc < end : utc >= start || utc < end;
    return is_daylight ? rule->daylight : rule->standard;
}
