/*
 * A join that tells a scan which keys matter gives the rows of one that does not, whatever kind of
 * join it is and however the keys are written in the file. The same query with a computed key is the
 * one that does not.
 */
#include "../sources/fixture.h"
#include "session/session.h"

static Session *session;
static Arena *arena;

/* ------------------------------------------------------------------------- data */

/* The large side: most keys are of no matter, some stand there in odd ways. */
static void write_events(Fixture *x) {
    Buf out = {0};
    for (int i = 0; i < 6000; i++) {
        buf_printf(&out, "{\"ReportId\":%d,\"FolderPath\":\"%0200d\"", i, i);
        switch (i % 500) {
        case 7: buf_puts(&out, ",\"DeviceId\":\"k\\u00317\""); break; /* k17 */
        case 8: buf_puts(&out, ",\"Device\\u0049d\":\"k18\""); break; /* an escape in the name */
        case 9: buf_puts(&out, ",\"DeviceId\" : \"k19\""); break;     /* blanks */
        case 10: buf_puts(&out, ",\"DeviceId\":null"); break;         /* the empty text */
        case 11: break;                                               /* absent: the same */
        case 12: buf_puts(&out, ",\"DeviceId\":\"k1\\/2\""); break;   /* k1/2 */
        case 13: buf_puts(&out, ",\"DeviceId\":\"k\xC3\xA9\""); break;
        case 14:
            buf_puts(&out, ",\"AdditionalFields\":{\"DeviceId\":\"other\"},\"DeviceId\":\"k20\"");
            break;
        case 15:
            buf_puts(&out, ",\"AdditionalFields\":{\"DeviceId\":\"k20\"},\"DeviceId\":\"other\"");
            break;
        case 16: buf_puts(&out, ",\"FileName\":\"DeviceId\",\"DeviceId\":\"k21\""); break;
        case 17:
            buf_puts(&out, ",\"DeviceId\":\"other\",\"DeviceId\":\"k22\"");
            break; /* the last counts */
        case 18: buf_puts(&out, ",\"DeviceId\":23"); break;
        default: buf_printf(&out, ",\"DeviceId\":\"n%d\"", i % 900); break;
        }
        buf_puts(&out, "}\n");
    }
    fixture_write(x, "DeviceEvents.json", buf_str(&out));
    buf_free(&out);
}

static void write_small(Fixture *x, const char *name, bool has_empty) {
    static const char *const keys[] = {"k17", "k18", "k19", "k1/2", "k\xC3\xA9", "k20",
                                       "k21", "k22", "23",  "n5",   "nowhere",   "n5"};
    Buf out = {0};
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        buf_printf(&out, "{\"Title\":\"t%zu\",\"DeviceId\":\"%s\"}\n", i, keys[i]);
    if (has_empty) buf_puts(&out, "{\"Title\":\"none\"}\n");
    fixture_write(x, name, buf_str(&out));
    buf_free(&out);
}

/* ------------------------------------------------------------------------ queries */

static Str cell_text(const Value *v) {
    return v->is_null && v->type != TYPE_STRING ? STR("~")
           : v->type == TYPE_LONG               ? arena_printf(arena, "%lld", (long long)v->u.l)
                                                : v->u.s;
}

/* All rows, a line each. */
static Str rows_of(Str text, bool *ret_feeds) {
    Query *q = session_prepare(session, text, NULL);
    Rows rows = {0};
    Engine *engine = NULL;
    Str sql = STR_EMPTY;
    CHECK(q->status == OK);
    if (q->status == OK) CHECK(session_rows(session, q, arena, 0, &rows) == OK);
    if (q->status == OK && session_engine(session, &q->diags, &engine) == OK)
        CHECK(engine_sql(engine, q->plan, &q->diags, arena, &sql) == OK);
    *ret_feeds = str_find(sql, STR("quarry_keys"), 0) != SIZE_MAX;
    Buf out = {0};
    for (size_t i = 0; i < rows.n_rows * rows.schema.n; i++) {
        buf_put(&out, cell_text(&rows.cells[i]));
        buf_putc(&out, (i + 1) % rows.schema.n ? '|' : '\n');
    }
    Str got = arena_str(arena, buf_str(&out));
    buf_free(&out);
    query_free(q);
    return got;
}

/* `%` in the query is the large side's key. */
static void check(const char *query, bool feeds) {
    Buf plain = {0}, computed = {0};
    for (const char *p = query; *p; p++) {
        if (*p == '%') {
            buf_puts(&plain, "DeviceId");
            buf_puts(&computed, "strcat(DeviceId, \"\")");
        } else {
            buf_putc(&plain, *p);
            buf_putc(&computed, *p);
        }
    }
    bool is_fed, is_other_fed;
    Str got = rows_of(buf_str(&plain), &is_fed),
        wanted = rows_of(buf_str(&computed), &is_other_fed);
    CHECK_STR(got, arena_cstr(arena, wanted));
    CHECK(wanted.len > 0);
    CHECK(is_fed == feeds);
    CHECK(!is_other_fed);
    buf_free(&plain);
    buf_free(&computed);
}

#define EVENTS "(DeviceEvents | project ReportId, Key = %)"
#define SMALL(table) "(" table " | project Title, Key = DeviceId)"
#define ORDERED " | sort by ReportId asc, Title asc"

