#include "kernels/text/needle.h"

#include "base/utf8.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* --------------------------------------------------------------- folding */

static inline unsigned char ascii_fold(unsigned char c) {
    return (unsigned char)(c - 'A') < 26 ? (unsigned char)(c | 0x20) : c;
}

uint32_t fold_code_point(uint32_t cp) {
    if (cp < 128) return ascii_fold((unsigned char)cp);
    uint32_t upper = utf8_upper(cp);
    return upper < 128 ? cp : upper; /* dotless i and long s are no ASCII letters */
}

static inline bool is_ascii_alnum(unsigned char c) {
    return (unsigned char)(c - '0') < 10 || (unsigned char)((c | 0x20) - 'a') < 26;
}

static bool alnum_at(Str s, size_t at) {
    unsigned char c = (unsigned char)s.ptr[at];
    if (c < 128) return is_ascii_alnum(c);
    unsigned len;
    return utf8_is_alnum(utf8_decode(s, at, &len));
}

/* Whether the code point that ends just before `at` is a letter or digit. */
static bool alnum_before(Str s, size_t at) {
    if (at == 0) return false;
    size_t i = at - 1;
    unsigned char c = (unsigned char)s.ptr[i];
    if (c < 128) return is_ascii_alnum(c);
    while (i > 0 && at - i < 4 && ((unsigned char)s.ptr[i] & 0xC0) == 0x80) i--;
    unsigned len;
    return utf8_is_alnum(utf8_decode(s, i, &len));
}

Needle needle_make(Str text, bool ignores_case) {
    Needle n = {.text = text, .ignores_case = ignores_case, .is_ascii = utf8_is_ascii(text)};
    if (!text.len) return n;
    n.starts_term = alnum_at(text, 0);
    n.ends_term = alnum_before(text, text.len);
    n.first = (unsigned char)text.ptr[0];
    n.last = (unsigned char)text.ptr[text.len - 1];
    if (ignores_case) {
        if ((unsigned char)((n.first | 0x20) - 'a') < 26) n.first |= 0x20, n.first_mask = 0x20;
        if ((unsigned char)((n.last | 0x20) - 'a') < 26) n.last |= 0x20, n.last_mask = 0x20;
    }
    return n;
}

/* -------------------------------------------------------------- searching */

/* Length of the match of the needle at s[at], or SIZE_MAX: any code points, case ignored. */
static size_t match_folded(Str needle, Str s, size_t at) {
    size_t i = 0, j = at;
    while (i < needle.len) {
        if (j >= s.len) return SIZE_MAX;
        unsigned a, b;
        uint32_t x = utf8_decode(needle, i, &a), y = utf8_decode(s, j, &b);
        if (x != y && fold_code_point(x) != fold_code_point(y)) return SIZE_MAX;
        i += a;
        j += b;
    }
    return j - at;
}

static bool match_ascii(Str needle, const char *at) {
    for (size_t i = 0; i < needle.len; i++)
        if (ascii_fold((unsigned char)needle.ptr[i]) != ascii_fold((unsigned char)at[i]))
            return false;
    return true;
}

/* ASCII needle, case ignored: candidates by first and last byte, sixteen at a time. */
static size_t find_ascii_nocase(const Needle *n, Str s, size_t from) {
    size_t len = n->text.len;
    if (s.len < len || from > s.len - len) return SIZE_MAX;
    size_t end = s.len - len + 1, i = from; /* candidates are [from, end) */
#ifdef __SSE2__
    const __m128i first = _mm_set1_epi8((char)n->first), last = _mm_set1_epi8((char)n->last);
    const __m128i first_mask = _mm_set1_epi8((char)n->first_mask);
    const __m128i last_mask = _mm_set1_epi8((char)n->last_mask);
    for (; i + 16 <= end; i += 16) {
        __m128i a, b;
        memcpy(&a, s.ptr + i, 16);
        memcpy(&b, s.ptr + i + len - 1, 16);
        __m128i hit = _mm_and_si128(_mm_cmpeq_epi8(_mm_or_si128(a, first_mask), first),
                                    _mm_cmpeq_epi8(_mm_or_si128(b, last_mask), last));
        unsigned bits = (unsigned)_mm_movemask_epi8(hit);
        for (; bits; bits &= bits - 1) {
            size_t at = i + (unsigned)__builtin_ctz(bits);
            if (match_ascii(n->text, s.ptr + at)) return at;
        }
    }
#endif
    for (; i < end; i++) {
        unsigned char a = (unsigned char)s.ptr[i], b = (unsigned char)s.ptr[i + len - 1];
        if ((a | n->first_mask) == n->first && (b | n->last_mask) == n->last &&
            match_ascii(n->text, s.ptr + i))
            return i;
    }
    return SIZE_MAX;
}

