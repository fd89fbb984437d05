/*
 * geo_s2_regions.cc: unions, intersections, buffers and simpler shapes, by S2.
 */
#include <s2/mutable_s2shape_index.h>
#include <s2/s2boolean_operation.h>
#include <s2/s2buffer_operation.h>
#include <s2/s2builder.h>
#include <s2/s2builderutil_closed_set_normalizer.h>
#include <s2/s2builderutil_s2point_vector_layer.h>
#include <s2/s2builderutil_s2polygon_layer.h>
#include <s2/s2builderutil_s2polyline_vector_layer.h>
#include <s2/s2builderutil_snap_functions.h>
#include <s2/s2lax_polyline_shape.h>
#include <s2/s2polygon.h>
#include <s2/s2polyline.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

extern "C" {
#include "kernels/geo/geo_s2.h"
}
#include "kernels/geo/geo_s2_shapes.h"

using s2builderutil::IdentitySnapFunction;
using s2builderutil::S2PolygonLayer;
using s2builderutil::S2PolylineVectorLayer;
using Lines = std::vector<std::unique_ptr<S2Polyline>>;

/* ----------------------------------------------------------- shapes to S2 */

std::vector<S2Point> s2_points(const Chain *c) {
    std::vector<S2Point> points;
    points.reserve(c->n);
    for (size_t i = 0; i < c->n; i++) points.push_back(s2_point(c->at[i]));
    return points;
}

bool s2_polygons(const Shape *s, std::vector<std::unique_ptr<S2Polygon>> *ret) {
    for (size_t i = 0; i < s->n;) {
        std::vector<std::unique_ptr<S2Loop>> loops;
        size_t polygon = s->chains[i].polygon;
        for (; i < s->n && s->chains[i].polygon == polygon; i++) {
            auto loop = std::make_unique<S2Loop>(s2_points(&s->chains[i]), S2Debug::DISABLE);
            loop->Normalize();
            loops.push_back(std::move(loop));
        }
        auto made = std::make_unique<S2Polygon>();
        S2Error error;
        made->set_s2debug_override(S2Debug::DISABLE);
        made->InitNested(std::move(loops));
        if (made->FindValidationError(&error)) return false;
        ret->push_back(std::move(made));
    }
    return true;
}

std::unique_ptr<S2Polygon> s2_polygon(const Shape *s) {
    std::vector<std::unique_ptr<S2Polygon>> each;
    if (!s2_polygons(s, &each)) return nullptr;
    return each.size() == 1 ? std::move(each[0]) : S2Polygon::DestructiveUnion(std::move(each));
}

bool s2_index(const Shape *s, MutableS2ShapeIndex *ret) {
    if (s2_is_polygons(s)) {
        auto polygon = s2_polygon(s);
        if (!polygon) return false;
        ret->Add(std::make_unique<S2Polygon::OwningShape>(std::move(polygon)));
        return true;
    }
    for (size_t i = 0; i < s->n; i++)
        ret->Add(std::make_unique<S2LaxPolylineShape>(s2_points(&s->chains[i])));
    return true;
}

/* ------------------------------------------------------- shapes from S2 */

static Chain *add_chain(struct Arena *arena, Shape *s, size_t n) {
    if (s->n == s->cap) {
        s->cap = s->cap ? 2 * s->cap : 8;
        auto wider = static_cast<Chain *>(geo_alloc(arena, s->cap * sizeof *s->chains));
        std::copy_n(s->chains, s->n, wider);
        s->chains = wider;
    }
    Chain *c = &s->chains[s->n++];
    *c = Chain{};
    c->at = static_cast<Vec *>(geo_alloc(arena, n * sizeof *c->at));
    c->n = n;
    return c;
}

static void put_points(struct Arena *arena, const std::vector<S2Point> &points, Places *ret) {
    for (const S2Point &p : points) add_chain(arena, &ret->points, 1)->at[0] = s2_vec(p);
}

static void put_lines(struct Arena *arena, const Lines &lines, Places *ret) {
    for (const auto &line : lines) {
        Chain *c = add_chain(arena, &ret->lines, static_cast<size_t>(line->num_vertices()));
        for (int i = 0; i < line->num_vertices(); i++) c->at[i] = s2_vec(line->vertex(i));
    }
}

static void put_loop(struct Arena *arena, const S2Loop *loop, Shape *s) {
    Chain *c = add_chain(arena, s, static_cast<size_t>(loop->num_vertices()));
    c->is_ring = true;
    c->is_hole = loop->is_hole();
    c->polygon = s->n_polygons;
    for (int i = 0; i < loop->num_vertices(); i++) c->at[i] = s2_vec(loop->oriented_vertex(i));
}

/* A loop of even depth is a shell, and those one deeper, up to the next of its depth, are its holes. */
static void put_polygon(struct Arena *arena, const S2Polygon &polygon, Places *ret) {
    for (int i = 0; i < polygon.num_loops(); i++) {
        if (polygon.loop(i)->is_hole()) continue;
        put_loop(arena, polygon.loop(i), &ret->polygons);
        for (int j = i + 1; j <= polygon.GetLastDescendant(i); j++)
            if (polygon.loop(j)->depth() == polygon.loop(i)->depth() + 1)
                put_loop(arena, polygon.loop(j), &ret->polygons);
        ret->polygons.n_polygons++;
    }
}

