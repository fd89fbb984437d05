#include "base/ticks.h"
#include "test.h"

static void check_datetime(const char *text, const char *expected) {
    int64_t ticks;
    char out[32];
    if (!ticks_parse_datetime(str_of(text), &ticks)) {
        if (strcmp(expected, "-") != 0) fprintf(stderr, "datetime %s\n", text);
        CHECK_STR(STR("-"), expected);
        return;
    }
    size_t len = ticks_print_datetime(ticks, out);
    CHECK_STR(((Str){out, len}), expected);
}

static void check_timespan(const char *text, const char *expected) {
    int64_t ticks;
    char out[32];
    if (!ticks_parse_timespan(str_of(text), &ticks)) {
        if (strcmp(expected, "-") != 0) fprintf(stderr, "timespan %s\n", text);
        CHECK_STR(STR("-"), expected);
        return;
    }
    size_t len = ticks_print_timespan(ticks, out);
    CHECK_STR(((Str){out, len}), expected);
}

static void test_datetime_forms(void) {
    check_datetime("2026-11-24T03:42:36.1234567Z", "2026-11-24T03:42:36.1234567Z");
    check_datetime("2026-11-24T03:42:36.12345678901Z", "2026-11-24T03:42:36.1234567Z");
    check_datetime("2026-11-24 03:42:36.5", "2026-11-24T03:42:36.5000000Z");
    check_datetime(" 2026-11-24T03:42 ", "2026-11-24T03:42:00.0000000Z");
    check_datetime("2026-11-24", "2026-11-24T00:00:00.0000000Z");
    check_datetime("2026-1-2 3:04:05", "2026-01-02T03:04:05.0000000Z");
    check_datetime("2026-11-24T03:42:36+02:00", "2026-11-24T01:42:36.0000000Z");
    check_datetime("2026-11-24T03:42:36-0530", "2026-11-24T09:12:36.0000000Z");
    check_datetime("2026-11-24T03:42:36 GMT", "2026-11-24T03:42:36.0000000Z");
    check_datetime("Sat, 8 Nov 14 15:05:02 GMT", "2014-11-08T15:05:02.0000000Z");
    check_datetime("8 Nov 14 15:05", "2014-11-08T15:05:00.0000000Z");
    check_datetime("Saturday, 08-Nov-14 15:05 GMT", "2014-11-08T15:05:00.0000000Z");
    check_datetime("08-Nov-14 15:05:02", "2014-11-08T15:05:02.0000000Z");
    check_datetime("Nov 8, 2014 3:05:02 PM", "2014-11-08T15:05:02.0000000Z");
    check_datetime("10/25/2023, 9:43:21.990 AM", "2023-10-25T09:43:21.9900000Z");
    check_datetime("12/1/2023 12:00:00 AM", "2023-12-01T00:00:00.0000000Z");
    check_datetime("12-02-2022", "2022-12-02T00:00:00.0000000Z");
    check_datetime("20231025", "2023-10-25T00:00:00.0000000Z");
    check_datetime("20231025T094321Z", "2023-10-25T09:43:21.0000000Z");
    check_datetime("2023", "2023-01-01T00:00:00.0000000Z");
    check_datetime("0001-01-01", "0001-01-01T00:00:00.0000000Z");
    check_datetime("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z");
    check_datetime("2024-02-29", "2024-02-29T00:00:00.0000000Z");
}

/* Each byte of the usual form put in each place of it: what is still of that form is read as the other
 * reader does, which a further digit of the fraction leads to. */
