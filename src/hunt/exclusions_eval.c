/*
 * exclusions_eval.c: conditions asked of a row. See exclude_internal.h.
 *
 * What is not known is UNKNOWN and stays so under `not`: a missing column, a process of which
 * nothing is recorded, a link that is odd, broken or opaque.
 */
#include "base/utf8.h"
#include "hunt/exclude_internal.h"
#include "kernels/kernel.h"

typedef struct Eval {
    Arena *arena;
    const ExclusionSet *set;
    const HuntRow *row;
    bool any_link; /* of a protection: one link that fits is enough, odd or not */
} Eval;

static Str shown(Str s) { return str_sub(s, 0, 120); }

/* ---------------------------------------------------------------------------- tests */

static size_t find_nocase(Str text, Str part) {
    for (size_t i = 0; i + part.len <= text.len; i++)
        if (utf8_eq_nocase(str_sub(text, i, part.len), part)) return i;
    return SIZE_MAX;
}

static bool value_holds(Arena *arena, const TextTest *test, Str want, Str value) {
    IpRange range;
    Str folded = value, folded_want = want;
    if (!test->is_case_sensitive && test->kind != TEST_GLOB && test->kind != TEST_HOST_WITHIN) {
        folded = utf8_map(arena, value, case_folded);
        folded_want = utf8_map(arena, want, case_folded);
    }
    switch (test->kind) {
    case TEST_IN: return str_eq(folded, folded_want);
    case TEST_GLOB: return glob_match(want, value, test->is_case_sensitive);
    case TEST_CONTAINS: return str_find(folded, folded_want, 0) != SIZE_MAX;
    case TEST_STARTS_WITH: return str_starts_with(folded, folded_want);
    case TEST_ENDS_WITH: return str_ends_with(folded, folded_want);
    case TEST_IP_WITHIN: return ip_range_parse(want, &range) && ip_range_holds(&range, value);
    case TEST_HOST_WITHIN: return url_host_within(value, want);
    }
    return false;
}

/* The value of the test that fits, or NULL. */
static const Str *fitting_value(Arena *arena, const TextTest *test, Str value) {
    for (size_t i = 0; i < test->n; i++)
        if (value_holds(arena, test, test->values[i], value)) return &test->values[i];
    return NULL;
}

bool text_test_holds(Arena *arena, const TextTest *test, Str value) {
    return fitting_value(arena, test, value) != NULL;
}

static bool tests_hold(Arena *arena, const Tests *tests, Str value) {
    for (size_t i = 0; i < tests->n; i++)
        if (!text_test_holds(arena, &tests->items[i], value)) return false;
    return tests->n > 0;
}

static const char *test_verb(TestKind kind) {
    switch (kind) {
    case TEST_IN: return "is";
    case TEST_GLOB: return "fits";
    case TEST_CONTAINS: return "contains";
    case TEST_STARTS_WITH: return "starts with";
    case TEST_ENDS_WITH: return "ends with";
    case TEST_IP_WITHIN:
    case TEST_HOST_WITHIN: return "is within";
    }
    return "is";
}

/* "host a.b is within b" */
static Str say_tests(Arena *arena, const char *what, Str value, const Tests *tests) {
    Str said = STR_EMPTY;
    for (size_t i = 0; i < tests->n; i++) {
        const Str *want = fitting_value(arena, &tests->items[i], value);
        if (!want) continue;
        bool is_equal = tests->items[i].kind == TEST_IN;
        said = is_equal ? arena_printf(arena, "%.*s%s%s is %.*s", STR_ARG(said),
                                       said.len ? ", " : "", what, STR_ARG(shown(value)))
                        : arena_printf(arena, "%.*s%s%s %.*s %s %.*s", STR_ARG(said),
                                       said.len ? ", " : "", what, STR_ARG(shown(value)),
                                       test_verb(tests->items[i].kind), STR_ARG(shown(*want)));
    }
    return said;
}

/* --------------------------------------------------------------------------- leaves */

