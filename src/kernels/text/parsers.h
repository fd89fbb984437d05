/*
 * parsers.h: kernels that take a text of a known form apart: links, paths, records, versions, XML,
 * user agents.
 */
#ifndef QUARRY_KERNELS_PARSERS_H
#define QUARRY_KERNELS_PARSERS_H

#include "kernels/kernel.h"

/* parse_url.c */
extern const Kernel kernel_parse_url, kernel_parse_urlquery;

/* parse_path.c */
extern const Kernel kernel_parse_path;

/* parse_record.c */
extern const Kernel kernel_parse_csv, kernel_parse_version;

/* parse_xml.c */
extern const Kernel kernel_parse_xml;

/* user_agent.c */
extern const Kernel kernel_parse_user_agent;

#endif
