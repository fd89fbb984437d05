/* quarry fmt. */
#include "cli/verbs.h"
#include "hunt/rule.h"
#include "syntax/syntax.h"

static bool is_yaml(const char *path) {
    return str_ends_with(str_of(path), STR(".yaml")) || str_ends_with(str_of(path), STR(".yml"));
}

static int write_back(const char *path, Str text) {
    Output o;
    if (!output_open(path, &o)) return EXIT_RUN;
    bool ok = fwrite(text.ptr, 1, text.len, o.file) == text.len;
    return output_close(&o, ok) ? EXIT_OK : EXIT_RUN;
}

static bool read_query(Console *c, Arena *arena, const char *path, Str *ret) {
    if (!is_yaml(path)) return console_read_file(arena, path, ret);
    RuleSet *set = rules_new();
    Diags diags;
    diags_init(&diags, arena);
    bool ok = rules_add_path(set, path, &diags) == OK && set->n_files == 1;
    console_diags(c, STR_EMPTY, STR_EMPTY, &diags);
    if (ok) {
        const RuleFile *file = set->files[0];
        console_diags(c, file->path, file->text, &file->diags);
        ok = file->rule != NULL;
        if (ok) *ret = arena_str(arena, file->rule->query);
    }
    rules_free(set);
    return ok;
}

/* Each query of the text, a blank line between two. */
static Status format_queries(Console *c, Arena *arena, Str text, Diags *diags, Str *ret) {
    FormatOptions options = {.indent = (unsigned)c->options->indent,
                             .width = (unsigned)c->options->width};
    Span *parts;
    size_t n;
    Buf out = {0};
    Status status = OK;
    syntax_split(arena, text, &parts, &n);
    for (size_t i = 0; i < n; i++) {
        Syntax syntax;
        Str one = STR_EMPTY;
        Status parsed = n > 1 ? syntax_parse_part(arena, text, parts[i], diags, &syntax)
                              : syntax_parse(arena, text, diags, &syntax);
        if (parsed == OK) parsed = syntax_format(arena, &syntax, &options, &one);
        if (status == OK) status = parsed;
        if (i) buf_putc(&out, '\n');
        buf_put(&out, one);
    }
    *ret = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return status;
}

static int format_one(Console *c, const char *path) {
    Arena *arena = arena_new();
    Str text, formatted = STR_EMPTY;
    int code = EXIT_USAGE;
    if (!read_query(c, arena, path, &text)) goto done;
    Diags diags;
    diags_init(&diags, arena);
    Status status = format_queries(c, arena, text, &diags, &formatted);
    console_diags(c, strcmp(path, "-") ? str_of(path) : STR("<stdin>"), text, &diags);
    code = console_exit_code(status);
    if (status != OK) goto done;
    if (c->options->is_check) {
        if (!str_eq(text, formatted)) {
            printf("%s: not formatted\n", path);
            code = EXIT_RUN;
        }
    } else if (c->options->writes && !str_eq(text, formatted)) {
        code = write_back(path, formatted);
    } else if (!c->options->writes) {
        fwrite(formatted.ptr, 1, formatted.len, stdout);
    }
done:
    arena_free(arena);
    return code;
}

int verb_fmt(Console *c) {
    static const char *const standard_input[] = {"-"};
    const TextList *args = &c->options->args;
    size_t n = args->n ? args->n : 1;
    const char *const *paths = args->n ? args->items : standard_input;
    int code = EXIT_OK;
    for (size_t i = 0; i < n; i++) {
        if (c->options->writes && (is_yaml(paths[i]) || !strcmp(paths[i], "-"))) {
            console_error("%s: only .kql files are formatted in place", paths[i]);
            code = EXIT_USAGE;
            continue;
        }
        code = console_worse(code, format_one(c, paths[i]));
    }
    if (fflush(stdout) != 0) code = console_worse(code, EXIT_RUN);
    return code;
}
