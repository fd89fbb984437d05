/* Any bytes as a rule and as an exclusion file; what loads is asked of a row. */
#include "hunt/exclude_internal.h"
#include "hunt/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_span(Span span, size_t size) {
    if ((size_t)span.start + span.len > size) __builtin_trap();
}

static void fuzz_rule(Str text) {
    RuleSet *set = rules_new();
    RuleFile *file = rules_add_text(set, STR("fuzz.yaml"), text);
    for (size_t i = 0; i < file->diags.n; i++) check_span(file->diags.items[i].span, text.len);
    if (!file->rule == !file->diags.n_errors) __builtin_trap();
    if (file->rule)
        for (uint32_t at = 0; at <= file->rule->query.len && at < 64; at++)
            check_span(rule_query_span(file, (Span){at, at < file->rule->query.len}), text.len + 1);
    rules_free(set);
}

static void fuzz_exclusions(Str text) {
    ExclusionSet *set = exclusions_new();
    Arena *arena = arena_new();
    if (exclusions_add_text(set, STR("fuzz.yaml"), text) == OK) {
        Column column = {.id = 1, .type = TYPE_STRING, .name = STR("RemoteUrl")};
        Schema schema = {&column, 1};
        Value cell = value_str(STR("https://internal.company.com@a.example/x"));
        HuntRow row = hunt_row(arena, set->roles, &schema, &cell);
        Str because;
        for (size_t i = 0; i < set->n_items; i++) {
            const ExclusionCond *when = set->items[i]->when;
            bool is_met = cond_eval(arena, set, when, &row, &because) == VERDICT_YES;
            /* an odd link meets no condition on links */
            if (is_met && (when->kind == COND_URL_HOST || when->kind == COND_URL_PATH))
                __builtin_trap();
        }
        exclusions_kql(arena, set, NULL, STR("id"), STR("name"), 1);
    } else if (!set->files[0]->diags.n_errors) {
        __builtin_trap();
    }
    arena_free(arena);
    exclusions_free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Str text = {(const char *)data, size};
    fuzz_rule(text);
    fuzz_exclusions(text);
    return 0;
}
