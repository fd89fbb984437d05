#!/usr/bin/env python3
"""Runs Quarry and its peers on the same files and tells how they compare.

Every pair must give the same answer before it is timed. Then all contenders of a task run in turn,
--runs times; the least CPU time (user and system) and the least wall time of each count. Ratios are
what stays comparable between machines, so only ratios are kept.
"""
import argparse
import csv
import io
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
RULE = os.path.join(HERE, "..", "content", "hunts", "suspicious-url-clicked.yaml")


class Failed(Exception):
    pass


class Sample:
    """What one run took."""

    def __init__(self, argv):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            start = time.monotonic()
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
            _, status, usage = os.wait4(process.pid, 0)
            self.wall = time.monotonic() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            self.cpu = usage.ru_utime + usage.ru_stime
            self.rss = usage.ru_maxrss
            out.seek(0)
            err.seek(0)
            self.output = out.read().decode()
            if process.returncode != 0:
                raise Failed(err.read().decode().strip() or "exit code %d" % process.returncode)


class Bench:
    def __init__(self, options):
        self.options = options
        self.work = tempfile.TemporaryDirectory()
        self.n_files = 0
        self.threads = str(os.cpu_count())

    def folder(self, name):
        return os.path.join(self.options.data, name)

    def file(self, text):
        self.n_files += 1
        path = os.path.join(self.work.name, str(self.n_files))
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    def quarry(self, kql, folder=None):
        argv = [os.path.join(self.options.build, "quarry"), "query", "-f", self.file(kql),
                "--format", "csv", "--quiet", "--no-progress"]
        return argv + (["--data", self.folder(folder)] if folder else [])

    def duckdb(self, sql, folder="", suffix=""):
        text = sql.replace("{data}", self.folder(folder)).replace("{suffix}", suffix)
        return [os.path.join(self.options.build, "bench", "peer_duckdb"), self.file(text),
                self.threads]


def task_text(name):
    with open(os.path.join(HERE, "tasks", name), encoding="utf-8") as f:
        return f.read()


def rule_query():
    """The query of the rule that comes with Quarry, as it stands there."""
    with open(RULE, encoding="utf-8") as f:
        block = re.search(r"^query: \|\n((?:  .*\n|\n)+)", f.read(), re.M).group(1)
    return re.sub(r"^  ", "", block, flags=re.M)


def rows(text, has_header):
    """The rows of a CSV text, in an order of their own: not every query says one."""
    lines = list(csv.reader(io.StringIO(text, newline="")))
    return sorted(lines[1:] if has_header else lines)


def check(quarry, peer):
    ours, theirs = rows(quarry.output, True), rows(peer.output, False)
    if ours != theirs:
        raise Failed("answers differ: %d rows and %d rows, first %r and %r"
                     % (len(ours), len(theirs), ours[:1], theirs[:1]))


def interleave(argvs, n_runs):
    """The least CPU, the least wall time and the most memory of each command."""
    best = [None] * len(argvs)
    for _ in range(n_runs):
        for i, argv in enumerate(argvs):
            s = Sample(argv)
            old = best[i]
            best[i] = (s.cpu, s.wall, s.rss) if old is None else (
                min(s.cpu, old[0]), min(s.wall, old[1]), max(s.rss, old[2]))
    return best


class Line:
    """One line of the table. `is_saving`: the ratio is the peer's time by Quarry's, more is better;
    else Quarry's by the peer's, less is better."""

    def __init__(self, work, against, is_saving, reach, dream):
        self.work, self.against, self.is_saving = work, against, is_saving
        self.reach, self.dream = reach, dream
        self.cpu = self.wall = None
        self.note = ""

    def measure(self, ours, theirs):
        low, high = (ours, theirs) if self.is_saving else (theirs, ours)
        self.cpu, self.wall = (h / max(l, 1e-9) for l, h in zip(low[:2], high[:2]))
        met = [goal for goal, name in ((self.reach, "reach"), (self.dream, "dream"))
               if goal and (self.cpu >= goal if self.is_saving else self.cpu <= goal)]
        self.note = "dream" if self.dream and self.dream in met else "reach" if met else ""

    def cells(self):
        unit = "%.2fx less" if self.is_saving else "%.2fx"
        show = lambda x: unit % x if x is not None else "-"
        goal = lambda x: ("%gx less" if self.is_saving else "%gx") % x if x else ""
        return [self.work, self.against, show(self.cpu), show(self.wall), goal(self.reach),
                goal(self.dream), self.note]


