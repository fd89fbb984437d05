/*
 * bind_advice.c: what a check tells of a query that is right and may still not do what its author means.
 *
 * A check says it with the rest. A terminal is no place for the advice of a hundred rules: a hunt's
 * report holds it, as far as it may change the rows. Such advice is a warning; what is about speed or
 * habit is information. Each place is told once, however often a function is put in place.
 */
#include "semantics/bind_advice.h"

static Diag *advise(Binder *b, Severity severity, Span span, const char *code, Str message) {
    Diags *advice = b->options->advice;
    if (!advice || b->mute) return NULL;
    for (size_t i = 0; i < advice->n; i++) {
        const Diag *d = &advice->items[i];
        if (d->span.start == span.start && str_is(d->code, code)) return NULL;
    }
    return diag_add(advice, severity, PHASE_SEMANTICS, span, code, "%.*s", STR_ARG(message));
}

/* The same words are said once, wherever they come from. */
static Diag *advise_once(Binder *b, Span span, const char *code, Str message) {
    const Diags *advice = b->options->advice;
    for (size_t i = 0; advice && i < advice->n; i++)
        if (str_eq(advice->items[i].message, message)) return NULL;
    return advise(b, SEVERITY_WARNING, span, code, message);
}

/* The columns that `ids` are, in the input of the projection. */
static void ids_below(const Plan *p, ColumnId *ids, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < p->schema.n; k++) {
            if (p->schema.items[k].id != ids[i]) continue;
            const Expr *e = p->kind == PLAN_SHARED ? NULL : p->u.project.exprs[k];
            if (p->kind == PLAN_SHARED) ids[i] = p->u.shared.map[k];
            else if (e->kind == EXPR_COLUMN) ids[i] = e->u.column;
            break;
        }
}

static bool are_keys(const Plan *aggregate, const ColumnId *ids, uint32_t n) {
    uint32_t n_held = 0;
    for (uint32_t k = 0; k < aggregate->u.aggregate.n_keys; k++)
        for (uint32_t i = 0; i < n; i++)
            if (ids[i] == aggregate->schema.items[k].id) {
                n_held++;
                break;
            }
    return n_held == aggregate->u.aggregate.n_keys;
}

/* Whether no two rows are alike in these columns: rows of summarize or distinct by some of them. */
static bool is_unique(const Plan *p, ColumnId *ids, uint32_t n) {
    for (; p; p = p->inputs[0]) {
        bool passes = p->kind == PLAN_FILTER || p->kind == PLAN_SORT || p->kind == PLAN_TAKE ||
                      p->kind == PLAN_SAMPLE || p->kind == PLAN_SERIALIZE;
        bool maps = p->kind == PLAN_PROJECT || p->kind == PLAN_WINDOW || p->kind == PLAN_SHARED;
        if (p->kind == PLAN_AGGREGATE) return are_keys(p, ids, n);
        if (p->kind == PLAN_VALUES && p->u.values.n_rows <= 1) return true;
        if (maps) ids_below(p, ids, n);
        else if (!passes) return false;
    }
    return false;
}

/* One row of a key is there to begin with: then innerunique is inner. */
static bool is_left_unique(Binder *b, const Plan *join) {
    uint32_t n = 0;
    ColumnId *ids = ARENA_ARRAY(b->arena, ColumnId, join->u.join.n_keys);
    for (uint32_t i = 0; i < join->u.join.n_keys; i++)
        if (join->u.join.left_keys[i]->kind == EXPR_COLUMN)
            ids[n++] = join->u.join.left_keys[i]->u.column;
    return is_unique(join->inputs[0], ids, n);
}

void advise_join_kind(Binder *b, const Node *join, const Plan *plan) {
    if (!b->options->advice || node_param(join, "kind") || (plan && is_left_unique(b, plan)))
        return;
    Diag *d = advise(b, SEVERITY_WARNING, join->name_span, "QY230",
                     STR("A join without kind is innerunique: of left rows with equal keys one is "
                         "kept."));
    if (d) d->hint = STR("kind=inner keeps them all; kind=innerunique says that one is meant");
}

void advise_take(Binder *b, const Node *take, const Plan *input) {
    if (input->is_serialized || take == b->last_operator) return;
    Diag *d = advise(b, SEVERITY_INFO, take->name_span, "QY231",
                     STR("The rows have no order here: which of them are taken may change from run "
                         "to run."));
    if (d) d->hint = STR("sort by ... before it, or top ... by ..., makes it the same rows");
}

static bool is_word_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void advise_mvexpand(Binder *b, const Node *op) {
    Diag *d = advise(b, SEVERITY_WARNING, op->name_span, "QY250",
                     STR("mvexpand makes at most 128 rows of each row."));
    if (d) d->hint = STR("mv-expand makes as many as there are elements");
}

