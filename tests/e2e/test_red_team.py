#!/usr/bin/env python3
"""Links made to be hidden by an exclusion that trusts internal hosts and admin portals. None may be.

Each link is a click of its own behind a mail of its own, hunted for real. Beside them stand links
that are internal for good, plain and wrapped: those must be hidden, or the test would prove nothing.
"""
import importlib.util
import json
import os
from urllib.parse import quote

from program import EXCLUSIONS, ROOT, RULE, Case, main, run

spec = importlib.util.spec_from_file_location("generate", os.path.join(ROOT, "content/samples/generate.py"))
samples = importlib.util.module_from_spec(spec)
spec.loader.exec_module(samples)
safe, pp2 = samples.safe_link, samples.proofpoint

HOST = "internal.company.com"
HOME = "https://%s/update/" % HOST
SAFE = "https://nam02.safelinks.protection.outlook.com/"


def coded(url):
    return quote(url, safe="")


def nested(url, depth):
    for _ in range(depth):
        url = safe(url)
    return url


BENIGN = [
    HOME, "https://%s" % HOST, "http://%s/patch/" % HOST, "HTTPS://INTERNAL.Company.COM/update/",
    "https://%s./update/" % HOST, "https://%s:443/update/" % HOST, "https://%s:8443/" % HOST,
    "HTTPS://Portal.INTERNAL.company.com.:8443/update/", "https://a.b.c.%s/x?y=z#part" % HOST,
    "https://portal.azure.com/users/", "https://admin.microsoft.com/roles/", "https://eu.admin.microsoft.com/x",
    safe(HOME), nested(HOME, 2), nested(HOME, 4), safe(HOME).replace("&", "&amp;"),
    safe("https://Portal.INTERNAL.company.com.:8443/update/"), safe("https://portal.azure.com/users/"),
    safe(HOME, "usg02.safelinks.protection.office365.us"),
    safe(HOME).replace(".com/?", ".com/ap/w-59584e83/?"),
    "https://urldefense.proofpoint.com/v1/url?u=%s&k=abc" % HOME, pp2(HOME), safe(pp2(HOME)), pp2(safe(HOME)),
    "https://urldefense.com/v3/__%s__;!!tok!sig$" % HOME,
    "https://linkprotect.cudasvc.com/url?a=%s&c=E,1,x&typo=1" % coded(HOME),
    "https://secure-web.cisco.com/1abcDEF/%s" % coded(HOME),
    "https://www.google.com/url?q=%s&sa=D" % HOME, "https://www.google.de/url?q=%s&sa=D" % coded(HOME),
]

