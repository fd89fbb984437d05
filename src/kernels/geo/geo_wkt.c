/*
 * geo_wkt.c: geo_from_wkt: well-known text as GeoJSON.
 *
 * Source: the geo_from_wkt page. Points have two coordinates; anything else is no text that it reads.
 */
#include "kernels/geo/geo.h"
#include "kernels/geo/geo_shape.h"

/* Collections in collections. */
#define MAX_DEPTH 32

typedef struct Reader {
    const char *p, *end;
    Out *out;
} Reader;

static void skip_blanks(Reader *r) {
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r'))
        r->p++;
}

static bool take(Reader *r, char c) {
    skip_blanks(r);
    if (r->p == r->end || *r->p != c) return false;
    r->p++;
    return true;
}

static Str take_word(Reader *r) {
    skip_blanks(r);
    const char *first = r->p;
    while (r->p < r->end && ((*r->p | 32) >= 'a' && (*r->p | 32) <= 'z')) r->p++;
    return (Str){first, (size_t)(r->p - first)};
}

/* A number as it is written, where that is JSON. */
static bool read_number(Reader *r) {
    skip_blanks(r);
    const char *first = r->p;
    while (r->p < r->end && (strchr("+-.eE", *r->p) || (*r->p >= '0' && *r->p <= '9')) && *r->p)
        r->p++;
    Str text = {first, (size_t)(r->p - first)};
    double number;
    if (!text.len || !json_real(text, &number)) return false;
    if (json_kind(text) == JSON_LONG) out_put(r->out, text);
    else out_degrees(r->out, number);
    return true;
}

static bool read_point(Reader *r) {
    out_putc(r->out, '[');
    if (!read_number(r)) return false;
    out_putc(r->out, ',');
    if (!read_number(r)) return false;
    out_putc(r->out, ']');
    return true;
}

/* Lists of `levels` in one another, points within; MULTIPOINT may have its points in parentheses. */
static bool read_list(Reader *r, int levels, bool may_wrap) {
    if (!take(r, '(')) return false;
    out_putc(r->out, '[');
    for (size_t n = 0; n == 0 || take(r, ','); n++) {
        if (n) out_putc(r->out, ',');
        bool is_wrapped = may_wrap && take(r, '(');
        if (!(levels > 1 ? read_list(r, levels - 1, false) : read_point(r))) return false;
        if (is_wrapped && !take(r, ')')) return false;
    }
    out_putc(r->out, ']');
    return take(r, ')');
}

typedef struct Kind {
    const char *word, *type;
    int levels;
} Kind;

static bool read_shape(Reader *r, int depth);

static bool read_collection(Reader *r, int depth) {
    if (depth >= MAX_DEPTH || !take(r, '(')) return false;
    out_put(r->out, STR("{\"type\":\"GeometryCollection\",\"geometries\":["));
    for (size_t n = 0; n == 0 || take(r, ','); n++) {
        if (n) out_putc(r->out, ',');
        if (!read_shape(r, depth + 1)) return false;
    }
    out_put(r->out, STR("]}"));
    return take(r, ')');
}

static bool read_shape(Reader *r, int depth) {
    static const Kind kinds[] = {{"POINT", "Point", 0},
                                 {"LINESTRING", "LineString", 1},
                                 {"POLYGON", "Polygon", 2},
                                 {"MULTIPOINT", "MultiPoint", 1},
                                 {"MULTILINESTRING", "MultiLineString", 2},
                                 {"MULTIPOLYGON", "MultiPolygon", 3}};
    Str word = take_word(r);
    if (str_eq_nocase(word, STR("GEOMETRYCOLLECTION"))) return read_collection(r, depth);
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (!str_eq_nocase(word, str_of(kinds[i].word))) continue;
        out_put(r->out, STR("{\"type\":\""));
        out_put(r->out, str_of(kinds[i].type));
        out_put(r->out, STR("\",\"coordinates\":"));
        bool may_wrap = str_eq_nocase(word, STR("MULTIPOINT"));
        bool is_fine = kinds[i].levels ? read_list(r, kinds[i].levels, may_wrap)
                                       : take(r, '(') && read_point(r) && take(r, ')');
        out_putc(r->out, '}');
        return is_fine;
    }
    return false;
}

static void from_wkt(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Out out = {.arena = call->scratch};
    Reader r = {args[0].u.s.ptr, args[0].u.s.ptr + args[0].u.s.len, &out};
    (void)n_args;
    if (!read_shape(&r, 0)) return;
    skip_blanks(&r);
    if (r.p == r.end) ret_text(ret, out_str(&out));
}

const Kernel kernel_geo_from_wkt = {.fn = from_wkt};
