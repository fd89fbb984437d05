#!/usr/bin/env python3
"""Every export envelope, plain and compressed, gives the same rows; links meet wrapped or bare."""
import csv
import gzip
import io
import json
import os
import re
import shutil
import subprocess
import unittest

from program import Case, main, run

ROWS = [
    {"Timestamp": "2026-07-22T10:43:01.1234567Z", "DeviceId": "d1", "ActionType": "BrowserLaunchedToOpenUrl",
     "RemoteUrl": "https://a.example/x,\"y\"?z=1", "ReportId": 17, "AdditionalFields": '{"a":{"b":[1,2]}}'},
    {"Timestamp": "2026-07-22T10:43:02.0000000Z", "DeviceId": "d\u00e42", "ActionType": "", "RemoteUrl": "",
     "ReportId": 9007199254740993, "AdditionalFields": ""},
    {"Timestamp": "2026-07-22T10:43:03.5000000Z", "DeviceId": "d3", "ActionType": "PowerShellCommand",
     "RemoteUrl": "line\nbreak", "ReportId": None, "AdditionalFields": '{"a":{"b":[3]}}'},
]
NAMES = list(ROWS[0])
KINDS = {"Timestamp": "datetime", "ReportId": "long"}
QUERY = ("DeviceEvents | extend B = tostring(parse_json(AdditionalFields).a.b[0]) | sort by Timestamp asc"
         " | project Timestamp, DeviceId, ActionType, RemoteUrl, ReportId, B")
EXPECTED = [dict({k: row[k] for k in NAMES[:5]}, B=b) for row, b in zip(ROWS, ["1", "", "3"])]


def text(value):
    return (json.dumps(value, ensure_ascii=False) + "\n").encode()


def streamed(row, table="DeviceEvents"):
    return {"time": "2026-07-22T10:44:33.4250955Z", "tenantId": "t", "operationName": "Publish",
            "category": "AdvancedHunting-" + table, "_TimeReceivedBySvc": "2026-07-22T10:43:05.0000000",
            "properties": dict(row, MachineGroup=None), "Tenant": "DefaultTenant"}


def typed(row):
    row = dict(row, TenantId="w", TimeGenerated=row["Timestamp"], Type="DeviceEvents", _ItemId="1")
    if row["AdditionalFields"]:
        row["AdditionalFields"] = json.loads(row["AdditionalFields"])  # dynamic in Sentinel
    return row


def cells(header=NAMES, delimiter=",", rows=ROWS):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    if header:
        writer.writerow(header)
    for row in rows:
        writer.writerow(["" if row[n] is None else row[n] for n in NAMES])
    return out.getvalue().encode()


def columns(name, kind):
    return [{name: n, kind: KINDS.get(n, "string")} for n in NAMES]


def values():
    return [[row[n] for n in NAMES] for row in ROWS]


def portal():
    """Month first, 12 hours, thousandths of a second: as the portal writes times."""
    def shown(t):
        hour = int(t[11:13])
        return "%d/%d/%s, %d%s.%s %s" % (int(t[5:7]), int(t[8:10]), t[:4], hour % 12 or 12, t[13:19], t[20:23],
                                         "AM" if hour < 12 else "PM")
    rows = [dict(row, Timestamp=shown(row["Timestamp"])) for row in ROWS]
    return b"\xef\xbb\xbf" + cells(["Timestamp [UTC]"] + NAMES[1:], rows=rows)


