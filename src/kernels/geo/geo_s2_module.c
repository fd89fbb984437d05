/* geo_s2_module.c: the module that brings the S2 library. */
#include "kernels/geo/geo_s2.h"

static void *(*alloc)(struct Arena *arena, size_t bytes);

void *geo_alloc(struct Arena *arena, size_t bytes) { return alloc(arena, bytes); }

extern const S2Table quarry_s2;
__attribute__((visibility("default"))) const S2Table quarry_s2 = {
    .alloc = &alloc,
    .cell_at = s2_cell_at,
    .cell_of = s2_cell_of,
    .cell_token = s2_cell_token,
    .cell_center = s2_cell_center,
    .cell_corners = s2_cell_corners,
    .cell_neighbors = s2_cell_neighbors,
    .cover = s2_cover,
    .intersect = s2_intersect,
    .unite = s2_union,
    .buffer = s2_buffer,
    .simplify = s2_simplify,
};
