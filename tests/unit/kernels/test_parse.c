#include "calls.h"

#define EVENT(total, slice, lock, release)                                                         \
    "Event: NotifySliceRelease (resourceName=PipelineScheduler, totalSlices=" total                \
    ", sliceNumber=" slice ", lockTime=" lock ", releaseTime=" release                             \
    ", previousLockTime=02/17/2016 08:39:00)"
#define TIME_0 "02/17/2016 08:40:00"
#define TIME_0_TICKS "\"2016-02-17T08:40:00.0000000Z\""
#define PREVIOUS "\"2016-02-17T08:39:00.0000000Z\""

static void test_parse_simple(void) {
    static const char parts[] =
        "{\"parts\":[null,\"resourceName=\",[\"string\"],\", totalSlices=\",[\"long\"],null,"
        "\"sliceNumber=\",[\"long\"],null,\"lockTime=\",[\"string\"],\", releaseTime=\",[\"date\"],"
        "\",\",null,\"previousLockTime=\",[\"date\"],\")\",null]}";
    CHECK_CALL("__parse",
               "[\"PipelineScheduler\",27,15,\"" TIME_0 "\"," TIME_0_TICKS "," PREVIOUS "]",
               S(EVENT("27", "15", TIME_0, TIME_0)), D(parts));
    /* "parse-where operator": one bad value leaves the whole row unmatched */
    CHECK_CALL("__parse", "null", S(EVENT("27", "invalid_number", TIME_0, TIME_0)), D(parts));
    CHECK_CALL("__parse", "null", S(EVENT("27", "15", TIME_0, "invalid_datetime")), D(parts));
    CHECK_CALL("__parse", "null", S(""), D(parts));
}

static void test_parse_anchors(void) {
    static const char email[] =
        "{\"parts\":[null,\"email=\",[\"string\"],\"@\",[\"string\"],\", Website=https:\","
        "[\"string\"],\")\"]}";
    CHECK_CALL("__parse", "[\"john\",\"contosohotel.com\",\"contosohotel.com\"]",
               S("Event: LeadContact (email=john@contosohotel.com, "
                 "Website=https:contosohotel.com)"),
               D(email));
    CHECK_CALL("__parse", "null",
               S("Event: LeadContact (email=a@b.example, Website=https:b.example) and more"),
               D(email));
    CHECK_CALL("__parse", "[\"rest of it\"]", S("x: rest of it"),
               D("{\"parts\":[\"x: \",[\"string\"]]}"));
    CHECK_CALL("__parse", "null", S(" x: 1"), D("{\"parts\":[\"x: \",[\"long\"]]}"));
    CHECK_CALL("__parse", "[-5]", S("x: -5"), D("{\"parts\":[\"x: \",[\"long\"]]}"));
    CHECK_CALL("__parse", "null", S("x: 5.5"), D("{\"parts\":[\"x: \",[\"long\"]]}"));
    CHECK_CALL("__parse", "[\"C:\"]", S("C:\\Windows"),
               D("{\"parts\":[[\"string\"],\"\\\\\",null]}"));
    CHECK_CALL("__parse", "[\"a.b\"]", S("a.b)"), D("{\"parts\":[[\"string\"],\")\"]}"));
    CHECK_CALL("__parse", "[\"a)b\"]", S("a)b)"), D("{\"parts\":[[\"string\"],\")\"]}"));
    CHECK_CALL("__parse", "null", S("A=1"), D("{\"parts\":[\"a=\",[\"long\"]]}"));
    CHECK_CALL("__parse", "[\"10.0.0.0\",8]", S("10.0.0.0/8"),
               D("{\"parts\":[[\"string\"],\"/\",[\"int\"]]}"));
    CHECK_CALL("__parse", "[\"line 1\\nline 2\"]", S("a: line 1\nline 2;"),
               D("{\"parts\":[\"a: \",[\"string\"],\";\",null]}"));
}

static void test_parse_types(void) {
    CHECK_CALL("__parse", "[1.5,true]", S("1.5 true"),
               D("{\"parts\":[[\"real\"],\" \",[\"bool\"]]}"));
    CHECK_CALL("__parse", "[12,3]", S("12ab3"), D("{\"parts\":[[\"long\"],null,[\"long\"]]}"));
    CHECK_CALL("__parse", "[{\"a\":1}]", S("{\"a\": 1}"), D("{\"parts\":[[\"dynamic\"]]}"));
    CHECK_CALL("__parse", "[\"00:01:00\"]", S("t=00:01:00;"),
               D("{\"parts\":[\"t=\",[\"timespan\"],\";\",null]}"));
    CHECK_CALL("__parse", "[\"2026-11-24T00:00:00.0000000Z\"]", S("2026-11-24 and so on"),
               D("{\"parts\":[[\"datetime\"],null]}"));
}

