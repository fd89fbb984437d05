/*
 * user_agent.c: parse_user_agent.
 *
 * Source: its page for the shape of the answer. Which program stands behind a text is told by the
 * rules in user_agent_rules.c; what none of them knows is "Other", unless
 * it calls itself a robot. A device is found by its system:
 * a robot has none, Apple's name themselves, the model of an Android phone stands behind the
 * version.
 */
#include "kernels/net/user_agent.h"

#include "base/utf8.h"
#include "kernels/dynamic/elements.h"
#include "kernels/text/parsers.h"

enum {
    WANT_BROWSER = 1,
    WANT_SYSTEM = 2,
    WANT_DEVICE = 4,
    VERSION_PARTS = 4,
    TEXT_MAX = 8192 /* what stands behind is not looked at: web servers take no longer header */
};

typedef struct Finding {
    Str family;
    Str version[VERSION_PARTS];
    bool is_robot;
} Finding;

typedef struct Device {
    Str family, brand, model;
} Device;

static bool holds(Str text, const char *part) {
    return part && str_find(text, str_of(part), 0) != SIZE_MAX;
}

/* ----------------------------------------------------------------- rules */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* "10.15.7" or "10_15_7" at the start of `s`. */
static void read_version(Str s, Str *version) {
    size_t at = 0;
    for (size_t i = 0; i < VERSION_PARTS; i++) {
        size_t from = at;
        while (at < s.len && is_digit(s.ptr[at])) at++;
        version[i] = str_sub(s, from, at - from);
        bool goes_on = at > from && at + 1 < s.len && (s.ptr[at] == '.' || s.ptr[at] == '_') &&
                       is_digit(s.ptr[at + 1]);
        if (!goes_on) return;
        at++;
    }
}

/* "=8.1", "=Vista": the version that the rule itself tells. */
static void fixed_version(Str s, Str *version) {
    if (s.len && is_digit(s.ptr[0])) read_version(s, version);
    else version[0] = s;
}

static const AgentRule *first_rule(Str text, const AgentRule *rules, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const AgentRule *rule = &rules[i];
        if (!holds(text, rule->token) || holds(text, rule->lacks)) continue;
        if (!rule->needs || holds(text, rule->needs)) return rule;
    }
    return NULL;
}

static Finding find_rule(Str text, const AgentRule *rules, size_t n) {
    Finding found = {.family = STR("Other")};
    const AgentRule *rule = first_rule(text, rules, n);
    if (!rule) return found;
    found.family = str_of(rule->family);
    found.is_robot = rule->is_robot;
    Str before = str_of(rule->version ? rule->version : rule->token);
    if (str_starts_with(before, STR("="))) {
        fixed_version(str_sub(before, 1, SIZE_MAX), found.version);
        return found;
    }
    size_t at = str_find(text, before, 0);
    if (at != SIZE_MAX) read_version(str_sub(text, at + before.len, SIZE_MAX), found.version);
    return found;
}

/* ---------------------------------------------------------------- robots */

static bool holds_robot_word(Str low) {
    return holds(low, "spider") || holds(low, "crawl") || holds(low, "scraper");
}

/* "SomeBot", "some-spider", "SomeCrawler": a robot that no rule knows calls itself one. A phone of
 * the make CUBOT does not. */
static bool is_robot_name(Arena *arena, Str name) {
    Str low = utf8_to_lower(arena, name);
    if (str_ends_with(low, STR("bot")) && !str_ends_with(low, STR("cubot"))) return true;
    return holds_robot_word(low);
}

/* The first word of the text that names a robot, addresses left out. */
static bool find_robot(Arena *arena, Str text, Finding *ret) {
    Str low = utf8_to_lower(arena, text);
    if (!holds(low, "bot") && !holds_robot_word(low)) return false;
    for (size_t at = 0; at < text.len; at++) {
        size_t from = at;
        while (at < text.len && !strchr(" ;(),+", text.ptr[at])) at++;
        Str word = str_sub(text, from, at - from), name = word;
        if (holds(word, "://") || holds(word, "@") || str_starts_with(word, STR("www."))) continue;
        name.len = str_find(word, STR("/"), 0);
        if (name.len == SIZE_MAX) name.len = word.len;
        if (name.len < 4 || !is_robot_name(arena, name)) continue;
        *ret = (Finding){.family = name, .is_robot = true};
        read_version(str_sub(word, name.len + 1, SIZE_MAX), ret->version);
        return true;
    }
    return false;
}

