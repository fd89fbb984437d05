/*
 * kql_lookalike.c: what lookalike.c asks of a link, as KQL over QuarryHost, QuarryBare (the link in
 * lower case without dots, hyphens and underscores) and QuarryLook (the same as an eye takes it).
 *
 * It says yes wherever lookalike.c does, and at times where that does not: a row too many is kept.
 */
#include "hunt/exclude_internal.h"
#include "hunt/hunt_internal.h"
#include "kernels/out.h"

/* Two slips break four pieces at most when both swap letters where pieces meet; then the pieces of
 * the other cut, a letter further on, are broken in two places only. Two are always whole. */
enum { PIECES = 5, CUTS = 2, SLIPS = 2 };

/* Without the last label where more than one is left. */
static Str name_of(Str domain) {
    size_t last = 0, n_dots = 0;
    for (size_t i = 0; i < domain.len; i++)
        if (domain.ptr[i] == '.') last = i, n_dots++;
    return n_dots > 1 ? str_sub(domain, 0, last) : domain;
}

static void put_escaped(Buf *re, Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '.') buf_putc(re, '\\');
        buf_putc(re, text.ptr[i]);
    }
}

static void put_gap(Buf *re, size_t n) {
    buf_printf(re, ".{%zu,%zu}", n > SLIPS ? n - SLIPS : 0, n + SLIPS);
}

/* Where piece i begins. */
static size_t piece_start(Str domain, size_t i, size_t cut) {
    size_t at = i == PIECES ? domain.len : i * domain.len / PIECES + (i ? cut : 0);
    return at < domain.len ? at : domain.len;
}

static void put_piece(Buf *re, Str domain, size_t start, size_t end) {
    put_escaped(re, str_sub(domain, start, end - start));
}

/* A host that ends in something as long as the domain with two of its pieces in their places. */
static void put_slips(Buf *re, Str domain) {
    for (size_t cut = 0; cut < CUTS; cut++)
        for (size_t i = 0; i < PIECES; i++)
            for (size_t k = i + 1; k < PIECES; k++) {
                size_t first = piece_start(domain, i, cut), gap = piece_start(domain, i + 1, cut);
                size_t second = piece_start(domain, k, cut), rest = piece_start(domain, k + 1, cut);
                buf_puts(re, cut || k > 1 ? "|" : "");
                put_gap(re, first);
                put_piece(re, domain, first, gap);
                put_gap(re, second - gap);
                put_piece(re, domain, second, rest);
                put_gap(re, domain.len - rest);
            }
}

/* The same labels under another top level. */
static void put_other_top(Buf *re, Str domain) {
    size_t last = domain.len;
    while (last > 0 && domain.ptr[last - 1] != '.') last--;
    if (!last) return;
    buf_putc(re, '|');
    put_escaped(re, str_sub(domain, 0, last));
    buf_puts(re, "[^.]+");
}

static void put_domain(Buf *out, Arena *arena, Str domain) {
    Str name = name_of(domain);
    buf_puts(out, "        or QuarryBare contains ");
    kql_put_string(out, name_squeezed(arena, name));
    buf_puts(out, " or QuarryLook contains ");
    kql_put_string(out, name_squeezed(arena, url_host_skeleton(arena, name)));
    Buf re = {0};
    buf_puts(&re, "(^|\\.)(");
    put_slips(&re, domain);
    put_other_top(&re, domain);
    buf_puts(&re, ")$");
    buf_puts(out, " or QuarryHost matches regex ");
    kql_put_string(out, buf_str(&re));
    buf_putc(out, '\n');
    buf_free(&re);
}

void kql_put_mimics(Buf *out, Arena *arena, const ExclusionSet *set) {
    buf_puts(out, "not(false");
    for (size_t i = 0; i < set->n_internal; i++)
        buf_printf(out, " or QuarryHost == \"%.*s\" or QuarryHost endswith \".%.*s\"",
                   STR_ARG(set->internal[i]), STR_ARG(set->internal[i]));
    buf_puts(out, ") and (false\n");
    for (size_t i = 0; i < set->n_internal; i++) put_domain(out, arena, set->internal[i]);
    buf_puts(out, "    )");
}
