/*
 * geo_regions.c: what lines and polygons have in common, their sums, surroundings and simpler forms.
 *
 * Source: the functions' pages. What is no valid shape gives null.
 */
#include "kernels/geo/geo.h"
#include "kernels/geo/geo_s2.h"
#include "kernels/geo/geo_shape.h"

#define DEFAULT_TOLERANCE 10.0
/* "Supported values are in the range [0, ~7,800,000 meters]": 70 degrees. */
#define MAX_TOLERANCE (70 * GEO_PI / 180)
/* Most edges of a buffer before they are joined. */
#define MAX_BUFFER_EDGES (1u << 22)

/* ----------------------------------------------------------------- writing */

static void out_chain(Out *o, const Chain *c) {
    out_putc(o, '[');
    for (size_t i = 0; i < c->n + c->is_ring; i++) {
        if (i) out_putc(o, ',');
        out_point(o, c->at[i % c->n]);
    }
    out_putc(o, ']');
}

static void out_polygons(Out *o, const Shape *s) {
    for (size_t i = 0; i < s->n; i++) {
        if (i) out_put(o, s->chains[i].is_hole ? STR(",") : STR("],"));
        if (!s->chains[i].is_hole) out_putc(o, '[');
        out_chain(o, &s->chains[i]);
    }
    out_putc(o, ']');
}

static void out_geometry(Out *o, const char *type, bool is_several, const Shape *s) {
    out_put(o, is_several ? STR("{\"type\":\"Multi") : STR("{\"type\":\""));
    out_put(o, str_of(type));
    out_put(o, is_several ? STR("\",\"coordinates\":[") : STR("\",\"coordinates\":"));
    for (size_t i = 0; i < s->n && !s->n_polygons; i++) {
        if (i) out_putc(o, ',');
        if (s->chains[i].n == 1) out_point(o, s->chains[i].at[0]);
        else out_chain(o, &s->chains[i]);
    }
    if (s->n_polygons) out_polygons(o, s);
    out_put(o, is_several ? STR("]}") : STR("}"));
}

static void ret_places(KernelCall *call, const Places *p, Value *ret) {
    int kinds = (p->points.n > 0) + (p->lines.n > 0) + (p->polygons.n > 0), n = 0;
    Out o = {.arena = call->scratch};
    if (kinds != 1) out_put(&o, STR("{\"type\":\"GeometryCollection\",\"geometries\":["));
    if (p->points.n) out_geometry(&o, "Point", p->points.n > 1, &p->points), n++;
    if (p->lines.n) {
        if (n++) out_putc(&o, ',');
        out_geometry(&o, "LineString", p->lines.n > 1, &p->lines);
    }
    if (p->polygons.n) {
        if (n++) out_putc(&o, ',');
        out_geometry(&o, "Polygon", p->polygons.n_polygons > 1, &p->polygons);
    }
    if (kinds != 1) out_put(&o, STR("]}"));
    ret_text(ret, out_str(&o));
}

/* A shape that is gone is null. */
static void ret_shape(KernelCall *call, const Places *p, Value *ret) {
    if (p->lines.n || p->polygons.n) ret_places(call, p, ret);
}

/* ----------------------------------------------------------- intersections */

typedef bool (*ReadFn)(Arena *arena, const Value *v, Shape *ret);

static void intersection(KernelCall *call, const Value *args, ReadFn read_a, ReadFn read_b,
                         Value *ret) {
    Shape a, b;
    Places common;
    if (read_a(call->scratch, &args[0], &a) && read_b(call->scratch, &args[1], &b) &&
        shapes_can_be_paired(call, &a, &b) && s2_intersect(call->scratch, &a, &b, &common))
        ret_places(call, &common, ret);
}

static void intersection_2lines(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args == 2) intersection(call, args, shape_of_line, shape_of_line, ret);
}

static void intersection_2polygons(KernelCall *call, const Value *args, uint32_t n_args,
                                   Value *ret) {
    if (n_args == 2) intersection(call, args, shape_of_polygon, shape_of_polygon, ret);
}

static void intersection_line_with_polygon(KernelCall *call, const Value *args, uint32_t n_args,
                                           Value *ret) {
    if (n_args == 2) intersection(call, args, shape_of_line, shape_of_polygon, ret);
}

/* ------------------------------------------------------------------ unions */

static void append(Arena *arena, Shape *all, const Shape *s) {
    for (size_t i = 0; i < s->n; i++) {
        Chain chain = s->chains[i];
        chain.polygon += all->n_polygons;
        ARENA_PUSH(arena, all->chains, all->n, all->cap, chain);
    }
    all->n_polygons += s->n_polygons;
}

/* All shapes of an array; false when it is none, is empty or holds what is no shape. */
static bool read_array(KernelCall *call, const Value *v, ReadFn read, Shape *ret) {
    Elements elements;
    *ret = (Shape){0};
    if (!elements_of(call->scratch, v, &elements)) return false;
    for (size_t i = 0; i < elements.n; i++) {
        Value element = {.type = TYPE_DYNAMIC, .u.s = elements.at[i]};
        Shape s;
        if (!read(call->scratch, &element, &s)) return false;
        append(call->scratch, ret, &s);
    }
    return ret->n > 0 && shapes_can_be_paired(call, ret, ret);
}

