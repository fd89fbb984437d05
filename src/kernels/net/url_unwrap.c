/*
 * url_unwrap.c: the link behind Safe Links and the wrappers of other mail gateways. See url.h.
 *
 * One row a service: the hosts by whole labels, and the reader that finds the target in the link.
 * A reader answers READ_LINK with the target, READ_OPAQUE when the target is not in the link,
 * READ_TWICE when it is there twice, READ_NOT when the link is an ordinary page of that host.
 */
#include "kernels/net/url_internal.h"
#include "kernels/out.h"

typedef enum Reading { READ_NOT, READ_LINK, READ_OPAQUE, READ_TWICE } Reading;

typedef struct Wrapper {
    Arena *arena;
    const Url *url;
    Str hint; /* out: the host that an opaque service names */
} Wrapper;

/* ------------------------------------------------------------------- pieces */

static Str strip_prefix(Str s, Str prefix) {
    return str_starts_with(s, prefix) ? str_sub(s, prefix.len, s.len) : s;
}

/* How many parameters of that name the query has; *ret_value is the first one's, percent-decoded
 * once. Names are compared without case and decoded, and "&amp;" may stand for "&". */
static unsigned count_values(const Wrapper *w, Str query, Str name, Str *ret_value) {
    unsigned n = 0;
    for (size_t at = 0; at < query.len;) {
        size_t end = str_find(query, STR("&"), at);
        if (end == SIZE_MAX) end = query.len;
        Str pair = strip_prefix(str_sub(query, at, end - at), STR("amp;"));
        at = end + 1;
        size_t equals = str_find(pair, STR("="), 0);
        if (equals == SIZE_MAX) continue;
        if (!str_eq_nocase(url_percent_decode(w->arena, str_sub(pair, 0, equals)), name)) continue;
        if (n++ == 0)
            *ret_value = url_percent_decode(w->arena, str_sub(pair, equals + 1, pair.len));
    }
    return n;
}

static unsigned query_value(const Wrapper *w, Str name, Str *ret_value) {
    return count_values(w, w->url->query, name, ret_value);
}

static Reading one_parameter(const Wrapper *w, Str name, Str *ret_target) {
    Str other = STR_EMPTY;
    unsigned n = query_value(w, name, ret_target);
    /* behind the '#' stands nothing that the service reads, but it may want to be read */
    if (count_values(w, w->url->fragment, name, &other)) n++;
    return n == 1 ? READ_LINK : n ? READ_TWICE : READ_OPAQUE;
}

/* The few HTML entities that gateways leave in links. */
static Str decode_entities(Arena *arena, Str s) {
    static const struct {
        Str name;
        char c;
    } entities[] = {{{"&amp;", 5}, '&'},  {{"&lt;", 4}, '<'},    {{"&gt;", 4}, '>'},
                    {{"&quot;", 6}, '"'}, {{"&apos;", 6}, '\''}, {{"&#39;", 5}, '\''},
                    {{"&#38;", 5}, '&'}};
    if (str_find(s, STR("&"), 0) == SIZE_MAX) return s;
    Out out = {.arena = arena};
    for (size_t i = 0; i < s.len;) {
        size_t len = 0;
        for (size_t e = 0; e < COUNT_OF(entities) && s.ptr[i] == '&' && !len; e++) {
            if (!str_starts_with(str_sub(s, i, s.len), entities[e].name)) continue;
            len = entities[e].name.len;
            out_putc(&out, entities[e].c);
        }
        if (!len) out_putc(&out, s.ptr[i]);
        i += len ? len : 1;
    }
    return out_str(&out);
}

static int base64_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

/* Standard or URL-safe base64, '=' optional. False at any other character. */
static bool decode_base64(Arena *arena, Str s, Str *ret) {
    while (s.len && s.ptr[s.len - 1] == '=') s.len--;
    Out out = {.arena = arena};
    uint32_t bits = 0;
    unsigned n_bits = 0;
    for (size_t i = 0; i < s.len; i++) {
        int value = base64_value(s.ptr[i]);
        if (value < 0) return false;
        bits = bits << 6 | (uint32_t)value;
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            out_putc(&out, (char)(bits >> n_bits & 255));
        }
    }
    *ret = out_str(&out);
    return true;
}

/* ------------------------------------------------------------------ readers */

