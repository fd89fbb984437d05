#include "case_file.h"

static Str next_line(Str text, size_t *at) {
    size_t end = *at;
    while (end < text.len && text.ptr[end] != '\n') end++;
    if (end < text.len) end++;
    Str line = str_sub(text, *at, end - *at);
    *at = end;
    return line;
}

static Str without_blank_end(Str text) {
    while (text.len >= 2 && text.ptr[text.len - 1] == '\n' && text.ptr[text.len - 2] == '\n')
        text.len--;
    if (text.len == 1 && text.ptr[0] == '\n') text.len = 0;
    return text;
}

typedef enum LineKind { LINE_TEXT, LINE_CASE, LINE_PART } LineKind;

static LineKind line_kind(Str line) {
    if (str_starts_with(line, STR("=== "))) return LINE_CASE;
    Str t = str_trim(line);
    if (str_is(t, "---") || str_starts_with(t, STR("--- "))) return LINE_PART;
    return LINE_TEXT;
}

/* Lines from `at` up to the next case or part. */
static Str take_body(Str text, size_t *at) {
    size_t start = *at;
    while (*at < text.len) {
        size_t next = *at;
        if (line_kind(next_line(text, &next)) != LINE_TEXT) break;
        *at = next;
    }
    return without_blank_end(str_sub(text, start, *at - start));
}

static void parse_query(Arena *arena, TestCase *c, Str body) {
    size_t at = 0;
    while (at < body.len && body.ptr[at] == ':') {
        Str line = str_trim(next_line(body, &at));
        ARENA_PUSH(arena, c->settings, c->n_settings, c->settings_cap, str_sub(line, 1, line.len));
    }
    c->query = str_sub(body, at, body.len - at);
}

CaseFile case_file_parse(Arena *arena, Str text) {
    CaseFile f = {0};
    size_t at = 0;
    while (at < text.len) {
        size_t start = at;
        Str line = next_line(text, &at);
        LineKind kind = line_kind(line);
        if (kind == LINE_CASE) {
            TestCase c = {.title = str_trim(str_sub(line, 4, line.len)),
                          .line = text_line_col(text, start).line};
            parse_query(arena, &c, take_body(text, &at));
            ARENA_PUSH(arena, f.cases, f.n, f.cap, c);
        } else if (kind == LINE_PART && f.n) {
            Str rest = str_trim(str_sub(str_trim(line), 3, line.len));
            size_t blank = str_find(rest, STR(" "), 0);
            CasePart p = {.name = str_sub(rest, 0, blank)};
            if (blank != SIZE_MAX) p.argument = str_trim(str_sub(rest, blank, rest.len));
            p.text = take_body(text, &at);
            TestCase *c = &f.cases[f.n - 1];
            ARENA_PUSH(arena, c->parts, c->n_parts, c->parts_cap, p);
        } else {
            f.head = str_sub(text, 0, at);
        }
    }
    f.head = without_blank_end(f.head);
    return f;
}

static void put_lines(Buf *out, Str text) {
    buf_put(out, text);
    if (text.len && text.ptr[text.len - 1] != '\n') buf_putc(out, '\n');
}

void case_file_print(Buf *out, const CaseFile *f) {
    put_lines(out, f->head);
    for (size_t i = 0; i < f->n; i++) {
        const TestCase *c = &f->cases[i];
        if (i || f->head.len) buf_putc(out, '\n');
        buf_printf(out, "=== %.*s\n", STR_ARG(c->title));
        for (size_t s = 0; s < c->n_settings; s++)
            buf_printf(out, ":%.*s\n", STR_ARG(c->settings[s]));
        put_lines(out, c->query);
        for (size_t p = 0; p < c->n_parts; p++) {
            const CasePart *part = &c->parts[p];
            buf_puts(out, part->name.len ? "--- " : "---");
            buf_put(out, part->name);
            if (part->argument.len) buf_printf(out, " %.*s", STR_ARG(part->argument));
            buf_putc(out, '\n');
            put_lines(out, part->text);
        }
    }
}

const CasePart *case_part(const TestCase *c, const char *name) {
    for (size_t i = 0; i < c->n_parts; i++)
        if (str_is(c->parts[i].name, name)) return &c->parts[i];
    return NULL;
}

const Str *case_setting(Arena *arena, const TestCase *c, const char *name) {
    for (size_t i = 0; i < c->n_settings; i++) {
        size_t blank = str_find(c->settings[i], STR(" "), 0);
        if (!str_is(str_sub(c->settings[i], 0, blank), name)) continue;
        Str *ret = ARENA_NEW(arena, Str);
        *ret = blank == SIZE_MAX ? STR_EMPTY
                                 : str_trim(str_sub(c->settings[i], blank, c->settings[i].len));
        return ret;
    }
    return NULL;
}
