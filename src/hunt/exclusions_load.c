/*
 * exclusions_load.c: an exclusion file to entries. See docs/exclusions.md for the format.
 *
 * A typo in such a file could hide an attack, so nothing is passed over: an unknown key, a missing
 * reason or an odd date is an error, and a file with an error is not used at all.
 */
#include "base/ticks.h"
#include "hunt/exclude_internal.h"

Diag *exclusion_error(ExclusionLoader *l, Span span, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    Str message = arena_vprintf(l->set->arena, fmt, ap);
    va_end(ap);
    return diag_add(&l->file->diags, SEVERITY_ERROR, PHASE_SEMANTICS, span, "QY631", "%.*s",
                    STR_ARG(message));
}

static Str shown(Str s) { return str_sub(s, 0, 100); }

bool exclusion_keys_known(ExclusionLoader *l, const YamlNode *mapping, const char *const *allowed) {
    bool is_good = true;
    for (size_t i = 0; i < mapping->n; i++) {
        Str key = mapping->keys[i]->text, nearest = STR_EMPTY;
        unsigned best = 3;
        bool is_known = false;
        for (const char *const *a = allowed; *a; a++) {
            if (str_is(key, *a)) is_known = true;
            unsigned distance = str_distance(key, str_of(*a), best);
            if (distance < best) {
                best = distance;
                nearest = str_of(*a);
            }
        }
        if (is_known) continue;
        is_good = false;
        Diag *d = exclusion_error(l, mapping->keys[i]->span, "\"%.*s\" is no key here",
                                  STR_ARG(shown(key)));
        Buf b = {0};
        if (nearest.len) {
            buf_printf(&b, "did you mean \"%.*s\"?", STR_ARG(nearest));
        } else {
            buf_puts(&b, "keys: ");
            for (const char *const *a = allowed; *a; a++)
                buf_printf(&b, "%s%s", a == allowed ? "" : ", ", *a);
        }
        d->hint = arena_str(l->set->arena, buf_str(&b));
        buf_free(&b);
    }
    return is_good;
}

/* ------------------------------------------------------------------ simple fields */

static Str entry_text(ExclusionLoader *l, const YamlNode *entry, const char *key, bool is_needed) {
    const YamlNode *node = yaml_tree_get(entry, key);
    if (!node) {
        if (is_needed)
            exclusion_error(l, (Span){entry->span.start, 0}, "the entry has no \"%s\"", key);
        return STR_EMPTY;
    }
    Str text = node->kind == YNODE_SCALAR ? str_trim(node->text) : STR_EMPTY;
    if (node->kind != YNODE_SCALAR || !text.len || yaml_tree_is_null(node))
        exclusion_error(l, node->span, "\"%s\" must be text that says something", key);
    return text;
}

/* A list of texts, or one text. */
static Str *entry_list(ExclusionLoader *l, const YamlNode *node, const char *key, size_t *ret_n) {
    *ret_n = 0;
    if (!node) return NULL;
    size_t n = node->kind == YNODE_SEQUENCE ? node->n : 1;
    Str *items = ARENA_ARRAY(l->set->arena, Str, n + 1);
    for (size_t i = 0; i < n; i++) {
        const YamlNode *item = node->kind == YNODE_SEQUENCE ? node->items[i] : node;
        if (item->kind != YNODE_SCALAR || !str_trim(item->text).len) {
            exclusion_error(l, item->span, "\"%s\" is a list of texts", key);
            continue;
        }
        items[(*ret_n)++] = str_trim(item->text);
    }
    return items;
}

static bool digits_at(Str s, size_t at, size_t n) {
    for (size_t i = at; i < at + n; i++)
        if (i >= s.len || s.ptr[i] < '0' || s.ptr[i] > '9') return false;
    return true;
}

/* 2027-06-30 (through that day, UTC) or 2027-06-30T12:00:00Z (up to that moment). */
static bool read_expiry(Str text, int64_t *ret_ticks) {
    bool is_date = digits_at(text, 0, 4) && text.len >= 10 && text.ptr[4] == '-' &&
                   digits_at(text, 5, 2) && text.ptr[7] == '-' && digits_at(text, 8, 2);
    if (!is_date || (text.len > 10 && text.ptr[10] != 'T' && text.ptr[10] != ' ')) return false;
    int64_t ticks;
    if (!ticks_parse_datetime(text, &ticks)) return false;
    /* the parser must not have read another day than the one written (2027-02-30) */
    char day[32];
    size_t len = ticks_print_datetime(ticks, day);
    if (text.len == 10 && (len < 10 || memcmp(day, text.ptr, 10) != 0)) return false;
    if (text.len == 10)
        ticks = ticks > TICKS_MAX_DATETIME - TICKS_PER_DAY ? INT64_MAX : ticks + TICKS_PER_DAY;
    *ret_ticks = ticks;
    return true;
}

