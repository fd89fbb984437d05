/*
 * sniff.c: see sniff.h.
 *
 * Compression, Parquet and the kinds that are not read tell themselves by their first bytes. Of
 * text, the first character decides between JSON and cells. JSON is a record a line when some line
 * of the sample is an object by itself; otherwise it is one document, an array, or objects over
 * many lines.
 */
#include "sources/sniff.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "base/utf8.h"

enum { SAMPLE_BYTES = 256 << 10 };

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static Str skip_spaces(Str s) {
    size_t i = 0;
    while (i < s.len && is_space(s.ptr[i])) i++;
    return str_sub(s, i, s.len);
}

/* ---------------------------------------------------------------------- bytes */

/* *ret_damaged, when asked for: the file is damaged, behind what was read. */
static bool read_sample(const SourceFile *f, char *out, size_t size, size_t *ret_n,
                        bool *ret_damaged) {
    Input *in;
    int code;
    InputSource source = file_input(f, 0);
    *ret_n = 0;
    if (input_open(&source, &in, &code) != OK) return false;
    size_t n = 1;
    while (*ret_n < size && n) {
        if (input_read(in, out + *ret_n, size - *ret_n, &n) != OK) break;
        *ret_n += n;
    }
    if (ret_damaged) *ret_damaged = input_damage(in).len > 0;
    input_close(in);
    return true;
}

/* A kind that is told by its first bytes and not read: what to say; else NULL. */
static const char *foreign_kind(Str s) {
    static const struct {
        const char *bytes;
        size_t n;
        const char *why;
    } kinds[] = {
        {"Obj\x01", 4, "an Avro file; this is not read: export JSON or Parquet"},
        {"PK\x03\x04", 4, "a ZIP file or Excel workbook; unpack it or save it as CSV"},
        {"BZh", 3, "compressed by bzip2, which is not read: use gzip or zstd"},
        {"\xFD"
         "7zXZ",
         5, "compressed by xz, which is not read: use gzip or zstd"},
        {"\x04\x22\x4D\x18", 4, "compressed by lz4, which is not read: use gzip or zstd"},
        {"SQLite format 3", 15, "an SQLite database; this is not read"},
        {"ORC", 3, "an ORC file; this is not read: use Parquet"},
    };
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_starts_with(s, (Str){kinds[i].bytes, kinds[i].n})) return kinds[i].why;
    return NULL;
}

static TextEncoding encoding_of(Str s) {
    if (s.len >= 2 && memcmp(s.ptr, "\xFF\xFE", 2) == 0) return TEXT_UTF16LE;
    if (s.len >= 2 && memcmp(s.ptr, "\xFE\xFF", 2) == 0) return TEXT_UTF16BE;
    return TEXT_UTF8;
}

/* ----------------------------------------------------------------------- JSON */

typedef struct Members {
    bool has_records, has_results, has_upper_results, has_value, has_tables, has_upper_tables;
    bool has_schema, has_odata, has_stats;
    uint32_t n;
} Members;

/* The members of an object that may be cut off. */
static Members look_at_members(Str object) {
    Members m = {0};
    JsonCursor c;
    Str key, value;
    if (!json_enter(object, &c) || !c.is_object) return m;
    while (json_next(&c, &key, &value)) {
        bool is_array = value.ptr[0] == '[';
        m.n++;
        if (is_array && str_is(key, "records")) m.has_records = true;
        if (is_array && str_is(key, "results")) m.has_results = true;
        if (is_array && str_is(key, "Results")) m.has_upper_results = true;
        if (is_array && str_is(key, "value")) m.has_value = true;
        if (is_array && str_is(key, "tables")) m.has_tables = true;
        if (is_array && str_is(key, "Tables")) m.has_upper_tables = true;
        if (str_is(key, "schema") || str_is(key, "Schema")) m.has_schema = true;
        if (str_is(key, "Stats")) m.has_stats = true;
        if (str_starts_with(key, STR("@odata."))) m.has_odata = true;
    }
    return m;
}

