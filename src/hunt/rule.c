/*
 * rule.c: sets of rules: files and folders, ids, finding one. See rule.h.
 */
#include "hunt/rule.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "hunt/hunt_internal.h"

#define MAX_FOLDER_DEPTH 16
#define MAX_FILES 20000

RuleSet *rules_new(void) {
    Arena *arena = arena_new();
    RuleSet *set = ARENA_NEW(arena, RuleSet);
    set->arena = arena;
    return set;
}

void rules_free(RuleSet *set) {
    if (set) arena_free(set->arena);
}

/* ------------------------------------------------------------------------ paths */

Str path_stem(Str path) {
    size_t start = path.len;
    while (start > 0 && path.ptr[start - 1] != '/') start--;
    Str name = str_sub(path, start, path.len);
    for (size_t i = name.len; i-- > 1;)
        if (name.ptr[i] == '.') return str_sub(name, 0, i);
    return name;
}

static bool is_rule_name(Str name) {
    return str_ends_with(name, STR(".yaml")) || str_ends_with(name, STR(".yml")) ||
           str_ends_with(name, STR(".kql"));
}

bool read_text_file(Arena *arena, const char *path, Str *ret_text, Str *ret_why) {
    struct stat st;
    FILE *f = NULL;
    if (stat(path, &st) != 0 || (!S_ISDIR(st.st_mode) && !(f = fopen(path, "rb")))) {
        *ret_why = arena_str(arena, str_of(strerror(errno)));
        return false;
    }
    if (!f) {
        *ret_why = STR("it is a folder");
        return false;
    }
    size_t cap = YAML_TREE_MAX_BYTES + 1; /* one more: too large is told by who parses it */
    if (S_ISREG(st.st_mode) && (size_t)st.st_size < cap) cap = (size_t)st.st_size + 1;
    char *text = arena_alloc_raw(arena, cap);
    size_t n = fread(text, 1, cap, f);
    bool is_good = !ferror(f);
    fclose(f);
    if (!is_good) *ret_why = STR("it could not be read");
    *ret_text = (Str){text, n};
    return is_good;
}

/* ------------------------------------------------------------------------ adding */

static RuleFile *new_file(RuleSet *set, Str path) {
    RuleFile *file = ARENA_NEW(set->arena, RuleFile);
    *file = (RuleFile){.path = arena_str(set->arena, path), .text = STR_EMPTY};
    diags_init(&file->diags, set->arena);
    return file;
}

static void push_file(RuleSet *set, RuleFile *file) {
    ARENA_PUSH(set->arena, set->files, set->n_files, set->cap, file);
}

RuleFile *rules_add_text(RuleSet *set, Str path, Str text) {
    RuleFile *file = new_file(set, path);
    file->text = arena_str(set->arena, text);
    rule_load(set->arena, file);
    push_file(set, file);
    return file;
}

static RuleFile *load_file(RuleSet *set, const char *path) {
    RuleFile *file = new_file(set, str_of(path));
    Str why;
    if (read_text_file(set->arena, path, &file->text, &why)) {
        rule_load(set->arena, file);
    } else {
        diag_add(&file->diags, SEVERITY_ERROR, PHASE_SYNTAX, (Span){0, 0}, "QY617",
                 "the file cannot be read: %.*s", STR_ARG(why));
    }
    return file;
}

/* A folder that is being walked. */
typedef struct Walk {
    RuleSet *set;
    Diags *diags;
    const char *root;
    size_t n_found;
    bool is_full;
} Walk;

static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void visit_file(Walk *w, const char *path) {
    if (w->set->n_files >= MAX_FILES) {
        if (!w->is_full)
            diag_add(w->diags, SEVERITY_WARNING, PHASE_SYNTAX, (Span){0, 0}, "QY618",
                     "%s: only the first 20,000 rules are read", w->root);
        w->is_full = true;
        return;
    }
    RuleFile *file = load_file(w->set, path);
    if (file->is_other) {
        diag_add(w->diags, SEVERITY_WARNING, PHASE_SYNTAX, (Span){0, 0}, "QY618",
                 "%s is YAML, but no rule (no query, id, name or tactics), and is passed over",
                 path);
        return;
    }
    push_file(w->set, file);
    w->n_found++;
}

