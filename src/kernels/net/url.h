/*
 * url.h: a link as a browser reads it, and the link behind a mail gateway's wrapper.
 *
 * A hunt that decides whether a link is "internal" must see the host that the browser will go to,
 * whatever is done to hide it. So this is the WHATWG URL algorithm (tabs and line ends vanish, a
 * backslash is a slash, `user@` is no host, 0x7f.1 is 127.0.0.1, the host is percent-decoded and
 * goes through IDNA) with one addition: whatever had to be repaired is remembered in the flags, so
 * that the caller can refuse to trust an odd link. Pure functions over an arena, safe on any bytes.
 *
 * Source: the WHATWG URL standard; UTS 46; the gateways' own documentation of their links.
 */
#ifndef QUARRY_KERNELS_URL_H
#define QUARRY_KERNELS_URL_H

#include "base/base.h"
#include "kernels/kernel.h"

/* What was unusual about a link. */
typedef enum UrlFlags {
    URL_HAS_USERINFO = 1 << 0,  /* user@host or user:password@host */
    URL_HOST_IS_IP = 1 << 1,    /* IPv4 in any spelling, or IPv6; host holds the canonical form */
    URL_ODD_IP = 1 << 2,        /* an IPv4 written other than as four decimal parts */
    URL_IS_IDN = 1 << 3,        /* a label is xn--... (as written, or after conversion) */
    URL_MIXED_SCRIPT = 1 << 4,  /* a label mixes scripts, or imitates Latin letters wholly */
    URL_HAD_BACKSLASH = 1 << 5, /* a backslash anywhere before the fragment */
    URL_HAD_CONTROL = 1 << 6,  /* a control character was dropped or stands inside, in host and path
                                  also as %00..%1F;  blanks at the ends are dropped without a flag */
    URL_ENCODED_HOST = 1 << 7, /* %xx inside the host: decoded in `host` */
    URL_EMPTY_LABEL = 1 << 8,  /* "a..b", ".a", or more than one dot at the end */
    URL_NO_SCHEME = 1 << 9,    /* the text had no scheme and was read as http */
    URL_OTHER_SCHEME = 1 << 10,   /* neither http nor https */
    URL_ODD_SLASHES = 1 << 11,    /* "http:a", "http:/a", "http:///a" */
    URL_DOT_SEGMENTS = 1 << 12,   /* "." or ".." in the path, also as %2e: resolved in `path` */
    URL_ENCODED_SLASH = 1 << 13,  /* %2f or %5c in the path: some servers decode it */
    URL_PATH_PARAMETER = 1 << 14, /* ';' in the path: some servers cut there */
    URL_BAD_UTF8 = 1 << 15,       /* not UTF-8, or a percent-encoded host that is not */
    URL_HOST_WAS_WIDE = 1 << 16,  /* the host held characters that only look like ASCII (full
                                     width, U+3002, ...) */
    URL_HOST_TOO_LONG = 1 << 17,  /* a label past 63 bytes or a host past 253: no DNS name */
    URL_ODD_HOST = 1 << 18,       /* the host holds a character that no name of a host has, a label
                                     that begins or ends with a hyphen, or xn-- that decodes to nothing */
    URL_UNSEEN = 1 << 19, /* a blank as written, or, behind the host also as %xx, a character that
                                     an eye does not see: of no width, or one that turns the direction */
    URL_AT_BEHIND_HOST =
        1 << 20,          /* '@' in what follows the host without a slash, as host?@other: some
                                     readers take it for userinfo */
    URL_SEVERAL = 1 << 21 /* behind what may part one link from the next, another begins; or
                                     '"', '<', '>' or '|' as written, which no link holds */
} UrlFlags;

/* Any of these: the link must not be trusted to be what it seems. */
#define URL_FLAGS_SUSPECT                                                                          \
    (URL_HAS_USERINFO | URL_ODD_IP | URL_MIXED_SCRIPT | URL_HAD_BACKSLASH | URL_HAD_CONTROL |      \
     URL_ENCODED_HOST | URL_EMPTY_LABEL | URL_OTHER_SCHEME | URL_ODD_SLASHES | URL_ENCODED_SLASH | \
     URL_DOT_SEGMENTS | URL_PATH_PARAMETER | URL_BAD_UTF8 | URL_HOST_WAS_WIDE |                    \
     URL_HOST_TOO_LONG | URL_ODD_HOST | URL_UNSEEN | URL_AT_BEHIND_HOST | URL_SEVERAL)

