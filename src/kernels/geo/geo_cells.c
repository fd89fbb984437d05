/*
 * geo_cells.c: S2 cells: the squares of a grid on the sphere, named by tokens.
 *
 * Source: the pages of geo_point_to_s2cell, geo_polygon_to_s2cells and their kin. What is no cell and
 * no place is null.
 */
#include "kernels/geo/geo.h"
#include "kernels/geo/geo_s2.h"
#include "kernels/geo/geo_shape.h"

#define DEFAULT_LEVEL 11

void *geo_alloc(Arena *arena, size_t bytes) { return arena_alloc(arena, bytes); }

void *geo_prepare_s2(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                     Str *ret_error) {
    const char *why;
    (void)args, (void)constant, (void)n_args;
    if (!s2_ready(&why)) *ret_error = arena_str(arena, str_of(why));
    return NULL;
}

static Str token_of(Arena *arena, uint64_t cell) {
    char token[S2_MAX_TOKEN + 1];
    s2_cell_token(cell, token);
    return arena_str(arena, str_of(token));
}

static void out_token(Out *out, uint64_t cell) {
    char token[S2_MAX_TOKEN + 1], quoted[S2_MAX_TOKEN + 3];
    s2_cell_token(cell, token);
    int n = snprintf(quoted, sizeof quoted, "\"%s\"", token);
    out_element(out, (Str){quoted, (size_t)n});
}

/* The level that is argument i, if it is there. */
static bool level_of(const Value *args, uint32_t n_args, uint32_t i, int *ret) {
    *ret = DEFAULT_LEVEL;
    if (i >= n_args) return true;
    int64_t level = args[i].is_null ? -1 : arg_long(&args[i]);
    if (level < 0 || level > S2_MAX_LEVEL) return false;
    *ret = (int)level;
    return true;
}

static void point_to_s2cell(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Vec p;
    int level;
    if (n_args < 2 || !geo_point_of(&args[0], &args[1], &p) || !level_of(args, n_args, 2, &level))
        return;
    ret_text(ret, token_of(call->scratch, s2_cell_at(p, level)));
}

static bool cell_of(const Value *token, uint64_t *ret) {
    return s2_cell_of(token->u.s.ptr, token->u.s.len, ret);
}

static void s2cell_to_central_point(KernelCall *call, const Value *args, uint32_t n_args,
                                    Value *ret) {
    uint64_t cell;
    (void)n_args;
    if (cell_of(&args[0], &cell)) ret_point(call, s2_cell_center(cell), ret);
}

static void s2cell_to_polygon(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    uint64_t cell;
    Vec corners[4];
    (void)n_args;
    if (!cell_of(&args[0], &cell)) return;
    s2_cell_corners(cell, corners);
    Out out = {.arena = call->scratch};
    out_put(&out, STR("{\"type\":\"Polygon\",\"coordinates\":[["));
    for (int i = 0; i <= 4; i++) {
        if (i) out_putc(&out, ',');
        out_point(&out, corners[i % 4]);
    }
    out_put(&out, STR("]]}"));
    ret_text(ret, out_str(&out));
}

static void s2cell_neighbors(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    uint64_t cell, around[8];
    (void)n_args;
    if (!cell_of(&args[0], &cell)) return;
    size_t n = s2_cell_neighbors(cell, around);
    Out out = out_open(call->scratch);
    for (size_t i = 0; i < n; i++) out_token(&out, around[i]);
    ret_text(ret, out_close(&out));
}

/* Arguments 1 and 2 are the level and the radius. */
static void cover(KernelCall *call, const Shape *s, const Value *args, uint32_t n_args,
                  Value *ret) {
    Cells cells;
    int level;
    double radius = n_args < 3 ? 0 : args[2].is_null ? -1 : arg_real(&args[2]);
    if (!level_of(args, n_args, 1, &level) || !(radius >= 0) || isinf(radius)) return;
    radius = fmin(radius / EARTH_RADIUS_METERS, GEO_PI);
    if (!s2_cover(call->scratch, s, radius, level, &cells)) return;
    Out out = out_open(call->scratch);
    for (size_t i = 0; i < cells.n; i++) out_token(&out, cells.at[i]);
    ret_text(ret, out_close(&out));
}

static void line_to_s2cells(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Shape s;
    if (shape_of_line(call->scratch, &args[0], &s)) cover(call, &s, args, n_args, ret);
}

static void polygon_to_s2cells(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Shape s;
    if (shape_of_polygon(call->scratch, &args[0], &s)) cover(call, &s, args, n_args, ret);
}

const Kernel kernel_geo_point_to_s2cell = {.fn = point_to_s2cell, .prepare = geo_prepare_s2};
const Kernel kernel_geo_s2cell_to_central_point = {.fn = s2cell_to_central_point,
                                                   .prepare = geo_prepare_s2};
const Kernel kernel_geo_s2cell_to_polygon = {.fn = s2cell_to_polygon, .prepare = geo_prepare_s2};
const Kernel kernel_geo_s2cell_neighbors = {.fn = s2cell_neighbors, .prepare = geo_prepare_s2};
const Kernel kernel_geo_line_to_s2cells = {.fn = line_to_s2cells, .prepare = geo_prepare_s2};
const Kernel kernel_geo_polygon_to_s2cells = {.fn = polygon_to_s2cells, .prepare = geo_prepare_s2};