HOSTILE = {
    "names that no host has": [
        "https://evil.example;.internal.company.com/", "https://*.internal.company.com/",
        "//internal.company.com/",
        "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Finternal.company.com%2F"
        "#&url=https%3A%2F%2Fevil.example%2F",
    ],
    "other domains that look like it": [
        "https://internal.company.com.evil.example/", "https://internal.company.com.evil.example/update/",
        "https://xinternal.company.com/", "https://internal-company.com/", "https://internal.company.com-evil.example/",
        "https://internal.company.co/", "https://internal.company.com.co/", "https://internal.company.cm/",
        "https://company.com/internal/", "https://internalcompany.com/", "https://internal.companycom.example/",
        "https://internal_company.com/", "https://com.company.internal.example/", "https://internai.company.com/",
        "https://internaI.company.com/", "https://lnternal.company.com/", "https://1nternal.company.com/",
        "https://internal.cornpany.com/", "https://internal.c0mpany.com/", "https://internal.company.com.nip.io/",
        "https://10-0-0-1.internal.company.com.sslip.io/", "https://portal.azure.com.evil.example/users/",
        "https://portal-azure.com/users/", "https://xazure.com/users/", "https://azure.com.evil.example/roles/",
        "https://admin-microsoft.com/users/", "https://admin.microsoft.com.evil.example/users/",
        "https://x.westeurope.cloudapp.azure.com/users/", "https://X.CLOUDAPP.AZURE.COM./users/",
        "https://cloudapp.azure.com/users/", "https://dev.azure.com/evil/_git/users/", "https://azure.com/users/",
        "https://evil.blob.core.windows.net/users/", "https://evil.azurewebsites.net/roles/", "https://evil.visualstudio.azure.com/",
    ],
    "its name anywhere but in the host": [
        "https://evil.example/internal.company.com/update/", "https://evil.example/update/",
        "https://evil.example/?next=https://internal.company.com/update/", "https://evil.example?internal.company.com",
        "https://evil.example#https://internal.company.com/", "https://evil.example;internal.company.com/",
        "https://evil.example/https://internal.company.com/", "https://evil.example/..//internal.company.com/update/",
        "https://evil.example/portal.azure.com/users/", "https://evil.example/%2f%2finternal.company.com/",
    ],
    "what an eye passes over": [
        "https://internal.company.com?@evil.example/", "https://internal.company.com#@evil.example/",
        "https://internal.company.com/ https://evil.example/", "https://internal.company.com/x, https://evil.example/",
        "https://internal.company.com/x,https://evil.example/", "https://internal.company.com/|https://evil.example/",
        "https://internal.company.com/\"https://evil.example/", "https://internal.company.com/x;http://evil.example/",
        "https://internal.company.com/\u202egpj.exe", "https://internal.company.com/%E2%80%AEgpj.exe",
        "https://internal.company.com/a\u200bb", "https://internal.company.com/\u00a0https://evil.example/",
    ],
    "user names": [
        "https://internal.company.com@evil.example/", "https://internal.company.com:443@evil.example/",
        "https://internal.company.com%40evil.example/", "https://internal.company.com%2f@evil.example/",
        "https://ada:secret@internal.company.com/update/", "https://@internal.company.com/",
        "https://internal.company.com/@evil.example:443@evil.example/".replace("/@", "%2F@"),
        "https://evil.example@internal.company.com@evil.example/", "https://portal.azure.com@evil.example/users/",
    ],
    "characters that one reader sees and another does not": [
        "https://internal.company.com%2eevil.example/", "https://internal%2ecompany.com/",
        "https://internal.company.com%00.evil.example/", "https://internal.company.com\0.evil.example/",
        "https://internal.company.com%0d%0a.evil.example/", "https://internal.company.com\n.evil.example/",
        "https://internal.company.com\t.evil.example/", "https://inter\tnal.company.com/update/",
        "https://internal.company.com%09.evil.example/", "https://internal.company.com .evil.example/",
        "https://internal.company.com%20.evil.example/", "https://internal.company.com\\.evil.example/",
        "https://internal.company.com\\@evil.example/", "https://evil.example\\@internal.company.com/",
        "https://evil.example\\.internal.company.com/", "https:\\\\internal.company.com\\update\\",
        "https://internal.company.com;.evil.example/", "https://internal.company.com,.evil.example/",
        "https://internal.company.com'.evil.example/", "https://internal.company.com\".evil.example/",
        "https://internal.company.com`.evil.example/", "https://internal.company.com|.evil.example/",
        "https://internal.company.com<.evil.example/", "https://internal.company.com^.evil.example/",
        "https://internal.company.com\x7f.evil.example/", "https://internal.company.com/%2e%2e/x",
        "https://internal.company.com/update/..%2f..%2fx", "https://internal.company.com/update/..;/x",
    ],
    "parts that are broken": [
        "https:/internal.company.com/update/", "https:internal.company.com/update/", "https:////internal.company.com/",
        "https:///internal.company.com/update/", "https://internal.company.com:99999/",
        "https://internal.company.com:port/", "https://internal.company.com:443:443/", "https://internal.company.com../",
        "https://internal..company.com/", "https://.internal.company.com/", "https://[internal.company.com]/",
        "https://" + "a." * 130 + "internal.company.com/", "https://" + "a" * 64 + ".internal.company.com/",
    ],
    "another scheme": [
        "ftp://internal.company.com/update/", "file://internal.company.com/share/x.exe",
        "javascript://internal.company.com/%0aalert(1)", "data:text/html,https://internal.company.com/",
        "blob:https://internal.company.com/1", "view-source:https://internal.company.com/",
        "ms-word:ofe|u|https://internal.company.com/x.docx", "ws://internal.company.com/", "h\u0442tps://internal.company.com/",
        "hxxps://internal.company.com/", "https%3a//internal.company.com/", "search-ms:location=internal.company.com",
    ],
    "letters of other scripts": [
        "https://intern\u0430l.company.com/", "https://\u0456nternal.company.com/", "https://internal.comp\u0430ny.com/",
        "https://xn--nternal-6ya.company.com/", "https://xn--internal-.company.com/", "https://xn--.company.com/",
        "https://\u0130nternal.company.com/", "https://\u0131nternal.company.com/", "https://internal\u200b.company.com.evil.example/",
        "https://internal\u200d.company.com/", "https://internal.company.com\u2024evil.example/",
        "https://internal.company.com\uff0eevil.example/", "https://internal.company.com\u3002evil.example/",
        "https://internal.company.com\uff0fevil.example/", "https://internal.company.com\u2044.evil.example/",
        "https://internal.company.com\uff20evil.example/", "https://internal.company.com\uff03.evil.example/",
        "https://internal.company.com\u2100.evil.example/", "https://evil.example/\u202emoc.ynapmoc.lanretni",
        "https://\u202einternal.company.com/", "https://internal.company.com\u0338.evil.example/",
        "https://internal.company.\u0441om/", "https://p\u043ertal.azure.com/users/",
    ],
    "addresses": [
        "http://10.0.0.1/update/", "http://167772161/update/", "http://0x0a000001/update/", "http://0x0a.0.0.1/update/",
        "http://012.0.0.1/update/", "http://127.1/update/", "http://[::1]/update/", "http://[::ffff:10.0.0.1]/update/",
        "http://[fe80::1%25eth0]/update/", "http://10.0.0.1./update/", "http://0/update/", "http://\u2460\u24ea.0.0.1/update/",
    ],
    "wrappers that are none": [
        safe(HOME, "nam02.safelinks.protection.outlook.com.evil.example"), safe(HOME, "safelinks.evil.example"),
        safe(HOME, "nam02-safelinks.protection.outlook.com.evil.example"), safe(HOME, "xsafelinks.protection.outlook.com"),
        safe(HOME, "nam02.safelinks.protection.outlook.com@evil.example"), safe(HOME, "nam02.safelinks.protection.outl00k.com"),
        safe(HOME, "nam02.safelinks.protection.outlo\u043ek.com"), safe(HOME, "nam02.safelinks.protection.outlook.co"),
        "https://evil.example/nam02.safelinks.protection.outlook.com/?url=" + coded(HOME),
        "https://evil.example/?url=" + coded(HOME), "https://urldefense.proofpoint.com.evil.example/v1/url?u=" + HOME,
        "https://urldefense.evil.example/v3/__%s__;!!tok!sig$" % HOME, "https://www.google.com.evil.example/url?q=" + HOME,
        "https://google.evil.example/url?q=" + HOME, "https://www.google.com/search?q=" + HOME,
        "https://linkprotect.cudasvc.com.evil.example/url?a=" + coded(HOME),
        "https://secure-web.cisco.com.evil.example/1abc/" + coded(HOME), "ftp://nam02.safelinks.protection.outlook.com/?url=" + coded(HOME),
        "https://ada@nam02.safelinks.protection.outlook.com/?url=" + coded(HOME),
        "https://bit.ly/internal.company.com", "https://t.co/abc?url=" + coded(HOME),
    ],
    "wrappers with a target that is unclear": [
        SAFE, SAFE + "?url=", SAFE + "?data=x#url=" + coded(HOME), SAFE + "?url=%s&url=%s" % (coded(HOME), coded("https://evil.example/")),
        SAFE + "?url=%s&url=%s" % (coded("https://evil.example/"), coded(HOME)),
        SAFE + "?url=%s&amp;url=%s" % (coded(HOME), coded("https://evil.example/")),
        SAFE + "?URL=%s&url=%s" % (coded(HOME), coded("https://evil.example/")), SAFE + "?url=%s" % coded(coded(HOME)),
        SAFE + "?url=%zz" + coded(HOME), SAFE + "?url=https%3A%2F%2Finternal.company.com%zz%2F", SAFE + "?url=" + coded(HOME).replace("company", "company%c0%ae"),
        SAFE + "?url=" + coded("https://internal.company.com\0.evil.example/"), SAFE + "?url=https%3A%2F%2Finternal.company.com%00%2F",
        safe("ftp://internal.company.com/"), safe("javascript://internal.company.com/%0aalert(1)"), safe("//internal.company.com/"),
        safe("internal.company.com/update/"), safe("https://internal.company.com@evil.example/"),
        safe("https://evil.example/?url=" + HOME), safe(safe("https://evil.example/internal.company.com/")),
        safe("https://internal.company.com.evil.example/"), safe("https://intern\u0430l.company.com/"), safe("http://10.0.0.1/update/"),
        nested(HOME, 12), safe(SAFE + "?url="), safe("https://protect-eu.mimecast.com/s/abc?domain=internal.company.com"),
        "https://protect-eu.mimecast.com/s/abcdef?domain=internal.company.com", "https://url.uk.m.mimecastprotect.com/s/abc?domain=internal.company.com",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__internal.company.com-40evil.example_&d=x&c=y",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__internal.company.com_&u=https-3A__evil.example_&d=x&c=y",
        "https://urldefense.proofpoint.com/v1/url?u=https://internal.company.com%40evil.example/&k=x",
        "https://urldefense.proofpoint.com/v2/url?d=x&c=y", "https://urldefense.proofpoint.com/v9/url?u=" + HOME,
        "https://urldefense.com/v3/__https://internal.company.com*evil.example/__;QA!!x!y$",
        "https://urldefense.com/v3/__https://internal.company.com*.evil.example/__;!!x!y$",
        "https://urldefense.com/v3/__https://internal.company.com/", "https://urldefense.com/v3/__https://internal.company.com/**Z__;Iw!!x!y$",
        "https://www.google.com/url?q=https://evil.example/&url=" + HOME, "https://www.google.com/url?q=%s&q=https://evil.example/" % HOME,
        "https://linkprotect.cudasvc.com/url?a=%s&a=%s" % (coded(HOME), coded("https://evil.example/")),
        "https://secure-web.cisco.com/1abc/" + coded("https://evil.example/" + HOME),
        "https://secure-web.cisco.com/1abc", "https://l.facebook.com/l.php?u=" + coded("https://evil.example/?" + HOME),
    ],
}

