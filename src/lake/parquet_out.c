#include "lake/parquet_out.h"

#include <errno.h>
#include <stdlib.h>
#include <zstd.h>

#include "base/ticks.h"
#include "sources/parquet_format.h"

enum {
    PAGE_BYTES = 1 << 20,
    MAX_DICTIONARY_BYTES = 4 << 20,
    MAX_BOUND_BYTES = 64, /* longer texts are no statistics */
    ZSTD_LEVEL = 1,
    MAX_NESTING = 8
};

/* Numbers of parquet.thrift that only a writer says; the others: sources/parquet_format.h. */
enum { PLAIN = 0, RLE = 3, RLE_DICTIONARY = 8 };
enum { DATA_PAGE = 0, DICTIONARY_PAGE = 2 };
enum { CODEC_ZSTD_NUMBER = 6 };

/* ------------------------------------------------------------- compact protocol */

typedef struct Thrift {
    Buf *out;
    int last[MAX_NESTING]; /* field number, by depth */
    int depth;
} Thrift;

static void put_varint(Buf *out, uint64_t n) {
    for (; n >= 0x80; n >>= 7) buf_putc(out, (char)(n | 0x80));
    buf_putc(out, (char)n);
}

static void put_zigzag(Buf *out, int64_t n) {
    put_varint(out, ((uint64_t)n << 1) ^ (uint64_t)(n >> 63));
}

static void put_field(Thrift *t, int id, int type) {
    int delta = id - t->last[t->depth];
    buf_putc(t->out, (char)(delta << 4 | type)); /* never more than 15 here */
    t->last[t->depth] = id;
}

static void put_i32(Thrift *t, int id, int64_t n) {
    put_field(t, id, WIRE_I32);
    put_zigzag(t->out, n);
}

static void put_i64(Thrift *t, int id, int64_t n) {
    put_field(t, id, WIRE_I64);
    put_zigzag(t->out, n);
}

static void put_bytes(Buf *out, Str s) {
    put_varint(out, s.len);
    buf_put(out, s);
}

static void put_binary(Thrift *t, int id, Str s) {
    put_field(t, id, WIRE_BINARY);
    put_bytes(t->out, s);
}

static void put_list(Thrift *t, int id, int type, size_t n) {
    put_field(t, id, WIRE_LIST);
    if (n < 15) buf_putc(t->out, (char)((int)n << 4 | type));
    else {
        buf_putc(t->out, (char)(0xF0 | type));
        put_varint(t->out, n);
    }
}

/* A struct as an element of a list, or behind put_field. */
static void enter(Thrift *t) { t->last[++t->depth] = 0; }
static void leave(Thrift *t) {
    buf_putc(t->out, 0);
    t->depth--;
}

static void put_struct(Thrift *t, int id) {
    put_field(t, id, WIRE_STRUCT);
    enter(t);
}

static void put_empty_struct(Thrift *t, int id) {
    put_struct(t, id);
    leave(t);
}

/* ---------------------------------------------------------------------- writing */

/* What the footer tells of a column that was written. */
typedef struct Chunk {
    int64_t start, values_at, compressed, plain; /* `start`: of its first page */
    bool has_dictionary, has_bounds;
    Str least, greatest;
    int64_t n_nulls;
} Chunk;

typedef struct RowGroup {
    Chunk *chunks;
    uint32_t n_rows;
} RowGroup;

struct ParquetOut {
    FILE *file;
    Arena *arena;
    const LakeColumn *columns;
    RowGroup *groups;
    size_t n_groups, cap_groups;
    Chunk *chunks; /* of the last group, as the numbers below */
    uint32_t n_columns, n_done, n_rows;
    LakeTimes times;
    int64_t at;
    int error;
    ZSTD_CCtx *zstd;
    Buf plain, packed, head;
};