/* -------------------------------------------------------------- operations */

/* Lines keep to their edges as long as they can, and an edge of several stands once. */
static S2PolylineVectorLayer::Options line_options() {
    S2PolylineVectorLayer::Options options;
    options.set_polyline_type(S2PolylineVectorLayer::Options::PolylineType::WALK);
    options.set_duplicate_edges(S2PolylineVectorLayer::Options::DuplicateEdges::MERGE);
    options.set_s2debug_override(S2Debug::DISABLE);
    return options;
}

static bool combine(struct Arena *arena, S2BooleanOperation::OpType type,
                    const MutableS2ShapeIndex &a, const MutableS2ShapeIndex &b, Places *ret) {
    std::vector<S2Point> points;
    Lines lines;
    S2Polygon polygon;
    S2Error error;
    polygon.set_s2debug_override(S2Debug::DISABLE);
    s2builderutil::LayerVector layers;
    layers.push_back(std::make_unique<s2builderutil::S2PointVectorLayer>(&points));
    layers.push_back(std::make_unique<S2PolylineVectorLayer>(&lines, line_options()));
    layers.push_back(std::make_unique<S2PolygonLayer>(&polygon));
    S2BooleanOperation::Options options;
    options.set_polygon_model(S2BooleanOperation::PolygonModel::CLOSED);
    options.set_polyline_model(S2BooleanOperation::PolylineModel::CLOSED);
    S2BooleanOperation operation(type, s2builderutil::NormalizeClosedSet(std::move(layers)),
                                 options);
    if (!operation.Build(a, b, &error)) return false;
    put_points(arena, points, ret);
    put_lines(arena, lines, ret);
    put_polygon(arena, polygon, ret);
    return true;
}

bool s2_intersect(struct Arena *arena, const Shape *a, const Shape *b, Places *ret) {
    MutableS2ShapeIndex x, y;
    *ret = Places{};
    return s2_index(a, &x) && s2_index(b, &y) &&
           combine(arena, S2BooleanOperation::OpType::INTERSECTION, x, y, ret);
}

bool s2_union(struct Arena *arena, const Shape *s, Places *ret) {
    MutableS2ShapeIndex all, none;
    *ret = Places{};
    if (s2_is_polygons(s)) {
        auto polygon = s2_polygon(s);
        if (!polygon) return false;
        put_polygon(arena, *polygon, ret);
        return true;
    }
    return s2_index(s, &all) && combine(arena, S2BooleanOperation::OpType::UNION, all, none, ret);
}

static bool add_to_buffer(const Shape *s, S2BufferOperation *operation) {
    for (size_t i = 0; i < s->n && !s2_is_polygons(s); i++) {
        std::vector<S2Point> points = s2_points(&s->chains[i]);
        if (points.size() == 1) operation->AddPoint(points[0]);
        else operation->AddPolyline(points);
    }
    if (!s2_is_polygons(s)) return true;
    auto polygon = s2_polygon(s);
    if (!polygon) return false;
    operation->AddShape(S2Polygon::Shape(polygon.get()));
    return true;
}

bool s2_buffer(struct Arena *arena, const Shape *s, double radius, double fraction, Places *ret) {
    S2Polygon polygon;
    S2Error error;
    *ret = Places{};
    polygon.set_s2debug_override(S2Debug::DISABLE);
    S2BufferOperation::Options options{S1Angle::Radians(radius)};
    options.set_error_fraction(fraction);
    S2BufferOperation operation(std::make_unique<S2PolygonLayer>(&polygon), options);
    if (!add_to_buffer(s, &operation) || !operation.Build(&error)) return false;
    put_polygon(arena, polygon, ret);
    return true;
}

bool s2_simplify(struct Arena *arena, const Shape *s, double tolerance, Places *ret) {
    S2Polygon simple;
    Lines lines;
    S2Error error;
    *ret = Places{};
    simple.set_s2debug_override(S2Debug::DISABLE);
    S2Builder::Options options{IdentitySnapFunction(S1Angle::Radians(tolerance))};
    options.set_simplify_edge_chains(true);
    S2Builder builder(options);
    if (s2_is_polygons(s)) {
        auto polygon = s2_polygon(s);
        if (!polygon) return false;
        builder.StartLayer(std::make_unique<S2PolygonLayer>(&simple));
        builder.AddPolygon(*polygon);
    } else {
        builder.StartLayer(std::make_unique<S2PolylineVectorLayer>(&lines, line_options()));
        for (size_t i = 0; i < s->n; i++)
            builder.AddPolyline(S2Polyline(s2_points(&s->chains[i]), S2Debug::DISABLE));
    }
    if (!builder.Build(&error)) return false;
    put_lines(arena, lines, ret);
    put_polygon(arena, simple, ret);
    return true;
}
