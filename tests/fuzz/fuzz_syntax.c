/*
 * fuzz_syntax.c: any bytes parse in peace, as one query and as several; what parsed formats to text that
 * parses to as many queries and stays.
 */
#include <stdlib.h>

#include "syntax/syntax.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The queries of a text formatted, a blank line between two; false when one is wrong. */
static bool format_all(Arena *arena, Str text, Str *ret, size_t *ret_n) {
    Span *parts;
    size_t end = 0;
    Buf out = {0};
    bool ok = true;
    syntax_split(arena, text, &parts, ret_n);
    for (size_t i = 0; i < *ret_n; i++) {
        Diags diags;
        Syntax syntax;
        Str one = STR_EMPTY;
        diags_init(&diags, arena);
        if (parts[i].start != end) abort();
        end += parts[i].len;
        if (syntax_parse_part(arena, text, parts[i], &diags, &syntax) != OK) ok = false;
        else if (syntax_format(arena, &syntax, NULL, &one) != OK) abort();
        if (i) buf_putc(&out, '\n');
        buf_put(&out, one);
    }
    if (end != text.len) abort();
    *ret = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *arena = arena_new();
    Str once, twice;
    size_t n, n_again;
    Str text = {(const char *)data, size};
    if (format_all(arena, text, &once, &n)) {
        if (!format_all(arena, once, &twice, &n_again) || n_again != n) abort();
        if (!str_eq(once, twice)) abort();
    } else {
        Diags diags;
        Syntax syntax;
        diags_init(&diags, arena);
        if (syntax_parse(arena, text, &diags, &syntax) == OK) abort(); /* one is one */
    }
    arena_free(arena);
    return 0;
}
