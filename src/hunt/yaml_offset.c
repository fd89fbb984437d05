/*
 * yaml_offset.c: where a byte of a scalar's value stands in the file. See yaml_tree.h.
 *
 * A literal block has its lines one by one in the file, each behind the same indentation. The other
 * styles are walked: value and file side by side, where a run of white space that was folded on one
 * side stands for the run on the other.
 */
#include "base/utf8.h"
#include "hunt/yaml_tree.h"

static bool is_white(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static size_t line_end(Str s, size_t at) {
    size_t end = str_find(s, STR("\n"), at);
    return end == SIZE_MAX ? s.len : end;
}

static size_t leading_blanks(Str s, size_t at) {
    size_t n = 0;
    while (at + n < s.len && s.ptr[at + n] == ' ') n++;
    return n;
}

/* Indentation that the block takes off: how much farther in the first line that holds something
 * stands in the file. */
static size_t block_indent(Str file, size_t file_line, Str value) {
    for (size_t at = 0; at < value.len;) {
        size_t end = line_end(value, at), blanks = leading_blanks(value, at);
        if (at + blanks < end) {
            size_t in_file = leading_blanks(file, file_line);
            return in_file > blanks ? in_file - blanks : 0;
        }
        at = end + 1;
        file_line = line_end(file, file_line) + 1;
        if (file_line > file.len) break;
    }
    return 0;
}

static size_t literal_offset(Str file, const YamlNode *scalar, size_t offset) {
    size_t file_line = line_end(file, scalar->span.start) + 1; /* behind the header "|-" */
    if (file_line > file.len) return file.len;
    size_t indent = block_indent(file, file_line, scalar->text), line = 0;
    for (;;) {
        size_t end = line_end(scalar->text, line);
        if (offset <= end) break;
        line = end + 1;
        file_line = line_end(file, file_line) + 1;
        if (file_line > file.len) return file.len;
    }
    size_t end = line_end(file, file_line), at = file_line + indent + (offset - line);
    if (end > file_line && file.ptr[end - 1] == '\r') end--;
    return at < end ? at : end;
}

/* An escape of a double-quoted scalar at file[at]: bytes in the file, and in the value. */
static size_t escape_len(Str file, size_t at, size_t *ret_value_len) {
    char c = at + 1 < file.len ? file.ptr[at + 1] : 0;
    size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    *ret_value_len = 1;
    if (c == 'N' || c == '_') *ret_value_len = 2;
    if (c == 'L' || c == 'P') *ret_value_len = 3;
    if (!digits) return 2;
    uint32_t cp = 0;
    for (size_t i = 0; i < digits && at + 2 + i < file.len; i++) {
        char d = file.ptr[at + 2 + i];
        unsigned value =
            d >= '0' && d <= '9' ? (unsigned)(d - '0') : (unsigned)((d | 0x20) - 'a') + 10;
        cp = cp << 4 | (value & 15);
    }
    char out[4];
    *ret_value_len = utf8_encode(cp, out);
    return 2 + digits;
}

static size_t white_run(Str s, size_t at, bool *ret_has_break) {
    size_t end = at;
    *ret_has_break = false;
    for (; end < s.len && is_white(s.ptr[end]); end++)
        if (s.ptr[end] == '\n') *ret_has_break = true;
    return end;
}

/* One step of the walk: over equal bytes, an escape, or a run of white space. */
static void step(Str file, const YamlNode *scalar, size_t *at, size_t *i) {
    Str value = scalar->text;
    bool has_break;
    if (scalar->style == YSTYLE_DOUBLE && file.ptr[*at] == '\\') {
        size_t in_value, in_file;
        if (*at + 1 < file.len && (file.ptr[*at + 1] == '\n' || file.ptr[*at + 1] == '\r')) {
            *at = white_run(file, *at + 1, &has_break); /* the line goes on: nothing in the value */
            return;
        }
        in_file = escape_len(file, *at, &in_value);
        *at += in_file;
        *i += in_value;
        return;
    }
    if (is_white(file.ptr[*at])) {
        size_t end = white_run(file, *at, &has_break);
        if (has_break || !is_white(value.ptr[*i])) {
            *at = end;
            *i = white_run(value, *i, &has_break);
            return;
        }
    }
    if (scalar->style == YSTYLE_QUOTED && file.ptr[*at] == '\'') ++*at;
    ++*at;
    ++*i;
}

static size_t walked_offset(Str file, const YamlNode *scalar, size_t offset) {
    size_t at = scalar->span.start, end = at + scalar->span.len, i = 0;
    bool has_break;
    if (scalar->style == YSTYLE_QUOTED || scalar->style == YSTYLE_DOUBLE) at++;
    if (scalar->style == YSTYLE_FOLDED) at = white_run(file, line_end(file, at), &has_break);
    if (end > file.len) end = file.len;
    while (i < offset && i < scalar->text.len && at < end) step(file, scalar, &at, &i);
    return at < end ? at : end;
}

size_t yaml_tree_offset(Str file, const YamlNode *scalar, size_t offset) {
    size_t end = scalar->span.start + scalar->span.len;
    if (end > file.len) end = file.len;
    if (scalar->kind != YNODE_SCALAR) return scalar->span.start;
    if (offset > scalar->text.len) return end;
    if (scalar->style == YSTYLE_LITERAL) return literal_offset(file, scalar, offset);
    return walked_offset(file, scalar, offset);
}