static void set_shape(SourceFile *f, Shape shape, const char *member, const char *envelope) {
    f->shape = shape;
    f->member = member;
    f->envelope = envelope;
}

/* True when the object is a document of a service, with its rows in an array inside. */
static bool sniff_document(SourceFile *f, Str object) {
    Members m = look_at_members(object);
    if (m.has_tables) {
        set_shape(f, SHAPE_TABLES, NULL, "log-analytics-api");
    } else if (m.has_upper_tables) {
        set_shape(f, SHAPE_TABLES, NULL, "kusto-v1");
    } else if (m.has_records) {
        set_shape(f, SHAPE_MEMBER, "records", "event-hub");
    } else if (m.has_upper_results && (m.has_schema || m.has_stats || m.n == 1)) {
        set_shape(f, SHAPE_MEMBER, "Results", "defender-api");
    } else if (m.has_results && (m.has_schema || m.has_odata || m.n == 1)) {
        set_shape(f, SHAPE_MEMBER, "results", "graph");
    } else if (m.has_value && (m.has_odata || m.n == 1)) {
        set_shape(f, SHAPE_MEMBER, "value", "odata");
    } else {
        return false;
    }
    return true;
}

/* The first line of the sample that is a whole object by itself; *ret_more: others follow it. */
static bool find_object_line(Str s, bool is_whole, Str *ret, bool *ret_more) {
    while (s.len) {
        const char *end = memchr(s.ptr, '\n', s.len);
        if (!end && !is_whole) return false;
        size_t len = end ? (size_t)(end - s.ptr) : s.len;
        Str line = str_trim(str_sub(s, 0, len));
        s = str_sub(s, len + 1, s.len);
        if (line.len <= 2 || line.ptr[0] != '{' || line.ptr[line.len - 1] != '}') continue;
        if (!json_is_valid(line)) continue;
        *ret = line;
        *ret_more = skip_spaces(s).len > 0 || !is_whole;
        return true;
    }
    return false;
}

static void sniff_object(SourceFile *f, Str s, bool is_whole) {
    Str line;
    bool has_more;
    f->format = FORMAT_JSON;
    bool has_line = find_object_line(s, is_whole, &line, &has_more);
    bool is_first = has_line && line.ptr == s.ptr;
    if ((!is_first || !has_more) && sniff_document(f, s)) return;
    if (has_line) {
        f->format = FORMAT_NDJSON;
        bool is_list = look_at_members(line).has_records;
        set_shape(f, SHAPE_LINES, is_list ? "records" : NULL, is_list ? "event-hub" : "");
        return;
    }
    const char *end = memchr(s.ptr, '\n', s.len);
    Str first = str_trim(str_sub(s, 0, end ? (size_t)(end - s.ptr) : s.len));
    bool is_spread = end && (first.len == 1 || first.ptr[first.len - 1] == ',' ||
                             first.ptr[first.len - 1] == '{' || first.ptr[first.len - 1] == '[');
    if (is_spread) {
        set_shape(f, SHAPE_ROWS, NULL, "");
    } else {
        f->format = FORMAT_NDJSON;
        set_shape(f, SHAPE_LINES, NULL, "");
    }
}

/* Whether the first line is an array without elements and an object begins the next: then the objects are
 * lines. As documents, one that is broken would take all behind it along. */
static bool is_empty_line(Str s) {
    const char *end = memchr(s.ptr, '\n', s.len);
    size_t len = end ? (size_t)(end - s.ptr) : s.len;
    Str rest = skip_spaces(str_sub(s, len, s.len));
    return str_is(str_trim(str_sub(s, 0, len)), "[]") && rest.len && rest.ptr[0] == '{';
}

