/*
 * sql_writer.h: SQL text, piece by piece.
 *
 * The only way from values and names to SQL: identifiers are quoted, literals escaped and typed; no
 * query text or data meets a format string.
 */
#ifndef QUARRY_SQL_WRITER_H
#define QUARRY_SQL_WRITER_H

#include "base/type.h"
#include "plan/plan.h"

/* "name", quotes doubled. */
void sql_ident(Buf *out, Str name);
/* 'text', quotes doubled; NUL bytes, which SQL text cannot hold, are joined in by chr(0). */
void sql_text(Buf *out, Str text);
/* A column by its id: c17. */
void sql_column(Buf *out, ColumnId id);
/* A typed constant; a string is never NULL. */
void sql_literal(Buf *out, const Value *v);
void sql_long(Buf *out, int64_t value);
/* The value of a column that is missing: '' or a typed NULL. */
void sql_missing(Buf *out, Type type);

#endif
