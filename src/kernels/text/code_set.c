/*
 * code_set.c: sets of code points combined, by one walk over the ranges of both.
 */
#include "kernels/text/code_set.h"

static bool holds(CodeSetOp op, bool in_a, bool in_b) {
    switch (op) {
    case CODES_UNION: return in_a || in_b;
    case CODES_BOTH: return in_a && in_b;
    case CODES_MINUS: return in_a && !in_b;
    case CODES_EITHER: return in_a != in_b;
    case CODES_NOT: break;
    }
    return !in_a;
}

/* Whether the range list, looked at from *i on, holds `at`; *ret_next comes down to where that may
 * change. */
static bool stands_in(const CodeSet *set, size_t *i, uint32_t at, uint32_t *ret_next) {
    while (*i < set->n && set->at[*i].last < at) (*i)++;
    if (*i == set->n) return false;
    bool is_in = set->at[*i].first <= at;
    uint32_t change = is_in ? set->at[*i].last + 1 : set->at[*i].first;
    if (change < *ret_next) *ret_next = change;
    return is_in;
}

CodeSet code_set_combine(Arena *arena, CodeSetOp op, const CodeSet *a, const CodeSet *b) {
    static const CodeSet nothing;
    CodeSet out = {0};
    if (op == CODES_NOT) b = &nothing;
    size_t i = 0, k = 0;
    for (uint32_t at = 0; at <= CODE_POINT_MAX;) {
        uint32_t next = CODE_POINT_MAX + 1;
        bool in_a = stands_in(a, &i, at, &next), in_b = stands_in(b, &k, at, &next);
        if (holds(op, in_a, in_b)) {
            if (out.n && out.at[out.n - 1].last + 1 == at) {
                out.at[out.n - 1].last = next - 1;
            } else {
                CodeRange range = {at, next - 1};
                ARENA_PUSH(arena, out.at, out.n, out.cap, range);
            }
        }
        at = next;
    }
    return out;
}

/* RE2 knows no empty class: then the opposite of all. */
void code_set_put(Buf *out, const CodeSet *set) {
    if (!set->n) buf_puts(out, "[^\\x{0}-\\x{10ffff}]");
    if (!set->n) return;
    buf_putc(out, '[');
    for (size_t i = 0; i < set->n; i++)
        buf_printf(out, "\\x{%x}-\\x{%x}", set->at[i].first, set->at[i].last);
    buf_putc(out, ']');
}