/* A link taken apart. Absent parts are empty. Text lives in the arena or in the text parsed. */
typedef struct Url {
    Str scheme;   /* lower case, without ':' */
    Str userinfo; /* as written, without '@' */
    Str host;  /* ASCII, lower case, xn-- form, without the one dot at the end that DNS allows; an
                  IPv6 without brackets */
    int port;  /* given or the scheme's default; -1 when neither */
    Str path;  /* dot segments resolved, backslashes turned; starts with '/' for http(s) */
    Str query; /* without '?' */
    Str fragment;   /* without '#' */
    uint32_t flags; /* UrlFlags */
    Str rest;       /* from the path on, as written but for tabs and line ends */
} Url;

#define URL_MAX_LEN 65536

/*
 * Reads a link. False when a browser would refuse it (bad port, forbidden character in the host, an
 * IPv4 that does not fit, IDNA errors, ...), when it is longer than URL_MAX_LEN, or when http(s)
 * has no host; *ret then holds what was read so far, with its flags. A text without a scheme is
 * read as http:// + text (device events hold bare hosts) and flagged URL_NO_SCHEME.
 */
NODISCARD bool url_parse(Arena *arena, Str text, Url *ret);

/* Percent-decodes once; a '%' without two hex digits stays. `text` itself when there is none. */
Str url_percent_decode(Arena *arena, Str text);

/*
 * A web link in one spelling for all that a browser takes for the same: scheme and host in lower case,
 * the host in xn-- form, no default port, "/" for an empty path, bytes outside ASCII and blanks as
 * %XX. What is no http(s) link or odd in any way comes back as it is.
 */
Str url_canonical(Arena *arena, Str text);

/* True when `host` is `domain` or a subdomain of it, whole label by whole label. Both as Url.host:
 * put a name that a user wrote through url_normalise_host first. An empty domain holds nothing. */
bool url_host_within(Str host, Str domain);
/* A host name alone (from a list or a rule) in the form of Url.host: case, one dot at the end, IDN.
 * False when it is no valid host. *ret_flags as in Url. */
NODISCARD bool url_normalise_host(Arena *arena, Str text, Str *ret_host, uint32_t *ret_flags);

/*
 * The host as an eye takes it: IDN decoded, accents dropped, letters of other scripts that look
 * like Latin ones replaced by them, 0 by o, 1 and i by l, "rn" by m, "vv" by w. Two hosts with one
 * skeleton look alike; only a comparison of skeletons means anything.
 */
Str url_host_skeleton(Arena *arena, Str host);

/* What is behind the wrappers of a link. */
typedef struct UrlUnwrap {
    Str url;           /* the innermost link found; the text given when depth is 0 */
    unsigned depth;    /* wrappers taken off */
    bool is_opaque;    /* `url` is a wrapper whose target cannot be known: token only, broken, a
                          target that is neither http nor https, or more than URL_MAX_WRAPS layers */
    bool is_ambiguous; /* a wrapper names its target twice: is_opaque is set too */
    uint32_t wrapper_flags; /* UrlFlags of all wrappers passed (a wrapper with userinfo, ...) */
    const char *service;    /* name of the outermost wrapper's service, or NULL */
    Str hint; /* opaque wrappers: the host that the service names as a hint, or empty */
} UrlUnwrap;

#define URL_MAX_WRAPS 8

/*
 * Takes off Safe Links and other gateways' wrappers, nested ones too. A wrapper is known by its
 * host as url_parse reads it, compared by whole labels, so a look-alike host is no wrapper (depth
 * 0, not opaque). Never fails.
 */
UrlUnwrap url_unwrap(Arena *arena, Str text);

/* __url_unwrap(text: string) : string, url_unwrap as a function: the innermost link found, as
 * url_canonical() spells it. */
extern const Kernel kernel_url_unwrap;

#endif