static int physical_type(Type t) {
    switch (t) {
    case TYPE_BOOL: return PHYSICAL_BOOLEAN;
    case TYPE_INT: return PHYSICAL_INT32;
    case TYPE_LONG:
    case TYPE_DATETIME:
    case TYPE_TIMESPAN: return PHYSICAL_INT64;
    case TYPE_REAL: return PHYSICAL_DOUBLE;
    case TYPE_DECIMAL:
    case TYPE_STRING:
    case TYPE_GUID:
    case TYPE_DYNAMIC:
    case TYPE_ERROR:
    case TYPE_COUNT: break;
    }
    return PHYSICAL_BYTE_ARRAY;
}

/* Strings are never null; the others may be. */
static bool is_optional(const ParquetOut *p, uint32_t column) {
    return p->columns[column].type != TYPE_STRING;
}

static void write_bytes(ParquetOut *p, Str s) {
    if (!p->error && s.len && fwrite(s.ptr, 1, s.len, p->file) != s.len)
        p->error = errno ? errno : EIO;
    p->at += (int64_t)s.len;
}

ParquetOut *parquet_out_new(const char *path, const LakeColumn *columns, uint32_t n_columns,
                            LakeTimes times) {
    FILE *file = fopen(path, "wb");
    if (!file) return NULL;
    ParquetOut *p = calloc(1, sizeof *p);
    if (!p) abort();
    *p = (ParquetOut){.file = file,
                      .arena = arena_new(),
                      .columns = columns,
                      .n_columns = n_columns,
                      .times = times};
    write_bytes(p, STR("PAR1"));
    return p;
}

void parquet_out_rows(ParquetOut *p, uint32_t n_rows) {
    p->chunks = ARENA_ARRAY(p->arena, Chunk, p->n_columns + 1);
    p->n_rows = n_rows;
    p->n_done = 0;
    RowGroup group = {p->chunks, n_rows};
    ARENA_PUSH(p->arena, p->groups, p->n_groups, p->cap_groups, group);
    p->zstd = ZSTD_createCCtx();
    if (!p->zstd) abort();
    (void)ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL);
    (void)ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_checksumFlag,
                                 1); /* damage is an error, not rows */
}

static void free_room(ParquetOut *p) {
    buf_free(&p->plain);
    buf_free(&p->packed);
    buf_free(&p->head);
    ZSTD_freeCCtx(p->zstd);
    p->zstd = NULL;
}

/* ------------------------------------------------------------------------ values */

/* 0001-01-01 is no origin of nanoseconds since 1970; the ends of the range mean infinity to some. */
static bool nanoseconds_of(int64_t ticks, int64_t *ret) {
    return !__builtin_sub_overflow(ticks, TICKS_UNIX_EPOCH, ret) &&
           !__builtin_mul_overflow(*ret, INT64_C(100), ret) && *ret > INT64_MIN + 100 &&
           *ret < INT64_MAX - 100;
}

bool parquet_out_fits(int64_t ticks) {
    int64_t nanoseconds;
    return nanoseconds_of(ticks, &nanoseconds);
}

static int64_t microseconds_of(int64_t ticks) {
    int64_t whole = ticks - ticks % 10; /* of both signs then: the epoch is whole */
    return (whole - TICKS_UNIX_EPOCH) / 10;
}

static Str stored_time(Str value, LakeTimes times, char *to) {
    int64_t ticks, time = 0;
    memcpy(&ticks, value.ptr, sizeof ticks);
    if (times == LAKE_MICROS) time = microseconds_of(ticks);
    else (void)nanoseconds_of(ticks, &time);
    memcpy(to, &time, sizeof time);
    return (Str){to, sizeof time};
}

static Str stored_decimal(Str value, char *to) {
    Decimal d;
    memcpy(&d, value.ptr, sizeof d);
    return (Str){to, decimal_to_text(d, to)};
}

/* The values as they are stored: other bytes for datetimes and decimals. */
static const Str *stored_values(const ParquetOut *p, Type type, const Str *values, uint32_t n,
                                Arena *scratch) {
    bool is_time = type == TYPE_DATETIME && p->times != LAKE_TICKS;
    if (!is_time && type != TYPE_DECIMAL) return values;
    size_t room = is_time ? sizeof(int64_t) : DECIMAL_TEXT_MAX;
    Str *ret = ARENA_ARRAY(scratch, Str, n + 1);
    char *bytes = arena_alloc(scratch, n * room + 1);
    for (uint32_t i = 0; i < n; i++) {
        char *to = bytes + i * room;
        ret[i] = is_time ? stored_time(values[i], p->times, to) : stored_decimal(values[i], to);
    }
    return ret;
}