static Verdict eval_column(Eval *e, const ExclusionCond *c, Str *because) {
    for (uint32_t i = 0; i < e->row->schema->n; i++) {
        if (!str_eq(e->row->schema->items[i].name, c->column)) continue;
        const Value *cell = &e->row->cells[i];
        if (cell->is_null) return VERDICT_UNKNOWN;
        bool is_text = cell->type == TYPE_STRING || cell->type == TYPE_GUID;
        Str text = is_text ? cell->u.s : value_to_text(e->arena, cell);
        if (!tests_hold(e->arena, &c->tests, text)) return VERDICT_NO;
        *because = say_tests(e->arena, arena_cstr(e->arena, c->column), text, &c->tests);
        return VERDICT_YES;
    }
    return VERDICT_UNKNOWN;
}

static bool host_holds(Eval *e, const ExclusionCond *c, const Link *link) {
    for (size_t i = 0; i < c->tests.n; i++) {
        const TextTest *test = &c->tests.items[i];
        /* a range of addresses is asked of addresses, a domain of names */
        bool is_ip = (link->url.flags & URL_HOST_IS_IP) != 0;
        if (test->kind == TEST_IP_WITHIN && !is_ip) return false;
        if (!text_test_holds(e->arena, test, link->url.host)) return false;
    }
    return c->tests.n > 0;
}

static bool link_holds(Eval *e, const ExclusionCond *c, const Link *link, Str *because) {
    bool is_host = c->kind == COND_URL_HOST;
    Str value = is_host ? link->url.host : link->url.path;
    if (is_host ? !host_holds(e, c, link) : !tests_hold(e->arena, &c->tests, value)) return false;
    if (!because->len) *because = say_tests(e->arena, is_host ? "host" : "path", value, &c->tests);
    return true;
}

static bool is_asked(const ExclusionCond *c, const Link *link) {
    return !c->column.len || str_eq(c->column, link->column);
}

static Verdict eval_any_url(Eval *e, const ExclusionCond *c, Str *because) {
    for (size_t i = 0; i < e->row->n_links; i++)
        if (is_asked(c, &e->row->links[i]) && link_holds(e, c, &e->row->links[i], because))
            return VERDICT_YES;
    return VERDICT_NO;
}

/* Every link of the row, judged by the innermost one. */
static Verdict eval_url(Eval *e, const ExclusionCond *c, Str *because) {
    if (e->any_link) return eval_any_url(e, c, because);
    size_t n_asked = 0;
    Verdict verdict = VERDICT_YES;
    for (size_t i = 0; i < e->row->n_links; i++) {
        const Link *link = &e->row->links[i];
        if (!is_asked(c, link)) continue;
        n_asked++;
        if (!link->is_plain) {
            if (verdict == VERDICT_YES) verdict = VERDICT_UNKNOWN;
        } else if (!link_holds(e, c, link, because)) {
            verdict = VERDICT_NO;
        }
    }
    return n_asked ? verdict : VERDICT_UNKNOWN;
}

static Verdict eval_fact(Eval *e, const ExclusionCond *c, const ProcessFact *fact, Str *because) {
    static const char *const said[PROCESS_FIELDS] = {"process", "command line", "parent process",
                                                     "parent's command line"};
    Verdict verdict = VERDICT_YES;
    Str why = STR_EMPTY;
    for (int f = 0; f < PROCESS_FIELDS; f++) {
        if (!c->process[f].n) continue;
        if (!fact->field[f].len) {
            if (verdict == VERDICT_YES) verdict = VERDICT_UNKNOWN;
        } else if (!tests_hold(e->arena, &c->process[f], fact->field[f])) {
            verdict = VERDICT_NO;
        } else {
            Str part = say_tests(e->arena, said[f], fact->field[f], &c->process[f]);
            why = arena_printf(e->arena, "%.*s%s%.*s", STR_ARG(why), why.len ? " and " : "",
                               STR_ARG(part));
        }
    }
    *because = arena_printf(e->arena, "%.*s (%.*s)", STR_ARG(why), STR_ARG(fact->source));
    return verdict;
}

