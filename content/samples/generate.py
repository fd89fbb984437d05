#!/usr/bin/env python3
"""Makes the sample telemetry: python3 content/samples/generate.py [FOLDER].

Deterministic, offline, standard library only. Every click below is one case: what the mail said,
what the device opened, by which process, and what the hunt must make of it. expected.json is
written from the same list: the expectation stands beside the case and comes from its meaning.
All names are invented; addresses are those of the scenarios.
"""
import csv
import gzip
import io
import json
import os
import sys
from datetime import datetime, timedelta
from urllib.parse import quote

HERE = os.path.dirname(os.path.abspath(__file__))
START = datetime(2026, 11, 20, 8, 0, 0)
TENANT = "11111111-2222-4333-8444-555555555555"


def safe_link(url, host="nam02.safelinks.protection.outlook.com"):
    return "https://%s/?url=%s&data=05%%7C02&sdata=abc&reserved=0" % (host, quote(url, safe=""))


def proofpoint(url):
    coded = quote(url, safe=":/").replace("-", "-2D").replace("_", "-5F")
    return ("https://urldefense.proofpoint.com/v2/url?u="
            + coded.replace("%", "-").replace(":", "-3A").replace("/", "_") + "&d=x&c=y")


# name, link that was clicked, expectation, and what differs from the plain case:
#   mail: the link as the mail holds it; process, parent, parent_line, user, device, threat, click
EXCLUDED, PROTECTED, HIT, NOTHING = "suppressed", "protected", "hit", "nothing"
CASES = [
    # true clicks
    ("plain-click", "https://login-check.example/a", HIT, {}),
    ("second-click", "http://files.malware.example/x.zip?id=7", HIT, {"user": "bo"}),
    ("wrapped-in-mail", "https://wrapped.example/go", HIT,
     {"mail": safe_link("https://wrapped.example/go"), "unwrapped": True}),
    ("wrapped-twice", "https://nested.example/go", HIT,
     {"mail": safe_link(proofpoint("https://nested.example/go")), "unwrapped": True}),
    # near misses: no row at all
    ("other-service", "https://other-service.example/", NOTHING, {"service": "Microsoft Defender for Endpoint"}),
    ("other-user", "https://other-user.example/", NOTHING, {"clicker": "bo"}),
    ("no-click", "https://no-click.example/", NOTHING, {"action": "SmartScreenUrlWarning"}),
    ("other-link", "https://other-link.example/1", NOTHING, {"mail": "https://other-link.example/2"}),
    # the five scenarios
    ("update-page", "https://internal.company.com/update/now", EXCLUDED, {"by": "internal-system-update"}),
    ("update-page-odd-case", "HTTPS://Portal.INTERNAL.company.com.:8443/update/", EXCLUDED,
     {"by": "internal-system-update"}),
    ("update-page-wrapped", "https://portal.internal.company.com/patch/", EXCLUDED,
     {"by": "internal-system-update", "unwrapped": True,
      "mail": safe_link("https://portal.internal.company.com/patch/")}),
    ("admin-portal", "https://portal.azure.com/users/", EXCLUDED, {"by": "admin-portal"}),
    ("rented-azure-name", "https://update.westeurope.cloudapp.azure.com/users/", HIT, {}),
    ("sync-job", "https://sync.partner.example/a", EXCLUDED,
     {"by": "scheduled-sync-job", "process": "SyncDataJob.exe"}),
    ("task-scheduler", "https://sync.partner.example/b", EXCLUDED,
     {"by": "scheduled-sync-job", "process": "cmd.exe", "parent": "svchost.exe",
      "parent_line": "svchost.exe -k netsvcs -p -s Schedule"}),
    ("other-svchost", "https://sync.partner.example/c", HIT,
     {"process": "cmd.exe", "parent": "svchost.exe", "parent_line": "svchost.exe -k DcomLaunch -p"}),
    ("cron", "https://sync.partner.example/d", EXCLUDED,
     {"by": "scheduled-sync-job", "process": "curl", "parent": "cron"}),
    ("sync-host", "https://sync.partner.example/e", EXCLUDED,
     {"by": "scheduled-sync-job", "device": "sync-01.company.com"}),
    ("it-powershell", "https://tools.vendor.example/a", EXCLUDED,
     {"by": "it-powershell", "process": "powershell.exe", "user": "it.admin"}),
    ("it-browser", "https://tools.vendor.example/b", HIT, {"user": "it.admin"}),
    ("user-powershell", "https://tools.vendor.example/c", HIT, {"process": "powershell.exe"}),
    ("it-device", "https://tools.vendor.example/d", EXCLUDED,
     {"by": "it-powershell", "process": "pwsh.exe", "device": "it-ws-01.company.com"}),
    # protections win over an exclusion that matches
    ("flagged-internal", "https://internal.company.com/login", PROTECTED,
     {"exclusion": "internal-system-update", "by": "phish-that-mimics-internal", "threat": "Phish"}),
    ("flagged-at-click", "https://internal.company.com/click", PROTECTED,
     {"exclusion": "internal-system-update", "by": "phish-that-mimics-internal", "click": "Phish, Malware"}),
    ("known-pattern", "https://a.phishing.com/x", PROTECTED,
     {"exclusion": "scheduled-sync-job", "by": "phish-that-mimics-internal", "device": "sync-01.company.com"}),
    ("mimics-by-suffix", "https://internal.company.com.evil.example/login", PROTECTED,
     {"exclusion": "it-powershell", "by": "phish-that-mimics-internal", "process": "powershell.exe", "user": "it.admin"}),
    ("mimics-by-digit", "https://internal.c0mpany.com/login", PROTECTED,
     {"exclusion": "scheduled-sync-job", "by": "phish-that-mimics-internal", "device": "sync-02.company.com"}),
    # host tricks: none of these is internal
    ("trick-suffix", "https://internal.company.com.evil.example/", HIT, {}),
    ("trick-prefix", "https://xinternal.company.com/", HIT, {}),
    ("trick-path", "https://evil.example/internal.company.com/update/", HIT, {}),
    ("trick-path-only", "https://evil.example/update/", HIT, {}),
    ("trick-userinfo", "https://internal.company.com@evil.example/", HIT, {}),
    ("trick-fake-wrapper",
     safe_link("https://internal.company.com/", "nam02.safelinks.protection.outlook.com.evil.example"), HIT, {}),
    ("trick-punycode", "https://xn--nternal-6ya.company.com/", HIT, {}),
    ("trick-homograph", "https://intern\u0430l.company.com/", HIT, {}),
    ("trick-ip", "http://10.0.0.1/update/", HIT, {}),
    ("trick-ip-decimal", "http://167772161/update/", HIT, {}),
    ("trick-ip-hex", "http://0x0a.0.0.1/update/", HIT, {}),
    ("trick-backslash", "https://evil.example\\@internal.company.com/", HIT, {}),
    ("trick-tab", "https://internal.company.com\t.evil.example/", HIT, {}),
    ("trick-nul", "https://internal.company.com\u0000.evil.example/", HIT, {}),
    ("trick-dot", "https://internal.company.com/%2e%2e/x", HIT, {}),
    ("trick-encoded-host", "https://internal%2ecompany.com/", HIT, {}),
    ("trick-semicolon", "https://internal.company.com;.evil.example/", HIT, {}),
    ("trick-query", "https://evil.example?internal.company.com", HIT, {}),
    ("trick-fragment", "https://evil.example#internal.company.com", HIT, {}),
    ("trick-two-targets", safe_link("https://internal.company.com/")
     + "&url=https%3A%2F%2Fevil.example%2F", HIT, {}),
    ("trick-scheme", "ftp://internal.company.com/update/", HIT, {}),
    ("trick-opaque", "https://protect-eu.mimecast.com/s/abcdef?domain=internal.company.com", HIT, {}),
]
USERS = ["ada", "bo", "cy", "it.admin"]


