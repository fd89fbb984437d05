#include "calls.h"

int main(void) {
    CHECK_CALL("parse_ipv4", "3232235777", S("192.168.1.1"));
    CHECK_CALL("parse_ipv4", "3232235776", S("192.168.1.1/24"));
    CHECK_CALL("parse_ipv4", "4294967294", S("255.255.255.255/31"));
    CHECK_CALL("parse_ipv4", "null", S("256.1.1.1"));
    CHECK_CALL("parse_ipv4", "null", S("1.1.1"));
    CHECK_CALL("parse_ipv4", "null", S("1.1.1.1/33"));
    CHECK_CALL("ipv4_is_private", "true", S("10.1.2.3"));
    CHECK_CALL("ipv4_is_private", "true", S("192.168.1.1/24"));
    CHECK_CALL("ipv4_is_private", "false", S("172.32.0.1"));
    CHECK_CALL("ipv4_is_private", "false", S("127.0.0.1"));
    CHECK_CALL("ipv4_is_private", "null", S(""));
    CHECK_CALL("ipv4_is_match", "true", S("192.168.1.1/30"), S("192.168.1.255/24"));
    CHECK_CALL("ipv4_is_match", "true", S("192.168.1.1"), S("192.168.1.0"), L(31));
    CHECK_CALL("ipv4_is_match", "false", S("192.168.1.1"), S("192.168.1.0"));
    CHECK_CALL("ipv4_is_match", "null", S("192.168.1.1"), S("x"));
    CHECK_CALL("ipv4_compare", "1", S("192.168.1.1"), S("192.168.1.0"));
    CHECK_CALL("ipv4_is_in_range", "true", S("192.168.1.1"), S("192.168.1.255/24"));
    CHECK_CALL("ipv4_is_in_range", "false", S("192.168.2.1"), S("192.168.1.255/24"));
    CHECK_CALL("ipv4_is_in_any_range", "true", S("192.168.1.6"), S("10.0.0.1/8"),
               S("192.168.1.1/24"));
    CHECK_CALL("ipv4_is_in_any_range", "true", S("127.0.0.1"),
               D("[\"127.0.0.1\",\"192.168.1.1\"]"));
    CHECK_CALL("ipv4_is_in_any_range", "false", S("1.1.1.1"), D("[\"10.0.0.1/8\"]"));
    CHECK_CALL("ipv4_is_in_any_range", "true", S("10.9.9.9"),
               D("[\"192.168.0.0/16\",\"10.0.0.0/8\",\"10.0.0.0/24\"]"));
    CHECK_CALL("ipv4_is_in_any_range", "null", S("1.1.1.1"), D("[\"10.0.0.0/8\",\"x\"]"));
    CHECK_CALL("ipv4_is_in_any_range", "true", S("10.1.1.1"), D("[\"x\",\"10.0.0.0/8\"]"));
    CHECK_CALL("ipv6_is_in_any_range", "true", S("fe80::1"), S("::1"), S("fe80::/10"));
    CHECK_CALL("ipv6_is_in_any_range", "false", S("fec0::1"), S("::1"), S("fe80::/10"));
    CHECK_CALL("format_ipv4", "0.0.1.0", R(256.9));
    CHECK_CALL("format_ipv4", "", N(TYPE_LONG));
    CHECK_CALL("has_ipv4", "true", S("a 10.1.1.1."), S("10.1.1.1"));
    CHECK_CALL("has_ipv4", "false", S("a 10.1.1.11"), S("10.1.1.1"));
    CHECK_CALL("has_ipv4", "false", S("10.1.1"), S("10.1.1"));
    CHECK_CALL("has_any_ipv4_prefix", "true", S("<10.1.1.1>"), D("[\"11.\",\"10.1.\"]"));
    CHECK_CALL("has_any_ipv4_prefix", "false", S("10.1.1.1"), D("[\"10.1\",null]"));
    CHECK_CALL("parse_ipv6", "0000:0000:0000:0000:0000:0000:0000:0000", S("::"));
    CHECK_CALL("parse_ipv6", "", S("1:2:3:4:5:6:7:8:9"));
    return test_finish();
}
