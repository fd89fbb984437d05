/* Parsing: literals, trees, recovery, caps. Expected values from the documentation's pages on literals and operators. */
#include "base/ticks.h"
#include "syntax/syntax.h"
#include "test.h"

static Arena *arena;
static Diags diags;
static Syntax syntax;

static Status parse(const char *text) {
    diags_init(&diags, arena);
    return syntax_parse(arena, str_of(text), &diags, &syntax);
}

/* The expression of `print <text>`. */
static const Node *expression(const char *text) {
    Str query = arena_printf(arena, "print %s", text);
    CHECK(parse(query.ptr) == OK);
    const Node *n = syntax.root;
    while (n->n && (n->kind == NODE_QUERY || n->kind == NODE_EXPR_STATEMENT ||
                    n->kind == NODE_PIPE || n->kind == NODE_OP_PRINT))
        n = n->kids[0];
    return n;
}

/* The parts of a text, joined by @. */
static Str parts_of(const char *text) {
    Span *parts;
    size_t n, at = 0;
    Buf out = {0};
    syntax_split(arena, str_of(text), &parts, &n);
    for (size_t i = 0; i < n; i++) {
        CHECK(parts[i].start == at); /* nothing is left out */
        at += parts[i].len;
        if (i) buf_puts(&out, "@");
        buf_put(&out, str_sub(str_of(text), parts[i].start, parts[i].len));
    }
    CHECK(at == strlen(text));
    Str joined = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return joined;
}

static void test_several_queries(void) {
    CHECK_STR(parts_of("T | take 5\n\nU | take 4\n"), "T | take 5\n@\nU | take 4\n");
    /* a comment before a query is its own, one behind it the former's */
    CHECK_STR(parts_of("T | take 5 // five\n// all\n\n// next\n\nlet x = 1;\nU"),
              "T | take 5 // five\n// all\n@\n// next\n\nlet x = 1;\nU");
    CHECK_STR(parts_of("T\r\n \t\r\nU\r\n"), "T\r\n@ \t\r\nU\r\n");
    CHECK_STR(parts_of("T | take 5\n\n(U)\n\nprint 1"), "T | take 5\n@\n(U)\n@\nprint 1");
    /* what parses as one is one */
    CHECK_STR(parts_of("T\n\n| take 5\n\n;\n\nU"), "T\n\n| take 5\n\n;\n\nU");
    CHECK_STR(parts_of("let a = 1;\n\nT | where a in (1,\n\nb)"),
              "let a = 1;\n\nT | where a in (1,\n\nb)");
    CHECK_STR(parts_of("print 'a\n\n'"), "print 'a\n\n'");
    /* no blank line, or not first on its line, or no beginning of a query */
    CHECK_STR(parts_of("T | take 5\n// c\nU | take 4"), "T | take 5\n// c\nU | take 4");
    CHECK_STR(parts_of("T | take 5 U"), "T | take 5 U");
    CHECK_STR(parts_of("T | take 5\n\nwhere x == 1"), "T | take 5\n\nwhere x == 1");
    /* a query that is wrong does not hide the next */
    CHECK_STR(parts_of("T | where x y z\n\nU | take 4\n\nlet x ="),
              "T | where x y z\n@\nU | take 4\n@\nlet x =");
    CHECK_STR(parts_of(""), "");
    CHECK_STR(parts_of("\n\nT\n\n"), "\n\nT\n\n");
}

static void test_part(void) {
    const char *text = "T | take x y\n\nU | where";
    diags_init(&diags, arena);
    CHECK(syntax_parse_part(arena, str_of(text), (Span){13, 10}, &diags, &syntax) == INVALID);
    CHECK_LONG(diags.n, 1);
    CHECK_LONG(diags.items[0].span.start, 23); /* bytes of the whole text */
    CHECK_LONG(syntax.root->span.start, 13);
}

/* As many as one likes, quickly; above the cap the text is one that is wrong. */
static void test_many_queries(void) {
    Buf text = {0};
    for (unsigned i = 0; i < SYNTAX_MAX_QUERIES; i++) buf_puts(&text, "T\n\n");
    Span *parts;
    size_t n;
    syntax_split(arena, buf_str(&text), &parts, &n);
    CHECK_LONG(n, SYNTAX_MAX_QUERIES);
    for (unsigned i = 0; i < 200000; i++) buf_puts(&text, "T\n\n");
    syntax_split(arena, buf_str(&text), &parts, &n);
    CHECK_LONG(n, 1);
    buf_free(&text);
}

