#include "decimal_of.h"
#include "run.h"

static void test_clock(void) {
    /* the run's now: 638,000,000,000,000,000 ticks */
    FN("now", NO_ARGS, "2022-09-28T22:13:20.0000000Z");
    FN("now", ARGS(TS("-2d")), "2022-09-26T22:13:20.0000000Z");
    FN("ago", ARGS(TS("1h")), "2022-09-28T21:13:20.0000000Z");
    FN("ago", ARGS(NUL(TYPE_TIMESPAN)), NULL_TEXT);
    FN("ago", ARGS(value_ticks(TYPE_TIMESPAN, INT64_MAX)), NULL_TEXT);
    FN("ago", ARGS(value_ticks(TYPE_TIMESPAN, INT64_MIN)), NULL_TEXT);
}

static void test_bins(void) {
    FN("bin", ARGS(R(4.5), L(1)), "4.0");
    FN("bin", ARGS(TS("16d"), TS("7d")), "14.00:00:00");
    FN("bin", ARGS(DT("1970-05-11 13:45:07"), TS("1d")), "1970-05-11T00:00:00.0000000Z");
    FN("floor", ARGS(L(7), L(5)), "5");
    FN("bin", ARGS(L(-1), L(2)), "-2");
    FN("bin", ARGS(L(-4), L(2)), "-4");
    FN("bin", ARGS(I(7), I(5)), "5");
    FN("bin", ARGS(I(INT32_MIN), I(INT32_MAX)), NULL_TEXT);
    FN("bin", ARGS(L(INT64_MIN), L(7)), NULL_TEXT);
    FN("bin", ARGS(TS("-1h"), TS("1d")), "-1.00:00:00");
    FN("bin", ARGS(L(5), L(0)), NULL_TEXT);
    FN("bin", ARGS(L(5), L(-2)), NULL_TEXT);
    FN("bin", ARGS(R(5), R(-2)), NULL_TEXT);
    FN("bin", ARGS(NUL(TYPE_LONG), L(2)), NULL_TEXT);
    FN("bin", ARGS(L(2), NUL(TYPE_LONG)), NULL_TEXT);
    FN("bin", ARGS(R(-0.5), R(0.25)), "-0.5");
    FN("bin", ARGS(decimal_of("-0.5"), decimal_of("1")), "-1");
    FN("bin", ARGS(decimal_of("3.5"), L(2)), "2");
    FN("bin_at", ARGS(R(6.5), R(2.5), L(7)), "4.5");
    FN("bin_at", ARGS(TS("1h"), TS("1d"), TS("12h")), "-12:00:00");
    FN("bin_at", ARGS(DT("2017-05-15 10:20:00.0"), TS("1d"), DT("1970-01-01 12:00:00.0")),
       "2017-05-14T12:00:00.0000000Z");
    FN("bin_at", ARGS(DT("2017-05-17 10:20:00.0"), TS("7d"), DT("2017-06-04 00:00:00.0")),
       "2017-05-14T00:00:00.0000000Z");
    FN("bin_at", ARGS(DT("2018-02-24T15:14"), TS("1d"), DT("2018-02-24 15:14:00.0000000")),
       "2018-02-24T15:14:00.0000000Z");
    FN("bin_at", ARGS(DT("0001-01-01"), TS("7d"), DT("0001-01-02")), NULL_TEXT);
    FN("bin_at", ARGS(L(10), L(4), L(3)), "7");
    FN("bin_at", ARGS(L(10), L(0), L(3)), NULL_TEXT);
}

