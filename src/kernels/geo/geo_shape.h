/*
 * geo_shape.h: points, lines and polygons on a sphere, read from GeoJSON.
 *
 * Points are unit vectors. The radius is that of the documentation's distances. What is said of a
 * polygon holds for several polygons too: a point is in them when it is in one of them.
 */
#ifndef QUARRY_KERNELS_GEO_SHAPE_H
#define QUARRY_KERNELS_GEO_SHAPE_H

#include <math.h>

#include "kernels/dynamic/elements.h"
#include "kernels/geo/geo_chains.h"
#include "kernels/kernel.h"
#include "kernels/number.h"
#include "kernels/out.h"

#define EARTH_RADIUS_METERS 6371010.0
#define GEO_PI 3.14159265358979323846
/* Most vertices of one shape. */
#define SHAPE_MAX_VERTICES (1u << 20)

static inline double vec_dot(Vec a, Vec b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static inline Vec vec_add(Vec a, Vec b) { return (Vec){a.x + b.x, a.y + b.y, a.z + b.z}; }
static inline Vec vec_sub(Vec a, Vec b) { return (Vec){a.x - b.x, a.y - b.y, a.z - b.z}; }
static inline Vec vec_scale(Vec a, double k) { return (Vec){a.x * k, a.y * k, a.z * k}; }
static inline double vec_length(Vec a) { return sqrt(vec_dot(a, a)); }
static inline Vec vec_unit(Vec a) { return vec_scale(a, 1 / vec_length(a)); }
static inline Vec vec_cross(Vec a, Vec b) {
    return (Vec){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
/* The normal of the great circle through two points, exact also where they are very near. */
static inline Vec vec_normal(Vec a, Vec b) {
    return vec_scale(vec_cross(vec_sub(a, b), vec_add(a, b)), 0.5);
}
static inline double vec_angle(Vec a, Vec b) {
    return atan2(vec_length(vec_normal(a, b)), vec_dot(a, b));
}

/* Degrees; false outside of [-180, 180] and [-90, 90]. */
bool geo_point(double longitude, double latitude, Vec *ret);
/* The point of two arguments that are numbers. */
bool geo_point_of(const Value *longitude, const Value *latitude, Vec *ret);

/* LineString or MultiLineString. False for anything that is none by the pages' definition. */
bool shape_of_line(Arena *arena, const Value *v, Shape *ret);
/* Polygon or MultiPolygon. Rings run so that their inside, the smaller part of the sphere, is left. */
bool shape_of_polygon(Arena *arena, const Value *v, Shape *ret);

static inline size_t chain_edges(const Chain *c) { return c->is_ring ? c->n : c->n - 1; }
static inline Vec chain_end(const Chain *c, size_t edge) {
    return c->at[edge + 1 == c->n ? 0 : edge + 1];
}

void chain_reverse(Chain *ring);
/* The area that a ring surrounds on its left, on the unit sphere; negative when it runs the other way. */
double ring_area(const Chain *ring);
double shape_length(const Shape *s);
bool shape_holds(const Shape *polygons, Vec p);
/* The point of the chains that is nearest to p; *ret_along is its distance from the first vertex of the
 * shape, in radians. */
Vec shape_closest(const Shape *s, Vec p, double *ret_along);
/* False, and the query fails, when there are too many pairs of edges to compare. */
bool shapes_can_be_paired(KernelCall *call, const Shape *a, const Shape *b);
/* Whether some edge of one touches some edge of the other. */
bool shapes_cross(const Shape *a, const Shape *b);
/* Whether polygons of one shape have points in common, so that their sum is not their union. */
bool shape_overlaps_itself(const Shape *polygons);

/* {"type":"Point","coordinates":[lng,lat]} as the result. */
void ret_point(KernelCall *call, Vec p, Value *ret);
/* [lng,lat] */
void out_point(Out *o, Vec p);
/* A number of GeoJSON. */
void out_degrees(Out *o, double degrees);

#endif
