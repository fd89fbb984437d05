/*
 * fn_ip.c: functions on IP addresses.
 */
#include "catalog/catalog.h"
#include "kernels/ipv4.h"

#define ROW(NAME, TYPE, KERNEL, DOC, EXAMPLE, GIVES)                                               \
    .name = NAME, .kind = FN_SCALAR, .result = RESULT_FIXED, .type = TYPE, .nulls = NULLS_SEEN,    \
    .kernel = KERNEL, .category = "ip", .doc = DOC, .example = EXAMPLE, .gives = GIVES
#define ADDRESS(NAME)                                                                              \
    { NAME, TS_STRING, 0, "a.b.c.d or a.b.c.d/prefix" }
#define PREFIX                                                                                     \
    { "prefix", TS_INTEGER, PARAM_OPTIONAL, "0 to 32" }

static const FnDef rows[] = {
    {ROW("parse_ipv4", TYPE_LONG, &kernel_parse_ipv4,
         "The number of an IPv4 address, masked by its prefix; null when it is none.",
         "parse_ipv4('192.168.1.1/24')", "3232235776"),
     .params = {ADDRESS("ip")}},
    {ROW("ipv4_is_private", TYPE_BOOL, &kernel_ipv4_is_private,
         "The IPv4 address belongs to a private network.", "ipv4_is_private('10.1.2.3')", "true"),
     .params = {ADDRESS("ip")}},
    {ROW("ipv4_is_match", TYPE_BOOL, &kernel_ipv4_is_match,
         "Two IPv4 addresses are equal under the shortest prefix given.",
         "ipv4_is_match('192.168.1.1/24', '192.168.1.255')", "true"),
     .params = {ADDRESS("ip1"), ADDRESS("ip2"), PREFIX}},
    {ROW("ipv4_compare", TYPE_LONG, &kernel_ipv4_compare,
         "-1, 0 or 1: the order of two IPv4 addresses under the shortest prefix given.",
         "ipv4_compare('192.168.1.1/24', '192.168.1.255')", "0"),
     .params = {ADDRESS("ip1"), ADDRESS("ip2"), PREFIX}},
    {ROW("ipv4_is_in_range", TYPE_BOOL, &kernel_ipv4_is_in_range,
         "The IPv4 address lies in a network.",
         "ipv4_is_in_range('192.168.1.1', '192.168.1.255/24')", "true"),
     .params = {ADDRESS("ip"), ADDRESS("ip_range")}},
    {ROW("ipv4_is_in_any_range", TYPE_BOOL, &kernel_ipv4_is_in_any_range,
         "The IPv4 address lies in one of several networks.",
         "ipv4_is_in_any_range('192.168.1.6', '192.168.1.1/24', '10.0.0.1/8')", "true"),
     .params = {{"ip", TS_TEXTUAL, 0, NULL},
                {"ranges", TS_TEXTUAL, PARAM_REPEAT, "networks, or an array of them"}}},
};

const FnTable fn_ip = {rows, COUNT_OF(rows)};
