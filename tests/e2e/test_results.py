"""Queries with several results: every output format, files, and the choice of one."""
import csv
import io
import json
import os

from program import Case, RULE, SAMPLE, main, run

THREE = 'print a=1, b="x"; datatable(n:long)[1, 2] | as Numbers; print c=long(null) | where false'


class Formats(Case):
    def query(self, text, *args):
        r = run("query", text, *args)
        self.assertEqual(r.returncode, 0, r.stderr)
        return r.stdout

    def test_table(self):
        self.assertEqual(self.query("print a=1; print b=2 | as Second", "--format", "table"),
                         "== Result 1\na\n─\n1\n\n1 row\n\n== Second\nb\n─\n2\n\n1 row\n")

    def test_json(self):
        d = json.loads(self.query(THREE, "--format", "json"))
        self.assertEqual([r["name"] for r in d["results"]], ["Result 1", "Numbers", "Result 3"])
        self.assertEqual([r["rows"] for r in d["results"]], [[{"a": 1, "b": "x"}], [{"n": 1}, {"n": 2}], []])
        self.assertEqual(d["results"][2]["columns"], [{"name": "c", "type": "long"}])

    def test_ndjson(self):
        lines = [json.loads(l) for l in self.query(THREE, "--format", "ndjson").splitlines()]
        self.assertEqual(lines, [{"result": "Result 1", "row": {"a": 1, "b": "x"}},
                                 {"result": "Numbers", "row": {"n": 1}}, {"result": "Numbers", "row": {"n": 2}}])

    def test_markdown_and_html(self):
        self.assertEqual(self.query("print a=1 | as ['x*y']; print b=2", "--format", "markdown"),
                         "## x\\*y\n\n| a |\n| ---: |\n| 1 |\n\n## Result 2\n\n| b |\n| ---: |\n| 2 |\n")
        html = self.query("print a=1 | as ['<i>']; print b=2", "--format", "html")
        self.assertIn("<h2>&lt;i&gt;</h2>", html)
        self.assertEqual(html.count("<table>"), 2)
        self.assertEqual(html.count("</html>"), 1)

    def test_kusto(self):
        tables = json.loads(self.query(THREE, "--format", "kusto"))["Tables"]
        self.assertEqual([t["TableName"] for t in tables], ["Table_0", "Table_1", "Table_2", "Table_3"])
        self.assertEqual(tables[1]["Rows"], [[1], [2]])
        contents = tables[3]
        self.assertEqual([c["ColumnName"] for c in contents["Columns"]],
                         ["Ordinal", "Kind", "Name", "Id", "PrettyName"])
        self.assertEqual([(r[0], r[1], r[4]) for r in contents["Rows"]],
                         [(0, "QueryResult", "Result 1"), (1, "QueryResult", "Numbers"),
                          (2, "QueryResult", "Result 3")])

    def test_one_result_stays_as_it_was(self):
        self.assertEqual(self.query("print a=1 | as Named", "--format", "json"), '[{"a":1}]\n')
        self.assertEqual(self.query("print a=1 | as Named", "--format", "table"), "a\n─\n1\n\n1 row\n")
        self.assertEqual(self.query("print a=1 | as Named", "--format", "ndjson"), '{"a":1}\n')


