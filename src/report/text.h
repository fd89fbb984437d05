/*
 * text.h: foreign text made safe for where it is shown.
 *
 * Telemetry is hostile: a cell may hold terminal escapes, markup, line ends or characters that turn
 * the direction of text around. Each function appends `s` to `out` so that it can only be read.
 */
#ifndef QUARRY_REPORT_TEXT_H
#define QUARRY_REPORT_TEXT_H

#include "base/base.h"

/* One line for a terminal: control, format and direction characters become \n, \t, \u{202e}, bad
 * UTF-8 becomes U+FFFD. Cut with "…" when it is wider than `max_width` cells (0: not cut). Returns
 * the width in cells. */
size_t text_put_terminal(Buf *out, Str s, size_t max_width);
/* A CSV field (RFC 4180): quoted when it must be, and where it holds what a reader that guesses could take
 * for the separator. */
void text_put_csv(Buf *out, Str s);
/* A TSV field: tab, line end and backslash are written \t, \n, \r, \\, other control characters \x1b. */
void text_put_tsv(Buf *out, Str s);
/* A cell of a Markdown table: markup is escaped, line ends become <br>; what a terminal must not see
 * is shown as there: \x1b, \u{202e}. */
void text_put_markdown(Buf *out, Str s);
/* HTML text or a quoted attribute, control, format and direction characters shown as in a terminal. */
void text_put_html(Buf *out, Str s);

#endif
