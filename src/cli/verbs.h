/* verbs.h: one function a verb; each returns the exit code of the program. */
#ifndef QUARRY_CLI_VERBS_H
#define QUARRY_CLI_VERBS_H

#include "cli/console.h"

int verb_hunt(Console *c);
int verb_query(Console *c);
int verb_explain(Console *c);
int verb_check(Console *c);
int verb_tables(Console *c);
int verb_rules(Console *c);
int verb_functions(Console *c);
int verb_fmt(Console *c);
int verb_import(Console *c);
int verb_lake(Console *c);

/* The query that `query` and `explain` are given: on the command line, by -f or on standard input.
 * *ret_name is what diagnostics call it. False with a message. */
bool query_text(Console *c, Str *ret_name, Str *ret_text);

/* rule_args.c: adds what the arguments name to a set: paths, or rules that come with Quarry by name
 * or id. Diagnostics are printed; false when an argument names nothing. */
typedef struct RuleSet RuleSet;
bool rule_args_add(Console *c, RuleSet *set, const TextList *args);

#endif
