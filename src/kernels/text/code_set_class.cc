/*
 * code_set_class.cc: which code points a class matches, by asking RE2.
 *
 * All code points stand in one text, in order; the runs that the class matches there are its ranges.
 */
#include <re2/re2.h>

#include <new>
#include <string>

extern "C" {
#include "base/utf8.h"
#include "kernels/text/code_set.h"
}

static std::string make_all_code_points() {
    std::string text;
    text.reserve(4400000);
    for (uint32_t cp = 0; cp <= CODE_POINT_MAX; cp++) {
        char bytes[4];
        if (cp >= 0xD800 && cp <= 0xDFFF) continue;
        text.append(bytes, utf8_encode(cp, bytes));
    }
    return text;
}

/* Made when it is first asked for, and kept. */
static const std::string &all_code_points() {
    static const std::string text = make_all_code_points();
    return text;
}

/* Surrogates are in no text: a run from below them to above is one range. */
static bool find_runs(Arena *arena, const re2::RE2 &program, CodeSet *ret) {
    const std::string &text = all_code_points();
    Str all = {text.data(), text.size()};
    re2::StringPiece run;
    size_t from = 0;
    while (from < text.size() &&
           program.Match(text, from, text.size(), re2::RE2::UNANCHORED, &run, 1)) {
        size_t start = static_cast<size_t>(run.data() - text.data()), end = start + run.size();
        size_t last = end - 1;
        unsigned len;
        while (last > start && (static_cast<unsigned char>(text[last]) & 0xC0) == 0x80) last--;
        CodeRange range = {utf8_decode(all, start, &len), utf8_decode(all, last, &len)};
        if (ret->n == ret->cap)
            ret->at = static_cast<CodeRange *>(
                arena_grow(arena, ret->at, ret->n, &ret->cap, ret->n + 1, sizeof *ret->at));
        ret->at[ret->n++] = range;
        from = end;
    }
    return true;
}

bool code_set_of_class(Arena *arena, Str re2_class, bool ignores_case, CodeSet *ret) {
    *ret = CodeSet{nullptr, 0, 0};
    try {
        re2::RE2::Options options(re2::RE2::Quiet);
        std::string pattern = ignores_case ? "(?is)" : "(?s)";
        pattern.append(re2_class.ptr, re2_class.len).append("+");
        re2::RE2 program(pattern, options);
        return program.ok() && find_runs(arena, program, ret);
    } catch (const std::bad_alloc &) {
        return false;
    }
}
