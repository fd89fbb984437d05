/*
 * xml_events.h: an XML document event by event, by libxml2.
 *
 * Without name spaces (a prefix is part of the name) and without the network. Of entities it knows the
 * five predefined ones, so that nothing expands. The library's own limit for depth, 256, stands.
 */
#ifndef QUARRY_KERNELS_XML_EVENTS_H
#define QUARRY_KERNELS_XML_EVENTS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct XmlEvents {
    /* attributes: name, value, ..., NULL; or NULL without any */
    void (*start)(void *context, const char *name, const char *const *attributes);
    void (*end)(void *context);
    void (*text)(void *context, const char *text, size_t len); /* CDATA too */
    void (*reference)(void *context);                          /* an entity of the document's own */
} XmlEvents;

/* To be asked first: false, with why, when the library cannot be loaded. */
bool xml_ready(const char **ret_why);

/* False when the document is not well-formed; events were told nevertheless. */
bool xml_read(const char *xml, size_t len, const XmlEvents *events, void *context);

/* What the module that holds it exports. */
typedef struct XmlTable {
    bool (*read)(const char *xml, size_t len, const XmlEvents *events, void *context);
} XmlTable;

#endif