/* Byte strings as the format's signed or unsigned order has them. */
static int compare_values(Type type, Str a, Str b) {
    if (physical_type(type) == PHYSICAL_BYTE_ARRAY) return str_compare(a, b);
    if (type == TYPE_REAL) {
        double x, y;
        memcpy(&x, a.ptr, sizeof x);
        memcpy(&y, b.ptr, sizeof y);
        return (x > y) - (x < y);
    }
    int64_t x = 0, y = 0;
    if (type == TYPE_INT) {
        int32_t small[2];
        memcpy(&small[0], a.ptr, 4);
        memcpy(&small[1], b.ptr, 4);
        x = small[0], y = small[1];
    } else {
        memcpy(&x, a.ptr, 8);
        memcpy(&y, b.ptr, 8);
    }
    return (x > y) - (x < y);
}

static bool is_zero_or_nan(Str s) {
    double x;
    memcpy(&x, s.ptr, sizeof x);
    return !(x < 0 || x > 0);
}

/* Least and greatest value; none for types whose order readers do not agree about, and for reals with
 * a zero, which has a sign, or a NaN. */
static void find_bounds(ParquetOut *p, Chunk *c, Type type, const Str *values, uint32_t n) {
    if (type == TYPE_BOOL || !n) return;
    Str least = values[0], greatest = values[0];
    for (uint32_t i = 0; i < n; i++) {
        if (type == TYPE_REAL && is_zero_or_nan(values[i])) return;
        if (compare_values(type, values[i], least) < 0) least = values[i];
        if (compare_values(type, values[i], greatest) > 0) greatest = values[i];
    }
    if (least.len > MAX_BOUND_BYTES || greatest.len > MAX_BOUND_BYTES) return;
    c->has_bounds = true;
    c->least = arena_str(p->arena, least);
    c->greatest = arena_str(p->arena, greatest);
}

static size_t plain_size(Type type, Str value) {
    return physical_type(type) == PHYSICAL_BYTE_ARRAY ? value.len + 4 : value.len;
}

static void put_plain(Buf *out, Type type, Str value) {
    if (physical_type(type) == PHYSICAL_BYTE_ARRAY) {
        char len[4];
        for (unsigned i = 0; i < 4; i++) len[i] = (char)(value.len >> (8 * i));
        buf_put(out, (Str){len, 4});
    }
    buf_put(out, value);
}

/* ------------------------------------------------------------------------- runs */

static void put_packed(Buf *out, const uint32_t *v, size_t n, unsigned width) {
    uint64_t bits = 0;
    unsigned have = 0;
    size_t rounded = (n + 7) / 8 * 8;
    put_varint(out, rounded / 8 << 1 | 1);
    for (size_t i = 0; i < rounded; i++) {
        bits |= (uint64_t)(i < n ? v[i] : 0) << have;
        for (have += width; have >= 8; have -= 8, bits >>= 8) buf_putc(out, (char)bits);
    }
}

static size_t run_at(const uint32_t *v, size_t at, size_t n) {
    size_t end = at + 1;
    while (end < n && v[end] == v[at]) end++;
    return end - at;
}

/* "RLE/bit-packing hybrid": runs of 8 and more by their length, what is between by its bits. */
static void put_hybrid(Buf *out, const uint32_t *v, size_t n, unsigned width) {
    size_t packed_from = 0;
    for (size_t at = 0; at < n;) {
        size_t run = run_at(v, at, n);
        if (run < 8) { /* the groups of bits are of eight values each */
            at = n - at < 8 ? n : at + 8;
            continue;
        }
        if (at > packed_from) put_packed(out, v + packed_from, at - packed_from, width);
        put_varint(out, (uint64_t)run << 1);
        for (unsigned b = 0; b < width; b += 8) buf_putc(out, (char)(v[at] >> b));
        packed_from = at += run;
    }
    if (n > packed_from) put_packed(out, v + packed_from, n - packed_from, width);
}