static void sniff_array(SourceFile *f, Str s) {
    JsonCursor c;
    Str key, value, element;
    if (is_empty_line(s)) {
        f->format = FORMAT_NDJSON;
        set_shape(f, SHAPE_LINES, NULL, "");
        return;
    }
    f->format = FORMAT_JSON;
    set_shape(f, SHAPE_ROWS, NULL, "");
    if (!json_enter(s, &c) || !json_next(&c, &key, &element) || !json_enter(element, &c)) return;
    while (c.is_object && json_next(&c, &key, &value))
        if (str_is(key, "FrameType")) set_shape(f, SHAPE_FRAMES, NULL, "kusto-v2");
}

void read_declared_columns(Arena *arena, Str text, FileColumn **ret, uint32_t *ret_n) {
    static const char *const name_keys[] = {"ColumnName", "name", "Name"};
    static const char *const type_keys[] = {"ColumnType", "type", "Type", "DataType"};
    FileColumn *columns = NULL;
    size_t n = 0, cap = 0;
    JsonCursor c;
    Str key, element;
    bool ok = json_is_valid(text) && json_enter(text, &c) && !c.is_object;
    while (ok && json_next(&c, &key, &element)) {
        FileColumn column = {.declared = TYPE_ERROR};
        for (size_t i = 0; i < COUNT_OF(name_keys) && !column.name.len; i++)
            column.name =
                arena_str(arena, json_string(arena, json_get(element, str_of(name_keys[i]))));
        for (size_t i = 0; i < COUNT_OF(type_keys) && column.declared == TYPE_ERROR; i++)
            column.declared =
                type_from_name(json_string(arena, json_get(element, str_of(type_keys[i]))));
        ARENA_PUSH(arena, columns, n, cap, column);
    }
    *ret = columns;
    *ret_n = (uint32_t)n;
}

/* ------------------------------------------------------------------------ all */

static bool has_extension(Str path, const char *extension) {
    static const char *const packed[] = {".gz", ".gzip", ".zst", ".zstd"};
    Str end = str_of(extension);
    for (size_t i = 0; i < COUNT_OF(packed); i++) {
        Str p = str_of(packed[i]);
        if (path.len > p.len && str_eq_nocase(str_sub(path, path.len - p.len, p.len), p))
            path.len -= p.len;
    }
    return path.len > end.len && str_eq_nocase(str_sub(path, path.len - end.len, end.len), end);
}

/* What to say of a file whose name tells of a compression that its bytes do not have. */
static const char *misnamed_kind(Str path) {
    static const char *const kinds[][2] = {{".gz", "named .gz but holds no gzip data"},
                                           {".gzip", "named .gzip but holds no gzip data"},
                                           {".zst", "named .zst but holds no zstd data"},
                                           {".zstd", "named .zstd but holds no zstd data"}};
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        size_t n = strlen(kinds[i][0]);
        if (path.len > n && str_eq_nocase(str_sub(path, path.len - n, n), str_of(kinds[i][0])))
            return kinds[i][1];
    }
    return NULL;
}

static bool is_binary(Str s) {
    size_t n = s.len < 4096 ? s.len : 4096, odd = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        odd += c < 0x20 && !is_space((char)c);
    }
    return odd * 10 > n;
}

static size_t count_in_first_line(Str s, char wanted) {
    size_t n = 0;
    for (size_t i = 0; i < s.len && s.ptr[i] != '\n'; i++) n += s.ptr[i] == wanted;
    return n;
}

/* The first line when it is no header: `#TYPE System...`, which Windows PowerShell's Export-Csv writes
 * unless it is told not to, and `sep=;`, which tells Excel the separator. That may be a tab, so blanks
 * at the end are part of the line. */
static size_t preamble(Str s, char *ret_separator) {
    size_t end = str_find(s, STR("\n"), 0);
    *ret_separator = 0;
    if (end == SIZE_MAX) return 0;
    Str line = str_sub(s, 0, end);
    if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
    bool is_sep = line.len == 5 && str_eq_nocase(str_sub(line, 0, 4), STR("sep="));
    if (is_sep) *ret_separator = line.ptr[4];
    return is_sep || str_starts_with(line, STR("#TYPE ")) ? end + 1 : 0;
}

