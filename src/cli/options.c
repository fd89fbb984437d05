#include "cli/options.h"

#include <errno.h>
#include <stdlib.h>

#include "base/ticks.h"

/* clang-format off */
const VerbInfo verb_table[VERB_COUNT] = {
    [VERB_NONE] = {"quarry", "VERB [OPTION]... [ARGUMENT]...", "hunt with KQL anywhere",
                   "Runs Microsoft Sentinel and Defender XDR hunting rules, unmodified, over exported telemetry on this "
                   "machine: no cloud, no workspace, no retention window.",
                   "quarry hunt suspicious-url-clicked --data exports/"},
    [VERB_HUNT] = {"hunt", "RULE...", "run hunting rules over telemetry",
                   "RULE is a rule file (YAML or .kql), a folder of them, or the name or id of a rule that comes with "
                   "Quarry (see `quarry rules`). Reports which tables are present, the hits, what exclusions "
                   "suppressed and why, and which hits were kept because they mimic something internal. A rule that "
                   "fails does not stop the others.\n"
                   "Nothing is suppressed unless --exclusions names a file.",
                   "quarry hunt suspicious-url-clicked --data exports/ --exclusions exclusions.yaml"},
    [VERB_QUERY] = {"query", "[KQL | -]", "run a KQL query over telemetry",
                    "The query stands on the command line, in a file (-f) or on standard input (-). Without --data "
                    "it may use print, range and datatable.\n"
                    "A query may have several results: statements parted by ;, and fork and facet; and a text "
                    "several queries, parted by blank lines where it is no single query. They are shown "
                    "one after the other; --result picks one, and --output DIR/ writes a file each. In csv, tsv and "
                    "parquet a file holds one result.",
                    "quarry query 'DeviceEvents | summarize count() by ActionType' --data exports/"},
    [VERB_CHECK] = {"check", "FILE...", "check rules and queries without data",
                    "Parses and binds rule files, .kql files and folders of them against the known table schemas, and "
                    "tells each fault with its line and column. A .kql file may hold several queries, parted by blank "
                    "lines; a rule has one.",
                    "quarry check rules/"},
    [VERB_TABLES] = {"tables", "[NAME]", "list tables: of the data, or the known ones",
                     "With --data: the tables found, their rows, columns and files, and what was skipped. Without: the "
                     "known table schemas. NAME may hold * and lists the columns when it names one table.",
                     "quarry tables --data exports/"},
    [VERB_RULES] = {"rules", "[PATH]...", "list hunting rules",
                    "The rules in the given files and folders, or those that come with Quarry.", "quarry rules"},
    [VERB_FUNCTIONS] = {"functions", "[NAME]", "the language reference",
                        "Lists operators, functions and aggregates with their signatures, or explains one.",
                        "quarry functions has_any"},
    [VERB_EXPLAIN] = {"explain", "[KQL | -]", "show the plan and SQL of a query",
                      "Shows the bound plan, the plan after rewrites and the SQL that the engine runs.",
                      "quarry explain 'DeviceEvents | where ActionType has \"Browser\" | count'"},
    [VERB_FMT] = {"fmt", "[FILE | -]...", "format KQL",
                  "Prints the query of each file formatted, comments kept. With --write .kql files are changed in "
                  "place; with --check the exit code tells whether something would change.",
                  "quarry fmt --write hunts/*.kql"},
    [VERB_IMPORT] = {"import", "", "import telemetry into a lake",
                     "Writes the exports as a lake of Parquet files, by table and day, which --lake DIR reads in the "
                     "place of the exports. Exports that are in the lake already are left out; an import that is "
                     "stopped goes on where it was when it is started again.",
                     "quarry import --data exports/ --lake lake/"},
    [VERB_LAKE] = {"lake", "stats|verify|compact|expire", "what a lake holds, and the chores on it",
                   "stats lists tables, rows, parts and days; verify looks whether each part is there and whole; "
                   "compact writes small parts of a day anew as large ones; expire removes what is older than "
                   "--before.",
                   "quarry lake stats --lake lake/"},
    [VERB_HELP] = {"help", "[VERB]", "show help on a verb", "Shows this text, or a verb's.", "quarry help hunt"},
};
/* clang-format on */