# envelope: path, bytes, whether the table must be named by hand
BLOB = "insights-logs-advancedhunting-deviceevents/tenantId=t/y=2026/m=07/d=22/h=10/m=00/PT1H.json"
RULE_BLOB = "am-DeviceEvents/WorkspaceResourceId=/subscriptions/s/y=2026/m=07/d=22/h=10/m=40/PT05M%s.json"
ENVELOPES = {
    "streaming": (BLOB, b"".join(text(streamed(r)).replace(b"\n", b"\r\n") for r in ROWS), False),
    "event-hub": ("hub.json", text({"records": [streamed(r) for r in ROWS]}), False),
    "event-hub-lines": ("hub.json", b"".join(text({"records": [streamed(r)]}) for r in ROWS), False),
    "event-hub-mixed": ("hub.json", text({"records": [streamed({"AlertId": "x"}, "AlertInfo")] +
                                          [streamed(r) for r in ROWS]}), False),
    "export-rule": (RULE_BLOB % "", b"".join(text(typed(r)) for r in ROWS), False),
    "export-rule-overflow": (RULE_BLOB % "_1", b"".join(text(typed(r)) for r in ROWS), False),
    "export-rule-hub": ("hub.json", text({"records": [typed(r) for r in ROWS]}), False),
    "graph": ("body.json", text({"@odata.context": "c", "schema": columns("name", "type"), "results": ROWS}), True),
    "graph-upper": ("body.json", text({"schema": columns("Name", "Type"), "results": ROWS}), True),
    "defender-api": ("body.json", text({"Stats": {}, "Schema": columns("Name", "Type"), "Results": ROWS}), True),
    "log-analytics-api": ("body.json", text({"tables": [
        {"name": "PrimaryResult", "columns": columns("name", "type"), "rows": values()}]}), True),
    "az-cli": ("body.json", json.dumps([dict({k: "" if v is None else str(v) for k, v in r.items()},
                                             TableName="PrimaryResult") for r in ROWS], indent=2).encode(), True),
    "kusto-v1": ("body.json", text({"Tables": [{"TableName": "Table_0", "Columns": columns("ColumnName", "ColumnType"),
                                                "Rows": values()}]}), True),
    "kusto-v2": ("body.json", text([
        {"FrameType": "DataSetHeader", "IsProgressive": False, "Version": "v2.0"},
        {"FrameType": "DataTable", "TableId": 0, "TableKind": "QueryProperties", "TableName": "@ExtendedProperties",
         "Columns": [{"ColumnName": "Key", "ColumnType": "string"}], "Rows": [["Visualization"]]},
        {"FrameType": "DataTable", "TableId": 1, "TableKind": "PrimaryResult", "TableName": "PrimaryResult",
         "Columns": columns("ColumnName", "ColumnType"), "Rows": values()},
        {"FrameType": "DataSetCompletion", "HasErrors": False}]), True),
    "kusto-export-lines": ("export_1_abc.json", b"".join(text(r) for r in ROWS), True),
    "portal-csv": ("query_data.csv", portal(), True),
    "defender-csv": ("DeviceEvents.csv", cells(), False),
    "tsv": ("DeviceEvents.tsv", cells(delimiter="\t"), False),
    "ndjson": ("DeviceEvents-2026-07-22.ndjson", b"".join(text(r) for r in ROWS), False),
    "ndjson-in-a-folder": ("DeviceEvents/2026/07/22.json", b"".join(text(r) for r in ROWS), False),
    "array": ("DeviceEvents.json", text(ROWS), False),
    "array-indented": ("DeviceEvents.json", json.dumps(ROWS, indent=4).encode(), False),
    "one-object": ("DeviceEvents.json", json.dumps(ROWS[0], indent=4).encode(), False),
}


