#!/usr/bin/env python3
"""What a query writes is read back as it was: csv, ndjson, json, kusto and parquet as data."""
import json
import os
import unittest

from program import Case, main, run

ROWS = '''datatable(n:long, s:string, r:real, t:datetime, b:bool, d:dynamic, i:int, w:timespan, g:guid, m:decimal) [
 1, "plain", 0.1, datetime(2026-11-24T10:00:00.1234567Z), true, dynamic({"a":1.50,"b":[1,"x",null],"\u00e9":"\U0001f600"}), int(5), 1d, guid(00000001-0000-4000-8000-000000000001), decimal(1.5),
 2, "quote\\"d, comma; semi\\ttab", 1.7976931348623157e308, datetime(1970-01-01), false, dynamic([1,2.5,"z"]), int(-5), time(1.02:03:04.1234567), guid(null), decimal(-0.25),
 9223372036854775807, "line\\nbreak\\r\\ncr\\rend", 5e-324, datetime(2262-01-01T23:59:59.9999999Z), bool(null), dynamic(null), int(null), time(null), guid(ABCDEF00-0000-4000-8000-00000000ABCD), decimal(null),
 -9223372036854775807, "=1+1", real(nan), datetime(1678-01-01), true, dynamic({}), int(2147483647), time(-00:00:05), guid(null), decimal(0),
 long(null), "@SUM(A1)", real(+inf), datetime(null), false, dynamic([]), int(0), time(0.00:00:00.0000001), guid(null), decimal(0),
 6, "-2+3", real(-inf), datetime(2026-11-24), false, dynamic({"q":"\\"","n":9223372036854775807}), int(0), 0s, guid(null), decimal(0),
 7, "", 0.30000000000000004, datetime(2026-11-24T10:00:00.5Z), false, dynamic([[],{}]), int(0), 0s, guid(null), decimal(0),
 8, " lead trail ", real(null), datetime(1900-02-28T23:59:59.9999999Z), false, dynamic(["\\n\\t\\u0001"]), int(0), 0s, guid(null), decimal(0),
 9, "\\u0001\\u001f\\u007f\\u2028\\ufeff\\\\u0041\\\\", 1e21, datetime(2026-01-01T00:00:00.0000010Z), false, dynamic({"a":{"b":null}}), int(0), 0s, guid(null), decimal(0),
 10, "{\\"a\\":1}", -0.0, datetime(2026-01-01), false, dynamic({"C:\\\\x":"y"}), int(0), 0s, guid(null), decimal(0)]'''
# Columns without a published schema have the types that their values show: a query says which it means.
TYPED = "| project n = tolong(n), s = tostring(s), r = toreal(r), t = todatetime(t), b = tobool(b), d = todynamic(d), i = toint(i)," \
        " w = totimespan(w), g = toguid(g), m = todecimal(m)"


class RoundTrip(Case):
    def kusto(self, query, *args):
        r = run("query", query, "--format", "kusto", *args)
        self.assertEqual(r.returncode, 0, r.stderr)
        return r, json.loads(r.stdout)["Tables"][0]

    def written(self, query, form, name):
        path = os.path.join(self.path, name)
        r = run("query", query, "--format", form, "--output", path)
        self.assertEqual(r.returncode, 0, r.stderr)
        return path

    def test_values_of_all_types(self):
        _, expected = self.kusto(ROWS + TYPED)
        for form in ("ndjson", "json", "csv", "kusto", "parquet"):
            with self.subTest(form):
                path = self.written(ROWS, form, "T." + ("json" if form == "kusto" else form))
                r, back = self.kusto("T " + TYPED, "--table", "T=" + path)
                self.assertEqual(r.stderr, "")
                self.assertEqual(back["Columns"], expected["Columns"])
                for was, came in zip(expected["Rows"], back["Rows"]):
                    self.assertEqual(json.dumps(came), json.dumps(was))  # NaN is not itself

    def test_rows_of_one_empty_cell(self):
        for query, cells in (('datatable(s:string)["a", "", "b", ""]', ["a", "", "b", ""]),
                             ("datatable(s:long)[1, long(null), 3]", [1, None, 3])):
            for form in ("csv", "ndjson", "json", "kusto", "parquet"):
                path = self.written(query, form, "T." + ("json" if form == "kusto" else form))
                _, back = self.kusto("T | project s", "--table", "T=" + path)
                self.assertEqual([row[0] for row in back["Rows"]], cells, form)

    def test_names_of_columns(self):
        names = ["a b", "c,d", 'q"q', "x;y", "\u00e9", "tab\there", "dotted.key"]
        literals = ["['%s']" % n.replace("\t", "\\t") for n in names]
        query = "print " + ", ".join("%s = 'v%d'" % (n, i) for i, n in enumerate(literals))
        for form in ("csv", "ndjson", "json", "kusto", "parquet"):
            path = self.written(query, form, "T." + ("json" if form == "kusto" else form))
            _, back = self.kusto("T | project " + ", ".join(literals), "--table", "T=" + path)
            self.assertEqual(back["Rows"], [["v%d" % i for i in range(len(names))]], form)
        path = self.written("print ['x;y'] = '1;2'", "csv", "U.csv")
        self.assertEqual(self.kusto("U | project ['x;y']", "--table", "U=" + path)[1]["Rows"], [["1;2"]])

    def test_as_a_known_table(self):
        query = ROWS.replace("datatable(n:long, s:string", "datatable(ReportId:long, ActionType:string").replace("t:datetime", "Timestamp:datetime") \
            .replace("d:dynamic", "AdditionalFields:dynamic")
        shown = "| project ReportId, ActionType, Timestamp, AdditionalFields"
        _, expected = self.kusto(query + shown)
        for form in ("ndjson", "json", "csv", "kusto", "parquet"):
            path = self.written(query, form, "DeviceEvents." + ("json" if form == "kusto" else form))
            r, back = self.kusto("DeviceEvents " + shown, "--table", "DeviceEvents=" + path)
            self.assertEqual((back, r.stderr), (expected, ""), form)


if __name__ == "__main__":
    main()
