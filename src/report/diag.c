#include "report/diag.h"

#include "base/json.h"
#include "report/text.h"

static const char *severity_name(Severity s) {
    switch (s) {
    case SEVERITY_ERROR: return "error";
    case SEVERITY_WARNING: return "warning";
    case SEVERITY_INFO: break;
    }
    return "info";
}

static const char *severity_colour(Severity s) {
    switch (s) {
    case SEVERITY_ERROR: return "\x1b[1;31m";
    case SEVERITY_WARNING: return "\x1b[1;33m";
    case SEVERITY_INFO: break;
    }
    return "\x1b[1;36m";
}

static bool has_position(const Diag *d) {
    return d->phase != PHASE_RUN || d->span.len > 0 || d->span.start > 0;
}

/* The line that holds `offset`, without its line end; *ret_start is where it starts. */
static Str line_at(Str text, size_t offset, size_t *ret_start) {
    if (offset > text.len) offset = text.len;
    size_t start = offset, end = offset;
    while (start > 0 && text.ptr[start - 1] != '\n') start--;
    while (end < text.len && text.ptr[end] != '\n' && text.ptr[end] != '\r') end++;
    *ret_start = start;
    return str_sub(text, start, end - start);
}

/* The source line with a caret under the span; only the neighbourhood of a very long line. */
static void put_source(Buf *out, Str text, const Diag *d, bool is_coloured) {
    enum { BEFORE = 80, AFTER = 80 };
    size_t start;
    Str line = line_at(text, d->span.start, &start);
    size_t at = d->span.start > start ? d->span.start - start : 0;
    if (at > line.len) at = line.len;
    size_t from = at > BEFORE ? at - BEFORE : 0;
    while (from > 0 && ((unsigned char)line.ptr[from] & 0xC0) == 0x80) from--;
    size_t to = line.len - at > AFTER ? at + AFTER : line.len;
    while (to < line.len && ((unsigned char)line.ptr[to] & 0xC0) == 0x80) to++;
    buf_puts(out, from ? "  …" : "  ");
    size_t indent = (from ? 3 : 2) + text_put_terminal(out, str_sub(line, from, at - from), 0);
    size_t marked = d->span.len < to - at ? d->span.len : to - at;
    size_t width = text_put_terminal(out, str_sub(line, at, marked), 0);
    text_put_terminal(out, str_sub(line, at + marked, to - at - marked), 0);
    buf_puts(out, to < line.len ? "…\n" : "\n");
    while (indent--) buf_putc(out, ' ');
    if (is_coloured) buf_puts(out, severity_colour(d->severity));
    buf_putc(out, '^');
    for (size_t i = 1; i < width; i++) buf_putc(out, '~');
    if (is_coloured) buf_puts(out, "\x1b[0m");
    buf_putc(out, '\n');
}

void diag_put_text(Buf *out, Str path, Str text, const Diag *d, bool is_coloured) {
    bool positioned = has_position(d) && text.len > 0;
    bool is_apart = !positioned && d->phase == PHASE_RUN; /* about data, not about the text */
    if (path.len && !(is_apart && path.ptr[0] == '<')) {
        text_put_terminal(out, path, 0);
        buf_putc(out, ':');
        if (positioned || (has_position(d) && d->phase == PHASE_SYNTAX)) { /* an empty file too */
            LineCol lc = text_line_col(text, d->span.start);
            buf_printf(out, "%u:%u:", lc.line, lc.column);
        }
        buf_putc(out, ' ');
    }
    if (is_coloured) buf_puts(out, severity_colour(d->severity));
    buf_puts(out, severity_name(d->severity));
    if (d->code.len) buf_printf(out, "[%.*s]", STR_ARG(d->code));
    if (is_coloured) buf_puts(out, "\x1b[0m");
    buf_puts(out, ": ");
    text_put_terminal(out, d->message, 0);
    buf_putc(out, '\n');
    if (positioned) put_source(out, text, d, is_coloured);
    if (d->hint.len) {
        buf_puts(out, "  hint: ");
        text_put_terminal(out, d->hint, 0);
        buf_putc(out, '\n');
    }
}

Str diag_line(Arena *arena, Str path, Str text, const Diag *d) {
    if (!path.len) return arena_str(arena, d->message);
    if (!has_position(d))
        return arena_printf(arena, "%.*s: %.*s", STR_ARG(path), STR_ARG(d->message));
    LineCol lc = text_line_col(text, d->span.start);
    return arena_printf(arena, "%.*s:%u:%u: %.*s", STR_ARG(path), lc.line, lc.column,
                        STR_ARG(d->message));
}

void diag_put_json(Buf *out, Str text, const Diag *d) {
    LineCol from = text_line_col(text, d->span.start);
    LineCol to = text_line_col(text, (size_t)d->span.start + d->span.len);
    static const char *const phases[] = {"syntax", "semantics", "run"};
    buf_printf(out, "{\"severity\":\"%s\",\"phase\":\"%s\",\"code\":", severity_name(d->severity),
               phases[d->phase]);
    json_put_string(out, d->code);
    buf_puts(out, ",\"message\":");
    json_put_string(out, d->message);
    if (has_position(d))
        buf_printf(out, ",\"line\":%u,\"column\":%u,\"end_line\":%u,\"end_column\":%u", from.line,
                   from.column, to.line, to.column);
    else buf_puts(out, ",\"line\":null,\"column\":null,\"end_line\":null,\"end_column\":null");
    buf_puts(out, ",\"hint\":");
    if (d->hint.len) json_put_string(out, d->hint);
    else buf_puts(out, "null");
    buf_putc(out, '}');
}

void diags_put_json(Buf *out, Str text, const Diags *d, const Diags *more) {
    size_t n_more = more ? more->n : 0;
    buf_putc(out, '[');
    for (size_t i = 0; i < d->n + n_more; i++) {
        if (i) buf_putc(out, ',');
        diag_put_json(out, text, i < d->n ? &d->items[i] : &more->items[i - d->n]);
    }
    buf_putc(out, ']');
}
