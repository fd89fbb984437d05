/*
 * geo_h3.c: H3 cells: the hexagons of a grid on the sphere, named by tokens.
 *
 * Source: the pages of geo_point_to_h3cell, geo_h3cell_children and their kin. What is no cell and
 * no place is null.
 */
#include "kernels/geo/geo_h3.h"

#include <inttypes.h>

#include "kernels/geo/geo.h"
#include "kernels/geo/geo_shape.h"

/* The pages: a cell and its children are at most 5 levels apart, rings at most 142 cells away. */
#define MAX_DESCENT 5
#define MAX_DISTANCE 142

static double degrees_of(double radians) { return radians * 180 / GEO_PI; }
static double radians_of(double degrees) { return degrees * GEO_PI / 180; }

bool h3_resolution_of(const Value *args, uint32_t n_args, uint32_t i, int usual, int *ret) {
    *ret = usual;
    if (i < n_args) {
        int64_t resolution = args[i].is_null ? -1 : arg_long(&args[i]);
        *ret = resolution < 0 || resolution > H3_MAX_RESOLUTION ? -1 : (int)resolution;
    }
    return *ret >= 0 && *ret <= H3_MAX_RESOLUTION;
}

void out_h3cell(Out *out, H3Index cell) {
    char quoted[20];
    int n = snprintf(quoted, sizeof quoted, "\"%" PRIx64 "\"", cell);
    out_element(out, (Str){quoted, (size_t)n});
}

