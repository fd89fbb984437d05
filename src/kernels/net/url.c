/*
 * url.c: taking a link apart as the WHATWG URL parser does, for absolute links. See url.h.
 */
#include "kernels/net/url.h"

#include <utf8proc.h>

#include "base/utf8.h"
#include "kernels/net/url_internal.h"
#include "kernels/out.h"

int url_hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

Str url_percent_decode(Arena *arena, Str text) {
    if (!text.len || !memchr(text.ptr, '%', text.len)) return text;
    char *out = arena_alloc_raw(arena, text.len);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '%' && i + 2 < text.len) {
            int high = url_hex_digit(text.ptr[i + 1]), low = url_hex_digit(text.ptr[i + 2]);
            if (high >= 0 && low >= 0) {
                out[n++] = (char)(high << 4 | low);
                i += 2;
                continue;
            }
        }
        out[n++] = text.ptr[i];
    }
    return (Str){out, n};
}

static bool is_control(char c) { return (unsigned char)c < 0x20 || c == 0x7f; }

/* Without blanks and controls at the ends, and without tabs and line ends inside. */
static Str clean(Arena *arena, Str text, uint32_t *flags) {
    while (text.len && (unsigned char)text.ptr[0] <= 0x20) {
        if (text.ptr[0] != ' ') *flags |= URL_HAD_CONTROL;
        text = str_sub(text, 1, text.len);
    }
    while (text.len && (unsigned char)text.ptr[text.len - 1] <= 0x20) {
        if (text.ptr[text.len - 1] != ' ') *flags |= URL_HAD_CONTROL;
        text.len--;
    }
    bool has_breaks = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (is_control(c)) *flags |= URL_HAD_CONTROL;
        if (c == '\t' || c == '\n' || c == '\r') has_breaks = true;
    }
    if (!has_breaks) return text;
    char *out = arena_alloc_raw(arena, text.len);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        if (!strchr("\t\n\r", text.ptr[i]) || !text.ptr[i]) out[n++] = text.ptr[i];
    return (Str){out, n};
}

static bool is_alpha(char c) { return (unsigned char)((c | 0x20) - 'a') < 26; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Length of the scheme at the start of the text, without ':', or 0. */
static size_t scheme_len(Str s) {
    if (!s.len || !is_alpha(s.ptr[0])) return 0;
    size_t n = 1;
    while (n < s.len && (is_alpha(s.ptr[n]) || is_digit(s.ptr[n]) || strchr("+-.", s.ptr[n])) &&
           s.ptr[n])
        n++;
    if (n == s.len || s.ptr[n] != ':') return 0;
    /* "host.example:8443/x" is a bare host with a port, whatever the grammar of schemes says */
    Str name = str_sub(s, 0, n);
    if (str_find(name, STR("."), 0) == SIZE_MAX && !str_eq_nocase(name, STR("localhost"))) return n;
    size_t at = n + 1;
    while (at < s.len && is_digit(s.ptr[at])) at++;
    bool is_port = at > n + 1 && (at == s.len || strchr("/?#\\", s.ptr[at]));
    return is_port ? 0 : n;
}

static Str lower_ascii(Arena *arena, Str s) {
    char *out = arena_alloc_raw(arena, s.len);
    for (size_t i = 0; i < s.len; i++)
        out[i] = (char)(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] | 0x20 : s.ptr[i]);
    return (Str){out, s.len};
}

static int default_port(Str scheme) {
    if (str_is(scheme, "http") || str_is(scheme, "ws")) return 80;
    if (str_is(scheme, "https") || str_is(scheme, "wss")) return 443;
    return str_is(scheme, "ftp") ? 21 : -1;
}

static bool read_port(Str text, int *ret_port) {
    int port = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.ptr[i])) return false;
        port = port * 10 + (text.ptr[i] - '0');
        if (port > 65535) return false;
    }
    if (text.len) *ret_port = port;
    return true;
}

/* userinfo@host:port */
static bool read_authority(Arena *arena, Str text, bool is_special, Url *u) {
    for (size_t i = text.len; i-- > 0;) {
        if (text.ptr[i] != '@') continue;
        u->flags |= URL_HAS_USERINFO;
        u->userinfo = str_sub(text, 0, i);
        text = str_sub(text, i + 1, text.len);
        break;
    }
    size_t host_len = 0;
    bool in_brackets = false;
    for (; host_len < text.len; host_len++) {
        char c = text.ptr[host_len];
        if (c == '[') in_brackets = true;
        if (c == ']') in_brackets = false;
        if (c == ':' && !in_brackets) break;
    }
    Str host = str_sub(text, 0, host_len);
    bool is_good_port =
        host_len == text.len || read_port(str_sub(text, host_len + 1, text.len), &u->port);
    if (!is_special) {
        u->host = lower_ascii(arena, host);
        return is_good_port;
    }
    return host.len && url_read_host(arena, host, &u->host, &u->flags) && is_good_port;
}