DUCKDB = "DuckDB, hand-written SQL"


def url_clicked(b):
    """The rule against one word counted by ripgrep, and against SQL."""
    big = b.options.size
    events = os.path.join(b.folder(big), "DeviceEvents.ndjson")
    word = "BrowserLaunchedToOpenUrl"
    rg = ["rg", "--no-mmap", "-c", "-F", word, events]
    argvs = [b.quarry(rule_query(), big), rg, b.duckdb(task_text("url-clicked.sql"), big)]
    first = [Sample(a) for a in argvs]
    check(first[0], first[2])
    count = Sample(b.quarry('DeviceEvents | where ActionType == "%s" | count' % word, big))
    if rows(count.output, True) != [[first[1].output.strip()]]:
        raise Failed("ripgrep counts %s lines, Quarry %r" % (first[1].output, count.output))
    best = interleave(argvs, b.options.runs)
    lines = [Line("SuspiciousUrlClicked, raw NDJSON", "`rg -c` of one word, DeviceEvents alone",
                  False, 2.5, 1.5),
             Line("SuspiciousUrlClicked, raw NDJSON", DUCKDB, True, 4, 6)]
    lines[0].measure(best[0], best[1])
    lines[1].measure(best[0], best[2])
    return lines


def against_sql(b, title, name, folder, reach, dream, suffix="", sql=None):
    argvs = [b.quarry(task_text(name + ".kql"), folder),
             b.duckdb(task_text((sql or name) + ".sql"), folder, suffix)]
    check(*[Sample(a) for a in argvs])
    line = Line(title, DUCKDB, True, reach, dream)
    line.measure(*interleave(argvs, b.options.runs))
    return [line]


def over_parquet(sql):
    """The same statement over the Parquet files that import.sql makes; identifiers are UUIDs there."""
    parquet = re.sub(r"read_json\('\{data\}/(\w+)\.ndjson',.*?\}\)", r"read_parquet('{out}/\1.parquet')",
                     sql, flags=re.S)
    return "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (%s)" % parquet


