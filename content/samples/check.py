#!/usr/bin/env python3
"""Compares a hunt over the sample with expected.json, case by case.

build/quarry hunt content/hunts/suspicious-url-clicked.yaml --data content/samples/data \\
    --exclusions content/exclusions/suspicious-url-clicked.yaml --format json |
    python3 content/samples/check.py
"""
import json
import os
import sys


def key(row):
    return row["UrlDeviceClickTime"], row["UrlClickedByUserSid"]


def outcomes(hunt):
    """What became of each row: (outcome, exclusion, protection)."""
    found = {}
    for row in hunt["hits"]:
        if key(row) in found:
            sys.exit("two hits are one click: %r" % (key(row),))
        found[key(row)] = ("hit", None, None)
    for entry in hunt["suppressed"]:
        if key(entry["row"]) in found:
            sys.exit("a suppressed row is a hit: %r" % (key(entry["row"]),))
        found[key(entry["row"])] = ("suppressed", entry["exclusion"], None)
    for entry in hunt["protected"]:
        if found.get(key(entry["row"]), ("",))[0] != "hit":
            sys.exit("a protected row is no hit: %r" % (key(entry["row"]),))
        found[key(entry["row"])] = ("protected", entry["exclusion"], entry["by"])
    return found


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "expected.json"), encoding="utf-8") as f:
        cases = json.load(f)["cases"]
    hunt = json.load(sys.stdin)["hunts"][0]
    found = outcomes(hunt)
    times = [row["UrlDeviceClickTime"] for row in hunt["hits"]]
    bad = 0
    for case in cases:
        got = found.pop((case["time"], case["url"]), ("nothing", None, None))
        want = (case["outcome"], case["exclusion"], case["protection"])
        if got != want:
            bad += 1
            print("%s: got %s, expected %s" % (case["name"], got, want))
    for left in found:
        bad += 1
        print("no case stands behind %r" % (left,))
    if times != sorted(times, reverse=True):
        bad += 1
        print("the hits are not newest first")
    print("%d passed, %d failed" % (len(cases) - min(bad, len(cases)), bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