# Clicks of a trusted job on links that the hunt protects for what they are.
NEAR = [
    SAFE + "?url=%s&%%75rl=%s" % (coded(HOME), coded("https://evil.example/")), "http://2130706433/", "http://0x7f.1/",
    "https://portal-internal-company-com.evil.example/", "https://internal-company.com/a", "https://admin-microsoft.com/",
    "https://portal-azure.com.evil.example/", "https://portal_azure.com.evil.example/", "https://intrenal.company.com/",
    "https://internal.compnay.com/x", "https://internal.company-com.evil.example/",
    "https://internal_company_com.evil.example/", "https://portal-azure_com.evil.example/",
    "https://internal--company--com.evil.example/", "https://internalcompanycom.evil.example/",
    "https://ineternal.conpany.com/", "https://internal.compamy.com/", "https://intenral.copmany.com/",
    "https://internal.company.net/", "https://portal.azure.net/", "https://admin.microsott.com/", "https://x.portal.azvre.com/",
    "https://lntemal.cornpany.com/", "https://xn--nternal-6ya.company.com/a", "https://evil.example/?to=Internal.Company.com",
    "https://bad.example/internal.company.com", "https://protect-eu.mimecast.com/s/abc", "https://link.edgepilot.com/s/abc",
]


def is_wrapped(link):
    return any(word in link for word in ("safelinks", "urldefense", "cudasvc", "secure-web", "google"))


