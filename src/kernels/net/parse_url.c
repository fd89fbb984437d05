/*
 * parse_url.c: parse_url and parse_urlquery, which cut and decode nothing.
 *
 * Source: their pages, and RFC 3986 for where the parts of a link begin. What a browser would make
 * of a link is url.c's business; these functions give the parts as they are written. A text without
 * a scheme has no host: it is a path, perhaps with a query.
 *
 * The path keeps its slash: rules that are in use count on it, as in split(parse_url(u).Path,
 * "/")[2], although the page's example prints none.
 */
#include "kernels/dynamic/elements.h"
#include "kernels/text/parsers.h"

typedef struct Link {
    Str scheme, username, password, host, port, path, query, fragment;
} Link;

static bool is_letter(char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }
static bool is_scheme_char(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
}

/* Cuts `s` at the first `mark`: what stands behind it, or nothing. */
static Str cut_behind(Str *s, char mark) {
    const char *found = s->len ? memchr(s->ptr, mark, s->len) : NULL;
    if (!found) return STR_EMPTY;
    size_t at = (size_t)(found - s->ptr);
    Str behind = str_sub(*s, at + 1, SIZE_MAX);
    s->len = at;
    return behind;
}

/* "http://" and "mailto:" have a scheme; in "host:8080" and "c:80" the digits are a port. */
static Str take_scheme(Str *s) {
    size_t n = 0;
    while (n < s->len && is_scheme_char(s->ptr[n])) n++;
    if (!n || n == s->len || s->ptr[n] != ':' || !is_letter(s->ptr[0])) return STR_EMPTY;
    if (n + 1 < s->len && s->ptr[n + 1] >= '0' && s->ptr[n + 1] <= '9') return STR_EMPTY;
    Str scheme = str_sub(*s, 0, n);
    *s = str_sub(*s, n + 1, SIZE_MAX);
    return scheme;
}

/* "user:password@host:port", an IPv6 host in brackets. */
static void read_authority(Str s, Link *ret) {
    for (size_t i = s.len; i-- > 0;) {
        if (s.ptr[i] != '@') continue;
        ret->username = str_sub(s, 0, i);
        ret->password = cut_behind(&ret->username, ':');
        s = str_sub(s, i + 1, SIZE_MAX);
        break;
    }
    size_t bracket = s.len && s.ptr[0] == '[' ? str_find(s, STR("]"), 0) : 0;
    if (bracket == SIZE_MAX) bracket = 0;
    Str rest = str_sub(s, bracket, SIZE_MAX);
    ret->port = cut_behind(&rest, ':');
    ret->host = str_sub(s, 0, bracket + rest.len);
}

static Link link_read(Str s) {
    Link link = {.fragment = cut_behind(&s, '#')};
    link.query = cut_behind(&s, '?');
    link.scheme = take_scheme(&s);
    if (str_starts_with(s, STR("//"))) {
        Str authority = str_sub(s, 2, SIZE_MAX);
        size_t slash = str_find(authority, STR("/"), 0);
        if (slash == SIZE_MAX) slash = authority.len;
        read_authority(str_sub(authority, 0, slash), &link);
        s = str_sub(authority, slash, SIZE_MAX);
    }
    link.path = s;
    return link;
}

/* The parameters of "a=1&b=2" as the member "Query Parameters". Of parameters of one name the last
 * one stays, as in any dynamic value. */
static void put_query(Out *out, Str query) {
    out_name(out, STR("Query Parameters"));
    Out bag = out_bag(out->arena);
    while (query.len) {
        Str name = query;
        query = cut_behind(&name, '&');
        Str value = cut_behind(&name, '=');
        if (name.len) out_member(&bag, name, value);
    }
    out_put(out, json_canonical_str(out->arena, out_bag_close(&bag)));
}

static void parse_url(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    Link link = link_read(str_trim(args[0].u.s));
    Out bag = out_bag(call->scratch);
    out_member(&bag, STR("Scheme"), link.scheme);
    out_member(&bag, STR("Host"), link.host);
    out_member(&bag, STR("Port"), link.port);
    out_member(&bag, STR("Path"), link.path);
    out_member(&bag, STR("Username"), link.username);
    out_member(&bag, STR("Password"), link.password);
    put_query(&bag, link.query);
    out_member(&bag, STR("Fragment"), link.fragment);
    ret_text(ret, out_bag_close(&bag));
}

static void parse_urlquery(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    Str query = str_trim(args[0].u.s);
    if (str_starts_with(query, STR("?"))) query = str_sub(query, 1, SIZE_MAX);
    Out bag = out_bag(call->scratch);
    put_query(&bag, query);
    ret_text(ret, out_bag_close(&bag));
}

const Kernel kernel_parse_url = {.fn = parse_url};
const Kernel kernel_parse_urlquery = {.fn = parse_urlquery};
