/*
 * json_path.c: JSONPath, and extract_json.
 *
 * Source: "JSONPath" and the page of extract_json.
 */
#include "kernels/dynamic/json_path.h"

#include "kernels/out.h"

enum { MAX_STEPS = 256 };

/* ".name": up to the next point or bracket. ".['name']" is taken as ['name']. */
static bool parse_dotted(Str text, size_t *at, PathStep *ret, bool *ret_is_step) {
    size_t from = ++*at;
    while (*at < text.len && text.ptr[*at] != '.' && text.ptr[*at] != '[') (*at)++;
    *ret_is_step = *at > from;
    *ret = (PathStep){.name = str_sub(text, from, *at - from)};
    return *ret_is_step ? ret->name.ptr[0] != '*' : *at < text.len && text.ptr[*at] == '[';
}

/* "['name']", "[\"name\"]" or "[n]". */
static bool parse_bracket(Str text, size_t *at, PathStep *ret) {
    Str rest = str_sub(text, *at + 1, text.len);
    char quote = rest.len ? rest.ptr[0] : 0;
    size_t end;
    *ret = (PathStep){.is_index = true};
    if (quote == '\'' || quote == '"') {
        char closing[2] = {quote, ']'};
        end = str_find(rest, (Str){closing, 2}, 1);
        if (end == SIZE_MAX) return false;
        *ret = (PathStep){.name = str_sub(rest, 1, end - 1)};
        *at += end + 3;
        return true;
    }
    end = str_find(rest, STR("]"), 0);
    if (end == SIZE_MAX || !json_long(str_sub(rest, 0, end), &ret->index)) return false;
    *at += end + 2;
    return ret->index >= 0;
}

bool json_path_parse(Arena *arena, Str text, JsonPath *ret) {
    size_t cap = 0, at = 1;
    text = str_trim(text);
    *ret = (JsonPath){NULL, 0};
    if (!text.len || text.ptr[0] != '$') return false;
    while (at < text.len) {
        PathStep step;
        bool is_step = true;
        if (ret->n == MAX_STEPS) return false;
        if (text.ptr[at] == '.') {
            if (!parse_dotted(text, &at, &step, &is_step)) return false;
        } else if (text.ptr[at] != '[' || !parse_bracket(text, &at, &step)) {
            return false;
        }
        if (is_step) ARENA_PUSH(arena, ret->steps, ret->n, cap, step);
    }
    return true;
}

bool json_path_looks(Str text) {
    return str_starts_with(text, STR("$.")) || str_starts_with(text, STR("$["));
}

Str json_path_find(Str json, const JsonPath *path) {
    for (size_t i = 0; i < path->n && json.len; i++) {
        const PathStep *step = &path->steps[i];
        json = step->is_index ? json_at(json, step->index) : json_get(json, step->name);
    }
    return json;
}

/* ---------------------------------------------------------- extract_json */

static void *prepare_path(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                          Str *ret_error) {
    if (!n_args || !constant[0]) return NULL;
    JsonPath *path = ARENA_NEW(arena, JsonPath);
    if (json_path_parse(arena, args[0].u.s, path)) return path;
    *ret_error = arena_printf(arena,
                              "'%.*s' is no path that extract_json knows: $, then .name, "
                              "['name'] or [n]",
                              STR_ARG(args[0].u.s));
    return NULL;
}

/* The arena of prepare owns the path. */
static void release_path(void *state) { (void)state; }

/* The third argument only says the type of the result. */
static void extract_json(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    JsonPath parsed;
    const JsonPath *path = call->state;
    if (n_args < 2 || !json_is_valid(args[1].u.s)) return;
    if (!path) {
        if (!json_path_parse(call->scratch, args[0].u.s, &parsed)) return;
        path = &parsed;
    }
    Str found = json_path_find(args[1].u.s, path);
    if (!found.len || json_kind(found) == JSON_NULL) return;
    Value v = value_text(TYPE_DYNAMIC, json_canonical_str(call->scratch, found));
    *ret = value_convert(call->scratch, &v, ret->type);
}

const Kernel kernel_extract_json = {
    .fn = extract_json, .prepare = prepare_path, .release = release_path};
