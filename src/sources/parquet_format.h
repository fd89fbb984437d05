/*
 * parquet_format.h: numbers of the Parquet format, for what reads a footer and what writes one.
 *
 * Wire types are those of Thrift's compact protocol; the others stand in the format's
 * parquet.thrift. Each member's number is the format's.
 */
#ifndef QUARRY_PARQUET_FORMAT_H
#define QUARRY_PARQUET_FORMAT_H

enum {
    WIRE_STOP,
    WIRE_TRUE,
    WIRE_FALSE,
    WIRE_BYTE,
    WIRE_I16,
    WIRE_I32,
    WIRE_I64,
    WIRE_DOUBLE,
    WIRE_BINARY,
    WIRE_LIST,
    WIRE_SET,
    WIRE_MAP,
    WIRE_STRUCT
};

/* How values are stored. */
enum {
    PHYSICAL_BOOLEAN,
    PHYSICAL_INT32,
    PHYSICAL_INT64,
    PHYSICAL_INT96,
    PHYSICAL_FLOAT,
    PHYSICAL_DOUBLE,
    PHYSICAL_BYTE_ARRAY,
    PHYSICAL_FIXED_BYTES
};

enum { REPETITION_REQUIRED, REPETITION_OPTIONAL, REPETITION_REPEATED };

/* Members of the union TimeUnit. */
enum { UNIT_NANOS = 3 };

/* What values mean: members of the union LogicalType. */
enum {
    LOGICAL_STRING = 1,
    LOGICAL_DECIMAL = 5,
    LOGICAL_DATE = 6,
    LOGICAL_TIME = 7,
    LOGICAL_TIMESTAMP = 8,
    LOGICAL_UNKNOWN = 11, /* nothing but nulls */
    LOGICAL_JSON = 12,
    LOGICAL_UUID = 14,
    LOGICAL_FLOAT16 = 15
};

/* The same as older files say it. */
enum {
    CONVERTED_UTF8 = 0,
    CONVERTED_DECIMAL = 5,
    CONVERTED_DATE = 6,
    CONVERTED_TIME_MS = 7,
    CONVERTED_TIME_US = 8,
    CONVERTED_TIMESTAMP_MS = 9,
    CONVERTED_TIMESTAMP_US = 10,
    CONVERTED_UINT32 = 13,
    CONVERTED_JSON = 19
};

#endif
