/*
 * yaml_tree.c: libyaml's events to a tree, with a stack of our own instead of recursion. See
 * yaml_tree.h.
 *
 * libyaml counts characters; spans are bytes. A table of checkpoints turns one into the other.
 */
#include "hunt/yaml_tree.h"

#include <stdlib.h>
#include <yaml.h>

#include "base/utf8.h"

#define CHECKPOINT_EVERY 256

/* A mapping or sequence that is not yet closed. */
typedef struct Open {
    YamlNode *node;
    size_t keys_cap, items_cap;
    YamlNode *key; /* of a mapping: the key whose value comes next */
} Open;

typedef struct Loader {
    Arena *arena;
    Diags *diags;
    Str text;      /* the whole file */
    size_t body;   /* where YAML begins: behind the byte order mark */
    size_t *marks; /* byte offset of every CHECKPOINT_EVERY-th character of the body */
    size_t n_marks, marks_cap;
    size_t n_nodes;
    Open stack[YAML_TREE_MAX_DEPTH];
    size_t depth;
    YamlNode *root;
} Loader;

/* ------------------------------------------------------------------- positions */

static bool is_continuation(char c) { return ((unsigned char)c & 0xc0) == 0x80; }

static void make_marks(Loader *l) {
    size_t n_chars = 0;
    for (size_t at = l->body; at < l->text.len; at++) {
        if (is_continuation(l->text.ptr[at])) continue;
        if (n_chars % CHECKPOINT_EVERY == 0)
            ARENA_PUSH(l->arena, l->marks, l->n_marks, l->marks_cap, at);
        n_chars++;
    }
}

/* The byte at which the index-th character of the body starts. */
static size_t byte_of(const Loader *l, size_t index) {
    size_t mark = index / CHECKPOINT_EVERY;
    if (mark >= l->n_marks) return l->text.len;
    size_t at = l->marks[mark];
    for (size_t left = index % CHECKPOINT_EVERY; left && at < l->text.len; left--) {
        at++;
        while (at < l->text.len && is_continuation(l->text.ptr[at])) at++;
    }
    return at;
}

static Span span_between(size_t start, size_t end) {
    return (Span){(uint32_t)start, (uint32_t)(end > start ? end - start : 0)};
}

static Span event_span(const Loader *l, const yaml_event_t *e) {
    return span_between(byte_of(l, e->start_mark.index), byte_of(l, e->end_mark.index));
}

static Status wrong(Loader *l, Span span, const char *what, const char *hint) {
    Diag *d = diag_add(l->diags, SEVERITY_ERROR, PHASE_SYNTAX, span, "QY600", "%s", what);
    if (hint) d->hint = str_of(hint);
    return INVALID;
}

/* ------------------------------------------------------------------------ tree */

static YamlNodeStyle style_of(yaml_scalar_style_t style) {
    switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: return YSTYLE_QUOTED;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: return YSTYLE_DOUBLE;
    case YAML_LITERAL_SCALAR_STYLE: return YSTYLE_LITERAL;
    case YAML_FOLDED_SCALAR_STYLE: return YSTYLE_FOLDED;
    case YAML_ANY_SCALAR_STYLE:
    case YAML_PLAIN_SCALAR_STYLE: break;
    }
    return YSTYLE_PLAIN;
}

static Status new_node(Loader *l, YamlNodeKind kind, Span span, YamlNode **ret) {
    if (++l->n_nodes > YAML_TREE_MAX_NODES) {
        (void)wrong(l, span, "the document has more than 200,000 parts", NULL);
        return INVALID;
    }
    *ret = ARENA_NEW(l->arena, YamlNode);
    **ret = (YamlNode){.kind = kind, .span = span, .text = STR_EMPTY};
    return OK;
}

