/*
 * geo_densify.c: points added to lines and rings, so that great circles between them keep to the
 * straight lines of a map.
 *
 * Source: the pages of geo_line_densify and geo_polygon_densify. The vertices that are given stay as
 * they are written.
 */
#include "kernels/geo/geo.h"
#include "kernels/geo/geo_shape.h"

#define DEFAULT_TOLERANCE 10.0
#define MIN_TOLERANCE 0.1
#define MAX_TOLERANCE 10000.0
/* Halves of halves: far below any tolerance. */
#define MAX_HALVINGS 30

typedef struct Degrees {
    double lng, lat;
} Degrees;

typedef struct Densify {
    KernelCall *call;
    Out out;
    double tolerance; /* in radians */
    bool crosses;     /* an edge of more than 180 degrees of longitude goes over the antimeridian */
} Densify;

static Degrees between(Degrees a, Degrees b, double part) {
    return (Degrees){a.lng + (b.lng - a.lng) * part, a.lat + (b.lat - a.lat) * part};
}

/* Longitudes run past 180 where an edge crosses the antimeridian. */
static double wrapped(double lng) { return lng > 180 ? lng - 360 : lng < -180 ? lng + 360 : lng; }

static Vec vec_of(Degrees d) {
    Vec v = {0, 0, 1};
    geo_point(wrapped(d.lng), d.lat, &v);
    return v;
}

/* Whether the great circle keeps to the line: in the middle, and, where both meet in the middle as
 * over the equator, at the quarters. */
static bool is_near(const Densify *d, Degrees a, Degrees b) {
    static const double parts[] = {0.5, 0.25, 0.75};
    Vec ends[2] = {vec_of(a), vec_of(b)};
    Chain edge = {.at = ends, .n = 2};
    Shape line = {.chains = &edge, .n = 1};
    double along;
    if (vec_dot(ends[0], ends[1]) < 0) return false;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        Vec p = vec_of(between(a, b, parts[i]));
        if (vec_angle(p, shape_closest(&line, p, &along)) > d->tolerance) return false;
    }
    return true;
}

/* As numbers are mostly written: without a fraction where there is none. */
static void out_number(Out *o, double degrees) {
    Buf json = {0};
    json_put_real(&json, degrees);
    Str text = buf_str(&json);
    if (str_ends_with(text, STR(".0"))) text.len -= 2;
    out_put(o, text);
    buf_free(&json);
}

/* The points between two. */
static bool out_between(Densify *d, Degrees a, Degrees b, unsigned depth) {
    if (depth == MAX_HALVINGS || is_near(d, a, b)) return true;
    Degrees middle = between(a, b, 0.5);
    if (!out_fits(d->call, &d->out) || !out_between(d, a, middle, depth + 1)) return false;
    out_put(&d->out, STR(",["));
    out_number(&d->out, wrapped(middle.lng));
    out_putc(&d->out, ',');
    out_number(&d->out, middle.lat);
    out_putc(&d->out, ']');
    return out_between(d, middle, b, depth + 1);
}

static bool read_degrees(Str point, Degrees *ret) {
    JsonCursor c;
    Str key, lng, lat;
    return json_enter(point, &c) && json_next(&c, &key, &lng) && json_next(&c, &key, &lat) &&
           json_real(lng, &ret->lng) && json_real(lat, &ret->lat);
}

static bool out_vertices(Densify *d, Str points) {
    JsonCursor c;
    Str key, point;
    Degrees last = {0}, next;
    if (!json_enter(points, &c)) return false;
    out_putc(&d->out, '[');
    for (bool is_first = true; json_next(&c, &key, &point); is_first = false, last = next) {
        if (!read_degrees(point, &next)) return false;
        Degrees end = next;
        if (d->crosses && fabs(next.lng - last.lng) > 180)
            end.lng += next.lng < last.lng ? 360 : -360;
        if (!is_first && !out_between(d, last, end, 0)) return false;
        if (!is_first) out_putc(&d->out, ',');
        out_put(&d->out, point);
    }
    out_putc(&d->out, ']');
    return true;
}

/* Arrays around the arrays of vertices, `depth` of them. */
static bool out_nested(Densify *d, Str value, unsigned depth) {
    JsonCursor c;
    Str key, inner;
    if (!depth) return out_vertices(d, value);
    if (!json_enter(value, &c)) return false;
    out_putc(&d->out, '[');
    for (bool is_first = true; json_next(&c, &key, &inner); is_first = false) {
        if (!is_first) out_putc(&d->out, ',');
        if (!out_nested(d, inner, depth - 1)) return false;
    }
    out_putc(&d->out, ']');
    return true;
}

/* Arguments 1 and 2 are the tolerance and preserve_crossing. */
static void densify(KernelCall *call, const Value *args, uint32_t n_args, unsigned depth,
                    Value *ret) {
    double meters = n_args < 2 ? DEFAULT_TOLERANCE : args[1].is_null ? 0 : arg_real(&args[1]);
    if (!(meters >= MIN_TOLERANCE && meters <= MAX_TOLERANCE)) return;
    Str type = json_get(args[0].u.s, STR("type"));
    Densify d = {.call = call,
                 .out = {.arena = call->scratch},
                 .tolerance = meters / EARTH_RADIUS_METERS,
                 .crosses = n_args > 2 && !args[2].is_null && args[2].u.b};
    if (str_starts_with(type, STR("\"Multi"))) depth++;
    out_put(&d.out, STR("{\"type\":"));
    out_put(&d.out, type);
    out_put(&d.out, STR(",\"coordinates\":"));
    if (!out_nested(&d, json_get(args[0].u.s, STR("coordinates")), depth)) return;
    out_putc(&d.out, '}');
    ret_text(ret, out_str(&d.out));
}

static void line_densify(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Shape s;
    if (shape_of_line(call->scratch, &args[0], &s)) densify(call, args, n_args, 0, ret);
}

static void polygon_densify(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Shape s;
    if (shape_of_polygon(call->scratch, &args[0], &s)) densify(call, args, n_args, 1, ret);
}

const Kernel kernel_geo_line_densify = {.fn = line_densify};
const Kernel kernel_geo_polygon_densify = {.fn = polygon_densify};
