/*
 * places.c: see places.h. The format is read by libmaxminddb.
 *
 * Source: "geo_info_from_ip_address()"; names of the fields of a GeoLite2 or GeoIP2 City database.
 */
#include "sources/places.h"

#include <maxminddb.h>
#include <stdlib.h>

#include "base/json.h"
#include "kernels/kernel.h"

struct Places {
    MMDB_s db;
};

Status places_open(const char *path, Diags *diags, Places **ret) {
    Places *p = calloc(1, sizeof *p);
    if (!p) return INTERNAL;
    int code = MMDB_open(path, MMDB_MODE_MMAP, &p->db);
    if (code != MMDB_SUCCESS) {
        diag_add(diags, SEVERITY_ERROR, PHASE_RUN, (Span){0, 0}, "QY220", "%s: %s", path,
                 MMDB_strerror(code))
            ->hint = STR("--geoip wants a City database in MaxMind's format (.mmdb)");
        free(p);
        return INVALID;
    }
    *ret = p;
    return OK;
}

void places_close(Places *p) {
    if (!p) return;
    MMDB_close(&p->db);
    free(p);
}

static void put_key(Buf *out, const char *key) {
    buf_puts(out, out->len > 1 ? ",\"" : "\"");
    buf_puts(out, key);
    buf_puts(out, "\":");
}

static void put_text(Buf *out, const char *key, MMDB_entry_s *entry, const char *const *path) {
    MMDB_entry_data_s data;
    if (MMDB_aget_value(entry, &data, path) != MMDB_SUCCESS || !data.has_data) return;
    if (data.type != MMDB_DATA_TYPE_UTF8_STRING || !data.data_size) return;
    put_key(out, key);
    json_put_string(out, (Str){data.utf8_string, data.data_size});
}

static void put_real(Buf *out, const char *key, MMDB_entry_s *entry, const char *const *path) {
    MMDB_entry_data_s data;
    if (MMDB_aget_value(entry, &data, path) != MMDB_SUCCESS || !data.has_data) return;
    if (data.type != MMDB_DATA_TYPE_DOUBLE) return;
    Value v = value_real(data.double_value);
    put_key(out, key);
    value_put_json(out, &v);
}

bool places_look_up(void *places, Str ip, Arena *arena, Str *ret_json) {
    static const char *const country[] = {"country", "names", "en", NULL};
    static const char *const state[] = {"subdivisions", "0", "names", "en", NULL};
    static const char *const city[] = {"city", "names", "en", NULL};
    static const char *const latitude[] = {"location", "latitude", NULL};
    static const char *const longitude[] = {"location", "longitude", NULL};
    const Places *p = places;
    char text[64];
    int gai_error = 0, code = MMDB_SUCCESS;
    if (!ip.len || ip.len >= sizeof text || memchr(ip.ptr, 0, ip.len)) return false;
    memcpy(text, ip.ptr, ip.len);
    text[ip.len] = 0;
    MMDB_lookup_result_s found = MMDB_lookup_string(&p->db, text, &gai_error, &code);
    if (gai_error || code != MMDB_SUCCESS || !found.found_entry) return false;
    Buf out = {0};
    buf_putc(&out, '{');
    put_text(&out, "country", &found.entry, country);
    put_text(&out, "state", &found.entry, state);
    put_text(&out, "city", &found.entry, city);
    put_real(&out, "latitude", &found.entry, latitude);
    put_real(&out, "longitude", &found.entry, longitude);
    buf_putc(&out, '}');
    *ret_json = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return true;
}