static void test_parse_relaxed(void) {
    static const char parts[] =
        "{\"kind\":\"relaxed\",\"parts\":[null,\"resourceName=\",[\"string\"],\", totalSlices=\","
        "[\"long\"],\", sliceNumber=\",[\"long\"],null,\"lockTime=\",[\"string\"],"
        "\", releaseTime=\",[\"date\"],\",\",null,\"previousLockTime=\",[\"date\"],\")\",null]}";
    CHECK_CALL("__parse", "[\"PipelineScheduler\",null,20,\"" TIME_0 "\",null," PREVIOUS "]",
               S(EVENT("nonValidLongValue", "20", TIME_0, "nonValidDateTime 08:40:01")), D(parts));
    CHECK_CALL("__parse", "null", S("resourceName=x"), D(parts));
}

static void test_parse_regex(void) {
    CHECK_CALL("__parse",
               "[\"PipelineScheduler\",15,\"" TIME_0 ", \",\"" TIME_0 ", \"," PREVIOUS "]",
               S(EVENT("27", "15", TIME_0, TIME_0)),
               D("{\"kind\":\"regex\",\"parts\":[\"(.*?)[a-zA-Z]*=\",[\"string\"],"
                 "\", totalSlices=\\\\s*\\\\d+\\\\s*.*?sliceNumber=\",[\"long\"],"
                 "\".*?(previous)?lockTime=\",[\"string\"],\".*?releaseTime=\",[\"string\"],"
                 "\".*?previousLockTime=\",[\"date\"],\"\\\\)\"]}"));
    CHECK_CALL(
        "__parse",
        "[\"PipelineScheduler, totalSlices=27, sliceNumber=23, lockTime=" TIME_0
        ", releaseTime=" TIME_0 "\"]",
        S(EVENT("27", "23", TIME_0, TIME_0)),
        D("{\"kind\":\"regex\",\"parts\":[null,\"resourceName=\",[\"string\"],\",\",null]}"));
    CHECK_CALL("__parse", "[\"PipelineScheduler\"]", S(EVENT("27", "23", TIME_0, TIME_0)),
               D("{\"kind\":\"regex\",\"flags\":\"Ui\","
                 "\"parts\":[null,\"RESOURCENAME=\",[\"string\"],\",\",null]}"));
    CHECK_CALL(
        "__parse", "null", S(EVENT("27", "23", TIME_0, TIME_0)),
        D("{\"kind\":\"regex\",\"parts\":[null,\"RESOURCENAME=\",[\"string\"],\",\",null]}"));
    CHECK_CALL("__parse", "[\"PipelineScheduler\",27]", S(EVENT("27", "23", TIME_0, TIME_0)),
               D("{\"kind\":\"regex\",\"flags\":\"i\",\"parts\":[null,\"RESOURCENAME=\","
                 "[\"string\"],\",\",null,\"totalSlices=\",[\"long\"],\",\",null]}"));
    CHECK_CALL("__parse", "[\"name\\n\",27]", S("x=name\ntotalSlices=27\nend"),
               D("{\"kind\":\"regex\",\"flags\":\"s\",\"parts\":[null,\"x=\",[\"string\"],"
                 "\"(.*?)totalSlices=\",[\"long\"],null]}"));
    CHECK_CALL("__parse", "[\"bob\"]", S("net user bob secret /add /domain"),
               D("{\"kind\":\"regex\",\"flags\":\"iU\",\"parts\":[null,\"user \",[\"string\"],"
                 "\" \",null,\"/ad\"]}"));
    CHECK_CALL("__parse", "refused: ", S("x"),
               D("{\"kind\":\"regex\",\"parts\":[\"(\",[\"string\"]]}"));
}

static void test_parse_refused(void) {
    CHECK_CALL("__parse", "refused: ", S("x"), D("{\"parts\":[[\"string\"],null]}"));
    CHECK_CALL("__parse", "refused: ", S("x"), D("{\"parts\":[null]}"));
    CHECK_CALL("__parse", "refused: ", S("x"), D("{\"parts\":[[\"strong\"]]}"));
    CHECK_CALL("__parse", "refused: ", S("x"), D("{\"kind\":\"odd\",\"parts\":[[\"string\"]]}"));
    CHECK_CALL("__parse", "refused: ", S("x"), D("{\"flags\":\"i\",\"parts\":[[\"string\"]]}"));
}

