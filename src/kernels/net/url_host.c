/*
 * url_host.c: hosts as browsers read them: percent-decoding, IDNA, IPv4 in all its spellings, IPv6,
 * and the look of a host (scripts, look-alikes). See url.h.
 *
 * Source: WHATWG URL (host parsing), UTS 46, UTS 39.
 */
#include <idn2.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "base/utf8.h"
#include "kernels/net/url_internal.h"
#include "kernels/out.h"

/* ------------------------------------------------------------------- IPv4 */

/* One part of an IPv4: decimal, 0octal or 0xhex. */
static bool read_ipv4_number(Str s, uint64_t *ret) {
    if (!s.len) return false;
    unsigned base = 10;
    if (s.len >= 2 && s.ptr[0] == '0' && (s.ptr[1] | 0x20) == 'x') {
        base = 16;
        s = str_sub(s, 2, s.len);
    } else if (s.len >= 2 && s.ptr[0] == '0') {
        base = 8;
        s = str_sub(s, 1, s.len);
    }
    uint64_t value = 0;
    for (size_t i = 0; i < s.len; i++) {
        int digit = url_hex_digit(s.ptr[i]);
        if (digit < 0 || (unsigned)digit >= base) return false;
        value = value * base + (unsigned)digit;
        if (value > UINT32_MAX) value = (uint64_t)UINT32_MAX + 1;
    }
    *ret = value;
    return true;
}

static bool all_digits(Str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    return s.len > 0;
}

/* Whether the last label makes the host an IPv4 or nothing. No dot at the end here. */
static bool ends_in_number(Str host) {
    size_t at = host.len;
    while (at > 0 && host.ptr[at - 1] != '.') at--;
    Str last = str_sub(host, at, host.len);
    uint64_t value;
    return all_digits(last) ||
           (last.len >= 2 && (last.ptr[1] | 0x20) == 'x' && read_ipv4_number(last, &value));
}

static bool read_ipv4(Arena *arena, Str host, Str *ret, uint32_t *flags) {
    uint64_t parts[4], address = 0;
    unsigned n = 0;
    for (size_t at = 0; at <= host.len;) {
        size_t dot = str_find(host, STR("."), at);
        if (dot == SIZE_MAX) dot = host.len;
        if (n == 4 || !read_ipv4_number(str_sub(host, at, dot - at), &parts[n++])) return false;
        at = dot + 1;
    }
    for (unsigned i = 0; i + 1 < n; i++) {
        if (parts[i] > 255) return false;
        address |= parts[i] << (8 * (3 - i));
    }
    if (parts[n - 1] >= UINT64_C(1) << (8 * (5 - n))) return false;
    address |= parts[n - 1];
    *ret = arena_printf(arena, "%u.%u.%u.%u", (unsigned)(address >> 24 & 255),
                        (unsigned)(address >> 16 & 255), (unsigned)(address >> 8 & 255),
                        (unsigned)(address & 255));
    *flags |= URL_HOST_IS_IP;
    if (!str_eq(*ret, host)) *flags |= URL_ODD_IP;
    return true;
}

/* ------------------------------------------------------------------- IPv6 */

/* "1.2.3.4" at the end of an IPv6: two pieces. */
static bool read_ipv6_tail(Str s, uint16_t pieces[2]) {
    unsigned n = 0;
    uint32_t address = 0;
    for (size_t at = 0; at <= s.len; n++) {
        size_t dot = str_find(s, STR("."), at);
        if (dot == SIZE_MAX) dot = s.len;
        Str part = str_sub(s, at, dot - at);
        if (n == 4 || !all_digits(part) || part.len > 3 || (part.len > 1 && part.ptr[0] == '0'))
            return false;
        unsigned value = 0;
        for (size_t i = 0; i < part.len; i++) value = value * 10 + (unsigned)(part.ptr[i] - '0');
        if (value > 255) return false;
        address = address << 8 | value;
        at = dot + 1;
    }
    pieces[0] = (uint16_t)(address >> 16);
    pieces[1] = (uint16_t)address;
    return n == 4;
}

