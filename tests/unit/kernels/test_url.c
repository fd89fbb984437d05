/* Links as a browser reads them, and what is behind wrappers. */
#include "kernels/net/url.h"

#include "test.h"

static Arena *arena;

/* "host flags..." of a link, or "refused" with its flags. */
static Str describe(Str text) {
    static const struct {
        uint32_t flag;
        const char *name;
    } names[] = {
        {URL_HAS_USERINFO, "userinfo"},   {URL_HOST_IS_IP, "ip"},
        {URL_ODD_IP, "odd-ip"},           {URL_IS_IDN, "idn"},
        {URL_MIXED_SCRIPT, "mixed"},      {URL_HAD_BACKSLASH, "backslash"},
        {URL_HAD_CONTROL, "control"},     {URL_ENCODED_HOST, "encoded-host"},
        {URL_EMPTY_LABEL, "empty-label"}, {URL_NO_SCHEME, "no-scheme"},
        {URL_OTHER_SCHEME, "scheme"},     {URL_ODD_SLASHES, "slashes"},
        {URL_DOT_SEGMENTS, "dots"},       {URL_ENCODED_SLASH, "encoded-slash"},
        {URL_PATH_PARAMETER, "param"},    {URL_BAD_UTF8, "bad-utf8"},
        {URL_HOST_WAS_WIDE, "wide"},      {URL_HOST_TOO_LONG, "too-long"},
        {URL_ODD_HOST, "odd-host"},
    };
    Url u;
    bool is_good = url_parse(arena, text, &u);
    Str s = is_good ? u.host : STR("refused");
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (u.flags & names[i].flag) s = arena_printf(arena, "%.*s %s", STR_ARG(s), names[i].name);
    return s;
}

#define HOST(text, expected) CHECK_STR(describe(STR(text)), expected)

static void test_parts(void) {
    Url u;
    CHECK(url_parse(
        arena, STR("HTTPS://user:pw@Portal.INTERNAL.company.com.:8443/update/../a?x=1#f"), &u));
    CHECK_STR(u.scheme, "https");
    CHECK_STR(u.userinfo, "user:pw");
    CHECK_STR(u.host, "portal.internal.company.com");
    CHECK_LONG(u.port, 8443);
    CHECK_STR(u.path, "/a");
    CHECK_STR(u.query, "x=1");
    CHECK_STR(u.fragment, "f");
    CHECK_STR(u.rest, "/update/../a?x=1#f");
    CHECK(url_parse(arena, STR("http://a.example"), &u));
    CHECK_STR(u.path, "/");
    CHECK_LONG(u.port, 80);
    CHECK(url_parse(arena, STR("http://a.example?x/../y"), &u));
    CHECK_STR(u.query, "x/../y");
    CHECK(url_parse(arena, STR("http://a.example/a/./b/%2E%2e/c/.."), &u));
    CHECK_STR(u.path, "/a/");
    CHECK(url_parse(arena, STR("http://a.example/../../x\\y"), &u));
    CHECK_STR(u.path, "/x/y");
    CHECK(url_parse(arena, STR("mailto:a@b.example"), &u));
    CHECK_STR(u.path, "a@b.example");
    CHECK_STR(u.host, "");
    CHECK_LONG(u.port, -1);
}