static Finding find_browser(Arena *arena, Str text) {
    Finding found = find_rule(text, agent_browsers, agent_n_browsers);
    if (!found.is_robot) (void)find_robot(arena, text, &found);
    return found;
}

/* --------------------------------------------------------------- devices */

static Str up_to(Str s, const char *ends) {
    size_t n = 0;
    while (n < s.len && !strchr(ends, s.ptr[n])) n++;
    return str_trim(str_sub(s, 0, n));
}

static Str behind(Str text, const char *token) {
    size_t at = str_find(text, str_of(token), 0);
    return at == SIZE_MAX ? STR_EMPTY : str_sub(text, at + strlen(token), SIZE_MAX);
}

/* "en-us" and "en", which older systems name before the model. */
static bool is_locale(Str s) {
    if (s.len != 2 && (s.len != 5 || (s.ptr[2] != '-' && s.ptr[2] != '_'))) return false;
    return s.ptr[0] >= 'a' && s.ptr[0] <= 'z' && s.ptr[1] >= 'a' && s.ptr[1] <= 'z';
}

/* What stands before the parenthesis that ends the comment. */
static Str comment_end(Str s) {
    size_t depth = 0, at = 0;
    for (; at < s.len && (depth || s.ptr[at] != ')'); at++) {
        if (s.ptr[at] == '(') depth++;
        if (s.ptr[at] == ')') depth--;
    }
    return str_sub(s, 0, at);
}

/* The model in "(Linux; U; Android 10; en-us; SM-G960F Build/QP1A; wv)"; empty when there is none.
 * "K" is what browsers say that hide it. */
static Str android_model(Str text) {
    Str rest = comment_end(behind(text, "Android"));
    size_t at = str_find(rest, STR(";"), 0);
    while (at != SIZE_MAX) {
        rest = str_sub(rest, at + 1, SIZE_MAX);
        Str part = up_to(rest, ";");
        size_t build = str_find(part, STR(" Build"), 0);
        part = str_sub(part, 0, build);
        bool is_word = str_is(part, "Mobile") || str_is(part, "Tablet") || str_is(part, "K") ||
                       str_is(part, "wv") || str_is(part, "U") || is_locale(part) ||
                       str_starts_with(part, STR("rv:")) || str_starts_with(part, STR("Build/"));
        if (part.len && !is_word) return part;
        at = str_find(rest, STR(";"), 0);
    }
    return STR_EMPTY;
}

static Str joined(Arena *arena, Str brand, Str model) {
    return arena_printf(arena, "%.*s %.*s", STR_ARG(brand), STR_ARG(model));
}

static Device android_device(Arena *arena, Str text) {
    Str model = android_model(text);
    if (!model.len && !holds(text, "Mobile"))
        return (Device){STR("Generic Tablet"), STR("Generic"), STR("Tablet")};
    if (!model.len) return (Device){STR("Generic Smartphone"), STR("Generic"), STR("Smartphone")};
    for (size_t i = 0; i < agent_n_brands; i++) {
        Str prefix = str_of(agent_brands[i].prefix), brand = str_of(agent_brands[i].brand);
        if (!str_starts_with(model, prefix)) continue;
        Str make = str_trim(prefix);
        if (str_eq_nocase(make, str_sub(brand, 0, make.len)))
            model = str_trim(str_sub(model, prefix.len, SIZE_MAX));
        if (str_is(brand, "Google")) return (Device){model, brand, model};
        return (Device){model.len ? joined(arena, brand, model) : brand, brand, model};
    }
    bool is_phone = holds(text, "Mobile");
    return (Device){model, is_phone ? STR("Generic_Android") : STR("Generic_Android_Tablet"),
                    model};
}

/* "NokiaN81-3/10.0": the family is the model without its variant. */
static Device nokia_device(Arena *arena, Str text) {
    Str model = up_to(behind(text, "Nokia"), "/; )");
    return (Device){joined(arena, STR("Nokia"), up_to(model, "-")), STR("Nokia"), model};
}

