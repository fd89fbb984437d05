/*
 * Help text, man page and completions: all printed from the tables of options.c.
 */
#include <stdlib.h>

#include "cli/options.h"

/* --------------------------------------------------------------------------- text */

static void print_wrapped(FILE *out, const char *text, int indent, int width) {
    int column = 0;
    while (*text) {
        if (*text == '\n') {
            fputc('\n', out);
            column = 0;
            text++;
            continue;
        }
        size_t word = strcspn(text, " \n");
        if (column && column + 1 + (int)word > width) {
            fputc('\n', out);
            column = 0;
        }
        if (!column) column = fprintf(out, "%*s", indent, "");
        else column += fprintf(out, " ");
        column += fprintf(out, "%.*s", (int)word, text);
        text += word;
        while (*text == ' ') text++;
    }
    fputc('\n', out);
}

static void print_option(FILE *out, const OptionInfo *o) {
    enum { DOC_COLUMN = 30 };
    int n =
        fprintf(out, "  %s%s%s", o->letter ? o->letter : "", o->letter ? ", " : "    ", o->name);
    if (o->value) n += fprintf(out, " %s", o->value);
    if (n < DOC_COLUMN - 1) fprintf(out, "%*s", DOC_COLUMN - n, "");
    else fprintf(out, "\n%*s", DOC_COLUMN, "");
    const char *text = o->doc;
    int column = DOC_COLUMN;
    while (*text) {
        size_t word = strcspn(text, " ");
        if (column > DOC_COLUMN && column + 1 + (int)word > 100) {
            fprintf(out, "\n%*s", DOC_COLUMN, "");
            column = DOC_COLUMN;
        } else if (column > DOC_COLUMN) {
            column += fprintf(out, " ");
        }
        column += fprintf(out, "%.*s", (int)word, text);
        text += word;
        while (*text == ' ') text++;
    }
    fputc('\n', out);
}

static const char exit_codes[] =
    "Exit codes: 0 it ran; 1 it failed at run time; 2 the command line, query or rule is wrong; "
    "3 there were hits (--fail-on-hits); 130 interrupted.";

void help_print(FILE *out, Verb verb) {
    const VerbInfo *v = &verb_table[verb];
    if (verb == VERB_NONE) {
        fprintf(out, "quarry: %s\n\n", v->doc);
        print_wrapped(out, v->text, 0, 100);
        fprintf(out, "\nUsage: quarry %s\n\nVerbs:\n", v->args);
        for (Verb i = VERB_HUNT; i < VERB_COUNT; i++)
            fprintf(out, "  %-11s %s\n", verb_table[i].name, verb_table[i].doc);
        fputs("\nOptions of all verbs:\n", out);
    } else {
        fprintf(out, "quarry %s: %s\n\nUsage: quarry %s [OPTION]... %s\n\n", v->name, v->doc,
                v->name, v->args);
        print_wrapped(out, v->text, 0, 100);
        fputs("\nOptions:\n", out);
    }
    unsigned all = (1u << VERB_COUNT) - 1;
    for (const OptionInfo *o = option_table; o->name; o++)
        if (verb == VERB_NONE ? o->verbs == all : (o->verbs & VERB_BIT(verb)) != 0)
            print_option(out, o);
    fprintf(out, "\nExample:\n  %s\n\n", v->example);
    print_wrapped(out, exit_codes, 0, 100);
    if (verb == VERB_NONE) fputs("\nHelp on a verb: quarry help VERB\n", out);
}

/* ----------------------------------------------------------------------- man page */

/* A text in mdoc: short lines, each sentence on a line of its own, no line that reads as a request. */
static void man_text(FILE *out, const char *text) {
    enum { LINE = 78 };
    int column = 0;
    while (*text) {
        if (*text == '\n') {
            fputs(column ? "\n.Pp\n" : ".Pp\n", out);
            column = 0;
            text++;
            continue;
        }
        int word = (int)strcspn(text, " \n");
        if (column && column + 1 + word > LINE) {
            fputc('\n', out);
            column = 0;
        }
        if (column) column += fprintf(out, " ");
        else if (*text == '.' || *text == '\'') fputs("\\&", out);
        column += word;
        for (int i = 0; i < word; i++) {
            if (text[i] == '-') fputs("\\-", out);
            else if (text[i] == '\\') fputs("\\e", out);
            else fputc(text[i], out);
        }
        const char *end = text += word;
        while (*text == ' ') text++;
        if (text[-1] == ' ' && strchr(".?!", end[-1])) {
            fputc('\n', out);
            column = 0;
        }
    }
    if (column) fputc('\n', out);
}

