#!/usr/bin/env python3
"""What a hunt's report says beside its rows: how much was read, what was lost, why a rule did not run."""
import html
import json
import os
import re
import unicodedata
from html.parser import HTMLParser

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


class Warnings(Report):
    """What standard error warns of stands in the document: with the hunt that it is about, or beside the hunts."""

    def warned(self, *args, code=0):
        document, told = self.hunted(code, *args)
        kept = "\n".join([w for h in document["hunts"] for w in h["warnings"]] + document["warnings"])
        texts = re.findall(r"(?:warning\[\w+\]|quarry: warning): (.*)", told)
        self.assertTrue(texts, told)
        for text in texts:
            self.assertIn(text, kept)
        return document, told

    def test_what_is_odd_in_the_data(self):
        data = os.path.join(self.path, "data")
        self.write("data/DeviceEvents.ndjson", line("a"))
        self.write("data/DeviceEvents/2026/empty.json", "")
        self.write("data/IdentityInfo.ndjson", "".join(
            json.dumps({"Timestamp": "2026-11-20T08:00:00Z", name: "S-1-5-21"}) + "\n" for name in ("AccountSID", "OnPremSid")))
        self.write("data/AlertInfo.csv", "Timestamp [Local Time],AlertId,AlertId\n11/20/2026 8:00:00 AM,1,2\n")
        self.write("data/oddments.ndjson", '{"a":1}\n')
        self.write("lists/broken.csv", "\0")
        about = {"DeviceEvents": ["empty.json: empty"],
                 "IdentityInfo": ["some records hold AccountSID and some OnPremSid"],
                 "AlertInfo": ["times are marked [Local Time]", "names AlertId twice"]}
        general = ["oddments.ndjson: neither its records nor its path name a known table", "no watchlist"]
        for table in about:
            self.write("rules/%s.yaml" % table, rule(table, table))
        document, told = self.warned(os.path.join(self.path, "rules"), "--data", data, "--watchlists",
                                     os.path.join(self.path, "lists"))
        for hunt in document["hunts"]:
            for table, texts in about.items():
                for text in texts + general:
                    n = sum(text in w for w in hunt["warnings"])
                    self.assertEqual(n, int(text in general or table == hunt["rule"]["name"]), (text, hunt["warnings"]))
        for text in sum(about.values(), general):
            self.assertEqual(sum(text in w for w in document["warnings"]), 1, text)
            self.assertEqual(told.count(text), 1, told)
        quiet, told = self.hunted(0, os.path.join(self.path, "rules"), "--data", data, "-q")
        self.assertEqual(told, "")
        self.assertIn("empty.json: empty", "\n".join(quiet["warnings"]))

    def test_what_is_odd_in_a_rule(self):
        path = self.write("r.yaml", "id: a\nname: r\ntactics: [Nonsense]\nquery: DeviceEvents\n")
        document, _ = self.warned(path, "--data", SAMPLE)
        hunt = document["hunts"][0]
        self.assertEqual(hunt["warnings"], ['no ATT&CK tactic is named "Nonsense"'])
        told = hunt["diagnostics"]
        self.assertEqual([(d["severity"], d["line"], d["column"]) for d in told], [("warning", 3, 11)])

    def test_what_may_lose_rows(self):
        rows = "datatable(k: long, url: string) [1, 'a', 1, 'b']"
        path = self.write("r.yaml", "id: a\nname: r\nquery: |\n  %s\n  | join (datatable(k: long) [1]) on k\n  | take 10\n" % rows)
        document, told = self.hunted(0, path, "--data", SAMPLE)
        hunt = document["hunts"][0]
        self.assertEqual((len(hunt["hits"]), told), (1, ""))
        self.assertEqual([(d["code"], d["line"], d["column"]) for d in hunt["diagnostics"]], [("QY230", 5, 5)])
        self.assertIn("line 5 of the rule: A join without kind is innerunique", hunt["warnings"][0])
        _, told = self.warned(path, "--data", SAMPLE, "--verbose")
        self.assertIn("r.yaml:5:5: warning[QY230]", told)

    def test_what_is_odd_in_the_exclusions(self):
        path = self.write("x.yaml", "exclusions:\n  - {name: n, scenario: s, reason: r, owner: o, rules: [Other],\n"
                                    "     when: {process: {file: a.exe}}}\n"
                                    "  - {name: m, scenario: s, reason: r, owner: o, rules: [SuspiciousUrlClicked],\n"
                                    "     when: {column: NoSuchColumn, equals: x}}\n")
        document, _ = self.warned(RULE, "--data", SAMPLE, "-x", path)
        for word in ("x.yaml:3:", "NoSuchColumn", "for none of the rules hunted"):
            self.assertTrue([w for w in document["warnings"] if word in w], document["warnings"])

    def test_a_folder_of_rules_that_holds_something_else(self):
        self.write("rules/a.yaml", rule("a", "print 1"))
        self.write("rules/list.yaml", "- a\n- b\n")
        document, _ = self.warned(os.path.join(self.path, "rules"), "--data", SAMPLE)
        self.assertIn("list.yaml is YAML, but no rule", document["warnings"][0])

    def test_lines_that_are_skipped_beside_the_tables(self):
        self.write("data/DeviceEvents.ndjson", line("a"))
        external = self.write("list.ndjson", '{"s":"a"}\n{broken\n')
        path = self.write("r.yaml", rule("r", "DeviceEvents | where ActionType in "
                                         "(externaldata(s: string)['https://host.example/list.json'] with (format='json'))"))
        document, _ = self.warned(path, "--data", os.path.join(self.path, "data"),
                                  "--external", "https://host.example/list.json=" + external)
        self.assertIn("1 of 2 lines skipped", document["warnings"][0])

    def test_tables_without_rows(self):
        self.write("data/DeviceEvents.ndjson", line("a"))
        self.write("data/AlertInfo.json", "[]")
        data = os.path.join(self.path, "data")
        path = self.write("r.yaml", "id: a\nname: r\nrequiredDataConnectors: [{connectorId: C, dataTypes: [EmailEvents, AlertInfo]}]\n"
                                    "query: DeviceEvents | take 5\n")
        document, _ = self.warned(path, "--data", data)
        hunt = document["hunts"][0]
        self.assertEqual({t["name"]: (t["status"], t["rows"]) for t in hunt["tables"]},
                         {"EmailEvents": ("missing", 0), "AlertInfo": ("empty", 0), "DeviceEvents": ("present", 1)})
        self.assertIn("the table AlertInfo holds no rows", hunt["warnings"])
        self.assertIn("the table EmailEvents is missing from the data (connector C)", hunt["warnings"])
        self.assertIn("Tables: 1 of 3 present, 1 empty, 1 missing", run("hunt", path, "--data", data, "--format", "table").stdout)
        document, _ = self.warned(path, "--data", data, "--from", "2026-11-21")
        self.assertIn("the table DeviceEvents holds no rows between --from and --to", document["hunts"][0]["warnings"])

    def test_a_query_is_told_of_tables_without_rows(self):
        self.write("data/DeviceEvents.ndjson", line("a"))
        self.write("data/AlertInfo.json", "[]")
        data = ("--data", os.path.join(self.path, "data"))
        for query, told in (("DeviceEvents", []), ("union *", ["AlertInfo holds no rows"]), ("union Device*", []), ("print 1", []),
                            ("AlertInfo", ["AlertInfo holds no rows"]),
                            ("union DeviceEvents, SecurityEvent", ["SecurityEvent is missing from the data: it is read as empty"]),
                            ("SecurityEvent; SecurityEvent | count", ["SecurityEvent is missing"]),
                            ("SecurityEvent | count\n\nSecurityEvent | take 1", ["SecurityEvent is missing"])):
            r = run("query", query, *data)
            self.assertEqual(r.returncode, 0, r.stderr)
            self.assertEqual(r.stderr.count("warning: the table"), len(told), query)
            for text in told:
                self.assertIn("quarry: warning: the table " + text, r.stderr)
        self.assertIn("(no --data was given)", run("query", "SecurityEvent").stderr)
        self.assertEqual(run("query", "SecurityEvent", "-q").stderr, "")


