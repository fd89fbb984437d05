/* The engine's errors as diagnostics: what is told when one thread fails and the others are interrupted. */
#include <stdlib.h>

#include "engine/duckdb/engine_internal.h"
#include "test.h"

static Arena *arena;

static Status told(const Run *run, const char *message, duckdb_error_type type, Diag *ret) {
    Diags diags;
    diags_init(&diags, arena);
    Status status = error_to_diag(run, message, type, &diags);
    CHECK_LONG((int64_t)diags.n, 1);
    *ret = diags.items[0];
    return status;
}

/* Nobody stopped the run: the first error of its threads is the reason, whatever the engine says. */
static void test_interrupted_by_an_error(void) {
    Run run = {0};
    Diag d;
    CHECK(told(&run, "INTERRUPT Error: Interrupted!", DUCKDB_ERROR_INTERRUPT, &d) == ENGINE);
    CHECK_STR(d.code, "QY537");
    Buf first = {0}, second = {0};
    error_mark(&first, "scan", STR("a.json.zst: ends inside a zstd frame"));
    run_note_error(&run, first.ptr);
    error_mark(&second, "scan", STR("b.json: not JSON"));
    run_note_error(&run, second.ptr);
    CHECK(told(&run, "INTERRUPT Error: Interrupted!", DUCKDB_ERROR_INTERRUPT, &d) == DATA);
    CHECK_STR(d.message, "a.json.zst: ends inside a zstd frame");
    CHECK(told(&run, "INTERRUPT Error: Interrupted!", DUCKDB_ERROR_INVALID, &d) == DATA);
    CHECK(told(&run, second.ptr, DUCKDB_ERROR_INVALID, &d) == DATA);
    CHECK_STR(d.message, "b.json: not JSON");
    free(run.first_error);
    buf_free(&first);
    buf_free(&second);
}

/* Who stopped the run is told, whatever failed because of it. */
static void test_stopped(void) {
    Run run = {.stop = STOP_CANCEL};
    Buf mark = {0};
    Diag d;
    error_mark(&mark, "scan", STR("interrupted"));
    run_note_error(&run, mark.ptr);
    CHECK(told(&run, mark.ptr, DUCKDB_ERROR_INVALID, &d) == CANCELLED);
    CHECK_STR(d.code, "QY530");
    run.stop = STOP_TIMEOUT;
    CHECK(told(&run, "INTERRUPT Error: Interrupted!", DUCKDB_ERROR_INTERRUPT, &d) == LIMIT);
    CHECK_STR(d.code, "QY531");
    free(run.first_error);
    buf_free(&mark);
}

int main(void) {
    arena = arena_new();
    test_interrupted_by_an_error();
    test_stopped();
    arena_free(arena);
    return test_finish();
}