static unsigned bits_for(uint32_t n_values) {
    unsigned bits = 1;
    while (bits < 32 && (n_values - 1) >> bits) bits++;
    return bits;
}

/* ------------------------------------------------------------------------- pages */

/* Writes what stands in p->plain as a page of n values. */
static void put_page(ParquetOut *p, Chunk *c, int kind, uint32_t n, int encoding) {
    size_t bound = ZSTD_compressBound(p->plain.len);
    buf_clear(&p->packed);
    buf_reserve(&p->packed, bound);
    size_t size = ZSTD_compress2(p->zstd, p->packed.ptr, bound, p->plain.ptr, p->plain.len);
    if (ZSTD_isError(size) || p->plain.len > INT32_MAX || size > INT32_MAX) {
        if (!p->error) p->error = EFBIG;
        return;
    }
    buf_clear(&p->head);
    Thrift t = {.out = &p->head};
    put_i32(&t, 1, kind);
    put_i32(&t, 2, (int64_t)p->plain.len);
    put_i32(&t, 3, (int64_t)size);
    put_struct(&t, kind == DATA_PAGE ? 5 : 7);
    put_i32(&t, 1, n);
    put_i32(&t, 2, encoding);
    if (kind == DATA_PAGE) put_i32(&t, 3, RLE), put_i32(&t, 4, RLE);
    leave(&t);
    buf_putc(&p->head, 0);
    write_bytes(p, buf_str(&p->head));
    write_bytes(p, (Str){p->packed.ptr, size});
    c->plain += (int64_t)(p->head.len + p->plain.len);
    c->compressed += (int64_t)(p->head.len + size);
}

/* Which of the rows have a value: one bit each, in runs, behind their length. */
static void put_levels(ParquetOut *p, const uint32_t *codes, size_t n, uint32_t *scratch) {
    if (!is_optional(p, p->n_done)) return;
    for (size_t i = 0; i < n; i++) scratch[i] = codes[i] != PILE_NULL;
    size_t at = p->plain.len;
    buf_put(&p->plain, (Str){"\0\0\0\0", 4});
    put_hybrid(&p->plain, scratch, n, 1);
    size_t len = p->plain.len - at - 4;
    for (unsigned i = 0; i < 4; i++) p->plain.ptr[at + i] = (char)(len >> (8 * i));
}

typedef struct Cells {
    Type type;
    const Str *values;
    uint32_t n_values;
    const uint32_t *codes;
    uint32_t *scratch; /* room for all rows */
} Cells;

static void put_dictionary(ParquetOut *p, Chunk *c, const Cells *k) {
    buf_clear(&p->plain);
    for (uint32_t i = 0; i < k->n_values; i++) put_plain(&p->plain, k->type, k->values[i]);
    put_page(p, c, DICTIONARY_PAGE, k->n_values, PLAIN);
    c->values_at = p->at;
    buf_clear(&p->plain);
    put_levels(p, k->codes, p->n_rows, k->scratch);
    size_t n = 0;
    for (uint32_t i = 0; i < p->n_rows; i++)
        if (k->codes[i] != PILE_NULL) k->scratch[n++] = k->codes[i];
    unsigned width = bits_for(k->n_values);
    buf_putc(&p->plain, (char)width);
    put_hybrid(&p->plain, k->scratch, n, width);
    put_page(p, c, DATA_PAGE, p->n_rows, RLE_DICTIONARY);
}

static void put_bits(ParquetOut *p, const Cells *k, uint32_t from, uint32_t to) {
    unsigned byte = 0, have = 0;
    for (uint32_t i = from; i < to; i++) {
        if (k->codes[i] == PILE_NULL) continue;
        byte |= (unsigned)(k->values[k->codes[i]].ptr[0] != 0) << have;
        if (++have < 8) continue;
        buf_putc(&p->plain, (char)byte);
        byte = have = 0;
    }
    if (have) buf_putc(&p->plain, (char)byte);
}