class Cells(HTMLParser):
    """The tables of a page, each a list of rows of cells, with the heading that each stands under."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.heading, self.tag, self.places, self.links = [], "", "", set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tag = tag
        if tag == "table":
            self.tables.append((self.heading, []))
        elif tag == "tr":
            self.tables[-1][1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][1][-1].append("")
        elif tag in ("h2", "h3", "h4"):
            self.heading = ""
        elif tag == "a":
            self.places.update(v for k, v in attrs if k == "id")
            self.links.update(v for k, v in attrs if k == "href")

    def handle_data(self, data):
        if self.tag in ("h2", "h3", "h4"):
            self.heading += data.strip("\n")
        elif self.tag in ("td", "th", "a") and self.tables and data != "\n":
            if self.tables[-1][1] and self.tables[-1][1][-1]:
                self.tables[-1][1][-1][-1] += data


def markdown_tables(text):
    """The same of a Markdown document; escapes taken off."""
    tables, heading, inside = [], "", False
    for one in text.splitlines():
        if one.startswith("#"):
            heading = re.sub(r"\\(.)", r"\1", one.lstrip("# "))
        if not one.startswith("|"):
            inside = False
            continue
        if not inside:
            tables.append((heading, []))
        inside = True
        cells = [re.sub(r"\\(.)", r"\1", c.strip()).replace("&amp;", "&").replace("&#9;", "\t")
                 for c in re.split(r"(?<!\\)\|", one)[1:-1]]
        if not all(c == "---" for c in cells):
            tables[-1][1].append(cells)
    return tables


class Documents(Report):
    """HTML and Markdown are handed on: they hold what the JSON and the text form hold."""

    def documents(self, *args, code=0):
        for form in ("html", "markdown"):
            r = run("hunt", *args, "--format", form)
            self.assertEqual(r.returncode, code, r.stderr)
            yield form, r.stdout, Cells(r.stdout).tables if form == "html" else markdown_tables(r.stdout)

    def test_all_that_a_hunt_found(self):
        args = (RULE, "--data", SAMPLE, "-x", EXCLUSIONS)
        hunt = self.hunted(0, *args)[0]["hunts"][0]
        for form, text, tables in self.documents(*args):
            by_heading = dict(tables)
            self.assertEqual([row[:3] for row in by_heading["Tables"][1:]],
                             [[t["name"], t["status"], str(t["rows"])] for t in hunt["tables"]], form)
            hits = by_heading["Hits: 35"]
            self.assertEqual((len(hits), hits[0][:2]), (36, ["Hit", "UrlDeviceClickTime"]), form)
            self.assertEqual([row[0] for row in hits[1:]], [str(i) for i in range(1, 36)])
            id_at = hits[0].index("NetworkMessageId")
            self.assertEqual([row[id_at] for row in hits[1:]], [h["NetworkMessageId"] for h in hunt["hits"]], form)
            self.assertIn("35 hits (5 kept by a protection), 10 suppressed; 299 lines read, 0 skipped", text)
            plain = html.unescape(text if form == "html" else re.sub(r"\\(.)", r"\1", text))
            for warning in hunt["warnings"]:
                self.assertIn(warning, plain, form)
            plain = re.sub(r"</?a[^>]*>", "", plain)
            messages = [h["NetworkMessageId"] for h in hunt["hits"]]
            for p in hunt["protected"]:
                number = messages.index(p["row"]["NetworkMessageId"]) + 1
                self.assertIn('hit %d: "%s" matched; kept by "%s": %s' % (number, p["exclusion"], p["by"], p["reason"]), plain)
            hidden = [s["row"]["NetworkMessageId"] for s in hunt["suppressed"]]
            for u in hunt["unwrapped"]:
                message = u["row"]["NetworkMessageId"]
                place = "hit %d" % (messages.index(message) + 1) if message in messages else "suppressed %d" % (hidden.index(message) + 1)
                self.assertIn("%s: RemoteUrl is a link of %s that leads to %s" % (place, u["service"], u["url"]), plain)
            told = {}
            for heading, rows in tables:
                if " by " in heading:
                    at = {name: rows[0].index(name) for name in ("Because", "UrlDeviceClickTime", "RemoteUrl")}
                    told[heading.split('"')[1]] = [tuple(row[at[n]] for n in at) for row in rows[1:]]
            wanted = {}
            for s in hunt["suppressed"]:
                wanted.setdefault(s["exclusion"], []).append((s["because"], s["row"]["UrlDeviceClickTime"], s["row"]["RemoteUrl"]))
                for fact in ("scenario", "reason", "owner"):
                    self.assertIn("%s: %s" % (fact, s[fact]), plain)
            self.assertEqual(told, wanted, form)

    def test_places_of_a_page_are_its_own(self):
        with open(RULE, encoding="utf-8") as f:
            text = f.read()
        for name in "ab":
            self.write("rules/%s.yaml" % name, text.replace("\nid: ", "\nid: " + name))
        text = run("hunt", os.path.join(self.path, "rules"), "--data", SAMPLE, "-x", EXCLUSIONS, "--format", "html").stdout
        page = Cells(text)
        self.assertEqual(len(page.places), text.count('<a id="'))
        self.assertTrue(page.links)
        self.assertLessEqual({link[1:] for link in page.links}, page.places)

    def test_what_was_skipped_and_warned_of(self):
        self.write("data/DeviceEvents.ndjson", "{broken\n")
        path = self.write("r.yaml", "id: a\nname: r\nrequiredDataConnectors: [{connectorId: C, dataTypes: [EmailEvents]}]\n"
                                    "query: DeviceEvents\n")
        x = self.write("x.yaml", "exclusions:\n  - {name: m, scenario: s, reason: r, owner: o, when: {column: NoSuchColumn, equals: x}}\n")
        args = (path, "--data", os.path.join(self.path, "data"), "-x", x)
        for _, text, tables in self.documents(*args):
            for word in ("1 of 1 line skipped", "1 line read, 1 skipped", "the table EmailEvents is missing from the data (connector C)",
                         "Beside the hunts", "the column NoSuchColumn", "0 hits"):
                self.assertIn(word, text)
            self.assertEqual(dict(tables)["Tables"][1:], [["EmailEvents", "missing", "", "C"], ["DeviceEvents", "empty", "0", "MicrosoftThreatProtection"]])
        self.assertIn("1 line read, 1 skipped", run("hunt", *args, "--format", "table").stdout)

    def test_nothing_in_a_cell_acts(self):
        odd = "".join(map(chr, [*range(0x20), 0x7f, 0x9b, 0x202e, 0x2028])) + "<b>|"
        self.write("data/DeviceEvents.ndjson", line(odd))
        path = self.write("r.yaml", rule("r", "DeviceEvents | project ActionType"))
        for form in ("html", "markdown", "tsv", "table"):
            text = run("hunt", path, "--data", os.path.join(self.path, "data"), "--format", form, stdin=b"").stdout.decode()
            raw = sorted({c for c in text if unicodedata.category(c) == "Cc"} - ({"\n", "\t"} if form == "tsv" else {"\n"}))
            self.assertEqual(raw, [], form)
            self.assertIn("\\x1b", text, form)
            if form != "tsv":
                self.assertNotIn("\u202e", text)
            if form in ("html", "markdown"):
                self.assertNotIn("<b>", text)


class Failures(Report):
    """A rule that did not run stands among the hunts, with its status and why, at its place."""

    def test_rules_that_are_wrong(self):
        wrong = {
            "broken.yaml": ("id: 'x\n", "invalid", ("QY600", 2, 1), None, "broken"),
            "columns.yaml": (rule("columns", "DeviceEvents | where Nope == 1"), "invalid", ("KS142", 4, 24), "columns-id", "columns"),
            "noquery.yaml": ("id: n\nname: NoQuery\n", "invalid", ("QY610", 1, 1), "n", "NoQuery"),
            "syntax.kql": ("DeviceEvents\n| where (", "invalid", ("KS006", 2, 10), None, "syntax"),
            "twin1.yaml": ("id: t\nname: One\nquery: print 1\n", "invalid", ("QY619", 1, 5), "t", "One"),
            "twin2.yaml": ("id: T\nname: Two\nquery: print 1\n", "invalid", ("QY619", 1, 5), "T", "Two"),
            "unsupported.yaml": (rule("unsupported", "print sqrt(1) | evaluate python(typeof(*), 'x')"), "unsupported",
                                 ("QY900", 4, 28), "unsupported-id", "unsupported"),
        }
        for name, case in wrong.items():
            self.write("rules/" + name, case[0])
        self.write("rules/good.yaml", rule("good", "DeviceEvents | take 1"))
        args = (os.path.join(self.path, "rules"), "--data", SAMPLE)
        document, told = self.hunted(2, *args)
        self.assertEqual([os.path.basename(h["rule"]["file"]) for h in document["hunts"]], sorted([*wrong, "good.yaml"]))
        for hunt in document["hunts"]:
            name = os.path.basename(hunt["rule"]["file"])
            if name == "good.yaml":
                self.assertEqual((hunt["status"], len(hunt["hits"]), hunt["diagnostics"]), ("ok", 1, []))
                continue
            _, status, place, rule_id, rule_name = wrong[name]
            first = hunt["diagnostics"][0]
            self.assertEqual((hunt["status"], hunt["hits"], hunt["rule"]["id"], hunt["rule"]["name"]),
                             (status, [], rule_id, rule_name))
            self.assertEqual((first["severity"], first["code"], first["line"], first["column"]), ("error", *place), name)
            self.assertIn("%s:%d:%d: error[%s]: %s" % (name, place[1], place[2], place[0], first["message"]), told)
        for form in ("html", "markdown", "table"):
            r = run("hunt", *args, "--format", form)
            self.assertEqual((r.returncode, r.stdout.count("did not run")), (2, len(wrong)), form)
            if form != "table":
                self.assertIn("columns.yaml:4:24", r.stdout)
        tables = json.loads(run("hunt", *args, "--format", "kusto").stdout)["Tables"]
        self.assertEqual([t["TableName"] for t in tables], ["good"])

    def test_a_rule_that_fails_while_it_runs(self):
        path = self.write("r.yaml", rule("r", "range x from 1 to 100 step 1"))
        document, _ = self.hunted(1, path, "--data", SAMPLE, "--max-rows", "10")
        hunt = document["hunts"][0]
        self.assertEqual(hunt["status"], "limit")
        self.assertEqual([(d["code"], d["phase"], d["line"]) for d in hunt["diagnostics"]], [("QY536", "run", None)])

    def test_a_file_that_cannot_be_read(self):
        os.symlink(os.path.join(self.path, "nowhere"), self.write("rules/a.yaml", rule("a", "print 1")).replace("a.yaml", "b.yaml"))
        os.makedirs(os.path.join(self.path, "c.yaml"))
        big = self.write("big.yaml", "query: |\n  // " + "x" * 5000000)
        document, _ = self.hunted(2, big, os.path.join(self.path, "rules"), "--data", SAMPLE)
        self.assertEqual([h["status"] for h in document["hunts"]], ["invalid", "ok"])
        self.assertIn("4 MiB", document["hunts"][0]["diagnostics"][0]["message"])


if __name__ == "__main__":
    main()