enum {
    HUNTS = VERB_BIT(VERB_HUNT),
    QUERIES = VERB_BIT(VERB_QUERY),
    CHECKS = VERB_BIT(VERB_CHECK),
    TABLES = VERB_BIT(VERB_TABLES),
    RULES = VERB_BIT(VERB_RULES),
    FUNCTIONS = VERB_BIT(VERB_FUNCTIONS),
    EXPLAINS = VERB_BIT(VERB_EXPLAIN),
    FORMATS = VERB_BIT(VERB_FMT),
    IMPORTS = VERB_BIT(VERB_IMPORT),
    LAKES = VERB_BIT(VERB_LAKE),
    READS = HUNTS | QUERIES | TABLES | EXPLAINS | CHECKS | IMPORTS,
    RUNS = HUNTS | QUERIES | TABLES | IMPORTS,
    ALL = (1 << VERB_COUNT) - 1
};

#define AT(field) offsetof(Options, field)
#define SPECIAL SIZE_MAX

/* clang-format off */
const OptionInfo option_table[] = {
    {"--data", "-d", OPTION_LIST, "PATH", "telemetry: a file, folder or glob; - is standard input (repeatable)", READS, AT(data), NULL, true},
    {"--table", NULL, OPTION_LIST, "NAME=PATH", "bind one table to a file or folder by hand (repeatable)", READS, AT(tables), NULL, true},
    {"--lake", "-l", OPTION_LIST, "DIR", "a lake made by import (repeatable)", READS | LAKES, AT(lakes), NULL, true},
    {"--again", NULL, OPTION_FLAG, NULL, "import also what is in the lake already", IMPORTS, AT(takes_again), NULL, false},
    {"--batch", NULL, OPTION_SIZE, "SIZE", "exports that are committed together; default: 2G", IMPORTS, AT(batch_bytes), NULL, false},
    {"--timestamps", NULL, OPTION_TEXT, "UNIT", "of a new lake: datetimes in nanos, which is exact, or micros, which more programs read; default: nanos", IMPORTS, AT(timestamps), "nanos micros", false},
    {"--before", NULL, OPTION_TIME, "DATETIME", "what is older goes (expire)", LAKES, AT(before_ticks), NULL, false},
    {"--watchlists", NULL, OPTION_TEXT, "DIR", "folder of CSV files, a watchlist each", READS, AT(watchlists), NULL, true},
    {"--external", NULL, OPTION_LIST, "URL=PATH", "file that externaldata reads in place of an address; or a folder that holds such files as DIR/host/path (repeatable)", READS, AT(externals), NULL, true},
    {"--geoip", NULL, OPTION_TEXT, "FILE", "database of places (MaxMind City, .mmdb) for geo_info_from_ip_address", READS, AT(geoip), NULL, true},
    {"--timezone", NULL, OPTION_TEXT, "OFFSET", "zone of portal CSV times marked [Local Time], as +02:00", READS, AT(timezone), NULL, false},
    {"--schemas", NULL, OPTION_TEXT, "DIR", "folder of the known table schemas", READS | RULES | FORMATS, AT(schemas), NULL, true},
    {"--now", NULL, OPTION_TIME, "DATETIME", "what now() and ago() start from; default: the clock", READS, AT(now_ticks), NULL, false},
    {"--from", NULL, OPTION_TIME, "DATETIME", "only rows of this time or later, in every table", RUNS, AT(from_ticks), NULL, false},
    {"--to", NULL, OPTION_TIME, "DATETIME", "only rows of this time or earlier, in every table", RUNS, AT(to_ticks), NULL, false},
    {"--strict", NULL, OPTION_FLAG, NULL, "a record that cannot be read is an error, not a counted skip", READS, AT(is_strict), NULL, false},
    {"--exclusions", "-x", OPTION_LIST, "FILE", "known benign scenarios and protections (repeatable)", HUNTS, AT(exclusions), NULL, true},
    {"--no-unwrap", NULL, OPTION_FLAG, NULL, "compare links as they stand: Safe Links and the like stay wrapped", HUNTS, AT(no_unwrap), NULL, false},
    {"--unwrap", NULL, OPTION_FLAG, NULL, "joins on link columns compare the innermost link, as a hunt does", QUERIES | EXPLAINS, AT(unwrap), NULL, false},
    {"--show-suppressed", NULL, OPTION_FLAG, NULL, "list every suppressed row with its reason", HUNTS, AT(shows_suppressed), NULL, false},
    {"--show-kql", NULL, OPTION_FLAG, NULL, "print the exclusions as KQL for Sentinel instead of hunting", HUNTS, AT(shows_kql), NULL, false},
    {"--fail-on-hits", NULL, OPTION_FLAG, NULL, "end with exit code 3 when there are hits", HUNTS, AT(fails_on_hits), NULL, false},
    {"--no-counts", NULL, OPTION_FLAG, NULL, "do not count the rows of the tables", HUNTS | TABLES, AT(no_counts), NULL, false},
    {"--file", "-f", OPTION_LIST, "FILE", "read the query from a file", QUERIES | EXPLAINS, AT(files), NULL, true},
    {"--result", NULL, OPTION_TEXT, "N", "of several results only this one, by number or name", QUERIES, AT(result), NULL, false},
    {"--disable-rewrite", NULL, OPTION_LIST, "NAME", "leave one plan rewrite out (repeatable)", QUERIES | EXPLAINS | HUNTS, AT(disabled_rewrites), NULL, false},
    {"--check", NULL, OPTION_FLAG, NULL, "change nothing; exit code 1 when a file is not formatted", FORMATS, AT(is_check), NULL, false},
    {"--write", "-w", OPTION_FLAG, NULL, "format files in place", FORMATS, AT(writes), NULL, false},
    {"--width", NULL, OPTION_NUMBER, "N", "wished line width (100)", FORMATS, AT(width), NULL, false},
    {"--indent", NULL, OPTION_NUMBER, "N", "blanks a level (4)", FORMATS, AT(indent), NULL, false},
    {"--reference", NULL, OPTION_FLAG, NULL, "print the whole reference as Markdown", FUNCTIONS, AT(reference), NULL, false},
    {"--threads", NULL, OPTION_NUMBER, "N", "threads to use; default: all cores", RUNS, AT(threads), NULL, false},
    {"--memory", NULL, OPTION_SIZE, "SIZE", "memory before spilling to disk, as 2G or 512M", RUNS, AT(memory_bytes), NULL, false},
    {"--timeout", NULL, OPTION_SECONDS, "SECONDS", "end a query that runs longer", RUNS, AT(timeout_ms), NULL, false},
    {"--max-rows", NULL, OPTION_NUMBER, "N", "end a query that gives more rows", HUNTS | QUERIES, AT(max_rows), NULL, false},
    {"--format", NULL, OPTION_TEXT, "FORMAT", "table, json, ndjson, csv, tsv (these two: one rule), markdown, html or kusto; default: table at a terminal, ndjson in a pipe", HUNTS, SPECIAL, "table json ndjson csv tsv markdown html kusto", false},
    {"--format", NULL, OPTION_TEXT, "FORMAT", "table, json, ndjson, csv, tsv, markdown, html, parquet or kusto; default: table at a terminal, ndjson in a pipe", QUERIES, SPECIAL, "table json ndjson csv tsv markdown html parquet kusto", false},
    {"--format", NULL, OPTION_TEXT, "FORMAT", "table, or json or ndjson, which are an object a line; default: table", ALL & ~(HUNTS | QUERIES), SPECIAL, "table json ndjson", false},
    {"--output", "-o", OPTION_TEXT, "FILE", "write the report of all rules to a file, which takes its name once it is whole", HUNTS, AT(output), NULL, true},
    {"--output", "-o", OPTION_TEXT, "FILE", "write the result to a file, which takes its name once it is whole; a folder (DIR/) takes a file a result", QUERIES, AT(output), NULL, true},
    {"--quiet", "-q", OPTION_FLAG, NULL, "only errors on standard error", ALL, AT(is_quiet), NULL, false},
    {"--verbose", "-v", OPTION_FLAG, NULL, "say more: all columns of many hits, bytes read, time taken", ALL, AT(is_verbose), NULL, false},
    {"--no-progress", NULL, OPTION_FLAG, NULL, "no progress line", RUNS, AT(no_progress), NULL, false},
    {"--color", NULL, OPTION_TEXT, "WHEN", "auto, always or never; NO_COLOR is heeded", ALL, SPECIAL, "auto always never", false},
    {"--generate", NULL, OPTION_TEXT, "WHAT", "print the man page or a completion: man, bash, zsh or fish", VERB_BIT(VERB_HELP), AT(generate), "man bash zsh fish", false},
    {"--help", "-h", OPTION_FLAG, NULL, "show help", ALL, AT(wants_help), NULL, false},
    {"--version", NULL, OPTION_FLAG, NULL, "show the version", ALL, AT(wants_version), NULL, false},
    {0}};