/* 1: ".", 2: "..", dots also as %2e; 0: an ordinary segment. */
static int dot_segment(Str s) {
    int dots = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '.') {
            dots++;
        } else if (s.len - i >= 3 && s.ptr[i] == '%' && s.ptr[i + 1] == '2' &&
                   (s.ptr[i + 2] | 0x20) == 'e') {
            dots++;
            i += 2;
        } else {
            return 0;
        }
    }
    return dots <= 2 ? dots : 0;
}

static void note_path_oddities(Str path, Url *u) {
    for (size_t i = 0; i < path.len; i++) {
        char c = path.ptr[i];
        if (c == ';') u->flags |= URL_PATH_PARAMETER;
        if (c != '%' || i + 2 >= path.len) continue;
        int high = url_hex_digit(path.ptr[i + 1]), low = url_hex_digit(path.ptr[i + 2]);
        if (high < 0 || low < 0) continue;
        int byte = high << 4 | low;
        if (byte < 0x20 || byte == 0x7f) u->flags |= URL_HAD_CONTROL;
        if (byte == '/' || byte == '\\') u->flags |= URL_ENCODED_SLASH;
    }
}

/* Path of a special URL: backslashes are slashes, dot segments are resolved. */
static Str read_path(Arena *arena, Str path, Url *u) {
    note_path_oddities(path, u);
    char *out = arena_alloc_raw(arena, path.len + 2);
    size_t n = 0, at = 0;
    if (path.len && (path.ptr[0] == '/' || path.ptr[0] == '\\')) at = 1;
    for (;;) {
        size_t end = at;
        while (end < path.len && path.ptr[end] != '/' && path.ptr[end] != '\\') end++;
        Str segment = str_sub(path, at, end - at);
        bool is_last = end >= path.len;
        int dots = dot_segment(segment);
        if (dots) u->flags |= URL_DOT_SEGMENTS;
        if (dots == 2) {
            while (n && out[n - 1] != '/') n--;
            if (n) n--;
        }
        if (!dots || is_last) {
            out[n++] = '/';
            if (!dots && segment.len) memcpy(out + n, segment.ptr, segment.len), n += segment.len;
        }
        if (is_last) break;
        at = end + 1;
    }
    return (Str){out, n};
}

/* Separators other than a plain blank, and format characters: zero width, direction of text. */
static bool holds_unseen(Str s) {
    for (size_t i = 0; i < s.len;) {
        unsigned len;
        uint32_t cp = utf8_decode(s, i, &len);
        i += len;
        if (cp < 0x80) continue;
        utf8proc_category_t class = utf8proc_category((utf8proc_int32_t)cp);
        if (class == UTF8PROC_CATEGORY_CF || class == UTF8PROC_CATEGORY_ZS ||
            class == UTF8PROC_CATEGORY_ZL || class == UTF8PROC_CATEGORY_ZP)
            return true;
    }
    return false;
}

/* Texts that a list of links was made into, read as one link: "https://a.example/,https://b.example". */
static bool holds_another_link(Str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (c == '"' || c == '<' || c == '>' || c == '|') return true;
        if (!c || !strchr(",;'()[]{}", c)) continue;
        Str behind = str_sub(s, i + 1, s.len);
        size_t len = scheme_len(behind);
        if (len && len < behind.len - 2 && behind.ptr[len + 1] == '/' && behind.ptr[len + 2] == '/')
            return true;
    }
    return false;
}

static size_t find_any(Str s, const char *chars) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] && strchr(chars, s.ptr[i])) return i;
    return s.len;
}

/* Path, query and fragment. */
static void read_rest(Arena *arena, Str rest, bool is_special, Url *u) {
    u->rest = rest;
    if (rest.len && (rest.ptr[0] == '?' || rest.ptr[0] == '#') && memchr(rest.ptr, '@', rest.len))
        u->flags |= URL_AT_BEHIND_HOST;
    if (holds_unseen(url_percent_decode(arena, rest))) u->flags |= URL_UNSEEN;
    size_t hash = find_any(rest, "#");
    if (hash < rest.len) u->fragment = str_sub(rest, hash + 1, rest.len);
    rest = str_sub(rest, 0, hash);
    size_t mark = find_any(rest, "?");
    if (mark < rest.len) u->query = str_sub(rest, mark + 1, rest.len);
    Str path = str_sub(rest, 0, mark);
    u->path = is_special ? read_path(arena, path, u) : path;
}

