#include "kernels/text/hashes.h"

#include "run.h"

static void test_xxhash(void) {
    FN("hash", ARGS(S("World")), "1846988464401551951");
    FN("hash", ARGS(S("Hello")), "753694413698530628");
    FN("hash", ARGS(S("World"), L(100)), "51");
    FN("hash", ARGS(DT("2015-01-01")), "1380966698541616202");
    FN("hash_xxhash64", ARGS(DT("2015-01-01")), "1380966698541616202");
    FN("hash", ARGS(S("World"), L(0)), NULL_TEXT);
    FN("hash", ARGS(S("World"), L(-5)), NULL_TEXT);
    FN("hash", ARGS(NUL(TYPE_LONG)), NULL_TEXT);
    FN("hash", ARGS(S("World"), I(1)), "0");
    /* XXH64's published test vectors, seed 0 */
    CHECK(xxhash64(STR("")) == UINT64_C(0xEF46DB3751D8E999));
    CHECK(xxhash64(STR("a")) == UINT64_C(0xD24EC4F1A98C6E5B));
    CHECK(xxhash64(STR("abc")) == UINT64_C(0x44BC2CF5AD770999));
    CHECK(xxhash64(STR("Nobody inspects the spammish repetition")) == UINT64_C(0xFBCEA83C8A378BF1));
}

static void test_combine(void) {
    const FnDef *many = catalog_scalar(STR("hash_many"));
    const FnDef *combine = catalog_scalar(STR("hash_combine"));
    Value hello_world[2] = {S("Hello"), S("World")}, world_hello[2] = {S("World"), S("Hello")};
    Value hashes[2] = {L(753694413698530628), L(1846988464401551951)};
    Value nulls[2] = {S("Hello"), NUL(TYPE_LONG)}, one[1] = {S("World")};
    int64_t h = run_call(many, hello_world, 2).u.l;
    CHECK_LONG(run_call(combine, hashes, 2).u.l, h);
    CHECK(run_call(many, world_hello, 2).u.l != h);
    CHECK(!run_call(many, nulls, 2).is_null);
    CHECK_LONG(run_call(many, one, 1).u.l, 1846988464401551951);
}

static void test_digests(void) {
    FN("hash_md5", ARGS(S("World")), "f5a7924e621e84c9280a9a27e1bcb7f6");
    FN("hash_md5", ARGS(DT("2020-01-01")), "786c530672d1f8db31fee25ea8a9390b");
    FN("hash_sha1", ARGS(S("World")), "70c07ec18ef89c5309bbb0937f3a6342411e1fdd");
    FN("hash_sha1", ARGS(DT("2020-01-01")), "e903e533f4d636b4fc0dcf3cf81e7b7f330de776");
    FN("hash_sha256", ARGS(S("World")),
       "78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524");
    FN("hash_sha256", ARGS(DT("2020-01-01")),
       "ba666752dc1a20eb750b0eb64e780cc4c968bc9fb8813461c1d7e750f302d71d");
    FN("hash_md5", ARGS(S("TEXAS")), "3b00dbe6e07e7485a1c12d36c8e9910a");
    FN("hash_sha1", ARGS(S("TEXAS")), "3128d805194d4e6141766cc846778eeacb12e3ea");
    FN("hash_sha256", ARGS(S("TEXAS")),
       "9087f20f23f91b5a77e8406846117049029e6798ebbd0d38aea68da73a00ca37");
    FN("hash_md5", ARGS(NUL(TYPE_LONG)), "");
}

static void test_guid(void) {
    const FnDef *fn = catalog_scalar(STR("new_guid"));
    CHECK(fn->is_volatile);
    Value first = run_call(fn, NULL, 0), second = run_call(fn, NULL, 0);
    char canonical[GUID_TEXT_LEN];
    CHECK(guid_parse(first.u.s, canonical));
    CHECK(str_eq(first.u.s, (Str){canonical, GUID_TEXT_LEN}));
    CHECK(first.u.s.ptr[14] == '4' && strchr("89ab", first.u.s.ptr[19]));
    CHECK(!str_eq(first.u.s, second.u.s));
}

static void test_context(void) {
    run_query.cluster = "local";
    run_query.database = "quarry";
    FN("current_cluster_endpoint", NO_ARGS, "local");
    FN("current_database", NO_ARGS, "quarry");
    Value name = run_call(catalog_scalar(STR("current_principal")), NULL, 0);
    CHECK(str_starts_with(name.u.s, STR("localuser=")) && name.u.s.len > 10);
    Value details = run_call(catalog_scalar(STR("current_principal_details")), NULL, 0);
    CHECK(str_eq(json_string(run_arena, json_get(details.u.s, STR("FQN"))), name.u.s));
    FN("current_principal_is_member_of", ARGS(S("aaduser=user1@example.com")), "false");
    FN("current_principal_is_member_of", ARGS(S("x"), name), "true");
    FN("current_principal_is_member_of", ARGS(D("[\"aadgroup=group1@example.com\"]")), "false");
    FN("estimate_data_size", ARGS(L(1), S("1234567890")), "18");
    FN("extent_id", NO_ARGS, "00000000-0000-0000-0000-000000000000");
    FN("extent_tags", NO_ARGS, NULL_TEXT);
    FN("assert", ARGS(B(true), S("never")), "true");
    FN("assert", ARGS(B(false), S("Length must be greater than zero")),
       "error: assert() has failed with message: 'Length must be greater than zero'");
    FN("assert", ARGS(NUL(TYPE_BOOL), S("m")), "error: assert() has failed with message: 'm'");
    FN("estimate_data_size", ARGS(I(1), B(true), NUL(TYPE_LONG), S("")), "5");
}

int main(void) {
    run_arena = arena_new();
    test_xxhash();
    test_combine();
    test_digests();
    test_guid();
    test_context();
    arena_free(run_arena);
    return test_finish();
}