/* The operator after the first pipe. */
static const Node *operator_of(const char *text) {
    CHECK(parse(text) == OK);
    const Node *pipe = syntax.root->kids[0]->kids[0];
    CHECK(pipe->kind == NODE_PIPE && pipe->n == 2);
    return pipe->kids[1];
}

static Value value_of(const char *text) { return expression(text)->value; }

static void test_numbers(void) {
    CHECK_LONG(value_of("12").u.l, 12);
    CHECK_LONG(value_of("0xff").u.l, 255);
    CHECK_LONG(value_of("long(-7)").u.l, -7);
    CHECK(value_of("int(5)").type == TYPE_INT && value_of("int(5)").u.i == 5);
    CHECK(value_of("int(null)").is_null && value_of("int(null)").type == TYPE_INT);
    CHECK(value_of("1.5").type == TYPE_REAL && value_of("1.5").u.r == 1.5);
    CHECK(value_of("1e3").u.r == 1000.0);
    CHECK(value_of("real(+inf)").u.r > 1e308);
    CHECK(value_of("decimal(2)").type == TYPE_DECIMAL &&
          value_of("decimal(2)").u.d.bits == decimal_from_long(2).bits);
    CHECK(value_of("true").type == TYPE_BOOL && value_of("true").u.b);
    CHECK(value_of("bool(false)").type == TYPE_BOOL && !value_of("bool(false)").u.b);
}

static void test_times(void) {
    CHECK_LONG(value_of("2d").u.l, 2 * TICKS_PER_DAY);
    CHECK_LONG(value_of("1.5h").u.l, 90 * TICKS_PER_MINUTE);
    CHECK_LONG(value_of("30m").u.l, 30 * TICKS_PER_MINUTE);
    CHECK_LONG(value_of("10s").u.l, 10 * TICKS_PER_SECOND);
    CHECK_LONG(value_of("100ms").u.l, 100 * TICKS_PER_MILLISECOND);
    CHECK_LONG(value_of("time(1h)").u.l, TICKS_PER_HOUR);
    CHECK_LONG(value_of("timespan(1.00:00:01)").u.l, TICKS_PER_DAY + TICKS_PER_SECOND);
    CHECK_LONG(value_of("datetime(1970-01-01)").u.l, TICKS_UNIX_EPOCH);
    CHECK(value_of("datetime(null)").is_null);
    CHECK(parse("print datetime(not a date)") == INVALID);
}

static void test_strings(void) {
    CHECK_STR(value_of("'a\\tb'").u.s, "a\tb");
    CHECK_STR(value_of("\"\\u00e9\"").u.s, "\xc3\xa9");
    CHECK_STR(value_of("@'c:\\x''y'").u.s, "c:\\x'y");
    CHECK_STR(value_of("```a\nb```").u.s, "a\nb");
    CHECK_STR(value_of("~~~q\"~~~").u.s, "q\"");
    CHECK_STR(value_of("'a' \"b\"").u.s, "ab");
    CHECK_STR(value_of("h'secret'").u.s, "secret");
    CHECK(expression("h'secret'")->flags & NODE_FLAG_OBFUSCATED);
    CHECK_STR(value_of("guid(74BE27DE-1E4E-49D9-B579-FE0B331D3642)").u.s,
              "74be27de-1e4e-49d9-b579-fe0b331d3642");
}

static void test_dynamic(void) {
    CHECK_STR(value_of("dynamic({ \"a\" : [1, 2.5, 'x', null] })").u.s,
              "{\"a\":[1,2.5,\"x\",null]}");
    CHECK_STR(value_of("dynamic([')', \"](\"])").u.s, "[\")\",\"](\"]");
    CHECK(value_of("dynamic(null)").is_null);
    CHECK(parse("print dynamic({a})") == INVALID);
}

