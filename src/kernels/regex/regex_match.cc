/*
 * regex_match.cc: RE2 behind a C interface.
 *
 * A pattern is compiled twice when it must be: once for texts of ASCII alone, and once for others,
 * with the Unicode classes spelled out. One with word boundaries is compiled a third time, when the
 * first text comes that needs it, for marked texts (regex_syntax.h). RE2 runs in time linear in the
 * text and within max_mem; nothing here throws into C.
 */
#include <re2/re2.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <unordered_map>

extern "C" {
#include "base/utf8.h"
#include "kernels/regex/regex_marks.h"
#include "kernels/regex/regex_match.h"
#include "kernels/regex/regex_syntax.h"
}

struct Regex {
    std::unique_ptr<re2::RE2> ascii;
    std::unique_ptr<re2::RE2> wide; /* null: `ascii` serves all texts */
    RegexNeeds needs = {};
    std::string pattern; /* kept where marks may be needed */
    mutable std::once_flag once;
    mutable std::unique_ptr<re2::RE2> marked; /* null when RE2 takes it not: `wide` must do */
    mutable std::atomic<int> refs{1};         /* users of a cached one */

    const re2::RE2 &plain() const { return *(ascii ? ascii : marked); }
};

static const int64_t kMaxMemory = int64_t{64} << 20;

static re2::RE2::Options make_options() {
    re2::RE2::Options options(re2::RE2::Quiet);
    options.set_max_mem(kMaxMemory);
    return options;
}

static Str in_arena(Arena *arena, const std::string &s) {
    return arena_str(arena, Str{s.data(), s.size()});
}

static bool rewrite(Arena *arena, Str pattern, RegexTexts texts, std::string *out,
                    RegexNeeds *needs, Str *ret_error) {
    Buf text = {};
    bool ok = regex_to_re2(arena, pattern, texts, &text, needs, ret_error);
    if (ok) out->assign(text.ptr ? text.ptr : "", text.len);
    buf_free(&text);
    return ok;
}

static std::unique_ptr<re2::RE2> program_of(Arena *arena, Str pattern, const std::string &rewritten,
                                            Str *ret_error) {
    auto program = std::make_unique<re2::RE2>(rewritten, make_options());
    if (program->ok()) return program;
    std::string given(pattern.ptr, pattern.len);
    *ret_error = in_arena(arena, "regular expression '" + given + "': " + program->error());
    return nullptr;
}

static bool compile_marked(Arena *arena, const Regex *regex, Str *ret_error) {
    std::string text;
    RegexNeeds needs;
    Str pattern = {regex->pattern.data(), regex->pattern.size()};
    if (!rewrite(arena, pattern, REGEX_MARKED_TEXTS, &text, &needs, ret_error)) return false;
    regex->marked = program_of(arena, pattern, text, ret_error);
    return regex->marked != nullptr;
}

static Regex *compile(Arena *arena, Str pattern, Str *ret_error) {
    std::string narrow, wide;
    auto regex = std::make_unique<Regex>();
    if (!rewrite(arena, pattern, REGEX_ASCII_TEXTS, &narrow, &regex->needs, ret_error))
        return nullptr;
    if (regex->needs.unicode_boundaries) regex->pattern.assign(pattern.ptr, pattern.len);
    if (regex->needs.marks)
        return compile_marked(arena, regex.get(), ret_error) ? regex.release() : nullptr;
    if (!rewrite(arena, pattern, REGEX_ANY_TEXTS, &wide, &regex->needs, ret_error)) return nullptr;
    regex->ascii = program_of(arena, pattern, narrow, ret_error);
    if (!regex->ascii) return nullptr;
    if (wide == narrow) return regex.release();
    regex->wide = program_of(arena, pattern, wide, ret_error);
    return regex->wide ? regex.release() : nullptr;
}

Regex *regex_compile(Arena *arena, Str pattern, Str *ret_error) {
    *ret_error = STR("");
    if (pattern.len > REGEX_MAX_PATTERN) {
        *ret_error = STR("the regular expression is too long");
        return nullptr;
    }
    try {
        return compile(arena, pattern, ret_error);
    } catch (const std::bad_alloc &) {
        *ret_error = STR("the regular expression needs too much memory");
        return nullptr;
    }
}

void regex_free(Regex *regex) { delete regex; }

unsigned regex_group_count(const Regex *regex) {
    return static_cast<unsigned>(regex->plain().NumberOfCapturingGroups());
}

int regex_group_index(const Regex *regex, Str name) {
    const auto &names = regex->plain().NamedCapturingGroups();
    auto found = names.find(std::string(name.ptr, name.len));
    return found == names.end() ? -1 : found->second;
}

/* The program for texts with marks, when this text wants it and there is one. */
static const re2::RE2 *marked_program(const Regex *regex, bool text_is_ascii) {
    if (regex->needs.marks) return regex->marked.get();
    if (text_is_ascii || !regex->needs.unicode_boundaries) return nullptr;
    std::call_once(regex->once, [regex] {
        Arena *arena = arena_new();
        Str error;
        (void)compile_marked(arena, regex, &error);
        arena_free(arena);
    });
    return regex->marked.get();
}

