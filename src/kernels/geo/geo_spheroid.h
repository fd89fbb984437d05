/*
 * geo_spheroid.h: lengths and directions on the spheroid WGS 84.
 */
#ifndef QUARRY_KERNELS_GEO_SPHEROID_H
#define QUARRY_KERNELS_GEO_SPHEROID_H

#include "kernels/geo/geo_chains.h"

/* In radians. */
typedef struct Place {
    double lng, lat;
} Place;

Place place_of(Vec v);
/* The shortest way between two places: its length in meters and its direction at the first one, in
 * radians clockwise from north. False for nearly antipodal places, where the series does not come to
 * rest; the length is then that of the last step. */
bool spheroid_way(Place from, Place to, double *ret_meters, double *ret_azimuth);
/* The place that lies so many meters ahead in a direction. */
Place spheroid_ahead(Place from, double azimuth, double meters);

#endif
