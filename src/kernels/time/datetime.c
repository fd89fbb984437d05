/*
 * datetime.c: the clock, and datetimes by named parts.
 *
 * Source: the pages of now, ago, datetime_add, datetime_diff, datetime_part, make_datetime,
 * make_timespan and unixtime_..._todatetime. Names of parts ignore case. What is outside years 1 to
 * 9999 is null.
 */
#include "kernels/time/datetime.h"

#include "kernels/number.h"
#include "kernels/out.h"

static void now(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    ret_ticks(ret, (Int128)call->query->now_ticks + (n_args ? args[0].u.l : 0));
}

static void ago(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    ret_ticks(ret, (Int128)call->query->now_ticks - args[0].u.l);
}

/* ----------------------------------------------------------- named parts */

typedef enum Part {
    PART_YEAR,
    PART_QUARTER,
    PART_MONTH,
    PART_WEEK,
    PART_DAY,
    PART_HOUR,
    PART_MINUTE,
    PART_SECOND,
    PART_MILLISECOND,
    PART_MICROSECOND,
    PART_NANOSECOND,
    PART_WEEK_OF_YEAR,
    PART_WEEKOFYEAR,
    PART_DAYOFYEAR,
    PART_NONE
} Part;

typedef struct PartName {
    const char *name;
    Part part;
    bool is_period; /* can be added and counted */
    bool is_part;   /* can be extracted */
} PartName;

static const PartName PARTS[] = {
    {"year", PART_YEAR, true, true},
    {"quarter", PART_QUARTER, true, true},
    {"month", PART_MONTH, true, true},
    {"week", PART_WEEK, true, false},
    {"day", PART_DAY, true, true},
    {"hour", PART_HOUR, true, true},
    {"minute", PART_MINUTE, true, true},
    {"second", PART_SECOND, true, true},
    {"millisecond", PART_MILLISECOND, true, true},
    {"microsecond", PART_MICROSECOND, true, true},
    {"nanosecond", PART_NANOSECOND, true, true},
    {"week_of_year", PART_WEEK_OF_YEAR, false, true},
    {"weekofyear", PART_WEEKOFYEAR, false, true},
    {"dayofyear", PART_DAYOFYEAR, false, true},
};

static Part part_named(Str name, bool as_period) {
    for (size_t i = 0; i < COUNT_OF(PARTS); i++) {
        bool fits = as_period ? PARTS[i].is_period : PARTS[i].is_part;
        if (fits && str_eq_nocase(name, str_of(PARTS[i].name))) return PARTS[i].part;
    }
    return PART_NONE;
}

/* Refuses a constant name that is none; keeps the part that it names. */
static void *check_part(Arena *arena, const Value *args, const bool *constant, bool as_period,
                        Str *ret_error) {
    if (!constant[0]) return NULL;
    Part *part = ARENA_NEW(arena, Part);
    *part = part_named(args[0].u.s, as_period);
    if (*part == PART_NONE)
        *ret_error = arena_printf(arena, "'%.*s' is no %s of a datetime", STR_ARG(args[0].u.s),
                                  as_period ? "period" : "part");
    return part;
}

static Part part_of(const KernelCall *call, const Value *name, bool as_period) {
    return call->state ? *(const Part *)call->state : part_named(name->u.s, as_period);
}

static void *check_period(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                          Str *ret_error) {
    (void)n_args;
    return check_part(arena, args, constant, true, ret_error);
}

static void *check_extract(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                           Str *ret_error) {
    (void)n_args;
    return check_part(arena, args, constant, false, ret_error);
}

/* Ticks of a period of fixed length; 0 for the others and for nanoseconds, which are less than one.
 */