/* The rows of a page that begins at `from`. */
static uint32_t page_end(const Cells *k, uint32_t from, uint32_t n_rows) {
    size_t bytes = 0;
    uint32_t to = from;
    while (to < n_rows && (to == from || bytes < PAGE_BYTES)) {
        if (k->codes[to] != PILE_NULL) bytes += plain_size(k->type, k->values[k->codes[to]]);
        to++;
    }
    return to;
}

static void put_values(ParquetOut *p, Chunk *c, const Cells *k) {
    c->values_at = p->at;
    for (uint32_t from = 0; from < p->n_rows;) {
        uint32_t to = page_end(k, from, p->n_rows);
        buf_clear(&p->plain);
        put_levels(p, k->codes + from, to - from, k->scratch);
        if (k->type == TYPE_BOOL) put_bits(p, k, from, to);
        else
            for (uint32_t i = from; i < to; i++)
                if (k->codes[i] != PILE_NULL) put_plain(&p->plain, k->type, k->values[k->codes[i]]);
        put_page(p, c, DATA_PAGE, to - from, PLAIN);
        from = to;
    }
}

/* A dictionary pays when its values are few against the cells. */
static bool pays(const ParquetOut *p, const Cells *k) {
    size_t bytes = 0;
    if (k->type == TYPE_BOOL || !k->n_values || k->n_values > p->n_rows / 2) return false;
    for (uint32_t i = 0; i < k->n_values; i++) bytes += plain_size(k->type, k->values[i]);
    return bytes <= MAX_DICTIONARY_BYTES;
}

void parquet_out_column(ParquetOut *p, const Str *values, uint32_t n_values,
                        const uint32_t *codes) {
    Chunk *c = &p->chunks[p->n_done];
    Type type = p->columns[p->n_done].type;
    Arena *scratch = arena_new();
    Cells k = {.type = type,
               .values = stored_values(p, type, values, n_values, scratch),
               .n_values = n_values,
               .codes = codes,
               .scratch = ARENA_ARRAY(scratch, uint32_t, p->n_rows + 1)};
    for (uint32_t i = 0; i < p->n_rows; i++) c->n_nulls += codes[i] == PILE_NULL;
    c->start = p->at;
    c->has_dictionary = pays(p, &k);
    find_bounds(p, c, type, k.values, n_values);
    if (c->has_dictionary) put_dictionary(p, c, &k);
    else put_values(p, c, &k);
    arena_free(scratch);
    if (++p->n_done == p->n_columns) free_room(p);
}

/* ------------------------------------------------------------------------ footer */

static void put_timestamp(Thrift *t, LakeTimes times) {
    enum { MICROSECONDS = 2, NANOSECONDS = 3 };
    put_struct(t, LOGICAL_TIMESTAMP);
    put_field(t, 1, WIRE_FALSE); /* not "adjusted to UTC": a plain timestamp to most readers */
    put_struct(t, 2);
    put_empty_struct(t, times == LAKE_MICROS ? MICROSECONDS : NANOSECONDS);
    leave(t);
    leave(t);
}

static void put_element(Thrift *t, const ParquetOut *p, uint32_t column) {
    const LakeColumn *c = &p->columns[column];
    bool is_text = physical_type(c->type) == PHYSICAL_BYTE_ARRAY;
    bool is_time = c->type == TYPE_DATETIME && p->times != LAKE_TICKS;
    enter(t);
    put_i32(t, 1, physical_type(c->type));
    put_i32(t, 3, is_optional(p, column) ? REPETITION_OPTIONAL : REPETITION_REQUIRED);
    put_binary(t, 4, c->name);
    if (is_text) put_i32(t, 6, CONVERTED_UTF8);
    if (is_text || is_time) {
        put_struct(t, 10);
        if (is_text) put_empty_struct(t, LOGICAL_STRING);
        if (is_time) put_timestamp(t, p->times);
        leave(t);
    }
    leave(t);
}

