"""Cuts the records of a difference down to those that show it."""
import os

from . import answers, storage, telemetry


def with_records(tables, records):
    """The same tables with fewer records: `records` are (table, record)."""
    found = []
    for t in tables:
        part = telemetry.Table(t.name, t.columns, t.known)
        part.records = [r for n, r in records if n == t.name]
        found.append(part)
    return found


class Probe:
    """Whether records still show the difference."""

    def __init__(self, run, question, tables, form, options, folder, seed):
        self.run, self.question, self.tables, self.form = run, question, tables, form
        self.plan, self.common = options
        self.folder, self.seed, self.left = os.path.join(folder, "minimise"), seed, 150

    def __call__(self, records):
        self.left -= 1
        if self.left < 0:
            return None
        tables = [t for t in with_records(self.tables, records) if t.records]
        quarry = self.run.args.quarry
        try:
            a = self.run.store(storage.plain, tables, self.folder + "/a", self.seed)
            b = self.run.store(self.form, tables, self.folder + "/b", self.seed)
        except (RuntimeError, IndexError):
            return None
        first = answers.ask(quarry, self.question, a + self.common)
        second = answers.ask(quarry, self.question, b + self.plan + self.common)
        return answers.differ(first, second) if first.code != 2 else None


def smallest(run, question, tables, form, options, folder, seed):
    """`options`: those of the plan, and those that both runs have."""
    probe = Probe(run, question, tables, form, options, folder, seed)
    records = [(t.name, r) for t in tables for r in t.records]
    what = probe(records)
    if not what:
        return "  (not shown by the records alone)"
    size = len(records) // 2
    while size and probe.left > 0:
        at = 0
        while at < len(records):
            rest = records[:at] + records[at + size:]
            shown = probe(rest) if rest else None
            if shown:
                records, what = rest, shown
            else:
                at += size
        size //= 2
    probe.left = max(probe.left, 60)
    if len(records) <= 3:
        records, what = fewer_columns(probe, records, what)
    store = storage.Store(run.args.quarry, folder, seed)
    lines = ["  %s: %s" % (n, storage.object_json(store.rng, r, "plain")[:700]) for n, r in records[:4]]
    return "  by %d records: %s\n%s" % (len(records), what, "\n".join(lines))


def fewer_columns(probe, records, what):
    for i in range(len(records)):
        for column in list(records[i][1]):
            tried = list(records)
            tried[i] = (records[i][0], {k: v for k, v in records[i][1].items() if k != column})
            shown = probe(tried)
            if shown:
                records, what = tried, shown
    return records, what