static int64_t period_ticks(Part part) {
    switch (part) {
    case PART_WEEK: return 7 * TICKS_PER_DAY;
    case PART_DAY: return TICKS_PER_DAY;
    case PART_HOUR: return TICKS_PER_HOUR;
    case PART_MINUTE: return TICKS_PER_MINUTE;
    case PART_SECOND: return TICKS_PER_SECOND;
    case PART_MILLISECOND: return TICKS_PER_MILLISECOND;
    case PART_MICROSECOND: return TICKS_PER_MICROSECOND;
    case PART_YEAR:
    case PART_QUARTER:
    case PART_MONTH:
    case PART_NANOSECOND:
    case PART_WEEK_OF_YEAR:
    case PART_WEEKOFYEAR:
    case PART_DAYOFYEAR:
    case PART_NONE: break;
    }
    return 0;
}

static int64_t period_months(Part part) {
    return part == PART_YEAR ? 12 : part == PART_QUARTER ? 3 : part == PART_MONTH ? 1 : 0;
}

static void datetime_add(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args != 3) return;
    Part part = part_of(call, &args[0], true);
    int64_t amount = arg_long(&args[1]), months = period_months(part), ticks;
    if (part == PART_NONE) return;
    if (part == PART_NANOSECOND) {
        ret_ticks(ret, (Int128)args[2].u.l + amount / 100);
    } else if (!months) {
        ret_ticks(ret, args[2].u.l + (Int128)amount * period_ticks(part));
    } else if (!__builtin_mul_overflow(amount, months, &months)) {
        if (ticks_add_months(args[2].u.l, months, &ticks)) ret_ticks(ret, ticks);
    }
}

/* Number of the period that holds a datetime: a difference counts the borders between two. */
static int64_t period_number(Part part, int64_t ticks) {
    int64_t size = period_ticks(part);
    if (part == PART_DAY) return ticks / TICKS_PER_DAY;
    if (part == PART_MINUTE) return ticks / TICKS_PER_MINUTE;
    if (part == PART_WEEK) return (ticks / TICKS_PER_DAY + 1) / 7; /* day 0 was a Monday */
    if (size || part == PART_NANOSECOND) return size ? ticks / size : ticks;
    CivilTime c = ticks_to_civil(ticks);
    if (part == PART_YEAR) return c.year;
    if (part == PART_QUARTER) return c.year * 4 + (c.month - 1) / 3;
    return c.year * 12 + c.month;
}

static void datetime_diff(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args != 3) return;
    Part part = part_of(call, &args[0], true);
    if (part == PART_NONE) return;
    int64_t n = period_number(part, args[1].u.l) - period_number(part, args[2].u.l);
    if (part != PART_NANOSECOND || !__builtin_mul_overflow(n, 100, &n)) ret_long(ret, n);
}

static void datetime_part(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args != 2) return;
    int64_t ticks = args[1].u.l;
    CivilTime c = ticks_to_civil(ticks);
    switch (part_of(call, &args[0], false)) {
    case PART_YEAR: ret_int(ret, c.year); return;
    case PART_QUARTER: ret_int(ret, (c.month - 1) / 3 + 1); return;
    case PART_MONTH: ret_int(ret, c.month); return;
    case PART_DAY: ret_int(ret, c.day); return;
    case PART_HOUR: ret_int(ret, c.hour); return;
    case PART_MINUTE: ret_int(ret, c.minute); return;
    case PART_SECOND: ret_int(ret, c.second); return;
    case PART_MILLISECOND: ret_int(ret, c.fraction / TICKS_PER_MILLISECOND); return;
    case PART_MICROSECOND: ret_int(ret, c.fraction / TICKS_PER_MICROSECOND); return;
    case PART_NANOSECOND: ret_int(ret, c.fraction * 100); return;
    case PART_WEEK_OF_YEAR: ret_int(ret, iso_week(ticks)); return;
    case PART_WEEKOFYEAR: ret_int(ret, sunday_week(ticks)); return;
    case PART_DAYOFYEAR: ret_int(ret, c.yearday); return;
    case PART_WEEK:
    case PART_NONE: return;
    }
}

/* --------------------------------------------------------------- makers */

/* Ticks of 0 <= seconds < 60. */
static bool second_ticks(const Value *v, int64_t *ret) {
    double seconds = arg_real(v);
    if (!(seconds >= 0 && seconds < 60)) return false;
    *ret = llround(seconds * (double)TICKS_PER_SECOND);
    return *ret < TICKS_PER_MINUTE;
}

