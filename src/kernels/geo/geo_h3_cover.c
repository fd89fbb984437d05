/*
 * geo_h3_cover.c: the H3 cells of polygons: those of a resolution whose centres lie inside.
 *
 * Source: the page of geo_polygon_to_h3cells. Edges are straight lines of the map. Cells come in the
 * order of their tokens; the page leaves theirs open.
 */
#include <polyfill.h>
#include <stdlib.h>

#include "kernels/geo/geo.h"
#include "kernels/geo/geo_h3.h"
#include "kernels/geo/geo_s2.h"
#include "kernels/geo/geo_shape.h"

/* The page: "The maximum count of tokens per polygon is 61680." */
#define MAX_CELLS 61680
/* Most tests of a cell against a vertex: what is beyond fails, it would take minutes. */
#define MAX_TESTS 1e9
/* Most vertices of what a radius widens: each becomes a hundred. */
#define MAX_WIDENED_VERTICES (1 << 15)

typedef struct Cover {
    H3Index at[MAX_CELLS + 1];
    size_t n;
} Cover;

static LatLng place_of(Vec p) {
    return (LatLng){.lat = atan2(p.z, hypot(p.x, p.y)), .lng = atan2(p.y, p.x)};
}

static GeoLoop loop_of(Arena *arena, const Chain *ring) {
    GeoLoop loop = {.numVerts = (int)ring->n,
                    .verts = arena_alloc(arena, ring->n * sizeof *loop.verts)};
    for (size_t i = 0; i < ring->n; i++) loop.verts[i] = place_of(ring->at[i]);
    return loop;
}

/* The polygon whose shell is chain i; its holes come behind. */
static GeoPolygon polygon_at(Arena *arena, const Shape *s, size_t i) {
    GeoPolygon polygon = {.geoloop = loop_of(arena, &s->chains[i])};
    size_t end = i + 1;
    while (end < s->n && s->chains[end].is_hole) end++;
    polygon.numHoles = (int)(end - i - 1);
    polygon.holes = arena_alloc(arena, (end - i) * sizeof *polygon.holes);
    for (size_t hole = i + 1; hole < end; hole++)
        polygon.holes[hole - i - 1] = loop_of(arena, &s->chains[hole]);
    return polygon;
}

static double count_vertices(const Shape *s) {
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) n += s->chains[i].n;
    return (double)n;
}

/* Cells are told apart along the border, so its length counts, each against all vertices. */
static bool takes_too_long(KernelCall *call, const Shape *s, int resolution) {
    double edge_meters = 1, vertices = count_vertices(s);
    getHexagonEdgeLengthAvgM(resolution, &edge_meters);
    double cells = MAX_CELLS + shape_length(s) * EARTH_RADIUS_METERS / edge_meters;
    if (cells * vertices <= MAX_TESTS) return false;
    kernel_fail(call, "geo_polygon_to_h3cells: too long a border for cells this small");
    return true;
}

/* False when there are too many. */
static bool collect(KernelCall *call, const GeoPolygon *polygon, int resolution, Cover *cover) {
    IterCellsPolygon cells = iterInitPolygon(polygon, resolution, CONTAINMENT_CENTER);
    for (; cells.cell && cover->n <= MAX_CELLS; iterStepPolygon(&cells)) {
        cover->at[cover->n++] = cells.cell;
        if (kernel_stopped(call)) break;
    }
    bool is_done = !cells.cell && cells.error == E_SUCCESS;
    iterDestroyPolygon(&cells);
    return is_done;
}

static int compare_cells(const void *a, const void *b) {
    H3Index x = *(const H3Index *)a, y = *(const H3Index *)b;
    return (x > y) - (x < y);
}

#ifdef QUARRY_S2
/* What lies within a radius of the polygons, with vertices near enough to be a circle's for cells. */
static bool widen(KernelCall *call, Shape *s, double radius_meters) {
    Places around;
    const char *why;
    if (!s2_ready(&why)) {
        kernel_fail(call, "%s", why);
        return false;
    }
    if (count_vertices(s) > MAX_WIDENED_VERTICES) {
        kernel_fail(call, "geo_polygon_to_h3cells: too many vertices for a radius");
        return false;
    }
    double radius = fmin(radius_meters / EARTH_RADIUS_METERS, GEO_PI);
    if (!s2_buffer(call->scratch, s, radius, 1e-3, &around)) return false;
    *s = around.polygons;
    return s->n > 0;
}
#else
static bool widen(KernelCall *call, Shape *s, double radius_meters) {
    (void)s, (void)radius_meters;
    kernel_fail(call, "geo_polygon_to_h3cells: a radius is not supported by this build");
    return false;
}
#endif

static void polygon_to_h3cells(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Shape s;
    int resolution;
    double radius = n_args < 3 ? 0 : args[2].is_null ? -1 : arg_real(&args[2]);
    if (!h3_resolution_of(args, n_args, 1, H3_DEFAULT_RESOLUTION, &resolution)) return;
    if (!(radius >= 0) || isinf(radius)) return;
    if (!shape_of_polygon(call->scratch, &args[0], &s)) return;
    if (radius > 0 && !widen(call, &s, radius)) return;
    if (takes_too_long(call, &s, resolution)) return;
    Cover *cover = arena_alloc(call->scratch, sizeof *cover);
    for (size_t i = 0; i < s.n; i++) {
        if (s.chains[i].is_hole) continue;
        GeoPolygon polygon = polygon_at(call->scratch, &s, i);
        if (!collect(call, &polygon, resolution, cover)) return;
    }
    qsort(cover->at, cover->n, sizeof *cover->at, compare_cells);
    Out out = out_open(call->scratch);
    for (size_t i = 0; i < cover->n; i++)
        if (!i || cover->at[i] != cover->at[i - 1]) out_h3cell(&out, cover->at[i]);
    ret_text(ret, out_close(&out));
}

const Kernel kernel_geo_polygon_to_h3cells = {.fn = polygon_to_h3cells};