class Clicks(Case):
    def hunt(self, links, *options, more=None):
        """Hunts clicks on these links; the links that were suppressed, those that are hits, and the report.
        `more` says what differs from a plain click, by link, as in the samples."""
        samples.CASES = [(str(i), link, samples.HIT, (more or {}).get(link, {})) for i, link in enumerate(links)]
        tables, _ = samples.build()
        for name, rows in tables.items():
            self.write("data/%s.ndjson" % name, "".join(json.dumps(r) + "\n" for r in rows))
        r = run("hunt", RULE, "--data", os.path.join(self.path, "data"), "--format", "json", *options)
        self.assertEqual(r.returncode, 0, r.stderr)
        report = json.loads(r.stdout)["hunts"][0]
        suppressed = {s["row"]["UrlClickedByUserSid"] for s in report["suppressed"]}
        hits = {h["UrlClickedByUserSid"] for h in report["hits"]}
        return suppressed, hits, report

    def kql_rows(self, data, exclusions=EXCLUSIONS, *options, rule=RULE):
        """The rows that the rule gives in Sentinel with the exclusions pasted behind it."""
        query = self.write("paste.kql", run("fmt", rule).stdout + run(
            "hunt", rule, "--exclusions", exclusions, "--show-kql").stdout)
        checked = run("check", query)
        self.assertEqual((checked.returncode, "error[" in checked.stderr), (0, False), checked.stderr)
        r = run("query", "-f", query, "--data", data, "--format", "ndjson", *options)
        self.assertEqual(r.returncode, 0, r.stderr)
        return [json.loads(row) for row in r.stdout.splitlines()]

    def kept_by_kql(self, data, exclusions=EXCLUSIONS, *options):
        return {row["UrlClickedByUserSid"] for row in self.kql_rows(data, exclusions, *options)}


