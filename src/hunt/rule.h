/*
 * rule.h: hunting rules as they stand in public repositories.
 *
 * In: YAML files (Sentinel hunting queries and scheduled analytics rules), .kql files, folders of
 * both. Out: a RuleSet. A file that is wrong carries its own diagnostics and stops no other.
 * One arena holds a set; a set belongs to one thread while it is loaded and may be shared
 * afterwards.
 */
#ifndef QUARRY_HUNT_RULE_H
#define QUARRY_HUNT_RULE_H

#include "base/base.h"
#include "hunt/yaml_tree.h"

/* A table that the rule says it needs, with the connector that fills it. */
typedef struct RuleTable {
    Str table;     /* "AlertInfo"; a qualifier as in "Syslog (Cisco)" is cut */
    Str connector; /* "MicrosoftThreatProtection" */
} RuleTable;

typedef struct RuleEntityField {
    Str identifier, column;
} RuleEntityField;

typedef struct RuleEntity {
    Str type; /* "Account", "Host", "URL", ... */
    RuleEntityField *fields;
    size_t n_fields;
} RuleEntity;

typedef struct RulePair {
    Str name, value;
} RulePair;

/* Absent texts are empty; every other key of the file stays readable in `fields`. */
typedef struct HuntRule {
    Str path; /* file, as given */
    Str id, name, description, version, kind, status, severity;
    Str *tactics; /* ATT&CK names without blanks: "InitialAccess" */
    size_t n_tactics;
    Str *techniques; /* "T1566", "T1566.002": relevantTechniques, techniques, subTechniques */
    size_t n_techniques;
    RuleTable *tables; /* requiredDataConnectors, in order */
    size_t n_tables;
    RuleEntity *entities;
    size_t n_entities;
    RulePair *custom_details;
    size_t n_custom_details;
    RulePair *tags; /* name empty when the tag is a plain word */
    size_t n_tags;
    int64_t frequency_ticks, period_ticks; /* -1 when not given */
    Str trigger_operator;                  /* "gt", "lt", "eq", "ne", or empty */
    int64_t trigger_threshold;
    Str query;                  /* the KQL, byte for byte */
    const YamlNode *fields;     /* the whole document; NULL for a .kql file */
    const YamlNode *query_node; /* NULL for a .kql file */
} HuntRule;

/* One file that was read, good or bad. */
typedef struct RuleFile {
    Str path;
    Str text;       /* the whole file; empty when it could not be read */
    Diags diags;    /* spans are bytes of `text` */
    HuntRule *rule; /* NULL when the file has errors */
    HuntRule *read; /* as far as it was read, errors or not: for telling which rule it is */
    bool is_other;  /* YAML that is no rule: a list, or a mapping without any key of a rule */
} RuleFile;

typedef struct RuleSet {
    Arena *arena;
    RuleFile **files; /* in the order given; a folder's by name */
    size_t n_files, cap;
} RuleSet;

/* An empty set; never NULL. */
RuleSet *rules_new(void);
void rules_free(RuleSet *set);

/*
 * Adds a rule file, or all *.yaml, *.yml and *.kql of a folder and the folders below it (16 deep,
 * 20,000 files; names that start with a dot are passed over). INVALID when the path does not exist
 * or a folder holds no rule: told in `diags`. Errors inside a file are told in its RuleFile and
 * give OK. In a folder, YAML that is clearly something else (RuleFile.is_other) is passed over with a
 * warning; everything else that is no good rule stays, with its errors.
 */
NODISCARD Status rules_add_path(RuleSet *set, const char *path, Diags *diags);
/* Adds a rule from text, as if read from `path` (its suffix decides between YAML and KQL). */
RuleFile *rules_add_text(RuleSet *set, Str path, Str text);
/* To be called once all is added: two rules with one id are an error in both files, which names the
 * other; both rules are withdrawn. */
void rules_check_ids(RuleSet *set);
/* Finds a rule by id, name (case ignored) or file stem, or NULL. */
const HuntRule *rules_find(const RuleSet *set, Str id_or_name);

/* The bytes of the rule's file that a span of its query stands for: for FILE:LINE:COLUMN. */
Span rule_query_span(const RuleFile *file, Span in_query);

/* "Initial access", "initial_access", "TA0001" -> "InitialAccess"; false when unknown (*ret is the
 * text). */
bool tactic_normalise(Str text, Str *ret);

#endif