static bool sniff_cells(SourceFile *f, Str s) {
    bool is_csv = has_extension(f->path, ".csv"), is_tsv = has_extension(f->path, ".tsv");
    char separator;
    size_t begin = preamble(s, &separator);
    s = str_sub(s, begin, s.len);
    size_t tabs = count_in_first_line(s, '\t'), commas = count_in_first_line(s, ',');
    if (!is_csv && !is_tsv && !f->is_bound && !(f->fd >= 0 && tabs + commas > 0)) return false;
    size_t semicolons = count_in_first_line(s, ';');
    f->delimiter = is_tsv || tabs > commas ? '\t' : semicolons && !commas ? ';' : ',';
    if (separator) f->delimiter = separator;
    f->has_preamble = begin > 0;
    f->format = f->delimiter == '\t' ? FORMAT_TSV : FORMAT_CSV;
    set_shape(f, SHAPE_CELLS, NULL, "");
    return true;
}

/* Lines of JSON behind something else: a banner, or a first line that is broken. */
static bool sniff_late_lines(SourceFile *f, Str s, bool is_whole) {
    Str line;
    bool has_more;
    if (!find_object_line(s, is_whole, &line, &has_more)) return false;
    f->format = FORMAT_NDJSON;
    set_shape(f, SHAPE_LINES, NULL, "");
    return true;
}

static const char *sniff_text(SourceFile *f, Str s, bool is_whole) {
    if (str_starts_with(s, STR("\xEF\xBB\xBF"))) s = str_sub(s, 3, s.len);
    Str text = skip_spaces(s);
    if (!text.len) return "empty";
    if (text.ptr[0] == '{') sniff_object(f, text, is_whole);
    else if (text.ptr[0] == '[') sniff_array(f, text);
    else if (is_binary(text)) return "neither text nor Parquet; left out";
    else if (!sniff_cells(f, s) && !sniff_late_lines(f, s, is_whole))
        return "neither JSON nor Parquet, and not named as CSV or TSV; left out";
    return NULL;
}

void sniff_file(SourceFile *f, const char **ret_why) {
    char *sample = malloc(SAMPLE_BYTES);
    size_t n;
    bool is_damaged = false;
    f->envelope = "";
    *ret_why = NULL;
    if (!sample) abort();
    if (!read_sample(f, sample, 64, &n, NULL)) {
        *ret_why = "cannot be opened";
        free(sample);
        return;
    }
    f->codec = codec_of((Str){sample, n});
    if (f->codec == CODEC_NONE) f->encoding = encoding_of((Str){sample, n});
    (void)read_sample(f, sample, SAMPLE_BYTES, &n, &is_damaged);
    if (f->codec != CODEC_NONE && encoding_of((Str){sample, n}) != TEXT_UTF8) {
        f->encoding = encoding_of((Str){sample, n});
        (void)read_sample(f, sample, SAMPLE_BYTES, &n, NULL);
    }
    Str s = {sample, n};
    if (f->codec == CODEC_NONE && str_starts_with(s, STR("PAR1"))) {
        f->shape = SHAPE_PARQUET;
        f->format = FORMAT_PARQUET;
    } else if (foreign_kind(s)) {
        *ret_why = foreign_kind(s);
    } else if (is_damaged && !n) {
        *ret_why = f->codec == CODEC_ZSTD   ? "damaged zstd data: nothing of it can be read"
                   : f->codec == CODEC_GZIP ? "damaged gzip data: nothing of it can be read"
                                            : "cannot be read";
    } else {
        *ret_why = sniff_text(f, s, n < SAMPLE_BYTES);
        if (*ret_why && n && f->codec == CODEC_NONE && misnamed_kind(f->path))
            *ret_why = misnamed_kind(f->path);
    }
    free(sample);
}
