/*
 * series_fit_poly.c: a polynomial through a series.
 *
 * Source: the series_fit_poly page. The columns of powers are made orthogonal one after another, over
 * places scaled to [-1, 1], which keeps high degrees stable; the coefficients are then turned back to
 * the places given.
 */
#include "kernels/series/series.h"
#include "kernels/series/series_values.h"

#define MAX_DEGREE 32

typedef struct Poly {
    double c[MAX_DEGREE + 1]; /* c[k] goes with the k-th power */
} Poly;

/* p(x) becomes p(x) * (scale * x + shift). */
static void multiply_by_line(Poly *p, double scale, double shift) {
    for (int k = MAX_DEGREE; k >= 0; k--) p->c[k] = p->c[k] * shift + (k ? p->c[k - 1] * scale : 0);
}

/* Polynomials that are orthogonal over the places: the k-th at each place, and its coefficients. */
typedef struct Basis {
    double *at[MAX_DEGREE + 1];
    Poly poly[MAX_DEGREE + 1];
    double norm[MAX_DEGREE + 1];
} Basis;

/* Three-term recurrence (Forsythe): q[k+1] = (t - a) q[k] - b q[k-1]. False when the places repeat so
 * that no such polynomial exists. */
static bool make_basis(Arena *arena, const double *t, size_t n, int degree, Basis *q) {
    for (int k = 0; k <= degree; k++) {
        q->at[k] = ARENA_ARRAY(arena, double, n);
        if (k == 0) {
            for (size_t i = 0; i < n; i++) q->at[0][i] = 1;
            q->poly[0].c[0] = 1;
        } else {
            double a = 0, b = k > 1 ? q->norm[k - 1] / q->norm[k - 2] : 0;
            const double *last = q->at[k - 1], *before = k > 1 ? q->at[k - 2] : last;
            for (size_t i = 0; i < n; i++) a += t[i] * last[i] * last[i] / q->norm[k - 1];
            for (size_t i = 0; i < n; i++) q->at[k][i] = (t[i] - a) * last[i] - b * before[i];
            q->poly[k] = q->poly[k - 1];
            multiply_by_line(&q->poly[k], 1, -a);
            for (int j = 0; k > 1 && j <= MAX_DEGREE; j++)
                q->poly[k].c[j] -= b * q->poly[k - 2].c[j];
        }
        for (size_t i = 0; i < n; i++) q->norm[k] += q->at[k][i] * q->at[k][i];
        if (!(q->norm[k] > 1e-24 * (double)n)) return false;
    }
    return true;
}

/* p in t = scale * x + shift becomes a polynomial in x. */
static Poly substitute(const Poly *p, int degree, double scale, double shift) {
    Poly sum = {{0}};
    for (int k = degree; k >= 0; k--) {
        multiply_by_line(&sum, scale, shift);
        sum.c[0] += p->c[k];
    }
    return sum;
}

typedef struct PolyFit {
    Poly poly;
    double variance, rvariance;
    double *fitted;
} PolyFit;

static bool fit(Arena *arena, const double *x, const double *y, size_t n, int degree,
                PolyFit *ret) {
    double low = x[0], high = x[0], mean = 0;
    for (size_t i = 1; i < n; i++) {
        if (x[i] < low) low = x[i];
        if (x[i] > high) high = x[i];
    }
    if (!(high > low)) return false;
    double scale = 2 / (high - low), shift = -(high + low) / (high - low);
    double *t = ARENA_ARRAY(arena, double, n);
    for (size_t i = 0; i < n; i++) t[i] = scale * x[i] + shift;
    Basis *q = ARENA_NEW(arena, Basis);
    if (!make_basis(arena, t, n, degree, q)) return false;
    Poly in_t = {{0}};
    ret->fitted = ARENA_ARRAY(arena, double, n);
    for (int k = 0; k <= degree; k++) {
        double share = 0;
        for (size_t i = 0; i < n; i++) share += y[i] * q->at[k][i] / q->norm[k];
        for (size_t i = 0; i < n; i++) ret->fitted[i] += share * q->at[k][i];
        for (int j = 0; j <= degree; j++) in_t.c[j] += share * q->poly[k].c[j];
    }
    ret->poly = substitute(&in_t, degree, scale, shift);
    for (size_t i = 0; i < n; i++) mean += y[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        ret->variance += (y[i] - mean) * (y[i] - mean) / (double)(n - 1);
        ret->rvariance += (y[i] - ret->fitted[i]) * (y[i] - ret->fitted[i]) / (double)(n - 1);
    }
    return true;
}

static void fit_poly(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Series y, x;
    if (!series_of(call, &args[0], &y) || y.n < 2 || !series_is_finite(&y)) return;
    if (n_args > 1 && !args[1].is_null) {
        if (!series_of(call, &args[1], &x) || x.n != y.n || !series_is_finite(&x)) return;
    } else {
        x = series_zeros(call->scratch, y.n);
        for (size_t i = 0; i < x.n; i++) x.at[i] = (double)(i + 1);
    }
    int64_t degree = n_args > 2 && !args[2].is_null ? arg_long(&args[2]) : 1;
    if (degree > MAX_DEGREE) {
        kernel_fail(call, "a degree above %d", MAX_DEGREE);
        return;
    }
    PolyFit p = {0};
    if (degree < 1 || (size_t)degree >= y.n) return;
    if (!fit(call->scratch, x.at, y.at, y.n, (int)degree, &p)) return;
    double r = p.variance > 0 ? 1 - p.rvariance / p.variance : 1;
    double from_highest[MAX_DEGREE + 1];
    for (int64_t k = 0; k <= degree; k++) from_highest[k] = p.poly.c[degree - k];
    MemberOut m = members_open(call->scratch, false);
    members_real(&m, "rsquare", r < 0 ? 0 : r);
    members_series(&m, "coefficients", from_highest, (size_t)degree + 1);
    members_real(&m, "variance", p.variance);
    members_real(&m, "rvariance", p.rvariance);
    members_series(&m, "poly_fit", p.fitted, y.n);
    ret_text(ret, members_close(&m));
}

const Kernel kernel_series_fit_poly = {.fn = fit_poly};
