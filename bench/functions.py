#!/usr/bin/env python3
"""Compares single functions with the nearest built-in of the embedded engine.

Both run over the same Parquet file. A pair must give the same answer; then both run in turn and the
least CPU time of each counts. Reading the columns that a function needs is measured too, for each
side, and taken away: what stays is the function.
"""
import argparse
import os
import sys

from compare import Bench, Failed, Sample, check, interleave, task_text

HERE = os.path.dirname(os.path.abspath(__file__))
TEXT = ('countif(%s == "no such text")', "count(*) FILTER (WHERE %s = 'no such text')")
BOOL = ("countif(%s)", "count(*) FILTER (WHERE %s)")
NUMBER = ("sum(%s)", "sum(%s)")
TIME = ("countif(%s == datetime(2026-01-02))", "count(*) FILTER (WHERE %s = TIMESTAMP '2026-01-02')")
# How the values of an expression are used up: cheaply where they are timed, wholly where they are checked.
TIMED = {"text": TEXT, "bool": BOOL, "number": NUMBER, "time": TIME}
CHECKED = {"text": ("sum(strlen(%s))", "sum(length(%s))"), "bool": BOOL, "number": NUMBER, "time": TIME}
KINDS = {"n": "number", "ts": "time", "cmd": "text", "upn": "text", "code": "text", "fields": "text",
         "list": "text"}
SEPARATOR = " | "


def tasks():
    for line in task_text("functions.txt").splitlines():
        if line and not line.startswith("#"):
            yield line.split(SEPARATOR)


def make_data(bench, rows):
    """The file is made once a number of rows and a text of the statement."""
    folder = bench.folder("functions-%d" % rows)
    statement = task_text("functions-data.sql")
    stamp = os.path.join(folder, ".sql")
    if os.path.exists(stamp) and open(stamp, encoding="utf-8").read() == statement:
        return folder
    os.makedirs(folder, exist_ok=True)
    Sample(bench.duckdb(statement.replace("{out}", folder).replace("{rows}", str(rows))))
    with open(stamp, "w", encoding="utf-8") as f:
        f.write(statement)
    return folder


def pair(bench, folder, forms, parts):
    """The two commands that compute the (form, KQL, SQL) of `parts` over all rows."""
    kql = ", ".join(forms[form][0] % k for form, k, _ in parts)
    sql = ", ".join("CAST(%s AS BIGINT)" % (forms[form][1] % s) for form, _, s in parts)
    file = os.path.join(folder, "Functions.parquet")
    ours = bench.quarry("Functions | summarize " + kql) + ["--table", "Functions=" + file]
    return [ours, bench.duckdb("SELECT %s FROM read_parquet('%s')" % (sql, file))]


def measure(bench, folder, task, runs):
    """CPU seconds of the function alone: Quarry's and the engine's."""
    _, form, kql, sql, columns = task
    base = pair(bench, folder, TIMED, [(KINDS[c], c, c) for c in columns.split(", ")])
    full = pair(bench, folder, TIMED, [(form, kql, sql)])
    check(*[Sample(a) for a in pair(bench, folder, CHECKED, [(form, kql, sql)])])
    best = interleave(base + full, runs)
    floor = 0.005
    return [max(best[i + 2][0] - best[i][0], floor) for i in (0, 1)]


def record(lines, options):
    with open(os.path.join(HERE, "FUNCTIONS.md"), "w", encoding="utf-8") as f:
        f.write("""# Functions

CPU of single functions against the nearest built-in of the embedded engine, from one run of

    make bench-functions ROWS=%d RUNS=%d RECORD=1

on %d cores: nanoseconds a row, reading the columns taken away, the least of %d interleaved runs. Every
pair gave the same answer. The nearest built-in often does less: `has` looks for whole terms in any
case, `parse_json` accepts what is no JSON, and no function of KQL fails on a value. `code` and `list`
hold few different values, which the file keeps as dictionaries: there a function is asked once a value.

%s
""" % (options.rows, options.runs, os.cpu_count(), options.runs, "\n".join(lines)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", help="a part of the names wanted")
    parser.add_argument("--record", action="store_true", help="write FUNCTIONS.md")
    options = parser.parse_args()
    bench, n_failed = Bench(options), 0
    folder = make_data(bench, options.rows)
    lines = ["| function | KQL | nearest built-in | Quarry | built-in | ratio |",
             "| --- | --- | --- | --- | --- | --- |"]
    for task in tasks():
        if options.only and options.only not in task[0]:
            continue
        try:
            ours, theirs = measure(bench, folder, task, options.runs)
        except Failed as e:
            n_failed += 1
            print("%s: %s" % (task[0], e), flush=True)
            continue
        nanoseconds = [t / options.rows * 1e9 for t in (ours, theirs)]
        code = lambda text: "`%s`" % text.replace("|", "\\|")
        lines.append("| %s | %s | %s | %.0f ns | %.0f ns | %.2fx |"
                     % (task[0], code(task[2]), code(task[3]), *nanoseconds, ours / theirs))
        print("%-30s %5.0f ns %5.0f ns  %.2fx" % (task[0], *nanoseconds, ours / theirs), flush=True)
    if options.record:
        record(lines, options)
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main())
