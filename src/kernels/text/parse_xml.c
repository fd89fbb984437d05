/*
 * parse_xml.c: parse_xml, XML as a dynamic value.
 *
 * Source: its page. An element is null, its text, or a bag of its attributes ("@name"), its text
 * ("#text") and its children; what occurs several times under one name is an array. Text loses the
 * blanks around it; text that is a number, written as a dynamic value writes it, is a number, as in
 * the page's example. Comments, instructions and the document type are skipped. CDATA is text.
 *
 * The text is read event by event (xml_events.h). Here the events become a small tree in the scratch
 * arena, whose members are found by hash, so that many different names cost no more than many equal
 * ones.
 */
#include "base/utf8.h"
#include "kernels/dynamic/elements.h"
#include "kernels/text/parsers.h"
#include "kernels/text/xml_events.h"

#define ARGUMENT_MAX 1048576 /* its page */
enum { DEPTH_MAX = 256 };

typedef struct Node Node;

/* What stands under one name in an element, in order. */
typedef struct Member {
    Str name;
    Node **items;
    size_t n, cap;
} Member;

struct Node {
    Node *parent;
    bool is_text; /* `text` is the value; else the members are */
    Str text;
    Member *members; /* in order of their first item */
    size_t n, cap;
    uint32_t *slots; /* index + 1 into members by hash of the name; 0: free */
    size_t n_slots;
};

typedef struct Reader {
    Arena *arena;
    Node *root, *at; /* `at` is the open element; NULL outside of the outermost one */
    Out run;         /* text since the last tag */
    size_t depth;
    bool is_broken;
} Reader;

/* ------------------------------------------------------------------ tree */

static uint32_t *slot_of(const Node *node, Str name) {
    size_t i = (size_t)str_hash(name) & (node->n_slots - 1);
    while (node->slots[i] && !str_eq(node->members[node->slots[i] - 1].name, name))
        i = (i + 1) & (node->n_slots - 1);
    return &node->slots[i];
}

static Member *member_named(Arena *arena, Node *node, Str name) {
    if (node->n * 2 >= node->n_slots) {
        node->n_slots = node->n_slots ? node->n_slots * 4 : 8;
        node->slots = ARENA_ARRAY(arena, uint32_t, node->n_slots);
        for (size_t i = 0; i < node->n; i++)
            *slot_of(node, node->members[i].name) = (uint32_t)i + 1;
    }
    uint32_t *slot = slot_of(node, name);
    if (!*slot) {
        Member fresh = {.name = arena_str(arena, name)};
        ARENA_PUSH(arena, node->members, node->n, node->cap, fresh);
        *slot = (uint32_t)node->n;
    }
    return &node->members[*slot - 1];
}

static Node *add_node(Arena *arena, Node *parent, Str name) {
    Node *node = ARENA_NEW(arena, Node);
    node->parent = parent;
    if (parent) {
        Member *member = member_named(arena, parent, name);
        ARENA_PUSH(arena, member->items, member->n, member->cap, node);
    }
    return node;
}

static void add_text(Arena *arena, Node *parent, Str name, Str text) {
    Node *node = add_node(arena, parent, name);
    node->is_text = true;
    node->text = arena_str(arena, text);
}

/* ---------------------------------------------------------------- events */

/* The text since the last tag becomes a member. */
static void end_run(Reader *r) {
    Str text = str_trim(out_str(&r->run));
    if (r->at && text.len) add_text(r->arena, r->at, STR("#text"), text);
    r->run.len = 0;
}

static void on_start(void *context, const char *name, const char *const *attributes) {
    Reader *r = context;
    end_run(r);
    if (r->is_broken || ++r->depth > DEPTH_MAX) {
        r->is_broken = true;
        return;
    }
    if (!r->root) {
        r->root = ARENA_NEW(r->arena, Node);
        r->at = r->root;
    }
    r->at = add_node(r->arena, r->at, str_of(name));
    for (size_t i = 0; attributes && attributes[i]; i += 2)
        add_text(r->arena, r->at, arena_printf(r->arena, "@%s", attributes[i]),
                 str_of(attributes[i + 1]));
}

static void on_end(void *context) {
    Reader *r = context;
    if (r->is_broken) return;
    end_run(r);
    r->at = r->at->parent;
    r->depth--;
}

static void on_text(void *context, const char *text, size_t len) {
    Reader *r = context;
    if (r->depth) out_put(&r->run, (Str){text, len});
}

static void on_reference(void *context) {
    Reader *r = context;
    r->is_broken = true;
}

static const XmlEvents events = {on_start, on_end, on_text, on_reference};

/* ----------------------------------------------------------------- value */

/* True for a number that comes out as it went in. */
static bool is_plain_number(Str text) {
    double real;
    if (json_kind(text) == JSON_LONG) return json_is_valid(text);
    if (json_kind(text) != JSON_REAL || !json_is_valid(text) || !json_real(text, &real))
        return false;
    Buf printed = {0};
    json_put_real(&printed, real);
    bool is_same = str_eq(buf_str(&printed), text);
    buf_free(&printed);
    return is_same;
}

static void put_text(Out *out, Str text) {
    if (is_plain_number(text)) out_put(out, text);
    else out_json_string(out, text);
}

static bool is_attribute(Str name) { return name.len && name.ptr[0] == '@'; }

/* As deep as the elements are, DEPTH_MAX at most. */
static void put_node(Out *out, const Node *node, bool is_plain_text) {
    if (node->is_text && is_plain_text) out_json_string(out, node->text);
    else if (node->is_text) put_text(out, node->text);
    else if (!node->n) out_put(out, STR("null"));
    else if (node->n == 1 && node->members[0].n == 1 && str_eq(node->members[0].name, STR("#text")))
        put_text(out, node->members[0].items[0]->text);
    else {
        out_putc(out, '{');
        for (size_t i = 0; i < node->n; i++) {
            const Member *member = &node->members[i];
            bool is_list = member->n > 1, is_plain = is_attribute(member->name);
            out_name(out, member->name);
            if (is_list) out_putc(out, '[');
            for (size_t k = 0; k < member->n; k++) {
                if (k) out_putc(out, ',');
                put_node(out, member->items[k], is_plain);
            }
            if (is_list) out_putc(out, ']');
        }
        out_putc(out, '}');
    }
}

/* ---------------------------------------------------------------- kernel */

static void parse_xml(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    Str xml = str_trim(utf8_repair(call->scratch, arg_text(call->scratch, &args[0])));
    if (!xml.len || xml.len > ARGUMENT_MAX) return;
    Reader r = {.arena = call->scratch, .run = {.arena = call->scratch}};
    if (!xml_read(xml.ptr, xml.len, &events, &r) || r.is_broken || !r.root) return;
    Out out = {.arena = call->scratch};
    put_node(&out, r.root, false);
    ret_text(ret, out_str(&out));
}

static void *prepare_xml(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                         Str *ret_error) {
    const char *why;
    (void)args, (void)constant, (void)n_args;
    if (!xml_ready(&why)) *ret_error = arena_str(arena, str_of(why));
    return NULL;
}

const Kernel kernel_parse_xml = {.fn = parse_xml, .prepare = prepare_xml};
