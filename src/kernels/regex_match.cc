/*
 * regex_match.cc: RE2 behind a C interface.
 *
 * A pattern is compiled twice when it must be: once for texts of ASCII alone, and once for others,
 * with the Unicode classes spelled out. RE2 runs in time linear in the text and within max_mem;
 * nothing here throws into C.
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
#include "kernels/regex_match.h"
#include "kernels/regex_syntax.h"
}

struct Regex {
    std::unique_ptr<re2::RE2> ascii;
    std::unique_ptr<re2::RE2> wide; /* null: `ascii` serves all texts */
    mutable std::atomic<int> refs{1}; /* users of a cached one */
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

static bool rewrite(Arena *arena, Str pattern, bool is_ascii, std::string *out, Str *ret_error) {
    Buf text = {};
    bool ok = regex_to_re2(arena, pattern, is_ascii, &text, ret_error);
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

static Regex *compile(Arena *arena, Str pattern, Str *ret_error) {
    std::string narrow, wide;
    if (!rewrite(arena, pattern, true, &narrow, ret_error)) return nullptr;
    if (!rewrite(arena, pattern, false, &wide, ret_error)) return nullptr;
    auto regex = std::make_unique<Regex>();
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
    return static_cast<unsigned>(regex->ascii->NumberOfCapturingGroups());
}

int regex_group_index(const Regex *regex, Str name) {
    const auto &names = regex->ascii->NamedCapturingGroups();
    auto found = names.find(std::string(name.ptr, name.len));
    return found == names.end() ? -1 : found->second;
}

static bool is_ascii(Str text) {
    size_t i = 0;
    for (; i + 8 <= text.len; i += 8) {
        uint64_t word;
        memcpy(&word, text.ptr + i, sizeof word);
        if (word & UINT64_C(0x8080808080808080)) return false;
    }
    for (; i < text.len; i++)
        if (static_cast<unsigned char>(text.ptr[i]) & 0x80) return false;
    return true;
}

static const re2::RE2 &program_for(const Regex *regex, Str text) {
    return !regex->wide || is_ascii(text) ? *regex->ascii : *regex->wide;
}

bool regex_matches(const Regex *regex, Str text) { return regex_search(regex, text, 0, nullptr, 0); }

bool regex_search(const Regex *regex, Str text, size_t from, RegexSpan *spans, unsigned n_spans) {
    re2::StringPiece groups[REGEX_MAX_GROUPS];
    re2::StringPiece whole(text.ptr, text.len);
    if (from > text.len) return false;
    if (n_spans > REGEX_MAX_GROUPS) n_spans = REGEX_MAX_GROUPS;
    const re2::RE2 &program = program_for(regex, text);
    if (!program.Match(whole, from, text.len, re2::RE2::UNANCHORED, groups,
                       static_cast<int>(n_spans)))
        return false;
    for (unsigned i = 0; i < n_spans; i++) {
        spans[i] = RegexSpan{0, 0, i == 0};
        if (!groups[i].data()) continue;
        spans[i] = RegexSpan{static_cast<size_t>(groups[i].data() - text.ptr), groups[i].size(),
                             true};
    }
    return true;
}

bool regex_each(RegexScan *scan, RegexSpan *spans, unsigned n_spans) {
    while (scan->from <= scan->text.len) {
        if (!regex_search(scan->regex, scan->text, scan->from, spans, n_spans)) break;
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
    for (auto &item : cache->items)
        regex_cache_drop(item.second);
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
