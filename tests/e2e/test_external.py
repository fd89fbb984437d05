#!/usr/bin/env python3
"""externaldata and watchlists: only files that the command line names, in each of their formats."""
import gzip
import json
import os
import struct

from program import Case, main, run


def places(entries):
    """A City database (MaxMind DB format 2.0, 24-bit records, IPv4): {"a.b.c.d/len": data}."""
    def text(s):
        return bytes([0x40 | len(s)]) + s.encode() if len(s) < 29 else bytes([0x40 | 29, len(s) - 29]) + s.encode()

    def encode(v):
        if isinstance(v, str):
            return text(v)
        if isinstance(v, float):
            return bytes([0x68]) + struct.pack(">d", v)
        if isinstance(v, tuple):  # (bits, number)
            raw = v[1].to_bytes(8, "big").lstrip(b"\0")
            head = {16: bytes([0xA0 | len(raw)]), 32: bytes([0xC0 | len(raw)]), 64: bytes([len(raw), 2])}
            return head[v[0]] + raw
        if isinstance(v, list):
            return bytes([len(v), 4]) + b"".join(encode(x) for x in v)
        return bytes([0xE0 | len(v)]) + b"".join(text(k) + encode(x) for k, x in v.items())

    nodes, data = [[None, None]], b""
    for prefix, value in entries.items():
        ip, bits = prefix.split("/")
        number, at = int.from_bytes(bytes(map(int, ip.split("."))), "big"), 0
        for i in range(int(bits)):
            bit = number >> (31 - i) & 1
            if i == int(bits) - 1:
                nodes[at][bit] = ("data", len(data))
            else:
                if nodes[at][bit] is None:
                    nodes.append([None, None])
                    nodes[at][bit] = ("node", len(nodes) - 1)
                at = nodes[at][bit][1]
        data += encode(value)
    n = len(nodes)
    record = {"data": lambda v: n + 16 + v, "node": lambda v: v}
    tree = b"".join((record[r[0]](r[1]) if r else n).to_bytes(3, "big") for node in nodes for r in node)
    meta = encode({"node_count": (32, n), "record_size": (16, 24), "ip_version": (16, 4),
                   "database_type": "Test-City", "languages": ["en"], "binary_format_major_version": (16, 2),
                   "binary_format_minor_version": (16, 0), "build_epoch": (64, 1), "description": {"en": "test"}})
    return tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + meta