static void man_option(FILE *out, const OptionInfo *o) {
    fputs(".It", out);
    if (o->letter) fprintf(out, " Fl %s ,", o->letter + 1);
    fprintf(out, " Fl %s", o->name + 1);
    if (o->value) fprintf(out, " Ar %s", o->value);
    fputc('\n', out);
    man_text(out, o->doc);
    if (o->verbs == (1u << VERB_COUNT) - 1) return;
    fputs("(", out);
    const char *sep = "";
    for (Verb v = VERB_HUNT; v < VERB_COUNT; v++) {
        if (!(o->verbs & VERB_BIT(v))) continue;
        fprintf(out, "%s%s", sep, verb_table[v].name);
        sep = ", ";
    }
    fputs(")\n", out);
}

static const char man_tail[] = ".El\n"
                               ".Sh ENVIRONMENT\n"
                               ".Bl -tag -width NO_COLOR\n"
                               ".It Ev NO_COLOR\n"
                               "No colours unless\n"
                               ".Fl -color Ar always\n"
                               "is given.\n"
                               ".It Ev TMPDIR\n"
                               "Where the engine spills when memory is short.\n"
                               ".El\n"
                               ".Sh EXIT STATUS\n";

static void print_man(FILE *out) {
    fputs(".Dd November 24, 2026\n.Dt QUARRY 1\n.Os\n.Sh NAME\n.Nm quarry\n"
          ".Nd hunt with KQL anywhere\n.Sh SYNOPSIS\n",
          out);
    for (Verb v = VERB_HUNT; v < VERB_COUNT; v++)
        fprintf(out, ".Nm quarry\n.Cm %s\n.Op Ar option ...\n.Ar %s\n", verb_table[v].name,
                verb_table[v].args);
    fputs(".Sh DESCRIPTION\n", out);
    man_text(out, verb_table[VERB_NONE].text);
    fputs(".Sh VERBS\n.Bl -tag -width functions\n", out);
    for (Verb v = VERB_HUNT; v < VERB_COUNT; v++) {
        fprintf(out, ".It Cm %s\n", verb_table[v].name);
        man_text(out, verb_table[v].text);
    }
    fputs(".El\n.Sh OPTIONS\n.Bl -tag -width Ds\n", out);
    for (const OptionInfo *o = option_table; o->name; o++) man_option(out, o);
    fputs(man_tail, out);
    man_text(out, exit_codes);
    fputs(".Sh EXAMPLES\n", out);
    for (Verb v = VERB_HUNT; v < VERB_HELP; v++) {
        const char *e = verb_table[v].example;
        fputs(".Dl ", out);
        for (; *e; e++) fprintf(out, *e == '-' ? "\\-" : "%c", *e);
        fputc('\n', out);
    }
}

/* -------------------------------------------------------------------- completions */

static bool has_rows(const char *name) {
    size_t n = 0;
    for (const OptionInfo *o = option_table; o->name; o++) n += !strcmp(o->name, name);
    return n > 1;
}

/* What stands before the cursor: "verb:option". */
static void bash_pattern(FILE *out, const OptionInfo *o) {
    const char *sep = "    ";
    for (Verb v = VERB_HUNT; has_rows(o->name) && v < VERB_COUNT; v++) {
        if (!(o->verbs & VERB_BIT(v))) continue;
        fprintf(out, "%s%s:%s", sep, verb_table[v].name, o->name);
        sep = "|";
    }
    if (!has_rows(o->name)) fprintf(out, "    *:%s", o->name);
    if (!has_rows(o->name) && o->letter) fprintf(out, "|*:%s", o->letter);
    fputs(") ", out);
}