/* All processes that may be the one behind the row must fit. */
static Verdict eval_process(Eval *e, const ExclusionCond *c, Str *because) {
    Verdict verdict = e->row->n_processes ? VERDICT_YES : VERDICT_UNKNOWN;
    for (size_t i = 0; i < e->row->n_processes; i++) {
        Verdict one = eval_fact(e, c, &e->row->processes[i], because);
        if (one == VERDICT_NO) return VERDICT_NO;
        if (one == VERDICT_UNKNOWN) verdict = VERDICT_UNKNOWN;
    }
    return verdict;
}

/* One of the texts, all of which name the same account or device. */
static Verdict eval_texts(Eval *e, const ExclusionCond *c, Str *because) {
    bool is_account = c->kind == COND_ACCOUNT;
    const Str *texts = is_account ? e->row->accounts : e->row->devices;
    size_t n = is_account ? e->row->n_accounts : e->row->n_devices;
    for (size_t i = 0; i < n; i++) {
        if (!tests_hold(e->arena, &c->tests, texts[i])) continue;
        *because = say_tests(e->arena, is_account ? "account" : "device", texts[i], &c->tests);
        return VERDICT_YES;
    }
    return n ? VERDICT_NO : VERDICT_UNKNOWN;
}

static Verdict eval_threats(Eval *e, const ExclusionCond *c, Str *because) {
    for (size_t i = 0; i < e->row->n_threats; i++) {
        const ThreatFact *fact = &e->row->threats[i];
        for (size_t at = 0; at <= fact->types.len;) {
            size_t end = str_find(fact->types, STR(","), at);
            if (end == SIZE_MAX) end = fact->types.len;
            Str type = str_trim(str_sub(fact->types, at, end - at));
            at = end + 1;
            if (!type.len || !tests_hold(e->arena, &c->tests, type)) continue;
            *because = arena_printf(e->arena, "%.*s says %.*s", STR_ARG(fact->source),
                                    STR_ARG(shown(fact->types)));
            return VERDICT_YES;
        }
    }
    return e->row->n_threats ? VERDICT_NO : VERDICT_UNKNOWN;
}

static Verdict eval_mimics(Eval *e, Str *because) {
    for (size_t i = 0; i < e->row->n_links; i++)
        if (link_mimics(e->arena, e->set, &e->row->links[i], because)) return VERDICT_YES;
    return VERDICT_NO;
}

/* --------------------------------------------------------------------------- groups */

static Verdict eval(Eval *e, const ExclusionCond *c, Str *because);

static Verdict eval_all(Eval *e, const ExclusionCond *c, Str *because) {
    Verdict verdict = c->n_args ? VERDICT_YES : VERDICT_UNKNOWN;
    for (size_t i = 0; i < c->n_args; i++) {
        Str part = STR_EMPTY;
        Verdict one = eval(e, c->args[i], &part);
        if (one == VERDICT_NO) return VERDICT_NO;
        if (one == VERDICT_UNKNOWN) verdict = VERDICT_UNKNOWN;
        if (part.len)
            *because = arena_printf(e->arena, "%.*s%s%.*s", STR_ARG(*because),
                                    because->len ? " and " : "", STR_ARG(part));
    }
    return verdict;
}

static Verdict eval_any(Eval *e, const ExclusionCond *c, Str *because) {
    Verdict verdict = VERDICT_NO;
    for (size_t i = 0; i < c->n_args; i++) {
        Str part = STR_EMPTY;
        Verdict one = eval(e, c->args[i], &part);
        if (one == VERDICT_UNKNOWN) verdict = VERDICT_UNKNOWN;
        if (one != VERDICT_YES) continue;
        *because = part;
        return VERDICT_YES;
    }
    return verdict;
}

static Verdict eval_not(Eval *e, const ExclusionCond *c) {
    Str part = STR_EMPTY;
    Verdict one = c->n_args ? eval(e, c->args[0], &part) : VERDICT_UNKNOWN;
    if (one == VERDICT_UNKNOWN) return one;
    return one == VERDICT_YES ? VERDICT_NO : VERDICT_YES;
}

