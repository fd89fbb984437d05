/* xml_events.c: see xml_events.h. */
#include "kernels/text/xml_events.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <pthread.h>

typedef struct Listener {
    const XmlEvents *events;
    void *context;
} Listener;

static void on_start(void *context, const xmlChar *name, const xmlChar **attributes) {
    Listener *l = context;
    l->events->start(l->context, (const char *)name, (const char *const *)attributes);
}

static void on_end(void *context, const xmlChar *name) {
    Listener *l = context;
    (void)name;
    l->events->end(l->context);
}

static void on_text(void *context, const xmlChar *text, int len) {
    Listener *l = context;
    if (len > 0) l->events->text(l->context, (const char *)text, (size_t)len);
}

static void on_reference(void *context, const xmlChar *name) {
    Listener *l = context;
    (void)name;
    l->events->reference(l->context);
}

static xmlEntityPtr on_entity(void *context, const xmlChar *name) {
    (void)context;
    return xmlGetPredefinedEntity(name);
}

bool xml_ready(const char **ret_why) {
    (void)ret_why;
    return true;
}

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

bool xml_read(const char *xml, size_t len, const XmlEvents *events, void *context) {
    Listener listener = {events, context};
    xmlSAXHandler handler = {.startElement = on_start,
                             .endElement = on_end,
                             .characters = on_text,
                             .cdataBlock = on_text,
                             .reference = on_reference,
                             .getEntity = on_entity};
    (void)pthread_once(&library_once, xmlInitParser);
    xmlParserCtxtPtr parser = xmlCreateMemoryParserCtxt(xml, (int)len);
    if (!parser) return false;
    (void)xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                        XML_PARSE_SAX1 | XML_PARSE_IGNORE_ENC);
    xmlSAXHandler *own = parser->sax;
    void *own_data = parser->userData;
    parser->sax = &handler;
    parser->userData = &listener;
    (void)xmlParseDocument(parser);
    bool is_well_formed = parser->wellFormed;
    parser->sax = own;
    parser->userData = own_data;
    if (parser->myDoc) xmlFreeDoc(parser->myDoc);
    xmlFreeParserCtxt(parser);
    return is_well_formed;
}
