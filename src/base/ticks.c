/*
 * ticks.c: the calendar, and datetimes and timespans to and from text.
 *
 * A reader is one pass over the text with a Scan; each helper steps forward only when it matched.
 */
#include "base/ticks.h"

#include <ctype.h>
#include <time.h>

#include "base/type.h"

/* -------------------------------------------------------------- calendar */

enum { DAYS_TO_MARCH = 306 /* from 0000-03-01 to 0001-01-01 */ };

/* Days since 0001-01-01 of a civil date. Years are counted from March, so that the leap day is
 * last. */
static int64_t days_from_civil(int year, int month, int day) {
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400, year_of_era = y % 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           DAYS_TO_MARCH;
}

static bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

static int days_in_month(int year, int month) {
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : DAYS[month - 1];
}

CivilTime ticks_to_civil(int64_t ticks) {
    if (ticks < 0) ticks = 0;
    if (ticks > TICKS_MAX_DATETIME) ticks = TICKS_MAX_DATETIME;
    int64_t days = ticks / TICKS_PER_DAY, rest = ticks % TICKS_PER_DAY;
    int64_t shifted = days + DAYS_TO_MARCH;
    int64_t era = shifted / 146097, day_of_era = shifted % 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_index = (5 * day_of_year + 2) / 153; /* from March */
    CivilTime c;
    c.day = (int)(day_of_year - (153 * month_index + 2) / 5 + 1);
    c.month = (int)(month_index < 10 ? month_index + 3 : month_index - 9);
    c.year = (int)(era * 400 + year_of_era + (c.month <= 2));
    c.hour = (int)(rest / TICKS_PER_HOUR);
    c.minute = (int)(rest / TICKS_PER_MINUTE % 60);
    c.second = (int)(rest / TICKS_PER_SECOND % 60);
    c.fraction = (int)(rest % TICKS_PER_SECOND);
    c.weekday = (int)((days + 1) % 7); /* 0001-01-01 was a Monday */
    c.yearday = (int)(days - days_from_civil(c.year, 1, 1) + 1);
    return c;
}

bool ticks_from_civil(const CivilTime *c, int64_t *ret_ticks) {
    if (c->year < 1 || c->year > 9999 || c->month < 1 || c->month > 12 || c->day < 1) return false;
    if (c->day > days_in_month(c->year, c->month)) return false;
    if (c->hour < 0 || c->hour > 23 || c->minute < 0 || c->minute > 59) return false;
    if (c->second < 0 || c->second > 59 || c->fraction < 0 || c->fraction > 9999999) return false;
    *ret_ticks = days_from_civil(c->year, c->month, c->day) * TICKS_PER_DAY +
                 c->hour * TICKS_PER_HOUR + c->minute * TICKS_PER_MINUTE +
                 c->second * TICKS_PER_SECOND + c->fraction;
    return true;
}

int64_t ticks_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return TICKS_UNIX_EPOCH + (int64_t)now.tv_sec * TICKS_PER_SECOND + (int64_t)now.tv_nsec / 100;
}

/* ------------------------------------------------------------------ scan */

typedef struct Scan {
    const char *p, *end;
} Scan;

static Scan scan_of(Str text) {
    text = str_trim(text);
    return (Scan){text.ptr, text.ptr + text.len};
}