static bool read_ipv6_pieces(Str s, uint16_t out[8]) {
    uint16_t pieces[8] = {0};
    int n = 0, gap = -1;
    size_t at = 0;
    if (str_starts_with(s, STR("::"))) {
        gap = 0;
        at = 2;
    } else if (s.len && s.ptr[0] == ':') {
        return false;
    }
    while (at < s.len) {
        size_t end = at;
        while (end < s.len && s.ptr[end] != ':') end++;
        Str part = str_sub(s, at, end - at);
        if (part.len && memchr(part.ptr, '.', part.len)) {
            if (end != s.len || n > 6 || !read_ipv6_tail(part, pieces + n)) return false;
            n += 2;
            break;
        }
        if (!part.len || part.len > 4 || n == 8) return false;
        unsigned value = 0;
        for (size_t i = 0; i < part.len; i++) {
            int digit = url_hex_digit(part.ptr[i]);
            if (digit < 0) return false;
            value = value << 4 | (unsigned)digit;
        }
        pieces[n++] = (uint16_t)value;
        if (end == s.len) break;
        at = end + 1;
        if (at == s.len) return false; /* one ':' at the end */
        if (s.ptr[at] == ':') {
            if (gap >= 0) return false;
            gap = n;
            at++;
        }
    }
    if (gap < 0 ? n != 8 : n == 8) return false;
    int tail = gap < 0 ? 0 : n - gap;
    memset(out, 0, 8 * sizeof *out);
    for (int i = 0; i < n - tail; i++) out[i] = pieces[i];
    for (int i = 0; i < tail; i++) out[8 - tail + i] = pieces[n - tail + i];
    return true;
}

/* Canonical text: the longest run of two or more zero pieces becomes "::". */
static Str print_ipv6(Arena *arena, const uint16_t p[8]) {
    int best = -1, best_len = 1;
    for (int i = 0; i < 8;) {
        int j = i;
        while (j < 8 && !p[j]) j++;
        if (j - i > best_len) best = i, best_len = j - i;
        i = j > i ? j : i + 1;
    }
    char text[48];
    size_t n = 0;
    for (int i = 0; i < 8; i++) {
        if (i == best) {
            n += (size_t)snprintf(text + n, sizeof text - n, "%s", i ? ":" : "::");
            i += best_len - 1;
            continue;
        }
        n += (size_t)snprintf(text + n, sizeof text - n, i < 7 ? "%x:" : "%x", p[i]);
    }
    return arena_str(arena, (Str){text, n});
}

/* ---------------------------------------------------------------- scripts */

typedef enum Script {
    SCRIPT_COMMON,
    SCRIPT_LATIN,
    SCRIPT_GREEK,
    SCRIPT_CYRILLIC,
    SCRIPT_ARMENIAN,
    SCRIPT_HEBREW,
    SCRIPT_ARABIC,
    SCRIPT_GEORGIAN,
    SCRIPT_CHEROKEE,
    SCRIPT_CJK, /* Han, kana, Hangul, Bopomofo: used together, and with Latin */
    SCRIPT_OTHER
} Script;

typedef struct ScriptRange {
    uint32_t first, last;
    Script script;
} ScriptRange;