class External(Case):
    def query(self, kql, *options):
        return run("query", kql, "--format", "json", *options)

    def rows(self, kql, *options):
        r = self.query(kql, *options)
        self.assertEqual(r.returncode, 0, r.stderr)
        return json.loads(r.stdout)

    def refused(self, words, kql, *options):
        r = self.query(kql, *options)
        self.assertEqual(r.returncode, 2, r.stdout)
        self.assertIn(words, r.stderr)

    def test_an_address_reads_the_file_it_is_mapped_to(self):
        path = self.write("list.csv", 'ip,note\n192.0.2.1,"a, b"\n192.0.2.2,c,more\n')
        rows = self.rows('externaldata(ip:string, note:string) ["https://lists.example/bad.csv?token=1"] '
                         'with (format="csv", ignoreFirstRecord=true)',
                         "--external", "https://lists.example/bad.csv=" + path)
        self.assertEqual(rows, [{"ip": "192.0.2.1", "note": "a, b"}, {"ip": "192.0.2.2", "note": "c"}])

    def test_a_folder_holds_addresses_by_host_and_path(self):
        self.write("lists.example/a/b.txt", "evil.example\n\nbad.example")
        rows = self.rows('externaldata(host:string) ["https://lists.example/a/b.txt"]', "--external", self.path)
        self.assertEqual([r["host"] for r in rows], ["evil.example", "bad.example"])

    def test_compressed_files_and_several_at_once(self):
        self.write("one.tsv.gz", gzip.compress(b"1\tx\n"))
        self.write("two.tsv", "2\ty\n")
        rows = self.rows('externaldata(n:long, s:string) ["one.tsv.gz", "two.tsv"] | sort by n asc',
                         "--external", self.path)
        self.assertEqual(rows, [{"n": 1, "s": "x"}, {"n": 2, "s": "y"}])

    def test_json_by_name_and_by_mapping(self):
        self.write("e.json", '{"at":"2026-01-01","d":{"who":"ann"}}\n{"at":"2026-01-02",\n"d":{"who":"bob"}}\n')
        mapping = ('[{"Column":"t","Properties":{"Path":"$.at"}},'
                   '{"Column":"who","Properties":{"Path":"$[\'d\'].who"}}]')
        rows = self.rows('externaldata(t:datetime, who:string) ["e.json"] with (format="multijson", '
                         f'ingestionMapping=@"{mapping}")'.replace('@"[', '```[').replace(']"', ']```'),
                         "--external", self.path)
        self.assertEqual([(r["t"][:10], r["who"]) for r in rows], [("2026-01-01", "ann"), ("2026-01-02", "bob")])
        self.write("n.ndjson", '{"b":2,"a":1}\n')
        self.assertEqual(self.rows('externaldata(a:long, b:long) ["n.ndjson"]', "--external", self.path),
                         [{"a": 1, "b": 2}])

    def test_a_mapping_of_cells_counts_positions(self):
        self.write("c.csv", "x,y,z\n")
        rows = self.rows("externaldata(last:string, first:string) ['c.csv'] with (format='csv', ingestionMapping="
                         "'[{\"Column\":\"last\",\"Properties\":{\"Ordinal\":\"2\"}},"
                         "{\"Column\":\"first\",\"Properties\":{\"Ordinal\":\"0\"}}]')", "--external", self.path)
        self.assertEqual(rows, [{"last": "z", "first": "x"}])

    def test_a_value_of_another_type_is_null_and_told(self):
        self.write("c.csv", "1\nx\n")
        r = self.query('externaldata(n:long) ["c.csv"]', "--external", self.path)
        self.assertEqual(json.loads(r.stdout), [{"n": 1}, {"n": None}])
        self.assertIn("1 value in 2 lines", r.stderr)

    def test_nothing_is_read_that_is_not_mapped(self):
        secret = self.write("inside/../secret.txt", "secret")
        for name in ("https://lists.example/bad.csv", "../secret.txt", secret, "/etc/passwd"):
            self.refused("is mapped to no file", f'externaldata(s:string) ["{name}"]',
                       "--external", os.path.join(self.path, "inside"))
        self.refused("is mapped to no file", 'externaldata(s:string) ["https://lists.example/bad.csv"]')

    def schema(self, options, *more):
        kql = f"evaluate infer_storage_schema(dynamic({json.dumps(options)}))"
        return self.rows(kql, *(more or ("--external", self.path)))[0]["CslSchema"]

    def test_the_schema_of_stored_cells(self):
        self.write("st.example/c/part-1.csv", "id,name,when,a b\n1,x,2026-01-02,0.5\n2,,2026-01-03T01:02:03Z,7\n")
        self.write("st.example/c/other.csv", "x\n")
        options = {"StorageContainers": ["https://st.example/c;key"], "DataFormat": "csv", "FileNamePrefix": "part-"}
        self.assertEqual(self.schema(options), ", ".join(f"Column{i}:string" for i in range(1, 5)))
        options["InferenceOptions"] = {"UseFirstRowAsHeader": True}
        self.assertEqual(self.schema(options), 'id:long, name:string, when:datetime, ["a b"]:real')

    def test_the_schema_by_mode_and_ending(self):
        self.write("c/a.json", '{"n":1,"t":"2022-04-10 15:47:57"}\n')
        self.write("c/deep/b.json.gz", gzip.compress(b'{"n":0.5,"d":{"a":1}}'))
        self.write("c/z.json", "")
        os.utime(os.path.join(self.path, "c/a.json"), (2000, 2000))
        os.utime(os.path.join(self.path, "c/deep/b.json.gz"), (3000, 3000))
        mapped = ("--external", f"https://st.example/c={self.path}/c")
        options = {"StorageContainers": ["https://st.example/c"], "DataFormat": "json"}
        self.assertEqual(self.schema(options, *mapped), "n:real, d:dynamic")
        self.assertEqual(self.schema(options | {"Mode": "any"}, *mapped), "n:long, t:datetime")
        self.assertEqual(self.schema(options | {"Mode": "all"}, *mapped), "n:real, t:datetime, d:dynamic")
        self.assertEqual(self.schema(options | {"FileExtension": ".json"}, *mapped), "n:long, t:datetime")

    def test_the_schema_with_advice(self):
        self.write("c/js-1.json", '{"source":"x","author_id":739144091473215488,"time_ms":1547083647000,"count":5}')
        kql = ("evaluate infer_storage_schema_with_suggestions(dynamic("
               '{"StorageContainers":["c"],"DataFormat":"multijson"}))')
        found = json.loads(self.rows(kql, "--external", self.path)[0]["SuggestedTableSchema"])["Columns"]
        self.assertEqual([(c["OriginalColumn"]["CslType"]["type"], c["RecommendedColumn"]["CslType"],
                           c["ApplicableTransformationMapping"]) for c in found], [
            ("string", {"type": "string", "IsNumeric": False, "IsSummable": False}, "None"),
            ("long", {"type": "string", "IsNumeric": False, "IsSummable": False}, "None"),
            ("long", {"type": "datetime", "IsNumeric": False, "IsSummable": True}, "DateTimeFromUnixMilliseconds"),
            ("long", {"type": "long", "IsNumeric": True, "IsSummable": True}, "None")])

    def test_a_schema_is_inferred_of_mapped_files_alone(self):
        self.write("inside/a.csv", "1\n")
        inside = ("--external", os.path.join(self.path, "inside"))
        for name in ("https://st.example/c", "../", "/etc", self.path):
            options = json.dumps({"StorageContainers": [name], "DataFormat": "csv"})
            self.refused("is mapped to no file", f"evaluate infer_storage_schema(dynamic({options}))", *inside)
        for options, words in (({"DataFormat": "avro"}, "'avro'"), ({"DataFormat": "parquet"}, "no parquet"),
                               ({"DataFormat": "csv", "FileNamePrefix": "b"}, "no file"), ({}, "DataFormat"),
                               ({"DataFormat": "csv", "Mode": "x"}, "Mode"), ({"Format": "csv"}, "no option")):
            options = json.dumps({"StorageContainers": ["a.csv"]} | options)
            self.refused(words, f"evaluate infer_storage_schema(dynamic({options}))", *inside)

    def test_faults_are_told(self):
        self.write("c.csv", "1\n")
        self.refused("avro", 'externaldata(s:string) ["c.csv"] with (format="avro")', "--external", self.path)
        self.refused("URL=PATH", "print 1", "--external", "https://lists.example=")
        self.refused("No such file", 'externaldata(s:string) ["u"]', "--external", "u=" + self.path + "/none")

    def test_a_check_needs_no_file(self):
        path = self.write("rule.kql", 'externaldata(s:string) ["https://lists.example/bad.csv"] | where s has "x"\n')
        r = run("check", path)
        self.assertEqual(r.returncode, 0, r.stderr)

    def test_places_come_from_the_database_given(self):
        path = self.write("city.mmdb", places({"192.0.2.0/24": {
            "country": {"names": {"en": "Utopia"}}, "subdivisions": [{"names": {"en": "North"}}],
            "city": {"names": {"en": "Amaurot"}}, "location": {"latitude": 12.5, "longitude": -3.25}}}))
        kql = ("datatable(ip:string) ['192.0.2.7', '198.51.100.1', 'x', ''] "
               "| extend g = geo_info_from_ip_address(ip) | project g, city = tostring(g.city)")
        rows = self.rows(kql, "--geoip", path)
        self.assertEqual(rows[0], {"g": {"country": "Utopia", "state": "North", "city": "Amaurot",
                                         "latitude": 12.5, "longitude": -3.25}, "city": "Amaurot"})
        self.assertEqual([r["g"] for r in rows[1:]], [None, None, None])
        r = self.query(kql)
        self.assertEqual(r.returncode, 0, r.stderr)
        self.assertIn("--geoip", r.stderr)
        self.refused("city.txt", "print 1", "--geoip", self.write("city.txt", "no database"))

    def test_a_watchlist_is_a_csv_file(self):
        self.write("Admins.csv", "User,Team\nann,IT\n")
        rows = self.rows("_GetWatchlist('Admins') | project SearchKey, Team", "--watchlists", self.path)
        self.assertEqual(rows, [{"SearchKey": "ann", "Team": "IT"}])

    def test_the_aliases_of_watchlists_are_a_table(self):
        self.write("Admins.csv", "User\nann\n")
        self.write("it's \"odd\".csv", "Host\npc1\n")
        for text in ("_GetWatchlistAlias", "_GetWatchlistAlias() | where true"):
            rows = self.rows(text + " | sort by WatchlistAlias asc", "--watchlists", self.path)
            self.assertEqual([r["WatchlistAlias"] for r in rows], ["Admins", "it's \"odd\""])
        self.assertEqual(self.rows("_GetWatchlistAlias | count"), [{"Count": 0}])


