/* A pattern, a line end and a text: whatever compiles matches within the text, at ends of code
 * points, from left to right; and addresses are read from any text. */
#include "base/utf8.h"
#include "kernels/net/ip_address.h"
#include "kernels/regex/regex_match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_MATCHES = 1000 };

static bool is_boundary(Str s, size_t at) {
    return at == s.len || (at < s.len && ((unsigned char)s.ptr[at] & 0xC0) != 0x80);
}

static void check_matches(const Regex *regex, Str text) {
    RegexScan scan = {.regex = regex, .text = text};
    RegexSpan spans[REGEX_MAX_GROUPS];
    unsigned n_spans = regex_group_count(regex) + 1;
    if (n_spans > REGEX_MAX_GROUPS) n_spans = REGEX_MAX_GROUPS;
    size_t behind = 0, n = 0;
    while (n++ < MAX_MATCHES && regex_each(&scan, spans, n_spans)) {
        if (!spans[0].is_set || spans[0].start < behind) __builtin_trap();
        for (unsigned i = 0; i < n_spans; i++) {
            if (!spans[i].is_set) continue;
            if (spans[i].len > text.len || spans[i].start > text.len - spans[i].len)
                __builtin_trap();
            if (!is_boundary(text, spans[i].start)) __builtin_trap();
            if (!is_boundary(text, spans[i].start + spans[i].len)) __builtin_trap();
        }
        behind = spans[0].start + spans[0].len;
    }
    if ((n > 1) != regex_matches(regex, text)) __builtin_trap();
}

static void check_address(Arena *arena, Str text) {
    Ip ip, again;
    if (!ip_read(text, &ip)) return;
    if (ip.prefix < 0 || ip.prefix > 128) __builtin_trap();
    if (!ip_read(ip_print_ipv6(arena, ip.bits), &again) || again.bits != ip.bits) __builtin_trap();
    if (ip_first(ip.bits, ip.prefix) > ip_last(ip.bits, ip.prefix)) __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *arena = arena_new();
    Str input = utf8_repair(arena, (Str){(const char *)data, size});
    size_t end = str_find(input, STR("\n"), 0);
    if (end == SIZE_MAX) end = input.len;
    Str error = STR_EMPTY, pattern = str_sub(input, 0, end < 200 ? end : 200);
    Regex *regex = regex_compile(arena, utf8_repair(arena, pattern), &error);
    if (!regex && !error.len) __builtin_trap();
    if (regex) check_matches(regex, str_sub(input, end + 1, SIZE_MAX));
    regex_free(regex);
    check_address(arena, input);
    arena_free(arena);
    return 0;
}