/* "Lumia 950" in "(Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950)". */
static Device lumia_device(Str text) {
    Str model = up_to(behind(text, "Lumia"), ";)");
    model = (Str){model.ptr - strlen("Lumia "), model.len + strlen("Lumia ")};
    return (Device){model, STR("Nokia"), model};
}

static Device find_device(Arena *arena, Str text, const Finding *browser) {
    static const char *const apple[] = {"iPad", "iPod", "iPhone"};
    if (browser->is_robot)
        return (Device){STR("Spider"), STR("Spider"),
                        holds(text, "Mobile") ? STR("Smartphone") : STR("Desktop")};
    if (holds(text, "Lumia ")) return lumia_device(text);
    if (holds(text, "Android") && !holds(text, "Windows Phone")) return android_device(arena, text);
    for (size_t i = 0; i < COUNT_OF(apple); i++)
        if (holds(text, apple[i]))
            return (Device){str_of(apple[i]), STR("Apple"), str_of(apple[i])};
    if (holds(text, "Macintosh")) return (Device){STR("Mac"), STR("Apple"), STR("Mac")};
    if (holds(text, "Nokia")) return nokia_device(arena, text);
    if (holds(text, "BlackBerry ")) {
        Str model = up_to(behind(text, "BlackBerry "), "/; )");
        return (Device){joined(arena, STR("BlackBerry"), model), STR("BlackBerry"), model};
    }
    return (Device){STR("Other"), STR_EMPTY, STR_EMPTY};
}

/* ---------------------------------------------------------------- kernel */

static unsigned target_of(Str word) {
    if (str_eq_nocase(word, STR("browser"))) return WANT_BROWSER;
    if (str_eq_nocase(word, STR("os"))) return WANT_SYSTEM;
    return str_eq_nocase(word, STR("device")) ? WANT_DEVICE : 0;
}

/* What a text or an array of texts asks for; 0 when a word of it is unknown. */
static unsigned targets_of(Arena *arena, const Value *v) {
    Elements words;
    if (!elements_of(arena, v, &words)) return target_of(arg_text(arena, v));
    unsigned wanted = 0;
    for (size_t i = 0; i < words.n; i++) {
        unsigned target = target_of(json_plain(arena, words.at[i]));
        if (!target) return 0;
        wanted |= target;
    }
    return wanted;
}

static void *prepare(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                     Str *ret_error) {
    if (n_args > 1 && constant[1] && !targets_of(arena, &args[1]))
        *ret_error = STR("what to look for is 'browser', 'os', 'device' or an array of these");
    return NULL;
}

static void put_finding(Out *bag, Str name, const Finding *found, bool has_minor) {
    static const char *const parts[] = {"MajorVersion", "MinorVersion", "Patch", "PatchMinor"};
    out_name(bag, name);
    Out inner = out_bag(bag->arena);
    out_member(&inner, STR("Family"), found->family);
    for (size_t i = 0; i < (has_minor ? 4 : 3); i++)
        out_member(&inner, str_of(parts[i]), found->version[i]);
    out_put(bag, out_bag_close(&inner));
}

static void put_device(Out *bag, const Device *device) {
    out_name(bag, STR("Device"));
    Out inner = out_bag(bag->arena);
    out_member(&inner, STR("Family"), device->family);
    out_member(&inner, STR("Brand"), device->brand);
    out_member(&inner, STR("Model"), device->model);
    out_put(bag, out_bag_close(&inner));
}

static void parse_user_agent(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    Str text = str_sub(args[0].u.s, 0, TEXT_MAX);
    unsigned wanted = n_args > 1 ? targets_of(call->scratch, &args[1]) : ~0u;
    if (!wanted) return;
    Out bag = out_bag(call->scratch);
    Finding browser = find_browser(call->scratch, text);
    if (wanted & WANT_BROWSER) put_finding(&bag, STR("Browser"), &browser, false);
    if (wanted & WANT_SYSTEM) {
        Finding system = find_rule(text, agent_systems, agent_n_systems);
        put_finding(&bag, STR("OperatingSystem"), &system, true);
    }
    if (wanted & WANT_DEVICE) {
        Device device = find_device(call->scratch, text, &browser);
        put_device(&bag, &device);
    }
    ret_text(ret, out_bag_close(&bag));
}

const Kernel kernel_parse_user_agent = {.fn = parse_user_agent, .prepare = prepare};
