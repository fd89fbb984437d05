/*
 * geo_shape.c: GeoJSON read into chains of unit vectors, and what chains have in common.
 */
#include "kernels/geo/geo_shape.h"

bool geo_point(double longitude, double latitude, Vec *ret) {
    if (!(fabs(longitude) <= 180 && fabs(latitude) <= 90)) return false;
    double lng = longitude * GEO_PI / 180, lat = latitude * GEO_PI / 180;
    *ret = (Vec){cos(lat) * cos(lng), cos(lat) * sin(lng), sin(lat)};
    return true;
}

bool geo_point_of(const Value *longitude, const Value *latitude, Vec *ret) {
    return !longitude->is_null && !latitude->is_null &&
           geo_point(arg_real(longitude), arg_real(latitude), ret);
}

/* --------------------------------------------------------------- reading */

static bool read_point(Str json, Vec *ret) {
    double degrees[2];
    Str key, value;
    JsonCursor c;
    if (json_kind(json) != JSON_ARRAY || !json_enter(json, &c)) return false;
    for (int i = 0; i < 2; i++) {
        if (!json_next(&c, &key, &value)) return false;
        JsonKind kind = json_kind(value);
        if ((kind != JSON_LONG && kind != JSON_REAL) || !json_real(value, &degrees[i]))
            return false;
    }
    return geo_point(degrees[0], degrees[1], ret);
}

static bool is_same(Vec a, Vec b) { return a.x == b.x && a.y == b.y && a.z == b.z; }

static bool read_vertices(Arena *arena, Str json, Chain *ret) {
    Str key, value;
    JsonCursor c;
    size_t n = json_kind(json) == JSON_ARRAY ? json_count(json) : 0;
    if (!n || n > SHAPE_MAX_VERTICES || !json_enter(json, &c)) return false;
    ret->at = ARENA_ARRAY(arena, Vec, n);
    while (json_next(&c, &key, &value)) {
        if (!read_point(value, &ret->at[ret->n])) return false;
        /* an edge has two ends, and is the shorter way between them */
        if (ret->n && (is_same(ret->at[ret->n], ret->at[ret->n - 1]) ||
                       vec_dot(ret->at[ret->n], ret->at[ret->n - 1]) <= -1 + 1e-15))
            return false;
        ret->n++;
    }
    return true;
}

static bool add_line(Arena *arena, Str json, Shape *s) {
    Chain line = {0};
    if (!read_vertices(arena, json, &line) || line.n < 2) return false;
    ARENA_PUSH(arena, s->chains, s->n, s->cap, line);
    return true;
}

static bool is_repeated(const Chain *ring) {
    /* neighbours are told apart already; a vertex further on may only be met in long rings */
    if (ring->n > 4096) return false;
    for (size_t i = 0; i < ring->n; i++)
        for (size_t j = i + 1; j < ring->n; j++)
            if (is_same(ring->at[i], ring->at[j])) return true;
    return false;
}

void chain_reverse(Chain *ring) {
    for (size_t i = 0, j = ring->n - 1; i < j; i++, j--) {
        Vec t = ring->at[i];
        ring->at[i] = ring->at[j];
        ring->at[j] = t;
    }
}

static bool add_ring(Arena *arena, Str json, bool is_hole, Shape *s) {
    Chain ring = {.is_ring = true, .is_hole = is_hole, .polygon = s->n_polygons};
    if (!read_vertices(arena, json, &ring) || ring.n < 4) return false;
    if (!is_same(ring.at[0], ring.at[ring.n - 1])) return false;
    ring.n--;
    if (is_repeated(&ring)) return false;
    if (ring_area(&ring) < 0) chain_reverse(&ring);
    ARENA_PUSH(arena, s->chains, s->n, s->cap, ring);
    return true;
}

static bool add_polygon(Arena *arena, Str json, Shape *s) {
    Str key, ring;
    JsonCursor c;
    size_t n = 0;
    if (json_kind(json) != JSON_ARRAY || !json_enter(json, &c)) return false;
    while (json_next(&c, &key, &ring))
        if (!add_ring(arena, ring, n++ > 0, s)) return false;
    s->n_polygons++;
    return n > 0;
}

