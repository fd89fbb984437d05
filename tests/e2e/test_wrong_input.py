#!/usr/bin/env python3
"""Wrong input: each kind has its own message with a position, its exit code, and loses nothing in silence."""
import gzip
import json
import os
import shutil
import subprocess
import unittest

from program import EXCLUSIONS, RULE, SAMPLE, Case, main, run

QUERY = "DeviceEvents | project ActionType"


def line(action, **more):
    return (json.dumps({"Timestamp": "2026-11-20T08:00:00Z", "ActionType": action, **more}) + "\n").encode()


class Rules(Case):
    """Whatever is wrong with a rule: its place, code 2, and `check` says the same as `hunt`."""

    def refused(self, name, content, *words):
        path = self.write(name, content)
        hunted = self.fails(2, words, "hunt", path, "--data", SAMPLE, "--format", "json")
        self.assertFalse(any(h["hits"] for h in json.loads(hunted.stdout)["hunts"]))
        self.fails(2, words, "check", path)

    def test_no_query(self):
        self.refused("r.yaml", "id: a\nname: b\n", "r.yaml:1:1: error[QY610]", "has no query", "hint:")
        self.refused("r.yaml", "id: a\nname: b\nquery: ''\n", "r.yaml:3:8: error[QY610]", "is empty")
        self.refused("r.yaml", "id: a\nname: b\nquery: [1]\n", "r.yaml:3:8: error[QY611]", "must be text")
        self.refused("r.yaml", "id: a\nname: b\nquery: |\n  // a comment\n", "error[KS006]")

    def test_yaml_that_does_not_parse(self):
        self.refused("r.yaml", "id: a\n  b: [\n", "r.yaml:2:4: error[QY600]", "does not parse")
        self.refused("r.yaml", "id: a\n\tname: b\n", "r.yaml:2:1: error[QY600]", "tab")
        self.refused("r.yaml", "id: 'a\n", "error[QY600]", "unexpected end")
        self.refused("r.yaml", "", "r.yaml:1:1: error[QY600]", "empty")
        self.refused("r.yaml", "- id: a\n", "r.yaml:1:1: error[QY610]", "mapping")
        self.refused("r.yaml", "id: a\nquery: print 1\n---\nid: b\n", "r.yaml:3:1: error[QY600]", "more than one")

    def test_yaml_that_is_hostile(self):
        self.refused("r.yaml", b"id: a\nname: caf\xe9\nquery: print 1\n", "r.yaml:2:10: error[QY600]", "not UTF-8")
        self.refused("r.yaml", bytes(range(256)), "error[QY600]", "not UTF-8")
        self.refused("r.yaml", "id: a\nquery: print \0 1\n", "r.yaml:2:14: error[QY600]", "control")
        self.refused("r.yaml", "a: " + "[" * 100000, "error[QY600]", "64 deep")
        self.refused("r.yaml", "a: &a [x]\nb: [*a,*a]\nquery: print 1\n", "r.yaml:2:5: error[QY600]", "aliases")
        self.refused("r.yaml", "query: |\n  // " + "x" * 5000000, "error[QY600]", "4 MiB")

    def test_a_key_that_stands_twice(self):
        self.refused("r.yaml", "id: a\nname: b\nquery: print 1\nquery: print 2\n", "r.yaml:4:1: error[QY601]", "line 3")

    def test_unknown_names(self):
        head = "id: a\nname: b\nquery: |\n  DeviceEvent%s\n  | where RemoteUlr == ''\n  | project Nonsense\n"
        self.refused("r.yaml", head % "", "r.yaml:4:3: error[KS204]", "did you mean 'DeviceEvents'?")
        self.refused("r.yaml", head % "s", "r.yaml:5:11: error[KS142]", "did you mean 'RemoteUrl'?",
                     "r.yaml:6:13: error[KS142]", "| where RemoteUlr == ''\n            ^~~~~~~~~")

    def test_positions_in_quoted_and_folded_queries(self):
        self.refused("r.yaml", 'id: a\nquery: "DeviceEvents\\n| where Nope == 1"\n', "r.yaml:2:31: error[KS142]")
        self.refused("r.yaml", "id: a\nquery: >\n  DeviceEvents\n  | where Nope == 1\n", "r.yaml:4:11: error[KS142]")

    def test_two_rules_with_one_id(self):
        one = self.write("a.yaml", "id: same\nname: a\nquery: print 1\n")
        other = self.write("b.yaml", "id: same\nname: b\nquery: print 2\n")
        self.fails(2, ["a.yaml:1:5: error[QY619]", "b.yaml:1:5: error[QY619]"], "hunt", one, other, "--data", SAMPLE)

    def test_a_rule_that_fails_does_not_stop_the_others(self):
        folder = os.path.join(self.path, "rules")
        self.write("rules/1.yaml", "id: one\nname: one\nquery: print 1\n")
        self.write("rules/2.yaml", "id: two\nname: two\nquery: DeviceEvents | where Nope == 1\n")
        self.write("rules/3.yaml", "id: three\nquery: [\n")
        self.write("rules/4.kql", "print 4")
        self.write("rules/5.yaml", "id: five\nname: five\nquery: print nosuchfunction(1)\n")
        self.write("rules/6.yaml", "id: six\nname: six\nquery: print 6\n")
        r = run("hunt", folder, "--data", SAMPLE, "--format", "json")
        self.assertEqual(r.returncode, 2)
        hits = {h["rule"]["name"]: h["hits"] for h in json.loads(r.stdout)["hunts"]}
        self.assertEqual([len(hits[n]) for n in ("one", "4", "six")], [1, 1, 1])
        for name in ("2.yaml:3:", "3.yaml:", "5.yaml:"):
            self.assertIn(name, r.stderr)

    def test_no_broken_rule_of_a_folder_vanishes(self):
        folder = os.path.join(self.path, "rules")
        self.write("rules/1-good.kql", "print 1")
        self.write("rules/2-no-query.yaml", "id: two\nname: two\n")
        self.write("rules/3-no-parse.yaml", "id: 'three\n  x: [\n")
        self.write("rules/4-binary.yaml", bytes(range(256)))
        self.write("rules/5-list.yaml", "- id: five\n- b\n")
        self.write("rules/6-typo.yaml", "qeury: |\n  DeviceEvents\n  | take 1\n")
        self.write("rules/7-other.yaml", "version: 3\nservices:\n  web: {}\n")
        self.write("rules/8-empty.yaml", "")
        self.write("rules/9-tactics.yaml", "tactics: [Execution]\n")
        for verb, *rest in (["hunt", "--data", SAMPLE, "--format", "json"], ["check"]):
            r = self.fails(2, ["2-no-query.yaml:1:1: error[QY610]", "3-no-parse.yaml:", "4-binary.yaml:2:118: error[QY600]",
                               "6-typo.yaml:1:1: error[QY610]", 'did you mean "query" by "qeury"?',
                               "8-empty.yaml:1:1: error[QY600]", "9-tactics.yaml:1:1: error[QY610]"], verb, folder, *rest)
            told = [l for l in r.stderr.splitlines() if "5-list" in l or "7-other" in l]
            self.assertEqual(len(told), 2, r.stderr)
            for warning in told:
                self.assertIn("warning[QY618]", warning)
            if verb == "hunt":
                hunts = json.loads(r.stdout)["hunts"]
        self.assertEqual([len(h["hits"]) for h in hunts if h["status"] == "ok"], [1])
        self.assertEqual([h["status"] for h in hunts if h["status"] != "ok"], ["invalid"] * 6)

    def test_other_yaml_beside_good_rules_is_no_error(self):
        self.write("rules/1.kql", "print 1")
        self.write("rules/list.yml", "[a, b]\n")
        self.fails(0, ["list.yml", "warning[QY618]"], "hunt", os.path.join(self.path, "rules"), "--data", SAMPLE)

    def test_a_diagnostic_is_told_once(self):
        path = self.write("r.yaml", "id: a\nname: b\ntactics: [Nonsense]\nquery: print 1\n")
        r = run("hunt", path, "--data", SAMPLE)
        self.assertEqual(r.stderr.count("QY613"), 1)

    def test_files_that_are_not_there(self):
        self.fails(2, ["nope.yaml", "no file and no rule"], "hunt", "nope.yaml", "--data", SAMPLE)
        self.fails(2, ["suspicious-url-clicket", "did you mean"], "hunt", "suspicious-url-clicket", "--data", SAMPLE)
        self.write("rules/readme.txt", "nothing")
        self.fails(2, ["holds no rule"], "hunt", os.path.join(self.path, "rules"), "--data", SAMPLE)


