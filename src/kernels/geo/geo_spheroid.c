/*
 * geo_spheroid.c: lengths and directions on the spheroid WGS 84, by Vincenty's series.
 */
#include "kernels/geo/geo_spheroid.h"

#include <math.h>

#define EQUATOR_RADIUS 6378137.0
#define FLATTENING (1 / 298.257223563)
#define POLE_RADIUS (EQUATOR_RADIUS * (1 - FLATTENING))
#define MAX_STEPS 200
#define AT_REST 1e-13

/* Coefficients for a geodesic, which hang on the direction alone in which it crosses the equator. */
typedef struct Series {
    double a, b; /* of the length */
    double c;    /* of the longitude */
} Series;

static Series series_at(double cos2_alpha) {
    double radius2 = POLE_RADIUS * POLE_RADIUS;
    double u = cos2_alpha * (EQUATOR_RADIUS * EQUATOR_RADIUS - radius2) / radius2;
    return (Series){
        .a = 1 + u / 16384 * (4096 + u * (u * (320 - 175 * u) - 768)),
        .b = u / 1024 * (256 + u * (u * (74 - 47 * u) - 128)),
        .c = FLATTENING / 16 * cos2_alpha * (4 + FLATTENING * (4 - 3 * cos2_alpha)),
    };
}

/* What an arc's length differs by from that on the sphere. */
static double arc_delta(Series s, double sigma, double cos_2m) {
    double sine = sin(sigma), square = 2 * cos_2m * cos_2m - 1;
    double last = s.b / 6 * cos_2m * (4 * sine * sine - 3) * (4 * cos_2m * cos_2m - 3);
    return s.b * sine * (cos_2m + s.b / 4 * (cos(sigma) * square - last));
}

/* What a longitude differs by from that on the sphere. */
static double lng_delta(Series s, double sigma, double cos_2m, double sin_alpha) {
    double square = 2 * cos_2m * cos_2m - 1;
    return (1 - s.c) * FLATTENING * sin_alpha *
           (sigma + s.c * sin(sigma) * (cos_2m + s.c * cos(sigma) * square));
}

static double reduced(double lat) { return atan((1 - FLATTENING) * tan(lat)); }

Place place_of(Vec v) {
    return (Place){.lng = atan2(v.y, v.x), .lat = atan2(v.z, hypot(v.x, v.y))};
}

bool spheroid_way(Place from, Place to, double *ret_meters, double *ret_azimuth) {
    double l = to.lng - from.lng, lambda = l, u1 = reduced(from.lat), u2 = reduced(to.lat);
    double sigma = 0, cos_2m = 0, x = 0, y = 0;
    Series s = {0};
    bool rests = false;
    for (int step = 0; step < MAX_STEPS && !rests; step++) {
        x = cos(u2) * sin(lambda);
        y = cos(u1) * sin(u2) - sin(u1) * cos(u2) * cos(lambda);
        double sin_sigma = hypot(x, y), before = lambda;
        if (sin_sigma == 0) {
            *ret_meters = *ret_azimuth = 0;
            return true;
        }
        sigma = atan2(sin_sigma, sin(u1) * sin(u2) + cos(u1) * cos(u2) * cos(lambda));
        double sin_alpha = cos(u1) * x / sin_sigma, cos2_alpha = 1 - sin_alpha * sin_alpha;
        cos_2m = cos2_alpha > 0 ? cos(sigma) - 2 * sin(u1) * sin(u2) / cos2_alpha : 0;
        s = series_at(cos2_alpha);
        lambda = l + lng_delta(s, sigma, cos_2m, sin_alpha);
        rests = fabs(lambda - before) < AT_REST;
    }
    *ret_meters = POLE_RADIUS * s.a * (sigma - arc_delta(s, sigma, cos_2m));
    *ret_azimuth = atan2(x, y);
    return rests;
}

Place spheroid_ahead(Place from, double azimuth, double meters) {
    double u1 = reduced(from.lat), sin_alpha = cos(u1) * sin(azimuth);
    double start = atan2(tan(u1), cos(azimuth)), cos_2m = 0, before;
    Series s = series_at(1 - sin_alpha * sin_alpha);
    double plain = meters / (POLE_RADIUS * s.a), sigma = plain;
    int step = 0;
    do {
        before = sigma;
        cos_2m = cos(2 * start + sigma);
        sigma = plain + arc_delta(s, sigma, cos_2m);
    } while (fabs(sigma - before) >= AT_REST && ++step < MAX_STEPS);
    double across = sin(u1) * sin(sigma) - cos(u1) * cos(sigma) * cos(azimuth);
    double up = sin(u1) * cos(sigma) + cos(u1) * sin(sigma) * cos(azimuth);
    double lambda = atan2(sin(sigma) * sin(azimuth),
                          cos(u1) * cos(sigma) - sin(u1) * sin(sigma) * cos(azimuth));
    return (Place){.lng = from.lng + lambda - lng_delta(s, sigma, cos_2m, sin_alpha),
                   .lat = atan2(up, (1 - FLATTENING) * hypot(sin_alpha, across))};
}
