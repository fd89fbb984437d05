#!/usr/bin/env python3
"""The program as a user runs it: each verb, its exit codes and what wrong input gives."""
import gzip
import json
import os
import subprocess
import sys

from program import EXCLUSIONS, ROOT, RULE, SAMPLE, Case, main, run


class Hunt(Case):
    def test_the_sample_is_judged_row_by_row(self):
        r = run("hunt", RULE, "--data", SAMPLE, "--exclusions", EXCLUSIONS, "--format", "json")
        self.assertEqual(r.returncode, 0, r.stderr)
        check = subprocess.run([sys.executable, os.path.join(ROOT, "content/samples/check.py")],
                               input=r.stdout, capture_output=True, text=True)
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)

    def test_nothing_is_suppressed_without_exclusions(self):
        r = run("hunt", RULE, "--data", SAMPLE, "--format", "json")
        hunt = json.loads(r.stdout)["hunts"][0]
        self.assertEqual(hunt["suppressed"], [])
        self.assertEqual(hunt["rule"]["tactics"], ["InitialAccess"])
        self.assertEqual([t["status"] for t in hunt["tables"]], ["present"] * 5)

    def test_missing_tables_are_named(self):
        data = self.write("DeviceEvents.ndjson", '{"ActionType":"x"}\n')
        r = run("hunt", RULE, "--data", data, "--format", "json")
        self.assertEqual(r.returncode, 0, r.stderr)
        tables = json.loads(r.stdout)["hunts"][0]["tables"]
        self.assertEqual({t["name"] for t in tables if t["status"] == "missing"},
                         {"AlertInfo", "AlertEvidence", "EmailEvents", "IdentityInfo"})

    def test_fail_on_hits(self):
        self.assertEqual(run("hunt", RULE, "--data", SAMPLE, "--fail-on-hits").returncode, 3)

    def test_a_rule_that_fails_does_not_stop_the_others(self):
        bad = self.write("bad.yaml", "id: x\nname: bad\nquery: |\n  NoSuchTable | take 1\n")
        r = run("hunt", bad, RULE, "--data", SAMPLE, "--format", "json")
        self.assertEqual(r.returncode, 2)
        self.assertIn("bad.yaml:4:3: error", r.stderr)
        self.assertTrue(any(h["hits"] for h in json.loads(r.stdout)["hunts"]))

    def test_wrong_rules(self):
        self.fails(2, ["query"], "hunt", self.write("r.yaml", "id: a\nname: b\n"), "--data", SAMPLE)
        self.fails(2, [":2:"], "hunt", self.write("y.yaml", "id: a\n  b: [\n"), "--data", SAMPLE)
        self.fails(2, ["nothing-like-this"], "hunt", "nothing-like-this", "--data", SAMPLE)

    def test_two_rules_with_one_id(self):
        text = "id: same\nname: %s\nquery: DeviceEvents | take 1\n"
        a, b = self.write("a.yaml", text % "a"), self.write("b.yaml", text % "b")
        self.fails(2, ["same"], "hunt", a, b, "--data", SAMPLE)

    def test_a_bad_date_in_an_exclusion(self):
        with open(EXCLUSIONS) as f:
            text = f.read()
        bad = self.write("x.yaml", text.replace("reason:", "expires: tomorrow\n    reason:", 1))
        self.fails(2, ["x.yaml:"], "hunt", RULE, "--data", SAMPLE, "--exclusions", bad)

    def test_exclusions_as_kql(self):
        r = run("hunt", RULE, "--exclusions", EXCLUSIONS, "--show-kql")
        self.assertEqual(r.returncode, 0, r.stderr)
        self.assertIn("| where", r.stdout)

    def test_exclusions_as_kql_stand_behind_any_rule(self):
        for columns in ("Timestamp, RemoteUrl, DeviceName, FileOriginUrl", "ActionType", "DeviceId, Timestamp, FileName",
                        "TimeGenerated = Timestamp, Link = RemoteUrl, DeviceId, AccountName, InitiatingProcessAccountSid"):
            query = "DeviceEvents | project " + columns
            rule = self.write("r.yaml", "id: a\nname: SuspiciousUrlClicked\nquery: %s\n" % query)
            r = run("hunt", rule, "--exclusions", EXCLUSIONS, "--show-kql")
            self.assertEqual(r.returncode, 0, r.stderr)
            behind = self.write("behind.kql", query + "\n" + r.stdout)
            r = run("check", behind)
            self.assertEqual((r.returncode, "error" in r.stderr), (0, False), columns + r.stderr)
            r = run("query", "-f", behind, "--data", SAMPLE, "--format", "csv")
            self.assertEqual(r.returncode, 0, r.stderr)
            self.assertGreater(len(r.stdout.splitlines()), 1, columns)


