/*
 * parse_record.c: parse_csv and parse_version.
 *
 * Source: their pages.
 */
#include "kernels/dynamic/elements.h"
#include "kernels/text/parsers.h"

/* ------------------------------------------------------------- parse_csv */

/* Reads the field at `at` up to a comma, a line end or the end; returns where it ends. Two quotes
 * inside quotes are one; what follows a closing quote is taken as it is. */
static size_t read_field(Str s, size_t at, Out *field) {
    bool is_quoted = at < s.len && s.ptr[at] == '"';
    if (is_quoted) at++;
    for (; at < s.len; at++) {
        char c = s.ptr[at];
        if (is_quoted && c == '"') {
            if (at + 1 < s.len && s.ptr[at + 1] == '"') out_putc(field, s.ptr[at++]);
            else is_quoted = false;
        } else if (!is_quoted && (c == ',' || c == '\n' || c == '\r')) {
            break;
        } else {
            out_putc(field, c);
        }
    }
    return at;
}

static void parse_csv(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    Str s = arg_text(call->scratch, &args[0]);
    Out list = out_open(call->scratch), field = {.arena = call->scratch};
    for (size_t at = 0;; at++) {
        field.len = 0;
        at = read_field(s, at, &field);
        if (list.len > 1) out_putc(&list, ',');
        out_json_string(&list, out_str(&field));
        if (at == s.len || s.ptr[at] != ',') break;
    }
    ret_text(ret, out_close(&list));
}

/* --------------------------------------------------------- parse_version */

enum { VERSION_PARTS = 4, PART_DIGITS = 8 };

/* One to four numbers of one to eight digits between points; missing ones at the end are 0. */
static bool read_version(Str s, uint32_t parts[VERSION_PARTS]) {
    size_t at = 0;
    for (size_t i = 0; i < VERSION_PARTS; i++) {
        size_t digits = 0;
        for (; at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9'; at++, digits++) {
            if (digits == PART_DIGITS) return false;
            parts[i] = parts[i] * 10 + (uint32_t)(s.ptr[at] - '0');
        }
        if (!digits) return false;
        if (at == s.len) return true;
        if (s.ptr[at++] != '.') return false;
    }
    return false;
}

/* Eight digits a part, 32 in all. */
static void parse_version(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    uint32_t parts[VERSION_PARTS] = {0};
    if (!read_version(str_trim(args[0].u.s), parts)) return;
    Uint128 number = 0;
    for (size_t i = 0; i < VERSION_PARTS; i++) number = number * 100000000 + parts[i];
    ret->is_null = !decimal_round_wide(false, (DecimalWide){.low = number}, 0, &ret->u.d);
}

const Kernel kernel_parse_csv = {.fn = parse_csv};
const Kernel kernel_parse_version = {.fn = parse_version};