typedef bool (*AddFn)(Arena *arena, Str json, Shape *s);

static bool read_shape(Arena *arena, const Value *v, const char *one, const char *several, AddFn fn,
                       Shape *ret) {
    *ret = (Shape){0};
    if (!is_bag(v)) return false;
    Str type = json_get(v->u.s, STR("type")), places = json_get(v->u.s, STR("coordinates"));
    if (!type.len || !places.len || json_kind(type) != JSON_STRING) return false;
    type = json_string(arena, type);
    if (str_eq(type, str_of(one))) return fn(arena, places, ret);
    if (!str_eq(type, str_of(several)) || json_kind(places) != JSON_ARRAY) return false;
    Str key, value;
    JsonCursor c;
    if (!json_enter(places, &c)) return false;
    while (json_next(&c, &key, &value))
        if (!fn(arena, value, ret)) return false;
    return ret->n > 0;
}

bool shape_of_line(Arena *arena, const Value *v, Shape *ret) {
    return read_shape(arena, v, "LineString", "MultiLineString", add_line, ret);
}

bool shape_of_polygon(Arena *arena, const Value *v, Shape *ret) {
    return read_shape(arena, v, "Polygon", "MultiPolygon", add_polygon, ret);
}

/* -------------------------------------------------------------- measuring */

double ring_area(const Chain *ring) {
    double area = 0;
    Vec a = ring->at[0];
    for (size_t i = 1; i + 1 < ring->n; i++) {
        Vec b = ring->at[i], c = ring->at[i + 1];
        double volume = vec_dot(a, vec_cross(vec_sub(b, a), vec_sub(c, a)));
        area += 2 * atan2(volume, 1 + vec_dot(a, b) + vec_dot(b, c) + vec_dot(c, a));
    }
    /* a ring around more than half of the sphere surrounds the rest on its other side */
    return area > 2 * GEO_PI ? area - 4 * GEO_PI : area < -2 * GEO_PI ? area + 4 * GEO_PI : area;
}

double shape_length(const Shape *s) {
    double length = 0;
    for (size_t i = 0; i < s->n; i++)
        for (size_t e = 0; e < chain_edges(&s->chains[i]); e++)
            length += vec_angle(s->chains[i].at[e], chain_end(&s->chains[i], e));
    return length;
}

/* How far the ring turns around p: a whole turn to the left when p is inside. */
static bool ring_holds(const Chain *ring, Vec p) {
    double turn = 0;
    for (size_t e = 0; e < ring->n; e++) {
        Vec a = ring->at[e], b = chain_end(ring, e);
        a = vec_sub(a, vec_scale(p, vec_dot(a, p)));
        b = vec_sub(b, vec_scale(p, vec_dot(b, p)));
        turn += atan2(vec_dot(p, vec_cross(a, b)), vec_dot(a, b));
    }
    return turn > GEO_PI;
}

bool shape_holds(const Shape *s, Vec p) {
    for (size_t i = 0; i < s->n;) {
        bool is_inside = ring_holds(&s->chains[i], p);
        size_t polygon = s->chains[i].polygon;
        for (i++; i < s->n && s->chains[i].polygon == polygon; i++)
            is_inside = is_inside && !ring_holds(&s->chains[i], p);
        if (is_inside) return true;
    }
    return false;
}

static Vec closest_on_edge(Vec a, Vec b, Vec p) {
    Vec n = vec_normal(a, b);
    bool is_between = vec_dot(vec_cross(n, a), p) > 0 && vec_dot(vec_cross(b, n), p) > 0;
    if (!is_between) return vec_angle(a, p) <= vec_angle(b, p) ? a : b;
    n = vec_unit(n);
    return vec_unit(vec_sub(p, vec_scale(n, vec_dot(n, p))));
}

