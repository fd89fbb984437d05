/*
 * geo_chains.h: what shapes on a sphere are made of. For C++ too, so it includes nothing of ours.
 */
#ifndef QUARRY_KERNELS_GEO_CHAINS_H
#define QUARRY_KERNELS_GEO_CHAINS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct Vec {
    double x, y, z;
} Vec;

/* A chain of vertices: a line, or a ring, whose last vertex joins its first one. */
typedef struct Chain {
    Vec *at;
    size_t n;
    bool is_ring;
    size_t polygon; /* the polygon that a ring belongs to; its shell comes before its holes */
    bool is_hole;
} Chain;

typedef struct Shape {
    Chain *chains;
    size_t n, cap;
    size_t n_polygons;
} Shape;

#endif
