/*
 * options.h: the command line as a table of verbs and options, and what a call of it asks for.
 *
 * Help, the man page and the completions are printed from the same tables (help.c).
 */
#ifndef QUARRY_CLI_OPTIONS_H
#define QUARRY_CLI_OPTIONS_H

#include "report/result.h"

typedef enum Verb {
    VERB_NONE,
    VERB_HUNT,
    VERB_QUERY,
    VERB_CHECK,
    VERB_TABLES,
    VERB_RULES,
    VERB_FUNCTIONS,
    VERB_EXPLAIN,
    VERB_FMT,
    VERB_IMPORT,
    VERB_LAKE,
    VERB_HELP,
    VERB_COUNT
} Verb;

typedef struct VerbInfo {
    const char *name, *args, *doc; /* doc: one line */
    const char *text;              /* some sentences, a paragraph each */
    const char *example;
} VerbInfo;

/* By Verb; VERB_NONE's row is the program itself. */
extern const VerbInfo verb_table[VERB_COUNT];

/* A growing list of arguments, as given. */
typedef struct TextList {
    const char **items;
    size_t n, cap;
} TextList;

typedef enum ColourRule { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER } ColourRule;

typedef struct Options {
    Verb verb;
    Verb help_on; /* with --help or `help VERB` */
    bool wants_help, wants_version;
    TextList args; /* what is no option */
    /* data */
    TextList data, tables;
    TextList externals, lakes;
    const char *geoip, *watchlists, *timezone, *schemas;
    int64_t now_ticks, from_ticks, to_ticks;             /* 0, INT64_MIN, INT64_MAX: not given */
    int64_t threads, memory_bytes, timeout_ms, max_rows; /* 0: not given */
    bool is_strict;
    /* output */
    bool has_format, is_text; /* is_text: --format text */
    ResultFormat format;
    const char *output;
    ColourRule colour;
    bool is_quiet, is_verbose, no_progress;
    /* query, explain, check, fmt */
    TextList files, disabled_rewrites;
    const char *result; /* number from 1 or name; NULL: all */
    bool is_check, writes;
    int64_t width, indent;
    /* hunt */
    TextList exclusions;
    bool no_unwrap, unwrap, shows_suppressed, shows_kql, fails_on_hits, no_counts;
    /* import, lake */
    bool takes_again;
    int64_t batch_bytes, before_ticks; /* 0: not given */
    const char *timestamps;            /* NULL: not given */
    /* functions */
    bool reference;
    /* the tables of the program itself, for the build: man, bash, zsh, fish */
    const char *generate;
} Options;

typedef enum OptionKind {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_LIST,
    OPTION_NUMBER,
    OPTION_SIZE,
    OPTION_TIME,
    OPTION_SECONDS
} OptionKind;
#define VERB_BIT(verb) (1u << (unsigned)(verb))

typedef struct OptionInfo {
    const char *name;   /* with its dashes */
    const char *letter; /* "-f", or NULL */
    OptionKind kind;
    const char *value; /* what its value is called, NULL for a flag */
    const char *doc;
    unsigned verbs;      /* bits of the verbs that take it */
    size_t offset;       /* in Options; SIZE_MAX: special, see options.c */
    const char *choices; /* "a b c" for completion, or NULL */
    bool is_path;        /* completes file names */
} OptionInfo;

/* Ended by a NULL name. */
extern const OptionInfo option_table[];

/* Reads the command line; lists live in the arena. On a fault prints one message to standard error
 * that names the argument and returns false: exit code 2. */
bool options_parse(int argc, char **argv, Arena *arena, Options *ret);
void options_push(Arena *arena, TextList *list, const char *item);

/* help.c */
void help_print(FILE *out, Verb verb);
/* "man", "bash", "zsh" or "fish"; false for another name. */
bool help_generate(FILE *out, const char *what);

#endif