static Reading read_safe_links(Wrapper *w, Str *ret) { return one_parameter(w, STR("url"), ret); }

static Reading read_teams(Wrapper *w, Str *ret) {
    if (!str_ends_with(w->url->path, STR("/atp-safelinks.html"))) return READ_NOT;
    return one_parameter(w, STR("url"), ret);
}

static Reading read_barracuda(Wrapper *w, Str *ret) { return one_parameter(w, STR("a"), ret); }
static Reading read_u(Wrapper *w, Str *ret) { return one_parameter(w, STR("u"), ret); }

static Reading read_trend_micro(Wrapper *w, Str *ret) {
    Reading reading = one_parameter(w, STR("url"), ret);
    bool is_clicktime = str_find(w->url->path, STR("clicktime"), 0) != SIZE_MAX;
    return reading == READ_OPAQUE && !is_clicktime ? READ_NOT : reading;
}

static Reading read_facebook(Wrapper *w, Str *ret) {
    if (!str_is(w->url->path, "/l.php") && !str_is(w->url->path, "/")) return READ_NOT;
    return one_parameter(w, STR("u"), ret);
}

static Reading read_proofpoint_v1(Wrapper *w, Str *ret) {
    Reading reading = one_parameter(w, STR("u"), ret);
    if (reading == READ_LINK) *ret = decode_entities(w->arena, *ret);
    return reading;
}

static Reading read_proofpoint_v2(Wrapper *w, Str *ret) {
    Str coded = STR_EMPTY;
    Reading reading = one_parameter(w, STR("u"), &coded);
    if (reading != READ_LINK) return reading;
    char *text = arena_alloc_raw(w->arena, coded.len);
    for (size_t i = 0; i < coded.len; i++)
        text[i] = (char)(coded.ptr[i] == '-' ? '%' : coded.ptr[i] == '_' ? '/' : coded.ptr[i]);
    Str plain = url_percent_decode(w->arena, (Str){text, coded.len});
    *ret = decode_entities(w->arena, plain);
    return READ_LINK;
}

/* Length of a run in v3: "**A" stands for 2 removed characters, "**B" for 3, ... "**_" for 65. */
static size_t run_length(char c) {
    if (c >= 'A' && c <= 'Z') return (size_t)(c - 'A') + 2;
    if (c >= 'a' && c <= 'z') return (size_t)(c - 'a') + 28;
    if (c >= '0' && c <= '9') return (size_t)(c - '0') + 54;
    return c == '-' ? 64 : c == '_' ? 65 : 0;
}

static size_t utf8_step(Str s, size_t at) {
    size_t next = at + 1;
    while (next < s.len && ((unsigned char)s.ptr[next] & 0xC0) == 0x80) next++;
    return next;
}

/* Puts the removed characters back where the stars are. False when there are too few or too many.
 */
static bool refill_stars(Str text, Str removed, Out *out) {
    size_t used = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '*') {
            out_putc(out, text.ptr[i]);
            continue;
        }
        size_t n = 1;
        if (i + 2 < text.len && text.ptr[i + 1] == '*') {
            n = run_length(text.ptr[i + 2]);
            if (!n) return false;
            i += 2;
        }
        for (; n; n--) {
            if (used >= removed.len) return false;
            size_t next = utf8_step(removed, used);
            out_put(out, str_sub(removed, used, next - used));
            used = next;
        }
    }
    return used == removed.len;
}

static Reading read_proofpoint_v3(Wrapper *w, Str *ret) {
    Str rest = strip_prefix(w->url->rest, STR("/v3/__"));
    if (rest.len == w->url->rest.len) return READ_OPAQUE;
    size_t end = str_find(rest, STR("__;"), 0);
    if (end == SIZE_MAX) return READ_OPAQUE;
    Str text = str_sub(rest, 0, end), coded = str_sub(rest, end + 3, rest.len);
    size_t bang = str_find(coded, STR("!"), 0);
    if (bang == SIZE_MAX) return READ_OPAQUE;
    Str removed;
    if (!decode_base64(w->arena, str_sub(coded, 0, bang), &removed)) return READ_OPAQUE;
    Out out = {.arena = w->arena};
    size_t colon = str_find(text, STR(":/"), 0);
    if (colon != SIZE_MAX && str_sub(text, colon + 2, 1).len && text.ptr[colon + 2] != '/') {
        out_put(&out, str_sub(text, 0, colon + 2)); /* "https:/a": mail programs fold the slashes */
        out_putc(&out, '/');
        text = str_sub(text, colon + 2, text.len);
    }
    if (!refill_stars(text, removed, &out)) return READ_OPAQUE;
    *ret = out_str(&out);
    return READ_LINK;
}

