/*
 * case_file.h: the text format of tests/cases (described in tests/cases/README.md), read and written.
 */
#ifndef QUARRY_TESTS_CASE_FILE_H
#define QUARRY_TESTS_CASE_FILE_H

#include "base/base.h"

/* "--- name argument" and the lines below it. */
typedef struct CasePart {
    Str name, argument; /* name empty: the expected table */
    Str text;           /* lines, each with its line end; blank lines at the end cut off */
} CasePart;

typedef struct TestCase {
    Str title;
    uint32_t line;
    Str *settings; /* ":now ..." without the colon */
    size_t n_settings, settings_cap;
    Str query;
    CasePart *parts;
    size_t n_parts, parts_cap;
} TestCase;

typedef struct CaseFile {
    Str head; /* what stands before the first case */
    TestCase *cases;
    size_t n, cap;
} CaseFile;

/* Reads a file's text; the texts point into it. */
CaseFile case_file_parse(Arena *arena, Str text);
/* The file again, in the one spelling of the format. */
void case_file_print(Buf *out, const CaseFile *f);
const CasePart *case_part(const TestCase *c, const char *name);
/* The argument of a setting, or NULL; settings without one have an empty argument. */
const Str *case_setting(Arena *arena, const TestCase *c, const char *name);

#endif