class RedTeam(Clicks):
    def test_only_what_is_internal_is_hidden(self):
        links = BENIGN + [link for group in HOSTILE.values() for link in group]
        self.assertEqual(len(links), len(set(links)))
        self.assertGreater(len(links) - len(BENIGN), 150)
        suppressed, hits, _ = self.hunt(links, "--exclusions", EXCLUSIONS)
        for group, hostile in HOSTILE.items():
            self.assertEqual([link for link in hostile if link in suppressed], [], group)
            self.assertEqual([link for link in hostile if link not in hits], [], group)
        self.assertEqual([link for link in BENIGN if link not in suppressed], [])

    def test_the_kql_for_sentinel_hides_what_is_internal_and_plain(self):
        hostile = [link for group in HOSTILE.values() for link in group]
        self.hunt(BENIGN + hostile)
        kept = self.kept_by_kql(os.path.join(self.path, "data"))
        self.assertEqual([link for link in hostile if link not in kept], [])
        self.assertEqual([link for link in BENIGN if (link in kept) != is_wrapped(link)], [])

    def test_the_kql_for_sentinel_keeps_what_the_hunt_keeps_of_a_trusted_process(self):
        links = [link for group in HOSTILE.values() for link in group] + NEAR
        partners = ["https://sync.partner.example/a?x=1", "http://files.partner.example:8080/", "https://a-b.partner.example",
                    "https://www.example.com/", "https://files.contoso.com/sync"]
        by_job = {link: {"process": "SyncDataJob.exe"} for link in links + partners}
        suppressed, hits, _ = self.hunt(links + partners, "--exclusions", EXCLUSIONS, more=by_job)
        self.assertEqual([link for link in NEAR if link not in hits], [])
        self.assertGreater(len(hits), 150)
        kept = self.kept_by_kql(os.path.join(self.path, "data"))
        self.assertEqual([link for link in links if link in hits and link not in kept], [])
        self.assertEqual([link for link in partners if link in kept or link not in suppressed], [])

    def test_the_kql_for_sentinel_loses_no_row_to_a_test_of_addresses(self):
        """Kusto gives null for the range of what is no address; a null in a condition drops its row."""
        exclusions = self.write("addresses.yaml", """exclusions:
  - name: own-range
    scenario: a
    reason: b
    owner: c
    when:
      any:
        - url_host: {ip_within: ["10.0.0.0/8", "fd00::/8"]}
        - {column: DeviceName, ip_within: ["10.0.0.0/8"]}
""")
        links = ["https://one.example/", "http://10.0.0.1/", "https://two.example/"]
        suppressed, hits, _ = self.hunt(links, "--exclusions", exclusions, more={links[2]: {"device": "10.1.1.1"}})
        self.assertEqual((suppressed, hits), (set(links[1:]), set(links[:1])))
        self.assertEqual(self.kept_by_kql(os.path.join(self.path, "data"), exclusions), set(links[:2]))

    def test_the_kql_for_sentinel_keeps_a_link_that_was_flagged_in_another_message(self):
        self.hunt([HOME, HOME + "a"])
        self.write("data/UrlClickEvents.ndjson", json.dumps({
            "Timestamp": "2026-11-20T08:00:00Z", "Url": HOME, "NetworkMessageId": "other", "ThreatTypes": "Phish"}) + "\n")
        self.assertEqual(self.kept_by_kql(os.path.join(self.path, "data")), {HOME})

    def test_the_kql_for_sentinel_keeps_a_row_whose_links_differ(self):
        exclusions = self.write("columns.yaml", """columns:
  url: [UrlClickedByUserSid, RemoteUrl, NoSuchUrl]
exclusions:
  - {name: a, scenario: a, reason: b, owner: c, when: {url_host: {within: [internal.company.com]}}}
""")
        self.hunt([HOME, HOME + "a"], more={HOME: {"mail": safe(HOME)}})
        kept = self.kept_by_kql(os.path.join(self.path, "data"), exclusions, "--unwrap")
        self.assertEqual(kept, {HOME})

    def test_processes_hosts_and_people_that_are_taken_for_others(self):
        benign = [{"process": "SyncDataJob.exe"}, {"process": "SYNCDATAJOB.EXE"}, {"parent": "taskhostw.exe"},
                  {"device": "SYNC-01.company.com"}, {"process": "pwsh.exe", "user": "it.admin"}]
        hostile = [{"process": p} for p in (
            "SyncDataJob.exe.exe", "xSyncDataJob.exe", "SyncDataJob", "SyncDataJob.exe\u200b", "SyncDataJ\u043eb.exe",
            "SyncDataJob.com", "SyncDataJob.exe\0", "", "powershell.exe", "p\u043ewershell.exe")]
        hostile += [{"parent": p} for p in ("xcron", "cron.exe", "crond2", "taskhostw.exe.exe", "tas\u212aeng.exe", "")]
        hostile += [{"parent": "svchost.exe", "parent_line": line} for line in (
            "svchost.exe -k DcomLaunch -p", "svchost.exe -k netsvcs -p -s Sched", "")]
        hostile += [{"device": d} for d in (
            "sync-01", "xsync-01.company.com", "sync-01.company.com.evil.example", "sync-01.company.com\u200b", "")]
        hostile += [{"process": "powershell.exe", "user": "ada"}, {"process": "outlook.exe", "user": "it.admin"},
                    {"process": "powershell.exe", "user": "bo", "device": "it-ws-03.company.com"},
                    {"process": "powershell.exe.lnk", "user": "it.admin"}]
        cases = {"https://sync.partner.example/%d" % i: case for i, case in enumerate(benign + hostile)}
        suppressed, hits, _ = self.hunt(list(cases), "--exclusions", EXCLUSIONS, more=cases)
        self.assertEqual([cases[link] for link in cases if link in suppressed], benign)
        self.assertEqual([cases[link] for link in cases if link in hits], hostile)

    def test_a_link_that_only_carries_a_phish_is_kept_too(self):
        job = {"process": "SyncDataJob.exe"}
        kept = ["https://redir.example/?u=https://x.phishing.com/a", "https://redir.example/?u=https%3A%2F%2Fx.phishing.com",
                "https://redir.example/go/https%253A%252F%252Fx.malicious.com", "https://redir.example/#https://x.phishing.com",
                "https://evil.example/internal%2Ecompany.com/", "https://evil.example/?h=internal%252ecompany%252ecom"]
        plain = ["https://redir.example/?u=https://partner.example/", "https://sync.partner.example/"]
        kept += ["https://-.internal.company.com/", "https://xn--a.internal.company.com/"]
        suppressed, hits, _ = self.hunt(kept + plain, "--exclusions", EXCLUSIONS, more={x: job for x in kept + plain})
        self.assertEqual((suppressed, hits), (set(plain), set(kept)))

    def test_nothing_is_lost_without_exclusions(self):
        links = BENIGN + [link for group in HOSTILE.values() for link in group]
        suppressed, hits, _ = self.hunt(links)
        self.assertEqual((suppressed, hits), (set(), set(links)))