static void test_starts(void) {
    FN("startofday", ARGS(DT("2017-01-01 10:10:17")), "2017-01-01T00:00:00.0000000Z");
    FN("startofday", ARGS(DT("2017-01-01 10:10:17"), L(-1)), "2016-12-31T00:00:00.0000000Z");
    FN("startofday", ARGS(DT("2017-01-01 10:10:17"), I(1)), "2017-01-02T00:00:00.0000000Z");
    FN("startofweek", ARGS(DT("2017-01-01 10:10:17"), L(-1)), "2016-12-25T00:00:00.0000000Z");
    FN("startofweek", ARGS(DT("2017-01-01 10:10:17"), L(0)), "2017-01-01T00:00:00.0000000Z");
    FN("startofweek", ARGS(DT("2017-01-07 23:59:59"), L(1)), "2017-01-08T00:00:00.0000000Z");
    FN("startofweek", ARGS(DT("0001-01-01")), NULL_TEXT); /* its Sunday is before all datetimes */
    FN("startofmonth", ARGS(DT("2017-01-01 10:10:17"), L(-1)), "2016-12-01T00:00:00.0000000Z");
    FN("startofmonth", ARGS(DT("2017-01-31 10:10:17"), L(13)), "2018-02-01T00:00:00.0000000Z");
    FN("startofyear", ARGS(DT("2017-01-01 10:10:17"), L(1)), "2018-01-01T00:00:00.0000000Z");
    FN("startofyear", ARGS(DT("2017-06-30 10:10:17")), "2017-01-01T00:00:00.0000000Z");
    FN("startofyear", ARGS(DT("2017-06-30"), L(-2017)), NULL_TEXT);
    FN("startofyear", ARGS(DT("2017-06-30"), L(INT64_MAX)), NULL_TEXT);
    FN("startofday", ARGS(DT("2017-06-30"), L(INT64_MIN)), NULL_TEXT);
    FN("startofmonth", ARGS(DT("9999-12-31"), L(1)), NULL_TEXT);
    FN("startofday", ARGS(NUL(TYPE_DATETIME)), NULL_TEXT);
}

static void test_ends(void) {
    FN("endofday", ARGS(DT("2017-01-01 10:10:17"), L(-1)), "2016-12-31T23:59:59.9999999Z");
    FN("endofday", ARGS(DT("2017-01-01 10:10:17")), "2017-01-01T23:59:59.9999999Z");
    FN("endofweek", ARGS(DT("2017-01-01 10:10:17"), L(-1)), "2016-12-31T23:59:59.9999999Z");
    FN("endofweek", ARGS(DT("2017-01-01 10:10:17"), L(0)), "2017-01-07T23:59:59.9999999Z");
    FN("endofweek", ARGS(DT("2017-01-01 10:10:17"), L(1)), "2017-01-14T23:59:59.9999999Z");
    FN("endofmonth", ARGS(DT("2017-01-01 10:10:17"), L(1)), "2017-02-28T23:59:59.9999999Z");
    FN("endofmonth", ARGS(DT("2020-02-01")), "2020-02-29T23:59:59.9999999Z");
    FN("endofyear", ARGS(DT("2017-01-01 10:10:17"), L(-1)), "2016-12-31T23:59:59.9999999Z");
    FN("endofyear", ARGS(DT("9999-05-05")), "9999-12-31T23:59:59.9999999Z");
    FN("endofmonth", ARGS(DT("9999-12-05"), L(1)), NULL_TEXT);
    FN("endofmonth", ARGS(DT("9999-12-05"), L(INT64_MAX)), NULL_TEXT);
}