static size_t find_folded(const Needle *n, Str s, size_t from, size_t *ret_len) {
    unsigned len;
    uint32_t first = fold_code_point(utf8_decode(n->text, 0, &len));
    for (size_t i = from; i < s.len; i += len) {
        if (fold_code_point(utf8_decode(s, i, &len)) != first) continue;
        size_t got = match_folded(n->text, s, i);
        if (got != SIZE_MAX) {
            *ret_len = got;
            return i;
        }
    }
    return SIZE_MAX;
}

size_t needle_find(const Needle *n, Str s, size_t from, size_t *ret_len) {
    *ret_len = n->text.len;
    if (n->text.len == 0) return from <= s.len ? from : SIZE_MAX;
    if (!n->ignores_case) return str_find(s, n->text, from);
    if (n->is_ascii) return find_ascii_nocase(n, s, from);
    return find_folded(n, s, from, ret_len);
}

static bool stands_free(const Needle *n, Str s, size_t at, size_t len, TermEnds ends) {
    if ((ends & TERM_START) && n->starts_term && alnum_before(s, at)) return false;
    if ((ends & TERM_END) && n->ends_term && at + len < s.len && alnum_at(s, at + len))
        return false;
    return true;
}

bool needle_has(const Needle *n, Str s, TermEnds ends) {
    if (n->text.len == 0) return true;
    size_t from = 0, len;
    for (;;) {
        size_t at = needle_find(n, s, from, &len);
        if (at == SIZE_MAX) return false;
        if (stands_free(n, s, at, len, ends)) return true;
        from = at + 1;
        while (from < s.len && ((unsigned char)s.ptr[from] & 0xC0) == 0x80) from++;
    }
}

bool needle_is_prefix(const Needle *n, Str s) {
    if (!n->ignores_case) return str_starts_with(s, n->text);
    if (n->is_ascii) return s.len >= n->text.len && match_ascii(n->text, s.ptr);
    return match_folded(n->text, s, 0) != SIZE_MAX;
}

bool needle_is_suffix(const Needle *n, Str s) {
    if (!n->ignores_case) return str_ends_with(s, n->text);
    if (n->is_ascii)
        return s.len >= n->text.len && match_ascii(n->text, s.ptr + s.len - n->text.len);
    /* Step back in both texts; a code point and its twin may differ in length. */
    size_t count = utf8_count(n->text), at = s.len;
    for (; count; count--) {
        if (at == 0) return false;
        size_t stop = at;
        at--;
        while (at > 0 && stop - at < 4 && ((unsigned char)s.ptr[at] & 0xC0) == 0x80) at--;
    }
    return match_folded(n->text, s, at) == s.len - at;
}

bool needle_equals(const Needle *n, Str s) {
    if (!n->ignores_case) return str_eq(n->text, s);
    if (n->is_ascii) return s.len == n->text.len && match_ascii(n->text, s.ptr);
    return match_folded(n->text, s, 0) == s.len;
}

/* ------------------------------------------------------------ many needles */

#define HASH_SEED UINT64_C(0x9E3779B97F4A7C15)

static inline uint64_t hash_step(uint64_t h, uint32_t cp) {
    h ^= cp;
    h *= UINT64_C(0x100000001B3);
    return h ^ (h >> 29);
}

uint64_t hash_nocase(Str s) {
    uint64_t h = HASH_SEED;
    for (size_t i = 0; i < s.len;) {
        unsigned char c = (unsigned char)s.ptr[i];
        unsigned len = 1;
        uint32_t cp = c < 128 ? ascii_fold(c) : fold_code_point(utf8_decode(s, i, &len));
        h = hash_step(h, cp);
        i += len;
    }
    return h;
}

