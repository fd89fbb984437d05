#include "report/text.h"

#include <utf8proc.h>

#include "base/utf8.h"

/* Characters that would do something to the terminal or hide themselves in it. */
static bool is_unsafe(uint32_t cp) {
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)cp);
    return c == UTF8PROC_CATEGORY_CC || c == UTF8PROC_CATEGORY_CF || c == UTF8PROC_CATEGORY_CS ||
           c == UTF8PROC_CATEGORY_ZL || c == UTF8PROC_CATEGORY_ZP;
}

/* One code point as it is shown; returns its width in cells. */
static size_t show(uint32_t cp, char out[16], size_t *ret_len) {
    if (is_unsafe(cp)) {
        const char *named = cp == '\n' ? "\\n" : cp == '\r' ? "\\r" : cp == '\t' ? "\\t" : NULL;
        int n = named ? snprintf(out, 16, "%s", named)
                      : snprintf(out, 16, cp < 0x100 ? "\\x%02x" : "\\u{%x}", (unsigned)cp);
        *ret_len = (size_t)n;
        return (size_t)n;
    }
    char bytes[4];
    unsigned len = utf8_encode(cp, bytes);
    memcpy(out, bytes, len);
    *ret_len = len;
    int width = utf8proc_charwidth((utf8proc_int32_t)cp);
    return width < 0 ? 0 : (size_t)width;
}

size_t text_put_terminal(Buf *out, Str s, size_t max_width) {
    size_t width = 0, cut_len = out->len, cut_width = 0;
    for (size_t at = 0; at < s.len;) {
        unsigned len;
        uint32_t cp = utf8_decode(s, at, &len);
        char piece[16];
        size_t piece_len, piece_width = show(cp, piece, &piece_len);
        if (max_width && width + piece_width > max_width) {
            out->len = cut_len;
            buf_puts(out, "…");
            return cut_width + 1;
        }
        buf_put(out, (Str){piece, piece_len});
        width += piece_width;
        at += len;
        if (!max_width || width < max_width) {
            cut_len = out->len;
            cut_width = width;
        }
    }
    return width;
}

void text_put_csv(Buf *out, Str s) {
    bool quoted = s.len && (s.ptr[0] == ' ' || s.ptr[s.len - 1] == ' ');
    for (size_t i = 0; i < s.len && !quoted; i++)
        quoted = s.ptr[i] == ',' || s.ptr[i] == '"' || s.ptr[i] == '\n' || s.ptr[i] == '\r';
    if (!quoted) {
        buf_put(out, s);
        return;
    }
    buf_putc(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"') buf_putc(out, '"');
        buf_putc(out, s.ptr[i]);
    }
    buf_putc(out, '"');
}

/* Appends `s`, each byte for which `escape` has an answer replaced by it. */
static void put_escaped(Buf *out, Str s, const char *(*escape)(char c)) {
    size_t from = 0;
    for (size_t i = 0; i < s.len; i++) {
        const char *e = escape(s.ptr[i]);
        if (!e) continue;
        buf_put(out, str_sub(s, from, i - from));
        buf_puts(out, e);
        from = i + 1;
    }
    buf_put(out, str_sub(s, from, s.len - from));
}

static const char *escape_tsv(char c) {
    switch (c) {
    case '\t': return "\\t";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\\': return "\\\\";
    default: return NULL;
    }
}

static const char *escape_markdown(char c) {
    switch (c) {
    case '|': return "\\|";
    case '\\': return "\\\\";
    case '`': return "\\`";
    case '*': return "\\*";
    case '_': return "\\_";
    case '[': return "\\[";
    case ']': return "\\]";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '&': return "&amp;";
    case '\n': return "<br>";
    case '\r': return "";
    default: return NULL;
    }
}

static const char *escape_html(char c) {
    switch (c) {
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '&': return "&amp;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\0': return "\xef\xbf\xbd";
    default: return NULL;
    }
}

void text_put_tsv(Buf *out, Str s) { put_escaped(out, s, escape_tsv); }
void text_put_markdown(Buf *out, Str s) { put_escaped(out, s, escape_markdown); }
void text_put_html(Buf *out, Str s) { put_escaped(out, s, escape_html); }