class Inline(Case):
    """inline_external_table"""

    def query(self, text, *args):
        r = run("query", text, "--format", "csv", *args)
        self.assertEqual(r.returncode, 0, r.stderr)
        return r.stdout

    def test_files_with_headers(self):
        one, two = self.write("a.csv", "ProductId,Quantity\nx,1\ny,2\n"), self.write("b.csv", "ProductId,Quantity\nx,10\n")
        text = ("inline_external_table(ProductId:string, Quantity:long) kind=storage dataformat=csv "
                "(h@'https://s.example/a.csv?key', h@'https://s.example/b.csv') with(includeHeaders='All'%s) "
                "| summarize Total=sum(Quantity) by ProductId | sort by ProductId asc")
        maps = ["--external", "https://s.example/a.csv=" + one, "--external", "https://s.example/b.csv=" + two]
        self.assertEqual(self.query(text % "", *maps), "ProductId,Total\nx,11\ny,2\n")
        self.assertEqual(self.query(text % ", namePrefix='b'", *maps), "ProductId,Total\nx,10\n")
        self.assertEqual(self.query(text % ", fileExtension='.json'", *maps), "ProductId,Total\n")

    def test_json(self):
        path = self.write("a.json", '{"n": 1, "s": "x"}\n{"s": "y"}\n')
        self.assertEqual(self.query("inline_external_table(s:string, n:long) kind=storage dataformat=json ('https://s.example/a.json')",
                                    "--external", "https://s.example/a.json=" + path), "s,n\nx,1\ny,\n")

    def test_what_is_not_read_says_so(self):
        self.fails(2, ["mapped to no file"], "query",
                   "inline_external_table(a:string) kind=storage dataformat=csv ('https://s.example/a.csv')")
        self.fails(2, ["kind delta"], "query", "inline_external_table kind=delta ('abfss://f@s.example/t')")
        self.fails(2, ["partition by"], "query", "inline_external_table(a:datetime) kind=storage partition by(d:datetime = startofday(a)) "
                   "pathformat=('d=' datetime_pattern('yyyy', d)) dataformat=csv ('https://s.example/')")
        self.fails(2, ["'x' is not a kind of external table"], "query", "inline_external_table(a:string) kind=x ('https://s.example/')")
        self.fails(2, ["disabled"], "query", "set request_external_data_disabled; "
                   "inline_external_table(a:string) kind=storage dataformat=csv ('https://s.example/a.csv')")

    def test_a_check_knows_the_columns(self):
        text = ("inline_external_table(Timestamp:datetime, Region:string, Value:real) kind=storage "
                "partition by(Day:datetime = startofday(Timestamp), R:string = Region) "
                "pathformat=('day=' datetime_pattern('yyyy/MM/dd', Day) '/region=' R) dataformat=parquet (h@'https://s.example/;x') "
                "| where Day > ago(7d) | summarize AvgValue = avg(Value) by Region")
        d = json.loads(run("check", "-", "--format", "json", stdin=text).stdout)
        self.assertTrue(d["ok"], d)
        self.assertEqual([c["name"] for c in d["columns"]], ["Region", "AvgValue"])
        d = json.loads(run("check", "-", "--format", "json",
                           stdin="inline_external_table kind=delta ('abfss://f@s.example/t') | where Amount > 0").stdout)
        self.assertTrue(d["ok"], d)


if __name__ == "__main__":
    main()
