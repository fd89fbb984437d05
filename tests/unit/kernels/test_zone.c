#include "kernels/time/zone.h"

#include "kernels/time/zone_rule.h"
#include "run.h"

static void test_utc_to_local(void) {
    Value dt = DT("2022-07-11 22:18:48.4678620");
    FN("datetime_utc_to_local", ARGS(dt, S("US/Pacific")), "2022-07-11T15:18:48.4678620Z");
    FN("datetime_utc_to_local", ARGS(dt, S("Australia/Canberra")), "2022-07-12T08:18:48.4678620Z");
    FN("datetime_utc_to_local", ARGS(DT("2022-01-11 22:00"), S("US/Pacific")),
       "2022-01-11T14:00:00.0000000Z");
    FN("datetime_utc_to_local", ARGS(dt, S("Asia/Kolkata")), "2022-07-12T03:48:48.4678620Z");
    FN("datetime_utc_to_local", ARGS(dt, S("UTC")), "2022-07-11T22:18:48.4678620Z");
    /* past the entries of any file: by the rule */
    FN("datetime_utc_to_local", ARGS(DT("2522-07-11 12:00"), S("Europe/Brussels")),
       "2522-07-11T14:00:00.0000000Z");
    FN("datetime_utc_to_local", ARGS(DT("2522-01-11 12:00"), S("Europe/Brussels")),
       "2522-01-11T13:00:00.0000000Z");
    FN("datetime_utc_to_local", ARGS(DT("0001-01-01"), S("US/Pacific")), NULL_TEXT);
    FN("datetime_utc_to_local", ARGS(NUL(TYPE_DATETIME), S("UTC")), NULL_TEXT);
    FN("datetime_utc_to_local", ARGS(dt, S("Mars/Olympus")),
       "error: this system knows no time zone 'Mars/Olympus'");
    FN("datetime_utc_to_local", ARGS(dt, S("../etc/passwd")),
       "error: this system knows no time zone '../etc/passwd'");
    CHECK(!zone_find(STR("")) && !zone_find(STR("/UTC")) && !zone_find(STR("Europe")));
    CHECK(!zone_find(STR("Europe//Paris")) && !zone_find(STR("Europe/")) && !zone_find(STR(".")));
}

static void test_local_to_utc(void) {
    Value dt = DT("2020-02-02 20:02:20");
    FN("datetime_local_to_utc", ARGS(dt, S("Europe/Paris")), "2020-02-02T19:02:20.0000000Z");
    FN("datetime_local_to_utc", ARGS(dt, S("America/Chicago")), "2020-02-03T02:02:20.0000000Z");
    FN("datetime_local_to_utc", ARGS(dt, S("US/Pacific")), "2020-02-03T04:02:20.0000000Z");
    /* clocks go forward at 02:00 */
    FN("datetime_local_to_utc", ARGS(DT("2022-03-27 01:00"), S("Europe/Brussels")),
       "2022-03-27T00:00:00.0000000Z");
    FN("datetime_local_to_utc", ARGS(DT("2022-03-27 02:00"), S("Europe/Brussels")),
       "2022-03-27T00:00:00.0000000Z");
    FN("datetime_local_to_utc", ARGS(DT("2022-03-27 03:00"), S("Europe/Brussels")),
       "2022-03-27T01:00:00.0000000Z");
    FN("datetime_local_to_utc", ARGS(DT("2022-03-27 04:00"), S("Europe/Brussels")),
       "2022-03-27T02:00:00.0000000Z");
    FN("datetime_utc_to_local", ARGS(DT("2022-03-27 00:00"), S("Europe/Brussels")),
       "2022-03-27T01:00:00.0000000Z");
    FN("datetime_utc_to_local", ARGS(DT("2022-03-27 01:00"), S("Europe/Brussels")),
       "2022-03-27T03:00:00.0000000Z");
    /* and back at 03:00: 02:30 comes twice */
    FN("datetime_local_to_utc", ARGS(DT("2022-10-30 02:30"), S("Europe/Brussels")),
       "2022-10-30T00:30:00.0000000Z");
    FN("datetime_local_to_utc", ARGS(DT("2022-10-30 03:30"), S("Europe/Brussels")),
       "2022-10-30T02:30:00.0000000Z");
}

