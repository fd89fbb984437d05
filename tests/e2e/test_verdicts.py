#!/usr/bin/env python3
"""Clicks of a trusted job on links of which the data knows more than the row says: what the mail filter
said of the link or its message, or another table of the process. What is known, or could not be found
out, keeps the row."""
import gzip
import json
import os
from urllib.parse import quote

from program import EXCLUSIONS, RULE, main, run
from test_red_team import HOME, Clicks, nested, pp2, safe

JOB = {"process": "SyncDataJob.exe"}
KNOWN = "UrlClickEvents says Phish"


def link(i):
    return "https://partner%d.example/a?x=1" % i


class Verdicts(Clicks):
    def lines(self, table, rows):
        self.write("data/%s.ndjson" % table, "".join(json.dumps(row) + "\n" for row in rows))

    def built(self, links, more=None):
        """The tables of clicks of the trusted job on these links, for a test to add to."""
        self.hunt(links, more={x: dict(JOB, **(more or {}).get(x, {})) for x in links})

    def judged(self, *options, code=0, rule=RULE, exclusions=EXCLUSIONS, column="RemoteUrl"):
        r = run("hunt", rule, "--data", os.path.join(self.path, "data"), "--format", "json", "--exclusions", exclusions, *options)
        self.assertEqual(r.returncode, code, r.stderr)
        report = json.loads(r.stdout)["hunts"][0]
        suppressed = [s["row"][column] for s in report["suppressed"]]
        kept = {str(p["row"][column]): p["reason"] for p in report["protected"]}
        return suppressed, kept, report, r.stderr

    def pasted(self, rule=RULE, exclusions=EXCLUSIONS, column="RemoteUrl"):
        """What the exclusions pasted behind the rule keep in Sentinel."""
        return {row[column] for row in self.kql_rows(os.path.join(self.path, "data"), exclusions, rule=rule)}

    def messages(self):
        return {row["RemoteUrl"]: row["NetworkMessageId"] for row in self.judged()[2]["hits"]} | {
            s["row"]["RemoteUrl"]: s["row"]["NetworkMessageId"] for s in self.judged()[2]["suppressed"]}