static bool in_range(int64_t value, int64_t low, int64_t high) {
    return value >= low && value <= high;
}

static void make_datetime(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args == 1) {
        *ret = value_convert(call->scratch, &args[0], TYPE_DATETIME);
        return;
    }
    int64_t parts[5] = {0}, rest = 0, ticks;
    for (uint32_t i = 0; i < 5 && i < n_args; i++) parts[i] = arg_long(&args[i]);
    if (n_args > 5 && !second_ticks(&args[5], &rest)) return;
    for (uint32_t i = 0; i < 5; i++)
        if (!in_range(parts[i], 0, 9999)) return;
    CivilTime c = {.year = (int)parts[0],
                   .month = (int)parts[1],
                   .day = (int)parts[2],
                   .hour = (int)parts[3],
                   .minute = (int)parts[4]};
    if (ticks_from_civil(&c, &ticks)) ret_ticks(ret, (Int128)ticks + rest);
}

static void *check_make_datetime(Arena *arena, const Value *args, const bool *constant,
                                 uint32_t n_args, Str *ret_error) {
    (void)arena;
    (void)args;
    (void)constant;
    if (n_args == 2) *ret_error = STR("a datetime is made of one value or of at least three parts");
    return NULL;
}

/* (hour, minute), (hour, minute, second) or (day, hour, minute, second). */
static void make_timespan(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args == 1) {
        *ret = value_convert(call->scratch, &args[0], TYPE_TIMESPAN);
        return;
    }
    int64_t day = 0, rest = 0;
    if (n_args == 4) day = arg_long(args++);
    int64_t hour = arg_long(&args[0]), minute = arg_long(&args[1]);
    if (n_args > 2 && !second_ticks(&args[2], &rest)) return;
    if (!in_range(hour, 0, 23) || !in_range(minute, 0, 59)) return;
    ret_ticks(ret, (Int128)day * TICKS_PER_DAY + hour * TICKS_PER_HOUR + minute * TICKS_PER_MINUTE +
                       rest);
}

/* ------------------------------------------------------------- unix time */

/* `numerator / denominator` ticks a unit; whole numbers stay exact. */
static void from_unix(const Value *v, int64_t numerator, int64_t denominator, Value *ret) {
    if (v->type == TYPE_INT || v->type == TYPE_LONG) {
        Int128 fixed = (Int128)arg_long(v) * numerator;
        if (fixed % denominator < 0) fixed -= denominator; /* down, also before 1970 */
        ret_ticks(ret, fixed / denominator + TICKS_UNIX_EPOCH);
        return;
    }
    double ticks = floor(arg_real(v) * (double)numerator / (double)denominator);
    if (fabs(ticks) < 0x1p62) ret_ticks(ret, (Int128)ticks + TICKS_UNIX_EPOCH);
}

#define UNIX_TIME(name, numerator, denominator)                                                    \
    static void name(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {           \
        (void)call;                                                                                \
        (void)n_args;                                                                              \
        from_unix(&args[0], numerator, denominator, ret);                                          \
    }                                                                                              \
    const Kernel kernel_##name = {.fn = name};
UNIX_TIME(unixtime_seconds, TICKS_PER_SECOND, 1)
UNIX_TIME(unixtime_milliseconds, TICKS_PER_MILLISECOND, 1)
UNIX_TIME(unixtime_microseconds, TICKS_PER_MICROSECOND, 1)
UNIX_TIME(unixtime_nanoseconds, 1, 100)

const Kernel kernel_now = {.fn = now};
const Kernel kernel_ago = {.fn = ago};
const Kernel kernel_datetime_add = {.fn = datetime_add, .prepare = check_period};
const Kernel kernel_datetime_diff = {.fn = datetime_diff, .prepare = check_period};
const Kernel kernel_datetime_part = {.fn = datetime_part, .prepare = check_extract};
const Kernel kernel_make_datetime = {.fn = make_datetime, .prepare = check_make_datetime};
const Kernel kernel_make_timespan = {.fn = make_timespan};