static const ScriptRange script_ranges[] = {
    {0x0041, 0x005A, SCRIPT_LATIN},    {0x0061, 0x007A, SCRIPT_LATIN},
    {0x00AA, 0x00AA, SCRIPT_LATIN},    {0x00BA, 0x00BA, SCRIPT_LATIN},
    {0x00C0, 0x024F, SCRIPT_LATIN},    {0x0250, 0x02AF, SCRIPT_LATIN},
    {0x02B0, 0x036F, SCRIPT_COMMON},   {0x0370, 0x03FF, SCRIPT_GREEK},
    {0x0400, 0x052F, SCRIPT_CYRILLIC}, {0x0531, 0x058F, SCRIPT_ARMENIAN},
    {0x0591, 0x05F4, SCRIPT_HEBREW},   {0x0600, 0x06FF, SCRIPT_ARABIC},
    {0x0750, 0x077F, SCRIPT_ARABIC},   {0x08A0, 0x08FF, SCRIPT_ARABIC},
    {0x10A0, 0x10FF, SCRIPT_GEORGIAN}, {0x1100, 0x11FF, SCRIPT_CJK},
    {0x13A0, 0x13FF, SCRIPT_CHEROKEE}, {0x1C80, 0x1C8F, SCRIPT_CYRILLIC},
    {0x1C90, 0x1CBF, SCRIPT_GEORGIAN}, {0x1D00, 0x1DBF, SCRIPT_LATIN},
    {0x1DC0, 0x1DFF, SCRIPT_COMMON},   {0x1E00, 0x1EFF, SCRIPT_LATIN},
    {0x1F00, 0x1FFF, SCRIPT_GREEK},    {0x2000, 0x2BFF, SCRIPT_COMMON},
    {0x2C60, 0x2C7F, SCRIPT_LATIN},    {0x2D00, 0x2D2F, SCRIPT_GEORGIAN},
    {0x2DE0, 0x2DFF, SCRIPT_CYRILLIC}, {0x2E80, 0x2FFF, SCRIPT_CJK},
    {0x3000, 0x3004, SCRIPT_COMMON},   {0x3005, 0x312F, SCRIPT_CJK},
    {0x3130, 0x318F, SCRIPT_CJK},      {0x31A0, 0x31FF, SCRIPT_CJK},
    {0x3400, 0x4DBF, SCRIPT_CJK},      {0x4E00, 0x9FFF, SCRIPT_CJK},
    {0xA640, 0xA69F, SCRIPT_CYRILLIC}, {0xA720, 0xA7FF, SCRIPT_LATIN},
    {0xAB30, 0xAB6F, SCRIPT_LATIN},    {0xAB70, 0xABBF, SCRIPT_CHEROKEE},
    {0xAC00, 0xD7FF, SCRIPT_CJK},      {0xF900, 0xFAFF, SCRIPT_CJK},
    {0xFB50, 0xFDFF, SCRIPT_ARABIC},   {0xFE70, 0xFEFF, SCRIPT_ARABIC},
    {0x20000, 0x3FFFF, SCRIPT_CJK},
};

static Script script_of(uint32_t cp) {
    size_t low = 0, high = COUNT_OF(script_ranges);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (cp > script_ranges[middle].last) low = middle + 1;
        else high = middle;
    }
    if (low < COUNT_OF(script_ranges) && cp >= script_ranges[low].first)
        return script_ranges[low].script;
    return utf8_is_alnum(cp) && cp > 0x7f ? SCRIPT_OTHER : SCRIPT_COMMON;
}

/* Letters that pass for a Latin one (or for a few), by code point. Accents are handled apart. */
typedef struct LookAlike {
    uint32_t cp;
    const char *latin;
} LookAlike;

