/*
 * bind_template.h: operators and plugins that are shorthand for a longer query.
 *
 * A template is KQL text in which names stand for parts of the query that is bound: `__T` for the piped
 * rows, others for trees. All names that a template makes of its own begin with two underscores.
 */
#ifndef QUARRY_BIND_TEMPLATE_H
#define QUARRY_BIND_TEMPLATE_H

#include "semantics/bind_internal.h"

/* A name of the template and the tree that is put in its place. */
typedef struct TemplateArg {
    const char *name;
    const Node *node;
} TemplateArg;

/* Binds the text with `input` (may be NULL) as the table __T. What the template itself makes has the span
 * of `at`. NULL when reported. */
Plan *bind_template(Binder *b, const Node *at, Str text, Plan *input, const TemplateArg *args,
                    uint32_t n_args);
/* ['name'], as a template writes a column of the query. */
void template_put_name(Buf *out, Str name);

#endif