/* clang-format on */

void options_push(Arena *arena, TextList *list, const char *item) {
    ARENA_PUSH(arena, list->items, list->n, list->cap, item);
}

/* ---------------------------------------------------------------------- faults */

static bool fault(const char *fmt, ...) PRINTF_LIKE(1, 2);
static bool fault(const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    fputs("quarry: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    return false;
}

/* Later work of the command-line contract: named, so that nobody looks for a typing error. */
static bool is_later(Str name) {
    static const char *const later[] = {"test", "watch", "serve"};
    for (size_t i = 0; i < COUNT_OF(later); i++)
        if (str_is(name, later[i])) return true;
    return false;
}

static bool unknown_option(const Options *o, Str name) {
    if (is_later(name)) return fault("%.*s is not yet supported", STR_ARG(name));
    const char *best = NULL;
    unsigned nearest = 4;
    for (const OptionInfo *i = option_table; i->name; i++) {
        if (o->verb != VERB_NONE && !(i->verbs & VERB_BIT(o->verb))) continue;
        unsigned d = str_distance(name, str_of(i->name), nearest);
        if (d < nearest) {
            nearest = d;
            best = i->name;
        }
    }
    const char *verb = o->verb == VERB_NONE ? "" : verb_table[o->verb].name;
    if (best) return fault("unknown option %.*s; did you mean %s?", STR_ARG(name), best);
    return fault("unknown option %.*s (see quarry help%s%s)", STR_ARG(name), *verb ? " " : "",
                 verb);
}

/* ---------------------------------------------------------------------- values */

static bool read_number(const char *name, const char *text, int64_t *ret) {
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (end == text || *end || errno || value < 1)
        return fault("%s wants a number of 1 or more, not \"%s\"", name, text);
    *ret = value;
    return true;
}

static bool read_seconds(const char *name, const char *text, int64_t *ret) {
    char *end;
    errno = 0;
    double value = strtod(text, &end);
    if (end == text || *end || errno || !(value > 0) || value > 1e9)
        return fault("%s wants a number of seconds, not \"%s\"", name, text);
    *ret = (int64_t)(value * 1000) + (value * 1000 < 1);
    return true;
}

/* Less than the engine needs for its own tables is a typing error, such as 4 for 4G. */
enum { LEAST_MEMORY = 1 << 20 };

static bool read_size(const char *name, const char *text, int64_t *ret) {
    static const struct {
        const char *suffix;
        double factor;
    } units[] = {{"", 1},          {"b", 1},
                 {"k", 1 << 10},   {"kb", 1e3},
                 {"kib", 1 << 10}, {"m", 1 << 20},
                 {"mb", 1e6},      {"mib", 1 << 20},
                 {"g", 1 << 30},   {"gb", 1e9},
                 {"gib", 1 << 30}, {"t", 1099511627776.0},
                 {"tb", 1e12},     {"tib", 1099511627776.0}};
    char *end;
    errno = 0;
    double value = strtod(text, &end);
    Str suffix = str_trim(str_of(end));
    for (size_t i = 0; i < COUNT_OF(units) && end != text && !errno; i++) {
        if (!str_eq_nocase(suffix, str_of(units[i].suffix))) continue;
        double bytes = value * units[i].factor;
        if (!(bytes >= 1) || bytes > 9e18) break;
        if (bytes < LEAST_MEMORY && !strcmp(name, "--memory"))
            return fault("--memory wants 1M or more, not \"%s\"", text);
        *ret = (int64_t)bytes;
        return true;
    }
    return fault("%s wants a size such as 2G or 512M, not \"%s\"", name, text);
}

/* Whether a word stands in a list "a b c". */
static bool is_among(const char *choices, Str word) {
    for (Str rest = str_of(choices); rest.len;) {
        size_t blank = str_find(rest, STR(" "), 0), len = blank == SIZE_MAX ? rest.len : blank;
        if (str_eq(str_sub(rest, 0, len), word)) return true;
        rest = str_sub(rest, len + 1, rest.len);
    }
    return false;
}

static bool read_special(Options *o, const OptionInfo *info, const char *text) {
    Str value = str_of(text);
    if (!strcmp(info->name, "--format")) {
        o->has_format = true;
        o->is_text = str_is(value, "text"); /* another word for table */
        if (o->is_text) o->format = RESULT_TABLE;
        if (o->is_text) return true;
        if (is_among(info->choices, value) && result_format_from_name(value, &o->format))
            return true;
        const char *of = o->verb == VERB_NONE ? "" : " of quarry ";
        return fault("\"%s\" is no format%s%s; there are: %s", text, of,
                     o->verb == VERB_NONE ? "" : verb_table[o->verb].name, info->choices);
    }
    static const char *const rules[] = {"auto", "always", "never"};
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        if (!str_is(value, rules[i])) continue;
        o->colour = (ColourRule)i;
        return true;
    }
    return fault("--color wants auto, always or never, not \"%s\"", text);
}