static void test_precedence(void) {
    CHECK_STR(
        node_print(arena, expression("1 + 2 * 3 == 7 and a or b")),
        "BINARY or\n  BINARY and\n    BINARY ==\n      BINARY +\n        LITERAL 1\n        BINARY *\n"
        "          LITERAL 2\n          LITERAL 3\n      LITERAL 7\n    NAME a\n  NAME b\n");
    CHECK_STR(node_print(arena, expression("a !in~ ('x')")),
              "IN !in~ +in_parens\n  NAME a\n  LITERAL 'x'\n");
    CHECK_STR(node_print(arena, expression("a between (1 .. 2)")),
              "BETWEEN between\n  NAME a\n  LITERAL 1\n  LITERAL 2\n");
    CHECK_STR(node_print(arena, expression("a <> -1")),
              "BINARY !=\n  NAME a\n  UNARY -\n    LITERAL 1\n");
    CHECK_STR(node_print(arena, expression("a.b['c'][0]")),
              "INDEX\n  INDEX\n    PATH b\n      NAME a\n    LITERAL 'c'\n  LITERAL 0\n");
    CHECK_STR(node_print(arena, expression("['odd name'] matches regex 'x'")),
              "BINARY matches regex\n  NAME odd name +bracketed\n  LITERAL 'x'\n");
}

static void test_operators(void) {
    CHECK_STR(
        node_print(arena, operator_of("T | join kind=leftouter (R) on k, $left.a == $right.b")),
        "OP_JOIN join\n  NAMED_PARAM kind\n    NAME leftouter\n  PAREN\n    NAME R\n  LIST\n    NAME k\n    BINARY ==\n"
        "      PATH a\n        NAME $left\n      PATH b\n        NAME $right\n  -\n");
    CHECK_STR(node_print(arena, operator_of("T | summarize by a")),
              "OP_SUMMARIZE\n  LIST\n  LIST\n    NAME a\n");
    CHECK_STR(node_print(arena, operator_of("T | sort by a asc nulls last, b")),
              "OP_SORT sort\n  ORDERED +asc +nulls_last\n    NAME a\n  ORDERED\n    NAME b\n");
    CHECK_STR(
        node_print(arena, operator_of("T | mv-expand x to typeof(long) limit 5")),
        "OP_MV_EXPAND mv-expand\n  LIST\n    TO_TYPE\n      NAME x\n      TYPE long\n  LITERAL 5\n");
    CHECK_STR(
        node_print(arena, operator_of("T | parse s with * 'a=' a:long ' b=' b *")),
        "OP_PARSE parse\n  NAME s\n  STAR\n  LITERAL 'a='\n  COLUMN_DECL a\n    TYPE long\n  LITERAL ' b='\n  NAME b\n  STAR\n");
    CHECK_STR(node_print(arena, operator_of("T | project-away a*, b")),
              "OP_PROJECT_AWAY\n  NAME a* +wildcard\n  NAME b\n");
    CHECK_STR(
        node_print(
            arena,
            operator_of("T | make-series n = count() default = 0 on t from a to b step 1d by k")),
        "OP_MAKE_SERIES\n  LIST\n    DEFAULT\n      NAMED\n        NAME n\n        CALL count\n      LITERAL 0\n"
        "  NAME t\n  NAME a\n  NAME b\n  LITERAL 1d\n  LIST\n    NAME k\n");
    CHECK_STR(node_print(arena, operator_of("T | partition by k (take 1)")),
              "OP_PARTITION\n  NAME k\n  SUBPIPE\n    OP_TAKE take\n      LITERAL 1\n");
    CHECK_STR(
        node_print(arena, operator_of("T | scan with (step s: x > 1 => y = 2;)")),
        "OP_SCAN\n  LIST\n  LIST\n  -\n  SCAN_STEP s\n    BINARY >\n      NAME x\n      LITERAL 1\n    NAMED\n      NAME y\n      LITERAL 2\n");
    CHECK_STR(
        node_print(arena, operator_of("T | top-nested 2 of a by count()")),
        "OP_TOP_NESTED\n  TOP_NESTED_LEVEL\n    LITERAL 2\n    NAME a\n    -\n    ORDERED\n      CALL count\n");
}