class TheVerdictIsFound(Verdicts):
    def click(self, url, message="", types="Phish"):
        return {"Timestamp": "2026-11-20T08:00:00Z", "Url": url, "NetworkMessageId": message, "ThreatTypes": types}

    def test_of_a_link_that_is_written_another_way(self):
        spellings = [safe(link(0)), nested(link(1), 3), link(2).replace("partner", "PARTNER"), "HTTPS" + link(3)[5:],
                     link(4).replace(".example", ".example:443"), "https://B\u00fccher.example/5", " " + link(6) + " ", link(7)]
        clicked = [link(i) for i in range(8)]
        clicked[5] = "https://xn--bcher-kva.example/5"
        others = [link(8), link(9)]
        self.built(clicked + others, {link(9): {"mail": safe(link(9))}})
        clicks = [self.click(url) for url in spellings]
        clicks += [self.click(link(8) + "2"), self.click("https://evil.example/?url=" + quote(link(8), safe="")), self.click(link(8), types="")]
        self.lines("UrlClickEvents", clicks)
        suppressed, kept, _, _ = self.judged()
        self.assertEqual(kept, {x: KNOWN for x in clicked})
        self.assertEqual(sorted(suppressed), sorted([link(8), safe(link(9))]))
        self.lines("UrlClickEvents", clicks + [self.click(link(9))])
        self.assertEqual(self.judged()[0], [link(8)])
        self.assertEqual([x for x in clicked if x not in self.pasted()], [])

    def test_of_a_link_that_leads_to_the_same_place(self):
        clicked = [link(0) + "#top", link(1), link(2), link(3)]
        self.built(clicked + [link(4)])
        self.lines("UrlClickEvents", [self.click(link(0)), self.click(link(1) + "#x"), self.click(link(2).replace("https", "http")),
                                      self.click(link(3)[8:]), self.click(link(4) + "/x#" + link(4))])
        suppressed, kept, _, _ = self.judged()
        self.assertEqual((suppressed, set(kept)), ([link(4)], set(clicked)))

    def test_of_a_time_outside_of_the_hunt(self):
        self.built([link(i) for i in range(4)])
        whole = "--from", "2026-11-19T00:00:00Z", "--to", "2026-11-20T23:59:59Z"
        self.assertEqual(len(self.judged(*whole)[0]), 4)
        self.lines("UrlClickEvents", [dict(self.click(link(0)), Timestamp="2026-11-27T08:00:00Z"),
                                      dict(self.click(link(1)), Timestamp="2026-10-01T08:00:00Z"), self.click(link(2))])
        suppressed, kept, report, _ = self.judged(*whole)
        self.assertEqual((suppressed, set(kept)), ([link(3)], {link(0), link(1), link(2)}))
        again = self.judged(*whole)[2]
        self.assertEqual(again["tables"], report["tables"])

    def test_of_a_message_whose_id_is_in_other_case(self):
        self.built([link(i) for i in range(4)])
        ids = {x: "ABCDEF0%d-0000-4000-8000-00000000000a" % i for i, x in enumerate(self.messages())}
        for table in ("AlertEvidence", "EmailEvents"):
            path = os.path.join(self.path, "data", table + ".ndjson")
            with open(path) as f:
                text = f.read()
            for url, old in self.messages().items():
                text = text.replace(old, ids[url])
            self.write("new/" + table, text)
        for table in ("AlertEvidence", "EmailEvents"):
            os.replace(os.path.join(self.path, "new", table), os.path.join(self.path, "data", table + ".ndjson"))
        self.lines("UrlClickEvents", [self.click("https://other.example/", ids[link(0)].lower())])
        self.lines("EmailPostDeliveryEvents", [
            {"Timestamp": "2026-11-20T08:00:00Z", "NetworkMessageId": ids[link(1)].lower(), "ActionType": "Phish ZAP", "ThreatTypes": "Phish"}])
        with open(os.path.join(self.path, "data/EmailEvents.ndjson"), "a") as f:
            f.write(json.dumps({"Timestamp": "2026-11-20T08:00:00Z", "NetworkMessageId": ids[link(2)].lower(), "ThreatTypes": "Phish"}) + "\n")
        suppressed, kept, _, _ = self.judged()
        self.assertEqual(suppressed, [link(3)])
        self.assertEqual(kept, {link(0): KNOWN, link(1): "EmailPostDeliveryEvents says Phish", link(2): "EmailEvents says Phish"})
        self.assertEqual(self.pasted(), {link(0), link(1), link(2)})

    def test_of_links_in_every_gateways_wrapper(self):
        """Pasted into Sentinel, a verdict on a wrapped link keeps the rows of the host inside."""
        wrapped = [safe(link(0)), nested(link(1), 4), safe(pp2(link(2))), pp2(safe(link(3))), pp2(link(4).replace("partner", "sub-ac.partner")),
                   "https://urldefense.com/v3/__%s__;!!tok!sig$" % link(5).replace("partner", "sub-ac.partner"),
                   "https://urldefense.proofpoint.com/v1/url?u=%s&k=abc" % link(6), "https://www.google.com/url?q=%s&sa=D" % link(7),
                   "https://linkprotect.cudasvc.com/url?a=%s&c=E,1,x&typo=1" % quote(link(8), safe=""),
                   "https://secure-web.cisco.com/1abcDEF/%s" % quote(link(9), safe="")]
        clicked = [link(i).replace("partner", "sub-ac.partner") if i in (4, 5) else link(i) for i in range(10)]
        self.built(clicked + [link(10)])
        self.lines("UrlClickEvents", [self.click(url) for url in wrapped])
        self.assertEqual(set(self.judged()[1]), set(clicked))
        self.assertEqual(self.pasted(), set(clicked))

    def test_of_types_that_a_file_asks_for(self):
        exclusions = self.write("types.yaml", """exclusions:
  - {name: a, scenario: a, reason: b, owner: c, when: {process: {file: SyncDataJob.exe}}}
protections:
  - {name: p, reason: b, when: {threat_types: {equals: Impersonation}}}
""")
        self.built([link(i) for i in range(4)])
        self.lines("UrlClickEvents", [self.click(link(0), types="Impersonation"), self.click(link(1), types="Spam, impersonation"),
                                      self.click(link(2), types="Spam")])
        self.assertEqual(set(self.judged(exclusions=exclusions)[0]), {link(2), link(3)})
        self.assertEqual(self.pasted(exclusions=exclusions), {link(0), link(1)})