static void walk_folder(Walk *w, const char *path, unsigned depth) {
    if (depth > MAX_FOLDER_DEPTH) {
        diag_add(w->diags, SEVERITY_WARNING, PHASE_SYNTAX, (Span){0, 0}, "QY618",
                 "%s is more than %d folders deep and is not read", path, MAX_FOLDER_DEPTH);
        return;
    }
    struct dirent **entries;
    int n = scandir(path, &entries, NULL, by_name);
    if (n < 0) {
        diag_add(w->diags, SEVERITY_WARNING, PHASE_SYNTAX, (Span){0, 0}, "QY618",
                 "the folder %s cannot be read: %s", path, strerror(errno));
        return;
    }
    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        char child[PATH_MAX];
        struct stat st;
        int len = snprintf(child, sizeof child, "%s/%s", path, name);
        bool is_usable = name[0] != '.' && len > 0 && (size_t)len < sizeof child;
        if (is_usable && lstat(child, &st) == 0) {
            if (S_ISDIR(st.st_mode)) walk_folder(w, child, depth + 1);
            else if (is_rule_name(str_of(name)) && stat(child, &st) == 0 && S_ISREG(st.st_mode))
                visit_file(w, child);
        }
        free(entries[i]);
    }
    free(entries);
}

Status rules_add_path(RuleSet *set, const char *path, Diags *diags) {
    struct stat st;
    if (stat(path, &st) != 0) {
        diag_add(diags, SEVERITY_ERROR, PHASE_SYNTAX, (Span){0, 0}, "QY617",
                 "the rule %s cannot be read: %s", path, strerror(errno));
        return INVALID;
    }
    if (!S_ISDIR(st.st_mode)) {
        push_file(set, load_file(set, path));
        return OK;
    }
    Walk w = {.set = set, .diags = diags, .root = path};
    walk_folder(&w, path, 0);
    if (w.n_found) return OK;
    diag_add(diags, SEVERITY_ERROR, PHASE_SYNTAX, (Span){0, 0}, "QY617",
             "the folder %s holds no rule (*.yaml, *.yml, *.kql)", path);
    return INVALID;
}

/* --------------------------------------------------------------------------- ids */

typedef struct Place {
    RuleFile *file;
    size_t index;
    Str key;
} Place;

static int by_key(const void *a, const void *b) {
    const Place *x = a, *y = b;
    size_t n = x->key.len < y->key.len ? x->key.len : y->key.len;
    int order = n ? strncasecmp(x->key.ptr, y->key.ptr, n) : 0;
    if (order) return order;
    if (x->key.len != y->key.len) return x->key.len < y->key.len ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* A file that was given twice, by itself and in a folder, is one file. */
static void drop_repeats(RuleSet *set, Place *places) {
    size_t n = 0;
    for (size_t i = 0; i < set->n_files; i++) {
        char real[PATH_MAX];
        char *path = arena_cstr(set->arena, set->files[i]->path);
        if (realpath(path, real))
            places[n++] = (Place){set->files[i], i, arena_str(set->arena, str_of(real))};
    }
    qsort(places, n, sizeof *places, by_key);
    for (size_t i = 1; i < n; i++)
        if (str_eq(places[i - 1].key, places[i].key)) set->files[places[i].index] = NULL;
    size_t kept = 0;
    for (size_t i = 0; i < set->n_files; i++)
        if (set->files[i]) set->files[kept++] = set->files[i];
    set->n_files = kept;
}

static void tell_twin(RuleFile *file, const RuleFile *other, Str id) {
    const YamlNode *node = yaml_tree_get(file->rule->fields, "id");
    diag_add(&file->diags, SEVERITY_ERROR, PHASE_SEMANTICS, node ? node->span : (Span){0, 0},
             "QY619", "the rule in %.*s has the same id %.*s", STR_ARG(other->path), STR_ARG(id))
        ->hint = STR("an id belongs to one rule: give one of them a new one");
}

void rules_check_ids(RuleSet *set) {
    Place *places = ARENA_ARRAY(set->arena, Place, set->n_files + 1);
    drop_repeats(set, places);
    size_t n = 0;
    for (size_t i = 0; i < set->n_files; i++)
        if (set->files[i]->rule && set->files[i]->rule->id.len)
            places[n++] = (Place){set->files[i], i, set->files[i]->rule->id};
    qsort(places, n, sizeof *places, by_key);
    for (size_t i = 0; i < n;) {
        size_t end = i + 1;
        while (end < n && str_eq_nocase(places[i].key, places[end].key)) end++;
        for (size_t k = i; end - i > 1 && k < end; k++)
            tell_twin(places[k].file, places[k == i ? i + 1 : i].file, places[k].key);
        for (size_t k = i; end - i > 1 && k < end; k++) places[k].file->rule = NULL;
        i = end;
    }
}

const HuntRule *rules_find(const RuleSet *set, Str id_or_name) {
    for (int pass = 0; pass < 3; pass++) {
        for (size_t i = 0; i < set->n_files; i++) {
            const HuntRule *r = set->files[i]->rule;
            if (!r) continue;
            Str key = pass == 0 ? r->id : pass == 1 ? r->name : path_stem(r->path);
            if (key.len && str_eq_nocase(key, id_or_name)) return r;
        }
    }
    return NULL;
}
