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
        quoted = strchr(",;\t\"\n\r", s.ptr[i]) && s.ptr[i];
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

/* A dialect: what stands in the place of a byte (NULL: the byte), and of a character that is not shown. */
typedef struct Dialect {
    const char *(*escape)(char c);
    bool (*is_hidden)(uint32_t cp);
    const char *backslash; /* how one is written */
} Dialect;

/* Puts what stands for the character at s[at]; false when it stands for itself. */
static bool put_replaced(Buf *out, Str s, size_t at, unsigned *ret_len, const Dialect *d) {
    *ret_len = 1;
    uint32_t cp = (unsigned char)s.ptr[at];
    const char *e = d->escape(s.ptr[at]);
    if (e) {
        buf_puts(out, e);
        return true;
    }
    if (cp >= 0x80) cp = utf8_decode(s, at, ret_len);
    bool is_bad = cp == 0xfffd && *ret_len == 1;
    if (is_bad) buf_puts(out, "\xef\xbf\xbd");
    else if (d->is_hidden(cp))
        buf_printf(out, cp < 0x100 ? "%sx%02x" : "%su{%x}", d->backslash, (unsigned)cp);
    else return false;
    return true;
}

static void put_escaped(Buf *out, Str s, const Dialect *d) {
    size_t from = 0;
    Buf piece = {0};
    for (size_t i = 0; i < s.len;) {
        unsigned len;
        buf_clear(&piece);
        if (put_replaced(&piece, s, i, &len, d)) {
            buf_put(out, str_sub(s, from, i - from));
            buf_put(out, buf_str(&piece));
            from = i + len;
        }
        i += len;
    }
    buf_put(out, str_sub(s, from, s.len - from));
    buf_free(&piece);
}

static bool is_control(uint32_t cp) { return cp < 0x20 || (cp >= 0x7f && cp < 0xa0); }

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
    case '\t': return "&#9;";
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
    case '\t': return "&#9;";
    case '\n': return "\n"; /* a blank to the reader */
    default: return NULL;
    }
}

void text_put_tsv(Buf *out, Str s) {
    static const Dialect tsv = {escape_tsv, is_control, "\\"};
    put_escaped(out, s, &tsv);
}

void text_put_markdown(Buf *out, Str s) {
    static const Dialect markdown = {escape_markdown, is_unsafe, "\\\\"};
    put_escaped(out, s, &markdown);
}

void text_put_html(Buf *out, Str s) {
    static const Dialect html = {escape_html, is_unsafe, "\\"};
    put_escaped(out, s, &html);
}