static Reading read_proofpoint(Wrapper *w, Str *ret) {
    if (str_starts_with(w->url->path, STR("/v1/"))) return read_proofpoint_v1(w, ret);
    if (str_starts_with(w->url->path, STR("/v2/"))) return read_proofpoint_v2(w, ret);
    return read_proofpoint_v3(w, ret);
}

/* /<token>/<encoded link>[?query]; a link of more parts was not encoded. */
static Reading read_cisco(Wrapper *w, Str *ret) {
    Str rest = w->url->rest;
    size_t slash = str_find(rest, STR("/"), 1);
    if (slash == SIZE_MAX) return READ_OPAQUE;
    *ret = url_percent_decode(w->arena, str_sub(rest, slash + 1, rest.len));
    return READ_LINK;
}

static bool is_web_link(const Wrapper *w, Str text) {
    Url u;
    return url_parse(w->arena, text, &u) && !(u.flags & (URL_OTHER_SCHEME | URL_NO_SCHEME));
}

static Reading read_google(Wrapper *w, Str *ret) {
    if (!str_is(w->url->path, "/url")) return READ_NOT;
    Str q = STR_EMPTY, url = STR_EMPTY;
    unsigned n_q = query_value(w, STR("q"), &q), n_url = query_value(w, STR("url"), &url);
    if (n_q > 1 || n_url > 1) return READ_TWICE;
    bool is_q = n_q && is_web_link(w, q), is_url = n_url && is_web_link(w, url);
    if (is_q && is_url && !str_eq(q, url)) return READ_TWICE;
    *ret = is_q ? q : url;
    return is_q || is_url ? READ_LINK : READ_OPAQUE;
}

static Reading read_mimecast(Wrapper *w, Str *ret) {
    (void)ret;
    if (!str_starts_with(w->url->path, STR("/s/")) && !str_starts_with(w->url->path, STR("/r/")))
        return READ_NOT;
    Str domain = STR_EMPTY;
    uint32_t flags;
    if (query_value(w, STR("domain"), &domain) == 1 &&
        !url_normalise_host(w->arena, domain, &w->hint, &flags))
        w->hint = STR_EMPTY;
    return READ_OPAQUE;
}

static Reading read_token(Wrapper *w, Str *ret) {
    (void)w, (void)ret;
    return READ_OPAQUE;
}

static Reading read_sophos(Wrapper *w, Str *ret) {
    Str coded = STR_EMPTY, host;
    Reading reading = one_parameter(w, STR("u"), &coded);
    if (query_value(w, STR("d"), &host) == 1) {
        uint32_t flags;
        if (!url_normalise_host(w->arena, host, &w->hint, &flags)) w->hint = STR_EMPTY;
    }
    if (reading == READ_LINK && !decode_base64(w->arena, coded, ret)) return READ_OPAQUE;
    return reading;
}

/* /v2/___https://a.example___.token */
static Reading read_avanan(Wrapper *w, Str *ret) {
    Str rest = w->url->rest;
    size_t start = str_find(rest, STR("___"), 0);
    if (start == SIZE_MAX) return READ_OPAQUE;
    size_t end = str_find(rest, STR("___."), start + 3);
    if (end == SIZE_MAX) return READ_OPAQUE;
    if (str_find(rest, STR("___"), end + 3) != SIZE_MAX) return READ_TWICE;
    *ret = str_sub(rest, start + 3, end - start - 3);
    return READ_LINK;
}

/* /L0/https:%2F%2Fa.example%2Fx/1/<token>/<signature> */
static Reading read_ses(Wrapper *w, Str *ret) {
    Str rest = w->url->rest;
    if (rest.len < 4 || rest.ptr[1] != 'L' || rest.ptr[3] != '/') return READ_OPAQUE;
    size_t end = str_find(rest, STR("/"), 4);
    if (end == SIZE_MAX) end = rest.len;
    *ret = url_percent_decode(w->arena, str_sub(rest, 4, end - 4));
    return READ_LINK;
}

