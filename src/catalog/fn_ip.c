/*
 * fn_ip.c: functions on IP addresses.
 */
#include "catalog/catalog.h"
#include "kernels/context.h"
#include "kernels/net/ip.h"

#define ROW(NAME, TYPE, KERNEL, DOC, EXAMPLE, GIVES)                                               \
    .name = NAME, .kind = FN_SCALAR, .result = RESULT_FIXED, .type = TYPE, .nulls = NULLS_SEEN,    \
    .kernel = KERNEL, .category = "ip", .doc = DOC, .example = EXAMPLE, .gives = GIVES
#define IPV4(NAME)                                                                                 \
    { NAME, TS_STRING, 0, "a.b.c.d or a.b.c.d/prefix" }
#define IPV6(NAME)                                                                                 \
    { NAME, TS_STRING, 0, "an IPv6 or IPv4 address, with or without /prefix" }
#define PREFIX(MAX, FLAGS)                                                                         \
    { "prefix", TS_INTEGER, FLAGS, "bits that count, from 0 to " MAX }
#define TEXT                                                                                       \
    { "source", TS_TEXTUAL, 0, "the text to look in" }

static const FnDef rows[] = {
    {ROW("geo_info_from_ip_address", TYPE_DYNAMIC, &kernel_geo_info,
         "Where an IPv4 or IPv6 address is: a bag of country, state, city, latitude and longitude. "
         "Null without the database that --geoip names, and for an address that it does not hold.",
         "isnull(geo_info_from_ip_address('no address'))", "true"),
     .params = {{"ip", TS_STRING, 0, "an IPv4 or IPv6 address"}}},
    {ROW("parse_ipv4", TYPE_LONG, &kernel_parse_ipv4,
         "The number of an IPv4 address, masked by its prefix; null when it is none.",
         "parse_ipv4('192.168.1.1/24')", "3232235776"),
     .params = {IPV4("ip")}},
    {ROW("parse_ipv4_mask", TYPE_LONG, &kernel_parse_ipv4_mask,
         "The number of an IPv4 address, masked by a prefix; null when it is none.",
         "parse_ipv4_mask('127.0.0.1', 24)", "2130706432"),
     .params = {IPV4("ip"), PREFIX("32", 0)}},
    {ROW("format_ipv4", TYPE_STRING, &kernel_format_ipv4,
         "An IPv4 address as text, masked by a prefix; empty when it is none.",
         "format_ipv4('192.168.1.1', 24)", "192.168.1.0"),
     .params = {{"ip", TS_STRING | TS_NUMBER, 0, "text or number"}, PREFIX("32", PARAM_OPTIONAL)}},
    {ROW("format_ipv4_mask", TYPE_STRING, &kernel_format_ipv4_mask,
         "An IPv4 address with its prefix, masked by the shortest prefix given; empty when it is "
         "none.",
         "format_ipv4_mask('192.168.1.1', 24)", "192.168.1.0/24"),
     .params = {{"ip", TS_STRING | TS_NUMBER, 0, "text or number"}, PREFIX("32", PARAM_OPTIONAL)}},
    {ROW("ipv4_netmask_suffix", TYPE_LONG, &kernel_ipv4_netmask_suffix,
         "The prefix of an IPv4 address, 32 when none is written; null when it is no address.",
         "ipv4_netmask_suffix('192.168.1.1/24')", "24"),
     .params = {IPV4("ip")}},
    {ROW("ipv4_is_private", TYPE_BOOL, &kernel_ipv4_is_private,
         "The IPv4 address belongs to a private network.", "ipv4_is_private('10.1.2.3')", "true"),
     .params = {IPV4("ip")}},
    {ROW("ipv4_is_match", TYPE_BOOL, &kernel_ipv4_is_match,
         "Two IPv4 addresses are equal under the shortest prefix given.",
         "ipv4_is_match('192.168.1.1/24', '192.168.1.255')", "true"),
     .params = {IPV4("ip1"), IPV4("ip2"), PREFIX("32", PARAM_OPTIONAL)}},
    {ROW("ipv4_compare", TYPE_LONG, &kernel_ipv4_compare,
         "-1, 0 or 1: the order of two IPv4 addresses under the shortest prefix given.",
         "ipv4_compare('192.168.1.1/24', '192.168.1.255')", "0"),
     .params = {IPV4("ip1"), IPV4("ip2"), PREFIX("32", PARAM_OPTIONAL)}},
    {ROW("ipv4_is_in_range", TYPE_BOOL, &kernel_ipv4_is_in_range,
         "The IPv4 address lies in a network.",
         "ipv4_is_in_range('192.168.1.1', '192.168.1.255/24')", "true"),
     .params = {IPV4("ip"), IPV4("ip_range")}},
    {ROW("ipv4_is_in_any_range", TYPE_BOOL, &kernel_ipv4_is_in_any_range,
         "The IPv4 address lies in one of several networks.",
         "ipv4_is_in_any_range('192.168.1.6', '192.168.1.1/24', '10.0.0.1/8')", "true"),
     .params = {{"ip", TS_TEXTUAL, 0, NULL},
                {"ranges", TS_TEXTUAL, PARAM_REPEAT, "networks, or an array of them"}}},
    {ROW("ipv4_range_to_cidr_list", TYPE_DYNAMIC, &kernel_ipv4_range_to_cidr_list,
         "The networks that make up a range of IPv4 addresses.",
         "ipv4_range_to_cidr_list('1.1.128.0', '1.1.140.255')",
         "[\"1.1.128.0/21\",\"1.1.136.0/22\",\"1.1.140.0/24\"]"),
     .params = {IPV4("start_ip"), IPV4("end_ip")}},
    {ROW("parse_ipv6", TYPE_STRING, &kernel_parse_ipv6,
         "An address as eight groups of four digits, masked by its prefix; empty when it is none.",
         "parse_ipv6('192.168.255.255/24')", "0000:0000:0000:0000:0000:ffff:c0a8:ff00"),
     .params = {IPV6("ip")}},
    {ROW("parse_ipv6_mask", TYPE_STRING, &kernel_parse_ipv6_mask,
         "An address as eight groups of four digits, masked by a prefix; empty when it is none.",
         "parse_ipv6_mask('fe80::85d:e82c:9446:7994', 120)",
         "fe80:0000:0000:0000:085d:e82c:9446:7900"),
     .params = {IPV6("ip"), PREFIX("128", 0)}},
    {ROW("ipv6_is_match", TYPE_BOOL, &kernel_ipv6_is_match,
         "Two addresses are equal under the shortest prefix given.",
         "ipv6_is_match('192.168.1.1', '::ffff:c0a8:0101')", "true"),
     .params = {IPV6("ip1"), IPV6("ip2"), PREFIX("128", PARAM_OPTIONAL)}},
    {ROW("ipv6_compare", TYPE_LONG, &kernel_ipv6_compare,
         "-1, 0 or 1: the order of two addresses under the shortest prefix given.",
         "ipv6_compare('fe80::85d:e82c:9446:7994', 'fe80::85d:e82c:9446:7998', 120)", "0"),
     .params = {IPV6("ip1"), IPV6("ip2"), PREFIX("128", PARAM_OPTIONAL)}},
    {ROW("ipv6_is_in_range", TYPE_BOOL, &kernel_ipv6_is_in_range, "The address lies in a network.",
         "ipv6_is_in_range('a5e:f127:8a9d:146d:e102:b5d3:c755:abcd', "
         "'a5e:f127:8a9d:146d:e102:b5d3:c755:0000/112')",
         "true"),
     .params = {IPV6("ip"), IPV6("ip_range")}},
    {ROW("ipv6_is_in_any_range", TYPE_BOOL, &kernel_ipv6_is_in_any_range,
         "The address lies in one of several networks.",
         "ipv6_is_in_any_range('fe80::1', dynamic(['a5e::/16', 'fe80::/10']))", "true"),
     .params = {{"ip", TS_TEXTUAL, 0, NULL},
                {"ranges", TS_TEXTUAL, PARAM_REPEAT, "networks, or an array of them"}}},
    {ROW("has_ipv4", TYPE_BOOL, &kernel_has_ipv4,
         "An IPv4 address stands in the text, apart from letters and digits.",
         "has_ipv4('05:04:54 127.0.0.1 GET /favicon.ico 404', '127.0.0.1')", "true"),
     .params = {TEXT, {"ip", TS_STRING, 0, "a.b.c.d"}}},
    {ROW("has_ipv4_prefix", TYPE_BOOL, &kernel_has_ipv4_prefix,
         "An IPv4 address that begins with a prefix stands in the text.",
         "has_ipv4_prefix('05:04:54 127.0.0.1 GET /favicon.ico 404', '127.0.')", "true"),
     .params = {TEXT, {"ip_prefix", TS_STRING, 0, "a., a.b., a.b.c. or a.b.c.d"}}},
    {ROW("has_any_ipv4", TYPE_BOOL, &kernel_has_ipv4,
         "One of several IPv4 addresses stands in the text.",
         "has_any_ipv4('GET 127.0.0.1', '127.0.0.1', '127.0.0.2')", "true"),
     .params = {TEXT, {"ips", TS_TEXTUAL, PARAM_REPEAT, "addresses, or an array of them"}}},
    {ROW("has_any_ipv4_prefix", TYPE_BOOL, &kernel_has_ipv4_prefix,
         "An IPv4 address that begins with one of several prefixes stands in the text.",
         "has_any_ipv4_prefix('GET 127.0.0.1', dynamic(['127.0.', '192.168.']))", "true"),
     .params = {TEXT, {"ip_prefixes", TS_TEXTUAL, PARAM_REPEAT, "prefixes, or an array of them"}}},
};

const FnTable fn_ip = {rows, COUNT_OF(rows)};
