/*
 * regex_syntax_internal.h: what regex_syntax.c and regex_class.c share.
 */
#ifndef QUARRY_KERNELS_REGEX_SYNTAX_INTERNAL_H
#define QUARRY_KERNELS_REGEX_SYNTAX_INTERNAL_H

#include "kernels/regex/regex_syntax.h"

#define MAX_GROUP_DEPTH 256

typedef struct GroupFlags {
    bool is_verbose, is_unicode, ignores_case, dot_is_all, is_multiline, has_crlf;
} GroupFlags;

typedef struct Rewriter {
    Arena *arena;
    Str in;
    size_t at;
    RegexTexts texts;
    Buf *out;
    GroupFlags flags;
    GroupFlags stack[MAX_GROUP_DEPTH];
    unsigned depth;
    unsigned n_sets; /* classes that were worked out */
    RegexNeeds needs;
    Str *ret_error;
} Rewriter;

/* Sets the message; returns false. */
bool regex_refuse(Rewriter *r, const char *what);

static inline bool at_end(const Rewriter *r) { return r->at >= r->in.len; }
static inline char peek(const Rewriter *r, size_t ahead) {
    return r->at + ahead < r->in.len ? r->in.ptr[r->at + ahead] : '\0';
}
static inline bool looks_at(const Rewriter *r, const char *text) {
    return str_starts_with(str_sub(r->in, r->at, SIZE_MAX), str_of(text));
}
static inline void copy(Rewriter *r, size_t n) {
    buf_put(r->out, str_sub(r->in, r->at, n));
    r->at += n;
}
static inline bool wants_ascii(const Rewriter *r) {
    return r->texts == REGEX_ASCII_TEXTS || !r->flags.is_unicode;
}
/* Blanks that verbose mode passes over. */
static inline bool is_blank(const Rewriter *r, char c) {
    return r->flags.is_verbose && c && strchr(" \t\r\n\v\f", c);
}

/* Rewrites the [...] that begins here. */
bool regex_put_class(Rewriter *r);
/* \d, \w, \s and their opposites. */
bool regex_put_perl_class(Rewriter *r);
/* \p{Name}, \P{Name}, \p{^Name}, \pN */
bool regex_put_property(Rewriter *r);
/* \uXXXX, \UXXXXXXXX, \u{X...}, \U{X...} */
bool regex_put_code_point(Rewriter *r);

#endif
