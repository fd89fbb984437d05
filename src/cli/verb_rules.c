/* quarry rules: the rules of files and folders, or those that come with Quarry. */
#include <limits.h>

#include "base/json.h"
#include "cli/verbs.h"
#include "hunt/rule.h"

static void put_list(Buf *out, const char *name, const Str *items, size_t n) {
    buf_printf(out, ",\"%s\":[", name);
    for (size_t i = 0; i < n; i++) {
        if (i) buf_putc(out, ',');
        json_put_string(out, items[i]);
    }
    buf_putc(out, ']');
}

static void print_json(const HuntRule *rule) {
    Buf out = {0};
    const struct {
        const char *name;
        Str value;
    } texts[] = {{"id", rule->id},
                 {"name", rule->name},
                 {"version", rule->version},
                 {"severity", rule->severity},
                 {"file", rule->path}};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        buf_printf(&out, "%s\"%s\":", i ? "," : "{", texts[i].name);
        if (texts[i].value.len) json_put_string(&out, texts[i].value);
        else buf_puts(&out, "null");
    }
    put_list(&out, "tactics", rule->tactics, rule->n_tactics);
    put_list(&out, "techniques", rule->techniques, rule->n_techniques);
    buf_puts(&out, ",\"tables\":[");
    for (size_t i = 0; i < rule->n_tables; i++) {
        buf_puts(&out, i ? ",{\"name\":" : "{\"name\":");
        json_put_string(&out, rule->tables[i].table);
        buf_puts(&out, ",\"connector\":");
        json_put_string(&out, rule->tables[i].connector);
        buf_putc(&out, '}');
    }
    buf_puts(&out, "]}\n");
    fwrite(out.ptr, 1, out.len, stdout);
    buf_free(&out);
}

static void print_text(const HuntRule *rule) {
    printf("%.*s\n", STR_ARG(rule->name.len ? rule->name : rule->path));
    if (rule->id.len) printf("  id       %.*s\n", STR_ARG(rule->id));
    if (rule->n_tactics) {
        printf("  tactics  ");
        for (size_t i = 0; i < rule->n_tactics; i++)
            printf("%s%.*s", i ? ", " : "", STR_ARG(rule->tactics[i]));
        putchar('\n');
    }
    if (rule->n_tables) {
        printf("  tables   ");
        for (size_t i = 0; i < rule->n_tables; i++)
            printf("%s%.*s", i ? ", " : "", STR_ARG(rule->tables[i].table));
        putchar('\n');
    }
    printf("  file     %.*s\n", STR_ARG(rule->path));
}

static bool add_rules(Console *c, RuleSet *set) {
    if (c->options->args.n) return rule_args_add(c, set, &c->options->args);
    char dir[PATH_MAX], hunts[PATH_MAX + 8];
    if (!session_find_share("content", dir, sizeof dir)) {
        console_error("the rules that come with Quarry were not found beside the program");
        return false;
    }
    snprintf(hunts, sizeof hunts, "%s/hunts", dir);
    TextList list = {0};
    options_push(c->arena, &list, hunts);
    return rule_args_add(c, set, &list);
}

int verb_rules(Console *c) {
    RuleSet *set = rules_new();
    bool json =
        c->options->has_format && !c->options->is_text && c->options->format != RESULT_TABLE;
    int code = add_rules(c, set) ? EXIT_OK : EXIT_USAGE;
    rules_check_ids(set);
    for (size_t i = 0; i < set->n_files; i++) {
        const RuleFile *file = set->files[i];
        console_diags(c, file->path, file->text, &file->diags);
        if (!file->rule) code = EXIT_USAGE;
        else if (json) print_json(file->rule);
        else print_text(file->rule);
    }
    if (fflush(stdout) != 0) code = console_worse(code, EXIT_RUN);
    rules_free(set);
    return code;
}