static bool search(const re2::RE2 &program, Str text, size_t from, RegexSpan *spans,
                   unsigned n_spans) {
    re2::StringPiece groups[REGEX_MAX_GROUPS];
    re2::StringPiece whole(text.ptr, text.len);
    if (!program.Match(whole, from, text.len, re2::RE2::UNANCHORED, groups,
                       static_cast<int>(n_spans)))
        return false;
    for (unsigned i = 0; i < n_spans; i++) {
        spans[i] = RegexSpan{0, 0, i == 0};
        if (!groups[i].data()) continue;
        spans[i] =
            RegexSpan{static_cast<size_t>(groups[i].data() - text.ptr), groups[i].size(), true};
    }
    return true;
}

static bool search_marked(const re2::RE2 &program, const MarkedText *marked, size_t from,
                          RegexSpan *spans, unsigned n_spans) {
    if (!search(program, buf_str(&marked->text), marks_before(marked, from), spans, n_spans))
        return false;
    for (unsigned i = 0; i < n_spans; i++) {
        size_t start = marks_origin(marked, spans[i].start);
        spans[i].len = marks_origin(marked, spans[i].start + spans[i].len) - start;
        spans[i].start = start;
    }
    return true;
}

/* The text that this thread has marked last, and for which scan. */
struct LastMarked {
    MarkedText text = {};
    const RegexScan *scan = nullptr;
    ~LastMarked() { marks_free(&text); }
};

static const MarkedText *marked_text(Str text, RegexScan *scan) {
    static thread_local LastMarked last;
    if (scan && scan->is_marked && last.scan == scan) return &last.text;
    marks_set(&last.text, text);
    last.scan = scan;
    if (scan) scan->is_marked = true;
    return &last.text;
}

static bool search_for(const Regex *regex, Str text, size_t from, RegexSpan *spans,
                       unsigned n_spans, RegexScan *scan) {
    if (from > text.len) return false;
    if (n_spans > REGEX_MAX_GROUPS) n_spans = REGEX_MAX_GROUPS;
    bool text_is_ascii = (!regex->wide && !regex->needs.unicode_boundaries) || utf8_is_ascii(text);
    const re2::RE2 *marked = marked_program(regex, text_is_ascii);
    if (marked) return search_marked(*marked, marked_text(text, scan), from, spans, n_spans);
    return search(text_is_ascii || !regex->wide ? *regex->ascii : *regex->wide, text, from, spans,
                  n_spans);
}

bool regex_matches(const Regex *regex, Str text) {
    return regex_search(regex, text, 0, nullptr, 0);
}

bool regex_search(const Regex *regex, Str text, size_t from, RegexSpan *spans, unsigned n_spans) {
    return search_for(regex, text, from, spans, n_spans, nullptr);
}

bool regex_each(RegexScan *scan, RegexSpan *spans, unsigned n_spans) {
    while (scan->from <= scan->text.len) {
        if (!search_for(scan->regex, scan->text, scan->from, spans, n_spans, scan)) break;
        size_t end = spans[0].start + spans[0].len;
        bool is_repeat = !spans[0].len && scan->has_last && end == scan->last_end;
        scan->from = end;
        if (!spans[0].len) {
            unsigned len = 1;
            if (end < scan->text.len) (void)utf8_decode(scan->text, end, &len);
            scan->from = end + len;
        }
        if (is_repeat) continue;
        scan->has_last = true;
        scan->last_end = end;
        return true;
    }
    scan->from = SIZE_MAX;
    return false;
}

/* --------------------------------------------------------------- cache */

struct RegexCache {
    std::mutex mutex;
    std::unordered_map<std::string, const Regex *> items;
};

RegexCache *regex_cache_new(void) { return new (std::nothrow) RegexCache; }

static void forget_all(RegexCache *cache) {
    for (auto &item : cache->items) regex_cache_drop(item.second);
    cache->items.clear();
}

void regex_cache_free(RegexCache *cache) {
    if (!cache) return;
    forget_all(cache);
    delete cache;
}

void regex_cache_drop(const Regex *regex) {
    if (regex && regex->refs.fetch_sub(1) == 1) delete regex;
}

const Regex *regex_cache_take(RegexCache *cache, Arena *arena, Str pattern, Str *ret_error) {
    *ret_error = STR("");
    try {
        std::string key(pattern.ptr, pattern.len);
        std::lock_guard<std::mutex> lock(cache->mutex);
        auto found = cache->items.find(key);
        if (found != cache->items.end()) {
            found->second->refs.fetch_add(1);
            return found->second;
        }
        if (cache->items.size() >= REGEX_CACHED) forget_all(cache);
        Regex *regex = regex_compile(arena, pattern, ret_error);
        if (!regex) return nullptr;
        try {
            cache->items.emplace(std::move(key), regex);
        } catch (const std::bad_alloc &) {
            return regex; /* uncached: the caller holds the only reference */
        }
        regex->refs.fetch_add(1);
        return regex;
    } catch (const std::bad_alloc &) {
        *ret_error = STR("the regular expression needs too much memory");
        return nullptr;
    }
}