static void test_statements(void) {
    CHECK(parse("let f = (T:(a:long), n:int = 3) { T | take n }; f(X)") == OK);
    CHECK_STR(
        node_print(arena, syntax.root->kids[0]),
        "LET f\n  FUNCTION\n    PARAM_LIST\n      PARAM T\n        TABLE_TYPE\n          COLUMN_DECL a\n            TYPE long\n"
        "      PARAM n\n        TYPE int\n        LITERAL 3\n    BLOCK\n      EXPR_STATEMENT\n        PIPE\n          NAME T\n"
        "          OP_TAKE take\n            NAME n\n");
    CHECK(parse("set notruncation; T") == OK && syntax.root->n == 2);
    CHECK(parse("declare query_parameters(a:string = 'x', d:datetime); T | where s == a") == OK);
    CHECK(parse("T | where a = b == 1") == OK); /* the condition b == 1 under a name */
    CHECK(parse("T | project kind, limit, extend | where matches == 1") == OK);
    CHECK(parse("print dynamic // a list\n ([1, 2])") == OK);
    CHECK(
        parse(
            "inline_external_table(a:long) kind=storage partition by (d:datetime = bin(a, 1d)) pathformat=(d) "
            "dataformat=csv ('x', 'y') with (ignoreFirstRecord=true) | take 1") == OK);
    CHECK(parse("range x from 1 to 3 step 1 | count") == OK);
}

static void test_recovery(void) {
    CHECK(parse("T | wher a == 1 | project b, | take") == INVALID);
    CHECK_LONG(diags.n_errors, 3);
    CHECK_STR(diags.items[0].hint, "did you mean `where`?");
    CHECK_LONG(diags.items[0].span.start, 4);
    CHECK_LONG(diags.items[0].span.len, 4);
    CHECK(parse("T | where (a = 1)") == INVALID && diags.n == 1);
    CHECK(str_find(diags.items[0].hint, STR("=="), 0) != SIZE_MAX);
    CHECK(parse("T | where a == \xe2\x80\x9cx\xe2\x80\x9d") == INVALID);
    CHECK(str_find(diags.items[0].hint, STR("typographic"), 0) != SIZE_MAX);
    CHECK(parse("T where a == 1") == INVALID && diags.n == 1);
    CHECK_STR(diags.items[0].hint, "an operator begins with a pipe: | where");
    CHECK(parse("") == INVALID && diags.n == 1);
    CHECK(parse("print 'open") == INVALID);
    CHECK_STR(diags.items[0].code, "KS003");
    CHECK(parse("print 'c:\\Windows'") == INVALID);
    CHECK_LONG(diags.items[0].span.start, 9);
    CHECK(parse("print 'a\\tb\\x41\\u0041\\101\\\\', @'c:\\Windows'") == OK);
    CHECK(parse("T | where a in ()") == INVALID);
    CHECK(parse("print dynamic([1, 2,])") == INVALID);
}

static void test_caps(void) {
    Buf b = {0};
    buf_puts(&b, "print ");
    for (int i = 0; i < 100000; i++) buf_putc(&b, '(');
    diags_init(&diags, arena);
    CHECK(syntax_parse(arena, buf_str(&b), &diags, &syntax) == LIMIT);
    CHECK_LONG(diags.n_errors, 1);
    buf_clear(&b);
    buf_puts(&b, "T | where a == 0");
    for (int i = 0; i < 5000; i++) buf_printf(&b, " or a == %d", i);
    diags_init(&diags, arena);
    CHECK(syntax_parse(arena, buf_str(&b), &diags, &syntax) == OK);
    buf_clear(&b);
    buf_reserve(&b, SYNTAX_MAX_BYTES + 1);
    for (size_t i = 0; i <= SYNTAX_MAX_BYTES; i++) buf_putc(&b, ' ');
    diags_init(&diags, arena);
    CHECK(syntax_parse(arena, buf_str(&b), &diags, &syntax) == LIMIT);
    buf_free(&b);
}

static Str format(const char *text) {
    Str out = STR_EMPTY;
    CHECK(parse(text) == OK);
    CHECK(syntax_format(arena, &syntax, NULL, &out) == OK);
    return out;
}

static void test_format(void) {
    Str out = format("T|where a==1 // why\n|join kind = inner(R|where b>1|take 2) on k;");
    CHECK_STR(
        out,
        "T\n| where a == 1 // why\n| join kind=inner(\n    R\n    | where b > 1\n    | take 2\n) on k;\n");
    CHECK_STR(format(out.ptr), out.ptr);
    CHECK_STR(format("// first\nlet x=1;T"), "// first\nlet x=1;\nT\n");
}

int main(void) {
    arena = arena_new();
    test_several_queries();
    test_part();
    test_many_queries();
    test_numbers();
    test_times();
    test_strings();
    test_dynamic();
    test_precedence();
    test_operators();
    test_statements();
    test_recovery();
    test_caps();
    test_format();
    arena_free(arena);
    return test_finish();
}
