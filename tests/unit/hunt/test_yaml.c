/* YAML as a tree with places, and what of YAML is refused. */
#include "hunt/yaml_tree.h"

#include "test.h"

static Arena *arena;

/* The tree, or NULL with *ret_diag set. */
static YamlNode *load(Str text, Diag *ret_diag) {
    Diags diags;
    diags_init(&diags, arena);
    YamlNode *root = NULL;
    Status status = yaml_tree_load(arena, text, &diags, &root);
    CHECK((status == OK) == (diags.n_errors == 0));
    if (diags.n) *ret_diag = diags.items[0];
    return status == OK ? root : NULL;
}

static Str at(Str text, const YamlNode *node) {
    return str_sub(text, node->span.start, node->span.len);
}

static void test_tree(void) {
    Diag d;
    Str text = STR("name: h\xC3\xA9llo w\nlist: [a, 'b''c', \"d\\n\"]\nmap:\n  k: ~\n  no: 08\n");
    YamlNode *root = load(text, &d);
    CHECK(root && root->kind == YNODE_MAPPING);
    if (!root) return;
    CHECK_LONG(root->n, 3);
    CHECK_STR(yaml_tree_get(root, "name")->text, "h\xC3\xA9llo w");
    CHECK_STR(at(text, yaml_tree_get(root, "name")), "h\xC3\xA9llo w");
    YamlNode *list = yaml_tree_get(root, "list");
    CHECK_LONG(list->n, 3);
    CHECK_STR(at(text, list), "[a, 'b''c', \"d\\n\"]");
    CHECK_STR(list->items[1]->text, "b'c");
    CHECK_STR(at(text, list->items[2]), "\"d\\n\"");
    CHECK_STR(list->items[2]->text, "d\n");
    YamlNode *map = yaml_tree_get(root, "map");
    CHECK_STR(at(text, map), "k: ~\n  no: 08");
    CHECK(yaml_tree_is_null(yaml_tree_get(map, "k")));
    CHECK_STR(yaml_tree_get(map, "no")->text, "08");
    CHECK(!yaml_tree_get(root, "absent"));
    CHECK(yaml_tree_is_null(yaml_tree_get(root, "absent")));
}

static void test_bools(void) {
    Diag d;
    YamlNode *root = load(STR("a: yes\nb: \"false\"\nc: Off\nd: 1\n"), &d);
    bool b;
    CHECK(root && yaml_tree_bool(root->items[0], &b) && b);
    CHECK(yaml_tree_bool(root->items[1], &b) && !b);
    CHECK(yaml_tree_bool(root->items[2], &b) && !b);
    CHECK(!yaml_tree_bool(root->items[3], &b));
}

static void check_wrong(Str text, const char *message_part, unsigned line, unsigned column) {
    Diag d = {.message = STR_EMPTY};
    YamlNode *root = load(text, &d);
    CHECK(!root);
    if (str_find(d.message, str_of(message_part), 0) == SIZE_MAX)
        CHECK_STR(d.message, message_part);
    LineCol place = text_line_col(text, d.span.start);
    CHECK_LONG(place.line, line);
    CHECK_LONG(place.column, column);
}

static void test_refused(void) {
    check_wrong(STR(""), "it is empty", 1, 1);
    check_wrong(STR("# nothing\n"), "it is empty", 1, 1);
    check_wrong(STR("a: 1\nb: [1, 2\nc: 3\n"), "does not parse", 3, 2);
    check_wrong(STR("a: 1\n\xC3\xA4\xC3\xB6: \"x\ny\n"), "does not parse", 4, 1);
    check_wrong(STR("a: 1\nb: 2\na: 3\n"), "stands twice", 3, 1);
    check_wrong(STR("a: &x 1\nb: *x\n"), "aliases", 2, 4);
    check_wrong(STR("a: 1\n---\nb: 2\n"), "more than one document", 2, 1);
    check_wrong(STR("a: 1\nb: \xFF\n"), "not UTF-8", 2, 4);
    check_wrong(STR("a: 1\nb: \x01\n"), "does not parse", 2, 4);
    check_wrong(STR("? [a]\n: 1\n"), "a key must be plain text", 1, 3);
    check_wrong(STR("a:\n\tb: 1\n"), "does not parse", 2, 1);
}

