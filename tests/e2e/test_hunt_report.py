#!/usr/bin/env python3
"""What a hunt's report says beside its rows: how much was read, what was lost, why a rule did not run."""
import json
import os

from program import EXCLUSIONS, RULE, SAMPLE, Case, main, run


def line(action, **more):
    return json.dumps({"Timestamp": "2026-11-20T08:00:00Z", "ActionType": action, **more}) + "\n"


def rule(name, query):
    return "id: %s-id\nname: %s\nquery: |\n  %s\n" % (name, name, query)


class Report(Case):
    def hunted(self, code, *args):
        r = run("hunt", *args, "--format", "json")
        self.assertEqual(r.returncode, code, r.stderr)
        return json.loads(r.stdout), r.stderr


class Stats(Report):
    """Each line, record and byte of a file counts once, however many queries and scans read it."""

    def stats(self, query, *args):
        path = self.write("rule.yaml", rule("r", query))
        document, _ = self.hunted(0, path, "--data", os.path.join(self.path, "data"), *args)
        return document["hunts"][0]["stats"]

    def test_a_file_that_is_read_again_and_again(self):
        path = self.write("data/DeviceEvents.ndjson", line("a") + "{broken\n\n" + line("b"))
        for query in ("DeviceEvents", "DeviceEvents | join kind=inner DeviceEvents on ActionType",
                      "DeviceEvents | union DeviceEvents | where ActionType in (DeviceEvents | project ActionType)"):
            for more in ((), ("--no-counts",)):
                s = self.stats(query, *more)
                self.assertEqual((s["lines_read"], s["lines_skipped"], s["bytes_read"]), (3, 1, os.path.getsize(path)), query)

    def test_a_file_of_two_tables_and_one_with_a_header(self):
        self.write("data/mixed.ndjson", "".join(
            json.dumps({"category": "AdvancedHunting-" + table, "properties": {"Timestamp": "2026-11-20T08:00:00Z"}}) + "\n"
            for table in ("DeviceEvents", "DeviceFileEvents", "DeviceEvents")))
        self.write("data/AlertInfo.csv", "Timestamp,AlertId\n2026-11-20T08:00:00Z,1\n2026-11-20T08:00:00Z,2\n")
        self.assertEqual(self.stats("union DeviceEvents, DeviceFileEvents")["lines_read"], 3)
        self.assertEqual(self.stats("union DeviceEvents, AlertInfo")["lines_read"], 5)
        r = run("import", "--data", os.path.join(self.path, "data"), "--lake", os.path.join(self.path, "lake"))
        self.assertEqual(r.returncode, 0, r.stderr)
        self.assertIn("5 lines read, 0 skipped", r.stdout)

    def test_a_file_beside_the_data_that_is_named_twice(self):
        self.write("data/DeviceEvents.ndjson", line("a"))
        external = self.write("list.csv", "a\nb\n")
        query = ("let L = externaldata(s: string)['https://host.example/list.csv']; "
                 "DeviceEvents | where ActionType in (L) and ActionType in (L)")
        s = self.stats(query, "--external", "https://host.example/list.csv=" + external)
        self.assertEqual((s["lines_read"], s["bytes_read"]), (3, len(line("a")) + 4))

    def test_each_rule_has_its_own(self):
        self.write("data/DeviceEvents.ndjson", line("a") * 3)
        self.write("data/AlertInfo.ndjson", line("a") * 2)
        for name, query in (("a", "DeviceEvents"), ("b", "union DeviceEvents, AlertInfo"), ("c", "AlertInfo")):
            self.write("rules/%s.yaml" % name, rule(name, query))
        document, _ = self.hunted(0, os.path.join(self.path, "rules"), "--data", os.path.join(self.path, "data"))
        self.assertEqual([h["stats"]["lines_read"] for h in document["hunts"]], [3, 5, 2])

    def test_the_sample(self):
        document, _ = self.hunted(0, RULE, "--data", SAMPLE, "-x", EXCLUSIONS)
        self.assertEqual(document["hunts"][0]["stats"]["lines_read"], 299)  # the records of all seven files


if __name__ == "__main__":
    main()
