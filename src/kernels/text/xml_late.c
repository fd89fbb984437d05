/* xml_late.c: the functions of xml_events.h by way of the module that holds them. */
#include "base/module.h"
#include "kernels/text/xml_events.h"

static Module module = {.file = "libquarry-xml.so", .symbol = "quarry_xml"};

bool xml_ready(const char **ret_why) {
    *ret_why = module.why;
    return module_table(&module) != NULL;
}

bool xml_read(const char *xml, size_t len, const XmlEvents *events, void *context) {
    const XmlTable *table = module_table(&module);
    return table && table->read(xml, len, events, context);
}