def sid(user):
    return "S-1-5-21-1000-2000-3000-%d" % (1100 + USERS.index(user))


def object_id(user):
    return "00000000-0000-4000-9000-%012d" % (USERS.index(user) + 1)


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f") + "7Z"


def build():
    tables = {t: [] for t in ("AlertInfo", "AlertEvidence", "EmailEvents", "IdentityInfo",
                              "DeviceEvents", "DeviceProcessEvents", "UrlClickEvents")}
    expected = []
    for user in USERS:
        tables["IdentityInfo"].append({
            "TimeGenerated": stamp(START - timedelta(days=1)), "AccountObjectId": object_id(user),
            "AccountSID": sid(user), "AccountUPN": user + "@company.com", "AccountName": user,
            "Type": "IdentityInfo"})
    for i, (name, link, outcome, more) in enumerate(CASES):
        at = START + timedelta(minutes=3 * i, microseconds=i)
        user = more.get("user", USERS[i % 3])
        clicker = more.get("clicker", user)
        if clicker != user:
            user = "ada"
        process = more.get("process", "outlook.exe")
        parent = more.get("parent", "explorer.exe")
        device = more.get("device", "pc-%02d.company.com" % (i % 7 + 1))
        alert, message = "da%08d_1" % i, "aaaaaaaa-0000-4000-8000-%012d" % i
        tables["AlertInfo"].append({
            "Timestamp": stamp(at + timedelta(minutes=5)), "AlertId": alert,
            "Title": "Email messages containing malicious URL removed after delivery",
            "Category": "InitialAccess", "Severity": "Informational",
            "ServiceSource": more.get("service", "Microsoft Defender for Office 365"),
            "DetectionSource": "Microsoft Defender for Office 365", "AttackTechniques": ""})
        evidence = {"Timestamp": stamp(at + timedelta(minutes=5)), "AlertId": alert,
                    "EntityType": "Url", "EvidenceRole": "Related",
                    "RemoteUrl": more.get("mail", link), "NetworkMessageId": ""}
        tables["AlertEvidence"].append(evidence)
        tables["AlertEvidence"].append(dict(evidence, EntityType="MailMessage", RemoteUrl="",
                                            NetworkMessageId=message))
        tables["EmailEvents"].append({
            "Timestamp": stamp(at - timedelta(hours=1)), "NetworkMessageId": message,
            "SenderFromAddress": "news@sender.example", "Subject": "Case " + name,
            "RecipientEmailAddress": user + "@company.com", "RecipientObjectId": object_id(user),
            "ThreatTypes": more.get("threat", "Malware" if i % 2 else ""),
            "DeliveryAction": "Delivered"})
        event = {"Timestamp": stamp(at), "DeviceId": "dev-" + device, "DeviceName": device,
                 "ActionType": more.get("action", "BrowserLaunchedToOpenUrl"), "RemoteUrl": link,
                 "InitiatingProcessFileName": process, "InitiatingProcessId": 4000 + i,
                 "InitiatingProcessCreationTime": stamp(at - timedelta(minutes=1)),
                 "InitiatingProcessCommandLine": process + " /run",
                 "InitiatingProcessParentFileName": parent,
                 "InitiatingProcessAccountSid": sid(clicker),
                 "InitiatingProcessAccountName": clicker, "AdditionalFields": "{}",
                 "ReportId": i, "MachineGroup": None}
        tables["DeviceEvents"].append(event)
        tables["DeviceProcessEvents"].append({
            "Timestamp": stamp(at - timedelta(minutes=1)), "DeviceId": "dev-" + device,
            "DeviceName": device, "ActionType": "ProcessCreated", "FileName": process,
            "ProcessId": 4000 + i, "ProcessCreationTime": stamp(at - timedelta(minutes=1)),
            "ProcessCommandLine": process + " /run", "InitiatingProcessFileName": parent,
            "InitiatingProcessCommandLine": more.get("parent_line", parent), "ReportId": 1000 + i})
        if "click" in more:
            tables["UrlClickEvents"].append({
                "Timestamp": stamp(at), "Url": link, "ActionType": "ClickAllowed",
                "NetworkMessageId": message, "ThreatTypes": more["click"],
                "AccountUpn": user + "@company.com"})
        case = {"name": name, "outcome": outcome, "time": stamp(at), "url": link,
                "exclusion": None, "protection": None, "unwrapped": bool(more.get("unwrapped"))}
        if outcome == EXCLUDED:
            case["exclusion"] = more["by"]
        if outcome == PROTECTED:
            case["exclusion"], case["protection"] = more["exclusion"], more["by"]
        expected.append(case)
    return tables, expected