static const LookAlike look_alikes[] = {
    {0x00DF, "b"}, {0x00E6, "ae"}, {0x00F0, "d"}, {0x00F8, "o"}, {0x00FE, "p"}, {0x0111, "d"},
    {0x0127, "h"}, {0x0131, "l"},  {0x0138, "k"}, {0x0142, "l"}, {0x014B, "n"}, {0x0153, "oe"},
    {0x0167, "t"}, {0x017F, "f"},  {0x0180, "b"}, {0x0185, "b"}, {0x0188, "c"}, {0x0192, "f"},
    {0x0199, "k"}, {0x019A, "l"},  {0x01A5, "p"}, {0x01AD, "t"}, {0x01B4, "y"}, {0x01B6, "z"},
    {0x01C0, "l"}, {0x01DD, "e"},  {0x0221, "d"}, {0x0227, "a"}, {0x0237, "j"}, {0x0251, "a"},
    {0x0253, "b"}, {0x0255, "c"},  {0x0256, "d"}, {0x0257, "d"}, {0x0260, "g"}, {0x0261, "g"},
    {0x0262, "g"}, {0x0268, "l"},  {0x0269, "l"}, {0x026A, "l"}, {0x026B, "l"}, {0x026F, "w"},
    {0x0271, "m"}, {0x0272, "n"},  {0x0273, "n"}, {0x0274, "n"}, {0x0275, "o"}, {0x0280, "r"},
    {0x0282, "s"}, {0x0288, "t"},  {0x028B, "u"}, {0x028F, "y"}, {0x0290, "z"}, {0x0299, "b"},
    {0x029C, "h"}, {0x029F, "l"},  {0x03B1, "a"}, {0x03B2, "b"}, {0x03B3, "y"}, {0x03B5, "e"},
    {0x03B7, "n"}, {0x03B9, "l"},  {0x03BA, "k"}, {0x03BC, "u"}, {0x03BD, "v"}, {0x03BF, "o"},
    {0x03C1, "p"}, {0x03C3, "o"},  {0x03C4, "t"}, {0x03C5, "u"}, {0x03C7, "x"}, {0x03C9, "w"},
    {0x03F2, "c"}, {0x03F3, "j"},  {0x0430, "a"}, {0x0432, "b"}, {0x0433, "r"}, {0x0435, "e"},
    {0x0437, "3"}, {0x0438, "u"},  {0x043A, "k"}, {0x043C, "m"}, {0x043D, "h"}, {0x043E, "o"},
    {0x043F, "n"}, {0x0440, "p"},  {0x0441, "c"}, {0x0442, "t"}, {0x0443, "y"}, {0x0445, "x"},
    {0x0448, "w"}, {0x044A, "b"},  {0x044C, "b"}, {0x0454, "e"}, {0x0455, "s"}, {0x0456, "l"},
    {0x0457, "l"}, {0x0458, "j"},  {0x045B, "h"}, {0x0461, "w"}, {0x0475, "v"}, {0x048D, "b"},
    {0x0491, "r"}, {0x049B, "k"},  {0x04AB, "c"}, {0x04AF, "y"}, {0x04B1, "y"}, {0x04B3, "x"},
    {0x04BB, "h"}, {0x04BD, "e"},  {0x04CF, "l"}, {0x04E9, "o"}, {0x0501, "d"}, {0x050D, "g"},
    {0x051B, "q"}, {0x051D, "w"},  {0x0561, "w"}, {0x0563, "q"}, {0x0566, "q"}, {0x0570, "h"},
    {0x0575, "j"}, {0x0578, "n"},  {0x057C, "n"}, {0x057D, "u"}, {0x0581, "g"}, {0x0582, "l"},
    {0x0584, "f"}, {0x0585, "o"},  {0x05D5, "l"}, {0x05D8, "v"}, {0x05DF, "l"}, {0x05E1, "o"},
    {0x0665, "o"}, {0x0966, "o"},  {0x10E7, "y"}, {0x10FF, "o"}, {0x13A5, "l"}, {0x1D04, "c"},
    {0x1D0F, "o"}, {0x1D1C, "u"},  {0x1D20, "v"}, {0x1D21, "w"}, {0x1D22, "z"}, {0x1E9D, "f"},
    {0xAB75, "l"}, {0xAB81, "r"},  {0xAB83, "w"}, {0xAB93, "z"}, {0xABA9, "v"}, {0xABAA, "s"},
};

static const char *look_alike(uint32_t cp) {
    size_t low = 0, high = COUNT_OF(look_alikes);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (look_alikes[middle].cp < cp) low = middle + 1;
        else high = middle;
    }
    if (low < COUNT_OF(look_alikes) && look_alikes[low].cp == cp) return look_alikes[low].latin;
    return NULL;
}

/* Whether a label mixes scripts that are not written together, or is foreign but looks Latin
 * wholly. */
static bool is_deceptive_label(Str label) {
    Script seen = SCRIPT_COMMON;
    bool has_latin = false, all_alike = true, is_foreign = false;
    for (size_t i = 0; i < label.len;) {
        unsigned len;
        uint32_t cp = utf8_decode(label, i, &len);
        i += len;
        Script script = script_of(cp);
        if (cp > 0x7f && !look_alike(cp)) all_alike = false;
        if (script == SCRIPT_COMMON) continue;
        if (script == SCRIPT_LATIN) {
            has_latin = true;
            if (cp > 0x24F && look_alike(cp))
                return true; /* phonetic letters: nobody spells with them */
            continue;
        }
        is_foreign = true;
        if (seen != SCRIPT_COMMON && seen != script) return true;
        seen = script;
    }
    if (has_latin && is_foreign && seen != SCRIPT_CJK) return true;
    return is_foreign && seen != SCRIPT_CJK && all_alike;
}

/* ----------------------------------------------------------------- domains */