static void test_lengths(void) {
    static const char label[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    Str max = {label, 63};
    Str max_host = arena_printf(arena, "%.*s.%.*s.%.*s.%.*s", STR_ARG(max), STR_ARG(max),
                                STR_ARG(max), 61, label);
    CHECK_LONG(max_host.len, 253);
    CHECK_STR(describe(arena_printf(arena, "https://%.*s./x", STR_ARG(max_host))),
              arena_cstr(arena, max_host));
    CHECK_STR(describe(arena_printf(arena, "https://a%.*s/x", STR_ARG(max_host))),
              arena_cstr(arena, arena_printf(arena, "a%.*s too-long", STR_ARG(max_host))));
    CHECK_STR(describe(arena_printf(arena, "https://%s.example/", label)),
              arena_cstr(arena, arena_printf(arena, "%s.example too-long", label)));
}

static void test_plain_hosts(void) {
    HOST("https://Portal.INTERNAL.company.com.:8443/update/", "portal.internal.company.com");
    HOST("  https://internal.company.com/  ", "internal.company.com");
    HOST("https://internal.company.com.evil.io/", "internal.company.com.evil.io");
    HOST("https://xinternal.company.com/", "xinternal.company.com");
    HOST("https://evil.io/internal.company.com/update/", "evil.io");
    HOST("https://evil.io?internal.company.com", "evil.io");
    HOST("https://evil.io#internal.company.com", "evil.io");
    HOST("https://evil.io#@internal.company.com", "evil.io");
    HOST("https://evil.io;internal.company.com/", "evil.io;internal.company.com odd-host");
    HOST("www.a.example/x", "www.a.example no-scheme");
    HOST("a.example:8443/x", "a.example no-scheme");
    HOST("//a.example/x", "a.example no-scheme slashes");
    HOST("localhost:80", "localhost no-scheme");
    HOST("https://a_b.example/", "a_b.example");
    HOST("https://r3---sn-x.example/", "r3---sn-x.example");
}

static void test_tricks(void) {
    HOST("https://internal.company.com@evil.io/", "evil.io userinfo");
    HOST("https://internal.company.com:443@evil.io/", "evil.io userinfo");
    HOST("https://internal.company.com%2f@evil.io/", "evil.io userinfo");
    HOST("https://a@b@evil.io/", "evil.io userinfo");
    HOST("https://evil.io\\@internal.company.com/", "evil.io backslash");
    HOST("https://evil.io\\.internal.company.com/", "evil.io backslash");
    HOST("https:\\\\evil.io/", "evil.io backslash");
    HOST("https:evil.io/", "evil.io slashes");
    HOST("https:///evil.io/", "evil.io slashes");
    HOST("ht\ttps://ev\til.io/", "evil.io control");
    HOST("https://ev\nil.io/", "evil.io control");
    HOST("\x01https://evil.io/", "evil.io control");
    HOST("https://internal.company.com\0.evil.io/", "refused control");
    HOST("https://internal.company.com%00.evil.io/", "refused control encoded-host");
    HOST("https://internal%2ecompany%2ecom/", "internal.company.com encoded-host");
    HOST("https://internal.company.com%2eevil.io/", "internal.company.com.evil.io encoded-host");
    HOST("https://internal.company.com%2fevil.io/", "refused encoded-host");
    HOST("https://internal.company.com%5c.evil.io/", "refused encoded-host");
    HOST("https://internal.company.com../", "internal.company.com. empty-label");
    HOST("https://internal..company.com/", "internal..company.com empty-label");
    HOST("https://.company.com/", ".company.com empty-label");
    HOST("https://internal.company.com /", "refused");
    HOST("https://internal.company.com:99999/", "refused");
    HOST("https://internal.company.com:80x/", "refused");
    HOST("https://", "refused");
    HOST("", "refused");
    HOST("https://a.example/x/%2e%2e/y", "a.example dots");
    HOST("https://a.example/update/..%2fevil", "a.example encoded-slash");
    HOST("https://a.example/update/..;/evil", "a.example param");
    HOST("https://a.example/%00", "a.example control");
    HOST("https://a.example/\xff", "a.example bad-utf8");
    HOST("https://\xff.example/", "refused bad-utf8");
    HOST("https://%ff.example/", "refused encoded-host bad-utf8");
}

static void test_odd_names(void) {
    HOST("https://*.internal.company.com/", "*.internal.company.com odd-host");
    HOST("https://-.internal.company.com/", "-.internal.company.com odd-host");
    HOST("https://a-.example/", "a-.example odd-host");
    HOST("https://xn--a.internal.company.com/", "xn--a.internal.company.com idn odd-host");
    HOST("https://a-b.example/", "a-b.example");
}

#define CANONICAL(TEXT, WANTED) CHECK_STR(url_canonical(arena, STR(TEXT)), WANTED)

/* What a browser takes for the same link has one spelling; what it does not, keeps its own. */
static void test_canonical(void) {
    CANONICAL("HTTPS://A.Example", "https://a.example/");
    CANONICAL("https://a.example:443/x", "https://a.example/x");
    CANONICAL("http://a.example:8080?q", "http://a.example:8080/?q");
    CANONICAL("https://b\xc3\xbc"
              "cher.example/",
              "https://xn--bcher-kva.example/");
    CANONICAL("https://a.example/\xc3\xbc x", "https://a.example/%C3%BC%20x");
    CANONICAL("https://a.example/Path#F", "https://a.example/Path#F");
    CANONICAL("https://[::1]:443/", "https://[::1]/");
    CANONICAL("a.example", "a.example");
    CANONICAL("https://u@a.example", "https://u@a.example");
    CANONICAL("mailto:a@b.example", "mailto:a@b.example");
    CANONICAL("", "");
}

static void test_schemes(void) {
    HOST("javascript:alert(1)//internal.company.com", " scheme");
    HOST("ftp://internal.company.com/", "internal.company.com scheme");
    HOST("file:///c:/x", " scheme");
    HOST("data:text/html,https://internal.company.com", " scheme");
    HOST("view-source:https://internal.company.com/", " scheme");
    HOST("\\\\server\\share", "server backslash no-scheme slashes");
}

static void test_ip(void) {
    HOST("http://127.0.0.1/", "127.0.0.1 ip");
    HOST("http://127.0.0.1./", "127.0.0.1 ip");
    HOST("http://2130706433/", "127.0.0.1 ip odd-ip");
    HOST("http://0x7f.1/", "127.0.0.1 ip odd-ip");
    HOST("http://0X7F000001/", "127.0.0.1 ip odd-ip");
    HOST("http://0177.0.0.01/", "127.0.0.1 ip odd-ip");
    HOST("http://127.1/", "127.0.0.1 ip odd-ip");
    HOST("http://%31%32%37.0.0.1/", "127.0.0.1 ip encoded-host");
    HOST("http://256.1.1.1/", "refused");
    HOST("http://1.2.3.4.5/", "refused");
    HOST("http://a.1/", "refused");
    HOST("http://08.0.0.1/", "refused");
    HOST("http://4294967296/", "refused");
    HOST("http://[::1]:8080/", "::1 ip");
    HOST("http://[2001:DB8:0:0:1:0:0:1]/", "2001:db8::1:0:0:1 ip");
    HOST("http://[::ffff:127.0.0.1]/", "::ffff:7f00:1 ip");
    HOST("http://[1::2::3]/", "refused ip");
    HOST("http://[::1/", "refused ip");
    HOST("http://[1:2:3:4:5:6:7]/", "refused ip");
    HOST("http://[fe80::1%25eth0]/", "refused ip");
}

static void test_idn(void) {
    HOST("https://b\xc3\xbc"
         "cher.example/",
         "xn--bcher-kva.example idn");
    HOST("https://XN--BCHER-KVA.example/", "xn--bcher-kva.example idn");
    HOST("https://xn--zzzzzz999999.example/", "refused idn");
    /* first letter Cyrillic: xn--80ak6aa92e is an all-Cyrillic look-alike */
    HOST("https://\xd0\xb0pple.example/", "xn--pple-43d.example idn mixed");
    HOST("https://xn--80ak6aa92e.com/", "xn--80ak6aa92e.com idn mixed");
    HOST("https://\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82\xd0\xb6.example/",
         "xn--b1agdf8agr.example idn");
    /* full width letters and the ideographic full stop become ASCII */
    HOST("https://\xef\xbd\x81.example/", "a.example wide");
    HOST("https://a\xe3\x80\x82"
         "example/",
         "a.example wide");
    HOST("https://inter\xc2\xadnal.example/", "internal.example wide");
    HOST("https://fa\xc3\x9f.example/", "xn--fa-hia.example idn");
    /* Japanese scripts are written together */
    HOST("https://\xe6\x9d\xb1\xe4\xba\xac\xe3\x81\xae.example/", "xn--u9j432gr5q.example idn");
}

static void test_within(void) {
    CHECK(url_host_within(STR("a.b.example"), STR("b.example")));
    CHECK(url_host_within(STR("b.example"), STR("b.example")));
    CHECK(!url_host_within(STR("ab.example"), STR("b.example")));
    CHECK(!url_host_within(STR("b.example.evil"), STR("b.example")));
    CHECK(!url_host_within(STR("b.example"), STR("")));
    Str host;
    uint32_t flags;
    CHECK(url_normalise_host(arena, STR("Internal.Company.COM."), &host, &flags));
    CHECK_STR(host, "internal.company.com");
    CHECK(!url_normalise_host(arena, STR("a b"), &host, &flags));
    CHECK(!url_normalise_host(arena, STR("a:80"), &host, &flags));
    CHECK(str_eq(url_host_skeleton(arena, STR("xn--80ak6aa92e.com")),
                 url_host_skeleton(arena, STR("apple.com"))));
    CHECK(str_eq(url_host_skeleton(arena, STR("1nterna1.cornpany.com")),
                 url_host_skeleton(arena, STR("internal.company.com"))));
    CHECK(!str_eq(url_host_skeleton(arena, STR("external.company.com")),
                  url_host_skeleton(arena, STR("internal.company.com"))));
}

/* "depth[ opaque][ twice] url" */
static Str unwrapped(Str text) {
    UrlUnwrap u = url_unwrap(arena, text);
    return arena_printf(arena, "%u%s%s %.*s", u.depth, u.is_opaque ? " opaque" : "",
                        u.is_ambiguous ? " twice" : "", STR_ARG(u.url));
}

#define UNWRAP(text, expected) CHECK_STR(unwrapped(STR(text)), expected)

#define SAFE "https://nam02.safelinks.protection.outlook.com/?"

static void test_safe_links(void) {
    UNWRAP("https://a.example/x", "0 https://a.example/x");
    UNWRAP(SAFE "url=https%3A%2F%2Fa.example%2Fx%3Fy%3D1&data=05%7C02&reserved=0",
           "1 https://a.example/x?y=1");
    UNWRAP(SAFE "data=05&amp;url=https%3A%2F%2Fa.example%2Fx&amp;reserved=0",
           "1 https://a.example/x");
    UNWRAP(
        "https://eur01.safelinks.protection.outlook.com/ap/w-59584e83/?url=http%3A%2F%2Fa.example",
        "1 http://a.example");
    UNWRAP("https://gcc02.safelinks.protection.office365.us/?url=https%3A%2F%2Fa.example%2F",
           "1 https://a.example/");
    UNWRAP("https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/"
           "atp-safelinks.html?url=https%3A%2F%2Fa.example%2F&locale=en",
           "1 https://a.example/");
    UNWRAP("NAM02.SafeLinks.Protection.Outlook.com/?URL=https%3A%2F%2Fa.example%2F",
           "1 https://a.example/");
    CHECK_STR(str_of(url_unwrap(arena, STR(SAFE "url=https://a.example")).service), "Safe Links");
}

static void test_unsafe_links(void) {
    /* look-alikes of the wrapper's host are no wrappers */
    UNWRAP("https://safelinks.protection.outlook.com.evil.example/?url=https%3A%2F%2Fa.example",
           "0 https://safelinks.protection.outlook.com.evil.example/?url=https%3A%2F%2Fa.example");
    UNWRAP("https://xsafelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example",
           "0 https://xsafelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example");
    UNWRAP("https://nam02.safelinks.protection.outlook.com@evil.example/?url=https://a.example",
           "0 https://nam02.safelinks.protection.outlook.com@evil.example/?url=https://a.example");
    /* two targets, no target, a target that no browser opens as a page */
    UNWRAP(SAFE "url=https%3A%2F%2Fa.example&url=https%3A%2F%2Fb.example",
           "0 opaque twice " SAFE "url=https%3A%2F%2Fa.example&url=https%3A%2F%2Fb.example");
    UNWRAP(SAFE "url=https://a.example&%75RL=https://b.example",
           "0 opaque twice " SAFE "url=https://a.example&%75RL=https://b.example");
    UNWRAP(SAFE "data=1", "0 opaque " SAFE "data=1");
    UNWRAP(SAFE "x#url=https://a.example", "0 opaque " SAFE "x#url=https://a.example");
    UNWRAP(SAFE "url=javascript%3Aalert(1)", "0 opaque " SAFE "url=javascript%3Aalert(1)");
    UNWRAP(SAFE "url=a.example", "0 opaque " SAFE "url=a.example");
    UNWRAP(SAFE "url=https%3A%2F%2Fa.example%2500.b",
           "0 opaque " SAFE "url=https%3A%2F%2Fa.example%2500.b");
    /* the wrapper's own oddities are remembered */
    UrlUnwrap u = url_unwrap(
        arena, STR("https://x@nam02.safelinks.protection.outlook.com\\?url=https://a.example/"));
    CHECK_STR(u.url, "https://a.example/");
    CHECK(u.wrapper_flags & URL_HAS_USERINFO);
    CHECK(u.wrapper_flags & URL_HAD_BACKSLASH);
}

/* The service reads nothing behind the '#': who puts a second target there wants it to be seen. */
static void test_target_in_fragment(void) {
    UrlUnwrap u =
        url_unwrap(arena, STR(SAFE "url=https%3A%2F%2Fa.example#&url=https%3A%2F%2Fevil.example"));
    CHECK(u.is_ambiguous && u.is_opaque);
    u = url_unwrap(arena, STR(SAFE "url=https%3A%2F%2Fa.example#top"));
    CHECK(!u.is_opaque && u.depth == 1);
}

static void test_proofpoint(void) {
    UNWRAP("https://urldefense.proofpoint.com/v1/url?u=http://a.example/x&k=abc",
           "1 http://a.example/x");
    UNWRAP("https://urldefense.proofpoint.com/v2/"
           "url?u=https-3A__a.example_x-3Fy-3D1-26amp-3Bz&d=Dw&c=q",
           "1 https://a.example/x?y=1&z");
    UNWRAP("https://urldefense.com/v3/__https://a.example/x*y__;Iw!!tok!sig$",
           "1 https://a.example/x#y");
    UNWRAP("https://urldefense.com/v3/__https:/a.example/x__;!!tok!sig$", "1 https://a.example/x");
    /* "**A" stands for two removed characters */
    UNWRAP("https://urldefense.com/v3/__https://a.example/**A?q__;Iys!!tok!s$",
           "1 https://a.example/#+?q");
    UNWRAP("https://urldefense.com/v3/__https://a.example/**__;Iw!!tok!s$",
           "0 opaque https://urldefense.com/v3/__https://a.example/**__;Iw!!tok!s$");
    UNWRAP("https://urldefense.com/v3/x", "0 opaque https://urldefense.com/v3/x");
}

static void test_other_services(void) {
    UNWRAP("https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fa.example%2fx&c=E,1,s&typo=1",
           "1 https://a.example/x");
    UNWRAP("https://secure-web.cisco.com/1tok/https%3A%2F%2Fa.example%2Fx?y=1",
           "1 https://a.example/x?y=1");
    UNWRAP("https://www.google.com/url?q=https://a.example/x&sa=D", "1 https://a.example/x");
    UNWRAP("https://www.google.co.uk/url?sa=t&url=https%3A%2F%2Fa.example%2F&q=weather",
           "1 https://a.example/");
    UNWRAP("https://www.google.com/search?q=https://a.example/",
           "0 https://www.google.com/search?q=https://a.example/");
    UNWRAP("https://google.evil.example/url?q=https://a.example/",
           "0 https://google.evil.example/url?q=https://a.example/");
    UNWRAP("https://clicktime.symantec.com/3?h=x&u=https%3A%2F%2Fa.example", "1 https://a.example");
    UNWRAP("https://protect2.fireeye.com/v1/url?k=1&u=https%3A%2F%2Fa.example",
           "1 https://a.example");
    UNWRAP("https://eu1.protection.sophos.com/?d=a.example&u=aHR0cHM6Ly9hLmV4YW1wbGUveA==",
           "1 https://a.example/x");
    UNWRAP("https://ctp.trendmicro.com/wis/clicktime/v1/query?url=https%3A%2F%2Fa.example",
           "1 https://a.example");
    UNWRAP("https://www.trendmicro.com/en/about", "0 https://www.trendmicro.com/en/about");
    UNWRAP("https://url.avanan.click/v2/___https://a.example/x___.YXAz", "1 https://a.example/x");
    UNWRAP("https://x1.awstrack.me/L0/https:%2F%2Fa.example%2Fx/1/0100-1/s=",
           "1 https://a.example/x");
    UNWRAP("https://l.facebook.com/l.php?u=https%3A%2F%2Fa.example&h=A", "1 https://a.example");
    UrlUnwrap u = url_unwrap(arena, STR("https://protect-eu.mimecast.com/s/tok?domain=A.example"));
    CHECK(u.is_opaque);
    CHECK_LONG(u.depth, 0);
    CHECK_STR(u.hint, "a.example");
    CHECK_STR(str_of(u.service), "Mimecast");
}

static Str wrap(Str link, unsigned times) {
    for (; times; times--) {
        Buf b = {0};
        buf_puts(&b, SAFE "url=");
        for (size_t i = 0; i < link.len; i++)
            buf_printf(&b, strchr(":/?=&%", link.ptr[i]) ? "%%%02X" : "%c",
                       (unsigned char)link.ptr[i]);
        link = arena_str(arena, buf_str(&b));
        buf_free(&b);
    }
    return link;
}

static void test_nesting(void) {
    UNWRAP(SAFE "url=https%3A%2F%2Furldefense.proofpoint.com%2Fv2%2Furl%3Fu%3Dhttps-3A__a.example_"
                "x%26d%3D1",
           "2 https://a.example/x");
    CHECK_STR(unwrapped(wrap(STR("https://a.example/"), 3)), "3 https://a.example/");
    UrlUnwrap u = url_unwrap(arena, wrap(STR("https://a.example/"), 8));
    CHECK_LONG(u.depth, 8);
    CHECK(!u.is_opaque);
    u = url_unwrap(arena, wrap(STR("https://a.example/"), 9));
    CHECK_LONG(u.depth, 8);
    CHECK(u.is_opaque);
    u = url_unwrap(arena, wrap(STR("https://protect-us.mimecast.com/s/tok"), 2));
    CHECK_LONG(u.depth, 2);
    CHECK(u.is_opaque);
    CHECK_STR(u.url, "https://protect-us.mimecast.com/s/tok");
}

int main(void) {
    arena = arena_new();
    test_parts();
    test_lengths();
    test_plain_hosts();
    test_tricks();
    test_odd_names();
    test_canonical();
    test_schemes();
    test_ip();
    test_idn();
    test_within();
    test_safe_links();
    test_unsafe_links();
    test_target_in_fragment();
    test_proofpoint();
    test_other_services();
    test_nesting();
    arena_free(arena);
    return test_finish();
}