class Files(Case):
    def test_csv_wants_one_result(self):
        for form in ("csv", "tsv"):
            r = self.fails(2, ["3 results", "--result", "--output DIR/"], "query", THREE, "--format", form)
            self.assertEqual(r.stdout, "")

    def test_a_file_each(self):
        out = os.path.join(self.path, "new") + "/"
        r = run("query", THREE + '; print d=1 | as ["../../Numbers"]; print e=1 | as numbers', "--format", "csv", "-o", out)
        self.assertEqual(r.returncode, 0, r.stderr)
        names = sorted(os.listdir(out))
        self.assertEqual(names, ["Numbers.csv", "Result_1.csv", "Result_3.csv", "_._.._Numbers.csv", "numbers_2.csv"])
        with open(out + "Numbers.csv") as f:
            self.assertEqual(list(csv.reader(f)), [["n"], ["1"], ["2"]])
        with open(out + "Result_3.csv") as f:
            self.assertEqual(f.read(), "c\n")
        self.assertIn("Numbers.csv written", r.stderr)

    def test_parquet_in_a_folder_reads_back(self):
        r = run("query", "print a=1 | as One; print b=2 | as Two", "--format", "parquet", "-o", self.path)
        self.assertEqual(r.returncode, 0, r.stderr)
        back = run("query", "Two | project b", "--table", "Two=" + os.path.join(self.path, "Two.parquet"))
        self.assertEqual(back.stdout, '{"b":2}\n', back.stderr)
        self.fails(2, ["2 results"], "query", "print a=1; print b=2", "--format", "parquet", "-o",
                   os.path.join(self.path, "x.parquet"))

    def test_one_document_in_a_file(self):
        path = os.path.join(self.path, "all.json")
        r = run("query", THREE, "--format", "json", "-o", path)
        self.assertEqual(r.returncode, 0, r.stderr)
        with open(path) as f:
            self.assertEqual(len(json.load(f)["results"]), 3)
        self.assertEqual(os.listdir(self.path), ["all.json"])


class Choice(Case):
    def test_by_number_and_name(self):
        for which in ("2", "Numbers"):
            r = run("query", THREE, "--result", which, "--format", "csv")
            self.assertEqual(r.stdout, "n\n1\n2\n", r.stderr)

    def test_no_such_result(self):
        for which in ("0", "4", "-1", "numbers", ""):
            self.fails(2, ["there is no result", "Result 1, Numbers, Result 3"], "query", THREE, "--result", which)


class Runs(Case):
    def test_materialised_rows_are_the_same_in_all_results(self):
        r = run("query", "let m = materialize(range x from 1 to 100 step 1 | extend r = rand());"
                "m | summarize s = sum(r); m | summarize s = sum(r)", "--format", "json")
        a, b = json.loads(r.stdout)["results"]
        self.assertEqual(a["rows"], b["rows"])

    def test_forked_rows_are_the_same_in_all_branches(self):
        r = run("query", "range x from 1 to 100 step 1 | extend r = rand() | fork (summarize s=sum(r)) (summarize s=sum(r))",
                "--format", "json")
        a, b = json.loads(r.stdout)["results"]
        self.assertEqual(a["rows"], b["rows"])

    def test_data_is_read_once_for_a_fork(self):
        path = self.write("T.ndjson", "".join('{"n":%d}\n' % i for i in range(1000)))
        r = run("query", "T | fork (where n < 10 | count) (count) (summarize max(n))", "--data", path, "--format", "json",
                "--verbose")
        self.assertEqual([list(x["rows"][0].values()) for x in json.loads(r.stdout)["results"]], [[10], [1000], [999]])
        self.assertIn(" and 1000 lines read", r.stderr)

    def test_a_result_that_fails_leaves_a_whole_document(self):
        r = run("query", "print a=1; range x from 1 to 10 step 1", "--max-rows", "5", "--format", "json")
        self.assertEqual(r.returncode, 1)
        self.assertIn("more than 5 rows", r.stderr)
        self.assertEqual(json.loads(r.stdout)["results"][0]["rows"], [{"a": 1}])

    def test_explain_tells_each(self):
        r = run("explain", "print a=1; print b=2")
        self.assertIn("== SQL of result 1", r.stdout)
        self.assertIn("== SQL of result 2", r.stdout)

    def test_a_rule_has_one_result(self):
        rule = self.write("two.kql", "print a=1;\nprint b=2\n")
        self.fails(2, ["two.kql:2:1", "A rule has one result; this query has 2.", "hint:"], "hunt", rule, "--data", SAMPLE)


TWO = """// first
print a=1

// second

print b=2 | where
    b > 1
"""