class Data(Case):
    """What cannot be read is counted with an example; --strict makes it an error with code 1."""

    def read(self, name, content, rows, *words, code=0):
        """Reads a table of one file. `rows` are the action types; `words` must be told, and end a strict run."""
        shutil.rmtree(os.path.join(self.path, "data"), ignore_errors=True)
        self.write("data/" + name, content)
        data = os.path.join(self.path, "data")
        r = run("query", QUERY, "--data", data, "--format", "ndjson")
        self.assertEqual(r.returncode, code, r.stderr)
        self.assertEqual([json.loads(row)["ActionType"] for row in r.stdout.splitlines()], rows)
        for word in words:
            self.assertIn(word, r.stderr)
        strict = run("query", QUERY, "--data", data, "--strict")
        if words and "empty" not in words:
            self.assertEqual(strict.returncode, 1, strict.stderr)
            self.assertRegex(strict.stderr, r"(?m)^error\[QY\d+\]: .*%s" % name.replace(".", r"\."))
        else:
            self.assertEqual(strict.returncode, 0, strict.stderr)
        return r

    def test_missing(self):
        self.fails(2, ["nowhere", "No such file"], "query", QUERY, "--data", os.path.join(self.path, "nowhere"))
        self.fails(2, ["no file matches"], "query", QUERY, "--data", os.path.join(self.path, "*.json"))
        self.fails(2, ["--data"], "hunt", RULE)
        self.fails(2, ["NAME=PATH"], "query", QUERY, "--table", "DeviceEvents")

    @unittest.skipUnless(os.geteuid() == 0 or shutil.which("true"), "needs an owner")
    def test_unreadable(self):
        path = self.write("data/DeviceEvents.ndjson", line("a"))
        rule = self.write("rule.yaml", "id: a\nquery: print 1\n")
        as_user = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        os.chmod(self.path, 0o755)
        os.chmod(path, 0)
        os.chmod(rule, 0)
        self.addCleanup(os.chmod, path, 0o600)
        try:
            self.fails(2, ["DeviceEvents.ndjson", "Permission denied"], "query", QUERY, "--data", path, **as_user)
        except PermissionError:
            self.skipTest("the program itself cannot be reached by another user")
        self.fails(1, ["Permission denied"], "query", QUERY, "--data", os.path.dirname(path), "-q", **as_user)
        self.fails(2, ["rule.yaml", "Permission denied"], "hunt", rule, "--data", SAMPLE, **as_user)

    def test_empty(self):
        self.read("DeviceEvents.ndjson", b"", [], "empty")
        self.read("DeviceEvents.json", b" \r\n\t\n", [], "empty")
        self.read("DeviceEvents.ndjson.gz", b"", [], "empty")
        self.read("DeviceEvents.ndjson.gz", gzip.compress(b""), [], "empty")
        self.read("DeviceEvents.csv", b"ActionType,DeviceName\n", [])

    def test_binary(self):
        self.read("DeviceEvents.ndjson", bytes(range(256)) * 1000, [], "neither text nor Parquet", code=1)
        self.read("DeviceEvents.csv", b"\x7fELF" + bytes(64), [], "neither text nor Parquet", code=1)
        self.read("DeviceEvents.parquet", b"PAR1" + bytes(64) + b"PAR1", [], "damaged Parquet", code=1)
        self.read("DeviceEvents.json", b"PK\x03\x04" + bytes(64), [], "ZIP", code=1)
        self.read("DeviceEvents.ndjson.gz", gzip.compress(gzip.compress(line("a"))), [], "neither text", code=1)
        path = self.write("DeviceEvents.json", bytes(range(256)))
        self.fails(2, ["DeviceEvents.json", "neither text nor Parquet"], "query", QUERY, "--data", path)

    def test_named_as_compressed_and_is_not(self):
        for end, kind in (("gz", "gzip"), ("zst", "zstd")):
            name = "DeviceEvents.json." + end
            self.read(name, bytes(range(256)), [], "named .%s but holds no %s data" % (end, kind), code=1)
            r = run("tables", "--data", os.path.join(self.path, "data"))
            self.assertEqual(r.returncode, 1)
            self.assertNotIn("fits no table", r.stderr)
            # what can be read is read, whatever its name
            self.read(name, line("a"), ["a"])

    def test_compressed_data_that_is_damaged_from_its_start(self):
        self.read("DeviceEvents.json.gz", b"\x1f\x8b" + bytes(100), [], "damaged gzip data", code=1)
        self.read("DeviceEvents.json.zst", b"\x28\xb5\x2f\xfd" + b"\xff" * 100, [], "damaged zstd data", code=1)

    def test_cut_off_inside_a_gzip_member(self):
        lines = b"".join(line("a%d" % i, DeviceName="d%d" % (i * 7919)) for i in range(20000))
        whole = gzip.compress(lines)
        self.write("data/DeviceEvents.ndjson.gz", whole + whole[: len(whole) // 2])
        r = run("query", QUERY, "--data", os.path.join(self.path, "data"), "--format", "ndjson")
        n = len(r.stdout.splitlines())
        self.assertEqual(r.returncode, 0)
        self.assertTrue(20000 < n < 40000, n)
        self.assertIn("ends inside a gzip member (at byte", r.stderr)
        self.fails(1, ["ends inside a gzip member (at byte"], "query", QUERY, "--data", self.path, "--strict")

    def test_damaged_gzip(self):
        whole = gzip.compress(line("a") + line("b"))
        self.read("DeviceEvents.ndjson.gz", whole[:-8] + bytes(8), ["a", "b"], "incorrect data check")
        self.read("DeviceEvents.ndjson.gz", whole + b"more", ["a", "b"], "bytes behind a gzip member")

    @unittest.skipUnless(shutil.which("zstd"), "zstd is not there")
    def test_members_behind_a_damaged_one_are_read(self):
        members = [gzip.compress(b"".join(line("m%d-%d-%s" % (m, i, os.urandom(8).hex())) for i in range(2000))) for m in range(4)]
        bad = bytearray(members[1])
        middle = len(bad) // 2
        bad[middle:middle + 40] = bytes(b ^ 0x55 for b in bad[middle:middle + 40])
        data = self.write("DeviceEvents.ndjson.gz", members[0] + bytes(bad) + members[2] + members[3])
        r = run("query", "DeviceEvents | summarize count() by M = substring(ActionType, 0, 2) | where M in ('m0', 'm2', 'm3')"
                " | sort by M asc", "--data", data, "--format", "csv")
        self.assertEqual(r.stdout.split()[1:], ["m0,2000", "m2,2000", "m3,2000"], r.stderr)
        self.assertIn("damaged gzip data", r.stderr)
        self.fails(1, ["DeviceEvents.ndjson.gz"], "query", "DeviceEvents | count", "--data", data, "--strict")

    def test_cut_off_inside_a_zstd_frame(self):
        lines = b"".join(line("a%d" % i, DeviceName="d%d" % (i * 7919)) for i in range(200000))
        whole = subprocess.run(["zstd", "-qc"], input=lines, capture_output=True, check=True).stdout
        self.write("data/DeviceEvents.ndjson.zst", whole[: len(whole) // 2])
        r = run("query", "DeviceEvents | count", "--data", self.path, "--format", "csv")
        self.assertTrue(0 < int(r.stdout.split()[1]) < 200000, r.stdout)
        self.assertIn("DeviceEvents.ndjson.zst: ", r.stderr)
        self.fails(1, ["DeviceEvents.ndjson.zst"], "query", QUERY, "--data", self.path, "--strict")

    def test_cut_off_inside_a_line(self):
        cut = line("b")[:30]
        self.read("DeviceEvents.ndjson", line("a") + cut, ["a"], "1 of 2 lines skipped", "line 2", "in the middle")
        self.read("DeviceEvents.json", b"[" + line("a") + b"," + cut, ["a"], "1 of 2 records", "in the middle")
        self.read("DeviceEvents.json", b'{"records":[' + line("a") + b"," + cut, ["a"], "in the middle")
        self.read("DeviceEvents.csv", b'ActionType,DeviceName\na,b\nc,"d\n', ["a"], "line 3", "not closed")

    def test_not_utf8(self):
        self.read("DeviceEvents.ndjson", line("a") + b'{"ActionType":"caf\xe9"}\n' + line("c"),
                  ["a", "caf\ufffd", "c"], "1 of 3 lines with damaged text", "line 2", r"caf\xe9")
        self.read("DeviceEvents.ndjson", ("\ufeff" + line("a").decode()).encode("utf-16le"), ["a"])
        for wide in ("utf-16", "utf-16be"):  # U+FEFF is a mark at the beginning, and a character elsewhere
            text = ("\ufeff" if wide == "utf-16be" else "") + '{"ActionType":"a\ufeffb"}\n{"ActionType":"\ufeff"}\n'
            self.read("DeviceEvents.ndjson", text.encode(wide), ["a\ufeffb", "\ufeff"])
        self.read("DeviceEvents.csv", b"ActionType\na\n\xff\xfe\n", ["a", "\ufffd\ufffd"], "line 3")

    def test_lines_before_the_header(self):
        """Windows PowerShell's Export-Csv writes #TYPE, unless it is told not to; Excel heeds sep=."""
        self.read("DeviceEvents.csv", b'#TYPE System.Management.Automation.PSCustomObject\r\n"ActionType","DeviceName"\r\n"a","b"\r\n', ["a"])
        self.read("DeviceEvents.csv", '\ufeff#TYPE X\n"ActionType","DeviceName"\n"a","b"\n'.encode("utf-16le"), ["a"])
        self.read("DeviceEvents.csv", b"\xef\xbb\xbfsep=;\r\nActionType;DeviceName\r\na,b;c\r\n", ["a,b"])
        self.read("DeviceEvents.csv", b"sep=\t\r\nActionType\tDeviceName\r\na,b\tc\r\n", ["a,b"])
        self.read("DeviceEvents.csv", b"SEP=|\nActionType|DeviceName\nsep=;|c\n", ["sep=;"])

    def test_files_that_were_joined(self):
        """A byte order mark, and the header once more, stand where the second file begins."""
        mark = b"\xef\xbb\xbf"
        self.read("DeviceEvents.ndjson", mark + line("a") + mark + line("b") + line("c"), ["a", "b", "c"])
        self.read("DeviceEvents.csv", mark + b"ActionType,DeviceName\r\na,x\r\n" + mark + b"ActionType,DeviceName\r\nb,y\r\n"
                  + b"ActionType,DeviceName\r\nActionType,x\r\n", ["a", "b", "ActionType"])
        self.read("DeviceEvents.csv", b"ActionType,DeviceName\na,x\n\xef\xbb\xbfb,y\n", ["a", "\ufeffb"])
        self.read("DeviceEvents.csv", b"ActionType\nActionType\nb\n", ["ActionType", "b"])  # a value that its column is called

    def test_nul_bytes(self):
        self.read("DeviceEvents.ndjson", line("a") + b'{"ActionType":"b\0c"}\n\0\0\n' + line("d"), ["a", "d"],
                  "2 of 4 lines skipped", "line 2", "NUL", r"b\x00c")
        self.read("DeviceEvents.ndjson", b'{"ActionType":"b\\u0000c"}\n', ["b\0c"])

    def test_a_line_of_100_megabytes(self):
        long_line = b'{"ActionType":"b","DeviceName":"' + b"x" * 100000000 + b'"}\n'
        self.read("DeviceEvents.ndjson", line("a") + long_line + line("c"), ["a", "c"],
                  "1 of 3 lines skipped", "line 2", "longer than 32 MiB")

    def test_keys_that_stand_twice(self):
        self.read("DeviceEvents.ndjson", b'{"ActionType":"a","ActionType":"b"}\n', ["b"], "stands twice", "line 1")
        data = self.write("DeviceEvents.csv", b"ActionType,ActionType\na,b\n")
        r = run("query", "DeviceEvents | project ActionType, ActionType1", "--data", data, "--format", "csv")
        self.assertEqual(r.stdout.splitlines()[1:], ["a,b"])
        self.assertIn("names ActionType twice", r.stderr)

    def test_values_of_another_type(self):
        data = self.write("DeviceEvents.ndjson", b'{"ReportId":' + b"9" * 400 + b'}\n{"ReportId":7}\n'
                          b'{"ReportId":1e400,"Timestamp":"yesterday"}\n')
        query = "DeviceEvents | project ReportId, Timestamp"
        r = run("query", query, "--data", data, "--format", "ndjson")
        self.assertEqual([json.loads(row)["ReportId"] for row in r.stdout.splitlines()], [None, 7, None])
        self.assertIn("3 values in 3 lines", r.stderr)
        self.assertIn("ReportId is no long: 9999999999", r.stderr)
        self.fails(1, ["line 1"], "query", query, "--data", data, "--strict")
        kept = self.write("one/DeviceEvents.ndjson", b'{"AdditionalFields":{"n":' + b"9" * 400 + b"}}\n")
        r = run("query", "DeviceEvents | project AdditionalFields", "--data", kept, "--format", "ndjson")
        self.assertIn("9" * 400, r.stdout)

    def test_a_quote_that_is_not_closed_takes_no_other_row(self):
        rows = b'ActionType,FileName\n"a","x"\n"b","open\n"c","z"\n"d","two\nlines, ""quoted"""\n'
        self.read("DeviceEvents.csv", rows, ["a", "c", "d"], "1 of 4 lines skipped", "line 3", "a quoted cell is not closed")

    def test_a_damaged_parquet_footer_costs_its_file_only(self):
        os.makedirs(os.path.join(self.path, "data"))
        for name in ("DeviceEvents_1.parquet", "DeviceEvents_2.parquet"):
            out = os.path.join(self.path, "data", name)
            run("query", "range ReportId from 1 to 5 step 1 | extend DeviceId = 'd'", "--format", "parquet", "--output", out)
        with open(out, "r+b") as f:  # `out` is the second
            whole = f.read()
            f.seek(len(whole) - 8 - int.from_bytes(whole[-8:-4], "little") // 2)
            f.write(bytes(40))
        r = self.fails(1, ["QY202", "DeviceEvents_2.parquet", "damaged"], "query", "DeviceEvents | count", "--data",
                       os.path.join(self.path, "data"), "--format", "csv")
        self.assertEqual(r.stdout.split(), ["Count", "5"])

    def test_values_of_another_type_in_parquet(self):
        os.makedirs(os.path.join(self.path, "data"))
        for i, kql in enumerate(("print ReportId = 5, DeviceId = 'a'", "print ReportId = 'six', DeviceId = 'b'",
                                 "print ReportId = 1e300, DeviceId = 'c'", "print ReportId = '', DeviceId = 'd'")):
            out = os.path.join(self.path, "data", "DeviceEvents_%d.parquet" % i)
            self.assertEqual(run("query", kql, "--format", "parquet", "--output", out).returncode, 0)
        data = os.path.join(self.path, "data")
        query = "DeviceEvents | sort by DeviceId asc | project ReportId"
        r = run("query", query, "--data", data, "--format", "ndjson")
        self.assertEqual([json.loads(row)["ReportId"] for row in r.stdout.splitlines()], [5, None, None, None])
        self.assertIn("DeviceEvents_1.parquet: 1 value not of their column's type and read as null; first at row 1: "
                      "ReportId is no long: six", r.stderr)
        self.assertIn("DeviceEvents_2.parquet: 1 value", r.stderr)
        self.assertNotIn("DeviceEvents_3", r.stderr)
        self.assertEqual(run("query", "DeviceEvents | summarize dcount(DeviceId)", "--data", data).stderr, "")
        self.fails(1, ["ReportId is no long", ".parquet, row 1"], "query", query, "--data", data, "--strict")
        r = run("import", "--data", data, "--lake", os.path.join(self.path, "lake"))
        self.assertIn("ReportId is no long: six", r.stderr)

    def test_what_a_sample_does_not_show_of_a_table_without_a_schema(self):
        """The sample is about the first megabyte: later values widen a column's type, and later columns are found."""
        usual = b'{"Id":1,"Whole":2,"Time":"2026-11-24T00:00:00Z","Bag":3,"Flag":true,"Text":"t"}\n'
        odd = (b'{"Id":2,"Whole":2.5,"Time":"no time","Bag":{"a":[4]},"Flag":"maybe","Text":"u","New":"late"}\n')
        for name, content in {"T.ndjson": usual * 20000 + odd + usual * 20000,
                              "T.json": b"[" + b",".join([usual] * 20000 + [odd] + [usual] * 10) + b"]",
                              "T.ndjson.gz": gzip.compress(usual * 20000 + odd + usual * 20000)}.items():
            with self.subTest(name):
                data = self.write("late/" + name, content)
                want = {"Id": 2, "Whole": 2.5, "Time": "no time", "Bag": {"a": [4]}, "Flag": "maybe", "Text": "u", "New": "late"}
                for strict in ([], ["--strict"]):
                    r = run("query", "T | where Id == 2", "--data", data, "--format", "ndjson", "--quiet", *strict)
                    self.assertEqual((r.returncode, r.stderr), (0, ""))
                    self.assertEqual(json.loads(r.stdout), want)
                r = run("query", "T | where New == 'late' | count", "--data", data, "--format", "ndjson", "--quiet")
                self.assertEqual(r.stdout, '{"Count":1}\n')
                lake = os.path.join(self.path, "lake " + name)
                self.assertEqual(run("import", "--data", data, "--lake", lake).returncode, 0)
                r = run("query", "T | where Id == 2", "--lake", lake, "--format", "ndjson")
                self.assertEqual(json.loads(r.stdout), want)
                os.unlink(data)
        cells = self.write("T.csv", b"Id,V\n" + b"1,2\n" * 400000 + b"2,word\n" + b"1,2\n" * 10)
        r = run("query", "T | where Id == 2", "--data", cells, "--format", "ndjson", "--quiet")
        self.assertEqual(r.stdout, '{"Id":2,"V":"word"}\n')

    def test_a_column_of_a_known_table_that_the_sample_does_not_show(self):
        """It is not read, and that is told, however the records are wrapped; a published column is no new one."""
        usual = b'{"Timestamp":"2026-11-24T00:00:00Z","ActionType":"A","Extra":1}'
        odd = b'{"Timestamp":"2026-11-24T00:00:00Z","N\xc3\xa9w":"late","ActionType":"B","RemoteUrl":"u"}'
        wrap = lambda row: b'{"time":"t","tenantId":"x","category":"AdvancedHunting-DeviceEvents","properties":' + row + b"}"
        for name, around in {"DeviceEvents.ndjson": lambda row: row, "streamed.ndjson": wrap}.items():
            content = b"".join(around(row) + b"\n" for row in [usual] * 25000 + [odd] * 3 + [usual] * 55000)
            data = self.write(name, content)
            said = "3 of 80003 lines with a column that no record looked at before holds"
            r = run("query", "DeviceEvents | summarize count() by RemoteUrl", "--data", data, "--format", "csv")
            self.assertEqual((r.returncode, sorted(r.stdout.split())), (0, [",80000", "RemoteUrl,count_", "u,3"]), r.stderr)
            for part in (said, "first at line 25001", "is a new column"):
                self.assertIn(part, r.stderr)
            r = run("import", "--data", data, "--lake", os.path.join(self.path, "lake of " + name))
            self.assertEqual((r.returncode, said in r.stderr), (0, True), r.stderr)
            r = run("query", "DeviceEvents | summarize count() by RemoteUrl", "--data", data, "--strict")
            self.assertEqual((r.returncode, "line 25001" in r.stderr), (1, True), r.stderr)
            os.unlink(data)

    def test_deep_nesting(self):
        deep = b'{"ActionType":"b","AdditionalFields":' + b"[" * 100000 + b"]" * 100000 + b"}\n"
        self.read("DeviceEvents.ndjson", line("a") + deep + b"[" * 100000 + b"\n" + line("c"), ["a", "c"],
                  "2 of 4 lines skipped", "line 2", "nested too deep")
        self.read("DeviceEvents.json", b"[" * 100000 + b"]" * 100000, [], "1 of 1 record skipped")

    def test_what_is_no_record_costs_itself_only(self):
        self.read("DeviceEvents.ndjson", b"a banner\n" + line("a"), ["a"], "1 of 2 lines skipped", "(a banner)")
        self.read("DeviceEvents.ndjson", b"{broken\n" + line("a"), ["a"], "1 of 2 lines skipped", "line 1")
        self.read("DeviceEvents.json", b"[1,null," + line("a") + b"]", ["a"], "2 of 3 records skipped")
        self.read("DeviceEvents.csv", b"ActionType,DeviceName\na,b\nc\nd,e,f\n", ["a", "c", "d"],
                  "2 of 3 lines with more or fewer cells", "line 3")

    def hunted(self, query, data, code):
        """What is told of a hunt's only rule: its hits and its warnings. --quiet leaves errors alone."""
        rule = self.write("rule.kql", query)
        r = run("hunt", rule, "--data", data, "--format", "json", "-q")
        self.assertEqual(r.returncode, code, r.stderr)
        hunt = json.loads(r.stdout)["hunts"][0]
        return len(hunt["hits"]), hunt["warnings"], r.stderr

    def test_a_hunt_says_what_it_could_not_read(self):
        data = os.path.join(self.path, "data")
        self.write("data/UrlClickEvents.json", line("click"))
        for name, content, why in (("DeviceEvents.parquet", b"PAR1" + bytes(64) + b"PAR1", "damaged Parquet"),
                                   ("DeviceEvents.parquet", bytes(range(256)), "neither text nor Parquet"),
                                   ("DeviceEvents/y=2026/h=01/PT1H.json", bytes(range(256)), "neither text nor Parquet"),
                                   ("DeviceEvents.json", None, "No such file")):
            path = os.path.join(data, name)
            if content is None:
                os.symlink(os.path.join(self.path, "nowhere"), path)
            else:
                self.write("data/" + name, content)
            hits, warnings, told = self.hunted("DeviceEvents", data, 1)
            self.assertEqual(hits, 0)
            self.assertTrue([w for w in warnings if name in w and why in w], warnings)
            self.assertRegex(told, r"error\[QY20[12]\]: .*%s: .*%s" % (name, why))
            # the rest of the run is done, and a rule that does not read the table is not told of it
            hits, warnings, _ = self.hunted("UrlClickEvents", data, 1)
            self.assertEqual((hits, [w for w in warnings if name in w]), (1, []))
            r = self.fails(1, [why], "query", "UrlClickEvents | count", "--data", data)
            self.assertEqual(json.loads(r.stdout), {"Count": 1})
            os.remove(path)

    def test_a_file_that_names_no_table_is_a_warning(self):
        data = os.path.join(self.path, "data")
        self.write("data/DeviceEvents.json", line("a"))
        self.write("data/logo.png", b"\x89PNG" + bytes(64))
        self.fails(0, ["warning[QY202]", "logo.png"], "query", QUERY, "--data", data)

    def test_twins_are_told_wherever_they_are_named(self):
        data = os.path.join(self.path, "data")
        row = json.dumps({"TimeGenerated": "2026-01-01T00:00:00Z", "DeviceName": "host-a"}) + "\n"
        names = ("DeviceEvents", "DeviceNetworkEvents")
        for name in names:
            self.write("data/%s.ndjson" % name, row)
        told = "%s has no column Timestamp in the data; TimeGenerated is read in its place."
        both, when = "DeviceEvents, DeviceNetworkEvents", "Timestamp > datetime(2020-01-01)"
        for query, tables in (
                ("union %s | where %s" % (both, when), names),
                ("DeviceEvents | union DeviceNetworkEvents | summarize max(Timestamp)", names),
                ("let T = union %s; T | where %s" % (both, when), names),
                ("find in (%s) where %s project DeviceName" % (both, when), names),
                ("find in (DeviceEvents) where DeviceName has 'host' project Timestamp", names[:1]),
                ("search in (%s) %s" % (both, when), names),
                ("search in (DeviceEvents) 'host-a' | where " + when, names[:1]),
                ("union %s | where DeviceName == 'host-a'" % both, ())):
            hits, warnings, _ = self.hunted(query, data, 0)
            self.assertGreater(hits, 0, query)
            self.assertEqual([w for w in warnings if "in its place" in w], [told % t for t in tables], query)
            r = self.fails(0, [], "query", query, "--data", data)
            self.assertEqual(r.stderr.count("warning[QY210]"), len(tables), query)

    def test_a_zone_that_is_none(self):
        self.fails(2, ["garbage", "no time zone"], "query", "print 1", "--timezone", "garbage")
        self.fails(0, [], "query", "print 1", "--timezone", "+02:00")

    def test_skipped_lines_stand_in_the_report(self):
        data = os.path.join(self.path, "data")
        self.write("data/DeviceEvents.json", line("a") + b"{broken\n" + line("b"))
        hits, warnings, _ = self.hunted("DeviceEvents", data, 0)
        self.assertEqual(hits, 2)
        told = [w for w in warnings if "1 of 3 lines skipped; first at line 2" in w]
        self.assertEqual(len(told), 1, warnings)

    def test_damage_shows_in_the_report_of_a_hunt(self):
        for name in os.listdir(SAMPLE):
            source = os.path.join(SAMPLE, name)
            copy = shutil.copytree if os.path.isdir(source) else shutil.copy
            copy(source, os.path.join(self.path, name))
        with open(os.path.join(self.path, "AlertInfo.ndjson"), "ab") as f:
            f.write(b"broken\n")
        r = run("hunt", RULE, "--data", self.path, "--format", "json")
        self.assertEqual(r.returncode, 0, r.stderr)
        self.assertGreater(json.loads(r.stdout)["hunts"][0]["stats"]["lines_skipped"], 0)
        self.assertIn("AlertInfo.ndjson: 1 of 50 lines skipped; first at line 50", r.stderr)
        self.fails(1, ["AlertInfo.ndjson, line 50"], "hunt", RULE, "--data", self.path, "--strict")


class Exclusions(Case):
    """A typing error must not hide an attack: a file with an error is not used, and nothing is hunted."""

    def refused(self, content, *words):
        path = self.write("x.yaml", content)
        r = self.fails(2, words, "hunt", RULE, "--data", SAMPLE, "--exclusions", path, "--format", "json")
        self.assertEqual(r.stdout, "")

    def entry(self, when='url_host: {within: ["*.internal.company.com"]}', more="rules: [SuspiciousUrlClicked]"):
        return ("exclusions:\n  - name: n\n    scenario: s\n    reason: r\n    owner: o\n    %s\n    when:\n      %s\n"
                % (more, when))

    def test_the_plain_entry_is_taken(self):
        path = self.write("x.yaml", self.entry())
        r = run("hunt", RULE, "--data", SAMPLE, "--exclusions", path, "--format", "json")
        self.assertEqual(r.returncode, 0, r.stderr)
        self.assertTrue(json.loads(r.stdout)["hunts"][0]["suppressed"])

    def test_bad_globs(self):
        self.refused(self.entry('column: RemoteUrl\n      glob: "[a-"'), "x.yaml:9:14: error[QY631]", "not closed")
        self.refused(self.entry('process: {file: {glob: "[z-a]"}}'), "x.yaml:8:", "runs backwards")
        self.refused(self.entry('column: RemoteUrl\n      glob: "a\\\\"'), "x.yaml:9:", "bad glob")
        self.refused(self.entry(more='rules: ["[a"]'), "x.yaml:6:13: error[QY631]", "not closed")
        for domain in ("*.*.com", "ev*il.com", "*", "https://internal.company.com/", "a b.com"):
            self.refused(self.entry('url_host: {within: ["%s"]}' % domain), "x.yaml:8:27: error[QY631]", "bad glob")
        self.refused(self.entry('url_host: {ip_within: ["10.0.0.0/99"]}'), "x.yaml:8:30", "no address range")

    def test_bad_dates(self):
        for date in ("tomorrow", "2026-13-01", "2026-02-30", "01/02/2026"):
            self.refused(self.entry(more="expires: " + date), "x.yaml:6:14: error[QY631]", "is no date", "hint:")

    def test_an_expired_entry_does_nothing_and_says_so(self):
        path = self.write("x.yaml", self.entry(more="expires: 2020-01-01"))
        r = run("hunt", RULE, "--data", SAMPLE, "--exclusions", path, "--format", "json")
        self.assertEqual(json.loads(r.stdout)["hunts"][0]["suppressed"], [])
        self.assertIn("expired on 2020-01-01", r.stderr)

    def test_unknown_keys(self):
        self.refused(self.entry(more="colour: red"), "x.yaml:6:5: error[QY631]", "no key here")
        self.refused(self.entry() + "exclusion: []\n", "x.yaml:9:1", 'did you mean "exclusions"?')
        self.refused(self.entry('url_hots: {within: ["a.example"]}'), "x.yaml:8:7", 'did you mean "url_host"?')
        self.refused(self.entry('url_host: {wihtin: ["a.example"]}'), "x.yaml:8:18", 'did you mean "within"?')
        self.refused(self.entry("device: {list: nosuch}"), "x.yaml:8:22", "has no list")

    def test_what_says_nothing_or_too_much(self):
        for when in ("{}", "all: []", "not: {}", "column: RemoteUrl\n      in: []"):
            self.refused(self.entry(when), "error[QY631]")
        self.refused(self.entry("url_path: {starts_with: /update/}"), "x.yaml:8:17", "foreign hosts")
        self.refused(self.entry("threat_types: {contains: phish}"), "only a protection")
        self.refused("exclusions:\n  - scenario: s\n", "error[QY631]")
        self.refused(self.entry() + self.entry().split("\n", 1)[1], 'two entries are named "n"')

    def test_files_that_are_no_exclusions(self):
        self.refused("", "x.yaml:1:1: error[QY600]", "empty")
        self.refused("exclusions: {a: b}\n", "x.yaml:1:13")
        self.refused("a: [\n", "error[QY600]", "does not parse")
        with open(RULE, "rb") as f:
            self.refused(f.read(), "error[QY631]", '"id" is no key here')
        self.fails(2, ["nope.yaml"], "hunt", RULE, "--data", SAMPLE, "--exclusions", os.path.join(self.path, "nope.yaml"))
        self.fails(2, ["two entries"], "hunt", RULE, "--data", SAMPLE, "-x", EXCLUSIONS, "-x", EXCLUSIONS)

    def test_conditions_that_are_flagged(self):
        path = self.write("x.yaml", self.entry("process: {file: SyncDataJob.exe}"))
        self.assertIn("is broad", run("hunt", RULE, "--data", SAMPLE, "-x", path).stderr)
        path = self.write("x.yaml", self.entry("column: InitiatingProcessFileName\n      equals: outlook.exe"))
        self.assertIn("a process name alone", run("hunt", RULE, "--data", SAMPLE, "-x", path).stderr)
        path = self.write("x.yaml", self.entry('device: {glob: "*"}'))
        self.assertIn("anything meets it", run("hunt", RULE, "--data", SAMPLE, "-x", path).stderr)
        path = self.write("x.yaml", self.entry('all: [{process: {file: a.exe}}, {device: {glob: "**"}}]'))
        self.assertIn("a process name alone", run("hunt", RULE, "--data", SAMPLE, "-x", path).stderr)
        path = self.write("x.yaml", self.entry('all: [{process: {file: a.exe}}, {device: {glob: "pc*"}}]'))
        self.assertNotIn("is broad", run("hunt", RULE, "--data", SAMPLE, "-x", path).stderr)
        path = self.write("x.yaml", self.entry("any: [{not: {account: a}}, {not: {device: b}}]"))
        self.assertIn("only what must not hold", run("hunt", RULE, "--data", SAMPLE, "-x", path).stderr)
        path = self.write("x.yaml", self.entry("all: [{not: {account: a}}, {device: b}]"))
        self.assertNotIn("is broad", run("hunt", RULE, "--data", SAMPLE, "-x", path).stderr)
        path = self.write("x.yaml", self.entry("device: b", more="rules: [SuspiciousUrlClickde]"))
        self.assertIn('for none of the rules hunted: exclusion "n" (for SuspiciousUrlClickde)',
                      run("hunt", RULE, "--data", SAMPLE, "-x", path).stderr)
        path = self.write("x.yaml", self.entry("device: b", more="rules: [SuspiciousUrl*]"))
        self.assertNotIn("none of the rules", run("hunt", RULE, "--data", SAMPLE, "-x", path).stderr)
        path = self.write("x.yaml", self.entry("url_path: {starts_with: /update/, any_host: true}"))
        self.assertIn("any host", run("hunt", RULE, "--data", SAMPLE, "-x", path).stderr)
        path = self.write("x.yaml", self.entry("column: NoSuchColumn\n      equals: x"))
        self.assertIn("NoSuchColumn", run("hunt", RULE, "--data", SAMPLE, "-x", path).stderr)
        path = self.write("x.yaml", self.entry() + "columns: {device: [Xyz], url: [RemoteUrl, Link]}\n")
        said = run("hunt", RULE, "--data", SAMPLE, "-x", path).stderr
        self.assertEqual(("column Xyz" in said, "column Link" in said), (True, False), said)


if __name__ == "__main__":
    main()