Vec shape_closest(const Shape *s, Vec p, double *ret_along) {
    Vec best = s->chains[0].at[0];
    double least = INFINITY, along = 0;
    *ret_along = 0;
    for (size_t i = 0; i < s->n; i++)
        for (size_t e = 0; e < chain_edges(&s->chains[i]); e++) {
            Vec a = s->chains[i].at[e], b = chain_end(&s->chains[i], e);
            Vec c = closest_on_edge(a, b, p);
            double distance = vec_angle(c, p);
            if (distance < least) {
                least = distance;
                best = c;
                *ret_along = along + vec_angle(a, c);
            }
            along += vec_angle(a, b);
        }
    return best;
}

/* --------------------------------------------------------------- crossing */

static bool is_on_edge(Vec a, Vec b, Vec p) {
    return vec_angle(closest_on_edge(a, b, p), p) < 1e-15;
}

/* The ends of each lie on different sides of the other, and the two meet on the same half. */
static bool edges_cross(Vec a, Vec b, Vec c, Vec d) {
    Vec n = vec_normal(a, b), m = vec_normal(c, d);
    double c_side = vec_dot(n, c), d_side = vec_dot(n, d);
    double a_side = vec_dot(m, a), b_side = vec_dot(m, b);
    if (c_side * d_side < 0 && a_side * b_side < 0) {
        Vec meet = vec_cross(n, m);
        double same = vec_dot(meet, vec_add(a, b)) * vec_dot(meet, vec_add(c, d));
        return same > 0;
    }
    return is_on_edge(a, b, c) || is_on_edge(a, b, d) || is_on_edge(c, d, a) || is_on_edge(c, d, b);
}

/* Most pairs of edges that are compared. */
#define MAX_PAIRS (1u << 26)

static size_t count_edges(const Shape *s) {
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) n += chain_edges(&s->chains[i]);
    return n;
}

bool shapes_can_be_paired(KernelCall *call, const Shape *a, const Shape *b) {
    size_t edges = count_edges(b);
    if (!edges || count_edges(a) <= MAX_PAIRS / edges) return true;
    kernel_fail(call, "shapes of too many edges");
    return false;
}

static bool chains_cross(const Chain *x, const Chain *y) {
    for (size_t i = 0; i < chain_edges(x); i++)
        for (size_t j = 0; j < chain_edges(y); j++)
            if (edges_cross(x->at[i], chain_end(x, i), y->at[j], chain_end(y, j))) return true;
    return false;
}

bool shapes_cross(const Shape *a, const Shape *b) {
    for (size_t i = 0; i < a->n; i++)
        for (size_t j = 0; j < b->n; j++)
            if (chains_cross(&a->chains[i], &b->chains[j])) return true;
    return false;
}

bool shape_overlaps_itself(const Shape *s) {
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = i + 1; j < s->n; j++) {
            const Chain *x = &s->chains[i], *y = &s->chains[j];
            if (x->polygon == y->polygon) continue;
            if (chains_cross(x, y)) return true;
            if (!x->is_hole && !y->is_hole && (ring_holds(x, y->at[0]) || ring_holds(y, x->at[0])))
                return true;
        }
    return false;
}

/* ---------------------------------------------------------------- writing */

void out_degrees(Out *o, double degrees) {
    Buf json = {0};
    json_put_real(&json, degrees);
    out_put(o, buf_str(&json));
    buf_free(&json);
}

void out_point(Out *o, Vec p) {
    out_putc(o, '[');
    out_degrees(o, atan2(p.y, p.x) * 180 / GEO_PI);
    out_putc(o, ',');
    out_degrees(o, atan2(p.z, hypot(p.x, p.y)) * 180 / GEO_PI);
    out_putc(o, ']');
}

void ret_point(KernelCall *call, Vec p, Value *ret) {
    Out out = {.arena = call->scratch};
    out_put(&out, STR("{\"type\":\"Point\",\"coordinates\":"));
    out_point(&out, p);
    out_putc(&out, '}');
    ret_text(ret, out_str(&out));
}