typedef struct SetEntry {
    uint64_t hash; /* of the needle's first term, case ignored */
    uint32_t needle;
    uint32_t next; /* index + 1 of the next entry in the bucket, 0 at the end */
    size_t offset; /* of the first term in the needle */
} SetEntry;

struct NeedleSet {
    Needle *needles;
    size_t n;
    uint32_t *loners; /* needles to look for one by one */
    size_t n_loners;
    SetEntry *entries;
    uint32_t *buckets; /* index + 1 of the first entry */
    size_t mask;       /* buckets - 1; no buckets when there are few needles */
    bool has_empty;
};

enum { SET_MIN = 6 }; /* below this, one search each is quicker than reading all terms */

/* The next term at or after `at`: its start and end. False at the end of the text. */
static bool next_term(Str s, size_t at, size_t *ret_start, size_t *ret_end) {
    unsigned len;
    for (;; at += len) {
        if (at >= s.len) return false;
        unsigned char c = (unsigned char)s.ptr[at];
        len = 1;
        if (c < 128 ? is_ascii_alnum(c) : utf8_is_alnum(utf8_decode(s, at, &len))) break;
    }
    *ret_start = at;
    for (at += len; at < s.len; at += len) {
        unsigned char c = (unsigned char)s.ptr[at];
        len = 1;
        if (!(c < 128 ? is_ascii_alnum(c) : utf8_is_alnum(utf8_decode(s, at, &len)))) break;
    }
    *ret_end = at;
    return true;
}

NeedleSet *needle_set_make(Arena *arena, const Str *texts, size_t n, bool ignores_case) {
    NeedleSet *set = ARENA_NEW(arena, NeedleSet);
    set->n = n;
    set->needles = ARENA_ARRAY(arena, Needle, n + 1);
    set->loners = ARENA_ARRAY(arena, uint32_t, n + 1);
    set->entries = ARENA_ARRAY(arena, SetEntry, n + 1);
    size_t buckets = 16;
    while (buckets < n * 2) buckets *= 2;
    if (n >= SET_MIN) set->buckets = ARENA_ARRAY(arena, uint32_t, buckets);
    set->mask = buckets - 1;
    for (size_t i = 0; i < n; i++) {
        set->needles[i] = needle_make(texts[i], ignores_case);
        if (!texts[i].len) set->has_empty = true;
        size_t start, end;
        bool is_indexed = n >= SET_MIN && next_term(texts[i], 0, &start, &end) &&
                          utf8_is_ascii(str_sub(texts[i], 0, start));
        if (!is_indexed) {
            set->loners[set->n_loners++] = (uint32_t)i;
            continue;
        }
        SetEntry *e = &set->entries[i];
        e->hash = hash_nocase(str_sub(texts[i], start, end - start));
        e->needle = (uint32_t)i;
        e->offset = start;
        e->next = set->buckets[e->hash & set->mask];
        set->buckets[e->hash & set->mask] = (uint32_t)i + 1;
    }
    return set;
}

static bool match_at(const Needle *n, Str s, size_t at) {
    size_t len = n->text.len;
    if (n->ignores_case && !n->is_ascii) {
        len = match_folded(n->text, s, at);
        if (len == SIZE_MAX) return false;
    } else {
        if (s.len - at < len) return false;
        if (n->ignores_case ? !match_ascii(n->text, s.ptr + at)
                            : memcmp(n->text.ptr, s.ptr + at, len) != 0)
            return false;
    }
    return stands_free(n, s, at, len, TERM_BOTH);
}

bool needle_set_has_any(const NeedleSet *set, Str s) {
    if (set->has_empty) return true;
    for (size_t i = 0; i < set->n_loners; i++)
        if (needle_has(&set->needles[set->loners[i]], s, TERM_BOTH)) return true;
    if (set->n_loners == set->n) return false;
    size_t start, end = 0;
    while (next_term(s, end, &start, &end)) {
        uint64_t hash = hash_nocase(str_sub(s, start, end - start));
        for (uint32_t at = set->buckets[hash & set->mask]; at; at = set->entries[at - 1].next) {
            const SetEntry *e = &set->entries[at - 1];
            if (e->hash == hash && e->offset <= start &&
                match_at(&set->needles[e->needle], s, start - e->offset))
                return true;
        }
    }
    return false;
}
