/*
 * positions.c: positions in text as KQL counts them, in code points.
 */
#include "kernels/text/positions.h"

#include "base/utf8.h"

size_t position_offset(Str s, int64_t index) {
    size_t at = 0;
    for (; index >= 8 && at + 8 <= s.len; at += 8, index -= 8) { /* ASCII: a byte is a character */
        uint64_t word;
        memcpy(&word, s.ptr + at, 8);
        if (word & UINT64_C(0x8080808080808080)) break;
    }
    while (index > 0 && at < s.len) {
        unsigned len = 1;
        if ((unsigned char)s.ptr[at] >= 0x80) (void)utf8_decode(s, at, &len);
        at += len;
        index--;
    }
    return at;
}

static int64_t integer_arg(const Value *args, uint32_t n_args, uint32_t i, int64_t otherwise) {
    if (i >= n_args || args[i].is_null) return otherwise;
    return args[i].type == TYPE_INT ? args[i].u.i : args[i].u.l;
}

bool search_window(Str source, const Value *args, uint32_t n_args, bool counts_back,
                   SearchWindow *ret) {
    int64_t start = integer_arg(args, n_args, 2, 0);
    int64_t length = integer_arg(args, n_args, 3, -1);
    ret->occurrence = integer_arg(args, n_args, 4, 1);
    if (start < 0 && counts_back) start += (int64_t)utf8_count(source);
    if (start < 0 || length < -1 || ret->occurrence < 0) return false;
    size_t from = position_offset(source, start);
    ret->text = str_sub(source, from, SIZE_MAX);
    if (length >= 0) ret->text = str_sub(ret->text, 0, position_offset(ret->text, length));
    ret->first = start;
    return true;
}
