/* The program: command line to verb. */
#include <unistd.h>

#include "cli/verbs.h"
#include "quarry.h"

static int run_verb(Console *c) {
    switch (c->options->verb) {
    case VERB_HUNT: return verb_hunt(c);
    case VERB_QUERY: return verb_query(c);
    case VERB_CHECK: return verb_check(c);
    case VERB_TABLES: return verb_tables(c);
    case VERB_RULES: return verb_rules(c);
    case VERB_FUNCTIONS: return verb_functions(c);
    case VERB_EXPLAIN: return verb_explain(c);
    case VERB_FMT: return verb_fmt(c);
    case VERB_IMPORT: return verb_import(c);
    case VERB_LAKE: return verb_lake(c);
    case VERB_HELP: help_print(stdout, c->options->help_on); return EXIT_OK;
    case VERB_NONE:
    case VERB_COUNT: break;
    }
    help_print(stderr, VERB_NONE);
    return EXIT_USAGE;
}

int main(int argc, char **argv) {
    Arena *arena = arena_new();
    Options options;
    int code = EXIT_USAGE;
    if (options_parse(argc, argv, arena, &options)) {
        Console console;
        console_init(&console, &options, arena);
        if (options.wants_version) {
            printf("quarry %s\n", quarry_version());
            code = EXIT_OK;
        } else if (options.generate) {
            code = help_generate(stdout, options.generate) ? EXIT_OK : EXIT_USAGE;
            if (code) console_error("--generate wants man, bash, zsh or fish");
        } else if (options.wants_help) {
            help_print(stdout, options.help_on);
            code = EXIT_OK;
        } else {
            code = run_verb(&console);
        }
    }
    arena_free(arena);
    if (!CONSOLE_LEAVES_MEMORY) return code;
    /* the engine's threads may still wait for work: nothing is destroyed under them */
    fflush(NULL);
    _exit(code);
}