class SafeLinks(Clicks):
    """A link that is wrapped on one side and bare on the other is one link; a switch turns that off."""
    BARE = "https://phish.example/go?a=1&b=2"

    def clicked(self, mail, device, *options):
        _, hits, report = self.hunt([device], *options, more={device: {"mail": mail}})
        self.assertEqual(len(report["hits"]), len(hits))
        return bool(hits), report

    def test_wrapped_in_the_mail_bare_on_the_device(self):
        for wrapped in (safe(self.BARE), nested(self.BARE, 3), safe(self.BARE, "eur05.safelinks.protection.outlook.com"),
                        safe(self.BARE).replace(".com/?", ".com/ap/t-59584e83/?"), pp2(self.BARE), safe(pp2(self.BARE)),
                        safe(self.BARE).replace("&", "&amp;"), safe(self.BARE).replace("%3A", "%3a").replace("%2F", "%2f")):
            found, report = self.clicked(wrapped, self.BARE)
            self.assertTrue(found, wrapped)
            self.assertTrue(report["unwrapped"], "the report says that it unwrapped")
            self.assertFalse(self.clicked(wrapped, self.BARE, "--no-unwrap")[0], wrapped)

    def test_wrapped_on_the_device_bare_in_the_mail(self):
        self.assertTrue(self.clicked(self.BARE, safe(self.BARE))[0])
        self.assertFalse(self.clicked(self.BARE, safe(self.BARE), "--no-unwrap")[0])

    def test_spellings_that_a_browser_takes_for_one(self):
        for mail, device in (("https://phish.example", "https://phish.example/"),
                             ("HTTPS://PHISH.example/A", "https://phish.example/A"),
                             ("https://phish.example:443/a", "https://phish.example/a"),
                             ("https://phish.example/\u00fc", "https://phish.example/%C3%BC"),
                             ("https://b\u00fccher.example/", "https://xn--bcher-kva.example/")):
            self.assertTrue(self.clicked(safe(mail), device)[0], mail)
            self.assertTrue(self.clicked(mail, device)[0], mail)
        for mail, device in (("https://phish.example/A", "https://phish.example/a"),
                             ("https://phish.example:8443/", "https://phish.example/"),
                             ("https://u@phish.example/", "https://phish.example/")):
            self.assertFalse(self.clicked(safe(mail), device)[0], mail)

    def test_wrapped_differently_on_both_sides(self):
        one, other = safe(self.BARE), safe(self.BARE, "apc01.safelinks.protection.outlook.com") + "&x=1"
        self.assertTrue(self.clicked(one, other)[0])
        self.assertFalse(self.clicked(one, other, "--no-unwrap")[0])

    def test_bare_on_both_sides_says_nothing_of_wrappers(self):
        found, report = self.clicked(self.BARE, self.BARE)
        self.assertTrue(found)
        self.assertEqual(report["unwrapped"], [])

    def test_other_links_do_not_meet(self):
        for mail in (safe(self.BARE + "3"), safe(self.BARE, "safelinks.evil.example"), safe(self.BARE).replace("?url=", "?link="),
                     "https://evil.example/?url=" + coded(self.BARE)):
            self.assertFalse(self.clicked(mail, self.BARE)[0], mail)

    def test_only_unwrapped_rows_are_marked(self):
        links = [self.BARE, "https://plain.example/"]
        _, hits, report = self.hunt(links, more={self.BARE: {"mail": safe(self.BARE)}})
        self.assertEqual(hits, set(links))
        self.assertEqual(len(report["unwrapped"]), 1)


if __name__ == "__main__":
    main()
