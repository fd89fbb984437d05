#include "sources/safe_path.h"

bool path_stays_inside(Str name) {
    if (!name.len || name.ptr[0] == '/' || memchr(name.ptr, 0, name.len)) return false;
    for (size_t at = 0; at <= name.len;) {
        size_t slash = str_find(name, STR("/"), at);
        size_t end = slash == SIZE_MAX ? name.len : slash;
        if (str_is(str_sub(name, at, end - at), "..")) return false;
        at = end + 1;
    }
    return true;
}
