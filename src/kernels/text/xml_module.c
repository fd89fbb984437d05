/* xml_module.c: the module that brings libxml2. */
#include "kernels/text/xml_events.h"

extern const XmlTable quarry_xml;
__attribute__((visibility("default"))) const XmlTable quarry_xml = {xml_read};
