/*
 * lookalike.c: links that imitate an internal address.
 *
 * A host that is within no internal domain imitates one when it looks the same (homographs, 0 for
 * o, rn for m), is a slip of the finger away, has another top level, or carries the internal name
 * inside: as labels, joined in any way, in the userinfo, path, query or fragment.
 */
#include "hunt/exclude_internal.h"

typedef struct Looking {
    Arena *arena;
    Str host;   /* of the link */
    Str domain; /* the internal one */
} Looking;

static bool is_name_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || (c & 0x80);
}

/* `part` in `text` with no letter, digit or hyphen before or behind it. */
static bool holds_name(Str text, Str part) {
    for (size_t at = str_find(text, part, 0); at != SIZE_MAX; at = str_find(text, part, at + 1)) {
        bool starts = at == 0 || !is_name_char(text.ptr[at - 1]);
        size_t end = at + part.len;
        if (starts && (end == text.len || !is_name_char(text.ptr[end]))) return true;
    }
    return false;
}

static size_t label_count(Str host) {
    size_t n = host.len ? 1 : 0;
    for (size_t i = 0; i < host.len; i++)
        if (host.ptr[i] == '.') n++;
    return n;
}

/* The last n labels. */
static Str last_labels(Str host, size_t n) {
    size_t at = host.len;
    while (at > 0) {
        if (host.ptr[at - 1] == '.' && --n == 0) return str_sub(host, at, host.len);
        at--;
    }
    return host;
}

/* Without the last label; empty when there is one only. */
static Str without_top(Str host) {
    for (size_t i = host.len; i-- > 0;)
        if (host.ptr[i] == '.') return str_sub(host, 0, i);
    return STR_EMPTY;
}

Str name_squeezed(Arena *arena, Str name) {
    char *out = arena_alloc_raw(arena, name.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < name.len; i++)
        if (!strchr(".-_", name.ptr[i])) out[n++] = name.ptr[i];
    return (Str){out, n};
}

/* Long names bear more slips; on the organisation's own domain one letter is already a neighbour.
 */
static unsigned slips_allowed(const Looking *l) {
    size_t n = label_count(l->domain);
    bool is_sibling = n > 2 && str_eq(last_labels(l->host, 2), last_labels(l->domain, 2));
    return l->domain.len < 10 || is_sibling ? 1 : 2;
}

static bool is_slip(const Looking *l) {
    size_t n = label_count(l->domain);
    unsigned limit = slips_allowed(l);
    for (size_t k = n > 1 ? n - 1 : 1; k <= n + 1; k++) {
        Str tail = last_labels(l->host, k);
        if (label_count(tail) == k && str_distance(tail, l->domain, limit) <= limit) return true;
    }
    return false;
}

/* The same labels under another top level: company.net for company.com. */
static bool has_other_top(const Looking *l) {
    Str bare = without_top(l->domain);
    Str tail = without_top(last_labels(l->host, label_count(l->domain)));
    return bare.len && str_eq(bare, tail);
}

static bool carries_name(const Looking *l) {
    /* "azure" alone is a word; "internal.company" is a name */
    Str bare = label_count(l->domain) > 2 ? without_top(l->domain) : l->domain;
    if (holds_name(l->host, bare)) return true;
    /* however it is joined, or not at all */
    return label_count(bare) > 1 &&
           str_find(name_squeezed(l->arena, l->host), name_squeezed(l->arena, bare), 0) != SIZE_MAX;
}

/* How the host imitates the domain, or NULL. */
static const char *host_mimics(const Looking *l) {
    Str skeleton = url_host_skeleton(l->arena, l->host);
    Str wanted = url_host_skeleton(l->arena, l->domain);
    if (url_host_within(skeleton, wanted)) return "looks like";
    if (carries_name(l)) return "carries the name of";
    Looking same = {l->arena, skeleton, wanted};
    if (carries_name(&same)) return "looks as if it carried the name of";
    if (is_slip(l)) return "is a slip away from";
    if (has_other_top(l)) return "is, under another top level,";
    return NULL;
}

/* Percent signs taken off, twice at most, and in lower case. */
static Str lowered(Arena *arena, Str s) {
    s = url_percent_decode(arena, url_percent_decode(arena, s));
    char *out = arena_alloc_raw(arena, s.len + 1);
    for (size_t i = 0; i < s.len; i++)
        out[i] = (char)(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] | 0x20 : s.ptr[i]);
    return (Str){out, s.len};
}

/* The part of the link besides the host that names the domain, or NULL. */
static const char *part_naming(Arena *arena, const Url *url, Str domain) {
    if (holds_name(lowered(arena, url->userinfo), domain)) return "user name";
    if (holds_name(lowered(arena, url->path), domain)) return "path";
    if (holds_name(lowered(arena, url->query), domain)) return "query";
    if (holds_name(lowered(arena, url->fragment), domain)) return "fragment";
    return NULL;
}

bool link_mimics(Arena *arena, const ExclusionSet *set, const Link *link, Str *ret_how) {
    if (!link->url.host.len) return false;
    for (size_t i = 0; i < set->n_internal; i++)
        if (url_host_within(link->url.host, set->internal[i])) return false;
    for (size_t i = 0; i < set->n_internal; i++) {
        Looking l = {arena, link->url.host, set->internal[i]};
        const char *how = host_mimics(&l);
        if (how) {
            *ret_how =
                arena_printf(arena, "host %.*s %s %.*s", STR_ARG(l.host), how, STR_ARG(l.domain));
            return true;
        }
        const char *part = part_naming(arena, &link->url, l.domain);
        if (!part) continue;
        *ret_how = arena_printf(arena, "host %.*s is foreign and its %s names %.*s",
                                STR_ARG(l.host), part, STR_ARG(l.domain));
        return true;
    }
    return false;
}