class Data(Case):
    def test_missing_and_empty_input(self):
        self.fails(2, ["nowhere"], "query", "print 1", "--data", os.path.join(self.path, "nowhere"))
        r = run("query", "DeviceEvents | project ActionType", "--data", self.write("DeviceEvents.ndjson", ""))
        self.assertEqual((r.returncode, r.stdout), (0, ""), r.stderr)

    def test_skipped_lines_are_counted_and_strict_refuses_them(self):
        data = self.write("DeviceEvents.ndjson", '{"ActionType":"a"}\nnot json\n{"ActionType":"b"}\n{"Acti')
        query = "DeviceEvents | project ActionType"
        r = run("query", query, "--data", data, "--format", "csv")
        self.assertEqual(r.returncode, 0)
        self.assertEqual(sorted(r.stdout.split()), ["ActionType", "a", "b"])
        self.assertIn("2 of 4", r.stderr)
        self.assertEqual(run("query", query, "--data", data, "--strict").returncode, 1)

    def test_a_damaged_gzip_gives_its_good_part_and_says_so(self):
        whole = gzip.compress(b"".join(b'{"ActionType":"a%d"}\n' % i for i in range(50000)))
        data = self.write("DeviceEvents.ndjson.gz", whole[: len(whole) // 2])
        r = run("query", "DeviceEvents | project ActionType", "--data", data, "--format", "ndjson")
        self.assertGreater(len(r.stdout.splitlines()), 1000)
        self.assertIn("DeviceEvents.ndjson.gz", r.stderr)


class Query(Case):
    def test_formats(self):
        for form, want in {"json": '[{"x":1}]', "ndjson": '{"x":1}', "csv": "x\n1", "tsv": "x\n1"}.items():
            self.assertEqual(run("query", "print x=1", "--format", form).stdout.strip(), want)
        body = json.loads(run("query", "print x=1", "--format", "kusto").stdout)
        self.assertEqual(body["Tables"][0]["Rows"], [[1]])
        self.assertIn("&lt;b&gt;", run("query", "print x='<b>'", "--format", "html").stdout)

    def test_json_stays_json_where_a_number_is_none(self):
        def refuse(word):
            raise AssertionError("no JSON: " + word)
        kql = 'print a = 1.0 / 0, b = real(nan), c = dynamic(["NaN \\" NaN"]), d = pack_array(-1.0 / 0)'
        for form in ["json", "ndjson", "kusto"]:
            r = run("query", kql, "--format", form)
            self.assertEqual(r.returncode, 0, r.stderr)
            got = json.loads(r.stdout, parse_constant=refuse)
            if form == "kusto":
                got = dict(zip("abcd", got["Tables"][0]["Rows"][0]))
            got = got[0] if form == "json" else got
            self.assertEqual(got, {"a": "Infinity", "b": "NaN", "c": ['NaN " NaN'], "d": ["-Infinity"]})

    def test_unknown_names_have_a_position_and_a_hint(self):
        r = self.fails(2, ["<query>:1:", "error["], "query", "DeviceEvent | take 1")
        self.assertIn("DeviceEvents", r.stderr)
        self.fails(2, ["<query>:1:22"], "query", "DeviceEvents | where Nonsense == 1")

    def test_standard_input_and_files(self):
        self.assertEqual(run("query", "-", "--format", "csv", stdin="print x=2").stdout, "x\n2\n")
        path = self.write("q.kql", "print x=3")
        self.assertEqual(run("query", "-f", path, "--format", "csv").stdout, "x\n3\n")

    def test_deep_nesting_is_refused_quickly(self):
        r = run("query", "-", stdin="print " + "(" * 100000)
        self.assertIn(r.returncode, (1, 2))
        self.assertIn("error", r.stderr)


class Others(Case):
    def test_check(self):
        self.assertEqual(run("check", RULE).returncode, 0)
        bad = self.write("bad.kql", "DeviceEvents | where Nope == 1")
        r = run("check", bad, "--format", "json")
        self.assertEqual(r.returncode, 2)
        self.assertEqual(json.loads(r.stdout)["diagnostics"][0]["line"], 1)
        # tables say other types of Timestamp, and some may have any column: a time is a datetime all the same
        times = self.write("times.kql", "search * | project Timestamp, $table | summarize count() by $table, bin(Timestamp, 1d)")
        r = run("check", times, "--format", "json")
        self.assertEqual(json.loads(r.stdout)["columns"][1], {"name": "Timestamp", "type": "datetime"})

    def test_lists(self):
        self.assertIn("SuspiciousUrlClicked", run("rules").stdout)
        self.assertIn("strcat", run("functions").stdout)
        self.assertIn("has_any", run("functions", "has_any").stdout)
        self.assertIn("RemoteUrl", run("tables", "DeviceEvents").stdout)
        self.assertIn("SELECT", run("explain", "print x=1").stdout.upper())

    def test_fmt(self):
        once = run("fmt", "-", stdin="DeviceEvents|where A==1 // why\n|take 5")
        self.assertEqual(once.returncode, 0)
        self.assertIn("// why", once.stdout)
        self.assertEqual(run("fmt", "-", stdin=once.stdout).stdout, once.stdout)

    def test_fmt_puts_one_blank_around_binary_operators(self):
        for given, wanted in {"A  ==1": "A == 1", "A==-1": "A == -1", "A>=B+1*2": "A >= B + 1 * 2", "-1<-A": "-1 < -A",
                              "A=~'x'or  B!~'y'": "A =~ 'x' or B !~ 'y'", "f(A-1)<>(2%B)": "f(A - 1) <> (2 % B)"}.items():
            once = run("fmt", "-", stdin="T | where " + given).stdout
            self.assertEqual(once, "T\n| where " + wanted + "\n")
            self.assertEqual(run("fmt", "-", stdin=once).stdout, once)

    def test_paths_of_rules_are_plain(self):
        self.assertNotIn("/../", run("rules", "--format", "json").stdout)

    def test_help_and_wrong_options(self):
        self.assertIn("Usage", run("help", "hunt").stdout)
        self.fails(2, ["--data"], "query", "--dat", "x", "print 1")
        self.fails(2, ["hunt"], "hunnt")
        for shell in ("man", "bash", "zsh", "fish"):
            self.assertEqual(run("help", "--generate", shell).returncode, 0)


if __name__ == "__main__":
    main()
