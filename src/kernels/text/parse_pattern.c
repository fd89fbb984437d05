/*
 * parse_pattern.c: the operator parse: a pattern compiled once, then run over rows.
 *
 * In the simple kinds a text is taken at the first place where it stands, and nothing is tried twice:
 * for patterns of texts and string columns that finds a match whenever there is one (the last text
 * of a pattern without `*` behind it is looked for at the end alone).
 *
 * Source: "parse operator", "parse-where operator".
 */
#include "kernels/text/parse_pattern.h"

#include "kernels/dynamic/elements.h"
#include "kernels/regex/regex_match.h"
#include "kernels/text/parse_value.h"

typedef enum PartKind { PART_TEXT, PART_STAR, PART_COLUMN } PartKind;

typedef struct Part {
    PartKind kind;
    Str text;       /* PART_TEXT */
    Type type;      /* PART_COLUMN */
    unsigned group; /* PART_COLUMN of kind regex */
} Part;

typedef enum PatternKind { PATTERN_SIMPLE, PATTERN_RELAXED, PATTERN_REGEX } PatternKind;

typedef struct Pattern {
    PatternKind kind;
    Part *parts;
    size_t n_parts, n_columns;
    Regex *regex;
    unsigned n_groups; /* with the whole match */
} Pattern;

/* ------------------------------------------------------------- compile */

static bool read_part(Arena *arena, Str json, Part *ret) {
    switch (json_kind(json)) {
    case JSON_NULL: ret->kind = PART_STAR; return true;
    case JSON_STRING:
        ret->kind = PART_TEXT;
        ret->text = arena_str(arena, json_string(arena, json));
        return true;
    case JSON_ARRAY:
        ret->kind = PART_COLUMN;
        ret->type = parsed_type(arena, json_at(json, 0));
        return ret->type != TYPE_ERROR;
    case JSON_INVALID:
    case JSON_FALSE:
    case JSON_TRUE:
    case JSON_LONG:
    case JSON_REAL:
    case JSON_OBJECT: break;
    }
    return false;
}

/* Adds a part; stars in a row are one, texts in a row are joined. */
static void add_part(Arena *arena, Pattern *p, Part part) {
    Part *last = p->n_parts ? &p->parts[p->n_parts - 1] : NULL;
    if (last && last->kind == part.kind && part.kind == PART_STAR) return;
    if (part.kind == PART_TEXT && !part.text.len) return;
    if (last && last->kind == part.kind && part.kind == PART_TEXT) {
        last->text = arena_printf(arena, "%.*s%.*s", STR_ARG(last->text), STR_ARG(part.text));
        return;
    }
    if (part.kind == PART_COLUMN) p->n_columns++;
    p->parts[p->n_parts++] = part;
}

static bool read_parts(Arena *arena, Pattern *p, Str parts, Str *ret_error) {
    Value list = value_text(TYPE_DYNAMIC, parts);
    Elements elements;
    if (!elements_of(arena, &list, &elements) || elements.n > PARSE_MAX_PARTS) {
        *ret_error = arena_printf(arena, "a pattern has at most %d parts", PARSE_MAX_PARTS);
        return false;
    }
    p->parts = ARENA_ARRAY(arena, Part, elements.n + 1);
    for (size_t i = 0; i < elements.n; i++) {
        Part part = {PART_STAR, STR_EMPTY, TYPE_ERROR, 0};
        if (!read_part(arena, elements.at[i], &part)) {
            *ret_error = STR("unknown column type in the pattern");
            return false;
        }
        const Part *last = p->n_parts ? &p->parts[p->n_parts - 1] : NULL;
        bool follows_text = last && last->kind == PART_COLUMN && last->type == TYPE_STRING;
        if (part.kind == PART_STAR && follows_text) {
            *ret_error = STR("'*' cannot follow a column of type string");
            return false;
        }
        add_part(arena, p, part);
    }
    if (!p->n_columns) *ret_error = STR("the pattern names no column");
    return p->n_columns != 0;
}

static unsigned groups_in(Arena *arena, Str text, Str *ret_error) {
    Regex *regex = regex_compile(arena, text, ret_error);
    unsigned n = regex ? regex_group_count(regex) : 0;
    regex_free(regex);
    return n;
}

static void put_column(Buf *out, Type type) {
    if (type == TYPE_INT || type == TYPE_LONG) buf_puts(out, "((?-U:-?\\d+))");
    else if (type == TYPE_REAL || type == TYPE_DECIMAL)
        buf_puts(out, "((?-U:[-+]?\\d*\\.?\\d+(?:[eE][-+]?\\d+)?))");
    else buf_puts(out, "(.*)");
}

static bool compile_regex(Arena *arena, Pattern *p, Str flags, Str *ret_error) {
    Buf out = {0};
    unsigned group = 0;
    buf_puts(&out, "\\A");
    if (flags.len) buf_printf(&out, "(?%.*s)", STR_ARG(flags));
    for (size_t i = 0; i < p->n_parts && !ret_error->len; i++) {
        Part *part = &p->parts[i];
        switch (part->kind) {
        case PART_STAR: buf_puts(&out, "(?-U:.*?)"); break;
        case PART_TEXT:
            group += groups_in(arena, part->text, ret_error);
            buf_printf(&out, "(?:%.*s)", STR_ARG(part->text));
            break;
        case PART_COLUMN:
            part->group = ++group;
            put_column(&out, part->type);
            break;
        }
    }
    if (!ret_error->len && group >= REGEX_MAX_GROUPS) *ret_error = STR("too many capture groups");
    if (!ret_error->len) p->regex = regex_compile(arena, buf_str(&out), ret_error);
    p->n_groups = group + 1;
    buf_free(&out);
    return p->regex != NULL;
}