static void test_kv_delimited(void) {
    CHECK_CALL("__parse_kv", "[\"The service is up\",458745723,\"Node001\"]",
               S("ThreadId:458745723, Machine:Node001, Text: The service is up, Level: Info"),
               D("{\"keys\":[[\"Text\",\"string\"],[\"ThreadId\",\"long\"],[\"Machine\","
                 "\"string\"]],\"pair\":\",\",\"kv\":\":\"}"));
    CHECK_CALL("__parse_kv",
               "[\"2021-01-01T10:00:54.0000000Z\",\"10.1.1.123\",125,\"connection aborted\"]",
               S("src=10.1.1.123 dst=10.1.1.124 bytes=125 failure=\"connection aborted\" "
                 "\"event time\"=2021-01-01T10:00:54"),
               D("{\"keys\":[[\"event time\",\"datetime\"],[\"src\",\"string\"],[\"bytes\","
                 "\"long\"],[\"failure\",\"string\"]],\"pair\":\" \",\"kv\":\"=\",\"quote\":"
                 "[\"\\\"\"]}"));
    CHECK_CALL("__parse_kv", "[\"2021-01-01T10:00:54.0000000Z\",\"connection aborted\"]",
               S("src=10.1.1.123 failure=(connection aborted) (event time)=(2021-01-01 10:00:54)"),
               D("{\"keys\":[[\"event time\",\"datetime\"],[\"failure\",\"string\"]],"
                 "\"pair\":\" \",\"kv\":\"=\",\"quote\":[\"()\"]}"));
    CHECK_CALL("__parse_kv", "[\"the remote host sent \\\"bye!\\\"\",125]",
               S("bytes=125 failure=\"the remote host sent \\\"bye!\\\"\" time=x"),
               D("{\"keys\":[[\"failure\",\"string\"],[\"bytes\",\"long\"]],\"pair\":\" \","
                 "\"kv\":\"=\",\"quote\":[\"\\\"\"],\"escape\":[\"\\\\\"]}"));
    CHECK_CALL("__parse_kv", "[\"1\",\"\",null]", S("a=1 b= c=x a=2"),
               D("{\"keys\":[[\"a\",\"string\"],[\"b\",\"string\"],[\"c\",\"long\"]],"
                 "\"pair\":\" \",\"kv\":\"=\"}"));
    CHECK_CALL("__parse_kv", "[null,null]", S(""),
               D("{\"keys\":[[\"a\",\"string\"],[\"b\",\"long\"]],\"pair\":\" \",\"kv\":\"=\"}"));
}

static void test_kv_greedy(void) {
    static const char text[] = "name=John Doe phone=555 5555 city=New York";
    CHECK_CALL("__parse_kv", "[\"John\",\"555\",\"New\"]", S(text),
               D("{\"keys\":[[\"name\",\"string\"],[\"phone\",\"string\"],[\"city\",\"string\"]],"
                 "\"pair\":\" \",\"kv\":\"=\"}"));
    CHECK_CALL("__parse_kv", "[\"John Doe\",\"555 5555\",\"New York\"]", S(text),
               D("{\"keys\":[[\"name\",\"string\"],[\"phone\",\"string\"],[\"city\",\"string\"]],"
                 "\"pair\":\" \",\"kv\":\"=\",\"greedy\":true}"));
}

static void test_kv_words(void) {
    static const char keys[] =
        "{\"keys\":[[\"Text\",\"string\"],[\"ThreadId\",\"long\"],[\"Machine\",\"string\"]]}";
    CHECK_CALL("__parse_kv", "[\"Started\",458745723,\"Node001\"]",
               S("2021-01-01T10:00:34 [INFO] ThreadId:458745723, Machine:Node001, Text: Started"),
               D(keys));
    CHECK_CALL("__parse_kv", "[\"The service ' is up\",458745723]",
               S("[INFO] ThreadId:458745723, Text: 'The service \\' is up'"),
               D("{\"keys\":[[\"Text\",\"string\"],[\"ThreadId\",\"long\"]],\"quote\":[\"'\"],"
                 "\"escape\":[\"\\\\\"]}"));
}

static void test_kv_regex(void) {
    CHECK_CALL("__parse_kv",
               "[\"https://host.example/redirect?dest=/?h=1234\","
               "\"24fefbca-cf27-4d62-a623-249c2ad30c73\"]",
               S("[\"referer url: https://host.example/redirect?dest=/?h=1234\", "
                 "\"advertiser id: 24fefbca-cf27-4d62-a623-249c2ad30c73\"]"),
               D("{\"keys\":[[\"referer url\",\"string\"],[\"advertiser id\",\"guid\"]],"
                 "\"regex\":\"\\\"([\\\\w ]+)\\\\s*:\\\\s*([^\\\"]*)\\\"\"}"));
    CHECK_CALL("__parse_kv", "refused: ", S("x"),
               D("{\"keys\":[[\"a\",\"string\"]],\"regex\":\"(a)\"}"));
    CHECK_CALL("__parse_kv", "refused: ", S("x"),
               D("{\"keys\":[[\"a\",\"string\"]],\"pair\":\" \"}"));
}

static void test_command_line(void) {
    CHECK_CALL("parse_command_line", "[\"echo\",\"hello world!\"]", S("echo \"hello world!\""),
               S("windows"));
    CHECK_CALL("parse_command_line", "[\"C:\\\\a b\\\\c.exe\",\"/x\",\"d\\\\\"]",
               S("\"C:\\a b\\c.exe\" /x  \"d\\\\\""), S("windows"));
    CHECK_CALL("parse_command_line", "[\"x\",\"a\\\"b\"]", S("x a\\\"b"), S("windows"));
    CHECK_CALL("parse_command_line", "refused: ", S("x"), S("bash"));
}

int main(void) {
    test_command_line();
    test_parse_simple();
    test_parse_anchors();
    test_parse_types();
    test_parse_relaxed();
    test_parse_regex();
    test_parse_refused();
    test_kv_delimited();
    test_kv_greedy();
    test_kv_words();
    test_kv_regex();
    return test_finish();
}
