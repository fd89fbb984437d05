/*
 * geo_lines.c: lengths of lines, points on them and near them.
 *
 * Source: the functions' pages. Edges are great circles, or geodesics of the spheroid where
 * it is asked for.
 */
#include "kernels/geo/geo.h"
#include "kernels/geo/geo_shape.h"
#include "kernels/geo/geo_spheroid.h"

static void line_length(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Shape s;
    (void)n_args;
    if (shape_of_line(call->scratch, &args[0], &s))
        ret_real(ret, shape_length(&s) * EARTH_RADIUS_METERS);
}

/* The mean of all points of the line: of an edge, its ends' sum by the tangent of half of its angle. */
static void line_centroid(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Shape s;
    Vec sum = {0, 0, 0};
    (void)n_args;
    if (!shape_of_line(call->scratch, &args[0], &s)) return;
    for (size_t i = 0; i < s.n; i++)
        for (size_t e = 0; e < chain_edges(&s.chains[i]); e++) {
            Vec a = s.chains[i].at[e], b = chain_end(&s.chains[i], e);
            sum = vec_add(sum, vec_scale(vec_add(a, b), tan(vec_angle(a, b) / 2)));
        }
    if (vec_length(sum) > 0) ret_point(call, vec_unit(sum), ret);
}

static bool one_line(KernelCall *call, const Value *v, Shape *ret) {
    return shape_of_line(call->scratch, v, ret) && ret->n == 1;
}

static Vec between(Vec a, Vec b, double share) {
    double angle = vec_angle(a, b);
    return vec_unit(
        vec_add(vec_scale(a, sin((1 - share) * angle)), vec_scale(b, sin(share * angle))));
}

static void line_interpolate_point(KernelCall *call, const Value *args, uint32_t n_args,
                                   Value *ret) {
    Shape s;
    if (n_args != 2 || !one_line(call, &args[0], &s) || args[1].is_null) return;
    double fraction = arg_real(&args[1]), left = fraction * shape_length(&s);
    if (!(fraction >= 0 && fraction <= 1)) return;
    const Chain *line = &s.chains[0];
    for (size_t e = 0; e < chain_edges(line); e++) {
        double length = vec_angle(line->at[e], line->at[e + 1]);
        if (left <= length) {
            ret_point(call, between(line->at[e], line->at[e + 1], left / length), ret);
            return;
        }
        left -= length;
    }
    ret_point(call, line->at[line->n - 1], ret);
}

/* An edge on the spheroid. */
typedef struct Way {
    Place from;
    double azimuth, meters;
} Way;

static double way_distance(const Way *w, Place p, double along) {
    double meters, azimuth;
    (void)spheroid_way(spheroid_ahead(w->from, w->azimuth, along), p, &meters, &azimuth);
    return meters;
}

/* Where along a way a place is nearest: the best of some points, then the golden section around it. */
static double way_nearest(const Way *w, Place p, double *ret_along) {
    enum { POINTS = 16, STEPS = 60 };
    const double golden = (sqrt(5) - 1) / 2, part = w->meters / POINTS;
    double nearest = INFINITY;
    *ret_along = 0;
    for (int i = 0; i <= POINTS; i++) {
        double distance = way_distance(w, p, i * part);
        if (distance >= nearest) continue;
        nearest = distance;
        *ret_along = i * part;
    }
    double low = fmax(*ret_along - part, 0), high = fmin(*ret_along + part, w->meters);
    for (int i = 0; i < STEPS; i++) {
        double left = high - golden * (high - low), right = low + golden * (high - low);
        if (way_distance(w, p, left) <= way_distance(w, p, right)) high = right;
        else low = left;
    }
    double between_them = (low + high) / 2, distance = way_distance(w, p, between_them);
    if (distance >= nearest) return nearest;
    *ret_along = between_them;
    return distance;
}

/* False when an edge goes nearly half way around, where its direction is not known. */
static bool locate_on_spheroid(const Chain *line, Vec point, double *ret) {
    Place p = place_of(point);
    double total = 0, nearest = INFINITY, at = 0;
    for (size_t e = 0; e < chain_edges(line); e++) {
        Way w = {.from = place_of(line->at[e])};
        double along = 0;
        if (!spheroid_way(w.from, place_of(line->at[e + 1]), &w.meters, &w.azimuth)) return false;
        /* No point of the edge is nearer than its first one by more than its length. */
        double distance = way_distance(&w, p, 0);
        if (distance - w.meters < nearest) distance = way_nearest(&w, p, &along);
        if (distance < nearest) {
            nearest = distance;
            at = total + along;
        }
        total += w.meters;
    }
    *ret = at / total;
    return true;
}

static void line_locate_point(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Shape s;
    Vec p;
    double along;
    if (n_args < 3 || !one_line(call, &args[0], &s) || !geo_point_of(&args[1], &args[2], &p))
        return;
    if (n_args > 3 && !args[3].is_null && args[3].u.b) {
        double share;
        if (locate_on_spheroid(&s.chains[0], p, &share)) ret_real(ret, share);
        else kernel_fail(call, "an edge that goes half way around the spheroid is not supported");
        return;
    }
    (void)shape_closest(&s, p, &along);
    ret_real(ret, along / shape_length(&s));
}

static bool closest(KernelCall *call, const Value *args, uint32_t n_args, Vec *ret_p, Vec *ret) {
    Shape s;
    double along;
    if (n_args != 3 || !geo_point_of(&args[0], &args[1], ret_p) ||
        !shape_of_line(call->scratch, &args[2], &s))
        return false;
    *ret = shape_closest(&s, *ret_p, &along);
    return true;
}

static void distance_point_to_line(KernelCall *call, const Value *args, uint32_t n_args,
                                   Value *ret) {
    Vec p, c;
    if (closest(call, args, n_args, &p, &c)) ret_real(ret, vec_angle(p, c) * EARTH_RADIUS_METERS);
}

static void closest_point_on_line(KernelCall *call, const Value *args, uint32_t n_args,
                                  Value *ret) {
    Vec p, c;
    if (closest(call, args, n_args, &p, &c)) ret_point(call, c, ret);
}

static void intersects_2lines(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Shape a, b;
    if (n_args != 2 || !shape_of_line(call->scratch, &args[0], &a) ||
        !shape_of_line(call->scratch, &args[1], &b))
        return;
    if (shapes_can_be_paired(call, &a, &b)) ret_bool(ret, shapes_cross(&a, &b));
}

const Kernel kernel_geo_line_length = {.fn = line_length};
const Kernel kernel_geo_line_centroid = {.fn = line_centroid};
const Kernel kernel_geo_line_interpolate_point = {.fn = line_interpolate_point};
const Kernel kernel_geo_line_locate_point = {.fn = line_locate_point};
const Kernel kernel_geo_distance_point_to_line = {.fn = distance_point_to_line};
const Kernel kernel_geo_closest_point_on_line = {.fn = closest_point_on_line};
const Kernel kernel_geo_intersects_2lines = {.fn = intersects_2lines};