static void test_add(void) {
    FN("datetime_add", ARGS(S("year"), L(1), DT("2017-01-01")), "2018-01-01T00:00:00.0000000Z");
    FN("datetime_add", ARGS(S("quarter"), L(1), DT("2017-01-01")), "2017-04-01T00:00:00.0000000Z");
    FN("datetime_add", ARGS(S("month"), L(1), DT("2017-01-01")), "2017-02-01T00:00:00.0000000Z");
    FN("datetime_add", ARGS(S("week"), L(1), DT("2017-01-01")), "2017-01-08T00:00:00.0000000Z");
    FN("datetime_add", ARGS(S("day"), L(1), DT("2017-01-01")), "2017-01-02T00:00:00.0000000Z");
    FN("datetime_add", ARGS(S("hour"), L(1), DT("2017-01-01")), "2017-01-01T01:00:00.0000000Z");
    FN("datetime_add", ARGS(S("minute"), L(1), DT("2017-01-01")), "2017-01-01T00:01:00.0000000Z");
    FN("datetime_add", ARGS(S("second"), I(1), DT("2017-01-01")), "2017-01-01T00:00:01.0000000Z");
    FN("datetime_add", ARGS(S("Millisecond"), L(1), DT("2017-01-01")),
       "2017-01-01T00:00:00.0010000Z");
    FN("datetime_add", ARGS(S("microsecond"), L(1), DT("2017-01-01")),
       "2017-01-01T00:00:00.0000010Z");
    FN("datetime_add", ARGS(S("NANOSECOND"), L(700), DT("2017-01-01")),
       "2017-01-01T00:00:00.0000007Z");
    FN("datetime_add", ARGS(S("year"), L(-5), DT("2017-01-01")), "2012-01-01T00:00:00.0000000Z");
    FN("datetime_add", ARGS(S("quarter"), L(12), DT("2017-01-01")), "2020-01-01T00:00:00.0000000Z");
    FN("datetime_add", ARGS(S("month"), L(-15), DT("2017-01-01")), "2015-10-01T00:00:00.0000000Z");
    FN("datetime_add", ARGS(S("week"), L(100), DT("2017-01-01")), "2018-12-02T00:00:00.0000000Z");
    FN("datetime_add", ARGS(S("month"), L(1), DT("2020-01-31 05:06:07")),
       "2020-02-29T05:06:07.0000000Z");
    FN("datetime_add", ARGS(S("year"), L(1), DT("2020-02-29")), "2021-02-28T00:00:00.0000000Z");
    FN("datetime_add", ARGS(S("year"), L(9000), DT("2020-02-29")), NULL_TEXT);
    FN("datetime_add", ARGS(S("year"), L(INT64_MAX), DT("2020-02-29")), NULL_TEXT);
    FN("datetime_add", ARGS(S("week"), L(INT64_MIN), DT("2020-02-29")), NULL_TEXT);
    FN("datetime_add", ARGS(S("eon"), L(1), DT("2020-02-29")),
       "error: 'eon' is no period of a datetime");
    FN("datetime_add", ARGS(S("week_of_year"), L(1), DT("2020-02-29")),
       "error: 'week_of_year' is no period of a datetime");
}

static void test_diff(void) {
    FN("datetime_diff", ARGS(S("year"), DT("2017-01-01"), DT("2000-12-31")), "17");
    FN("datetime_diff", ARGS(S("quarter"), DT("2017-07-01"), DT("2017-03-30")), "2");
    FN("datetime_diff", ARGS(S("month"), DT("2017-01-01"), DT("2015-12-30")), "13");
    FN("datetime_diff", ARGS(S("week"), DT("2017-10-29 00:00"), DT("2017-09-30 23:59")), "5");
    FN("datetime_diff", ARGS(S("day"), DT("2017-10-29 00:00"), DT("2017-09-30 23:59")), "29");
    FN("datetime_diff", ARGS(S("hour"), DT("2017-10-31 01:00"), DT("2017-10-30 23:59")), "2");
    FN("datetime_diff", ARGS(S("minute"), DT("2017-10-30 23:05:01"), DT("2017-10-30 23:00:59")),
       "5");
    FN("datetime_diff",
       ARGS(S("second"), DT("2017-10-30 23:00:10.100"), DT("2017-10-30 23:00:00.900")), "10");
    FN("datetime_diff",
       ARGS(S("millisecond"), DT("2017-10-30 23:00:00.200100"), DT("2017-10-30 23:00:00.100900")),
       "100");
    FN("datetime_diff",
       ARGS(S("microsecond"), DT("2017-10-30 23:00:00.1009001"), DT("2017-10-30 23:00:00.1008009")),
       "100");
    FN("datetime_diff",
       ARGS(S("nanosecond"), DT("2017-10-30 23:00:00.0000000"), DT("2017-10-30 23:00:00.0000007")),
       "-700");
    FN("datetime_diff", ARGS(S("Day"), DT("2017-09-30"), DT("2017-10-29")), "-29");
    FN("datetime_diff", ARGS(S("nanosecond"), DT("9999-01-01"), DT("0001-01-01")), NULL_TEXT);
    FN("datetime_diff", ARGS(S("day"), NUL(TYPE_DATETIME), DT("2017-10-29")), NULL_TEXT);
    FN("datetime_diff", ARGS(S("days"), DT("2017-09-30"), DT("2017-10-29")),
       "error: 'days' is no period of a datetime");
}

