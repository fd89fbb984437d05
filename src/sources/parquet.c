/*
 * parquet.c: see parquet.h.
 *
 * The last eight bytes are the footer's length and "PAR1"; the footer is a FileMetaData in Thrift's
 * compact protocol. Only what is needed is looked at, the rest is stepped over. Field numbers are
 * those of the format's parquet.thrift. The bytes are hostile: each read is bounded, nesting is
 * capped.
 */
#include "sources/parquet.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "sources/parquet_format.h"

enum { MAX_FOOTER_BYTES = 256 << 20, MAX_DEPTH = 32, MAX_COLUMNS = 20000, MAX_ELEMENTS = 200000 };

/* ------------------------------------------------------------- compact protocol */

typedef struct Thrift {
    const unsigned char *p, *end;
    bool is_bad;
} Thrift;

typedef struct Field {
    int id, type;
} Field;

static unsigned take_byte(Thrift *t) {
    if (t->p == t->end) {
        t->is_bad = true;
        return 0;
    }
    return *t->p++;
}

static uint64_t take_varint(Thrift *t) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        unsigned byte = take_byte(t);
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80)) return value;
    }
    t->is_bad = true;
    return 0;
}

static int64_t take_int(Thrift *t) {
    uint64_t value = take_varint(t);
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

static Str take_binary(Thrift *t) {
    uint64_t len = take_varint(t);
    if (t->is_bad || len > (uint64_t)(t->end - t->p)) {
        t->is_bad = true;
        return STR_EMPTY;
    }
    Str s = {(const char *)t->p, (size_t)len};
    t->p += len;
    return s;
}

/* The next field of a struct; false at its end. */
static bool next_field(Thrift *t, Field *f) {
    unsigned byte = take_byte(t);
    f->type = (int)(byte & 15);
    if (t->is_bad || f->type == WIRE_STOP) return false;
    f->id = byte >> 4 ? f->id + (int)(byte >> 4) : (int)take_int(t);
    return !t->is_bad;
}

/* Number of elements; each takes a byte at least, so that a huge number is seen to be false. */
static uint64_t take_list(Thrift *t, int *ret_type) {
    unsigned byte = take_byte(t);
    uint64_t n = byte >> 4;
    *ret_type = (int)(byte & 15);
    if (n == 15) n = take_varint(t);
    if (n > (uint64_t)(t->end - t->p)) t->is_bad = true;
    return t->is_bad ? 0 : n;
}

static void skip(Thrift *t, int type, int depth);

static void skip_list(Thrift *t, int depth) {
    int type;
    uint64_t n = take_list(t, &type);
    bool is_bool = type == WIRE_TRUE || type == WIRE_FALSE;
    for (uint64_t i = 0; i < n && !t->is_bad; i++) skip(t, is_bool ? WIRE_BYTE : type, depth + 1);
}

static void skip_map(Thrift *t, int depth) {
    uint64_t n = take_varint(t);
    if (!n || t->is_bad) return;
    unsigned types = take_byte(t);
    for (uint64_t i = 0; i < n && !t->is_bad; i++) {
        skip(t, (int)(types >> 4), depth + 1);
        skip(t, (int)(types & 15), depth + 1);
    }
}

static void skip(Thrift *t, int type, int depth) {
    if (depth > MAX_DEPTH) t->is_bad = true;
    if (t->is_bad) return;
    switch (type) {
    case WIRE_TRUE:
    case WIRE_FALSE: return;
    case WIRE_BYTE: (void)take_byte(t); return;
    case WIRE_I16:
    case WIRE_I32:
    case WIRE_I64: (void)take_varint(t); return;
    case WIRE_DOUBLE:
        if (t->end - t->p < 8) t->is_bad = true;
        else t->p += 8;
        return;
    case WIRE_BINARY: (void)take_binary(t); return;
    case WIRE_LIST:
    case WIRE_SET: skip_list(t, depth); return;
    case WIRE_MAP: skip_map(t, depth); return;
    case WIRE_STRUCT:
        for (Field f = {0}; next_field(t, &f);) skip(t, f.type, depth + 1);
        return;
    default: t->is_bad = true;
    }
}

/* ----------------------------------------------------------------------- schema */

typedef struct Element {
    Str name;
    int64_t type, converted, repetition, n_children; /* -1: not said */
    int logical;                                     /* member of the union, 0: not said */
    bool is_instant, is_nanos;                       /* a timestamp: in UTC; its unit */
} Element;

static void take_timestamp(Thrift *t, Element *e) {
    for (Field f = {0}; next_field(t, &f);) {
        if (f.id == 1) e->is_instant = f.type == WIRE_TRUE;
        if (f.id != 2 || f.type != WIRE_STRUCT) {
            skip(t, f.type, 3);
            continue;
        }
        for (Field unit = {0}; next_field(t, &unit); skip(t, unit.type, 4))
            e->is_nanos = unit.id == UNIT_NANOS;
    }
}

static void take_logical(Thrift *t, Element *e) {
    for (Field f = {0}; next_field(t, &f);) {
        e->logical = f.id;
        if (f.id == LOGICAL_TIMESTAMP && f.type == WIRE_STRUCT) take_timestamp(t, e);
        else skip(t, f.type, 2);
    }
}

static Element take_element(Thrift *t) {
    Element e = {.name = STR_EMPTY, .type = -1, .converted = -1, .repetition = -1};
    for (Field f = {0}; next_field(t, &f);) {
        if (f.id == 1 && f.type == WIRE_I32) e.type = take_int(t);
        else if (f.id == 3 && f.type == WIRE_I32) e.repetition = take_int(t);
        else if (f.id == 4 && f.type == WIRE_BINARY) e.name = take_binary(t);
        else if (f.id == 5 && f.type == WIRE_I32) e.n_children = take_int(t);
        else if (f.id == 6 && f.type == WIRE_I32) e.converted = take_int(t);
        else if (f.id == 10 && f.type == WIRE_STRUCT) take_logical(t, &e);
        else skip(t, f.type, 1);
    }
    return e;
}

/* The type that the values mean, whatever they are stored as. */
static Type type_of_meaning(const Element *e) {
    if (e->logical == LOGICAL_DECIMAL || e->converted == CONVERTED_DECIMAL) return TYPE_DECIMAL;
    if (e->logical == LOGICAL_DATE || e->converted == CONVERTED_DATE) return TYPE_DATETIME;
    if (e->logical == LOGICAL_TIMESTAMP || e->converted == CONVERTED_TIMESTAMP_MS ||
        e->converted == CONVERTED_TIMESTAMP_US)
        return TYPE_DATETIME;
    if (e->logical == LOGICAL_TIME || e->converted == CONVERTED_TIME_MS ||
        e->converted == CONVERTED_TIME_US)
        return TYPE_STRING;
    if (e->logical == LOGICAL_JSON || e->converted == CONVERTED_JSON) return TYPE_DYNAMIC;
    if (e->logical == LOGICAL_UUID) return TYPE_GUID;
    if (e->logical == LOGICAL_FLOAT16) return TYPE_REAL;
    return TYPE_ERROR;
}

static Type type_of_element(const Element *e) {
    if (e->n_children > 0 || e->repetition == REPETITION_REPEATED) return TYPE_DYNAMIC;
    if (e->logical == LOGICAL_UNKNOWN) return TYPE_ERROR;
    Type meaning = type_of_meaning(e);
    if (meaning != TYPE_ERROR) return meaning;
    switch (e->type) {
    case PHYSICAL_BOOLEAN: return TYPE_BOOL;
    case PHYSICAL_INT32: return e->converted == CONVERTED_UINT32 ? TYPE_LONG : TYPE_INT;
    case PHYSICAL_INT64: return TYPE_LONG;
    case PHYSICAL_INT96: return TYPE_DATETIME;
    case PHYSICAL_FLOAT:
    case PHYSICAL_DOUBLE: return TYPE_REAL;
    default: return TYPE_STRING;
    }
}

/* Elements stand depth first; the root's children are the columns. */
static void take_schema(Thrift *t, Arena *arena, ParquetFooter *ret) {
    int type;
    uint64_t n = take_list(t, &type);
    size_t n_columns = 0, cap = 0;
    if (type != WIRE_STRUCT || n > MAX_ELEMENTS) t->is_bad = true;
    int64_t inside = 0; /* elements of the open column that are still to come */
    for (uint64_t i = 0; i < n && !t->is_bad; i++) {
        Element e = take_element(t);
        if (e.n_children < 0 || e.n_children > MAX_ELEMENTS) t->is_bad = true;
        if (i == 0) continue;
        if (inside) {
            inside += e.n_children - 1;
            continue;
        }
        inside = e.n_children;
        if (n_columns == MAX_COLUMNS) t->is_bad = true;
        if (t->is_bad) break;
        FileColumn column = {.name = arena_str(arena, e.name), .declared = type_of_element(&e)};
        if (e.is_instant && e.is_nanos && !ret->cut_column.len) ret->cut_column = column.name;
        ARENA_PUSH(arena, ret->columns, n_columns, cap, column);
    }
    ret->n_columns = (uint32_t)n_columns;
}

/* ------------------------------------------------------------------- statistics */

typedef struct ChunkFacts {
    bool is_type; /* of the column "Type" */
    Str least, greatest;
} ChunkFacts;

static void take_statistics(Thrift *t, ChunkFacts *c) {
    for (Field f = {0}; next_field(t, &f);) {
        bool is_text = f.type == WIRE_BINARY;
        if (is_text && (f.id == 5 || (f.id == 1 && !c->greatest.len))) c->greatest = take_binary(t);
        else if (is_text && (f.id == 6 || (f.id == 2 && !c->least.len))) c->least = take_binary(t);
        else skip(t, f.type, 4);
    }
}

static bool path_is_type(Thrift *t) {
    int type;
    uint64_t n = take_list(t, &type);
    bool is_type = false;
    for (uint64_t i = 0; i < n && !t->is_bad; i++) {
        if (type != WIRE_BINARY) {
            t->is_bad = true;
            return false;
        }
        is_type = str_is(take_binary(t), "Type") && n == 1;
    }
    return is_type;
}

static void take_chunk_meta(Thrift *t, ChunkFacts *c) {
    for (Field f = {0}; next_field(t, &f);) {
        if (f.id == 3 && f.type == WIRE_LIST) c->is_type = path_is_type(t);
        else if (f.id == 12 && f.type == WIRE_STRUCT) take_statistics(t, c);
        else skip(t, f.type, 3);
    }
}

/* Notes the single value of Type in this chunk; *ret_mixed when it has several, or others than
 * before. */
static void take_chunk(Thrift *t, Arena *arena, ParquetFooter *ret, bool *ret_mixed) {
    ChunkFacts c = {.least = STR_EMPTY, .greatest = STR_EMPTY};
    for (Field f = {0}; next_field(t, &f);) {
        if (f.id == 3 && f.type == WIRE_STRUCT) take_chunk_meta(t, &c);
        else skip(t, f.type, 2);
    }
    if (!c.is_type) return;
    bool is_same = str_eq(c.least, c.greatest) && c.least.len &&
                   (!ret->type_value.len || str_eq(ret->type_value, c.least));
    if (is_same) ret->type_value = arena_str(arena, c.least);
    else *ret_mixed = true;
}

static void take_row_groups(Thrift *t, Arena *arena, ParquetFooter *ret) {
    int type, inner;
    bool is_mixed = false;
    uint64_t n = take_list(t, &type);
    for (uint64_t i = 0; i < n && !t->is_bad; i++) {
        for (Field f = {0}; next_field(t, &f);) {
            if (f.id != 1 || f.type != WIRE_LIST) {
                skip(t, f.type, 1);
                continue;
            }
            uint64_t n_chunks = take_list(t, &inner);
            for (uint64_t j = 0; j < n_chunks && !t->is_bad; j++)
                take_chunk(t, arena, ret, &is_mixed);
        }
    }
    if (is_mixed) ret->type_value = STR_EMPTY;
}

/* ------------------------------------------------------------------------ footer */

static bool parse_footer(Arena *arena, const unsigned char *bytes, size_t n, ParquetFooter *ret) {
    Thrift t = {.p = bytes, .end = bytes + n};
    bool is_signed = false; /* a signature follows */
    *ret = (ParquetFooter){.type_value = STR_EMPTY};
    for (Field f = {0}; next_field(&t, &f);) {
        is_signed |= f.id == 8;
        if (f.id == 2 && f.type == WIRE_LIST) take_schema(&t, arena, ret);
        else if (f.id == 3 && f.type == WIRE_I64) ret->n_rows = take_int(&t);
        else if (f.id == 4 && f.type == WIRE_LIST) take_row_groups(&t, arena, ret);
        else skip(&t, f.type, 0);
    }
    return !t.is_bad && ret->n_columns > 0 && (t.p == t.end || is_signed);
}

static bool read_at(int fd, void *out, size_t n, off_t at) {
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(fd, (char *)out + done, n - done, at + (off_t)done);
        if (got <= 0) return false;
        done += (size_t)got;
    }
    return true;
}

