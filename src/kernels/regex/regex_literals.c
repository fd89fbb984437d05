/*
 * regex_literals.c: see regex_literals.h.
 *
 * A pattern is alternatives of sequences of atoms. A sequence needs each of its atoms that may not
 * be left out: the best one counts, a run of plain characters or what a group needs. Alternatives
 * need one of what each needs. All that is no plain character or group ends a run.
 */
#include "kernels/regex/regex_literals.h"

enum { MAX_DEPTH = 32, MIN_BYTES = 2 };

typedef struct Reading {
    Arena *arena;
    const char *p, *end;
    bool ignores_case; /* anywhere in the pattern */
    bool is_lost;      /* something was not understood */
    unsigned depth;
} Reading;

/* ---------------------------------------------------------------------- sets */

static size_t shortest(const RegexLiterals *set) {
    size_t least = set->n ? SIZE_MAX : 0;
    for (uint32_t i = 0; i < set->n; i++)
        if (set->any_of[i].len < least) least = set->any_of[i].len;
    return least;
}

static void consider(RegexLiterals *best, const RegexLiterals *other) {
    size_t have = shortest(best), got = shortest(other);
    if (got > have || (got == have && got && other->n < best->n)) *best = *other;
}

static bool is_unsteady(unsigned char c) {
    unsigned char lower = c | 0x20;
    return c >= 0x80 || lower == 'k' || lower == 's' || lower == 'i';
}

Str caseless_piece(Str text) {
    Str best = STR_EMPTY;
    for (size_t i = 0; i < text.len; i++) {
        size_t first = i;
        while (i < text.len && !is_unsteady((unsigned char)text.ptr[i])) i++;
        if (i - first > best.len) best = str_sub(text, first, i - first);
    }
    return best;
}

/* The run so far becomes a set of one, and a new run begins. */
static void end_run(Reading *r, Buf *run, RegexLiterals *best) {
    Str text = buf_str(run);
    if (r->ignores_case) text = caseless_piece(text);
    if (text.len >= MIN_BYTES) {
        RegexLiterals one = {.any_of = {arena_str(r->arena, text)}, .n = 1};
        consider(best, &one);
    }
    buf_clear(run);
}

/* --------------------------------------------------------------------- atoms */

static bool give_up(Reading *r) {
    r->is_lost = true;
    r->p = r->end;
    return false;
}

static bool take(Reading *r, char c) {
    if (r->p == r->end || *r->p != c) return false;
    r->p++;
    return true;
}

/* A quantifier, if one stands here: false when the atom before it may be left out. *ret_is_once:
 * there is none. */
static bool take_quantifier(Reading *r, bool *ret_is_once) {
    bool is_needed = true;
    *ret_is_once = false;
    if (take(r, '*') || take(r, '?')) {
        is_needed = false;
    } else if (take(r, '{')) {
        is_needed = r->p < r->end && *r->p >= '1' && *r->p <= '9';
        while (r->p < r->end && *r->p != '}') r->p++;
        if (!take(r, '}')) return give_up(r);
    } else if (!take(r, '+')) {
        *ret_is_once = true;
        return true;
    }
    (void)take(r, '?');
    if (r->p < r->end && (*r->p == '*' || *r->p == '+' || *r->p == '?' || *r->p == '{'))
        return give_up(r);
    return is_needed;
}