static void test_caps(void) {
    Buf b = {0};
    Diag d;
    for (int i = 0; i < 64; i++) buf_putc(&b, '[');
    for (int i = 0; i < 64; i++) buf_putc(&b, ']');
    CHECK(load(buf_str(&b), &d) != NULL);
    buf_clear(&b);
    for (int i = 0; i < 100000; i++) buf_putc(&b, '[');
    CHECK(!load(buf_str(&b), &d));
    CHECK(str_find(d.message, STR("64 deep"), 0) != SIZE_MAX);
    buf_clear(&b);
    for (int i = 0; i < 200001; i++) buf_puts(&b, "- a\n");
    CHECK(!load(buf_str(&b), &d));
    CHECK(str_find(d.message, STR("200,000"), 0) != SIZE_MAX);
    buf_clear(&b);
    while (b.len <= YAML_TREE_MAX_BYTES) buf_puts(&b, "# comment\n");
    CHECK(!load(buf_str(&b), &d));
    CHECK(str_find(d.message, STR("4 MiB"), 0) != SIZE_MAX);
    buf_free(&b);
}

/* The value's bytes from `needle` on must stand in the file where the map says. */
static void check_offset(Str text, const char *needle) {
    Diag d;
    YamlNode *root = load(text, &d);
    CHECK(root != NULL);
    if (!root) return;
    YamlNode *node = yaml_tree_get(root, "q");
    size_t in_value = str_find(node->text, str_of(needle), 0);
    CHECK(in_value != SIZE_MAX);
    size_t in_file = yaml_tree_offset(text, node, in_value);
    CHECK_STR(str_sub(text, in_file, strlen(needle)), needle);
}

static void test_offsets(void) {
    check_offset(STR("a: 1\nq: |\n  // one\n  T\n    | where Xy == 1\n"), "Xy");
    check_offset(STR("a: 1\nq: |\n  // one\n  T\n    | where Xy == 1\n"), "| where");
    check_offset(STR("q: |-  # c\r\n    T\r\n\r\n    | take Xy\r\n"), "Xy");
    check_offset(STR("q: |2\n     T\n    | take Xy\n"), "Xy");
    check_offset(STR("q: |\n\n\n  T\n  | take Xy\n"), "Xy");
    check_offset(STR("q: \xC3\xA4\xC3\xB6 | take Xy\n"), "Xy");
    check_offset(STR("q: T\n  | take Xy\n\n  | b Zz\n"), "Zz");
    check_offset(STR("q: 'it''s '' Xy'\n"), "Xy");
    check_offset(STR("q: \"a\\n\\t\\u00e4\\x41 Xy\"\n"), "Xy");
    check_offset(STR("q: \"a \\\n    b\n\n   Xy\"\n"), "Xy");
    check_offset(STR("q: >\n  T one\n  | take\n\n  | where Xy\n"), "Xy");
    check_offset(STR("q: >-\n  T one\n    | take\n  | where Xy\n"), "Xy");
}

static void test_offset_ends(void) {
    Diag d;
    Str text = STR("q: |\n  T\n");
    YamlNode *q = yaml_tree_get(load(text, &d), "q");
    CHECK_LONG(yaml_tree_offset(text, q, 1), 8); /* the end of the line */
    CHECK(yaml_tree_offset(text, q, 999) <= text.len);
}

static void test_byte_order_mark(void) {
    Diag d;
    Str text = STR("\xEF\xBB\xBF"
                   "a: b\n");
    YamlNode *root = load(text, &d);
    CHECK(root && str_is(root->keys[0]->text, "a"));
    CHECK_STR(at(text, root->items[0]), "b");
}

int main(void) {
    arena = arena_new();
    test_tree();
    test_bools();
    test_refused();
    test_caps();
    test_offsets();
    test_offset_ends();
    test_byte_order_mark();
    arena_free(arena);
    return test_finish();
}