static void put_statistics(Thrift *t, const Chunk *c) {
    put_struct(t, 12);
    put_i64(t, 3, c->n_nulls);
    if (c->has_bounds) {
        put_binary(t, 5, c->greatest);
        put_binary(t, 6, c->least);
        put_field(t, 7, WIRE_TRUE); /* exact, both */
        put_field(t, 8, WIRE_TRUE);
    }
    leave(t);
}

static void put_chunk(Thrift *t, const ParquetOut *p, const RowGroup *g, uint32_t column) {
    const Chunk *c = &g->chunks[column];
    enter(t);
    put_i64(t, 2, 0);
    put_struct(t, 3);
    put_i32(t, 1, physical_type(p->columns[column].type));
    put_list(t, 2, WIRE_I32, 3);
    put_zigzag(t->out, PLAIN);
    put_zigzag(t->out, RLE);
    put_zigzag(t->out, RLE_DICTIONARY);
    put_list(t, 3, WIRE_BINARY, 1);
    put_bytes(t->out, p->columns[column].name);
    put_i32(t, 4, CODEC_ZSTD_NUMBER);
    put_i64(t, 5, g->n_rows);
    put_i64(t, 6, c->plain);
    put_i64(t, 7, c->compressed);
    put_i64(t, 9, c->values_at);
    if (c->has_dictionary) put_i64(t, 11, c->start);
    put_statistics(t, c);
    leave(t);
    leave(t);
}

static void put_row_group(Thrift *t, const ParquetOut *p, const RowGroup *g) {
    int64_t plain = 0, compressed = 0;
    enter(t);
    put_list(t, 1, WIRE_STRUCT, p->n_columns);
    for (uint32_t i = 0; i < p->n_columns; i++) {
        put_chunk(t, p, g, i);
        plain += g->chunks[i].plain;
        compressed += g->chunks[i].compressed;
    }
    put_i64(t, 2, plain);
    put_i64(t, 3, g->n_rows);
    put_i64(t, 5, g->chunks[0].start);
    put_i64(t, 6, compressed);
    leave(t);
}

static void put_footer(ParquetOut *p, Buf *out) {
    Thrift t = {.out = out};
    int64_t n_rows = 0;
    for (size_t i = 0; i < p->n_groups; i++) n_rows += p->groups[i].n_rows;
    put_i32(&t, 1, 1);
    put_list(&t, 2, WIRE_STRUCT, (size_t)p->n_columns + 1);
    enter(&t);
    put_binary(&t, 4, STR("schema"));
    put_i32(&t, 5, p->n_columns);
    leave(&t);
    for (uint32_t i = 0; i < p->n_columns; i++) put_element(&t, p, i);
    put_i64(&t, 3, n_rows);
    put_list(&t, 4, WIRE_STRUCT, p->n_groups);
    for (size_t i = 0; i < p->n_groups; i++) put_row_group(&t, p, &p->groups[i]);
    put_binary(&t, 6, STR("quarry"));
    put_list(&t, 7, WIRE_STRUCT, p->n_columns); /* orders: those of the types */
    for (uint32_t i = 0; i < p->n_columns; i++) {
        enter(&t);
        put_empty_struct(&t, 1);
        leave(&t);
    }
    buf_putc(out, 0);
}

int parquet_out_end(ParquetOut *p, int64_t *ret_bytes) {
    Buf footer = {0};
    put_footer(p, &footer);
    char tail[8] = {0, 0, 0, 0, 'P', 'A', 'R', '1'};
    for (unsigned i = 0; i < 4; i++) tail[i] = (char)(footer.len >> (8 * i));
    write_bytes(p, buf_str(&footer));
    write_bytes(p, (Str){tail, sizeof tail});
    if (fclose(p->file) != 0 && !p->error) p->error = errno;
    int error = p->error;
    *ret_bytes = p->at;
    buf_free(&footer);
    free_room(p);
    arena_free(p->arena);
    free(p);
    return error;
}