def line(row):
    return json.dumps(row, ensure_ascii=True, separators=(",", ":"))


def envelope(table, row):
    return line({"time": row["Timestamp"], "tenantId": TENANT, "operationName": "Publish",
                 "category": "AdvancedHunting-" + table, "properties": row,
                 "Tenant": "DefaultTenant"})


def portal_csv(rows):
    """As the Log Analytics portal saves it: month first, 12 hours, the zone in the header."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    names = list(rows[0])
    writer.writerow([n + " [UTC]" if n == "TimeGenerated" else n for n in names])
    for row in rows:
        at = datetime.strptime(row["TimeGenerated"][:23], "%Y-%m-%dT%H:%M:%S.%f")
        text = "%d/%d/%d, %d:%02d:%02d.%03d %s" % (
            at.month, at.day, at.year, at.hour % 12 or 12, at.minute, at.second,
            at.microsecond // 1000, "AM" if at.hour < 12 else "PM")
        writer.writerow([text if n == "TimeGenerated" else row[n] for n in names])
    return out.getvalue()


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else HERE
    data = os.path.join(folder, "data")
    tables, expected = build()
    stream = "".join(envelope("DeviceEvents", r) + "\r\n" for r in tables["DeviceEvents"])
    blob = "insights-logs-advancedhunting-deviceevents/tenantId=%s/y=2026/m=11/d=20/h=08/m=00/PT1H.json"
    write(os.path.join(data, blob % TENANT), stream.encode())
    mails = "".join(envelope("EmailEvents", r) + "\n" for r in tables["EmailEvents"])
    write(os.path.join(data, "EmailEvents.json.gz"), gzip.compress(mails.encode(), mtime=0))
    write(os.path.join(data, "IdentityInfo.csv"), portal_csv(tables["IdentityInfo"]).encode("utf-8-sig"))
    for table in ("AlertInfo", "AlertEvidence", "DeviceProcessEvents", "UrlClickEvents"):
        write(os.path.join(data, table + ".ndjson"),
              "".join(line(r) + "\n" for r in tables[table]).encode())
    write(os.path.join(folder, "expected.json"),
          (json.dumps({"rule": "SuspiciousUrlClicked", "cases": expected}, indent=1) + "\n").encode())


if __name__ == "__main__":
    main()