static void ret_cell(KernelCall *call, H3Index cell, Value *ret) {
    char token[17];
    snprintf(token, sizeof token, "%" PRIx64, cell);
    ret_text(ret, arena_str(call->scratch, str_of(token)));
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The cell of a token; false when it names none. */
static bool cell_of(const Value *token, H3Index *ret) {
    Str s = token->u.s;
    H3Index cell = 0;
    if (!s.len || s.len > 16) return false;
    for (size_t i = 0; i < s.len; i++) {
        int digit = hex_digit(s.ptr[i]);
        if (digit < 0) return false;
        cell = cell << 4 | (H3Index)digit;
    }
    *ret = cell;
    return isValidCell(cell);
}

static void point_to_h3cell(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Vec p;
    int resolution;
    H3Index cell;
    if (n_args < 2 || !geo_point_of(&args[0], &args[1], &p)) return;
    if (!h3_resolution_of(args, n_args, 2, H3_DEFAULT_RESOLUTION, &resolution)) return;
    LatLng at = {.lat = radians_of(arg_real(&args[1])), .lng = radians_of(arg_real(&args[0]))};
    if (latLngToCell(&at, resolution, &cell) == E_SUCCESS) ret_cell(call, cell, ret);
}

static void h3cell_level(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    H3Index cell;
    (void)call, (void)n_args;
    if (cell_of(&args[0], &cell)) ret_int(ret, getResolution(cell));
}

static void h3cell_parent(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    H3Index cell, parent;
    int resolution;
    if (!cell_of(&args[0], &cell)) return;
    if (!h3_resolution_of(args, n_args, 1, getResolution(cell) - 1, &resolution)) return;
    if (cellToParent(cell, resolution, &parent) == E_SUCCESS) ret_cell(call, parent, ret);
}

static void h3cell_children(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    H3Index cell;
    int resolution;
    int64_t n;
    if (!cell_of(&args[0], &cell)) return;
    int own = getResolution(cell);
    if (!h3_resolution_of(args, n_args, 1, own + 1, &resolution)) return;
    if (resolution > own + MAX_DESCENT || cellToChildrenSize(cell, resolution, &n) != E_SUCCESS)
        return;
    H3Index *children = arena_alloc(call->scratch, (size_t)n * sizeof *children);
    if (cellToChildren(cell, resolution, children) != E_SUCCESS) return;
    Out out = out_open(call->scratch);
    for (int64_t i = 0; i < n; i++) out_h3cell(&out, children[i]);
    ret_text(ret, out_close(&out));
}

/* The cells at most `distance` steps away, nearest first on the whole, and how far each is. Those that
 * the distortion around a pentagon leaves out are 0. */
static bool disk(Arena *arena, H3Index cell, int distance, H3Index **ret, int **ret_far,
                 int64_t *ret_n) {
    if (maxGridDiskSize(distance, ret_n) != E_SUCCESS) return false;
    *ret = arena_alloc(arena, (size_t)*ret_n * sizeof **ret);
    *ret_far = arena_alloc(arena, (size_t)*ret_n * sizeof **ret_far);
    return gridDiskDistances(cell, distance, *ret, *ret_far) == E_SUCCESS;
}

static Str ring_of(Arena *arena, const H3Index *cells, const int *far, int64_t n, int distance) {
    Out out = out_open(arena);
    for (int64_t i = 0; i < n; i++)
        if (cells[i] && far[i] == distance) out_h3cell(&out, cells[i]);
    return out_close(&out);
}

static void h3cell_neighbors(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    H3Index cell, *cells;
    int *far;
    int64_t n;
    (void)n_args;
    if (cell_of(&args[0], &cell) && disk(call->scratch, cell, 1, &cells, &far, &n))
        ret_text(ret, ring_of(call->scratch, cells, far, n, 1));
}

static void h3cell_rings(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    H3Index cell, *cells;
    int *far;
    int64_t n, distance = n_args < 2 || args[1].is_null ? -1 : arg_long(&args[1]);
    if (distance < 0 || distance > MAX_DISTANCE || !cell_of(&args[0], &cell)) return;
    if (!disk(call->scratch, cell, (int)distance, &cells, &far, &n)) return;
    Out out = out_open(call->scratch);
    for (int i = 0; i <= distance; i++) out_element(&out, ring_of(call->scratch, cells, far, n, i));
    ret_text(ret, out_close(&out));
}

static void out_place(Out *out, const LatLng *p) {
    out_putc(out, '[');
    out_degrees(out, degrees_of(p->lng));
    out_putc(out, ',');
    out_degrees(out, degrees_of(p->lat));
    out_putc(out, ']');
}

static void h3cell_to_central_point(KernelCall *call, const Value *args, uint32_t n_args,
                                    Value *ret) {
    H3Index cell;
    LatLng center;
    (void)n_args;
    if (!cell_of(&args[0], &cell) || cellToLatLng(cell, &center) != E_SUCCESS) return;
    Out out = {.arena = call->scratch};
    out_put(&out, STR("{\"type\":\"Point\",\"coordinates\":"));
    out_place(&out, &center);
    out_putc(&out, '}');
    ret_text(ret, out_str(&out));
}

static void h3cell_to_polygon(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    H3Index cell;
    CellBoundary border;
    (void)n_args;
    if (!cell_of(&args[0], &cell) || cellToBoundary(cell, &border) != E_SUCCESS) return;
    Out out = {.arena = call->scratch};
    out_put(&out, STR("{\"type\":\"Polygon\",\"coordinates\":[["));
    for (int i = 0; i <= border.numVerts; i++) {
        if (i) out_putc(&out, ',');
        out_place(&out, &border.verts[i % border.numVerts]);
    }
    out_put(&out, STR("]]}"));
    ret_text(ret, out_str(&out));
}

const Kernel kernel_geo_point_to_h3cell = {.fn = point_to_h3cell};
const Kernel kernel_geo_h3cell_level = {.fn = h3cell_level};
const Kernel kernel_geo_h3cell_parent = {.fn = h3cell_parent};
const Kernel kernel_geo_h3cell_children = {.fn = h3cell_children};
const Kernel kernel_geo_h3cell_neighbors = {.fn = h3cell_neighbors};
const Kernel kernel_geo_h3cell_rings = {.fn = h3cell_rings};
const Kernel kernel_geo_h3cell_to_central_point = {.fn = h3cell_to_central_point};
const Kernel kernel_geo_h3cell_to_polygon = {.fn = h3cell_to_polygon};