/* ----------------------------------------------------------------- services */

typedef struct Service {
    const char *name;
    const char *host; /* it or a subdomain of it */
    Reading (*read)(Wrapper *w, Str *ret_target);
} Service;

static const Service services[] = {
    {"Safe Links", "safelinks.protection.outlook.com", read_safe_links},
    {"Safe Links", "safelinks.protection.office365.us", read_safe_links},
    {"Safe Links", "statics.teams.cdn.office.net", read_teams},
    {"Safe Links", "statics.teams.microsoft.com", read_teams},
    {"Safe Links", "teams.microsoft.com", read_teams},
    {"Proofpoint", "urldefense.proofpoint.com", read_proofpoint},
    {"Proofpoint", "urldefense.com", read_proofpoint},
    {"Proofpoint", "urldefense.us", read_proofpoint},
    {"Barracuda", "linkprotect.cudasvc.com", read_barracuda},
    {"Cisco Secure Email", "secure-web.cisco.com", read_cisco},
    {"Mimecast", "mimecast.com", read_mimecast},
    {"Mimecast", "mimecastprotect.com", read_mimecast},
    {"Symantec", "clicktime.symantec.com", read_u},
    {"FireEye", "protect2.fireeye.com", read_u},
    {"Sophos", "protection.sophos.com", read_sophos},
    {"Trend Micro", "trendmicro.com", read_trend_micro},
    {"Check Point", "url.avanan.click", read_avanan},
    {"Check Point", "protect.checkpoint.com", read_avanan},
    {"Amazon SES", "awstrack.me", read_ses},
    {"Facebook", "l.facebook.com", read_facebook},
    {"Facebook", "lm.facebook.com", read_facebook},
    {"EdgePilot", "link.edgepilot.com", read_token},
};
static const Service google_service = {"Google", "google", read_google};

/* [www.]google.<com, two letters, co.xx or com.xx> */
static bool is_google(Str host) {
    host = strip_prefix(host, STR("www."));
    Str tail = strip_prefix(host, STR("google."));
    if (tail.len == host.len) return false;
    if (str_is(tail, "com")) return true;
    if (str_starts_with(tail, STR("co.")) || str_starts_with(tail, STR("com.")))
        tail = str_sub(tail, str_find(tail, STR("."), 0) + 1, tail.len);
    return tail.len == 2 && tail.ptr[0] != '.' && tail.ptr[1] != '.';
}

static const Service *find_service(Str host) {
    for (size_t i = 0; i < COUNT_OF(services); i++)
        if (url_host_within(host, str_of(services[i].host))) return &services[i];
    return is_google(host) ? &google_service : NULL;
}

/* The schemes in front of which a wrapper may hide; everything else is no link of a service. */
static bool is_http(const Url *u) { return !(u->flags & URL_OTHER_SCHEME); }

UrlUnwrap url_unwrap(Arena *arena, Str text) {
    UrlUnwrap result = {.url = text, .hint = STR_EMPTY};
    Url url;
    bool is_good = url_parse(arena, text, &url);
    for (;;) {
        const Service *service = is_good && is_http(&url) ? find_service(url.host) : NULL;
        if (!service) return result;
        Wrapper w = {.arena = arena, .url = &url, .hint = STR_EMPTY};
        Str target = STR_EMPTY;
        Reading reading = service->read(&w, &target);
        if (reading == READ_NOT) return result;
        if (!result.service) result.service = service->name;
        result.wrapper_flags |= url.flags;
        Url inner;
        if (reading != READ_LINK || result.depth == URL_MAX_WRAPS ||
            !url_parse(arena, target, &inner) ||
            (inner.flags & (URL_OTHER_SCHEME | URL_NO_SCHEME))) {
            result.is_opaque = true;
            result.is_ambiguous = reading == READ_TWICE;
            result.hint = w.hint;
            return result;
        }
        result.url = target;
        result.depth++;
        url = inner;
    }
}

static void run_url_unwrap(KernelCall *call, const Value *args, uint32_t n, Value *ret) {
    (void)n;
    ret_text(ret, url_canonical(call->scratch, url_unwrap(call->scratch, args[0].u.s).url));
}
const Kernel kernel_url_unwrap = {.fn = run_url_unwrap};
