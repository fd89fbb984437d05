/*
 * exclusions.c: sets of exclusion files, and what applies to which rule. See exclusions.h.
 */
#include "hunt/exclusions.h"

#include "hunt/exclude_internal.h"
#include "hunt/hunt_internal.h"

ExclusionSet *exclusions_new(void) {
    Arena *arena = arena_new();
    ExclusionSet *set = ARENA_NEW(arena, ExclusionSet);
    set->arena = arena;
    return set;
}

void exclusions_free(ExclusionSet *set) {
    if (set) arena_free(set->arena);
}

static ExclusionFile *new_file(ExclusionSet *set, Str path, Str text) {
    ExclusionFile *file = ARENA_NEW(set->arena, ExclusionFile);
    *file = (ExclusionFile){.path = arena_str(set->arena, path), .text = text};
    diags_init(&file->diags, set->arena);
    ARENA_PUSH(set->arena, set->files, set->n_files, set->files_cap, file);
    return file;
}

Status exclusions_add_text(ExclusionSet *set, Str path, Str text) {
    ExclusionFile *file = new_file(set, path, arena_str(set->arena, text));
    return exclusion_file_load(set, file);
}

Status exclusions_add_path(ExclusionSet *set, const char *path) {
    ExclusionFile *file = new_file(set, str_of(path), STR_EMPTY);
    Str why;
    if (!read_text_file(set->arena, path, &file->text, &why)) {
        file->text = STR_EMPTY;
        diag_add(&file->diags, SEVERITY_ERROR, PHASE_SYNTAX, (Span){0, 0}, "QY630",
                 "the exclusions cannot be read: %.*s", STR_ARG(why));
        return INVALID;
    }
    return exclusion_file_load(set, file);
}

bool exclusion_applies(const Exclusion *x, Str rule_id, Str rule_name) {
    if (!x->n_rules) return true;
    for (size_t i = 0; i < x->n_rules; i++) {
        if (rule_id.len && str_eq_nocase(x->rules[i], rule_id)) return true;
        if (rule_name.len && glob_match(x->rules[i], rule_name, false)) return true;
    }
    return false;
}

bool exclusion_is_expired(const Exclusion *x, int64_t now_ticks) {
    return now_ticks >= x->expires_ticks;
}

size_t exclusions_unknown_columns(const ExclusionSet *set, Arena *arena, Str **ret_names) {
    Str *names = ARENA_ARRAY(arena, Str, set->n_columns + 1);
    size_t n = 0;
    for (size_t i = 0; i < set->n_columns; i++)
        if (!__atomic_load_n(&set->columns_seen[i], __ATOMIC_RELAXED)) names[n++] = set->columns[i];
    *ret_names = names;
    return n;
}
