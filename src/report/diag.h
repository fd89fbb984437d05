/*
 * diag.h: diagnostics as people and programs read them.
 *
 * Text: "FILE:LINE:COLUMN: error[KS142]: message", the source line with a caret, then the hint.
 * JSON: the objects of `check --format json` (the command-line contract).
 */
#ifndef QUARRY_REPORT_DIAG_H
#define QUARRY_REPORT_DIAG_H

#include "base/base.h"

/* Appends one diagnostic. Its span is bytes of `text`; `path` is shown before the position. A
 * diagnostic of the run with an empty span gets no position. */
void diag_put_text(Buf *out, Str path, Str text, const Diag *d, bool is_coloured);
/* In one line without colours, source or hint: "FILE:LINE:COLUMN: message". */
Str diag_line(Arena *arena, Str path, Str text, const Diag *d);
/* Appends one diagnostic as a JSON object; the same one gets null for its lines and columns. */
void diag_put_json(Buf *out, Str text, const Diag *d);
/* All of one list, then those of `more` (NULL: none), as one array. */
void diags_put_json(Buf *out, Str text, const Diags *d, const Diags *more);

#endif
