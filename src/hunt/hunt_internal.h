/*
 * hunt_internal.h: what the files of src/hunt share.
 */
#ifndef QUARRY_HUNT_INTERNAL_H
#define QUARRY_HUNT_INTERNAL_H

#include "hunt/rule.h"

/* Reads a whole file of at most YAML_TREE_MAX_BYTES. False: *ret_why is a phrase ("it is a folder",
 * "No such file or directory"). */
NODISCARD bool read_text_file(Arena *arena, const char *path, Str *ret_text, Str *ret_why);

/* Reads one rule from file->text into file->rule or file->diags. */
void rule_load(Arena *arena, RuleFile *file);

/* "portal" of "/a/portal.test.yaml" is "portal.test". Points into `path`. */
Str path_stem(Str path);

/* "2d", "1:00:00", "PT5M", "P1DT2H". False for anything else. */
bool rule_duration(Str text, int64_t *ret_ticks);

/* Appends a KQL string literal. */
void kql_put_string(Buf *out, Str s);

#endif
