/*
 * command_line.c: parse_command_line, which splits as Windows' CommandLineToArgvW does.
 *
 * The program's name knows quotes but no escapes. In the arguments 2n backslashes and a quote are n
 * backslashes and the quote's effect, 2n + 1 are n backslashes and a quote that is text; the third
 * of three quotes in a row is text.
 */
#include "kernels/text/command_line.h"

#include "kernels/dynamic/elements.h"
#include "kernels/out.h"

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

static void put_argument(Out *list, Str argument) {
    if (list->ptr[list->len - 1] != '[') out_putc(list, ',');
    out_json_string(list, argument);
}

static size_t put_program(Out *list, Str s) {
    size_t end = 0;
    if (s.ptr[0] == '"') {
        end = str_find(s, STR("\""), 1);
        if (end == SIZE_MAX) end = s.len;
        put_argument(list, str_sub(s, 1, end - 1));
        return end < s.len ? end + 1 : end;
    }
    while (end < s.len && !is_blank(s.ptr[end])) end++;
    put_argument(list, str_sub(s, 0, end));
    return end;
}

/* Reads the argument that starts at `at`; returns where it ends. */
static size_t put_next(Out *list, Str s, size_t at) {
    Out text = {.arena = list->arena};
    unsigned quotes = 0;
    while (at < s.len && (quotes || !is_blank(s.ptr[at]))) {
        size_t slashes = 0;
        while (at < s.len && s.ptr[at] == '\\') {
            slashes++;
            at++;
        }
        bool meets_quote = at < s.len && s.ptr[at] == '"';
        for (size_t i = 0; i < (meets_quote ? slashes / 2 : slashes); i++) out_putc(&text, '\\');
        if (meets_quote && slashes % 2) {
            out_putc(&text, '"');
            at++;
        } else if (meets_quote) {
            at++;
            quotes++;
            while (at < s.len && s.ptr[at] == '"') {
                at++;
                if (++quotes != 3) continue;
                out_putc(&text, '"');
                quotes = 0;
            }
            if (quotes == 2) quotes = 0;
        } else if (!slashes) {
            out_putc(&text, s.ptr[at++]);
        }
    }
    put_argument(list, out_str(&text));
    return at;
}

static void *prepare(Arena *arena, const Value *args, const bool *constant, uint32_t n_args,
                     Str *ret_error) {
    (void)arena;
    (void)n_args;
    if (constant[1] && !str_eq_nocase(args[1].u.s, STR("windows")))
        *ret_error = STR("the only parser is 'windows'");
    return NULL;
}

static void parse_command_line(KernelCall *call, const Value *args, uint32_t n_args, Value *ret) {
    (void)n_args;
    Str s = str_trim(arg_text(call->scratch, &args[0]));
    Out list = out_open(call->scratch);
    size_t at = s.len ? put_program(&list, s) : 0;
    while (at < s.len) {
        if (is_blank(s.ptr[at])) at++;
        else at = put_next(&list, s, at);
    }
    ret_text(ret, out_close(&list));
}

const Kernel kernel_parse_command_line = {.fn = parse_command_line, .prepare = prepare};