static Verdict eval(Eval *e, const ExclusionCond *c, Str *because) {
    switch (c->kind) {
    case COND_ALL: return eval_all(e, c, because);
    case COND_ANY: return eval_any(e, c, because);
    case COND_NOT: return eval_not(e, c);
    case COND_COLUMN: return eval_column(e, c, because);
    case COND_URL_HOST:
    case COND_URL_PATH: return eval_url(e, c, because);
    case COND_PROCESS: return eval_process(e, c, because);
    case COND_ACCOUNT:
    case COND_DEVICE: return eval_texts(e, c, because);
    case COND_THREAT_TYPES: return eval_threats(e, c, because);
    case COND_MIMICS: return eval_mimics(e, because);
    }
    return VERDICT_UNKNOWN;
}

Verdict cond_eval(Arena *arena, const ExclusionSet *set, const ExclusionCond *cond,
                  const HuntRow *row, Str *ret_because) {
    Eval e = {.arena = arena, .set = set, .row = row};
    *ret_because = STR_EMPTY;
    return eval(&e, cond, ret_because);
}

/* ---------------------------------------------------------------------- protections */

static bool says_phish(const ThreatFact *fact) {
    return find_nocase(fact->types, STR("phish")) != SIZE_MAX;
}

/* What no file has to ask for. */
static bool built_in(Arena *arena, const ExclusionSet *set, const HuntRow *row, Str *ret_by,
                     Str *ret_reason) {
    for (size_t i = 0; i < row->n_threats; i++) {
        if (!says_phish(&row->threats[i])) continue;
        *ret_by = STR("flagged-as-phish");
        *ret_reason =
            arena_printf(arena, "Defender for Office 365 flagged it: %.*s says %.*s",
                         STR_ARG(row->threats[i].source), STR_ARG(shown(row->threats[i].types)));
        return true;
    }
    for (size_t i = 0; i < row->n_links; i++) {
        if (!link_mimics(arena, set, &row->links[i], ret_reason)) continue;
        *ret_by = STR("mimics-internal");
        return true;
    }
    for (size_t i = 0; i < row->n_links; i++) {
        if (row->links[i].is_plain) continue;
        *ret_by = STR("odd-link");
        *ret_reason = arena_printf(arena, "the link in %.*s is not to be trusted: %.*s",
                                   STR_ARG(row->links[i].column), STR_ARG(row->links[i].why_odd));
        return true;
    }
    return false;
}

/* ------------------------------------------------------------- links inside of links */

enum { MAX_EMBEDDED = 16 };

/* Where "http://" or "https://" begins at or behind `at`. */
static size_t find_scheme(Str s, size_t at) {
    size_t a = str_find(s, STR("http://"), at), b = str_find(s, STR("https://"), at);
    return a < b ? a : b;
}

/* Links that stand in another one's path, query or fragment, as redirects carry them. */
static size_t add_embedded(Arena *arena, const Link *link, Link *out, size_t room) {
    Str text = url_percent_decode(arena, url_percent_decode(arena, link->url.rest));
    size_t n = 0;
    for (size_t at = find_scheme(text, 0); at != SIZE_MAX && n < room;) {
        size_t end = at;
        while (end < text.len && !strchr("& \"'<>", text.ptr[end])) end++;
        out[n++] = link_read(arena, link->column, str_sub(text, at, end - at));
        at = find_scheme(text, at + 1);
    }
    return n;
}

/* The row with the links that its links carry: what protects looks at them too. */
static HuntRow with_embedded(Arena *arena, const HuntRow *row) {
    HuntRow wide = *row;
    Link *links = ARENA_ARRAY(arena, Link, row->n_links + MAX_EMBEDDED);
    for (size_t i = 0; i < row->n_links; i++) links[i] = row->links[i];
    for (size_t i = 0; i < row->n_links; i++)
        wide.n_links += add_embedded(arena, &row->links[i], links + wide.n_links,
                                     row->n_links + MAX_EMBEDDED - wide.n_links);
    wide.links = links;
    return wide;
}

bool row_is_protected(Arena *arena, const ExclusionSet *set, const HuntRow *row, Str rule_id,
                      Str rule_name, int64_t now_ticks, Str *ret_by, Str *ret_reason) {
    HuntRow wide = with_embedded(arena, row);
    Eval e = {.arena = arena, .set = set, .row = &wide, .any_link = true};
    for (size_t i = 0; i < set->n_items; i++) {
        const Exclusion *x = set->items[i];
        Str because = STR_EMPTY;
        if (!x->is_protection || exclusion_is_expired(x, now_ticks) ||
            !exclusion_applies(x, rule_id, rule_name))
            continue;
        if (eval(&e, x->when, &because) != VERDICT_YES) continue;
        *ret_by = x->name;
        *ret_reason = because;
        return true;
    }
    return built_in(arena, set, row, ret_by, ret_reason);
}

