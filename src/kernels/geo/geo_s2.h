/*
 * geo_s2.h: cells of the sphere, and shapes made from shapes, by the S2 library.
 *
 * Without the library (see meson.build) none of this is there, and the functions that need it are not
 * supported. What takes shapes gives false where they are no valid ones, as where rings cross.
 */
#ifndef QUARRY_KERNELS_GEO_S2_H
#define QUARRY_KERNELS_GEO_S2_H

#include <stdint.h>

#include "kernels/geo/geo_chains.h"

/* To be asked first: false, with why, when the library cannot be loaded. */
bool s2_ready(const char **ret_why);

struct Arena;
/* Zeroed memory of the arena, for what follows. */
void *geo_alloc(struct Arena *arena, size_t bytes);

#define S2_MAX_LEVEL 30
/* The pages: "The maximum count of tokens per polygon is 65536." */
#define S2_MAX_CELLS 65536

/* ------------------------------------------------------------------- cells */

uint64_t s2_cell_at(Vec p, int level);
/* The cell of a token; false when it names none. */
bool s2_cell_of(const char *token, size_t len, uint64_t *ret);
#define S2_MAX_TOKEN 16
void s2_cell_token(uint64_t cell, char ret[S2_MAX_TOKEN + 1]);
Vec s2_cell_center(uint64_t cell);
void s2_cell_corners(uint64_t cell, Vec ret[4]);
/* The cells of its level that share a side or a corner; as many as are returned, at most 8. */
size_t s2_cell_neighbors(uint64_t cell, uint64_t ret[8]);

typedef struct Cells {
    uint64_t *at;
    size_t n;
} Cells;
/* The cells of a level that touch what lies within a radius (in radians) of a shape. False when they
 * are more than S2_MAX_CELLS. */
bool s2_cover(struct Arena *arena, const Shape *s, double radius, int level, Cells *ret);

/* ------------------------------------------------------------------ shapes */

/* What an operation leaves: holes of polygons run clockwise, as GeoJSON has them. */
typedef struct Places {
    Shape points; /* a chain of one vertex each */
    Shape lines, polygons;
} Places;

bool s2_intersect(struct Arena *arena, const Shape *a, const Shape *b, Places *ret);
/* Of lines alone or of polygons alone. */
bool s2_union(struct Arena *arena, const Shape *s, Places *ret);
/* All points within a radius; its error is at most a fraction of it, from 1e-6 to 1. */
bool s2_buffer(struct Arena *arena, const Shape *s, double radius, double error, Places *ret);
/* The union with vertices at least a tolerance (in radians) apart. */
bool s2_simplify(struct Arena *arena, const Shape *s, double tolerance, Places *ret);

/* What the module that holds them exports. */
typedef struct S2Table {
    void *(**alloc)(struct Arena *arena, size_t bytes); /* to be set: geo_alloc for the module */
    uint64_t (*cell_at)(Vec p, int level);
    bool (*cell_of)(const char *token, size_t len, uint64_t *ret);
    void (*cell_token)(uint64_t cell, char ret[S2_MAX_TOKEN + 1]);
    Vec (*cell_center)(uint64_t cell);
    void (*cell_corners)(uint64_t cell, Vec ret[4]);
    size_t (*cell_neighbors)(uint64_t cell, uint64_t ret[8]);
    bool (*cover)(struct Arena *arena, const Shape *s, double radius, int level, Cells *ret);
    bool (*intersect)(struct Arena *arena, const Shape *a, const Shape *b, Places *ret);
    bool (*unite)(struct Arena *arena, const Shape *s, Places *ret);
    bool (*buffer)(struct Arena *arena, const Shape *s, double radius, double error, Places *ret);
    bool (*simplify)(struct Arena *arena, const Shape *s, double tolerance, Places *ret);
} S2Table;

#endif