static void test_parts(void) {
    Value dt = DT("2017-10-30 01:02:03.7654321");
    FN("datetime_part", ARGS(S("year"), dt), "2017");
    FN("datetime_part", ARGS(S("quarter"), dt), "4");
    FN("datetime_part", ARGS(S("month"), dt), "10");
    FN("datetime_part", ARGS(S("week_of_year"), dt), "44");
    FN("datetime_part", ARGS(S("day"), dt), "30");
    FN("datetime_part", ARGS(S("dayOfYear"), dt), "303");
    FN("datetime_part", ARGS(S("hour"), dt), "1");
    FN("datetime_part", ARGS(S("minute"), dt), "2");
    FN("datetime_part", ARGS(S("second"), dt), "3");
    FN("datetime_part", ARGS(S("millisecond"), dt), "765");
    FN("datetime_part", ARGS(S("microsecond"), dt), "765432");
    FN("datepart", ARGS(S("nanosecond"), dt), "765432100");
    FN("datetime_part", ARGS(S("week"), dt), "error: 'week' is no part of a datetime");
    FN("dayofweek", ARGS(DT("1947-11-30 10:00:05")), "00:00:00");
    FN("dayofweek", ARGS(DT("1970-05-11")), "1.00:00:00");
    FN("dayofweek", ARGS(DT("1970-05-12")), "2.00:00:00");
    FN("dayofmonth", ARGS(DT("2015-12-14")), "14");
    FN("dayofyear", ARGS(DT("2015-12-14")), "348");
    FN("hourofday", ARGS(DT("2015-12-14 18:54")), "18");
    FN("monthofyear", ARGS(DT("2015-12-14")), "12");
    FN("getmonth", ARGS(DT("2015-10-12")), "10");
    FN("getyear", ARGS(DT("2015-10-12")), "2015");
    FN("getyear", ARGS(NUL(TYPE_DATETIME)), NULL_TEXT);
    FN("week_of_year", ARGS(DT("2020-12-31")), "53");
    FN("week_of_year", ARGS(DT("2020-06-15")), "25");
    FN("week_of_year", ARGS(DT("1970-01-01")), "1");
    FN("week_of_year", ARGS(DT("2000-01-01")), "52");
    FN("week_of_year", ARGS(DT("2024-12-30")), "1");
    FN("week_of_year", ARGS(DT("9999-12-31")), "52");
    FN("weekofyear", ARGS(DT("2020-01-01")), "1");  /* a Wednesday */
    FN("weekofyear", ARGS(DT("2021-01-01")), "53"); /* behind the Wednesday of 2020's last week */
    FN("weekofyear", ARGS(DT("2021-01-03")), "1");
    FN("weekofyear", ARGS(DT("0001-01-01")), "1");
}

static void test_formats(void) {
    Value dt = DT("2017-01-29 09:00:05");
    FN("format_datetime", ARGS(dt, S("yy-MM-dd [HH:mm:ss]")), "17-01-29 [09:00:05]");
    FN("format_datetime", ARGS(dt, S("yyyy-M-dd [H:mm:ss]")), "2017-1-29 [9:00:05]");
    FN("format_datetime", ARGS(dt, S("yy-MM-dd [hh:mm:ss tt]")), "17-01-29 [09:00:05 AM]");
    FN("format_datetime", ARGS(DT("2009-06-15T13:45:30.6175425"), S("f ff fff ffff,fffff_ffffff")),
       "6 61 617 6175,61754_617542");
    FN("format_datetime", ARGS(DT("2009-06-15T13:45:30.0001150"), S("fffffff/FFFFFFF/FFF")),
       "0001150/000115/");
    FN("format_datetime", ARGS(DT("2009-06-15T13:45:30"), S("ss.FFF")), "30");
    FN("format_datetime", ARGS(DT("2009-06-15T13:45:30.05"), S("ss.FFF")), "30.05");
    FN("format_datetime", ARGS(DT("2009-06-15T00:05:09"), S("h hh H HH m s tt")),
       "12 12 0 00 5 9 AM");
    FN("format_datetime", ARGS(DT("2009-06-15T13:45:09"), S("h tt d y")), "1 PM 15 9");
    FN("format_datetime", ARGS(DT("0900-01-01"), S("y yy yyyy")), "0 00 0900");
    FN("format_datetime", ARGS(dt, S("MMM")),
       "error: 'MMM' is neither an element nor a delimiter of a format");
    FN("format_datetime", ARGS(dt, S("yyyyTT")),
       "error: 'TT' is neither an element nor a delimiter of a format");
    FN("format_datetime", ARGS(NUL(TYPE_DATETIME), S("yyyy")), "");
    Value t = TS("29.09:00:05.12345");
    FN("format_timespan", ARGS(t, S("dd.hh:mm:ss:FF")), "29.09:00:05:12");
    FN("format_timespan", ARGS(t, S("ddd.h:mm:ss [fffffff]")), "029.9:00:05 [1234500]");
    FN("format_timespan", ARGS(TS("15.13:45:30"), S("d,dd,ddd,H_FFF")), "15,15,015,13_");
    FN("format_timespan", ARGS(TS("-01:02:03"), S("HH:mm:ss")), "01:02:03");
    FN("format_timespan", ARGS(t, S("yyyy")),
       "error: 'yyyy' is neither an element nor a delimiter of a format");
}