class Several(Case):
    """Queries parted by blank lines."""

    def test_they_run_in_turn(self):
        path = self.write("two.kql", TWO)
        r = run("query", "-f", path, "--format", "json")
        self.assertEqual([x["rows"] for x in json.loads(r.stdout)["results"]], [[{"a": 1}], [{"b": 2}]], r.stderr)
        r = run("query", "-f", path, "--result", "2", "--format", "csv")
        self.assertEqual(r.stdout, "b\n2\n")

    def test_none_runs_when_one_is_wrong(self):
        path = self.write("two.kql", TWO + "\nprint c=x\n\nprint d=y\n")
        r = self.fails(2, ["two.kql:9:9: error[KS142]", "two.kql:11:9: error[KS142]"], "query", "-f", path)
        self.assertEqual(r.stdout, "")

    def test_a_blank_line_within_one_query(self):
        r = run("query", "-", stdin="let x = 1;\n\nprint a=x\n\n| extend b=2\n")
        self.assertEqual(r.stdout, '{"a":1,"b":2}\n', r.stderr)

    def test_names_of_the_query_above(self):
        r = self.fails(2, ["<stdin>:5:9", "the query above declares it"], "query", "-",
                       stdin="let seven = 7;\nprint a=seven\n\n// next\nprint b=seven\n")
        self.assertNotIn(":2:", r.stderr)

    def test_check_tells_all(self):
        path = self.write("two.kql", "T1 | take 1\n\nDeviceEvents | where Nope == 1\n\nDeviceInfo | project DeviceId\n")
        r = run("check", path)
        self.assertEqual(r.returncode, 2)
        self.assertIn("two.kql:1:1: error[KS204]", r.stderr)
        self.assertIn("two.kql:3:22: error[KS142]", r.stderr)
        self.assertIn("1 file: 0 right, 1 with errors", r.stdout)

    def test_check_as_json(self):
        path = self.write("two.kql", "DeviceEvents | project ActionType\n\nDeviceInfo | project DeviceId | as D;\nprint 1\n")
        d = json.loads(run("check", path, "--format", "json").stdout)
        self.assertTrue(d["ok"])
        self.assertEqual(d["tables"], ["DeviceEvents", "DeviceInfo"])
        self.assertEqual([(r["name"], r["line"], [c["name"] for c in r["columns"]]) for r in d["results"]],
                         [("", 1, ["ActionType"]), ("D", 3, ["DeviceId"]), ("", 4, ["print_0"])])
        self.assertEqual(d["columns"], [{"name": "print_0", "type": "long"}])
        self.assertEqual(d["queries"], [1, 2])
        one = json.loads(run("check", "-", "--format", "json", stdin="DeviceInfo").stdout)
        self.assertNotIn("results", one)

    def test_fmt_keeps_them_apart(self):
        text = "// first\nT|take 5 // five\n\n\n\n// second\nU|count\n"
        r = run("fmt", "-", stdin=text)
        self.assertEqual(r.stdout, "// first\nT\n| take 5 // five\n\n// second\nU\n| count\n")
        self.assertEqual(run("fmt", "-", stdin=r.stdout).stdout, r.stdout)

    def test_explain_tells_each(self):
        r = run("explain", "-", stdin=TWO)
        self.assertIn("==== query 1\n", r.stdout)
        self.assertIn("==== query 2\n", r.stdout)

    def test_a_rule_is_one_query(self):
        rule = self.write("two.kql", TWO)
        self.fails(2, ["two.kql:6:1: error[KS002]", "another query begins"], "hunt", rule, "--data", SAMPLE)
        rule = self.write("r.yaml", "id: 7c1f7a5e-36ae-4c8b-a3f5-0d2b6b4ad001\nname: Two\nquery: |\n  print a=1\n\n  print b=2\n")
        for verb in (["check", rule], ["hunt", rule, "--data", SAMPLE]):
            self.fails(2, ["r.yaml:6:3: error[KS002]", "another query begins"], *verb)
        rule = self.write("s.yaml", "id: 7c1f7a5e-36ae-4c8b-a3f5-0d2b6b4ad001\nname: Two\nquery: |\n  print a=1;\n  print b=2\n")
        for verb in (["check", rule], ["hunt", rule, "--data", SAMPLE]):
            self.fails(2, ["s.yaml:5:3: error[QY225]", "A rule has one result"], *verb)


main()
