/*
 * test_binder.c: names, conversions and messages of the binder, over trees made by hand.
 */
#include "semantics/bind_scope.h"
#include "test.h"

static const TableRef *find_none(void *self, Str name) {
    (void)self;
    (void)name;
    return NULL;
}

static const SchemaProvider schemas = {.find = find_none};
static const QueryContext query = {.now_ticks = 0};
static const BindOptions options = {.schemas = &schemas, .query = &query};
static Arena *arena;
static Diags diags;

static Node *node(NodeKind kind, const char *text, uint32_t n, Node *a, Node *second) {
    Node *made = ARENA_NEW(arena, Node);
    made->kind = kind;
    made->text = str_of(text);
    made->n = n;
    made->kids = ARENA_ARRAY(arena, Node *, 2);
    made->kids[0] = a;
    made->kids[1] = second;
    return made;
}

static Node *literal(Value v) {
    Node *made = node(NODE_LITERAL, "", 0, NULL, NULL);
    made->value = v;
    return made;
}

static Binder binder_with_column(const Schema *schema) {
    Binder b = {.arena = arena, .diags = &diags, .options = &options, .next_column = 10};
    b.row.schema = schema;
    return b;
}

/* project operator: a name that is taken gets a number; the first unnamed column is Column1. */
static void test_projection_names(void) {
    Binder b = binder_with_column(NULL);
    Projection p = projection_new(&b);
    Expr *one = expr_of_value(&b, value_long(1), (Span){0, 0});
    projection_add(&p, STR("x"), one);
    projection_add(&p, STR("x"), one);
    projection_add(&p, STR_EMPTY, one);
    projection_add(&p, STR_EMPTY, one);
    CHECK_STR(p.columns[1].name, "x1");
    CHECK_STR(p.columns[2].name, "Column1");
    CHECK_STR(p.columns[3].name, "Column2");
    CHECK_LONG(projection_set(&p, STR("x"), one), 0);
    CHECK_LONG(p.n, 4);
}

static void test_default_names(void) {
    Binder b = binder_with_column(NULL);
    Node *path = node(NODE_PATH, "b", 1, node(NODE_NAME, "a", 0, NULL, NULL), NULL);
    CHECK_STR(bind_name_of(&b, path), "a_b");
    Node *index = node(NODE_INDEX, "", 2, path, literal(value_long(0)));
    CHECK_STR(bind_name_of(&b, index), "a_b_0");
    Node *sum = node(NODE_BINARY, "+", 2, path, path);
    CHECK_STR(bind_name_of(&b, sum), "");
    CHECK_STR(bind_name_of(&b, node(NODE_CALL, "sum", 1, path, NULL)), "sum_a_b");
    CHECK_STR(bind_name_of(&b, node(NODE_CALL, "count", 0, NULL, NULL)), "count_");
}

/* An int and a real are compared as reals; the conversion stands in the plan. */
static void test_conversion(void) {
    Column column = {.id = 1, .type = TYPE_INT, .name = STR("n")};
    Schema schema = {.items = &column, .n = 1};
    Binder b = binder_with_column(&schema);
    Node *n =
        node(NODE_BINARY, "==", 2, node(NODE_NAME, "n", 0, NULL, NULL), literal(value_real(1.5)));
    Expr *e = bind_expr(&b, n);
    CHECK(e->kind == EXPR_CALL && e->type == TYPE_BOOL);
    CHECK(e->args[0]->kind == EXPR_CALL && e->args[0]->type == TYPE_REAL);
    CHECK_LONG(diags.n_errors, 0);
}

static void test_unknown_name(void) {
    Column column = {.id = 1, .type = TYPE_STRING, .name = STR("FileName")};
    Schema schema = {.items = &column, .n = 1};
    Binder b = binder_with_column(&schema);
    Node *name = node(NODE_NAME, "FileNmae", 0, NULL, NULL);
    Expr *e = bind_expr(&b, node(NODE_BINARY, "has", 2, name, literal(value_str(STR("x")))));
    CHECK(expr_is_error(e));
    CHECK_LONG(diags.n, 1);
    CHECK_STR(diags.items[0].code, "KS142");
    CHECK_STR(diags.items[0].hint, "did you mean 'FileName'?");
}

static void test_recursion(void) {
    Node *call = node(NODE_CALL, "f", 0, NULL, NULL);
    Node *block = node(NODE_BLOCK, "", 1, node(NODE_EXPR_STATEMENT, "", 1, call, NULL), NULL);
    Node *f = node(NODE_FUNCTION, "", 2, node(NODE_PARAM_LIST, "", 0, NULL, NULL), block);
    Binder b = binder_with_column(NULL);
    bind_let(&b, node(NODE_LET, "f", 1, f, NULL));
    local_find(&b, STR("f"))->env = b.locals;
    size_t before = diags.n_errors;
    CHECK(expr_is_error(bind_expr(&b, call)));
    CHECK_LONG(diags.n_errors, before + 1);
    CHECK_STR(diags.items[diags.n - 1].code, "QY903");
}

int main(void) {
    arena = arena_new();
    diags_init(&diags, arena);
    test_projection_names();
    test_default_names();
    test_conversion();
    test_unknown_name();
    test_recursion();
    arena_free(arena);
    return test_finish();
}