static void union_array(KernelCall *call, const Value *v, ReadFn read, Value *ret) {
    Shape all;
    Places sum;
    if (read_array(call, v, read, &all) && s2_union(call->scratch, &all, &sum))
        ret_shape(call, &sum, ret);
}

static void union_lines_array(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args == 1) union_array(call, &args[0], shape_of_line, ret);
}

static void union_polygons_array(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    if (n_args == 1) union_array(call, &args[0], shape_of_polygon, ret);
}

/* ----------------------------------------------------------------- buffers */

static size_t count_vertices(const Shape *s) {
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) n += s->chains[i].n;
    return n;
}

/* The radius and, if it is there, the tolerance. A tolerance above the radius is lowered to it; one
 * below 0.0001 % of it is raised. */
static void buffer(KernelCall *call, const Shape *s, const Value *args, uint32_t n_args,
                   Value *ret) {
    Places around;
    double radius = args[0].is_null ? 0 : arg_real(&args[0]);
    double tolerance = n_args < 2 ? DEFAULT_TOLERANCE : args[1].is_null ? 0 : arg_real(&args[1]);
    if (!(radius > 0) || isinf(radius) || !(tolerance > 0)) return;
    double error = fmax(1e-6, fmin(1, tolerance / radius));
    double edges = (double)count_vertices(s) * GEO_PI / sqrt(error);
    if (edges > MAX_BUFFER_EDGES) {
        kernel_fail(call, "a buffer of too many edges");
        return;
    }
    radius = fmin(radius / EARTH_RADIUS_METERS, GEO_PI);
    if (s2_buffer(call->scratch, s, radius, error, &around)) ret_shape(call, &around, ret);
}

static void point_buffer(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Vec p;
    if (n_args < 3 || !geo_point_of(&args[0], &args[1], &p)) return;
    Chain chain = {.at = &p, .n = 1};
    Shape point = {.chains = &chain, .n = 1};
    buffer(call, &point, args + 2, n_args - 2, ret);
}

static void line_buffer(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Shape s;
    if (n_args >= 2 && shape_of_line(call->scratch, &args[0], &s))
        buffer(call, &s, args + 1, n_args - 1, ret);
}

static void polygon_buffer(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Shape s;
    if (n_args >= 2 && shape_of_polygon(call->scratch, &args[0], &s))
        buffer(call, &s, args + 1, n_args - 1, ret);
}

/* ----------------------------------------------------------- simpler forms */

static void simplify(KernelCall *call, const Shape *s, const Value *args, uint32_t n_args,
                     Value *ret) {
    Places simple;
    double meters = n_args < 2 ? DEFAULT_TOLERANCE : args[1].is_null ? -1 : arg_real(&args[1]);
    double tolerance = meters / EARTH_RADIUS_METERS;
    if (!(tolerance >= 0 && tolerance <= MAX_TOLERANCE)) return;
    if (s2_simplify(call->scratch, s, tolerance, &simple)) ret_shape(call, &simple, ret);
}

static void line_simplify(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Shape s;
    if (shape_of_line(call->scratch, &args[0], &s)) simplify(call, &s, args, n_args, ret);
}

static void polygon_simplify(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Shape s;
    if (shape_of_polygon(call->scratch, &args[0], &s)) simplify(call, &s, args, n_args, ret);
}

static void simplify_polygons_array(KernelCall *call, const Value *args, uint32_t n_args,
                                    Value *ret) {
    Shape s;
    if (read_array(call, &args[0], shape_of_polygon, &s)) simplify(call, &s, args, n_args, ret);
}

const Kernel kernel_geo_intersection_2lines = {.fn = intersection_2lines,
                                               .prepare = geo_prepare_s2};
const Kernel kernel_geo_intersection_2polygons = {.fn = intersection_2polygons,
                                                  .prepare = geo_prepare_s2};
const Kernel kernel_geo_intersection_line_with_polygon = {.fn = intersection_line_with_polygon,
                                                          .prepare = geo_prepare_s2};
const Kernel kernel_geo_union_lines_array = {.fn = union_lines_array, .prepare = geo_prepare_s2};
const Kernel kernel_geo_union_polygons_array = {.fn = union_polygons_array,
                                                .prepare = geo_prepare_s2};
const Kernel kernel_geo_point_buffer = {.fn = point_buffer, .prepare = geo_prepare_s2};
const Kernel kernel_geo_line_buffer = {.fn = line_buffer, .prepare = geo_prepare_s2};
const Kernel kernel_geo_polygon_buffer = {.fn = polygon_buffer, .prepare = geo_prepare_s2};
const Kernel kernel_geo_line_simplify = {.fn = line_simplify, .prepare = geo_prepare_s2};
const Kernel kernel_geo_polygon_simplify = {.fn = polygon_simplify, .prepare = geo_prepare_s2};
const Kernel kernel_geo_simplify_polygons_array = {.fn = simplify_polygons_array,
                                                   .prepare = geo_prepare_s2};