static bool is_forbidden(unsigned char c) {
    return c <= 0x20 || c == 0x7f || (c < 0x80 && strchr("#/:<>?@[\\]^|%", c) != NULL);
}

/* Full-width letters, ideographic dots and the like: what IDNA turns into plain ASCII, or into
 * nothing. */
static bool is_disguised_ascii(uint32_t cp) {
    if (cp < 0x80 || cp == 0xDF || cp == 0x1E9E) return false; /* sharp s stays itself */
    if (cp == 0x3002 || cp == 0xFF0E || cp == 0xFF61) return true;
    char bytes[5];
    unsigned len = utf8_encode(cp, bytes);
    utf8proc_uint8_t *mapped = NULL;
    utf8proc_ssize_t n =
        utf8proc_map((const utf8proc_uint8_t *)bytes, (utf8proc_ssize_t)len, &mapped,
                     UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
    bool is_ascii = n >= 0;
    for (utf8proc_ssize_t i = 0; i < n; i++)
        if (mapped[i] >= 0x80) is_ascii = false;
    free(mapped);
    return is_ascii;
}

/* Unicode form of an ASCII host; the host itself when nothing is to be decoded or decoding fails.
 */
static bool to_unicode(Arena *arena, Str host, Str *ret) {
    char *unicode = NULL;
    *ret = host;
    if (idn2_to_unicode_8z8z(arena_cstr(arena, host), &unicode, 0) != IDN2_OK) return false;
    *ret = arena_str(arena, str_of(unicode));
    idn2_free(unicode);
    return true;
}

static bool has_encoded_label(Str host) {
    if (str_starts_with(host, STR("xn--"))) return true;
    return str_find(host, STR(".xn--"), 0) != SIZE_MAX;
}

/* A valid UTF-8 host, without NUL, to lower-case ASCII. */
static bool to_ascii(Arena *arena, Str host, Str *ret, uint32_t *flags) {
    bool is_ascii = true;
    for (size_t i = 0; i < host.len;) {
        unsigned len;
        uint32_t cp = utf8_decode(host, i, &len);
        i += len;
        if (cp >= 0x80) is_ascii = false;
        if (is_disguised_ascii(cp)) *flags |= URL_HOST_WAS_WIDE;
    }
    if (is_ascii) {
        *ret = utf8_to_lower(arena, host);
        return true;
    }
    char *ascii = NULL;
    int rc =
        idn2_to_ascii_8z(arena_cstr(arena, host), &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    if (rc != IDN2_OK) return false;
    *ret = utf8_to_lower(arena, arena_str(arena, str_of(ascii)));
    idn2_free(ascii);
    return true;
}

static void judge_labels(Str unicode, uint32_t *flags) {
    for (size_t at = 0; at <= unicode.len;) {
        size_t dot = str_find(unicode, STR("."), at);
        if (dot == SIZE_MAX) dot = unicode.len;
        if (is_deceptive_label(str_sub(unicode, at, dot - at))) *flags |= URL_MIXED_SCRIPT;
        at = dot + 1;
    }
}

/* Drops one dot at the end; notes empty labels. */
static Str trim_dot(Str host, uint32_t *flags) {
    if (host.len && host.ptr[host.len - 1] == '.') host.len--;
    if (!host.len || host.ptr[0] == '.' || host.ptr[host.len - 1] == '.' ||
        str_find(host, STR(".."), 0) != SIZE_MAX)
        *flags |= URL_EMPTY_LABEL;
    return host;
}

/* RFC 1035 2.3.4. */
static bool is_too_long(Str host) {
    enum { MAX_LABEL = 63, MAX_NAME = 253 };
    size_t label = 0;
    for (size_t i = 0; i < host.len; i++) {
        label = host.ptr[i] == '.' ? 0 : label + 1;
        if (label > MAX_LABEL) return true;
    }
    return host.len > MAX_NAME;
}

/* Letters, digits, hyphens inside of labels, and the underscore that names of services bear. */
static bool is_name_of_host(Str host) {
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        bool is_edge =
            i == 0 || i + 1 == host.len || host.ptr[i - 1] == '.' || host.ptr[i + 1] == '.';
        if (!is_letter && c != '.' && (c != '-' || is_edge)) return false;
    }
    return true;
}

bool url_read_host(Arena *arena, Str text, Str *ret_host, uint32_t *flags) {
    *ret_host = text;
    if (text.len >= 2 && text.ptr[0] == '[') {
        uint16_t pieces[8];
        *flags |= URL_HOST_IS_IP;
        if (text.ptr[text.len - 1] != ']' ||
            !read_ipv6_pieces(str_sub(text, 1, text.len - 2), pieces))
            return false;
        *ret_host = print_ipv6(arena, pieces);
        return true;
    }
    Str host = url_percent_decode(arena, text);
    if (host.len != text.len) *flags |= URL_ENCODED_HOST;
    for (size_t i = 0; i < host.len; i++)
        if ((unsigned char)host.ptr[i] < 0x20 || host.ptr[i] == 0x7f) *flags |= URL_HAD_CONTROL;
    if (!utf8_is_valid(host)) {
        *flags |= URL_BAD_UTF8;
        return false;
    }
    for (size_t i = 0; i < host.len; i++)
        if (is_forbidden((unsigned char)host.ptr[i])) return false;
    if (!to_ascii(arena, host, &host, flags)) return false;
    for (size_t i = 0; i < host.len; i++)
        if (is_forbidden((unsigned char)host.ptr[i])) return false;
    host = trim_dot(host, flags);
    if (is_too_long(host)) *flags |= URL_HOST_TOO_LONG;
    if (!is_name_of_host(host)) *flags |= URL_ODD_HOST;
    *ret_host = host;
    if (!host.len) return false;
    if (ends_in_number(host)) return read_ipv4(arena, host, ret_host, flags);
    if (!has_encoded_label(host)) return true;
    *flags |= URL_IS_IDN;
    Str unicode;
    if (!to_unicode(arena, host, &unicode)) return false;
    Str again;
    uint32_t ignored = 0;
    bool is_same = to_ascii(arena, unicode, &again, &ignored) && str_eq(again, host);
    if (!is_same || has_encoded_label(unicode)) *flags |= URL_ODD_HOST;
    judge_labels(unicode, flags);
    return true;
}

/* ---------------------------------------------------------------- skeleton */

/* Reads one code point of the skeleton's raw form: look-alikes replaced, accents gone. */
static void put_skeleton(Out *out, uint32_t cp) {
    utf8proc_int32_t parts[8];
    int last_class = 0;
    utf8proc_ssize_t n =
        utf8proc_decompose_char((utf8proc_int32_t)cp, parts, COUNT_OF(parts),
                                UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                                    UTF8PROC_IGNORE | UTF8PROC_STRIPMARK,
                                &last_class);
    if (n < 0 || n > (utf8proc_ssize_t)COUNT_OF(parts)) {
        parts[0] = (utf8proc_int32_t)cp;
        n = 1;
    }
    for (utf8proc_ssize_t i = 0; i < n; i++) {
        const char *latin = look_alike((uint32_t)parts[i]);
        char bytes[4];
        if (latin) out_put(out, str_of(latin));
        else out_put(out, (Str){bytes, utf8_encode((uint32_t)parts[i], bytes)});
    }
}

Str url_host_skeleton(Arena *arena, Str host) {
    Str unicode = host;
    if (has_encoded_label(host)) to_unicode(arena, host, &unicode);
    Out raw = {.arena = arena}, out = {.arena = arena};
    for (size_t i = 0; i < unicode.len;) {
        unsigned len;
        uint32_t cp = utf8_decode(unicode, i, &len);
        i += len;
        const char *latin = look_alike(cp); /* before folding: sharp s would become ss */
        if (latin) out_put(&raw, str_of(latin));
        else put_skeleton(&raw, cp);
    }
    Str s = out_str(&raw);
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i], next = i + 1 < s.len ? s.ptr[i + 1] : 0;
        if (c == 'r' && next == 'n') {
            out_putc(&out, 'm');
            i++;
        } else if (c == 'v' && next == 'v') {
            out_putc(&out, 'w');
            i++;
        } else {
            out_putc(&out, c == '0' ? 'o' : c == '1' || c == 'i' || c == '|' ? 'l' : c);
        }
    }
    return out_str(&out);
}
