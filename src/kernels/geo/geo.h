/*
 * geo.h: kernels over places on the globe.
 */
#ifndef QUARRY_KERNELS_GEO_H
#define QUARRY_KERNELS_GEO_H

#include "kernels/kernel.h"

/* geo_points.c */
extern const Kernel kernel_geo_distance_2points, kernel_geo_azimuth, kernel_geo_angle;
extern const Kernel kernel_geo_point_in_circle;

/* geo_lines.c */
extern const Kernel kernel_geo_line_length, kernel_geo_line_centroid;
extern const Kernel kernel_geo_line_interpolate_point, kernel_geo_line_locate_point;
extern const Kernel kernel_geo_distance_point_to_line, kernel_geo_closest_point_on_line;
extern const Kernel kernel_geo_intersects_2lines;

/* geo_polygons.c */
extern const Kernel kernel_geo_point_in_polygon, kernel_geo_distance_point_to_polygon;
extern const Kernel kernel_geo_closest_point_on_polygon, kernel_geo_polygon_area;
extern const Kernel kernel_geo_polygon_perimeter, kernel_geo_polygon_centroid;
extern const Kernel kernel_geo_intersects_2polygons, kernel_geo_intersects_line_with_polygon;

/* geo_hash.c */
extern const Kernel kernel_geo_point_to_geohash, kernel_geo_geohash_to_central_point;
extern const Kernel kernel_geo_geohash_to_polygon, kernel_geo_geohash_neighbors;

/* geo_cells.c: with the S2 library alone */
/* Kernel.prepare of what needs the library: an error when it cannot be loaded. */
void *geo_prepare_s2(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                     Str *ret_error);
extern const Kernel kernel_geo_point_to_s2cell, kernel_geo_s2cell_to_central_point;
extern const Kernel kernel_geo_s2cell_to_polygon, kernel_geo_s2cell_neighbors;
extern const Kernel kernel_geo_line_to_s2cells, kernel_geo_polygon_to_s2cells;

/* geo_h3.c, geo_h3_cover.c: with the H3 library alone */
extern const Kernel kernel_geo_point_to_h3cell, kernel_geo_h3cell_level, kernel_geo_h3cell_parent;
extern const Kernel kernel_geo_h3cell_children, kernel_geo_h3cell_neighbors;
extern const Kernel kernel_geo_h3cell_rings, kernel_geo_h3cell_to_central_point;
extern const Kernel kernel_geo_h3cell_to_polygon, kernel_geo_polygon_to_h3cells;

/* geo_regions.c: with the S2 library alone */
extern const Kernel kernel_geo_intersection_2lines, kernel_geo_intersection_2polygons;
extern const Kernel kernel_geo_intersection_line_with_polygon;
extern const Kernel kernel_geo_union_lines_array, kernel_geo_union_polygons_array;
extern const Kernel kernel_geo_point_buffer, kernel_geo_line_buffer, kernel_geo_polygon_buffer;
extern const Kernel kernel_geo_line_simplify, kernel_geo_polygon_simplify;
extern const Kernel kernel_geo_simplify_polygons_array;

/* geo_densify.c */
extern const Kernel kernel_geo_line_densify, kernel_geo_polygon_densify;

/* geo_wkt.c */
extern const Kernel kernel_geo_from_wkt;

#endif