class Envelopes(Case):
    def read(self, *options):
        r = run("query", QUERY, "--format", "ndjson", *options)
        self.assertEqual(r.returncode, 0, r.stderr)
        return [json.loads(row) for row in r.stdout.splitlines()]

    def expected(self, name):
        rows = EXPECTED[:1] if name == "one-object" else EXPECTED
        if name == "portal-csv":  # thousandths are all that the portal keeps
            rows = [dict(r, Timestamp=r["Timestamp"][:23] + "0000Z") for r in rows]
        return rows

    def each(self, extension, pack):
        for name, (path, content, by_hand) in ENVELOPES.items():
            with self.subTest(name):
                shutil.rmtree(os.path.join(self.path, "data"), ignore_errors=True)
                file = self.write("data/" + path + extension, pack(content))
                option = ["--table", "DeviceEvents=" + file] if by_hand else ["--data", os.path.join(self.path, "data")]
                self.assertEqual(self.read(*option), self.expected(name))

    def test_plain(self):
        self.each("", bytes)

    def test_gzip(self):
        self.each(".gz", gzip.compress)

    def test_gzip_in_several_members(self):
        self.each(".gz", lambda b: gzip.compress(b[:100]) + gzip.compress(b[100:]))

    @unittest.skipUnless(shutil.which("zstd"), "zstd is not there")
    def test_zstd(self):
        self.each(".zst", lambda b: subprocess.run(["zstd", "-qc"], input=b, capture_output=True, check=True).stdout)

    def test_compression_is_told_by_content_not_by_name(self):
        self.write("DeviceEvents.json", gzip.compress(b"".join(text(r) for r in ROWS)))
        self.assertEqual(self.read("--data", self.path), EXPECTED)

    def test_standard_input(self):
        lines = b"".join(text(streamed(r)) for r in ROWS)
        for stdin in (lines, gzip.compress(lines)):
            r = run("query", QUERY, "--format", "ndjson", "--data", "-", stdin=stdin)
            self.assertEqual(r.returncode, 0, r.stderr)
            self.assertEqual([json.loads(row) for row in r.stdout.splitlines()], EXPECTED)

    def test_headerless_csv(self):
        file = self.write("export.csv", cells(header=None))
        r = run("query", "T | count", "--table", "T=" + file, "--format", "csv")
        self.assertEqual(r.stdout.split(), ["Count", "3"])
        self.assertIn("names no columns", r.stderr)

    def test_parquet(self):
        """Written by the program itself, read from a file, a folder with the table's name, and by a Type column."""
        source = self.write("source/DeviceEvents.ndjson", b"".join(text(r) for r in ROWS))
        for place, query in {"DeviceEvents.parquet": "DeviceEvents | project " + ", ".join(NAMES),
                             "DeviceEvents/part-0.parquet": "DeviceEvents | project " + ", ".join(NAMES),
                             "job/x.parquet": "DeviceEvents | project Type, " + ", ".join(NAMES)}.items():
            with self.subTest(place):
                shutil.rmtree(os.path.join(self.path, "data"), ignore_errors=True)
                out = os.path.join(self.path, "data", place)
                os.makedirs(os.path.dirname(out))
                r = run("query", query, "--data", source, "--format", "parquet", "--output", out)
                self.assertEqual(r.returncode, 0, r.stderr)
                self.assertEqual(self.read("--data", os.path.join(self.path, "data")), EXPECTED)

    def test_twins_of_parquet_beside_others(self):
        for name, column in (("a", "Timestamp"), ("b", "TimeGenerated")):
            source = self.write(name + "/in/DeviceEvents.ndjson",
                                text({column: "2026-07-22T10:43:01Z", "DeviceId": name, "ReportId": 1}))
            out = os.path.join(self.path, "data", name, "DeviceEvents.parquet")
            os.makedirs(os.path.dirname(out))
            r = run("query", "DeviceEvents | project DeviceId, " + column, "--data", source, "--format", "parquet", "--output", out)
            self.assertEqual(r.returncode, 0, r.stderr)
        self.write("data/c/DeviceEvents.ndjson", text({"TimeGenerated": "2026-07-22T10:43:02Z", "DeviceId": "c"}))
        for column in ("Timestamp", "TimeGenerated"):
            r = run("query", "DeviceEvents | where %s between (datetime(2026-07-22) .. 1d) | summarize make_set(DeviceId)"
                    % column, "--data", os.path.join(self.path, "data"), "--format", "json")
            self.assertEqual(sorted(json.loads(r.stdout)[0]["set_DeviceId"]), ["a", "b", "c"], r.stderr)

    def test_a_partial_answer_is_told(self):
        body = {"tables": [{"name": "PrimaryResult", "columns": columns("name", "type"), "rows": values()}],
                "error": {"code": "PartialError", "message": "too large"}}
        file = self.write("body.json", text(body))
        r = run("query", QUERY, "--table", "DeviceEvents=" + file, "--format", "ndjson")
        self.assertEqual(len(r.stdout.splitlines()), 3)
        self.assertIn("not complete", r.stderr)

    def test_a_file_that_names_no_table(self):
        self.write("data/mystery.ndjson", text({"x": 1}))
        r = run("query", "mystery | project x", "--data", os.path.join(self.path, "data"), "--format", "csv")
        self.assertEqual(r.stdout.split(), ["x", "1"])
        self.assertIn("mystery.ndjson", r.stderr)
        self.assertIn("--table", r.stderr)


class Tables(Case):
    """`quarry tables` counts the columns that were seen, and says when there may be more."""

    def test_columns_that_were_seen(self):
        row = {"Timestamp": "2026-11-20T08:00:00Z", "ActionType": "a", "DeviceId": "d", "Url": "https://host.example/"}
        line = json.dumps(row) + "\n"
        self.write("data/UrlClickEvents.ndjson", line)
        self.write("data/DeviceEvents.ndjson", line * 20000)
        data = os.path.join(self.path, "data")
        shown = run("tables", "--data", data).stdout
        self.assertRegex(shown, r"(?m)^UrlClickEvents  1 row  4 of \d+ columns in the data$")
        self.assertRegex(shown, r"(?m)^DeviceEvents  20000 rows  at least 4 of \d+ columns in the data$")
        told = {t["table"]: (t["columns_seen"], t["seen_whole"])
                for t in map(json.loads, run("tables", "--data", data, "--format", "json").stdout.splitlines())}
        self.assertEqual(told, {"UrlClickEvents": (4, True), "DeviceEvents": (4, False)})
        for table, absent in (("UrlClickEvents", "(not in the data)"), ("DeviceEvents", "(not seen where the data was looked at)")):
            columns = dict(re.findall(r"(?m)^  (\w+) +\w+(.*)$", run("tables", table, "--data", data).stdout))
            self.assertEqual((columns["ActionType"], columns["AccountUpn" if table == "UrlClickEvents" else "RemoteUrl"]), ("", "  " + absent))
            self.assertEqual(columns["TimeGenerated"], "  (read from Timestamp)")

    def test_one_of_each(self):
        self.write("data/DeviceEvents.ndjson", json.dumps({"Timestamp": "2026-11-20T08:00:00Z", "ProcessId": "abc"}) + "\n")
        r = run("query", "DeviceEvents | project ProcessId", "--data", os.path.join(self.path, "data"))
        self.assertIn("1 value in 1 line ", r.stderr)


if __name__ == "__main__":
    main()