void advise_contains(Binder *b, const Node *binary) {
    const Node *right = binary->kids[1];
    bool is_negated = str_is(binary->text, "!contains");
    if (!is_negated && !str_is(binary->text, "contains")) return;
    if (right->kind != NODE_LITERAL || right->value.type != TYPE_STRING) return;
    Str s = right->value.u.s;
    enum { SHORTEST_TERM = 4 }; /* shorter ones are mostly parts of words, and not indexed */
    if (s.len < SHORTEST_TERM || !is_word_character(s.ptr[0]) ||
        !is_word_character(s.ptr[s.len - 1]))
        return;
    Diag *d = advise(b, SEVERITY_INFO, binary->name_span, "QY232",
                     is_negated ? STR("!contains looks inside words, too.")
                                : STR("contains looks inside words, too."));
    if (d)
        d->hint = is_negated ? STR("for whole words !has says what is meant, and is faster")
                             : STR("for whole words has says what is meant, and is faster");
}

void advise_compare(Binder *b, Type left, Type right, Type common, Span span) {
    bool are_numbers = (TYPE_BIT(left) & TS_NUMBER) && (TYPE_BIT(right) & TS_NUMBER);
    bool is_text_of_bag = (TYPE_BIT(left) | TYPE_BIT(right)) == (TS_DYNAMIC | TS_STRING);
    if (left == right || are_numbers || is_text_of_bag) return;
    bool is_mixed = common == TYPE_DYNAMIC;
    const char *l = type_name(left), *r = type_name(right);
    Str message =
        is_mixed ? arena_printf(b->arena,
                                "%s and %s are compared as they are: a value of another "
                                "type is never equal.",
                                l, r)
                 : arena_printf(b->arena, "%s and %s are compared as %s.", l, r, type_name(common));
    Diag *d = advise(b, is_mixed ? SEVERITY_INFO : SEVERITY_WARNING, span, "QY233", message);
    if (d) d->hint = STR("a conversion such as tolong() or tostring() says which is meant");
}

static bool has_case(Str s, char first, char last) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] >= first && s.ptr[i] <= last) return true;
    return false;
}

void advise_case(Binder *b, const Node *binary) {
    const Node *call = binary->kids[0], *right = binary->kids[1];
    bool is_equal = str_is(binary->text, "=="), differs = str_is(binary->text, "!=");
    if ((!is_equal && !differs) || call->kind != NODE_CALL || right->kind != NODE_LITERAL ||
        right->value.type != TYPE_STRING)
        return;
    bool lowers = str_is(call->text, "tolower"), raises = str_is(call->text, "toupper");
    Str s = right->value.u.s;
    if (!(lowers && has_case(s, 'A', 'Z')) && !(raises && has_case(s, 'a', 'z'))) return;
    Diag *d =
        advise(b, SEVERITY_WARNING, right->span, "QY229",
               arena_printf(b->arena, "%.*s() is never equal to this text: its case is not %s.",
                            STR_ARG(call->text), lowers ? "lower" : "upper"));
    if (d) d->hint = is_equal ? STR("=~ compares without case") : STR("!~ compares without case");
}

/* Rows of tables that are elsewhere are told by QY222. */
void advise_absent_column(Binder *b, Str name, Span span) {
    if (b->has_open_rows || bind_absent_type(name) != TYPE_DYNAMIC) return;
    advise_once(
        b, span, "QY244",
        arena_printf(b->arena,
                     "The column '%.*s' is not known; the table may have it: without it the "
                     "values are null.",
                     STR_ARG(name)));
}

void advise_integer_column(Binder *b, Span span, Str name, Type wanted, Type given) {
    Diag *d = advise(b, SEVERITY_WARNING, span, "KS249",
                     arena_printf(b->arena,
                                  "The function wants '%.*s' of type %s; here it is %s, which the "
                                  "service may refuse.",
                                  STR_ARG(name), type_name(wanted), type_name(given)));
    if (d) d->hint = arena_printf(b->arena, "to%s() makes it so", type_name(wanted));
}

void advise_database(Binder *b, Span span, Str name) {
    advise_once(
        b, span, "QY245",
        arena_printf(b->arena,
                     "The database '%.*s' is not known: its tables are looked for in the data "
                     "at hand.",
                     STR_ARG(name)));
}

void advise_no_table(Binder *b, Span span, Str pattern) {
    advise(b, SEVERITY_WARNING, span, "QY246",
           arena_printf(b->arena, "No table is named like '%.*s': nothing comes from it.",
                        STR_ARG(pattern)));
}

void advise_member_of_text(Binder *b, Span span) {
    Diag *d = advise(b, SEVERITY_WARNING, span, "QY247",
                     STR("Text is read as JSON here; the service knows no members of text."));
    if (d) d->hint = STR("parse_json(...) around it goes everywhere");
}
