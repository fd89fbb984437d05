"""An answer of the program, in a form that can be compared."""
import collections
import json
import subprocess

# code: the exit code; columns: (name, type) of the answer; rows: texts, sorted where their order is free.
Answer = collections.namedtuple("Answer", "code columns rows errors")


def canonical(value, is_loose):
    """A value as text. Properties keep their order: dynamic values do. Reals that are sums may differ in the
    last digits with the order of the summands; `is_loose` also forgets the order of arrays."""
    if isinstance(value, Pairs):
        members = [(k, canonical(v, is_loose)) for k, v in value]
        return "{" + ",".join("%s:%s" % (json.dumps(k), v) for k, v in (sorted(members) if is_loose else members)) + "}"
    if isinstance(value, list):
        items = [canonical(v, is_loose) for v in value]
        return "[" + ",".join(sorted(items) if is_loose else items) + "]"
    if isinstance(value, float):
        return "%.12g" % value
    return json.dumps(value, ensure_ascii=False)


class Pairs(list):
    """The members of an object, in order."""


def row_text(row, is_loose):
    return " | ".join(canonical(v, is_loose) for v in row)


def read(stdout, question, is_loose=False):
    """Columns without a published schema come in the order in which the data shows them, and Type where the envelope
    has it: `*` tells both, no more."""
    document = json.loads(stdout.decode("utf-8"), object_pairs_hook=Pairs)
    table = dict(dict(document)["Tables"][0])
    columns = tuple((dict(c)["ColumnName"], dict(c)["ColumnType"]) for c in table["Columns"])
    order = range(len(columns))
    if is_loose or "*" in question.text:
        order = sorted((i for i in order if columns[i][0] != "Type"), key=lambda i: columns[i])
    rows = [row_text([r[i] for i in order], is_loose) for r in table["Rows"]]
    return tuple(columns[i] for i in order), tuple(rows if question.is_ordered else sorted(rows))


def ask(quarry, question, options, is_loose=False):
    done = subprocess.run([quarry, "query", question.text, "--format", "kusto", "--no-progress", *options], capture_output=True, timeout=600)
    errors = done.stderr.decode("utf-8", "replace")
    if done.returncode:
        return Answer(done.returncode, (), (), errors)
    columns, rows = read(done.stdout, question, is_loose)
    return Answer(0, columns, rows, errors)


def differ(a, b, ignores_types=False, ignores_rows=False):
    """What is different, as a few words; None when nothing is."""
    if a.code != b.code:
        return "exit code %d, not %d: %s" % (b.code, a.code, (b.errors or a.errors).strip()[:400])
    shown_a = [c for c, _ in a.columns] if ignores_types else list(a.columns)
    shown_b = [c for c, _ in b.columns] if ignores_types else list(b.columns)
    if shown_a != shown_b:
        return "columns: %s" % [pair for pair in zip(shown_a, shown_b) if pair[0] != pair[1]][:4]
    if a.rows == b.rows or ignores_rows:
        return None
    lost = collections.Counter(a.rows) - collections.Counter(b.rows)
    added = collections.Counter(b.rows) - collections.Counter(a.rows)
    if not lost and not added:
        return "the order of the rows"
    pairs = [cells for x in list(lost)[:3] for y in list(added)[:3] for cells in [unlike(shown_a, x, y)] if cells]
    if len(a.rows) == len(b.rows) and pairs:
        return "cells: " + min(pairs, key=len)[:900]
    return "%d rows, not %d\n  only in the first:  %s\n  only in the second: %s" % (
        len(b.rows), len(a.rows), " // ".join(list(lost)[:2])[:600], " // ".join(list(added)[:2])[:600])


def unlike(columns, x, y):
    """The cells of two rows that are not the same."""
    found = [(c, v, w) for c, v, w in zip(columns, x.split(" | "), y.split(" | ")) if v != w]
    return "; ".join("%s: %s, then %s" % (c, v[:200], w[:200]) for c, v, w in found) if len(found) <= max(1, len(columns) // 3) else None
