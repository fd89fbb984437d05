/*
 * nearest.c: which known name an unknown one was meant to be.
 */
#include "base/nearest.h"

enum {
    SLIP_COST = 16,     /* more than what equals are told apart by */
    PART_COST = 1000,   /* behind any number of slips */
    LEAST_PART = 4,     /* letters that say something by themselves */
    MOST_BEGINNING = 15 /* letters in common that are counted */
};

static unsigned slips_allowed(size_t len) {
    return len < 3 ? 0 : len < 6 ? 1 : len < 10 ? 2 : len < 16 ? 3 : 4;
}

static unsigned common_beginning(Str a, Str b) {
    size_t n = 0, most = a.len < b.len ? a.len : b.len;
    if (most > MOST_BEGINNING) most = MOST_BEGINNING;
    while (n < most && str_eq_nocase(str_sub(a, n, 1), str_sub(b, n, 1))) n++;
    return (unsigned)n;
}

/* Letters were left out, and nothing else. */
static bool is_shortened(Str wanted, Str name) {
    size_t n = 0;
    for (size_t i = 0; i < name.len && n < wanted.len; i++)
        if (str_eq_nocase(str_sub(name, i, 1), str_sub(wanted, n, 1))) n++;
    return n == wanted.len && wanted.len >= 5 && common_beginning(wanted, name) >= 2;
}

/* One begins or ends with the other and is the larger part of it. */
static bool is_part(Str wanted, Str name) {
    bool is_longer = wanted.len > name.len;
    Str part = is_longer ? name : wanted, whole = is_longer ? wanted : name;
    if (part.len < LEAST_PART || part.len * 2 <= whole.len) return false;
    return str_eq_nocase(str_sub(whole, 0, part.len), part) ||
           str_eq_nocase(str_sub(whole, whole.len - part.len, part.len), part);
}

static unsigned cost_of(Str wanted, Str name) {
    size_t shorter = wanted.len < name.len ? wanted.len : name.len;
    size_t longer = wanted.len + name.len - shorter;
    unsigned allowed = slips_allowed(shorter) + is_shortened(wanted, name),
             slips = str_distance(wanted, name, allowed);
    unsigned unlike = MOST_BEGINNING - common_beginning(wanted, name);
    if (slips <= allowed) return 1 + slips * SLIP_COST + unlike;
    if (!is_part(wanted, name)) return 0;
    return PART_COST + (unsigned)(longer - shorter) * SLIP_COST + unlike;
}

void nearest_try(Nearest *n, Str name) {
    if (!name.len || !n->wanted.len || name.ptr[0] == '$' || str_eq(name, n->wanted)) return;
    unsigned cost = cost_of(n->wanted, name);
    if (!cost || (n->best.len && cost > n->cost)) return;
    if (n->best.len && cost == n->cost && str_compare(name, n->best) >= 0) return;
    n->best = name;
    n->cost = cost;
}
