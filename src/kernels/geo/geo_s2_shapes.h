/*
 * geo_s2_shapes.h: shapes as S2 has them, for the C++ files alone.
 */
#ifndef QUARRY_KERNELS_GEO_S2_SHAPES_H
#define QUARRY_KERNELS_GEO_S2_SHAPES_H

#include <s2/mutable_s2shape_index.h>
#include <s2/s2point.h>
#include <s2/s2polygon.h>
#include <s2/s2polyline.h>

#include <memory>
#include <vector>

inline S2Point s2_point(Vec v) { return S2Point(v.x, v.y, v.z).Normalize(); }
inline Vec s2_vec(const S2Point &p) { return Vec{p.x(), p.y(), p.z()}; }

inline bool s2_is_polygons(const Shape *s) { return s->n && s->chains[0].is_ring; }
std::vector<S2Point> s2_points(const Chain *c);
/* Each polygon of the shape by itself; false when one is not valid. */
bool s2_polygons(const Shape *s, std::vector<std::unique_ptr<S2Polygon>> *ret);
/* The union of the polygons; null when one is not valid. */
std::unique_ptr<S2Polygon> s2_polygon(const Shape *s);
/* Lines as they are, polygons as their union; false when one is not valid. */
bool s2_index(const Shape *s, MutableS2ShapeIndex *ret);

#endif
