/*
 * distributions.c: gamma, error and beta functions, and Welch's test, which is a beta function too.
 *
 * Source: the page of each function. The regularized incomplete beta function is the usual
 * continued fraction, evaluated from its head by Lentz's method, with the symmetry
 * I(x; a, b) = 1 - I(1 - x; b, a) where it converges faster.
 */
#include "kernels/number.h"
#include "kernels/numeric.h"
#include "kernels/out.h"

/* lgamma() itself would write a global. */
static double log_gamma(double x) {
    int sign;
    return lgamma_r(x, &sign);
}

static void gamma_function(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    ret_real(ret, tgamma(arg_real(&args[0])));
}

static void loggamma(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    ret_real(ret, log_gamma(arg_real(&args[0])));
}

static void error_function(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    ret_real(ret, erf(arg_real(&args[0])));
}

static void error_complement(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    (void)n_args;
    ret_real(ret, erfc(arg_real(&args[0])));
}

/* ------------------------------------------------------------------ beta */

static double log_beta(double a, double b) {
    return log_gamma(a) + log_gamma(b) - log_gamma(a + b);
}

static double away_from_zero(double x) { return fabs(x) < 1e-300 ? 1e-300 : x; }

/* The continued fraction 1 / (1 + d1 / (1 + d2 / (1 + ...))) of the incomplete beta function. */
static double beta_fraction(double x, double a, double b) {
    enum { MAX_TERMS = 20000 };
    double c = 1, d = 1 / away_from_zero(1 - (a + b) * x / (a + 1)), value = d;
    for (int m = 1; m < MAX_TERMS; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / away_from_zero(1 + even * d);
        c = away_from_zero(1 + even / c);
        value *= c * d;
        d = 1 / away_from_zero(1 + odd * d);
        c = away_from_zero(1 + odd / c);
        value *= c * d;
        if (fabs(c * d - 1) < 1e-16) break;
    }
    return value;
}

/* I(x; a, b) for 0 <= x <= 1 and a, b > 0. */
static double incomplete_beta(double x, double a, double b) {
    if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
    double front = exp(a * log(x) + b * log1p(-x) - log_beta(a, b));
    if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(x, a, b) / a;
    return 1 - front * beta_fraction(1 - x, b, a) / b;
}

enum { MAX_SHAPE = 10000 };
static bool is_shape(double a) { return a > 0 && a <= MAX_SHAPE; }

static void beta_cdf(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    if (n_args != 3) return;
    double x = arg_real(&args[0]), a = arg_real(&args[1]), b = arg_real(&args[2]);
    bool is_valid = x >= 0 && x <= 1 && is_shape(a) && is_shape(b);
    ret_real(ret, is_valid ? incomplete_beta(x, a, b) : NAN);
}

static void beta_pdf(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    if (n_args != 3) return;
    double x = arg_real(&args[0]), a = arg_real(&args[1]), b = arg_real(&args[2]);
    bool is_valid = x > 0 && x < 1 && a > 0 && b > 0;
    ret_real(ret, is_valid ? exp((a - 1) * log(x) + (b - 1) * log1p(-x) - log_beta(a, b)) : NAN);
}

/* The page's notes and its printed example differ in which wrong argument gives null and which NaN:
 * this follows what the example printed. */
static void beta_inv(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    if (n_args != 3) return;
    double p = arg_real(&args[0]), a = arg_real(&args[1]), b = arg_real(&args[2]);
    if (!(is_shape(a) && is_shape(b))) {
        ret_real(ret, NAN);
        return;
    }
    if (!(p > 0 && p <= 1)) return;
    double low = p < 1 ? 0 : 1, high = 1;
    for (int i = 0; i < 200 && low < high; i++) { /* halving ends at neighbouring doubles */
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;
        if (incomplete_beta(middle, a, b) < p) low = middle;
        else high = middle;
    }
    ret_real(ret, high);
}

/* Both tails of Student's t with Welch's degrees of freedom. */
static void welch_test(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)call;
    if (n_args != 6) return;
    double mean1 = arg_real(&args[0]), count1 = arg_real(&args[2]);
    double mean2 = arg_real(&args[3]), count2 = arg_real(&args[5]);
    double s1 = arg_real(&args[1]) / count1, s2 = arg_real(&args[4]) / count2;
    double t = (mean1 - mean2) / sqrt(s1 + s2);
    double freedom = (s1 + s2) * (s1 + s2) / (s1 * s1 / (count1 - 1) + s2 * s2 / (count2 - 1));
    if (!(freedom > 0) || isnan(t)) {
        ret_real(ret, NAN);
        return;
    }
    ret_real(ret, incomplete_beta(freedom / (freedom + t * t), freedom / 2, 0.5));
}

const Kernel kernel_gamma = {.fn = gamma_function};
const Kernel kernel_loggamma = {.fn = loggamma};
const Kernel kernel_erf = {.fn = error_function};
const Kernel kernel_erfc = {.fn = error_complement};
const Kernel kernel_beta_cdf = {.fn = beta_cdf};
const Kernel kernel_beta_pdf = {.fn = beta_pdf};
const Kernel kernel_beta_inv = {.fn = beta_inv};
const Kernel kernel_welch_test = {.fn = welch_test};