/* -------------------------------------------------------------- what a condition is */

bool cond_asks(const ExclusionCond *c, CondKind kind) {
    if (c->kind == kind) return true;
    for (size_t i = 0; i < c->n_args; i++)
        if (cond_asks(c->args[i], kind)) return true;
    return false;
}

static bool is_process_column(Str name) {
    static const char *const ends[] = {"FileName", "ProcessName", "ParentName"};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        Str end = str_of(ends[i]);
        if (name.len >= end.len && str_eq_nocase(str_sub(name, name.len - end.len, name.len), end))
            return true;
    }
    return false;
}

static bool is_name_only(const ExclusionCond *c) {
    if (c->kind == COND_COLUMN) return is_process_column(c->column);
    return c->kind == COND_PROCESS && !c->process[PROCESS_COMMAND_LINE].n &&
           !c->process[PROCESS_PARENT_COMMAND_LINE].n;
}

static bool is_path_on_any_host(const ExclusionCond *c) {
    return c->kind == COND_URL_PATH && c->is_any_host;
}

static bool meets_all(const Tests *tests) {
    for (size_t i = 0; i < tests->n; i++) {
        const TextTest *t = &tests->items[i];
        bool has_stars = false;
        for (size_t k = 0; k < t->n && !has_stars; k++) {
            size_t n = 0;
            while (n < t->values[k].len && t->values[k].ptr[n] == '*') n++;
            has_stars = t->kind == TEST_GLOB && n && n == t->values[k].len;
        }
        if (!has_stars) return false;
    }
    return true;
}

bool cond_is_vacuous(const ExclusionCond *c) {
    bool is_any = c->kind == COND_ANY;
    switch (c->kind) {
    case COND_ALL:
    case COND_ANY:
        for (size_t i = 0; i < c->n_args; i++)
            if (cond_is_vacuous(c->args[i]) == is_any) return is_any;
        return !is_any && c->n_args > 0;
    case COND_PROCESS:
        for (int f = 0; f < PROCESS_FIELDS; f++)
            if (!meets_all(&c->process[f])) return false;
        return true;
    case COND_COLUMN:
    case COND_ACCOUNT:
    case COND_DEVICE: return c->tests.n && meets_all(&c->tests);
    case COND_URL_HOST:
    case COND_URL_PATH:
    case COND_THREAT_TYPES:
    case COND_MIMICS:
    case COND_NOT: break;
    }
    return false;
}

/* Whether leaves of one kind can meet it all; a `not` narrows too little to count. */
static bool met_by(const ExclusionCond *c, bool (*is_leaf)(const ExclusionCond *)) {
    if (is_leaf(c)) return true;
    bool has_leaf = false;
    for (size_t i = 0; i < c->n_args; i++) {
        bool is_met = met_by(c->args[i], is_leaf);
        if (is_met) has_leaf = true;
        bool narrows = c->args[i]->kind != COND_NOT && !cond_is_vacuous(c->args[i]);
        if (c->kind == COND_ALL && !is_met && narrows) return false;
    }
    return (c->kind == COND_ALL || c->kind == COND_ANY) && has_leaf;
}

bool cond_only_denies(const ExclusionCond *c) {
    bool has_denial = c->kind == COND_NOT;
    if (c->kind != COND_ALL && c->kind != COND_ANY) return has_denial;
    for (size_t i = 0; i < c->n_args; i++) {
        bool denies = cond_only_denies(c->args[i]);
        if (denies) has_denial = true;
        if (c->kind == COND_ALL && !denies) return false;
    }
    return has_denial;
}

bool cond_is_broad(const ExclusionCond *cond) { return met_by(cond, is_name_only); }
bool cond_is_path_only(const ExclusionCond *cond) { return met_by(cond, is_path_on_any_host); }