class TheVerdictIsNotFound(Verdicts):
    def test_strict_runs_end_with_an_error(self):
        self.built([link(0)])
        for table in ("UrlClickEvents", "EmailPostDeliveryEvents"):
            self.write("data/%s.ndjson" % table, '{"NetworkMessageId":"m","Url":"u","ThreatTypes":"Phish"}\n{"NetworkMessageId": \n')
            suppressed, kept, report, said = self.judged("--strict", code=1)
            self.assertEqual((report["status"], suppressed, kept, report["hits"]), ("data", [], {}, []))
            self.assertIn("what %s says" % table, said)
            suppressed, kept, report, _ = self.judged()
            self.assertEqual((suppressed, report["protected"][0]["by"]), ([], "verdict-unknown"))
            self.assertIn("what %s says is not known in full: " % table, kept[link(0)])
            self.assertTrue([w for w in report["warnings"] if table in w and "skipped" in w], report["warnings"])
            os.remove(os.path.join(self.path, "data", table + ".ndjson"))
        self.assertEqual(self.judged("--strict")[0], [link(0)])

    def test_a_file_that_cannot_be_read_keeps_the_rows(self):
        self.built([link(0)])
        whole = gzip.compress(b'{"NetworkMessageId":"m","Url":"u","ThreatTypes":"Phish"}\n' * 100)
        self.write("data/UrlClickEvents.ndjson.gz", b"\x1f\x8b\x08" + b"\xff" * 40)
        suppressed, kept, report, _ = self.judged(code=1)
        self.assertEqual((suppressed, list(kept)), ([], [link(0)]))
        self.assertIn("what UrlClickEvents says could not be looked up", kept[link(0)])
        self.assertEqual(report["protected"][0]["by"], "verdict-unknown")
        self.assertTrue(any("could not be looked up" in w for w in report["warnings"]))
        self.write("data/UrlClickEvents.ndjson.gz", whole)
        self.assertEqual(self.judged()[0], [link(0)])

    def test_a_file_that_ended_in_the_middle_keeps_the_rows(self):
        self.built([link(0)])
        whole = gzip.compress("".join('{"NetworkMessageId":"m%d","Url":"u%d","ThreatTypes":"Phish"}\n' % (i, i * i) for i in range(3000)).encode())
        self.write("data/UrlClickEvents.ndjson.gz", whole[:len(whole) // 2])
        suppressed, kept, report, _ = self.judged()
        self.assertEqual((suppressed, report["protected"][0]["by"]), ([], "verdict-unknown"))
        self.assertIn("what UrlClickEvents says is not known in full: ", kept[link(0)])

    def test_a_value_of_a_wrong_type_is_no_lost_verdict(self):
        self.built([link(0)])
        self.lines("UrlClickEvents", [{"Timestamp": "2026-11-20T08:00:00Z", "Url": "u", "IsClickedThrough": "perhaps", "ThreatTypes": "Phish"}])
        self.assertEqual(self.judged()[0], [link(0)])


class Parents(Verdicts):
    def creations(self, change):
        path = os.path.join(self.path, "data/DeviceProcessEvents.ndjson")
        with open(path) as f:
            rows = [json.loads(row) for row in f]
        for row in rows:
            change(row)
        self.lines("DeviceProcessEvents", rows)

    def test_tables_that_contradict_each_other_must_both_pass(self):
        cases = {link(0): ("taskeng.exe", "TASKENG.EXE"), link(1): ("taskeng.exe", ""), link(2): ("", "taskeng.exe"),
                 link(3): ("taskeng.exe", "taskhostw.exe"), link(4): ("taskeng.exe", "explorer.exe"),
                 link(5): ("explorer.exe", "taskeng.exe"), link(6): ("", "explorer.exe")}
        self.built(list(cases), {x: {"process": "p%d.exe" % i, "parent": c[0]} for i, (x, c) in enumerate(cases.items())})
        by_name = {"p%d.exe" % i: c[1] for i, c in enumerate(cases.values())}
        self.creations(lambda row: row.update(InitiatingProcessFileName=by_name[row["FileName"]]))
        suppressed, _, report, _ = self.judged()
        self.assertEqual(sorted(suppressed), [link(i) for i in range(4)])
        kept = self.pasted()
        self.assertEqual([x for x in cases if x not in suppressed and x not in kept], [])
        self.assertEqual([x for x in (link(0), link(1)) if x in kept], [])
        because = {s["row"]["RemoteUrl"]: s["because"] for s in report["suppressed"]}
        self.assertIn("(DeviceEvents, DeviceProcessEvents)", because[link(0)])

    def test_command_lines_that_contradict_each_other_must_both_pass(self):
        exclusions = self.write("lines.yaml", """exclusions:
  - {name: a, scenario: a, reason: b, owner: c, when: {process: {command_line: {contains: /run}, parent_command_line: {contains: boss}}}}
""")
        self.built([link(0), link(1)], {x: {"process": "p%d.exe" % i, "parent_line": "boss"} for i, x in enumerate((link(0), link(1)))})
        self.creations(lambda row: row.update(ProcessCommandLine="other" if row["FileName"] == "p1.exe" else "P0.EXE /RUN"))
        self.assertEqual(self.judged(exclusions=exclusions)[0], [link(0)])
        only_line = self.write("line.yaml", """exclusions:
  - {name: a, scenario: a, reason: b, owner: c, when: {process: {command_line: {contains: /run}}}}
""")
        self.assertEqual(self.judged(exclusions=only_line)[0], [link(0)])
        self.assertIn(link(1), self.pasted(exclusions=only_line))

    def test_what_is_not_known_of_a_parent_stays_so_under_not(self):
        exclusions = self.write("not.yaml", """exclusions:
  - {name: a, scenario: a, reason: b, owner: c, when: {not: {process: {parent: explorer.exe}}}}
""")
        cases = {link(0): "", link(1): "explorer.exe", link(2): "boss.exe"}
        self.built(list(cases), {x: {"parent": parent, "process": "p%s" % parent} for x, parent in cases.items()})
        self.assertEqual(self.judged(exclusions=exclusions)[0], [link(2)])
        self.assertEqual(self.pasted(exclusions=exclusions), {link(0), link(1)})


GATHERED = "summarize Timestamp=max(Timestamp), %s by DeviceName, InitiatingProcessFileName"
SHAPES = {  # ways in which a result holds the links of a device
    "a set": GATHERED % "Urls=make_set(RemoteUrl)",
    "a list under another name": GATHERED % "Seen=make_list(RemoteUrl)",
    "bags": GATHERED % "Seen=make_list(bag_pack('at', bag_pack('to', RemoteUrl), 'n', 1, 'file', 'x'))",
    "parts of a link": GATHERED % "Seen=make_list(parse_url(RemoteUrl)), Urls=make_set(RemoteUrl)",
    "in lower case": GATHERED % "Seen=make_set(tolower(RemoteUrl))",
    "RequestURI": "project Timestamp, DeviceName, InitiatingProcessFileName, RequestURI=RemoteUrl",
    "renamed": "project Timestamp, DeviceName, InitiatingProcessFileName, Target=RemoteUrl",
    "expanded": GATHERED % "S=make_set(RemoteUrl)" + " | mv-expand Target=S to typeof(string) | project-away S",
}


class ColumnsOfLinks(Verdicts):
    def rule(self, query):
        return self.write("rule.yaml", "id: 00000000-0000-4000-8000-0000000000aa\nname: SuspiciousUrlClicked\nquery: |\n  DeviceEvents\n"
                          "  | where ActionType == 'BrowserLaunchedToOpenUrl'\n  | %s\n" % query)

    def devices(self, query, *options, exclusions=EXCLUSIONS):
        suppressed, kept, _, _ = self.judged(*options, rule=self.rule(query), exclusions=exclusions, column="DeviceName")
        return set(suppressed), set(kept)

    def test_every_link_counts_wherever_it_stands(self):
        clicks = {"all-internal": ["a", safe(HOME + "b")], "one-foreign": ["c", link(1)], "one-odd": ["d", "https://internal.company.com@evil.example/"]}
        clicks = {d: [u if ":" in u else HOME + u for u in urls] for d, urls in clicks.items()}
        jobs = {"job": [link(2), link(3)], "job-phish": [link(4), "https://x.phishing.com/a"], "job-flagged": [link(5), link(6)],
                "job-mimic": [link(7), "https://internal.company.com.evil.example/"]}
        more = {u: {"device": d, "process": "outlook.exe"} for d, urls in clicks.items() for u in urls}
        more.update({u: {"device": d} for d, urls in jobs.items() for u in urls})
        self.built(list(more), more)
        self.lines("UrlClickEvents", [{"Timestamp": "2026-11-20T08:00:00Z", "Url": safe(link(6)), "NetworkMessageId": "", "ThreatTypes": "Phish"}])
        for shape, query in SHAPES.items():
            suppressed, kept = self.devices(query)
            # a row for each link: those of a device are judged one by one
            one_by_one = {"one-foreign", "one-odd", "job-phish", "job-flagged", "job-mimic"} if "summarize" not in query or "mv-expand" in query else set()
            self.assertEqual(suppressed, {"all-internal", "job"} | one_by_one, shape)
            self.assertEqual(kept, {"job-phish", "job-flagged", "job-mimic"}, shape)
            rows = self.kql_rows(os.path.join(self.path, "data"), rule=self.rule(query))
            hits = self.judged(rule=self.rule(query), column="DeviceName")[2]["hits"]
            self.assertEqual([h for h in hits if not any(all(row[c] == h[c] for c in h) for row in rows)], [], shape)

    def test_more_links_than_are_looked_at_hide_nothing(self):
        self.built([HOME + str(i) for i in range(3)], {HOME + str(i): {"device": "d"} for i in range(3)})
        many = GATHERED % "Urls=make_list(RemoteUrl)" + " | extend Urls=array_concat(Urls, repeat('%s', %d))"
        self.assertEqual(self.devices(many % (HOME, 253)), ({"d"}, set()))
        self.assertEqual(self.devices(many % (HOME, 254)), (set(), {"d"}))
        deep = GATHERED % "Urls=make_list(RemoteUrl)" + " | extend Urls=parse_json(strcat(%s, tostring(Urls), %s))"
        self.assertEqual(self.devices(deep % ("'%s'" % ("[" * 20), "'%s'" % ("]" * 20))), ({"d"}, set()))
        self.assertEqual(self.devices(deep % ("'%s'" % ("[" * 40), "'%s'" % ("]" * 40))), (set(), {"d"}))

    def test_a_second_column_of_links_is_not_passed_over_in_sentinel(self):
        self.built([HOME, link(0)], {HOME: {"device": "home"}, link(0): {"device": "away"}})
        same = "project Timestamp, DeviceName, Target=RemoteUrl, Urls=pack_array(RemoteUrl), RequestURI='', Bag=bag_pack('n', 1), LinkIds=dynamic([])"
        other = same.replace("Urls=pack_array(RemoteUrl)", "Urls=pack_array(RemoteUrl, 'https://evil.example/')")
        third = "project Timestamp, DeviceName, RemoteUrl, RequestURI='https://evil.example/'"
        exclusions = self.write("x.yaml", """exclusions:
  - {name: a, scenario: a, reason: b, owner: c, when: {url_host: {within: [internal.company.com]}}}
""")
        for query, hidden in ((same, {"home"}), (other, set()), (third, set())):
            self.assertEqual(self.devices(query, exclusions=exclusions)[0], hidden)
            self.assertEqual(self.pasted(self.rule(query), exclusions, "DeviceName"), {"home", "away"} - hidden)

    def test_a_phish_inside_a_link_is_kept_in_sentinel_too(self):
        inside = ["https://redir.example/?u=https://x.phishing.com/a", "https://redir.example/#http:/x.phishing.com", "https://redir.example/HTTPS://x.phishing.com"]
        self.built(inside + [link(0)])
        self.assertEqual(self.pasted(), set(inside))

    def test_messages_that_a_result_gathers(self):
        self.built([link(0), link(1)])
        ids = self.messages()
        self.lines("UrlClickEvents", [{"Timestamp": "2026-11-20T08:00:00Z", "Url": "u", "NetworkMessageId": ids[link(0)], "ThreatTypes": "Phish"}])
        rule = self.write("mails.yaml", "name: SuspiciousUrlClicked\nquery: |\n  AlertEvidence | where EntityType == 'MailMessage'"
                          " | summarize make_set(NetworkMessageId) by AlertId | extend InitiatingProcessFileName='SyncDataJob.exe'\n")
        suppressed, kept, _, _ = self.judged(rule=rule, column="AlertId")
        self.assertEqual((len(suppressed), list(kept.values())), (1, [KNOWN]))

    def test_messages_whatever_the_result_makes_of_their_ids(self):
        self.built([link(0), link(1)])
        old = self.messages()
        ids = {x: "0b7e5d1%d-52a4-4c0f-9d2e-6f1a3c8b7e90" % i for i, x in enumerate(old)}
        for table in ("AlertEvidence", "EmailEvents"):
            with open(os.path.join(self.path, "data", table + ".ndjson")) as f:
                text = f.read()
            for x in old:
                text = text.replace(old[x], ids[x])
            self.write("data/%s.ndjson" % table, text)
        self.lines("UrlClickEvents", [{"Timestamp": "2026-11-20T08:00:00Z", "Url": "u", "NetworkMessageId": ids[link(0)].upper(), "ThreatTypes": "Phish"}])
        mails = {row["NetworkMessageId"]: row["AlertId"] for row in self.evidence()}
        flagged, other = mails[ids[link(0)]], mails[ids[link(1)]]
        one = {"renamed": "project AlertId, Msg=NetworkMessageId", "in lower case": "project AlertId, M=tolower(NetworkMessageId)",
               "a guid": "project AlertId, M=toguid(NetworkMessageId)", "a set": "summarize Ids=make_set(NetworkMessageId) by AlertId",
               "a set with the usual name": "summarize make_set(NetworkMessageId) by AlertId",
               "joined": "summarize Ids=strcat_array(make_list(NetworkMessageId), ', ') by AlertId",
               "expanded": "summarize Ids=make_set(NetworkMessageId) by AlertId | mv-expand Id=Ids to typeof(string) | project AlertId, Id",
               "twice": "project AlertId, A=NetworkMessageId, B=tolower(NetworkMessageId), C=pack_array(NetworkMessageId)"}
        several = {"with another": "project AlertId, M=strcat_array(pack_array('11111111-52a4-4c0f-9d2e-6f1a3c8b7e90', NetworkMessageId), ', ')",
                   "behind a prefix": "project AlertId, M=strcat('mail-', NetworkMessageId, '-', AlertId)", "a bag": "project AlertId, P=bag_pack('m', NetworkMessageId)",
                   "two in a set": "project AlertId, Ids=pack_array('x', NetworkMessageId)"}
        for shape, query in (one | several).items():
            rule = self.write("mails.yaml", "name: SuspiciousUrlClicked\nquery: |\n  AlertEvidence | where EntityType == 'MailMessage'"
                              " | %s | extend InitiatingProcessFileName='SyncDataJob.exe'\n" % query)
            suppressed, kept, _, _ = self.judged(rule=rule, column="AlertId")
            self.assertEqual((suppressed, kept), ([other], {flagged: KNOWN}), shape)
            # in Sentinel one message is looked up, and a row that may name several is kept
            self.assertEqual(self.pasted(rule, column="AlertId"), {flagged} if shape in one else {flagged, other}, shape)

    def evidence(self):
        with open(os.path.join(self.path, "data/AlertEvidence.ndjson")) as f:
            return [row for row in map(json.loads, f) if row["EntityType"] == "MailMessage"]

    def test_a_verdict_that_the_result_holds_itself(self):
        self.built([link(0)])
        self.lines("UrlClickEvents", [{"Timestamp": "2026-11-20T08:00:00Z", "Url": "u", "AccountUpn": who, "ThreatTypes": types}
                                      for who, types in (("a@company.com", "Phish"), ("b@company.com", "Spam, Phish"), ("c@company.com", "Spam"), ("d@company.com", ""))])
        for query in ("project AccountUpn, ThreatTypes", "project AccountUpn, Said=ThreatTypes", "summarize Said=make_set(ThreatTypes) by AccountUpn",
                      "project AccountUpn, Said=split(tolower(ThreatTypes), ', ')"):
            rule = self.write("own.yaml", "name: SuspiciousUrlClicked\nquery: |\n  UrlClickEvents | %s | extend InitiatingProcessFileName='SyncDataJob.exe'\n" % query)
            suppressed, kept, _, _ = self.judged(rule=rule, column="AccountUpn")
            self.assertEqual(sorted(suppressed), ["c@company.com", "d@company.com"], query)
            self.assertEqual({who for who in kept if "the result says" in kept[who]}, {"a@company.com", "b@company.com"}, query)
            self.assertEqual(self.pasted(rule, column="AccountUpn"), {"a@company.com", "b@company.com"}, query)

    def test_columns_that_a_file_names_are_those_that_count_where_a_result_has_them(self):
        exclusions = self.write("x.yaml", """columns: {url: [Target]}
exclusions:
  - {name: a, scenario: a, reason: b, owner: c, when: {url_host: {within: [internal.company.com]}}}
""")
        self.built([HOME, link(0)], {HOME: {"device": "home"}, link(0): {"device": "away"}})
        rest = "project Timestamp, DeviceName, Target='%s', RemoteUrl" % HOME
        self.assertEqual(self.devices(rest, exclusions=exclusions)[0], {"home", "away"})
        self.assertEqual(self.devices(rest.replace("Target", "Other"), exclusions=exclusions)[0], {"home"})


if __name__ == "__main__":
    main()
