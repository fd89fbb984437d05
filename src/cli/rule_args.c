/* Rules by path, or by the name or id of one that comes with Quarry. */
#include <limits.h>
#include <sys/stat.h>

#include "cli/verbs.h"
#include "hunt/rule.h"

static bool path_exists(const char *path) {
    struct stat st;
    return stat(path, &st) == 0;
}

/* The rules of content/hunts, loaded once they are asked for. */
static bool load_built_in(Console *c, RuleSet **ret) {
    char dir[PATH_MAX], hunts[PATH_MAX + 8];
    Diags diags;
    diags_init(&diags, c->arena);
    RuleSet *set = rules_new();
    bool ok = session_find_share("content", dir, sizeof dir);
    if (ok) {
        snprintf(hunts, sizeof hunts, "%s/hunts", dir);
        ok = rules_add_path(set, hunts, &diags) == OK;
    }
    console_diags(c, STR_EMPTY, STR_EMPTY, &diags);
    if (ok) *ret = set;
    else rules_free(set);
    return ok;
}

static bool add_built_in(Console *c, RuleSet *set, RuleSet *built_in, const char *name) {
    const HuntRule *rule = rules_find(built_in, str_of(name));
    if (!rule) {
        Str best = STR_EMPTY;
        unsigned nearest = 6;
        for (size_t i = 0; i < built_in->n_files; i++) {
            if (!built_in->files[i]->rule) continue;
            unsigned d = str_distance(str_of(name), built_in->files[i]->rule->name, nearest);
            if (d >= nearest) continue;
            nearest = d;
            best = built_in->files[i]->rule->name;
        }
        if (best.len)
            console_error("%s is no file and no rule that comes with Quarry; did you mean %.*s?",
                          name, STR_ARG(best));
        else
            console_error(
                "%s is no file and no rule that comes with Quarry (quarry rules lists them)", name);
        return false;
    }
    Diags diags;
    diags_init(&diags, c->arena);
    Status status = rules_add_path(set, arena_cstr(c->arena, rule->path), &diags);
    console_diags(c, STR_EMPTY, STR_EMPTY, &diags);
    return status == OK;
}

bool rule_args_add(Console *c, RuleSet *set, const TextList *args) {
    RuleSet *built_in = NULL;
    bool ok = true;
    for (size_t i = 0; i < args->n; i++) {
        if (!path_exists(args->items[i]) && !strchr(args->items[i], '/')) {
            if (!built_in && !load_built_in(c, &built_in)) {
                console_error(
                    "%s: no such file, and the rules that come with Quarry were not found",
                    args->items[i]);
                return false;
            }
            ok = add_built_in(c, set, built_in, args->items[i]) && ok;
            continue;
        }
        Diags diags;
        diags_init(&diags, c->arena);
        ok = rules_add_path(set, args->items[i], &diags) == OK && ok;
        console_diags(c, STR_EMPTY, STR_EMPTY, &diags);
    }
    rules_free(built_in);
    return ok;
}