/* [...]; one inside another is left to the engine. */
static void skip_class(Reading *r) {
    r->p++;
    (void)take(r, '^');
    (void)take(r, ']');
    for (; r->p < r->end && *r->p != ']'; r->p++) {
        if (*r->p == '[' || *r->p == '&') {
            (void)give_up(r);
            return;
        }
        if (*r->p == '\\' && r->p + 1 < r->end) r->p++;
    }
    if (!take(r, ']')) (void)give_up(r);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_letter_or_digit(char c) {
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* \p{Greek}, \x{41}, \x41: digits or letters behind the name. */
static void skip_argument(Reading *r, unsigned n_plain) {
    if (take(r, '{')) {
        while (r->p < r->end && *r->p != '}') r->p++;
        if (!take(r, '}')) (void)give_up(r);
        return;
    }
    for (; n_plain && r->p < r->end; n_plain--) r->p++;
    if (n_plain) (void)give_up(r);
}

/* Behind a backslash: true when the character there stands for itself. */
static bool take_escape(Reading *r) {
    if (r->p == r->end) return give_up(r);
    char c = *r->p;
    if (!is_letter_or_digit(c)) return (unsigned char)c < 0x80 || give_up(r);
    r->p++;
    switch (c) {
    case 'p':
    case 'P': skip_argument(r, 1); return false;
    case 'x': skip_argument(r, 2); return false;
    case 'u': skip_argument(r, 4); return false;
    case 'U': skip_argument(r, 8); return false;
    default: return strchr("dDwWsSbBAztnrfva", c) ? false : give_up(r);
    }
}

/* ---------------------------------------------------------------------- groups */

static RegexLiterals read_alternatives(Reading *r);

/* Behind "(?": true when a group's body follows, false when it was flags alone. */
static bool take_group_head(Reading *r) {
    if (take(r, ':')) return true;
    if (take(r, 'P') && (r->p == r->end || *r->p != '<')) return give_up(r);
    if (take(r, '<')) {
        if (r->p < r->end && (*r->p == '=' || *r->p == '!')) return give_up(r);
        while (r->p < r->end && *r->p != '>') r->p++;
        return take(r, '>') || give_up(r);
    }
    for (; r->p < r->end; r->p++) {
        if (*r->p == ':' || *r->p == ')') return *r->p++ == ':';
        if (!strchr("imsU-", *r->p)) return give_up(r);
        if (*r->p == 'i') r->ignores_case = true;
    }
    return give_up(r);
}

static void read_group(Reading *r, RegexLiterals *best) {
    r->p++;
    if (take(r, '?') && !take_group_head(r)) return;
    if (++r->depth > MAX_DEPTH) (void)give_up(r);
    RegexLiterals inside = read_alternatives(r);
    r->depth--;
    bool is_once;
    if (!take(r, ')')) (void)give_up(r);
    else if (take_quantifier(r, &is_once)) consider(best, &inside);
}

/* A character that stands for itself, with the bytes behind it that belong to it. */
static void read_plain(Reading *r, Buf *run, RegexLiterals *best) {
    const char *first = r->p++;
    while (r->p < r->end && ((unsigned char)*r->p & 0xC0) == 0x80) r->p++;
    Str text = {first, (size_t)(r->p - first)};
    bool is_once, is_needed = take_quantifier(r, &is_once);
    if (is_needed) buf_put(run, text);
    if (!is_once) end_run(r, run, best);
}

static void read_atom(Reading *r, Buf *run, RegexLiterals *best) {
    if (*r->p == '\\') {
        r->p++;
        if (take_escape(r)) {
            read_plain(r, run, best);
            return;
        }
        end_run(r, run, best);
    } else if (strchr("([.^$*+?{", *r->p)) {
        end_run(r, run, best);
        if (*r->p == '(') {
            read_group(r, best);
            return;
        }
        if (*r->p == '[') skip_class(r);
        else if (strchr(".^$", *r->p)) r->p++;
        else (void)give_up(r); /* a quantifier of nothing */
    } else {
        read_plain(r, run, best);
        return;
    }
    bool is_once;
    (void)take_quantifier(r, &is_once);
}

static RegexLiterals read_sequence(Reading *r) {
    RegexLiterals best = {0};
    Buf run = {0};
    while (r->p < r->end && *r->p != '|' && *r->p != ')') {
        if (!*r->p) (void)give_up(r);
        else read_atom(r, &run, &best);
    }
    end_run(r, &run, &best);
    buf_free(&run);
    return best;
}

static RegexLiterals read_alternatives(Reading *r) {
    RegexLiterals all = {0};
    bool is_open = false; /* one of them needs nothing */
    do {
        RegexLiterals one = read_sequence(r);
        is_open |= !one.n || all.n + one.n > REGEX_LITERALS_MAX;
        for (uint32_t i = 0; !is_open && i < one.n; i++) all.any_of[all.n++] = one.any_of[i];
    } while (take(r, '|'));
    return is_open ? (RegexLiterals){0} : all;
}

/* Whether case is ignored must be known before the first run: flags count from anywhere. */
static bool sets_case_flag(Str pattern) {
    for (size_t i = 0; i + 2 < pattern.len; i++) {
        if (pattern.ptr[i] != '(' || pattern.ptr[i + 1] != '?') continue;
        for (size_t at = i + 2;
             at < pattern.len && pattern.ptr[at] != ':' && pattern.ptr[at] != ')'; at++)
            if (pattern.ptr[at] == 'i') return true;
    }
    return false;
}

bool regex_literals(Arena *arena, Str pattern, RegexLiterals *ret) {
    Reading r = {.arena = arena, .p = pattern.ptr, .end = pattern.ptr + pattern.len};
    r.ignores_case = sets_case_flag(pattern);
    RegexLiterals all = read_alternatives(&r);
    if (r.is_lost || r.p != r.end || !all.n) return false;
    all.ignores_case = r.ignores_case;
    *ret = all;
    return true;
}