static void load_expiry(ExclusionLoader *l, const YamlNode *entry, Exclusion *x) {
    x->expires_ticks = INT64_MAX;
    x->expires = STR_EMPTY;
    const YamlNode *node = yaml_tree_get(entry, "expires");
    if (!node) return;
    x->expires = entry_text(l, entry, "expires", false);
    if (!x->expires.len || read_expiry(x->expires, &x->expires_ticks)) return;
    exclusion_error(l, node->span, "\"%.*s\" is no date", STR_ARG(shown(x->expires)))->hint =
        STR("write 2027-06-30 (through that day, UTC) or 2027-06-30T12:00:00Z");
}

static void load_rules(ExclusionLoader *l, const YamlNode *entry, Exclusion *x) {
    const YamlNode *node = yaml_tree_get(entry, "rules");
    if (!node) return;
    x->rules = entry_list(l, node, "rules", &x->n_rules);
    if (node->kind == YNODE_SEQUENCE && !node->n)
        exclusion_error(l, node->span, "\"rules\" names no rule")->hint =
            STR("leave the key out to apply the entry to every rule");
    for (size_t i = 0; i < x->n_rules && node->kind == YNODE_SEQUENCE && i < node->n; i++) {
        size_t at;
        const char *what;
        if (!glob_check(x->rules[i], &at, &what))
            exclusion_error(l, node->items[i]->span, "bad glob \"%.*s\": %s",
                            STR_ARG(shown(x->rules[i])), what);
    }
}

/* ------------------------------------------------------------------------ entries */

static const Exclusion *find_named(const ExclusionSet *set, Str name) {
    for (size_t i = 0; i < set->n_items; i++)
        if (str_eq_nocase(set->items[i]->name, name)) return set->items[i];
    return NULL;
}

static void warn_of(ExclusionLoader *l, Span span, const char *code, const char *what, Str name) {
    diag_add(&l->file->diags, SEVERITY_WARNING, PHASE_SEMANTICS, span, code, "\"%.*s\" %s",
             STR_ARG(shown(name)), what);
}

static void load_entry(ExclusionLoader *l, const YamlNode *entry, bool is_protection) {
    static const char *const keys[] = {"name",    "scenario", "reason", "owner",
                                       "expires", "rules",    "when",   NULL};
    if (entry->kind != YNODE_MAPPING) {
        exclusion_error(l, entry->span, "an entry is a mapping with name, reason and when");
        return;
    }
    exclusion_keys_known(l, entry, keys);
    Exclusion *x = ARENA_NEW(l->set->arena, Exclusion);
    x->is_protection = is_protection;
    x->path = l->file->path;
    x->span = entry->span;
    x->name = entry_text(l, entry, "name", true);
    x->scenario = entry_text(l, entry, "scenario", !is_protection);
    x->reason = entry_text(l, entry, "reason", true);
    x->owner = entry_text(l, entry, "owner", !is_protection);
    load_expiry(l, entry, x);
    load_rules(l, entry, x);
    const YamlNode *when = yaml_tree_get(entry, "when");
    if (!when) exclusion_error(l, (Span){entry->span.start, 0}, "the entry has no \"when\"");
    else x->when = cond_load(l, when, is_protection);
    if (x->when && !is_protection) cond_check_paths(l, x->when);
    if (x->name.len && find_named(l->set, x->name))
        exclusion_error(l, yaml_tree_get(entry, "name")->span, "two entries are named \"%.*s\"",
                        STR_ARG(shown(x->name)));
    if (when && x->when && !is_protection && cond_is_broad(x->when))
        warn_of(l, when->span, "QY640",
                "is broad: a process name alone meets it, and any file can bear that name",
                x->name);
    if (when && x->when && !is_protection && cond_is_vacuous(x->when))
        warn_of(l, when->span, "QY640", "is broad: anything meets it", x->name);
    if (when && x->when && !is_protection && cond_only_denies(x->when))
        warn_of(l, when->span, "QY640", "is broad: it says only what must not hold", x->name);
    if (when && x->when && !is_protection && cond_is_path_only(x->when))
        warn_of(l, when->span, "QY641", "excludes by path alone, on any host (any_host: true)",
                x->name);
    ARENA_PUSH(l->set->arena, l->set->items, l->set->n_items, l->set->items_cap, x);
}

static void load_entries(ExclusionLoader *l, const YamlNode *root, const char *key,
                         bool is_protection) {
    const YamlNode *list = yaml_tree_get(root, key);
    if (yaml_tree_is_null(list)) return;
    if (list->kind != YNODE_SEQUENCE) {
        exclusion_error(l, list->span, "\"%s\" is a list of entries", key);
        return;
    }
    for (size_t i = 0; i < list->n; i++) load_entry(l, list->items[i], is_protection);
}

