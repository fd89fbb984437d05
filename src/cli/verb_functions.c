/* quarry functions: the catalog for people. */
#include "base/json.h"
#include "catalog/catalog.h"
#include "cli/verbs.h"

static const char *kind_name(FnKind kind) {
    switch (kind) {
    case FN_OPERATOR: return "operator";
    case FN_SCALAR: return "function";
    case FN_WINDOW: return "window function";
    case FN_AGGREGATE: return "aggregate";
    case FN_PLUGIN: return "plugin";
    case FN_FORM: return "special form";
    case FN_TABULAR: break;
    }
    return "tabular operator";
}

static const char *support_name(Support s) {
    return s == SUPPORTED ? "supported"
           : s == NOT_YET ? "not yet supported"
                          : "needs a cloud service";
}

static void print_json_row(Arena *arena, const FnDef *fn) {
    Buf out = {0};
    buf_puts(&out, "{\"name\":");
    json_put_string(&out, str_of(fn->name));
    buf_printf(&out, ",\"kind\":\"%s\",\"support\":\"%s\",\"signature\":", kind_name(fn->kind),
               support_name(fn->support));
    json_put_string(&out, catalog_signature(arena, fn));
    buf_puts(&out, ",\"doc\":");
    json_put_string(&out, str_of(fn->doc));
    buf_puts(&out, ",\"aliases\":[");
    Str rest = str_of(fn->aliases);
    for (bool is_first = true; rest.len; is_first = false) {
        size_t comma = str_find(rest, STR(","), 0);
        if (!is_first) buf_putc(&out, ',');
        json_put_string(&out, str_sub(rest, 0, comma));
        rest = comma == SIZE_MAX ? STR_EMPTY : str_sub(rest, comma + 1, rest.len);
    }
    buf_puts(&out, "],\"category\":");
    json_put_string(&out, str_of(fn->category));
    buf_puts(&out, ",\"example\":");
    if (fn->example) json_put_string(&out, str_of(fn->example));
    else buf_puts(&out, "null");
    buf_puts(&out, ",\"gives\":");
    if (fn->gives) json_put_string(&out, str_of(fn->gives));
    else buf_puts(&out, "null");
    buf_puts(&out, "}\n");
    fwrite(out.ptr, 1, out.len, stdout);
    buf_free(&out);
}

static bool is_public(const FnDef *fn) { return strncmp(fn->name, "__", 2) != 0; }

static bool is_named(const FnDef *fn, Str name) {
    if (str_eq_nocase(name, str_of(fn->name))) return true;
    Str rest = str_of(fn->aliases);
    while (rest.len) {
        size_t comma = str_find(rest, STR(","), 0);
        if (str_eq_nocase(name, str_sub(rest, 0, comma))) return true;
        rest = comma == SIZE_MAX ? STR_EMPTY : str_sub(rest, comma + 1, rest.len);
    }
    return false;
}

static int list_all(Console *c) {
    bool json = c->options->has_format &&
                (c->options->format == RESULT_JSON || c->options->format == RESULT_NDJSON);
    for (size_t i = 0; i < catalog_count(); i++) {
        const FnDef *fn = catalog_row(i);
        if (!is_public(fn)) continue;
        if (json) {
            print_json_row(c->arena, fn);
            continue;
        }
        Str signature = catalog_signature(c->arena, fn);
        printf("%-16s %.*s%s\n", kind_name(fn->kind), STR_ARG(signature),
               fn->support == SUPPORTED ? ""
               : fn->support == NOT_YET ? "  [not yet supported]"
                                        : "  [needs a cloud service]");
    }
    return EXIT_OK;
}

static int explain_one(Console *c, Str name) {
    bool found = false;
    for (size_t i = 0; i < catalog_count(); i++) {
        const FnDef *fn = catalog_row(i);
        if (!is_named(fn, name) || !is_public(fn)) continue;
        if (c->options->has_format && !c->options->is_text && c->options->format != RESULT_TABLE) {
            print_json_row(c->arena, fn);
        } else {
            Str text = catalog_help(c->arena, fn);
            printf("%s%.*s", found ? "\n" : "", STR_ARG(text));
        }
        found = true;
    }
    if (found) return EXIT_OK;
    Str best = catalog_nearest(FN_SCALAR, name);
    if (!best.len) best = catalog_nearest(FN_AGGREGATE, name);
    if (best.len)
        console_error("there is no function \"%.*s\"; did you mean %.*s?", STR_ARG(name),
                      STR_ARG(best));
    else
        console_error("there is no function \"%.*s\" (quarry functions lists them)", STR_ARG(name));
    return EXIT_USAGE;
}

int verb_functions(Console *c) {
    if (c->options->reference) {
        Buf out = {0};
        catalog_print_reference(&out);
        fwrite(out.ptr, 1, out.len, stdout);
        buf_free(&out);
        return EXIT_OK;
    }
    if (!c->options->args.n) return list_all(c);
    int code = EXIT_OK;
    for (size_t i = 0; i < c->options->args.n; i++)
        code = console_worse(code, explain_one(c, str_of(c->options->args.items[i])));
    return code;
}
