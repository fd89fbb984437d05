/*
 * parse_path.c: parse_path, for paths of Windows and Unix, with a scheme or without.
 *
 *   file://C:/temp/file.txt:some.exe
 *   scheme RootPath
 *          [ DirectoryPath ]
 *             DirectoryName
 *                  Filename
 *                       Extension
 *                           AlternateDataStreamName
 *
 * Source: its page. The directory is what stands before the last slash of either kind, so that the
 * leading \\ of a share and \\?\ of a long path stay with it; only a scheme goes.
 */
#include "kernels/dynamic/elements.h"
#include "kernels/text/parsers.h"

static bool is_slash(char c) { return c == '/' || c == '\\'; }
static bool is_letter(char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }

static bool has_drive(Str s) { return s.len > 1 && is_letter(s.ptr[0]) && s.ptr[1] == ':'; }

static Str take_scheme(Str *s) {
    size_t n = str_find(*s, STR("://"), 0);
    if (n == SIZE_MAX || n == 0) return STR_EMPTY;
    for (size_t i = 0; i < n; i++)
        if (is_slash(s->ptr[i]) || s->ptr[i] == ':') return STR_EMPTY;
    Str scheme = str_sub(*s, 0, n);
    *s = str_sub(*s, n + 3, SIZE_MAX);
    /* file:///C:/x is C:/x on the local host */
    if (s->len && s->ptr[0] == '/' && has_drive(str_sub(*s, 1, SIZE_MAX)))
        *s = str_sub(*s, 1, SIZE_MAX);
    return scheme;
}

/* Length of the \\?\ or \\.\ before a long path or a device, or 0. */
static size_t long_prefix(Str s) {
    bool is_long = s.len >= 4 && is_slash(s.ptr[0]) && is_slash(s.ptr[1]) &&
                   (s.ptr[2] == '?' || s.ptr[2] == '.') && is_slash(s.ptr[3]);
    return is_long ? 4 : 0;
}

/* Length of the text before the last slash; with a drive at `root` at least the drive. */
static size_t directory_len(Str s, size_t root_end, size_t *ret_name_at) {
    size_t at = s.len;
    while (at > root_end && !is_slash(s.ptr[at - 1])) at--;
    *ret_name_at = at;
    return at > root_end ? at - 1 : root_end;
}

static void parse_path(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    Str s = str_trim(args[0].u.s);
    Str scheme = take_scheme(&s);
    size_t prefix = long_prefix(s), name_at;
    Str root = has_drive(str_sub(s, prefix, SIZE_MAX)) ? str_sub(s, prefix, 2) : STR_EMPTY;
    size_t root_end = root.len ? prefix + root.len : 0;
    Str directory = str_sub(s, 0, directory_len(s, root_end, &name_at));
    Str file = str_sub(s, name_at, SIZE_MAX), stream = STR_EMPTY, extension = STR_EMPTY;

    size_t from = directory.len;
    while (from > root_end && !is_slash(s.ptr[from - 1])) from--;
    Str folder = str_sub(directory, from, SIZE_MAX);

    size_t colon = str_find(file, STR(":"), 0);
    if (colon != SIZE_MAX) {
        stream = str_sub(file, colon + 1, SIZE_MAX);
        file.len = colon;
    }
    for (size_t i = file.len; i-- > 0;) {
        if (file.ptr[i] != '.') continue;
        extension = str_sub(file, i + 1, SIZE_MAX);
        break;
    }
    Out bag = out_bag(call->scratch);
    out_member(&bag, STR("Scheme"), scheme);
    out_member(&bag, STR("RootPath"), root);
    out_member(&bag, STR("DirectoryPath"), directory);
    out_member(&bag, STR("DirectoryName"), folder);
    out_member(&bag, STR("Filename"), file);
    out_member(&bag, STR("Extension"), extension);
    out_member(&bag, STR("AlternateDataStreamName"), stream);
    ret_text(ret, out_bag_close(&bag));
}

const Kernel kernel_parse_path = {.fn = parse_path};