static const char *read_footer(Arena *arena, int fd, ParquetFooter *ret) {
    unsigned char tail[8];
    off_t size = lseek(fd, 0, SEEK_END);
    if (size < 12 || !read_at(fd, tail, 8, size - 8)) return "a damaged Parquet file: too short";
    if (memcmp(tail + 4, "PARE", 4) == 0) return "an encrypted Parquet file; this is not read";
    if (memcmp(tail + 4, "PAR1", 4) != 0) return "a damaged Parquet file: its end is missing";
    size_t n = tail[0] | (size_t)tail[1] << 8 | (size_t)tail[2] << 16 | (size_t)tail[3] << 24;
    if ((off_t)n > size - 12 || n > MAX_FOOTER_BYTES)
        return "a damaged Parquet file: a wrong footer length";
    unsigned char *bytes = malloc(n + 1);
    bool ok =
        bytes && read_at(fd, bytes, n, size - 8 - (off_t)n) && parse_footer(arena, bytes, n, ret);
    free(bytes);
    return ok ? NULL : "a damaged Parquet file: its footer cannot be read";
}

bool parquet_read_footer(Arena *arena, const char *path, ParquetFooter *ret, const char **ret_why) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *ret_why = "cannot be opened";
    if (fd < 0) return false;
    *ret_why = read_footer(arena, fd, ret);
    close(fd);
    return !*ret_why;
}
