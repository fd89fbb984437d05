/*
 * geo_polygons.c: areas, borders and centres of polygons, and what lies in them.
 *
 * Source: the functions' pages. Edges are great circles; a ring surrounds the smaller part of the
 * sphere. The measures of several polygons are those of their union, which the S2 library makes where
 * they overlap.
 */
#include "kernels/geo/geo.h"
#include "kernels/geo/geo_s2.h"
#include "kernels/geo/geo_shape.h"

#ifdef QUARRY_S2
/* Rings of a union, inside left, as those that are read. */
static bool make_apart(KernelCall *call, Shape *s) {
    Places sum;
    const char *why;
    if (!s2_ready(&why)) {
        kernel_fail(call, "%s", why);
        return false;
    }
    if (!s2_union(call->scratch, s, &sum)) return false;
    *s = sum.polygons;
    for (size_t i = 0; i < s->n; i++)
        if (s->chains[i].is_hole) chain_reverse(&s->chains[i]);
    return s->n > 0;
}
#else
static bool make_apart(KernelCall *call, Shape *s) {
    (void)s;
    kernel_fail(call, "a MultiPolygon whose polygons overlap is not supported by this build");
    return false;
}
#endif

/* The argument as polygons that do not overlap. */
static bool apart(KernelCall *call, const Value *v, Shape *ret) {
    if (!shape_of_polygon(call->scratch, v, ret)) return false;
    if (ret->n_polygons < 2) return true;
    if (!shapes_can_be_paired(call, ret, ret)) return false;
    return !shape_overlaps_itself(ret) || make_apart(call, ret);
}

static void polygon_area(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Shape s;
    double area = 0;
    (void)n_args;
    if (!apart(call, &args[0], &s)) return;
    for (size_t i = 0; i < s.n; i++)
        area += s.chains[i].is_hole ? -ring_area(&s.chains[i]) : ring_area(&s.chains[i]);
    ret_real(ret, area * EARTH_RADIUS_METERS * EARTH_RADIUS_METERS);
}

static void polygon_perimeter(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Shape s;
    (void)n_args;
    if (apart(call, &args[0], &s)) ret_real(ret, shape_length(&s) * EARTH_RADIUS_METERS);
}

/* By Stokes, the sum of all points of an area is half the sum over its edges of angle times normal. */
static void polygon_centroid(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Shape s;
    Vec sum = {0, 0, 0};
    (void)n_args;
    if (!apart(call, &args[0], &s)) return;
    for (size_t i = 0; i < s.n; i++)
        for (size_t e = 0; e < s.chains[i].n; e++) {
            Vec a = s.chains[i].at[e], b = chain_end(&s.chains[i], e);
            Vec part = vec_scale(vec_unit(vec_normal(a, b)), vec_angle(a, b));
            sum = vec_add(sum, s.chains[i].is_hole ? vec_scale(part, -1) : part);
        }
    if (vec_length(sum) > 0) ret_point(call, vec_unit(sum), ret);
}

static bool point_and_polygon(KernelCall *call, const Value *args, uint32_t n_args, Vec *ret_p,
                              Shape *ret) {
    return n_args == 3 && geo_point_of(&args[0], &args[1], ret_p) &&
           shape_of_polygon(call->scratch, &args[2], ret);
}

static void point_in_polygon(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Shape s;
    Vec p;
    if (point_and_polygon(call, args, n_args, &p, &s)) ret_bool(ret, shape_holds(&s, p));
}

static void distance_point_to_polygon(KernelCall *call, const Value *args, uint32_t n_args,
                                      Value *ret) {
    Shape s;
    Vec p;
    double along;
    if (!point_and_polygon(call, args, n_args, &p, &s)) return;
    if (shape_holds(&s, p)) ret_real(ret, 0);
    else ret_real(ret, vec_angle(p, shape_closest(&s, p, &along)) * EARTH_RADIUS_METERS);
}

static void closest_point_on_polygon(KernelCall *call, const Value *args, uint32_t n_args,
                                     Value *ret) {
    Shape s;
    Vec p;
    double along;
    if (!point_and_polygon(call, args, n_args, &p, &s)) return;
    ret_point(call, shape_holds(&s, p) ? p : shape_closest(&s, p, &along), ret);
}

/* Some vertex of the one lies in the other. */
static bool has_vertex_in(const Shape *s, const Shape *polygons) {
    for (size_t i = 0; i < s->n; i++)
        if (shape_holds(polygons, s->chains[i].at[0])) return true;
    return false;
}

static void intersects_2polygons(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Shape a, b;
    if (n_args != 2 || !shape_of_polygon(call->scratch, &args[0], &a) ||
        !shape_of_polygon(call->scratch, &args[1], &b) || !shapes_can_be_paired(call, &a, &b))
        return;
    ret_bool(ret, shapes_cross(&a, &b) || has_vertex_in(&a, &b) || has_vertex_in(&b, &a));
}

static void intersects_line_with_polygon(KernelCall *call, const Value *args, uint32_t n_args,
                                         Value *ret) {
    Shape line, polygon;
    if (n_args != 2 || !shape_of_line(call->scratch, &args[0], &line) ||
        !shape_of_polygon(call->scratch, &args[1], &polygon) ||
        !shapes_can_be_paired(call, &line, &polygon))
        return;
    ret_bool(ret, shapes_cross(&line, &polygon) || has_vertex_in(&line, &polygon));
}

const Kernel kernel_geo_polygon_area = {.fn = polygon_area};
const Kernel kernel_geo_polygon_perimeter = {.fn = polygon_perimeter};
const Kernel kernel_geo_polygon_centroid = {.fn = polygon_centroid};
const Kernel kernel_geo_point_in_polygon = {.fn = point_in_polygon};
const Kernel kernel_geo_distance_point_to_polygon = {.fn = distance_point_to_polygon};
const Kernel kernel_geo_closest_point_on_polygon = {.fn = closest_point_on_polygon};
const Kernel kernel_geo_intersects_2polygons = {.fn = intersects_2polygons};
const Kernel kernel_geo_intersects_line_with_polygon = {.fn = intersects_line_with_polygon};