/* Hangs a node under what is open. */
static Status attach(Loader *l, YamlNode *node) {
    if (!l->depth) {
        l->root = node;
        return OK;
    }
    Open *top = &l->stack[l->depth - 1];
    YamlNode *parent = top->node;
    if (parent->kind == YNODE_MAPPING && !top->key) {
        if (node->kind != YNODE_SCALAR)
            return wrong(l, node->span, "a key must be plain text", NULL);
        top->key = node;
        return OK;
    }
    size_t n = parent->n;
    if (parent->kind == YNODE_MAPPING) {
        size_t n_keys = n;
        ARENA_PUSH(l->arena, parent->keys, n_keys, top->keys_cap, top->key);
        top->key = NULL;
    }
    ARENA_PUSH(l->arena, parent->items, n, top->items_cap, node);
    parent->n = n;
    return OK;
}

static Status open_node(Loader *l, YamlNodeKind kind, Span span) {
    YamlNode *node;
    TRY(new_node(l, kind, span, &node));
    TRY(attach(l, node));
    if (l->depth == YAML_TREE_MAX_DEPTH)
        return wrong(l, span, "the document is nested more than 64 deep", NULL);
    l->stack[l->depth++] = (Open){.node = node};
    return OK;
}

static int compare_keys(const void *a, const void *b) {
    const YamlNode *x = *(YamlNode *const *)a, *y = *(YamlNode *const *)b;
    int order = str_compare(x->text, y->text);
    if (order) return order;
    return x->span.start < y->span.start ? -1 : x->span.start > y->span.start;
}

static Status check_keys(Loader *l, const YamlNode *mapping) {
    if (mapping->n < 2) return OK;
    YamlNode **sorted = ARENA_ARRAY(l->arena, YamlNode *, mapping->n);
    memcpy(sorted, mapping->keys, sizeof *sorted * mapping->n);
    qsort(sorted, mapping->n, sizeof *sorted, compare_keys);
    for (size_t i = 1; i < mapping->n; i++) {
        if (!str_eq(sorted[i - 1]->text, sorted[i]->text)) continue;
        LineCol first = text_line_col(l->text, sorted[i - 1]->span.start);
        diag_add(l->diags, SEVERITY_ERROR, PHASE_SYNTAX, sorted[i]->span, "QY601",
                 "the key \"%.*s\" stands twice; the first is in line %u",
                 STR_ARG(str_sub(sorted[i]->text, 0, 80)), first.line);
        return INVALID;
    }
    return OK;
}

static Status close_node(Loader *l, size_t end) {
    if (!l->depth || !l->stack[l->depth - 1].node) return INTERNAL;
    YamlNode *node = l->stack[--l->depth].node;
    /* a block ends where its last part does, not where the next token begins */
    if (node->n && l->text.ptr[node->span.start] != '{' && l->text.ptr[node->span.start] != '[') {
        Span last = node->items[node->n - 1]->span;
        end = last.start + last.len;
    }
    node->span = span_between(node->span.start, end);
    return node->kind == YNODE_MAPPING ? check_keys(l, node) : OK;
}

static Status add_scalar(Loader *l, const yaml_event_t *e) {
    YamlNode *node;
    TRY(new_node(l, YNODE_SCALAR, event_span(l, e), &node));
    node->style = style_of(e->data.scalar.style);
    node->text =
        arena_str(l->arena, (Str){(const char *)e->data.scalar.value, e->data.scalar.length});
    return attach(l, node);
}

/* ---------------------------------------------------------------------- events */

static Status take_event(Loader *l, const yaml_event_t *e, bool *is_done) {
    switch (e->type) {
    case YAML_STREAM_END_EVENT: *is_done = true; return OK;
    case YAML_DOCUMENT_START_EVENT:
        if (!l->root) return OK;
        return wrong(l, event_span(l, e), "the file holds more than one document",
                     "a file is one document: split it at the line \"---\"");
    case YAML_ALIAS_EVENT:
        return wrong(l, event_span(l, e), "aliases (*name) are not read",
                     "write the value out where it is needed");
    case YAML_SCALAR_EVENT: return add_scalar(l, e);
    case YAML_SEQUENCE_START_EVENT: return open_node(l, YNODE_SEQUENCE, event_span(l, e));
    case YAML_MAPPING_START_EVENT: return open_node(l, YNODE_MAPPING, event_span(l, e));
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: return close_node(l, byte_of(l, e->end_mark.index));
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_DOCUMENT_END_EVENT: return OK;
    }
    return OK;
}