static void *parse_prepare(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                           Str *ret_error) {
    (void)n_args;
    if (!constant[1] || args[1].is_null || json_kind(args[1].u.s) != JSON_OBJECT) {
        *ret_error = STR("the pattern must be a constant bag");
        return NULL;
    }
    Str bag = args[1].u.s;
    Pattern *p = ARENA_NEW(arena, Pattern);
    Str kind = json_plain(arena, json_get(bag, STR("kind")));
    Str flags = json_plain(arena, json_get(bag, STR("flags")));
    if (str_is(kind, "relaxed")) {
        p->kind = PATTERN_RELAXED;
    } else if (str_is(kind, "regex")) {
        p->kind = PATTERN_REGEX;
    } else if (kind.len && !str_is(kind, "simple")) {
        *ret_error = STR("kind must be simple, regex or relaxed");
        return NULL;
    }
    if (flags.len && p->kind != PATTERN_REGEX) {
        *ret_error = STR("flags need kind=regex");
        return NULL;
    }
    if (!read_parts(arena, p, json_get(bag, STR("parts")), ret_error)) return NULL;
    if (p->kind == PATTERN_REGEX && !compile_regex(arena, p, flags, ret_error)) return NULL;
    return p;
}

static void parse_release(void *state) { regex_free(((Pattern *)state)->regex); }

/* ----------------------------------------------------------------- run */

/* A row while it is matched. */
typedef struct Matcher {
    const Pattern *p;
    Arena *scratch;
    Str source;
    size_t at;     /* matched up to here */
    bool has_star; /* a `*` before `at` may still take more */
    Out out;       /* the columns so far */
} Matcher;

/* Adds a column; false when its text is no value of its type and the kind is strict. */
static bool put_text(Matcher *m, Str text, Type type) {
    Value value;
    bool ok = parsed_is_value(m->scratch, text, type, &value);
    if (!ok && m->p->kind != PATTERN_RELAXED) return false;
    parsed_put(&m->out, ok ? &value : NULL);
    return true;
}

/* Where the text of part `i` stands at or after m->at, or SIZE_MAX. The last part of a pattern ends
 * with the source. */
static size_t find_text(const Matcher *m, size_t i) {
    Str text = m->p->parts[i].text;
    if (i + 1 < m->p->n_parts) return str_find(m->source, text, m->at);
    if (m->source.len - m->at < text.len || !str_ends_with(m->source, text)) return SIZE_MAX;
    return m->source.len - text.len;
}

static bool match_text(Matcher *m, size_t i) {
    size_t at = find_text(m, i);
    if (at == SIZE_MAX || (at != m->at && !m->has_star)) return false;
    m->at = at + m->p->parts[i].text.len;
    m->has_star = false;
    return true;
}

/* A column that no text ends: the longest value of its type. A `*` before it skips to one. */
static bool match_open_column(Matcher *m, Type type) {
    size_t len = parsed_prefix(m->scratch, str_sub(m->source, m->at, SIZE_MAX), type);
    while (!len && m->has_star && m->at < m->source.len && type != TYPE_STRING &&
           type != TYPE_DYNAMIC) {
        m->at++;
        len = parsed_prefix(m->scratch, str_sub(m->source, m->at, SIZE_MAX), type);
    }
    Str text = str_sub(m->source, m->at, len);
    m->at += len;
    return put_text(m, text, type);
}

static bool match_column(Matcher *m, size_t i) {
    Type type = m->p->parts[i].type;
    bool is_last = i + 1 == m->p->n_parts;
    bool ends_at_text = !is_last && m->p->parts[i + 1].kind == PART_TEXT;
    bool is_open = !ends_at_text && !(is_last && (!m->has_star || type == TYPE_STRING));
    bool ok;
    if (is_open) {
        ok = match_open_column(m, type);
    } else {
        size_t end = is_last ? m->source.len : find_text(m, i + 1);
        if (end == SIZE_MAX) return false;
        Str text = str_sub(m->source, m->at, end - m->at);
        m->at = end;
        ok = put_text(m, text, type);
    }
    m->has_star = false;
    return ok;
}

static bool match_parts(Matcher *m) {
    for (size_t i = 0; i < m->p->n_parts; i++) {
        bool ok = true;
        switch (m->p->parts[i].kind) {
        case PART_STAR: m->has_star = true; break;
        case PART_TEXT: ok = match_text(m, i); break;
        case PART_COLUMN: ok = match_column(m, i); break;
        }
        if (!ok) return false;
    }
    return m->has_star || m->at == m->source.len;
}

static bool match_regex(Matcher *m) {
    RegexSpan spans[REGEX_MAX_GROUPS];
    if (!regex_search(m->p->regex, m->source, 0, spans, m->p->n_groups)) return false;
    for (size_t i = 0; i < m->p->n_parts; i++) {
        const Part *part = &m->p->parts[i];
        if (part->kind != PART_COLUMN) continue;
        const RegexSpan *span = &spans[part->group];
        Str text = span->is_set ? str_sub(m->source, span->start, span->len) : STR_EMPTY;
        if (!put_text(m, text, part->type)) return false;
    }
    return true;
}

static void parse_pattern(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    Matcher m = {.p = call->state,
                 .scratch = call->scratch,
                 .source = args[0].u.s,
                 .out = out_open(call->scratch)};
    bool ok = m.p->kind == PATTERN_REGEX ? match_regex(&m) : match_parts(&m);
    if (ok) ret_text(ret, out_close(&m.out));
}

const Kernel kernel_parse_pattern = {parse_pattern, parse_prepare, parse_release};
