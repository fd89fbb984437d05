#!/usr/bin/env python3
"""What of the language is supported, and how many text cases use it, as Markdown.

Usage: coverage.py QUARRY TESTS [DOCS]

QUARRY is the program, TESTS the folder of text cases. With DOCS, a checkout of the language's documentation,
pages that the catalog does not know are listed at the end.
"""
import json
import pathlib
import re
import subprocess
import sys

KINDS = ["tabular operator", "operator", "function", "window function", "aggregate", "plugin", "special form"]


def cases_of(folder):
    """The queries of all text cases."""
    for path in sorted(pathlib.Path(folder).rglob("*.test")):
        for case in path.read_text(encoding="utf-8").split("\n=== ")[0:]:
            yield case.split("\n---")[0]


def pattern_of(row, name):
    if row["kind"] == "operator":
        word = re.escape(name)
        return re.compile(rf"(?<![\w!]){word}(?![\w~])" if name[-1].isalnum() or name[-1] == "~" else word)
    called = row["kind"] in ("function", "window function", "aggregate", "plugin")
    if row["kind"] == "special form":
        called = row["name"] + "(" in row["signature"] and not row["name"].startswith("_")
    after = r"\s*\(" if called else r"(?![\w-])"
    return re.compile(rf"(?<![\w-]){re.escape(name)}{after}")


def count(row, queries):
    patterns = [pattern_of(row, name) for name in [row["name"], *row["aliases"]]]
    return sum(any(p.search(q) for p in patterns) for q in queries)


def unknown_pages(docs, rows):
    names = {n.lower() for r in rows for n in [r["name"], *r["aliases"]]}
    for page in sorted(pathlib.Path(docs).rglob("*.md")):
        m = re.fullmatch(r"(.+?)-(function|operator|plugin|aggregation-function|aggfunction)", page.stem)
        if m and m[1].replace("-", "_") not in names and m[1] not in names:
            yield page.stem


def main():
    rows = [json.loads(line) for line in
            subprocess.run([sys.argv[1], "functions", "--format", "json"], capture_output=True, text=True,
                           check=True).stdout.splitlines()]
    queries = list(cases_of(sys.argv[2]))
    print("# Coverage of the language\n")
    print("Printed by `make reference`: what the catalog declares, and the number of text cases whose query uses it.\n")
    print("| kind | declared | supported | not yet | needs the cloud service | with cases |")
    print("| --- | --- | --- | --- | --- | --- |")
    counts = {id(r): count(r, queries) for r in rows}
    for kind in KINDS:
        of = [r for r in rows if r["kind"] == kind]
        by = {s: sum(r["support"] == s for r in of) for s in ("supported", "not yet supported", "needs a cloud service")}
        print(f"| {kind} | {len(of)} | {by['supported']} | {by['not yet supported']} | "
              f"{by['needs a cloud service']} | {sum(counts[id(r)] > 0 for r in of)} |")
    for kind in KINDS:
        print(f"\n## {kind}s\n\n| name | | cases |\n| --- | --- | --- |")
        for r in sorted((r for r in rows if r["kind"] == kind), key=lambda r: r["name"]):
            note = "" if r["support"] == "supported" else r["support"]
            name = r["name"].replace("|", "\\|")
            print(f"| `{name}` | {note} | {counts[id(r)]} |")
    if len(sys.argv) > 3:
        pages = list(unknown_pages(sys.argv[3], rows))
        print(f"\n## Pages that the catalog does not know: {len(pages)}\n")
        for page in pages:
            print(f"- {page}")


if __name__ == "__main__":
    main()
