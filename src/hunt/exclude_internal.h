/*
 * exclude_internal.h: conditions of exclusions and what they are asked about.
 *
 * A condition is YES, NO or UNKNOWN of a row; `not` keeps UNKNOWN, and only YES hides a row. The
 * tree and the rows are plain values: no session is needed to ask.
 */
#ifndef QUARRY_EXCLUDE_INTERNAL_H
#define QUARRY_EXCLUDE_INTERNAL_H

#include "hunt/exclusions.h"
#include "kernels/net/url.h"
#include "session/session.h"

/* ------------------------------------------------------------------- conditions */

typedef enum CondKind {
    COND_ALL,
    COND_ANY,
    COND_NOT,
    COND_COLUMN,       /* tests of a result column */
    COND_URL_HOST,     /* every link of the row leads to one of these hosts */
    COND_URL_PATH,     /* every link of the row has such a path */
    COND_PROCESS,      /* the process behind the row, its parent, their command lines */
    COND_ACCOUNT,      /* tests of any account column of the row */
    COND_DEVICE,       /* tests of any device column of the row */
    COND_THREAT_TYPES, /* what the mail filter said of the message or the click */
    COND_MIMICS        /* a link that looks like an internal one */
} CondKind;

typedef enum TestKind {
    TEST_IN, /* equal to one of the values */
    TEST_GLOB,
    TEST_CONTAINS,
    TEST_STARTS_WITH,
    TEST_ENDS_WITH,
    TEST_IP_WITHIN,  /* CIDR ranges */
    TEST_HOST_WITHIN /* the host, or one below it; values normalised */
} TestKind;

/* One of the values must fit. */
typedef struct TextTest {
    TestKind kind;
    Str *values;
    size_t n;
    bool is_case_sensitive;
} TextTest;

/* All of them must hold. */
typedef struct Tests {
    TextTest *items;
    size_t n;
} Tests;

typedef enum ProcessField {
    PROCESS_FILE,
    PROCESS_COMMAND_LINE,
    PROCESS_PARENT,
    PROCESS_PARENT_COMMAND_LINE,
    PROCESS_FIELDS
} ProcessField;
extern const char *const process_field_names[PROCESS_FIELDS]; /* keys of `process:` */

struct ExclusionCond {
    CondKind kind;
    Span span;
    ExclusionCond **args; /* ALL, ANY, NOT */
    size_t n_args;
    Str column; /* COLUMN; URL_*: only the link in this column, or empty */
    Tests tests;
    Tests process[PROCESS_FIELDS];
    bool is_any_host; /* URL_PATH: the file says `any_host: true` */
};

/* Which columns mean what; by convention where a file says nothing. */
typedef enum Role {
    ROLE_URL,
    ROLE_TIME,
    ROLE_DEVICE,
    ROLE_ACCOUNT,
    ROLE_MESSAGE,
    ROLE_PROCESS,
    ROLE_VERDICT, /* what the mail filter said, in the result itself */
    ROLE_COUNT,
    ROLE_NAMED = ROLE_VERDICT /* those before it can be named by a file: a verdict counts anyway */
} Role;
extern const char *const role_names[ROLE_NAMED];
/* The names that a role has by convention, NULL-terminated. */
const char *const *role_columns(Role role);

typedef struct ExclusionRoles {
    Str *names[ROLE_COUNT];
    size_t n[ROLE_COUNT], cap[ROLE_COUNT];
} ExclusionRoles;

/*
 * The roles for one result: as the file says, links and messages by convention where it names none that
 * the result has. holds: per column, what it was found to hold whatever its name, as bits
 * 1 << ColumnContent (contents_of_result); or NULL.
 */
unsigned *contents_of_result(Arena *arena, const Plan *p);
ExclusionRoles *roles_of_result(Arena *arena, const ExclusionRoles *roles, const Schema *schema,
                                const unsigned *holds);
/* Indexes of a schema's columns in a role. URL: text and dynamic columns named in the file, or else
 * all whose name has "url" or "link" in it, or "uri" as a word of it. *ret_n of them, in the order
 * of the file or the convention. */
uint32_t *role_find(Arena *arena, const ExclusionRoles *roles, const Schema *schema, Role role,
                    size_t *ret_n);

/* -------------------------------------------------------------------- row facts */

/* A link of a row, taken apart. */
typedef struct Link {
    Str column, text;
    UrlUnwrap unwrap;
    Str key; /* the innermost link as joins spell it: equal for all that a browser takes for it */
    Url url; /* of the innermost link */
    bool is_inside; /* stands in an array or bag */
    bool is_plain;  /* nothing odd, broken or opaque about it: only then it may satisfy an exclusion
                    */
    Str why_odd;    /* a phrase when not plain */
} Link;
Link link_read(Arena *arena, Str column, Str text);
/* Links of a row that are looked at; one more, never plain, stands for the rest. */
#define ROW_MAX_LINKS 256