static void test_makers(void) {
    FN("make_datetime", ARGS(L(2017), L(10), L(1)), "2017-10-01T00:00:00.0000000Z");
    FN("make_datetime", ARGS(L(2017), L(10), L(1), L(12), L(10)), "2017-10-01T12:10:00.0000000Z");
    FN("make_datetime", ARGS(I(2017), L(10), L(1), L(12), L(11), R(0.1234567)),
       "2017-10-01T12:11:00.1234567Z");
    FN("make_datetime", ARGS(L(2017), L(13), L(1)), NULL_TEXT);
    FN("make_datetime", ARGS(L(2017), L(2), L(29)), NULL_TEXT);
    FN("make_datetime", ARGS(L(2017), L(2), L(28), L(24), L(0)), NULL_TEXT);
    FN("make_datetime", ARGS(L(2017), L(2), L(28), L(0), L(0), L(60)), NULL_TEXT);
    FN("make_datetime", ARGS(L(2017), L(2), L(28), L(0), L(0), R(59.9999999)),
       "2017-02-28T00:00:59.9999999Z");
    FN("make_datetime", ARGS(L(0), L(1), L(1)), NULL_TEXT);
    FN("make_datetime", ARGS(L(INT64_MAX), L(1), L(1)), NULL_TEXT);
    FN("make_datetime", ARGS(S("2017-10-01")), "2017-10-01T00:00:00.0000000Z");
    FN("make_datetime", ARGS(L(2017), L(10)),
       "error: a datetime is made of one value or of at least three parts");
    FN("make_timespan", ARGS(L(1), L(12), L(30), R(55.123)), "1.12:30:55.1230000");
    FN("make_timespan", ARGS(L(12), L(30)), "12:30:00");
    FN("make_timespan", ARGS(L(12), L(30), R(55.123)), "12:30:55.1230000");
    FN("make_timespan", ARGS(L(24), L(30)), NULL_TEXT);
    FN("make_timespan", ARGS(L(12), L(60)), NULL_TEXT);
    FN("make_timespan", ARGS(L(INT64_MAX), L(0), L(0), L(0)), NULL_TEXT);
    FN("make_timespan", ARGS(S("1d")), "1.00:00:00");
}

static void test_unix_time(void) {
    FN("unixtime_seconds_todatetime", ARGS(L(1546300800)), "2019-01-01T00:00:00.0000000Z");
    FN("unixtime_milliseconds_todatetime", ARGS(L(1546300800000)), "2019-01-01T00:00:00.0000000Z");
    FN("unixtime_microseconds_todatetime", ARGS(R(1546300800000000.0)),
       "2019-01-01T00:00:00.0000000Z");
    FN("unixtime_nanoseconds_todatetime", ARGS(L(1546300800123456789)),
       "2019-01-01T00:00:00.1234567Z");
    FN("unixtime_nanoseconds_todatetime", ARGS(L(-1)), "1969-12-31T23:59:59.9999999Z");
    FN("unixtime_seconds_todatetime", ARGS(R(-0.5)), "1969-12-31T23:59:59.5000000Z");
    FN("unixtime_seconds_todatetime", ARGS(L(INT64_MAX)), NULL_TEXT);
    FN("unixtime_seconds_todatetime", ARGS(R(1e300)), NULL_TEXT);
    FN("unixtime_seconds_todatetime", ARGS(NUL(TYPE_LONG)), NULL_TEXT);
}

int main(void) {
    run_arena = arena_new();
    test_clock();
    test_bins();
    test_starts();
    test_ends();
    test_add();
    test_diff();
    test_parts();
    test_formats();
    test_makers();
    test_unix_time();
    arena_free(run_arena);
    return test_finish();
}