/* What follows "http:", "mailto:" and so on. */
static bool read_after_scheme(Arena *arena, Str text, Url *u) {
    bool is_file = str_is(u->scheme, "file");
    bool is_special = is_file || default_port(u->scheme) != -1;
    size_t slashes = 0;
    while (slashes < text.len &&
           (text.ptr[slashes] == '/' || (is_special && text.ptr[slashes] == '\\')))
        slashes++;
    if (!is_special || is_file) {
        if (slashes < 2) {
            read_rest(arena, text, is_special, u);
            return true;
        }
        slashes = 2;
    } else if (slashes != 2) {
        u->flags |= URL_ODD_SLASHES;
    }
    text = str_sub(text, slashes, text.len);
    size_t end = find_any(text, is_special ? "/\\?#" : "/?#");
    Str authority = str_sub(text, 0, end);
    read_rest(arena, str_sub(text, end, text.len), is_special, u);
    if (!authority.len) return is_file || !is_special;
    return read_authority(arena, authority, is_special, u);
}

static Str with_slashes(Arena *arena, Str text) {
    Out out = {.arena = arena};
    out_put(&out, STR("//"));
    out_put(&out, text);
    return out_str(&out);
}

bool url_parse(Arena *arena, Str text, Url *ret) {
    *ret = (Url){.scheme = STR_EMPTY, .userinfo = STR_EMPTY, .host = STR_EMPTY, .port = -1};
    ret->path = ret->query = ret->fragment = ret->rest = STR_EMPTY;
    if (text.len > URL_MAX_LEN) return false;
    text = clean(arena, text, &ret->flags);
    if (!utf8_is_valid(text)) ret->flags |= URL_BAD_UTF8;
    Str before_fragment = str_sub(text, 0, find_any(text, "#"));
    if (str_find(before_fragment, STR("\\"), 0) != SIZE_MAX) ret->flags |= URL_HAD_BACKSLASH;
    if (!text.len) return false;
    if (memchr(text.ptr, ' ', text.len) || holds_unseen(text)) ret->flags |= URL_UNSEEN;
    if (holds_another_link(text)) ret->flags |= URL_SEVERAL;
    size_t len = scheme_len(text);
    if (!len) {
        ret->flags |= URL_NO_SCHEME;
        ret->scheme = STR("http");
        bool has_slashes = text.len > 1 && (text.ptr[0] == '/' || text.ptr[0] == '\\') &&
                           (text.ptr[1] == '/' || text.ptr[1] == '\\');
        if (has_slashes) ret->flags |= URL_ODD_SLASHES;
        else text = with_slashes(arena, text);
    } else {
        ret->scheme = lower_ascii(arena, str_sub(text, 0, len));
        text = str_sub(text, len + 1, text.len);
    }
    if (!str_is(ret->scheme, "http") && !str_is(ret->scheme, "https"))
        ret->flags |= URL_OTHER_SCHEME;
    ret->port = default_port(ret->scheme);
    return read_after_scheme(arena, text, ret);
}

bool url_host_within(Str host, Str domain) {
    if (!domain.len || !str_ends_with(host, domain)) return false;
    return host.len == domain.len || host.ptr[host.len - domain.len - 1] == '.';
}

bool url_normalise_host(Arena *arena, Str text, Str *ret_host, uint32_t *ret_flags) {
    *ret_flags = 0;
    *ret_host = STR_EMPTY;
    if (text.len > URL_MAX_LEN || !text.len) return false;
    return url_read_host(arena, text, ret_host, ret_flags);
}

/* Bytes outside ASCII, and blanks, as a browser sends them. */
static void put_escaped(Out *out, Str s) {
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c > 0x20 && c < 0x7f) {
            out_putc(out, (char)c);
            continue;
        }
        out_putc(out, '%');
        out_putc(out, digits[c >> 4]);
        out_putc(out, digits[c & 15]);
    }
}

Str url_canonical(Arena *arena, Str text) {
    Url u;
    uint32_t bad = (URL_FLAGS_SUSPECT | URL_NO_SCHEME) &
                   ~(uint32_t)(URL_UNSEEN | URL_AT_BEHIND_HOST | URL_SEVERAL);
    bool is_good = url_parse(arena, text, &u) && !(u.flags & bad);
    if (!is_good) return text;
    bool is_ipv6 = memchr(u.host.ptr, ':', u.host.len) != NULL;
    Out out = {.arena = arena};
    out_put(&out, u.scheme);
    out_put(&out, is_ipv6 ? STR("://[") : STR("://"));
    out_put(&out, u.host);
    if (is_ipv6) out_putc(&out, ']');
    if (u.port != default_port(u.scheme)) out_put(&out, arena_printf(arena, ":%d", u.port));
    if (!u.rest.len || u.rest.ptr[0] != '/') out_putc(&out, '/');
    put_escaped(&out, u.rest);
    return out_str(&out);
}