static bool set_value(Arena *arena, Options *o, const OptionInfo *info, const char *text) {
    if (info->offset == SPECIAL) return read_special(o, info, text);
    void *field = (char *)o + info->offset;
    switch (info->kind) {
    case OPTION_FLAG: *(bool *)field = true; return true;
    case OPTION_TEXT: *(const char **)field = text; return true;
    case OPTION_LIST: options_push(arena, field, text); return true;
    case OPTION_NUMBER: return read_number(info->name, text, field);
    case OPTION_SIZE: return read_size(info->name, text, field);
    case OPTION_SECONDS: return read_seconds(info->name, text, field);
    case OPTION_TIME:
        if (ticks_parse_datetime(str_of(text), field)) return true;
        return fault("%s wants a date and time such as 2026-11-24T08:00:00Z, not \"%s\"",
                     info->name, text);
    }
    return false;
}

/* ------------------------------------------------------------------------ verbs */

static bool find_verb(const char *text, Verb *ret) {
    for (Verb v = VERB_HUNT; v < VERB_COUNT; v++) {
        if (strcmp(text, verb_table[v].name) != 0) continue;
        *ret = v;
        return true;
    }
    return false;
}

static bool unknown_verb(const char *text) {
    if (is_later(str_of(text))) return fault("the verb %s is not yet supported", text);
    Verb best = VERB_NONE;
    unsigned nearest = 3;
    for (Verb v = VERB_HUNT; v < VERB_COUNT; v++) {
        unsigned d = str_distance(str_of(text), str_of(verb_table[v].name), nearest);
        if (d >= nearest) continue;
        nearest = d;
        best = v;
    }
    if (best != VERB_NONE)
        return fault("unknown verb \"%s\"; did you mean %s?", text, verb_table[best].name);
    return fault("unknown verb \"%s\" (see quarry help)", text);
}