/* A process that may be the one behind a row; an empty text is not known. */
typedef struct ProcessFact {
    Str field[PROCESS_FIELDS];
    Str account[3]; /* name, UPN, SID */
    Str source;     /* "DeviceEvents" or "the result" */
} ProcessFact;

typedef struct ThreatFact {
    Str types;  /* "Phish, Spam" */
    Str source; /* "EmailEvents" or "UrlClickEvents" */
} ThreatFact;

/* All that is known of one row. */
typedef struct HuntRow {
    const Schema *schema;
    const Value *cells;
    Link *links;
    size_t n_links;
    Str *accounts, *devices;
    size_t n_accounts, n_devices;
    ProcessFact *processes; /* all that fit; each must satisfy a condition */
    size_t n_processes;
    Str *messages; /* ids of the mails that it is about */
    size_t n_messages;
    ThreatFact *threats;
    size_t n_threats;
    Str unknown_verdict; /* why a verdict that may protect it is not known; empty: all are */
} HuntRow;

/* Links, accounts, devices and the process named in the result itself. */
HuntRow hunt_row(Arena *arena, const ExclusionRoles *roles, const Schema *schema,
                 const Value *cells);

/* -------------------------------------------------------------------- evaluation */

typedef enum Verdict { VERDICT_NO, VERDICT_YES, VERDICT_UNKNOWN } Verdict;

/* *ret_because: on YES, what was met, as a phrase. */
Verdict cond_eval(Arena *arena, const ExclusionSet *set, const ExclusionCond *cond,
                  const HuntRow *row, Str *ret_because);
bool text_test_holds(Arena *arena, const TextTest *test, Str value);

/* Whether something protects the row from every exclusion: the set's protections and those that are
 * always there (odd link, phish by the mail filter, look-alike). *ret_by, *ret_reason on true. */
bool row_is_protected(Arena *arena, const ExclusionSet *set, const HuntRow *row, Str rule_id,
                      Str rule_name, int64_t now_ticks, Str *ret_by, Str *ret_reason);

/* Without what joins names: dots, hyphens, and the underscores that DNS lets a label hold. */
Str name_squeezed(Arena *arena, Str name);

/* Whether a link, whose host is none of the set's internal ones, imitates one of them. */
bool link_mimics(Arena *arena, const ExclusionSet *set, const Link *link, Str *ret_how);
/* The same of QuarryHost, QuarryBare and QuarryLook as a KQL condition; never less than that. */
void kql_put_mimics(Buf *out, Arena *arena, const ExclusionSet *set);

/* Whether a condition asks for something of the kind anywhere. */
bool cond_asks(const ExclusionCond *cond, CondKind kind);
/* Can be met by process names alone. */
bool cond_is_broad(const ExclusionCond *cond);
/* Whether anything at all meets it: a glob of stars in every test. */
bool cond_is_vacuous(const ExclusionCond *cond);
/* Whether it is made of `not` alone: all that is not named meets it. */
bool cond_only_denies(const ExclusionCond *cond);
/* Can be met by a path alone, on any host. */
bool cond_is_path_only(const ExclusionCond *cond);

/* ------------------------------------------------------------------------ loading */

typedef struct ExclusionLoader {
    ExclusionSet *set;
    ExclusionFile *file;
    const YamlNode *lists;
} ExclusionLoader;

/* Reads file->text; its entries join the set only when all of it is right. */
NODISCARD Status exclusion_file_load(ExclusionSet *set, ExclusionFile *file);
Diag *exclusion_error(ExclusionLoader *l, Span span, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* A result column that the file counts on: told when no result has it. */
void exclusion_note_column(ExclusionLoader *l, Str name);
/* NULL after an error. */
ExclusionCond *cond_load(ExclusionLoader *l, const YamlNode *node, bool is_protection);
/* Tells of every path that stands without a host. */
void cond_check_paths(ExclusionLoader *l, const ExclusionCond *c);
/* Tells of every key of a mapping that is none of the allowed (NULL-terminated). */
bool exclusion_keys_known(ExclusionLoader *l, const YamlNode *mapping, const char *const *allowed);

/* --------------------------------------------------------------------------- globs */

/* `*` any run, `?` one character, `[a-z]` `[!a]` one of a class, `\` takes the next as it is. False
 * with where and what when a glob is wrong. */
bool glob_check(Str glob, size_t *ret_at, const char **ret_what);
/* Lower case, but no foreign letter becomes an ASCII one: the Kelvin sign in "tas\u212Aeng.exe" is no
 * k, or another file would pass for a trusted one. */
uint32_t case_folded(uint32_t cp);
/* The glob must be right; the whole text must fit. */
bool glob_match(Str glob, Str text, bool is_case_sensitive);

/* ------------------------------------------------------------------------------- IP */

typedef struct IpRange {
    uint8_t bytes[16];
    unsigned bits; /* of 128; an IPv4 stands as ::ffff:a.b.c.d */
} IpRange;
bool ip_range_parse(Str text, IpRange *ret);
bool ip_range_holds(const IpRange *range, Str address);

#endif