static char scan_peek(const Scan *s) { return s->p < s->end ? *s->p : 0; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool scan_char(Scan *s, char c) {
    if (s->p == s->end || *s->p != c) return false;
    s->p++;
    return true;
}

/* Steps over blanks; true when there was one. */
static bool scan_blanks(Scan *s) {
    const char *first = s->p;
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\t')) s->p++;
    return s->p != first;
}

/* Reads min..max digits; more digits than max is no match. */
static bool scan_number(Scan *s, int min, int max, int *ret) {
    int n = 0, value = 0;
    while (n <= max && s->p + n < s->end && is_digit(s->p[n])) {
        if (n < max) value = value * 10 + (s->p[n] - '0');
        n++;
    }
    if (n < min || n > max) return false;
    s->p += n;
    *ret = value;
    return true;
}

/* A fraction of a second behind its point: 7 digits count, further ones are cut. */
static bool scan_fraction(Scan *s, int *ret) {
    int n = 0, value = 0;
    for (; s->p < s->end && is_digit(*s->p); s->p++, n++) {
        if (n < 7) value = value * 10 + (*s->p - '0');
    }
    if (!n) return false;
    for (; n < 7; n++) value *= 10;
    *ret = value;
    return true;
}

/* A word of letters; an empty Str when there is none. */
static Str scan_word(Scan *s) {
    const char *first = s->p;
    while (s->p < s->end && isalpha((unsigned char)*s->p)) s->p++;
    return (Str){first, (size_t)(s->p - first)};
}

/* -------------------------------------------------------------- datetime */

/* 1-based index of a name, given whole or as its first three letters; 0 when it is none. */
static int name_index(Str word, const char *const *names, int n) {
    for (int i = 0; i < n; i++) {
        Str name = str_of(names[i]);
        if (str_eq_nocase(word, name) || str_eq_nocase(word, str_sub(name, 0, 3))) return i + 1;
    }
    return 0;
}

static int month_index(Str word) {
    static const char *const MONTHS[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    return str_eq_nocase(word, STR("Sept")) ? 9 : name_index(word, MONTHS, 12);
}

static int weekday_index(Str word) {
    static const char *const DAYS[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};
    return name_index(word, DAYS, 7);
}

/* Two digits mean 1950..2049. */
static bool scan_year(Scan *s, int *ret) {
    const char *first = s->p;
    if (!scan_number(s, 2, 4, ret)) return false;
    if (s->p - first == 3) return false;
    if (s->p - first == 2) *ret += *ret < 50 ? 2000 : 1900;
    return true;
}

/* "h:mm[:ss[.fffffff]] [AM|PM]". */
static bool scan_time(Scan *s, CivilTime *c) {
    if (!scan_number(s, 1, 2, &c->hour) || !scan_char(s, ':')) return false;
    if (!scan_number(s, 1, 2, &c->minute)) return false;
    if (scan_char(s, ':')) {
        if (!scan_number(s, 1, 2, &c->second)) return false;
        if ((scan_peek(s) == '.' || scan_peek(s) == ',') && s->p + 1 < s->end &&
            is_digit(s->p[1])) {
            s->p++;
            if (!scan_fraction(s, &c->fraction)) return false;
        }
    }
    Scan ahead = *s;
    scan_blanks(&ahead);
    Str half = scan_word(&ahead);
    bool is_am = str_eq_nocase(half, STR("AM")), is_pm = str_eq_nocase(half, STR("PM"));
    if (!is_am && !is_pm) return true;
    if (c->hour < 1 || c->hour > 12) return false;
    c->hour = c->hour % 12 + (is_pm ? 12 : 0);
    *s = ahead;
    return true;
}

/* Z, GMT, UTC, UT, +hh, +hhmm, +hh:mm, or nothing: minutes east of UTC. */
static bool scan_zone(Scan *s, int *ret_minutes) {
    *ret_minutes = 0;
    scan_blanks(s);
    if (s->p == s->end) return true;
    char sign = *s->p;
    if (sign == '+' || sign == '-') {
        s->p++;
        int hours = 0, minutes = 0;
        if (scan_number(s, 4, 4, &hours)) {
            minutes = hours % 100;
            hours /= 100;
        } else if (!scan_number(s, 1, 2, &hours)) {
            return false;
        } else if (scan_char(s, ':') && !scan_number(s, 2, 2, &minutes)) {
            return false;
        }
        if (hours > 14 || minutes > 59) return false;
        *ret_minutes = (sign == '-' ? -1 : 1) * (hours * 60 + minutes);
        return true;
    }
    Str word = scan_word(s);
    return str_eq_nocase(word, STR("Z")) || str_eq_nocase(word, STR("GMT")) ||
           str_eq_nocase(word, STR("UTC")) || str_eq_nocase(word, STR("UT"));
}

/* What may follow a date: nothing, a zone, or a time and a zone. */
static bool finish_datetime(Scan *s, CivilTime *c, int64_t *ret_ticks) {
    int zone = 0;
    bool has_time = scan_char(s, 'T') || scan_char(s, 't');
    if (!has_time) {
        scan_char(s, ',');
        scan_blanks(s);
        has_time = is_digit(scan_peek(s));
    }
    if (has_time && !scan_time(s, c)) return false;
    if (!scan_zone(s, &zone) || s->p != s->end) return false;
    int64_t ticks;
    if (!ticks_from_civil(c, &ticks)) return false;
    ticks -= zone * TICKS_PER_MINUTE;
    if (ticks < 0 || ticks > TICKS_MAX_DATETIME) return false;
    *ret_ticks = ticks;
    return true;
}

/* "yyyy", "yyyyMM", "yyyyMMdd", "yyyyMMddHHmm", "yyyyMMddHHmmss", also "yyyyMMddTHHmmss". */
static bool parse_digit_run(Scan *s, size_t n, int64_t *ret_ticks) {
    CivilTime c = {.month = 1, .day = 1};
    int *fields[] = {&c.month, &c.day, &c.hour, &c.minute, &c.second};
    if (n != 4 && n != 6 && n != 8 && n != 12 && n != 14) return false;
    const char *p = s->p;
    for (int i = 0; i < 4; i++) c.year = c.year * 10 + (*p++ - '0');
    for (size_t i = 0; i < (n - 4) / 2; i++, p += 2) {
        *fields[i] = (p[0] - '0') * 10 + (p[1] - '0');
    }
    s->p = p;
    if (n == 8 && s->end - p >= 7 && *p == 'T') {
        for (size_t i = 2; i < 5; i++) {
            if (!is_digit(p[1]) || !is_digit(p[2])) return finish_datetime(s, &c, ret_ticks);
            *fields[i] = (p[1] - '0') * 10 + (p[2] - '0');
            p += 2;
        }
        s->p = p + 1;
        if (scan_char(s, '.') && !scan_fraction(s, &c.fraction)) return false;
        n = 14;
    }
    if (n < 12) return finish_datetime(s, &c, ret_ticks);
    int zone;
    int64_t ticks;
    if (!scan_zone(s, &zone) || s->p != s->end || !ticks_from_civil(&c, &ticks)) return false;
    ticks -= zone * TICKS_PER_MINUTE;
    if (ticks < 0 || ticks > TICKS_MAX_DATETIME) return false;
    *ret_ticks = ticks;
    return true;
}

/* The separator with blanks around it, or back to where the scan stood. */
static bool scan_separator(Scan *s, char separator) {
    Scan ahead = *s;
    scan_blanks(&ahead);
    if (!scan_char(&ahead, separator)) return false;
    scan_blanks(&ahead);
    *s = ahead;
    return true;
}

/* "yyyy-M[-d]": the separator may be '-', '/', '.' or ',', twice the same, with blanks around. */
static bool parse_year_first(Scan *s, char separator, int64_t *ret_ticks) {
    CivilTime c = {.day = 1};
    if (!scan_number(s, 4, 4, &c.year) || !scan_separator(s, separator)) return false;
    if (!scan_number(s, 1, 2, &c.month)) return false;
    if (scan_separator(s, separator) && !scan_number(s, 1, 2, &c.day)) return false;
    return finish_datetime(s, &c, ret_ticks);
}

/* "M/d/yyyy", "M-d-yyyy". */
static bool parse_month_first(Scan *s, int64_t *ret_ticks) {
    CivilTime c = {0};
    if (!scan_number(s, 1, 2, &c.month)) return false;
    char separator = *s->p++;
    if (!scan_number(s, 1, 2, &c.day) || !scan_char(s, separator)) return false;
    return scan_year(s, &c.year) && finish_datetime(s, &c, ret_ticks);
}

/* "[Sat,] 8 Nov 14", "[Saturday,] 08-Nov-14", "[Sat] Nov 8[,] 2014". */
static bool parse_named_month(Scan *s, int64_t *ret_ticks) {
    CivilTime c = {0};
    Scan ahead = *s;
    if (weekday_index(scan_word(&ahead))) {
        scan_char(&ahead, ',');
        scan_blanks(&ahead);
        *s = ahead;
    }
    if (is_digit(scan_peek(s))) {
        if (!scan_number(s, 1, 2, &c.day)) return false;
        char separator = scan_char(s, '-') ? '-' : ' ';
        if (separator == ' ') scan_blanks(s);
        c.month = month_index(scan_word(s));
        if (separator == '-' ? !scan_char(s, '-') : !scan_blanks(s)) return false;
    } else {
        c.month = month_index(scan_word(s));
        if (!scan_blanks(s) || !scan_number(s, 1, 2, &c.day)) return false;
        scan_char(s, ',');
        if (!scan_blanks(s)) return false;
    }
    return c.month && scan_year(s, &c.year) && finish_datetime(s, &c, ret_ticks);
}

/* "yyyy-MM-ddTHH:mm:ss": nearly all there is in telemetry, so it is read without the scanner. */
static bool parse_iso_fast(Scan *s, int64_t *ret_ticks) {
    static const char SHAPE[] = "0000-00-00T00:00:00";
    const char *p = s->p;
    if (s->end - p < 20) return false;
    for (int i = 0; i < 19; i++) {
        if (SHAPE[i] == '0' ? !is_digit(p[i]) : p[i] != SHAPE[i] && !(i == 10 && p[i] == ' ')) {
            return false;
        }
    }
#define TWO(i) ((p[i] - '0') * 10 + (p[(i) + 1] - '0'))
    CivilTime c = {.year = TWO(0) * 100 + TWO(2),
                   .month = TWO(5),
                   .day = TWO(8),
                   .hour = TWO(11),
                   .minute = TWO(14),
                   .second = TWO(17)};
#undef TWO
    Scan rest = {p + 19, s->end};
    if (scan_char(&rest, '.') && !scan_fraction(&rest, &c.fraction)) return false;
    if (!scan_char(&rest, 'Z') || rest.p != rest.end) return false;
    return ticks_from_civil(&c, ret_ticks);
}

/* Eight bytes at once: against the shape, digits differ by their value and other bytes not at all; a
 * digit's difference and `above` reach 0x80 when it is past 9, another byte's when it is not 0. */
bool ticks_parse_iso(Str text, int64_t *ret_ticks) {
    static const char SHAPE[] = "0000-00-00T00:00:00.0000000Z";
    static const char ABOVE[] = "vvvv\x7Fvv\x7Fvv\x7Fvv\x7Fvv\x7Fvv\x7Fvvvvvvv\x7F";
    enum { LEN = 28 };
    if (text.len != LEN) return false;
    unsigned char d[LEN];
    uint64_t wrong = 0;
    static const size_t places[] = {0, 8, 16, 20};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        size_t at = places[i];
        uint64_t word, shape, above;
        memcpy(&word, text.ptr + at, 8);
        memcpy(&shape, SHAPE + at, 8);
        memcpy(&above, ABOVE + at, 8);
        word ^= shape;
        wrong |= (word + above) | word;
        memcpy(d + at, &word, 8);
    }
    if (wrong & UINT64_C(0x8080808080808080)) return false;
#define TWO(i) (d[i] * 10 + d[(i) + 1])
    CivilTime c = {.year = TWO(0) * 100 + TWO(2),
                   .month = TWO(5),
                   .day = TWO(8),
                   .hour = TWO(11),
                   .minute = TWO(14),
                   .second = TWO(17),
                   .fraction = (TWO(20) * 100 + TWO(22)) * 1000 + TWO(24) * 10 + d[26]};
#undef TWO
    return ticks_from_civil(&c, ret_ticks);
}

bool ticks_parse_datetime(Str text, int64_t *ret_ticks) {
    if (ticks_parse_iso(text, ret_ticks)) return true;
    Scan s = scan_of(text);
    if (parse_iso_fast(&s, ret_ticks)) return true;
    size_t digits = 0, left = (size_t)(s.end - s.p);
    while (digits < left && is_digit(s.p[digits])) digits++;
    char after = digits < left ? s.p[digits] : 0;
    bool is_separator = after == '-' || after == '/' || after == '.';
    bool letter_follows = digits + 1 < left && isalpha((unsigned char)s.p[digits + 1]);
    if (digits == 4) {
        size_t at = digits;
        while (at < left && s.p[at] == ' ') at++;
        char separator = at < left ? s.p[at] : 0;
        if (separator && strchr("-/.,", separator))
            return parse_year_first(&s, separator, ret_ticks);
    }
    if (digits >= 4) return parse_digit_run(&s, digits, ret_ticks);
    if (digits && is_separator && !letter_follows) return parse_month_first(&s, ret_ticks);
    return parse_named_month(&s, ret_ticks);
}

/* -------------------------------------------------------------- timespan */

static const struct {
    const char *name;
    int64_t ticks; /* 0: a nanosecond, a hundredth of a tick */
} UNITS[] = {
    {"d", TICKS_PER_DAY},
    {"day", TICKS_PER_DAY},
    {"days", TICKS_PER_DAY},
    {"h", TICKS_PER_HOUR},
    {"hr", TICKS_PER_HOUR},
    {"hrs", TICKS_PER_HOUR},
    {"hour", TICKS_PER_HOUR},
    {"hours", TICKS_PER_HOUR},
    {"m", TICKS_PER_MINUTE},
    {"min", TICKS_PER_MINUTE},
    {"minute", TICKS_PER_MINUTE},
    {"minutes", TICKS_PER_MINUTE},
    {"s", TICKS_PER_SECOND},
    {"sec", TICKS_PER_SECOND},
    {"second", TICKS_PER_SECOND},
    {"seconds", TICKS_PER_SECOND},
    {"ms", TICKS_PER_MILLISECOND},
    {"milli", TICKS_PER_MILLISECOND},
    {"millis", TICKS_PER_MILLISECOND},
    {"millisec", TICKS_PER_MILLISECOND},
    {"millisecond", TICKS_PER_MILLISECOND},
    {"milliseconds", TICKS_PER_MILLISECOND},
    {"micro", TICKS_PER_MICROSECOND},
    {"micros", TICKS_PER_MICROSECOND},
    {"microsec", TICKS_PER_MICROSECOND},
    {"microsecond", TICKS_PER_MICROSECOND},
    {"microseconds", TICKS_PER_MICROSECOND},
    {"nano", 0},
    {"nanos", 0},
    {"nanosec", 0},
    {"nanosecond", 0},
    {"nanoseconds", 0},
    {"tick", 1},
    {"ticks", 1},
};

static bool store_ticks(Int128 magnitude, bool negative, int64_t *ret) {
    Int128 value = negative ? -magnitude : magnitude;
    if (value > INT64_MAX || value < INT64_MIN) return false;
    *ret = (int64_t)value;
    return true;
}

/* "1.5h", "2 days", "3": digits, a fraction (12 digits of it count), a unit; no unit means days. */
static bool parse_unit_timespan(Scan s, bool negative, int64_t *ret_ticks) {
    Int128 number = 0, scale = 1;
    bool has_digits = false;
    for (; s.p < s.end && is_digit(*s.p); s.p++, has_digits = true) {
        number = number * 10 + (*s.p - '0');
        if (number > INT64_MAX) return false;
    }
    if (scan_char(&s, '.')) {
        for (; s.p < s.end && is_digit(*s.p); s.p++, has_digits = true) {
            if (scale < INT64_C(1000000000000)) {
                number = number * 10 + (*s.p - '0');
                scale *= 10;
            }
        }
    }
    if (!has_digits) return false;
    scan_blanks(&s);
    Str unit = {s.p, (size_t)(s.end - s.p)};
    int64_t ticks = -1;
    if (!unit.len) ticks = TICKS_PER_DAY;
    for (size_t i = 0; i < COUNT_OF(UNITS) && ticks < 0; i++) {
        if (str_is(unit, UNITS[i].name)) ticks = UNITS[i].ticks;
    }
    if (ticks < 0) return false;
    if (ticks == 0) {
        ticks = 1;
        scale *= 100;
    }
    /* number < 2^63 * 10^12 < 2^103, a day in ticks < 2^40: too much for 128 bits only when far too
     * long */
    if (number / scale > INT64_MAX / ticks) return false;
    Int128 whole = number / scale * ticks,
           part = (number % scale * ticks * 2 + scale) / (scale * 2);
    return store_ticks(whole + part, negative, ret_ticks);
}

/* "[d.]hh:mm[:ss[.fffffff]]", "d:hh:mm:ss[.fffffff]". */
static bool parse_clock_timespan(Scan s, bool negative, int64_t *ret_ticks) {
    int days = 0, hours = 0, minutes = 0, seconds = 0, fraction = 0;
    int first;
    if (!scan_number(&s, 1, 8, &first)) return false;
    int colons = 0;
    for (const char *p = s.p; p < s.end; p++) colons += *p == ':';
    if (scan_char(&s, '.') || (colons == 3 && scan_char(&s, ':'))) {
        days = first;
        if (!scan_number(&s, 1, 2, &hours)) return false;
    } else {
        hours = first;
    }
    if (!scan_char(&s, ':') || !scan_number(&s, 1, 2, &minutes)) return false;
    if (scan_char(&s, ':')) {
        if (!scan_number(&s, 1, 2, &seconds)) return false;
        if (scan_char(&s, '.') && !scan_fraction(&s, &fraction)) return false;
    }
    if (s.p != s.end || hours > 23 || minutes > 59 || seconds > 59) return false;
    Int128 magnitude = (Int128)days * TICKS_PER_DAY + hours * TICKS_PER_HOUR +
                       minutes * TICKS_PER_MINUTE + seconds * TICKS_PER_SECOND + fraction;
    return store_ticks(magnitude, negative, ret_ticks);
}

bool ticks_parse_timespan(Str text, int64_t *ret_ticks) {
    Scan s = scan_of(text);
    Str word = {s.p, (size_t)(s.end - s.p)};
    if (str_is(word, "min") || str_is(word, "max")) {
        *ret_ticks = word.ptr[1] == 'i' ? INT64_MIN : INT64_MAX;
        return true;
    }
    bool negative = scan_char(&s, '-');
    if (!negative) scan_char(&s, '+');
    bool is_clock = memchr(s.p, ':', (size_t)(s.end - s.p)) != NULL;
    return is_clock ? parse_clock_timespan(s, negative, ret_ticks)
                    : parse_unit_timespan(s, negative, ret_ticks);
}

/* -------------------------------------------------------------- printing */

/* Writes `value` with exactly `width` digits. */
static char *put_digits(char *out, uint64_t value, int width) {
    for (int i = width - 1; i >= 0; i--, value /= 10) out[i] = (char)('0' + value % 10);
    return out + width;
}

size_t ticks_print_datetime(int64_t ticks, char *out) {
    CivilTime c = ticks_to_civil(ticks);
    char *p = put_digits(out, (uint64_t)c.year, 4);
    *p++ = '-';
    p = put_digits(p, (uint64_t)c.month, 2);
    *p++ = '-';
    p = put_digits(p, (uint64_t)c.day, 2);
    *p++ = 'T';
    p = put_digits(p, (uint64_t)c.hour, 2);
    *p++ = ':';
    p = put_digits(p, (uint64_t)c.minute, 2);
    *p++ = ':';
    p = put_digits(p, (uint64_t)c.second, 2);
    *p++ = '.';
    p = put_digits(p, (uint64_t)c.fraction, 7);
    *p++ = 'Z';
    return (size_t)(p - out);
}

size_t ticks_print_timespan(int64_t ticks, char *out) {
    char *p = out;
    uint64_t rest = ticks < 0 ? 0 - (uint64_t)ticks : (uint64_t)ticks;
    if (ticks < 0) *p++ = '-';
    uint64_t days = rest / (uint64_t)TICKS_PER_DAY;
    if (days) {
        int width = 1;
        for (uint64_t n = days; n >= 10; n /= 10) width++;
        p = put_digits(p, days, width);
        *p++ = '.';
    }
    p = put_digits(p, rest / (uint64_t)TICKS_PER_HOUR % 24, 2);
    *p++ = ':';
    p = put_digits(p, rest / (uint64_t)TICKS_PER_MINUTE % 60, 2);
    *p++ = ':';
    p = put_digits(p, rest / (uint64_t)TICKS_PER_SECOND % 60, 2);
    uint64_t fraction = rest % (uint64_t)TICKS_PER_SECOND;
    if (fraction) {
        *p++ = '.';
        p = put_digits(p, fraction, 7);
    }
    return (size_t)(p - out);
}
