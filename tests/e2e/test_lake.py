#!/usr/bin/env python3
"""The lake: import, reading it in the place of the exports, and its chores."""
import csv
import gzip
import io
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time

from program import EXCLUSIONS, QUARRY, ROOT, RULE, SAMPLE, Case, main, run

WORDS = ["evil", "bad", "good", "Öl", "café", "a_b", "x-y", "10.0.0.1", "c:\\\\temp\\\\new", "line\\nbreak", "ünder"]


class Lake(Case):
    def setUp(self):
        super().setUp()
        self.lake = os.path.join(self.path, "lake")

    def export(self, name, rows):
        return self.write(name, "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows))

    def ok(self, *args):
        r = run(*args)
        self.assertEqual(r.returncode, 0, r.stderr)
        return r.stdout

    def take_in(self, *paths, options=()):
        data = [x for p in paths for x in ("--data", p)]
        return json.loads(self.ok("import", *data, "--lake", self.lake, "--format", "json", *options))

    def rows(self, kql, *where):
        return json.loads(self.ok("query", kql, "--format", "json", *where))

    def events(self, n, seed=1):
        rng = random.Random(seed)
        for i in range(n):
            text = " ".join(rng.choice(WORDS) for _ in range(3))
            yield {"Timestamp": f"2026-11-{1 + i % 5:02d}T{i % 24:02d}:00:00.{i % 10000000:07d}Z",
                   "DeviceName": f"pc{i % 7}", "ActionType": rng.choice(WORDS[:3]), "RemotePort": i,
                   "ProcessCommandLine": text.encode().decode("unicode_escape", "ignore") if i % 2 else text,
                   "AdditionalFields": json.dumps({"Note": rng.choice(WORDS), "N": i % 3})}

    def test_the_hunt_finds_in_the_lake_what_it_finds_in_the_exports(self):
        self.ok("import", "--data", SAMPLE, "--lake", self.lake)
        r = self.ok("hunt", RULE, "--lake", self.lake,
                    "--exclusions", EXCLUSIONS,
                    "--format", "json")
        check = subprocess.run([sys.executable, os.path.join(ROOT, "content/samples/check.py")], input=r,
                               capture_output=True, text=True)
        self.assertEqual(check.returncode, 0, check.stdout + check.stderr)

    def test_columns_whose_names_differ_only_in_case(self):
        """AppServiceAppLogs has StackTrace and Stacktrace; a column takes nothing from the other, be it there or not."""
        rows = [{"TimeGenerated": "2026-11-24T10:00:00Z", "StackTrace": "big", "Stacktrace": "small", "Host": "a"},
                {"TimeGenerated": "2026-11-24T11:00:00Z", "Stacktrace": "alone", "Host": "b"},
                {"TimeGenerated": "2026-11-24T12:00:00Z", "StackTrace": "UPPER", "Host": "c"}]
        kql = "AppServiceAppLogs | sort by TimeGenerated asc | project StackTrace, Stacktrace, Host"
        expected = [{"StackTrace": r.get("StackTrace", ""), "Stacktrace": r.get("Stacktrace", ""), "Host": r["Host"]} for r in rows]
        for parts in ([rows], [rows[:1], rows[1:2], rows[2:]], [rows[2:], rows[1:2], rows[:1]]):
            self.lake = os.path.join(self.path, "lake%d" % len(os.listdir(self.path)))
            for i, part in enumerate(parts):
                self.take_in(self.export("%d/AppServiceAppLogs.ndjson" % i, part))
            self.assertEqual(self.rows(kql, "--lake", self.lake), expected)
            self.assertEqual(self.rows("AppServiceAppLogs | where StackTrace == 'big' and Stacktrace has 'small' | count", "--lake", self.lake), [{"Count": 1}])
            self.ok("lake", "compact", "--lake", self.lake)
            self.assertEqual(self.rows(kql, "--lake", self.lake), expected)

    def test_queries_give_the_same_rows(self):
        path = self.export("DeviceEvents.ndjson", self.events(400))
        report = self.take_in(path)
        self.assertEqual([(t["name"], t["rows"], t["parts"]) for t in report["tables"]], [("DeviceEvents", 400, 5)])
        conditions = ["true", "Timestamp >= datetime(2026-11-03) and Timestamp < datetime(2026-11-04)",
                      "Timestamp between (datetime(2026-11-01T03:00:00) .. 1h)", "RemotePort == 7",
                      "ActionType in ('evil', 'none')", "DeviceName =~ 'PC3'", "tostring(AdditionalFields.N) == '2'",
                      "parse_json(AdditionalFields).Note == 'bad'", "ActionType == 'evil' or DeviceName == 'pc1'"]
        words = ["EVIL", "öl", "café", "a_b", "x-y", "0.0", "new", "nbreak", "break", "missing", "good bad"]
        for word in words:
            conditions += [f"ProcessCommandLine has '{word}'", f"AdditionalFields has '{word}'",
                           f"AdditionalFields.Note has '{word}'", f"ProcessCommandLine contains '{word}'",
                           f"ProcessCommandLine has_any ('{word}', 'zzz')", f"not(ProcessCommandLine has '{word}')"]
        # each branch reads the lake for itself, with its own parts
        kql = "union " + ", ".join(
            f"(DeviceEvents | where {c} | summarize n = count(), s = sum(RemotePort), t = max(Timestamp) | extend i = {i})"
            for i, c in enumerate(conditions)) + " | sort by i asc"
        lake, data = self.rows(kql, "--lake", self.lake), self.rows(kql, "--data", path)
        for condition, got, want in zip(conditions, lake, data, strict=True):
            self.assertEqual(got, want, condition)
        self.assertGreater(sum(r["n"] > 0 for r in data), 40)

    def test_many_small_files_of_all_kinds(self):
        for i in range(150):
            rows = [{"Timestamp": f"2026-{1 + i % 12:02d}-{1 + k:02d}T00:00:00Z", "DeviceName": f"pc{k}", "RemotePort": i * 10 + k,
                     "AdditionalFields": json.dumps({"a": i})} for k in range(10)]
            lines = "".join(json.dumps(r) + "\n" for r in rows)
            table = io.StringIO()
            writer = csv.DictWriter(table, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
            stream = "".join(json.dumps({"time": r["Timestamp"], "tenantId": "t", "category": "AdvancedHunting-DeviceEvents",
                                         "properties": r}) + "\n" for r in rows)
            name, content = [("json", json.dumps(rows)), ("csv", table.getvalue()), ("ndjson", stream), ("ndjson", lines),
                             ("ndjson.gz", gzip.compress(lines.encode()))][i % 5]
            self.write(f"in/h={i // 20}/DeviceEvents-{i}.{name}", content)
        data = os.path.join(self.path, "in")
        self.assertEqual(self.take_in(data, options=["--batch", "60K"])["files"], 150)
        whole = ("DeviceEvents | summarize count(), sum(RemotePort), dcount(DeviceName), min(Timestamp), max(Timestamp), "
                 "sum(toint(AdditionalFields.a))")
        for chore in (["verify"], ["compact"], ["verify"]):
            self.ok("lake", *chore, "--lake", self.lake)
            self.assertEqual(self.rows(whole, "--lake", self.lake), self.rows(whole, "--data", data))
        self.assertEqual(self.take_in(data)["known"], 150)

    def test_more_rows_than_a_part_holds_and_less_memory_than_rows(self):
        rng = random.Random(11)
        rows = [{"TimeGenerated": f"2026-11-{1 + rng.randrange(3) // 2:02d}T{rng.randrange(24):02d}:{rng.randrange(60):02d}:00Z", "n": i,
                 "b": rng.choice([True, False, None]), "r": rng.choice([0.5, -0.0, 1e5, None, i / 8]), "l": rng.choice([i, -i, None, 1 << 40]),
                 "s": rng.choice(["", "same", "ü" * 70, f"only {i}"]), "d": rng.choice([None, {"k": [i, None]}, [1, "x"], "text", 5])}
                for i in range(100000)]
        path = self.export("Wide_CL.ndjson", rows)
        queries = ["Wide_CL | getschema", "Wide_CL | where n % 997 == 0 | sort by n asc",
                   "Wide_CL | summarize count(), sum(n), countif(isnull(b)), sum(r), sum(l), dcount(s, 4), max(strlen(s)), "
                   "dcount(tostring(d), 4) by bin(TimeGenerated, 12h) | sort by TimeGenerated asc",
                   "Wide_CL | where s == 'only 77777' or d.k[0] == 4321 or r == 0 and n < 900 | sort by n asc"]
        want = [self.rows(q, "--data", path) for q in queries]
        for memory, least in (("2G", 3), ("8M", 8)):
            lake = os.path.join(self.path, memory)
            self.ok("import", "--data", path, "--lake", lake, "--memory", memory)
            stats = json.loads(self.ok("lake", "stats", "--lake", lake, "--format", "json"))
            self.assertGreaterEqual(stats["tables"][0]["parts"], least)
            for query, rows in zip(queries, want, strict=True):
                self.assertEqual(self.rows(query, "--lake", lake), rows, query)

    def test_parts_of_an_export_in_order_of_time_follow_each_other(self):
        def at(i):  # 160,000 rows of the first day, 2,000 of each of ten days behind it
            day, second = (1, i * 86400 // 160000) if i < 160000 else (2 + (i - 160000) // 2000, i % 2000)
            return f"2026-11-{day:02d}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"
        path = self.export("Long_CL.ndjson", ({"TimeGenerated": at(i), "n": i, "s": f"only {i}"} for i in range(180000)))
        self.ok("import", "--data", path, "--lake", self.lake, "--memory", "24M")
        with open(os.path.join(self.lake, "quarry-lake.json"), encoding="utf-8") as f:
            parts = sorted(json.load(f)["tables"]["Long_CL"], key=lambda p: p["from"])
        self.assertEqual([p["day"] for p in parts], ["2026-11-01"] * 3 + [f"2026-11-{d:02d}" for d in range(2, 12)])
        for one, next_one in zip(parts, parts[1:]):
            self.assertLessEqual(one["to"], next_one["from"])
            self.assertLessEqual(one["rows"], 61440)
        self.assertGreater(parts[0]["rows"], 30720)
        self.assertEqual(self.rows("Long_CL | summarize count(), sum(n), dcount(s, 4)", "--lake", self.lake),
                         self.rows("Long_CL | summarize count(), sum(n), dcount(s, 4)", "--data", path))

    def test_every_column_comes_back_exactly(self):
        path = self.export("DeviceEvents.ndjson", self.events(60))
        self.take_in(path)
        kql = "DeviceEvents | sort by RemotePort asc | project-away TimeGenerated, Type"
        self.assertEqual(self.rows(kql, "--lake", self.lake), self.rows(kql, "--data", path))

    def test_parts_that_cannot_hold_a_row_are_not_read(self):
        self.take_in(self.export("DeviceEvents.ndjson", self.events(50)))
        one_day = self.ok("explain", "DeviceEvents | where Timestamp >= datetime(2026-11-05) | count",
                          "--lake", self.lake)
        self.assertEqual(one_day.count("day=2026-11-05"), 1)
        self.assertEqual(one_day.count("day=2026-11-01"), 0)
        nothing = self.ok("explain", "DeviceEvents | where ProcessCommandLine has 'missing' | count",
                          "--lake", self.lake)
        self.assertNotIn("read_parquet", nothing)

    def test_bounds_on_time_leave_out_days(self):
        rows = [{"Timestamp": f"2026-11-{d:02d}T{h:02d}:30:00Z", "RemotePort": d} for d in range(1, 11) for h in (1, 13)]
        path = self.export("DeviceEvents.ndjson", rows)
        self.take_in(path)
        day = "datetime(2026-11-05)"
        days = {f"Timestamp between ({day} .. 1d)": 1, f"Timestamp between ({day} .. 1h)": 0,
                f"Timestamp between ({day} .. datetime(2026-11-06T00:00))": 1, f"TimeGenerated >= {day}": 6,
                f"Timestamp < {day}": 4, f"{day} > Timestamp": 4, f"Timestamp == {day}": 0, f"Timestamp + 2d > {day}": 8,
                f"Timestamp - 2d > {day}": 4, f"{day} - Timestamp < 2d": 8, f"Timestamp - {day} <= 1d": 5,
                f"bin(Timestamp, 1d) == {day}": 1, f"startofday(Timestamp) >= {day}": 6, "startofmonth(Timestamp) <= datetime(2026-09-01)": 0,
                f"startofweek(Timestamp) == startofweek({day})": 7, f"Timestamp in ({day}, datetime(2026-11-07T13:30))": 3,
                "Timestamp < datetime(2026-11-02) or (Timestamp > datetime(2026-11-02T12:00) and Timestamp < datetime(2026-11-03))": 2,
                f"not(Timestamp < {day})": 10, f"Timestamp !between ({day} .. 1d)": 10, "Timestamp > ago(7d)": None,
                "Timestamp >= startofday(ago(7d))": None, "TimeGenerated > now() - 1d": None, f"RemotePort > 3 and Timestamp >= {day}": 6,
                f"RemotePort > 3 or Timestamp >= {day}": 10, "Timestamp > todatetime('2026-11-05')": 6,
                "Timestamp between (startofday(datetime(2026-11-05)) .. endofday(datetime(2026-11-06)))": 2}
        for condition, n in days.items():
            with self.subTest(condition):
                query = f"DeviceEvents | where {condition} | summarize count(), sum(RemotePort)"
                plan = self.ok("explain", query, "--lake", self.lake)
                if n is not None:  # else it depends on the clock
                    self.assertEqual(plan.count("/day="), n)
                self.assertEqual(self.rows(query, "--lake", self.lake), self.rows(query, "--data", path))
        query = "let from = ago(5d); DeviceEvents | where Timestamp > from | count"
        self.assertEqual(self.rows(query, "--lake", self.lake), self.rows(query, "--data", path))

    def test_the_same_export_is_counted_once(self):
        first = self.export("DeviceEvents.ndjson", self.events(10))
        self.assertEqual(self.take_in(first)["files"], 1)
        os.rename(first, os.path.join(self.path, "DeviceEvents-2026.ndjson"))
        again = self.take_in(os.path.join(self.path, "DeviceEvents-2026.ndjson"))
        self.assertEqual((again["files"], again["known"]), (0, 1))
        self.assertEqual(self.rows("DeviceEvents | count", "--lake", self.lake), [{"Count": 10}])
        self.take_in(os.path.join(self.path, "DeviceEvents-2026.ndjson"), options=["--again"])
        self.assertEqual(self.rows("DeviceEvents | count", "--lake", self.lake), [{"Count": 20}])

    def test_of_a_file_that_has_grown_what_is_new_is_taken(self):
        rows = list(self.events(30))
        lines = [json.dumps(r) + "\n" for r in rows]
        for n in (10, 11, 30, 30):
            path = self.write("log/DeviceEvents.ndjson", "".join(lines[:n]))
            self.take_in(path)
            self.assertEqual(self.rows("DeviceEvents | summarize count(), sum(RemotePort)", "--lake", self.lake),
                             [{"count_": n, "sum_RemotePort": n * (n - 1) // 2}])
        # a last line that is being written is taken once it is whole, one without a line end at once
        shown = "DeviceEvents | where RemotePort >= 100 | summarize count(), sum(RemotePort)"
        more = [json.dumps(dict(rows[0], RemotePort=100 + i)) for i in range(4)]
        for text, taken in ((more[0] + "\n" + more[1][:30], 1), (more[0] + "\n" + more[1], 2), ("\n".join(more[:3]) + "\n", 3),
                            ("\n".join(more) + "\n", 4)):
            path = self.write("log/DeviceEvents.ndjson", "".join(lines) + text)
            r = run("import", "--data", path, "--lake", self.lake)
            self.assertEqual(("QY238" in r.stderr, r.returncode), (taken == 1, 0), r.stderr)
            self.assertEqual(self.rows(shown, "--lake", self.lake),
                             [{"count_": taken, "sum_RemotePort": sum(range(100, 100 + taken))}])
        self.assertEqual(self.rows("DeviceEvents | count", "--lake", self.lake), [{"Count": 34}])
        # the same name elsewhere, with other content, is another file
        self.take_in(self.write("DeviceEvents.ndjson", "".join(lines[5:30]) * 2))
        self.assertEqual(self.rows("DeviceEvents | count", "--lake", self.lake), [{"Count": 84}])
        # nobody knows where what is new begins
        for name, content in (("EmailEvents.ndjson", '{"RecipientObjectId": "a"}'), ("UrlClickEvents.csv", "Timestamp,Url\n2026-01-01,u\n")):
            path = self.write(name, content)
            self.take_in(path)
            self.write(name, content + content)
            r = run("import", "--data", path, "--lake", self.lake)
            self.assertEqual(r.returncode, 0)
            self.assertIn("QY236", r.stderr)
            self.assertEqual(self.rows(name.split(".")[0] + " | count", "--lake", self.lake), [{"Count": 1}])

    def test_new_exports_are_added_and_the_lake_stands_beside_data(self):
        self.take_in(self.export("DeviceEvents-1.ndjson", self.events(10)))
        self.take_in(self.export("DeviceEvents-2.ndjson", self.events(5, seed=2)))
        more = self.export("DeviceEvents-3.ndjson", self.events(3, seed=3))
        self.assertEqual(self.rows("DeviceEvents | count", "--lake", self.lake, "--data", more), [{"Count": 18}])

    def test_rows_without_a_time_and_tables_without_one(self):
        self.take_in(self.export("Odd_CL.ndjson", [{"a": 1}, {"a": 2}]),
                     self.export("DeviceEvents.ndjson", [{"ActionType": "x"}, {"ActionType": "y", "Timestamp":
                                                                              "2026-11-01T00:00:00Z"}]))
        self.assertEqual(self.rows("Odd_CL | summarize sum(a)", "--lake", self.lake), [{"sum_a": 3}])
        self.assertEqual(self.rows("DeviceEvents | summarize count(), countif(isnull(Timestamp))",
                                   "--lake", self.lake), [{"count_": 2, "countif_": 1}])

    def test_times_outside_of_1677_to_2262_are_kept(self):
        self.take_in(self.export("DeviceEvents.ndjson", [{"Timestamp": "0001-01-01T00:00:00Z", "RemotePort": 1},
                                                        {"Timestamp": "9999-12-31T23:59:59.9999999Z"}]))
        self.assertEqual([r["Timestamp"] for r in self.rows("DeviceEvents | sort by Timestamp asc", "--lake",
                                                            self.lake)],
                         ["0001-01-01T00:00:00.0000000Z", "9999-12-31T23:59:59.9999999Z"])

    def test_a_lake_in_microseconds(self):
        times = ["2026-11-24T10:44:33.1234567Z", "2026-11-24T10:44:33.123456Z", "0001-01-01T00:00:00.0000019Z",
                 "9999-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.9999999Z"]
        cut = ["2026-11-24T10:44:33.1234560Z", "2026-11-24T10:44:33.1234560Z", "0001-01-01T00:00:00.0000010Z",
               "9999-12-31T23:59:59.9999990Z", "1969-12-31T23:59:59.9999990Z"]
        path = self.export("DeviceEvents.ndjson", [{"Timestamp": t, "RemotePort": i} for i, t in enumerate(times)])
        report = self.take_in(path, options=["--timestamps", "micros"])
        self.assertEqual(report["datetimes_cut"], 4)
        kql = "DeviceEvents | sort by RemotePort asc | project t = tostring(Timestamp)"
        want = [{"t": t} for t in cut]
        self.assertEqual(self.rows(kql, "--lake", self.lake), want)
        # what was cut off is found by what is stored, and parts are not left out by what was there
        for t in cut:
            self.assertEqual(self.rows(f"DeviceEvents | where Timestamp == datetime({t}) | count", "--lake", self.lake),
                             [{"Count": 2 if t.startswith("2026") else 1}], t)
        # it stays so, whatever is said later
        with open(os.path.join(self.lake, "quarry-lake.json"), encoding="utf-8") as f:
            self.assertEqual(json.load(f)["timestamps"], "micros")
        r = run("import", "--data", path, "--lake", self.lake, "--again", "--timestamps", "nanos")
        self.assertEqual(r.returncode, 2, r.stderr)
        self.assertIn("stored in microseconds", r.stderr)
        again = run("import", "--data", path, "--lake", self.lake, "--again")
        self.assertIn("4 datetimes lost a digit", again.stderr)
        self.ok("lake", "compact", "--lake", self.lake)
        self.assertEqual(self.rows("DeviceEvents | summarize n = count() by Timestamp | summarize sum(n), count()",
                                   "--lake", self.lake), [{"sum_n": 10, "count_": 4}])
        # the files say themselves what they hold
        self.assertEqual(self.rows(kql, "--data", os.path.join(self.lake, "DeviceEvents"))[::2], want)

    def test_a_lake_is_in_nanoseconds_unless_told(self):
        path = self.export("DeviceEvents.ndjson", [{"Timestamp": "2026-11-24T10:44:33.1234567Z"}])
        self.assertEqual(self.take_in(path, options=["--timestamps", "nanos"])["datetimes_cut"], 0)
        r = run("import", "--data", path, "--lake", self.lake, "--again", "--timestamps", "micros")
        self.assertEqual(r.returncode, 2, r.stderr)
        self.assertEqual(self.rows("DeviceEvents | project t = tostring(Timestamp)", "--lake", self.lake),
                         [{"t": "2026-11-24T10:44:33.1234567Z"}])
        r = run("import", "--data", path, "--lake", self.lake + "2", "--timestamps", "seconds")
        self.assertEqual(r.returncode, 2)

    def test_times_inside_and_outside_of_1677_to_2262_in_a_table_without_a_schema(self):
        path = self.export("Odd_CL.ndjson", [{"TimeGenerated": "0001-01-01T00:00:00Z", "a": 1},
                                            {"TimeGenerated": "2026-01-01T00:00:00Z", "a": 2}])
        self.take_in(path)
        self.take_in(self.export("Odd_CL-2.ndjson", [{"TimeGenerated": "2026-01-01T05:00:00Z", "a": 3}]))
        self.ok("lake", "compact", "--lake", self.lake)
        self.assertEqual(self.rows("Odd_CL | sort by a asc | project TimeGenerated", "--lake", self.lake),
                         [{"TimeGenerated": t} for t in ("0001-01-01T00:00:00.0000000Z",
                          "2026-01-01T00:00:00.0000000Z", "2026-01-01T05:00:00.0000000Z")])

    def test_types_that_change_from_export_to_export(self):
        values = {"x": (5, "five 5"), "y": ({"k": 1}, "abc"), "z": (1, 1.5), "b": (True, 3), "s": ("a", "12"),
                  "j": ([1], '{"k":"v"}'), "n": ("word", {"k": "other"}), "m": ({"k": 1}, "[1")}
        paths = [self.export(f"Odd_CL-{i}.ndjson", [{k: v[i] for k, v in values.items()}]) for i in (0, 1)]
        for path in paths:
            self.take_in(path)
        data = ["--data", paths[0], "--data", paths[1]]
        for kql in ("Odd_CL | getschema", "Odd_CL | sort by z asc", "Odd_CL | where x has '5' | count",
                    "Odd_CL | where y == 'abc' | count", "Odd_CL | where tostring(y.k) == '1' | count",
                    "Odd_CL | where x in~ ('5', 'FIVE 5') | count", "Odd_CL | where b has '3' | count",
                    "Odd_CL | where j.k has 'v' | count", "Odd_CL | where n has_any ('word', 'other') | count"):
            self.assertEqual(self.rows(kql, "--lake", self.lake), self.rows(kql, *data), kql)

    def test_a_part_that_may_hold_a_row_is_read(self):
        rng = random.Random(4)
        pieces = ["evil", "Bad", "7", "1e3", "ö", "É", "\u212a", "\u0131", "\u017f", "_", "-", ".", " ", "\\", "/", '"', "'",
                  "\n", "\t", "\\n", "\\u0065vil", "{", "K", "s", "i", "\U0001f600", "%"]

        def text():
            return "".join(rng.choice(pieces) for _ in range(rng.randint(1, 6)))

        def bag():
            return {"Note": text(), "In": json.dumps({"Deep": text()}), "N": rng.choice([1, 1e3, 2.5, True, None])}
        rows = [{"Timestamp": f"2026-{1 + i // 28:02d}-{1 + i % 28:02d}T00:00:00Z", "DeviceName": text(), "RemotePort": i,
                 "ProcessCommandLine": json.dumps(bag(), ensure_ascii=rng.random() < 0.5), "FileName": text(),
                 "AdditionalFields": rng.choice([bag(), json.dumps(bag())])} for i in range(70)]
        rows[0]["DeviceName"], rows[1]["DeviceName"] = "\u212aevil", "x\u017fe\u0131"
        path = self.export("DeviceEvents.ndjson", rows)
        self.take_in(path)  # a part a row

        def quoted(s):
            escaped = s.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
            return f'"{escaped}"'

        def source():
            base = rng.choice(["DeviceName", "FileName", "ProcessCommandLine", "AdditionalFields", "AdditionalFields.Note",
                               "AdditionalFields['In']", "parse_json(tostring(AdditionalFields.In)).Deep",
                               "parse_json(ProcessCommandLine).Note", "parse_json(ProcessCommandLine).N"])
            wrap = rng.choice(["{}", "tolower(tostring({}))", "toupper(tostring({}))", "tostring({})"])
            return "{}" if base == "" else wrap.format(base)

        def needle():
            row = rng.choice(rows)
            whole = rng.choice([row["DeviceName"], row["FileName"], text()])
            piece = rng.choice([whole, whole[rng.randint(0, len(whole) - 1):], rng.choice(pieces), "kevil", "1000.0"])
            return quoted(rng.choice([piece, piece.lower(), piece.upper()]))

        def condition(depth):
            if depth and rng.random() < 0.4:
                return "(" + rng.choice([" and ", " or "]).join(condition(depth - 1) for _ in range(2)) + ")"
            operator = rng.choice(["has", "has_cs", "==", "=~", "in", "in~", "has_any", "has_all"])
            left = source()
            if operator == "in" or operator == "in~" or operator.startswith("has_a"):
                return f"{left} {operator} ({needle()}, {needle()})"
            return f"{left if operator != '==' else f'tostring({left})'} {operator} {needle()}"
        for _ in range(4):
            conditions = [condition(2) for _ in range(40)]
            conditions += ["tolower(DeviceName) == 'kevil'", "toupper(DeviceName) has 'XSEI'"]
            kql = "union " + ", ".join(f"(DeviceEvents | where {c} | project i = {i}, RemotePort)"
                                       for i, c in enumerate(conditions)) + " | sort by i asc, RemotePort asc"
            lake, data = self.rows(kql, "--lake", self.lake), self.rows(kql, "--data", path)
            lost = [(conditions[r["i"]], rows[r["RemotePort"]]) for r in data if r not in lake]
            self.assertEqual(lost, [])
            self.assertEqual(len(lake), len(data))
            self.assertGreater(len(data), 25)

    def test_a_damaged_filter_loses_no_rows(self):
        rng = random.Random(8)
        rows = [{"Timestamp": "2026-11-01T00:00:00Z", "FileName": f"w{i}", "RemotePort": i} for i in range(300)]
        self.take_in(self.export("DeviceEvents.ndjson", rows))
        terms = [os.path.join(d, f) for d, _, fs in os.walk(self.lake) for f in fs if f.endswith(".terms")][0]
        with open(terms, "rb") as f:
            whole = f.read()
        damaged = [whole[:n] for n in (0, 3, 16, len(whole) // 2, len(whole) - 1)] + [whole + b"x", bytes(len(whole))]
        for _ in range(12):
            flipped = bytearray(whole)
            start = rng.randrange(len(whole))
            flipped[start:start + 40] = bytes(len(flipped[start:start + 40]))
            damaged.append(bytes(flipped))
        kql = "union " + ", ".join(f"(DeviceEvents | where FileName == 'w{i}')" for i in range(0, 300, 12)) + " | count"
        for content in damaged:
            with open(terms, "wb") as f:
                f.write(content)
            self.assertEqual(self.rows(kql, "--lake", self.lake), [{"Count": 25}], len(content))

    def test_standard_input_is_imported_once_and_alone(self):
        path = self.export("DeviceEvents.ndjson", self.events(5))
        with open(path, encoding="utf-8") as f:
            command = [QUARRY, "import", "--table", "DeviceEvents=-", "--lake", self.lake]
            r = subprocess.run(command, stdin=f, capture_output=True, text=True, timeout=60)
            self.assertEqual(r.returncode, 0, r.stderr)
            self.assertEqual(self.rows("DeviceEvents | count", "--lake", self.lake), [{"Count": 5}])
            f.seek(0)
            r = subprocess.run(command + ["--data", path], stdin=f, capture_output=True, text=True, timeout=60)
            self.assertEqual(r.returncode, 2)
            self.assertIn("alone", r.stderr)

    def test_files_of_others_are_not_swept_away(self):
        path = self.export("DeviceEvents.ndjson", self.events(3))
        theirs = [os.path.join(self.lake, p) for p in ("spark/part-00000-a.parquet", "t/day=2026-01-01/part-1.parquet")]
        lost = os.path.join(self.lake, "DeviceEvents/day=2026-01-01/part-9-0001.parquet")
        for p in theirs + [lost]:
            os.makedirs(os.path.dirname(p), exist_ok=True)
            with open(p, "w", encoding="utf-8"):
                pass
        r = run("import", "--data", path, "--lake", self.lake)
        self.assertEqual(r.returncode, 1)  # parts without a list may be a lake's that has lost it
        self.assertTrue(os.path.exists(lost))
        os.unlink(lost)
        self.take_in(path)
        self.take_in(path, options=["--again"])
        self.assertTrue(all(os.path.exists(p) for p in theirs))

    def test_all_files_of_a_table_that_are_not_hidden_are_parquet(self):
        """Programs that read a folder whole leave out what begins with a dot or an underscore, and nothing else."""
        self.take_in(self.export("DeviceEvents.ndjson", self.events(40)))
        files = [f for _, _, fs in os.walk(os.path.join(self.lake, "DeviceEvents")) for f in fs]
        self.assertEqual({os.path.splitext(f)[1] for f in files}, {".parquet", ".terms"})
        self.assertEqual({f[0] for f in files if f.endswith(".terms")}, {"."})
        self.assertEqual([f for f in files if f.endswith(".parquet") and f[0] in "._"], [])

    def test_two_imports_at_once_into_a_new_lake(self):
        paths = [self.export(f"DeviceEvents-{i}.ndjson", self.events(50, seed=i)) for i in range(2)]
        for _ in range(4):
            lake = tempfile.mkdtemp(dir=self.path)
            started = [subprocess.Popen([QUARRY, "import", "--data", p, "--lake", lake], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL) for p in paths]
            done = [p.wait() for p in started].count(0)
            self.assertGreater(done, 0)
            self.assertEqual(self.rows("DeviceEvents | count", "--lake", lake), [{"Count": 50 * done}])

    def test_an_import_that_is_killed_leaves_the_lake_as_it_was(self):
        self.take_in(self.export("DeviceEvents-1.ndjson", self.events(10)))
        big = [self.export(f"DeviceEvents-7{i}.ndjson", self.events(6000, seed=i + 10)) for i in range(3)]
        data = [x for p in big for x in ("--data", p)]
        for wait in (0.05, 0.2, 0.4):
            p = subprocess.Popen([QUARRY, "import", *data, "--lake", self.lake, "--batch", "100K"],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(wait)
            p.send_signal(signal.SIGKILL)
            p.wait()
            n = self.rows("DeviceEvents | count", "--lake", self.lake)[0]["Count"]
            self.assertIn(n, (10, 6010, 12010, 18010))
        self.take_in(*big, options=["--batch", "100K"])
        self.assertEqual(self.rows("DeviceEvents | count", "--lake", self.lake), [{"Count": 18010}])
        self.assertIn(" 0 wrong, 0 leftover", self.ok("lake", "verify", "--lake", self.lake))

    def test_one_process_at_a_time_changes_a_lake(self):
        import fcntl
        self.take_in(self.export("DeviceEvents.ndjson", self.events(3)))
        with open(os.path.join(self.lake, ".quarry-lake.lock"), "r+", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            r = run("import", "--data", self.export("DeviceEvents-2.ndjson", self.events(4)), "--lake", self.lake)
            self.assertEqual(r.returncode, 2)
            self.assertIn("another process", r.stderr)
        self.assertEqual(self.rows("DeviceEvents | count", "--lake", self.lake), [{"Count": 3}])

    def test_compact_and_expire(self):
        for i in range(4):
            self.take_in(self.export(f"DeviceEvents-{i}.ndjson", self.events(10, seed=i)))
        whole = "DeviceEvents | summarize count(), sum(RemotePort), min(Timestamp), max(Timestamp)"
        before = self.rows(whole, "--lake", self.lake)
        self.assertIn("20 parts", self.ok("lake", "compact", "--lake", self.lake))
        self.assertEqual(self.rows(whole, "--lake", self.lake), before)
        stats = json.loads(self.ok("lake", "stats", "--lake", self.lake, "--format", "json"))
        self.assertEqual((stats["tables"][0]["parts"], stats["tables"][0]["rows"]), (5, 40))
        self.assertIn("16 rows removed", self.ok("lake", "expire", "--before", "2026-11-03", "--lake", self.lake))
        self.assertEqual(self.rows("DeviceEvents | summarize first = min(bin(Timestamp, 1d)), n = count()", "--lake", self.lake),
                         [{"first": "2026-11-03T00:00:00.0000000Z", "n": 24}])
        self.assertIn("3 parts, 0 wrong, 0 leftover", self.ok("lake", "verify", "--lake", self.lake))

    def test_readers_see_the_lake_before_a_change_or_after_it(self):
        for i in range(5):
            self.take_in(self.export(f"DeviceEvents-{i}.ndjson", self.events(400, seed=i)))
        query = ["query", "union (DeviceEvents | summarize n = count(), m = dcount(RemotePort, 4)), (DeviceEvents | where Timestamp < "
                 "datetime(2026-11-02) | summarize n = count(), m = sum(RemotePort)) | sort by n desc", "--format", "json",
                 "--lake", self.lake]
        stop, seen, failed = threading.Event(), set(), []

        def read():
            while not stop.is_set():
                r = run(*query)
                if r.returncode or r.stderr:
                    failed.append(r.stderr)
                else:
                    seen.add(json.dumps([x["n"] for x in json.loads(r.stdout)]))
        readers = [threading.Thread(target=read) for _ in range(3)]
        for reader in readers:
            reader.start()
        more = self.export("DeviceEvents-more.ndjson", self.events(400, seed=9))
        for _ in range(4):
            self.ok("lake", "compact", "--lake", self.lake)
            self.ok("lake", "expire", "--before", "2026-11-02", "--lake", self.lake)
            self.take_in(more, options=["--again"])
        stop.set()
        for reader in readers:
            reader.join()
        self.assertEqual(failed, [])
        allowed = [[2000, 400]]
        for _ in range(4):
            allowed += [[allowed[-1][0] - allowed[-1][1], 0]]
            allowed += [[allowed[-1][0] + 400, 80]]
        self.assertLessEqual(seen, {json.dumps(x) for x in allowed})
        self.ok("lake", "compact", "--lake", self.lake)
        self.assertIn(" 0 wrong, 0 leftover", self.ok("lake", "verify", "--lake", self.lake))

    def test_a_full_disk_leaves_the_lake_as_it_was(self):
        self.take_in(self.export("DeviceEvents-1.ndjson", self.events(10)))
        big = self.export("DeviceEvents-2.ndjson", self.events(4000, seed=2))

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
        r = run("import", "--data", big, "--lake", self.lake, preexec_fn=limit)
        self.assertEqual(r.returncode, 1)
        self.assertIn("File too large", r.stderr)
        self.assertEqual(self.rows("DeviceEvents | count", "--lake", self.lake), [{"Count": 10}])
        self.take_in(big)
        self.assertIn(" 0 wrong, 0 leftover", self.ok("lake", "verify", "--lake", self.lake))
        self.assertEqual(self.rows("DeviceEvents | count", "--lake", self.lake), [{"Count": 4010}])

    def test_damaged_parts_are_errors_and_not_rows(self):
        path = self.export("DeviceEvents.ndjson", self.events(300))
        self.take_in(path)
        query = "DeviceEvents | summarize count(), sum(RemotePort), dcount(ProcessCommandLine), max(tostring(AdditionalFields))"
        want, rng, n_told = self.rows(query, "--lake", self.lake), random.Random(6), 0
        part = sorted(os.path.join(d, f) for d, _, fs in os.walk(self.lake) for f in fs if f.endswith(".parquet"))[2]
        with open(part, "rb") as f:
            whole = f.read()
        for i in range(40):
            damaged = bytearray(whole)
            if i % 4 == 0:
                damaged = damaged[:rng.randrange(len(whole))]
            else:
                damaged[rng.randrange(4, len(whole))] ^= 1 << rng.randrange(8)
            with open(part, "wb") as f:
                f.write(damaged)
            r = run("query", query, "--format", "json", "--lake", self.lake)
            self.assertIn(r.returncode, (0, 1), r.stderr)
            if r.returncode == 0:  # what was hit is not read by this query
                self.assertEqual(json.loads(r.stdout), want)
            n_told += r.returncode
        self.assertGreater(n_told, 10)

    def test_a_lost_filter_is_told_and_its_part_is_read(self):
        self.take_in(self.export("DeviceEvents.ndjson", self.events(300)))
        query = ["query", "DeviceEvents | where ProcessCommandLine has 'evil' | count", "--format", "json", "--lake", self.lake]
        want = run(*query)
        self.assertEqual(want.stderr, "")
        os.unlink([os.path.join(d, f) for d, _, fs in os.walk(self.lake) for f in fs if f.endswith(".terms")][0])
        got = run(*query)
        self.assertEqual((got.returncode, got.stdout), (0, want.stdout))
        self.assertIn("QY235", got.stderr)

    def test_a_lake_that_nobody_can_write_to_is_read(self):
        self.take_in(self.export("DeviceEvents.ndjson", self.events(30)))
        os.unlink(os.path.join(self.lake, ".quarry-lake.readers"))
        for folder, _, files in os.walk(self.lake):
            os.chmod(folder, 0o555)
            self.addCleanup(os.chmod, folder, 0o755)
            for name in files:
                os.chmod(os.path.join(folder, name), 0o444)
        self.assertEqual(self.rows("DeviceEvents | count", "--lake", self.lake), [{"Count": 30}])
        self.assertIn(" 0 wrong", self.ok("lake", "verify", "--lake", self.lake))
        if os.getuid():
            more = self.export("DeviceEvents-2.ndjson", self.events(3))
            self.fails(1, ["ermission denied"], "import", "--data", more, "--lake", self.lake)

    def as_nobody(self):
        """How to run as a user who may write to nothing that is not open to all."""
        os.chmod(self.path, 0o755)
        return {} if os.getuid() else {"user": 65534, "group": 65534, "extra_groups": []}

    def all_files(self, folder):
        found = {}
        for d, _, names in os.walk(folder):
            for name in names:
                with open(os.path.join(d, name), "rb") as f:
                    found[os.path.join(d, name)] = f.read()
        return found

    def closed(self, folder):
        os.chmod(folder, 0o555)
        self.addCleanup(os.chmod, folder, 0o755)

    def test_a_lake_of_somebody_else_is_read_and_not_changed(self):
        who, path = self.as_nobody(), self.export("DeviceEvents.ndjson", self.events(30))
        self.take_in(path)
        for folder, _, files in os.walk(self.lake):
            self.closed(folder)
            for name in files:
                os.chmod(os.path.join(folder, name), 0o444)
        before = self.all_files(self.lake)
        more = self.export("DeviceEvents-2.ndjson", self.events(3, seed=4))
        words = ["QY241", self.lake, "cannot be changed", "ermission denied", "nothing was changed"]
        for args in (["import", "--data", more], ["lake", "compact"], ["lake", "expire", "--before", "2030-01-01"]):
            self.fails(1, words, *args, "--lake", self.lake, **who)
        self.assertEqual(self.all_files(self.lake), before)
        got = run("query", "DeviceEvents | count", "--format", "json", "--lake", self.lake, **who)
        self.assertEqual(json.loads(got.stdout), [{"Count": 30}])

    def test_a_lake_is_not_begun_where_nothing_may_be_written(self):
        who, path = self.as_nobody(), self.export("DeviceEvents.ndjson", self.events(30))
        folder = os.path.join(self.path, "closed")
        os.mkdir(folder)
        self.closed(folder)
        for lake in (folder, os.path.join(folder, "new")):
            self.fails(1, ["QY241", lake, "ermission denied"], "import", "--data", path, "--lake", lake, **who)
        self.assertEqual(os.listdir(folder), [])

    def test_exports_that_may_only_be_read_are_imported(self):
        who, path = self.as_nobody(), self.export("in/DeviceEvents.ndjson", self.events(30))
        os.chmod(path, 0o444)
        self.closed(os.path.dirname(path))
        out = os.path.join(self.path, "out")
        os.mkdir(out)
        os.chmod(out, 0o777)
        lake = os.path.join(out, "lake")
        r = run("import", "--data", os.path.dirname(path), "--lake", lake, "--quiet", **who)
        self.assertEqual((r.returncode, r.stderr), (0, ""))
        self.assertEqual(self.rows("DeviceEvents | count", "--lake", lake), [{"Count": 30}])
        os.chmod(path, 0o000)
        if os.getuid() == 0:
            self.fails(1, ["DeviceEvents.ndjson", "ermission denied"], "import", "--data", os.path.dirname(path), "--lake", lake, **who)
        self.assertEqual(self.rows("DeviceEvents | count", "--lake", lake), [{"Count": 30}])

    def test_verify_sees_each_byte(self):
        self.take_in(self.export("DeviceEvents.ndjson", self.events(300)))
        self.assertIn("5 parts, 0 wrong", self.ok("lake", "verify", "--lake", self.lake))
        rng = random.Random(3)
        for part in [os.path.join(d, f) for d, _, fs in os.walk(self.lake) for f in fs if f.endswith(".parquet")]:
            with open(part, "rb") as f:
                whole = f.read()
            for _ in range(3):
                damaged = bytearray(whole)
                damaged[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
                with open(part, "wb") as f:
                    f.write(damaged)
                self.fails(1, ["QY242", part], "lake", "verify", "--lake", self.lake)
            with open(part, "wb") as f:
                f.write(whole)
        self.ok("lake", "compact", "--lake", self.lake)
        self.assertIn(" 0 wrong", self.ok("lake", "verify", "--lake", self.lake))

    def test_a_query_over_a_part_that_is_gone_names_it(self):
        self.take_in(self.export("DeviceEvents.ndjson", self.events(10)))
        part = [os.path.join(d, f) for d, _, fs in os.walk(self.lake) for f in fs if f.endswith(".parquet")][1]
        os.unlink(part)
        self.fails(1, ["QY534", part + " is missing"], "query", "DeviceEvents | where RemotePort >= 0", "--lake", self.lake)

    def test_damage_is_told(self):
        self.take_in(self.export("DeviceEvents.ndjson", self.events(10)))
        parts = [os.path.join(d, f) for d, _, fs in os.walk(self.lake) for f in fs if f.endswith(".parquet")]
        os.truncate(parts[0], 100)
        os.unlink(parts[1])
        r = run("lake", "verify", "--lake", self.lake)
        self.assertEqual(r.returncode, 1)
        self.assertIn("5 parts, 2 wrong", r.stdout)
        self.assertIn("is missing", r.stderr)
        with open(os.path.join(self.lake, "quarry-lake.json"), "w", encoding="utf-8") as f:
            f.write('{"version":1')
        self.assertIn("damaged", run("query", "DeviceEvents | count", "--lake", self.lake).stderr)
        self.assertIn("no lake", run("query", "print 1", "--lake", self.path).stderr)

    def test_a_list_that_points_outside_is_refused(self):
        self.take_in(self.export("DeviceEvents.ndjson", self.events(3)))
        path = os.path.join(self.lake, "quarry-lake.json")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write(text.replace("DeviceEvents/day=", "../day=", 1))
        self.assertEqual(run("query", "DeviceEvents | count", "--lake", self.lake).returncode, 1)

    def test_skipped_lines_are_told_and_strict_takes_nothing(self):
        path = self.export("DeviceEvents.ndjson", [{"ActionType": "x"}])
        with open(path, "a", encoding="utf-8") as f:
            f.write("{broken\n")
        r = run("import", "--data", path, "--lake", self.lake, "--strict")
        self.assertEqual(r.returncode, 1)
        r = run("import", "--data", path, "--lake", self.lake)
        self.assertIn("1 of 2 lines", r.stderr)
        self.assertIn("2 lines read, 1 skipped", r.stdout)

    def test_wrong_command_lines(self):
        for args in (["import", "--lake", self.lake], ["import", "--data", SAMPLE, "--lake", self.lake, "--from", "2026-01-01"], ["import", "--data", SAMPLE], ["lake", "--lake", self.lake],
                     ["lake", "sweep", "--lake", self.lake], ["lake", "expire", "--lake", self.lake]):
            self.assertEqual(run(*args).returncode, 2, args)


if __name__ == "__main__":
    main()