/* -------------------------------------------------------------- the file's other parts */

static void load_internal(ExclusionLoader *l, const YamlNode *root) {
    const YamlNode *node = yaml_tree_get(root, "internal");
    size_t n;
    Str *items = entry_list(l, node, "internal", &n);
    for (size_t i = 0; i < n; i++) {
        const YamlNode *at = node->kind == YNODE_SEQUENCE && i < node->n ? node->items[i] : node;
        Str text =
            str_starts_with(items[i], STR("*.")) ? str_sub(items[i], 2, items[i].len) : items[i];
        Str host;
        uint32_t flags;
        if (!url_normalise_host(l->set->arena, text, &host, &flags) || (flags & URL_FLAGS_SUSPECT))
            exclusion_error(l, at->span, "\"%.*s\" is no domain", STR_ARG(shown(items[i])));
        else
            ARENA_PUSH(l->set->arena, l->set->internal, l->set->n_internal, l->set->internal_cap,
                       host);
    }
}

static void load_columns(ExclusionLoader *l, const YamlNode *root) {
    const YamlNode *node = yaml_tree_get(root, "columns");
    if (!node) return;
    if (node->kind != YNODE_MAPPING) {
        exclusion_error(l, node->span, "\"columns\" is a mapping of url, time, device, ...");
        return;
    }
    const char *keys[ROLE_NAMED + 1] = {0};
    for (int r = 0; r < ROLE_NAMED; r++) keys[r] = role_names[r];
    exclusion_keys_known(l, node, keys);
    if (!l->set->roles) l->set->roles = ARENA_NEW(l->set->arena, ExclusionRoles);
    ExclusionRoles *roles = l->set->roles;
    for (int r = 0; r < ROLE_NAMED; r++) {
        size_t n;
        Str *items = entry_list(l, yaml_tree_get(node, role_names[r]), role_names[r], &n);
        for (size_t i = 0; i < n; i++)
            ARENA_PUSH(l->set->arena, roles->names[r], roles->n[r], roles->cap[r], items[i]);
        /* of several, those of one rule may be missing from another's result */
        if (n == 1) exclusion_note_column(l, items[0]);
    }
}

static void check_lists(ExclusionLoader *l, const YamlNode *root) {
    const YamlNode *lists = yaml_tree_get(root, "lists");
    if (yaml_tree_is_null(lists)) return;
    if (lists->kind != YNODE_MAPPING) {
        exclusion_error(l, lists->span, "\"lists\" is a mapping of names to lists");
        return;
    }
    l->lists = lists;
    for (size_t i = 0; i < lists->n; i++) {
        size_t n;
        if (!yaml_tree_is_null(lists->items[i])) entry_list(l, lists->items[i], "lists", &n);
    }
}

static void check_version(ExclusionLoader *l, const YamlNode *root) {
    const YamlNode *version = yaml_tree_get(root, "version");
    if (version && (version->kind != YNODE_SCALAR || !str_is(version->text, "1")))
        exclusion_error(l, version->span, "this program reads version 1 of the format");
}

Status exclusion_file_load(ExclusionSet *set, ExclusionFile *file) {
    static const char *const keys[] = {"version",    "columns",     "internal", "lists",
                                       "exclusions", "protections", NULL};
    ExclusionLoader l = {.set = set, .file = file};
    YamlNode *root;
    TRY(yaml_tree_load(set->arena, file->text, &file->diags, &root));
    if (root->kind != YNODE_MAPPING) {
        exclusion_error(&l, root->span, "an exclusion file is a mapping with \"exclusions\"");
        return INVALID;
    }
    ExclusionRoles roles = set->roles ? *set->roles : (ExclusionRoles){0};
    size_t n_items = set->n_items, n_internal = set->n_internal, n_columns = set->n_columns;
    exclusion_keys_known(&l, root, keys);
    check_version(&l, root);
    load_internal(&l, root);
    load_columns(&l, root);
    check_lists(&l, root);
    load_entries(&l, root, "exclusions", false);
    load_entries(&l, root, "protections", true);
    if (!yaml_tree_get(root, "exclusions") && !yaml_tree_get(root, "protections"))
        exclusion_error(&l, (Span){root->span.start, 0}, "the file holds no \"exclusions\"");
    file->is_ok = file->diags.n_errors == 0;
    if (file->is_ok) return OK;
    set->n_items = n_items; /* none of a wrong file's entries is used */
    set->n_internal = n_internal;
    set->n_columns = n_columns;
    if (set->roles) *set->roles = roles;
    return INVALID;
}