static Status syntax_error(Loader *l, const yaml_parser_t *parser) {
    if (parser->error == YAML_MEMORY_ERROR) return wrong(l, (Span){0, 0}, "out of memory", NULL);
    size_t at = byte_of(l, parser->problem_mark.index);
    if (parser->error == YAML_READER_ERROR) at = l->body + parser->problem_offset;
    if (at > l->text.len) at = l->text.len;
    const char *context = parser->context ? parser->context : "";
    diag_add(l->diags, SEVERITY_ERROR, PHASE_SYNTAX, (Span){(uint32_t)at, at < l->text.len},
             "QY600", "this YAML does not parse: %s%s%s", context, *context ? ": " : "",
             parser->problem ? parser->problem : "unknown problem");
    return INVALID;
}

static Status load_events(Loader *l) {
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) return wrong(l, (Span){0, 0}, "out of memory", NULL);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)l->text.ptr + l->body,
                                 l->text.len - l->body);
    Status status = OK;
    for (bool is_done = false; !is_done && status == OK;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            status = syntax_error(l, &parser);
            break;
        }
        status = take_event(l, &event, &is_done);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return status;
}

static size_t first_bad_byte(Str text) {
    for (size_t at = 0; at < text.len;) {
        unsigned len;
        uint32_t cp = utf8_decode(text, at, &len);
        if (cp == 0xfffd && len == 1) return at;
        at += len;
    }
    return text.len;
}

static Status check_bytes(Loader *l) {
    if (l->text.len > YAML_TREE_MAX_BYTES)
        return wrong(l, (Span){YAML_TREE_MAX_BYTES, 0}, "the file is larger than 4 MiB", NULL);
    if (!utf8_is_valid(l->text)) {
        size_t at = first_bad_byte(l->text);
        return wrong(l, (Span){(uint32_t)at, at < l->text.len}, "the file is not UTF-8",
                     "a binary file, or text in another encoding");
    }
    return OK;
}

Status yaml_tree_load(Arena *arena, Str text, Diags *diags, YamlNode **ret_root) {
    Loader *l = ARENA_NEW(arena, Loader);
    *l = (Loader){.arena = arena, .diags = diags, .text = text};
    TRY(check_bytes(l));
    if (str_starts_with(text, STR("\xEF\xBB\xBF"))) l->body = 3;
    make_marks(l);
    TRY(load_events(l));
    if (!l->root || yaml_tree_is_null(l->root))
        return wrong(l, (Span){(uint32_t)l->body, 0}, "the file holds no YAML: it is empty", NULL);
    *ret_root = l->root;
    return OK;
}

/* --------------------------------------------------------------------- reading */

YamlNode *yaml_tree_get(const YamlNode *mapping, const char *key) {
    if (!mapping || mapping->kind != YNODE_MAPPING) return NULL;
    for (size_t i = 0; i < mapping->n; i++)
        if (str_is(mapping->keys[i]->text, key)) return mapping->items[i];
    return NULL;
}

bool yaml_tree_is_null(const YamlNode *node) {
    if (!node) return true;
    if (node->kind != YNODE_SCALAR || node->style != YSTYLE_PLAIN) return false;
    return !node->text.len || str_is(node->text, "~") || str_eq_nocase(node->text, STR("null"));
}

bool yaml_tree_bool(const YamlNode *node, bool *ret) {
    if (!node || node->kind != YNODE_SCALAR) return false;
    static const char *const yes[] = {"true", "yes", "on"}, *const no[] = {"false", "no", "off"};
    for (size_t i = 0; i < COUNT_OF(yes); i++) {
        if (str_eq_nocase(node->text, str_of(yes[i]))) return *ret = true;
        if (str_eq_nocase(node->text, str_of(no[i]))) {
            *ret = false;
            return true;
        }
    }
    return false;
}
