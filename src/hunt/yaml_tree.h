/*
 * yaml_tree.h: a YAML document as a small tree that knows where each part stands.
 *
 * Used by rules and exclusions. Hostile input is normal: bytes, depth and node count are capped,
 * and aliases (the bombs of YAML) are refused. Every scalar stays text: "1.0.0", "no" and "08" are
 * what the author wrote.
 */
#ifndef QUARRY_HUNT_YAML_TREE_H
#define QUARRY_HUNT_YAML_TREE_H

#include "base/base.h"

#define YAML_TREE_MAX_BYTES (4u << 20)
#define YAML_TREE_MAX_DEPTH 64
#define YAML_TREE_MAX_NODES 200000

typedef enum YamlNodeKind { YNODE_SCALAR, YNODE_SEQUENCE, YNODE_MAPPING } YamlNodeKind;

/* How a scalar was written: its text maps to the file in different ways. */
typedef enum YamlNodeStyle {
    YSTYLE_PLAIN,
    YSTYLE_QUOTED,
    YSTYLE_DOUBLE,
    YSTYLE_LITERAL,
    YSTYLE_FOLDED
} YamlNodeStyle;

typedef struct YamlNode YamlNode;
struct YamlNode {
    YamlNodeKind kind;
    YamlNodeStyle style; /* of a scalar */
    Span span;        /* bytes of the file; of a mapping or sequence: its first byte to its end */
    Str text;         /* of a scalar */
    YamlNode **keys;  /* of a mapping: always scalars, each once */
    YamlNode **items; /* elements or values */
    size_t n;
};

/*
 * Reads the one document of `text`. INVALID with a diagnostic (PHASE_SYNTAX, span into `text`) when
 * it does not parse, is empty, is not UTF-8, repeats a key, holds an alias or passes a cap. A byte
 * order mark is skipped. Scalars live in the arena.
 */
NODISCARD Status yaml_tree_load(Arena *arena, Str text, Diags *diags, YamlNode **ret_root);

/* The value of a key of a mapping, or NULL. */
YamlNode *yaml_tree_get(const YamlNode *mapping, const char *key);
/* True for a plain `~`, `null` or nothing. */
bool yaml_tree_is_null(const YamlNode *node);
/* Reads true/false, yes/no, on/off. False when it is none of these. */
bool yaml_tree_bool(const YamlNode *node, bool *ret);

/*
 * Where byte `offset` of a scalar's value stands in the file: exact for a literal block and a plain
 * or quoted scalar of one line, the right line and nearest column for folded ones. `at_end` of the
 * value is the scalar's end.
 */
size_t yaml_tree_offset(Str file, const YamlNode *scalar, size_t offset);

#endif