static void test_kinds(void) {
    check(SMALL("AlertEvidence") " | join kind=inner " EVENTS " on Key" ORDERED, true);
    check(SMALL("AlertEvidence") " | join kind=leftouter " EVENTS " on Key" ORDERED, true);
    check(SMALL("AlertEvidence") " | join kind=rightouter " EVENTS " on Key" ORDERED, false);
    check(SMALL("AlertEvidence") " | join kind=fullouter " EVENTS " on Key" ORDERED, false);
    check(SMALL("AlertEvidence") " | join kind=leftsemi " EVENTS " on Key | sort by Title asc",
          true);
    check(SMALL("AlertEvidence") " | join kind=leftanti " EVENTS " on Key | sort by Title asc",
          true);
    check(SMALL("AlertEvidence") " | join kind=rightsemi " EVENTS " on Key | sort by ReportId asc",
          true);
    check(SMALL("AlertEvidence") " | join kind=rightanti " EVENTS " on Key | sort by ReportId asc",
          false);
    check(EVENTS " | join kind=inner " SMALL("AlertEvidence") " on Key" ORDERED, true);
    check(EVENTS " | join kind=leftouter " SMALL("AlertEvidence") " on Key" ORDERED, false);
    check(EVENTS " | join kind=leftanti " SMALL("AlertEvidence") " on Key | sort by ReportId asc",
          false);
    check(EVENTS " | join kind=rightanti " SMALL("AlertEvidence") " on Key | sort by Title asc",
          true);
    check(EVENTS " | lookup " SMALL("AlertEvidence") " on Key" ORDERED, false);
}

/* What stands between the join and the scan. */
static void test_ways(void) {
    check(
        SMALL(
            "AlertEvidence") " | join kind=inner (" EVENTS
                             " | where ReportId > 1000 | extend N = ReportId | sort by N) on Key" ORDERED,
        true);
    check(SMALL("AlertEvidence") " | join kind=inner (" EVENTS
                                 " | summarize ReportId = max(ReportId) by Key) on Key" ORDERED,
          true);
    check(SMALL("AlertEvidence") " | join kind=inner (" EVENTS
                                 " | summarize Key = max(Key) by ReportId) on Key" ORDERED,
          false);
    check(SMALL("AlertEvidence") " | join kind=inner (" EVENTS
                                 " | top 50 by ReportId) on Key | count",
          false);
    check(
        SMALL(
            "AlertEvidence") " | join kind=inner (union " EVENTS
                             ", (AlertInfo | project ReportId = 1, Key = AlertId)) on Key" ORDERED,
        false);
}

/* `in` over a plan, alone and beside other conditions. */
static void test_in(void) {
    check(
        "DeviceEvents | where % in (AlertEvidence | project DeviceId) | project ReportId | sort by "
        "ReportId asc",
        true);
    check(
        "DeviceEvents | where ReportId > 900 and % in (AlertEvidence | distinct DeviceId) | project ReportId "
        "| sort by ReportId asc",
        true);
    check(
        "DeviceEvents | where % !in (AlertEvidence | project DeviceId) | project ReportId | sort by "
        "ReportId asc",
        false);
    check(
        "DeviceEvents | where % in~ (AlertEvidence | project DeviceId) | project ReportId | sort by "
        "ReportId asc",
        false);
    check(
        "DeviceEvents | where ReportId < 20 or % in (AlertEvidence | project DeviceId) | project ReportId "
        "| sort by ReportId asc",
        false);
    check("DeviceEvents | where % in (AlertInfo | project DeviceId) | project ReportId | sort by "
          "ReportId asc",
          true);
}

/* A long list of literals: no keys are collected, they are there. */
static void test_list(void) {
    check(
        "DeviceEvents | where % in (\"k17\", \"k18\", \"k19\", \"k1/2\", \"k\xC3\xA9\", \"k20\", \"k21\", \"k22\", "
        "\"23\", \"n5\") | project ReportId | sort by ReportId asc",
        false);
    check(
        "let wanted = dynamic([\"k17\", \"k18\", \"k19\", \"k1/2\", \"k20\", \"k21\", \"k22\", \"23\", \"n5\", \"\"]); "
        "DeviceEvents | where % in (wanted) and ReportId > 3 | project ReportId | sort by ReportId asc",
        false);
}

/* The empty text among the keys is what absent values are: nothing is dropped then. */
static void test_empty_key(void) {
    check(SMALL("AlertInfo") " | join kind=inner " EVENTS " on Key" ORDERED, true);
}

int main(void) {
    Fixture x;
    fixture_open(&x);
    arena = x.arena;
    write_events(&x);
    write_small(&x, "AlertEvidence.json", false);
    write_small(&x, "AlertInfo.json", true);
    const char *paths[] = {x.dir};
    SessionOptions options = {
        .data = {.paths = paths, .n_paths = 1, .from_ticks = INT64_MIN, .to_ticks = INT64_MAX},
        .schemas_dir = SCHEMAS_DIR,
        .n_threads = 2,
        .has_data = true};
    CHECK(session_open(&options, &x.diags, &session) == OK);
    test_kinds();
    test_ways();
    test_in();
    test_list();
    test_empty_key();
    session_close(session);
    fixture_close(&x);
    return test_finish();
}
