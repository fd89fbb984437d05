/* fuzz_syntax.c: any bytes parse in peace; what parsed formats to text that parses and stays. */
#include <stdlib.h>

#include "syntax/syntax.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static Status parse(Arena *arena, Str text, Syntax *ret) {
    Diags diags;
    diags_init(&diags, arena);
    return syntax_parse(arena, text, &diags, ret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *arena = arena_new();
    Syntax first, second;
    Str once, twice;
    if (parse(arena, (Str){(const char *)data, size}, &first) == OK) {
        if (syntax_format(arena, &first, NULL, &once) != OK) abort();
        if (parse(arena, once, &second) != OK) abort();
        if (syntax_format(arena, &second, NULL, &twice) != OK || !str_eq(once, twice)) abort();
    }
    arena_free(arena);
    return 0;
}
