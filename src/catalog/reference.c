/*
 * reference.c: rows as text for people: the page of one function, and the whole reference.
 */
#include "catalog/catalog.h"

/* Rows that only the binder or a rewrite writes are not for users. */
static bool is_hidden(const FnDef *fn) { return fn->name[0] == '_' && fn->name[1] == '_'; }

static const char *chapter_of(const FnDef *fn) {
    if (fn->category) return fn->category;
    switch (fn->kind) {
    case FN_OPERATOR: return "operators";
    case FN_SCALAR: return "scalar functions";
    case FN_WINDOW: return "window";
    case FN_AGGREGATE: return "aggregates";
    case FN_PLUGIN: return "plugins";
    case FN_TABULAR: return "tabular operators";
    case FN_FORM: return "special forms";
    }
    return "other";
}

static const char *support_note(const FnDef *fn) {
    switch (fn->support) {
    case SUPPORTED: return NULL;
    case NOT_YET: return "Not yet supported: a query that uses it is refused by name.";
    case NEEDS_SERVICE: return "Runs in the cloud service only.";
    }
    return NULL;
}

static void put_params(Buf *out, const FnDef *fn, const char *bullet) {
    for (size_t i = 0; i < FN_MAX_PARAMS && fn->params[i].name; i++)
        if (fn->params[i].doc)
            buf_printf(out, "%s%s: %s\n", bullet, fn->params[i].name, fn->params[i].doc);
}

/* Text of code inside a Markdown line: the fence is longer than any run of back ticks in it. */
static void put_code(Buf *out, Str text) {
    bool has_tick = str_find(text, STR("`"), 0) != SIZE_MAX;
    buf_puts(out, has_tick ? "`` " : "`");
    buf_put(out, text);
    buf_puts(out, has_tick ? " ``" : "`");
}

static void put_entry(Buf *out, const FnDef *fn, Arena *arena) {
    buf_puts(out, "### ");
    put_code(out, str_of(fn->name));
    buf_puts(out, "\n\n");
    put_code(out, catalog_signature(arena, fn));
    buf_puts(out, "\n\n");
    if (support_note(fn)) buf_printf(out, "*%s*\n\n", support_note(fn));
    if (fn->doc) buf_printf(out, "%s\n\n", fn->doc);
    size_t before = out->len;
    put_params(out, fn, "- ");
    if (out->len > before) buf_putc(out, '\n');
    if (fn->aliases) buf_printf(out, "Also: %s\n\n", fn->aliases);
    if (!fn->example) return;
    put_code(out, str_of(fn->example));
    if (fn->gives) {
        buf_puts(out, " gives ");
        if (fn->gives[0]) put_code(out, str_of(fn->gives));
        else buf_puts(out, "the empty text");
    }
    buf_puts(out, "\n\n");
}

static bool is_first_of_chapter(size_t index) {
    const char *chapter = chapter_of(catalog_row(index));
    for (size_t i = 0; i < index; i++)
        if (!is_hidden(catalog_row(i)) && strcmp(chapter_of(catalog_row(i)), chapter) == 0)
            return false;
    return true;
}

void catalog_print_reference(Buf *out) {
    Arena *arena = arena_new();
    buf_puts(out, "# Language reference\n\n");
    for (size_t c = 0; c < catalog_count(); c++) {
        const FnDef *first = catalog_row(c);
        if (is_hidden(first) || !is_first_of_chapter(c)) continue;
        buf_printf(out, "## %s\n\n", chapter_of(first));
        for (size_t i = c; i < catalog_count(); i++) {
            const FnDef *fn = catalog_row(i);
            if (!is_hidden(fn) && strcmp(chapter_of(fn), chapter_of(first)) == 0)
                put_entry(out, fn, arena);
        }
    }
    arena_free(arena);
}

Str catalog_help(Arena *arena, const FnDef *fn) {
    Buf out = {0};
    buf_put(&out, catalog_signature(arena, fn));
    buf_putc(&out, '\n');
    if (fn->doc) buf_printf(&out, "\n  %s\n", fn->doc);
    if (support_note(fn)) buf_printf(&out, "  %s\n", support_note(fn));
    size_t before = out.len;
    buf_putc(&out, '\n');
    put_params(&out, fn, "  ");
    if (out.len == before + 1) out.len = before;
    if (fn->aliases) buf_printf(&out, "\n  also: %s\n", fn->aliases);
    if (fn->example) buf_printf(&out, "\n  %s\n", fn->example);
    if (fn->example && fn->gives) buf_printf(&out, "  gives %s\n", fn->gives);
    Str text = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return text;
}