static void print_bash(FILE *out) {
    fputs(
        "# bash completion for quarry\n_quarry() {\n    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb= w\n"
        "    for w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do case $w in -*) ;; *) verb=$w; break ;; esac; done\n"
        "    case $verb:$prev in\n",
        out);
    for (const OptionInfo *o = option_table; o->name; o++) {
        if (!o->value) continue;
        bash_pattern(out, o);
        if (o->choices)
            fprintf(out, "mapfile -t COMPREPLY < <(compgen -W \"%s\" -- \"$cur\"); return ;;\n",
                    o->choices);
        else if (o->is_path)
            fputs(
                "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;\n",
                out);
        else fputs("return ;;\n", out);
    }
    fputs("    esac\n    local options\n    case $verb in\n", out);
    for (Verb v = VERB_HUNT; v < VERB_COUNT; v++) {
        fprintf(out, "    %s) options=\"", verb_table[v].name);
        for (const OptionInfo *o = option_table; o->name; o++)
            if (o->verbs & VERB_BIT(v)) fprintf(out, "%s ", o->name);
        fputs("\" ;;\n", out);
    }
    fputs(
        "    *) options=\"--help --version\" ;;\n    esac\n"
        "    if [[ $cur == -* ]]; then mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$cur\")\n"
        "    elif [[ -z $verb || $verb == help ]]; then mapfile -t COMPREPLY < <(compgen -W \"",
        out);
    for (Verb v = VERB_HUNT; v < VERB_COUNT; v++) fprintf(out, "%s ", verb_table[v].name);
    fputs(
        "\" -- \"$cur\")\n    else compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); fi\n}\n"
        "complete -F _quarry quarry\n",
        out);
}

/* A text inside single quotes of a shell; `special` are the characters that descriptions there want
 * with a backslash before. */
static void shell_text(FILE *out, const char *text, const char *special) {
    for (; *text; text++) {
        if (*text == '\'') fputs("'\\''", out);
        else if (strchr(special, *text)) fprintf(out, "\\%c", *text);
        else fputc(*text, out);
    }
}

static void print_zsh(FILE *out) {
    fputs(
        "#compdef quarry\n# zsh completion for quarry\n_quarry() {\n  local verb=${words[2]}\n  local -a verbs=(\n",
        out);
    for (Verb v = VERB_HUNT; v < VERB_COUNT; v++) {
        fprintf(out, "    '%s:", verb_table[v].name);
        shell_text(out, verb_table[v].doc, "[]:");
        fputs("'\n", out);
    }
    fputs(
        "  )\n  if (( CURRENT == 2 )); then _describe verb verbs; return; fi\n  shift words; (( CURRENT-- ))\n  case $verb in\n",
        out);
    for (Verb v = VERB_HUNT; v < VERB_COUNT; v++) {
        fprintf(out, "  %s) _arguments", verb_table[v].name);
        for (const OptionInfo *o = option_table; o->name; o++) {
            if (!(o->verbs & VERB_BIT(v))) continue;
            fprintf(out, " \\\n    '%s%s[", o->kind == OPTION_LIST ? "*" : "", o->name);
            shell_text(out, o->doc, "[]:");
            fputc(']', out);
            if (o->value) {
                fprintf(out, ":%s:", o->value);
                if (o->choices) fprintf(out, "(%s)", o->choices);
                else if (o->is_path) fputs("_files", out);
            }
            fputc('\'', out);
        }
        fputs(" \\\n    '*:file:_files' ;;\n", out);
    }
    fputs("  esac\n}\n_quarry \"$@\"\n", out);
}

static void print_fish(FILE *out) {
    fputs("# fish completion for quarry\ncomplete -c quarry -n __fish_use_subcommand -f\n", out);
    for (Verb v = VERB_HUNT; v < VERB_COUNT; v++) {
        fprintf(out, "complete -c quarry -n __fish_use_subcommand -a %s -d '", verb_table[v].name);
        shell_text(out, verb_table[v].doc, "\\");
        fputs("'\n", out);
    }
    for (const OptionInfo *o = option_table; o->name; o++) {
        fputs("complete -c quarry -n '__fish_seen_subcommand_from", out);
        for (Verb v = VERB_HUNT; v < VERB_COUNT; v++)
            if (o->verbs & VERB_BIT(v)) fprintf(out, " %s", verb_table[v].name);
        fprintf(out, "' -l %s", o->name + 2);
        if (o->letter) fprintf(out, " -s %s", o->letter + 1);
        if (o->choices) fprintf(out, " -x -a '%s'", o->choices);
        else if (o->value) fputs(o->is_path ? " -r -F" : " -x", out);
        fputs(" -d '", out);
        shell_text(out, o->doc, "\\");
        fputs("'\n", out);
    }
}

bool help_generate(FILE *out, const char *what) {
    static const struct {
        const char *name;
        void (*print)(FILE *);
    } kinds[] = {
        {"man", print_man}, {"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (strcmp(what, kinds[i].name) != 0) continue;
        kinds[i].print(out);
        return true;
    }
    return false;
}
