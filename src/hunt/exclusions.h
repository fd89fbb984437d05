/*
 * exclusions.h: which hits are known to be harmless, and what must be kept whatever a file says.
 *
 * In: exclusion files (docs/exclusions.md). Out: an ExclusionSet that hunt.c applies to rows. An
 * exclusion hides a row only when all that it asks for is known to hold; what is not known, odd,
 * broken or opaque never hides anything. Protections win over every exclusion.
 */
#ifndef QUARRY_HUNT_EXCLUSIONS_H
#define QUARRY_HUNT_EXCLUSIONS_H

#include "base/base.h"
#include "hunt/yaml_tree.h"
#include "plan/plan.h"

typedef struct ExclusionCond ExclusionCond; /* exclude_internal.h */

typedef struct Exclusion {
    Str name, scenario, reason, owner;
    bool is_protection;
    int64_t expires_ticks; /* the first moment at which it no longer applies; INT64_MAX: never */
    Str expires;           /* as written */
    Str *rules;            /* ids, names or globs over names; none: every rule */
    size_t n_rules;
    Str path;  /* its file */
    Span span; /* in its file */
    ExclusionCond *when;
} Exclusion;

typedef struct ExclusionFile {
    Str path, text;
    Diags diags; /* spans are bytes of `text` */
    bool is_ok;  /* false: none of its entries is used */
} ExclusionFile;

typedef struct ExclusionSet {
    Arena *arena;
    ExclusionFile **files;
    size_t n_files, files_cap;
    Exclusion **items; /* exclusions and protections, in order of the files */
    size_t n_items, items_cap;
    Str *internal; /* domains that a look-alike is measured against, without "*." */
    size_t n_internal, internal_cap;
    struct ExclusionRoles *roles; /* `columns:` of the files; NULL: by convention */
    Str *columns;                 /* result columns that conditions name: for the check below */
    bool *columns_seen;
    size_t n_columns, columns_cap;
} ExclusionSet;

/* An empty set (built-in protections only); never NULL. */
ExclusionSet *exclusions_new(void);
void exclusions_free(ExclusionSet *set);

/* Adds a file. INVALID when it is wrong; its ExclusionFile tells where. Unreadable: told there too.
 */
NODISCARD Status exclusions_add_path(ExclusionSet *set, const char *path);
/* The same from text. */
NODISCARD Status exclusions_add_text(ExclusionSet *set, Str path, Str text);

/* Whether an entry speaks of a rule. */
bool exclusion_applies(const Exclusion *x, Str rule_id, Str rule_name);
bool exclusion_is_expired(const Exclusion *x, int64_t now_ticks);

/* Columns that some condition names and that no result hunted so far had: call after the last hunt.
 */
size_t exclusions_unknown_columns(const ExclusionSet *set, Arena *arena, Str **ret_names);

/*
 * The exclusions that apply to a rule as KQL that can be pasted behind it in Sentinel; what KQL
 * cannot say stands in comments. `result`: the bound plan of the rule, in whose columns links, times,
 * devices and so on are found as the hunt finds them; NULL when the rule does not bind: the columns
 * of SuspiciousUrlClicked then.
 */
Str exclusions_kql(Arena *arena, const ExclusionSet *set, const Plan *result, Str rule_id,
                   Str rule_name, int64_t now_ticks);

#endif