static int64_t seconds(const char *text) {
    int64_t ticks = 0;
    CHECK(ticks_parse_datetime(str_of(text), &ticks));
    return (ticks - TICKS_UNIX_EPOCH) / TICKS_PER_SECOND;
}

static void test_rules(void) {
    ZoneRule r;
    CHECK(zone_rule_parse(STR("CET-1CEST,M3.5.0,M10.5.0/3"), &r));
    CHECK_LONG(zone_rule_offset(&r, seconds("2030-03-31T00:59:59Z")), 3600);
    CHECK_LONG(zone_rule_offset(&r, seconds("2030-03-31T01:00:00Z")), 7200);
    CHECK_LONG(zone_rule_offset(&r, seconds("2030-10-27T00:59:59Z")), 7200);
    CHECK_LONG(zone_rule_offset(&r, seconds("2030-10-27T01:00:00Z")), 3600);
    CHECK(zone_rule_parse(STR("AEST-10AEDT,M10.1.0,M4.1.0/3"), &r)); /* south */
    CHECK_LONG(zone_rule_offset(&r, seconds("2030-01-15T00:00:00Z")), 11 * 3600);
    CHECK_LONG(zone_rule_offset(&r, seconds("2030-07-15T00:00:00Z")), 10 * 3600);
    CHECK_LONG(zone_rule_offset(&r, seconds("2030-12-31T23:00:00Z")), 11 * 3600);
    CHECK(zone_rule_parse(STR("<+0330>-3:30"), &r));
    CHECK_LONG(zone_rule_offset(&r, 0), 12600);
    CHECK(zone_rule_parse(STR("IST-1GMT0,M10.5.0,M3.5.0/1"), &r)); /* summer time is standard */
    CHECK_LONG(zone_rule_offset(&r, seconds("2030-01-15T00:00:00Z")), 0);
    CHECK_LONG(zone_rule_offset(&r, seconds("2030-07-15T00:00:00Z")), 3600);
    CHECK(zone_rule_parse(STR("XXX0YYY,J60/0,J61/0"), &r)); /* March 1, leap year or not */
    CHECK_LONG(zone_rule_offset(&r, seconds("2024-03-01T00:00:00Z")), 3600);
    CHECK_LONG(zone_rule_offset(&r, seconds("2024-02-29T23:59:59Z")), 0);
    CHECK_LONG(zone_rule_offset(&r, seconds("2023-03-01T00:00:00Z")), 3600);
    CHECK(zone_rule_parse(STR("XXX0YYY,59/0,60/0"), &r)); /* day 59 counts the leap day */
    CHECK_LONG(zone_rule_offset(&r, seconds("2024-02-29T12:00:00Z")), 3600);
    static const char *const BAD[] = {"",
                                      "CE",
                                      "CET",
                                      "CET-1CEST",
                                      "CET-1CEST,M3.5.0",
                                      "CET-1CEST,M13.5.0,M1.1.0",
                                      "CET-1CEST,M3.6.0,M1.1.0",
                                      "CET-1CEST,M3.5.7,M1.1.0",
                                      "CET-1CEST,J0,J1",
                                      "CET-1CEST,M3.5.0,M10.5.0/3x",
                                      "<+03-3",
                                      "CET-999"};
    for (size_t i = 0; i < COUNT_OF(BAD); i++) CHECK(!zone_rule_parse(str_of(BAD[i]), &r));
}

static void test_names(void) {
    Value list = run_call(catalog_scalar(STR("datetime_list_timezones")), NULL, 0);
    CHECK(json_count(list.u.s) > 300);
    CHECK(str_find(list.u.s, STR("\"America/Indiana/Knox\""), 0) != SIZE_MAX);
    CHECK(str_find(list.u.s, STR("\"UTC\""), 0) != SIZE_MAX);
    CHECK(str_find(list.u.s, STR("posix"), 0) == SIZE_MAX);
}

int main(void) {
    run_arena = arena_new();
    if (!zone_find(STR("Europe/Brussels"))) { /* no zones on this machine: only the rules */
        test_rules();
    } else {
        test_utc_to_local();
        test_local_to_utc();
        test_rules();
        test_names();
    }
    arena_free(run_arena);
    return test_finish();
}