/* The verb's own row, where several verbs have an option in different ways. */
static const OptionInfo *find_option(Verb verb, Str name) {
    const OptionInfo *other = NULL;
    for (const OptionInfo *i = option_table; i->name; i++) {
        if (!str_is(name, i->name) && !(i->letter && str_is(name, i->letter))) continue;
        if (i->verbs & VERB_BIT(verb)) return i;
        other = i;
    }
    return other;
}

typedef struct Args {
    int argc, at;
    char **argv;
} Args;

static bool read_option(Arena *arena, Args *a, Options *o) {
    Str text = str_of(a->argv[a->at++]);
    size_t eq = text.len > 2 && text.ptr[1] == '-' ? str_find(text, STR("="), 0) : SIZE_MAX;
    Str name = eq == SIZE_MAX ? text : str_sub(text, 0, eq);
    const OptionInfo *info = find_option(o->verb, name);
    if (!info) return unknown_option(o, name);
    if (o->verb != VERB_NONE && !(info->verbs & VERB_BIT(o->verb)))
        return fault("%.*s is no option of quarry %s", STR_ARG(name), verb_table[o->verb].name);
    if (info->kind == OPTION_FLAG) {
        if (eq != SIZE_MAX) return fault("%.*s takes no value", STR_ARG(name));
        return set_value(arena, o, info, NULL);
    }
    const char *value = eq == SIZE_MAX ? NULL : text.ptr + eq + 1;
    if (!value) {
        if (a->at >= a->argc) return fault("%.*s wants a value: %s", STR_ARG(name), info->value);
        value = a->argv[a->at++];
    }
    return set_value(arena, o, info, value);
}

