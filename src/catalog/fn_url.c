/*
 * fn_url.c: functions over links that a rewrite of the plan calls. They belong to no chapter of the
 * language; their names begin with "__", which no query needs to write.
 */
#include "catalog/catalog.h"
#include "kernels/net/url.h"

static const FnDef rows[] = {
    {.name = "__url_unwrap",
     .kind = FN_SCALAR,
     .params = {{"url", TS_STRING, 0, "A link, wrapped by a mail gateway or not."}},
     .result = RESULT_FIXED,
     .type = TYPE_STRING,
     .nulls = NULLS_PROPAGATE,
     .kernel = &kernel_url_unwrap,
     .category = "string",
     .doc =
         "The innermost link behind Safe Links and other gateways' wrappers; the text itself when "
         "it is no wrapped link.",
     .example = "__url_unwrap('https://x.safelinks.protection.outlook.com/"
                "?url=https%3A%2F%2Fa.example%2F')",
     .gives = "https://a.example/"},
};

const FnTable fn_url = {rows, COUNT_OF(rows)};