def needle_of(path):
    """A word that one record alone holds, from the middle of a file."""
    with open(path, "rb") as f:
        f.seek(os.path.getsize(path) // 2)
        return re.search(rb"mojo\.([0-9a-f]{32})", f.read(4 << 20)).group(1).decode()


def lake(b):
    """Import, then the rule and a word of one record over what was imported."""
    data, made = b.folder(b.options.size), tempfile.mkdtemp(dir=b.work.name)
    ours, theirs = os.path.join(made, "lake"), os.path.join(made, "parquet")
    os.mkdir(theirs)
    quarry = os.path.join(b.options.build, "quarry")
    needle = needle_of(os.path.join(data, "DeviceEvents.ndjson"))
    fill = lambda text: text.replace("{out}", theirs).replace("{needle}", needle)
    peer = lambda sql: b.duckdb(fill(sql), b.options.size)
    over = lambda kql: b.quarry(fill(kql)) + ["--lake", ours]
    again = 'rm -rf "$1" && exec "$2" import --data "$3" --lake "$1" --quiet --no-progress'
    lines = [Line("import", "DuckDB, COPY of read_json to Parquet", True, 1, 2),
             Line("SuspiciousUrlClicked, the lake", DUCKDB + ", Parquet", True, 1, 2),
             Line("`has` of one record's word, the lake", DUCKDB + ", Parquet", True, 10, 50)]
    lines[0].measure(*interleave([["sh", "-c", again, "sh", ours, quarry, data],
                                  peer(task_text("import.sql"))], b.options.runs))
    pairs = [(rule_query(), over_parquet(task_text("url-clicked.sql"))),
             (task_text("needle.kql"), task_text("needle.sql"))]
    for line, (kql, sql) in zip(lines[1:], pairs):
        argvs = [over(kql), peer(sql)]
        check(*[Sample(a) for a in argvs])
        line.measure(*interleave(argvs, max(10, b.options.runs)))
    return lines


def start_up(b):
    argvs = [b.quarry(task_text("start.kql")), b.duckdb(task_text("start.sql"))]
    check(*[Sample(a) for a in argvs])
    line = Line("start-up: `print 1`", "DuckDB's own start-up in C", False, 1.2, 1)
    line.measure(*interleave(argvs, max(20, b.options.runs)))
    return [line]


def growth(b):
    """Four times the input: memory and CPU against the small one."""
    sizes = (b.options.size, b.options.small)
    big, small = interleave([b.quarry(task_text("group.kql"), s) for s in sizes], b.options.runs)
    lines = [Line("CPU, group by, %s" % sizes[0], "the same, %s" % sizes[1], False, 4.1, None),
             Line("memory, group by, %s (%d MiB)" % (sizes[0], big[2] >> 10),
                  "the same, %s (%d MiB)" % (sizes[1], small[2] >> 10), False, 1.1, None)]
    lines[0].measure(big, small)
    lines[1].measure((big[2], big[2]), (small[2], small[2]))
    lines[1].wall = None
    return lines


def tasks(o):
    big, small = o.size, o.small
    sql = against_sql
    return {
        "url-clicked": url_clicked,
        "nested": lambda b: sql(b, "`has` on nested JSON text, summarize, top 10", "nested", big, 4, 6),
        "group": lambda b: sql(b, "group by ActionType and hour", "group", big, 2.5, 4),
        "search": lambda b: sql(b, '`search "evil"` over all columns', "search", big, 8, 15),
        "regex": lambda b: sql(b, "regex on command lines", "regex", big, 5, 8),
        "gzip": lambda b: sql(b, "`has` on nested JSON text, gzip", "nested", small + "-gzip", 2.5, 4, ".gz"),
        "zstd": lambda b: sql(b, "`has` on nested JSON text, zstd", "nested", small + "-zstd", 2, 3, ".zst"),
        "stream": lambda b: sql(b, "group by, streaming API envelopes", "group", small + "-stream",
                                None, None, "", "stream"),
        "lake": lake,
        "start": start_up,
        "growth": growth,
    }


HEAD = ["work", "against", "CPU", "wall", "reach", "dream", "met"]


def table(lines):
    out = ["| " + " | ".join(HEAD) + " |", "|" + " --- |" * len(HEAD)]
    return "\n".join(out + ["| " + " | ".join(l.cells()) + " |" for l in lines])


def record(options, text):
    with open(os.path.join(HERE, "RESULTS.md"), "w", encoding="utf-8") as f:
        f.write("""# Results

Ratios from one run of

    make bench SIZE=%s RUNS=%d RECORD=1

with a warm page cache on %d cores: the least CPU time (user and system) and the least wall time of
%d interleaved runs. Every pair gave the same answer. `README.md` tells what is compared; reach and
dream are the goals for CPU.

%s
""" % (options.size, options.runs, os.cpu_count(), options.runs, text))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("build", "data", "size", "small"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--tasks", help="names, with commas between")
    parser.add_argument("--record", action="store_true", help="write RESULTS.md")
    options = parser.parse_args()
    all_tasks = tasks(options)
    wanted = options.tasks.split(",") if options.tasks else list(all_tasks)
    unknown = [name for name in wanted if name not in all_tasks]
    if unknown:
        parser.error("no task %s; there are %s" % (unknown[0], ", ".join(all_tasks)))
    bench, lines, n_failed = Bench(options), [], 0
    for name in wanted:
        try:
            done = all_tasks[name](bench)
            lines += done
            for line in done:
                print("  ".join(c for c in line.cells() if c), flush=True)
        except Failed as e:
            is_missing = "QY900" in str(e)
            n_failed += not is_missing
            print("%s: %s" % (name, "not yet supported" if is_missing else e), flush=True)
    print("\n" + table(lines))
    if options.record:
        record(options, table(lines))
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main())