bool options_parse(int argc, char **argv, Arena *arena, Options *ret) {
    Options o = {.from_ticks = INT64_MIN, .to_ticks = INT64_MAX};
    Args a = {.argc = argc, .at = 1, .argv = argv};
    bool only_args = false;
    /* the verb decides which options are right: it is looked for first */
    for (int i = 1; i < argc && o.verb == VERB_NONE; i++) {
        if (argv[i][0] != '-' || !argv[i][1]) {
            if (!find_verb(argv[i], &o.verb)) return unknown_verb(argv[i]);
            a.at = i + 1;
        } else if (strcmp(argv[i], "--generate") == 0 && i + 1 < argc) {
            i++;
        } else if (!find_option(VERB_NONE, str_sub(str_of(argv[i]), 0,
                                                   str_find(str_of(argv[i]), STR("="), 0)))) {
            return unknown_option(&o, str_of(argv[i]));
        }
    }
    int verb_at = a.at - 1;
    a.at = 1;
    while (a.at < argc) {
        const char *text = argv[a.at];
        if (o.verb != VERB_NONE && a.at == verb_at) {
            a.at++;
        } else if (!only_args && strcmp(text, "--") == 0) {
            only_args = true;
            a.at++;
        } else if (!only_args && text[0] == '-' && text[1]) {
            if (!read_option(arena, &a, &o)) return false;
        } else {
            options_push(arena, &o.args, text);
            a.at++;
        }
    }
    if (o.from_ticks > o.to_ticks) return fault("--from is later than --to: no row can be between");
    o.help_on = o.verb;
    if (o.verb == VERB_HELP && o.args.n && !find_verb(o.args.items[0], &o.help_on))
        return unknown_verb(o.args.items[0]);
    if (o.verb == VERB_HELP && !o.args.n) o.help_on = VERB_NONE;
    *ret = o;
    return true;
}