static void test_iso(void) {
    static const char usual[] = "2024-02-29T23:59:59.9876543Z";
    int n_read = 0, n_different = 0;
    for (size_t at = 0; at < sizeof usual - 1; at++) {
        for (int c = 0; c < 256; c++) {
            char text[sizeof usual + 1];
            memcpy(text, usual, sizeof usual);
            text[at] = (char)c;
            bool has_form =
                usual[at] >= '0' && usual[at] <= '9' ? c >= '0' && c <= '9' : c == usual[at];
            int64_t ticks = 0, wanted = 0;
            bool is_read = ticks_parse_iso((Str){text, sizeof usual - 1}, &ticks);
            memcpy(text + sizeof usual - 2, "0Z", 2);
            if (at == sizeof usual - 2) text[at + 1] = (char)c;
            bool is_time = ticks_parse_datetime((Str){text, sizeof usual}, &wanted);
            n_different += is_read != (has_form && is_time) || (is_read && ticks != wanted);
            n_read += is_read;
        }
    }
    CHECK_LONG(n_different, 0);
    CHECK(n_read > 100);
    int64_t ticks;
    CHECK(!ticks_parse_iso(STR("2024-02-29T23:59:59.987654Z"), &ticks));
    CHECK(!ticks_parse_iso(STR("2023-02-29T23:59:59.9876543Z"), &ticks));
}

static void test_datetime_refused(void) {
    static const char *const BAD[] = {"",
                                      "hello",
                                      "2023-02-29",
                                      "2026-13-01",
                                      "2026-11-24T24:00:00Z",
                                      "2026-11-24Tx",
                                      "1500000000",
                                      "2026-11-24T03",
                                      "0000-01-01",
                                      "12/40/2023",
                                      "2026-11-24T03:42:36+15:00",
                                      "13 PM",
                                      "Foo 8, 2014",
                                      "2026-11-24 13:00 PM",
                                      "9999-12-31T23:59:59-01:00",
                                      "0001-01-01T00:00:00+01:00",
                                      "2026-",
                                      "/",
                                      "20260230"};
    for (size_t i = 0; i < COUNT_OF(BAD); i++) check_datetime(BAD[i], "-");
}

static void test_timespan_forms(void) {
    check_timespan("2d", "2.00:00:00");
    check_timespan("1.5h", "01:30:00");
    check_timespan("30m", "00:30:00");
    check_timespan("100ms", "00:00:00.1000000");
    check_timespan("10microsecond", "00:00:00.0000100");
    check_timespan("3tick", "00:00:00.0000003");
    check_timespan("500nanoseconds", "00:00:00.0000005");
    check_timespan("15 seconds", "00:00:15");
    check_timespan("2", "2.00:00:00");
    check_timespan("0.12:34:56.7", "12:34:56.7000000");
    check_timespan("1.02:03:04.0000005", "1.02:03:04.0000005");
    check_timespan("-00:00:01", "-00:00:01");
    check_timespan("0.00:03:00", "00:03:00");
    check_timespan("1:02:03:04", "1.02:03:04");
    check_timespan("00:01", "00:01:00");
    check_timespan("max", "10675199.02:48:05.4775807");
    check_timespan("min", "-10675199.02:48:05.4775808");
    static const char *const BAD[] = {
        "",    "x",      "1w",  "24:00:00", "00:60", "1:2:3:4:5", "99999999999d",
        "1e5", "00:00:", "--1", ":",        ".",     "1..2"};
    for (size_t i = 0; i < COUNT_OF(BAD); i++) check_timespan(BAD[i], "-");
}

static void test_calendar(void) {
    for (int64_t day = 0; day < 3652059; day += 13) {
        CivilTime c = ticks_to_civil(day * TICKS_PER_DAY + 5);
        int64_t back = -1;
        bool is_same = ticks_from_civil(&c, &back) && back == day * TICKS_PER_DAY + 5;
        if (!is_same) CHECK(is_same);
    }
    CivilTime c = ticks_to_civil(TICKS_UNIX_EPOCH);
    CHECK(c.year == 1970 && c.month == 1 && c.day == 1 && c.weekday == 4 && c.yearday == 1);
    c = ticks_to_civil(TICKS_MAX_DATETIME);
    CHECK(c.year == 9999 && c.yearday == 365 && c.fraction == 9999999);
    CHECK(ticks_now() > TICKS_UNIX_EPOCH);
}

int main(void) {
    test_datetime_forms();
    test_iso();
    test_datetime_refused();
    test_timespan_forms();
    test_calendar();
    return test_finish();
}
