/*
 * kql_literal.c: text of rows and files as KQL literals.
 */
#include "hunt/hunt_internal.h"

/* A KQL string literal: quotes, backslashes and controls are written as escapes. */
void kql_put_string(Buf *out, Str s) {
    buf_putc(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '"' || c == '\\') buf_printf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7f) buf_printf(out, "\\u%04x", c);
        else buf_putc(out, (char)c);
    }
    buf_putc(out, '"');
}
