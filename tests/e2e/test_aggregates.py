#!/usr/bin/env python3
"""Aggregates and window functions over random rows, compared with what plain Python makes of them.

The rows are the same in every run: the generator starts from a fixed seed.
"""
import functools
import json
import math
import operator
import random
import statistics

from program import Case, main, run

SETS = 25
PERCENTS = [0, 1, 5, 10, 25, 33.3, 50, 66.7, 75, 90, 99, 99.9, 100]


def literal(value, kind):
    if value is None:
        return f"{kind}(null)"
    if kind == "datetime":
        return f"datetime(2026-01-01 00:00:{value:02})"
    return f"{kind}({str(value).lower()})"


def random_rows(rng):
    """Rows (group, long, weight, real, bool, seconds), nulls among them."""
    return [
        (
            rng.choice("pqr"),
            rng.choice([None, *range(-5, 20)]),
            rng.choice([None, -1, 0, 1, 2, 5]),
            rng.choice([None, *(x / 4 for x in range(-8, 8))]),
            rng.choice([True, False, None]),
            rng.choice([None, *range(40)]),
        )
        for _ in range(rng.choice([0, 1, 2, 3, 10, 50, 200]))
    ]


def table(rows):
    cells = ", ".join(
        ", ".join([str(i), f'"{g}"', literal(x, "long"), literal(w, "long"), literal(r, "real"), literal(b, "bool"), literal(t, "datetime")])
        for i, (g, x, w, r, b, t) in enumerate(rows)
    )
    return f"let T = datatable(n:long, g:string, x:long, w:long, r:real, b:bool, t:datetime) [{cells}]; T "


def present(values):
    return [v for v in values if v is not None]


def nearest_rank(weighed, percents):
    """The smallest value that so many percent of the weight do not exceed, for each percentile."""
    if not weighed:
        return None
    ordered, total = sorted(weighed), sum(w for _, w in weighed)
    answers = []
    for p in percents:
        rank, seen = math.ceil(round(p * total / 100, 9)), 0
        for value, weight in ordered:
            seen += weight
            if seen >= rank:
                answers.append(value)
                break
    return answers


def covariance(pairs):
    if len(pairs) < 2:
        return 0
    return statistics.covariance([a for a, _ in pairs], [b for _, b in pairs])


def expected_group(rows, percents):
    xs, rs = present(r[1] for r in rows), present(r[3] for r in rows)
    chosen = [r for r in rows if r[4]]
    ranked = nearest_rank([(x, 1) for x in xs], percents)
    weighted = nearest_rank([(r, w) for _, _, w, r, _, _ in rows if r is not None and w is not None and w > 0], percents)
    return {
        "count_": len(rows),
        "percentiles_x": ranked,
        "of_digest": ranked,
        "weighted": weighted,
        "of_weighted": weighted,
        "stdev_x": statistics.stdev(xs) if len(xs) > 1 else 0,
        "variancep_r": statistics.pvariance(rs) if rs else 0,
        "covariance_x_r": covariance([(r[1], r[3]) for r in rows if r[1] is not None and r[3] is not None]),
        "sumif_x": sum(present(r[1] for r in chosen)),
        "countif_b": len(chosen),
        "dcountif_x": len(set(present(r[1] for r in chosen))),
        "minif_r": min(present(r[3] for r in chosen), default=None),
        "bits": functools.reduce(operator.or_, xs) if xs else None,
        "avg_x": sum(xs) / len(xs) if xs else math.nan,
        "of_hll": len(set(xs)) if xs else None,
        "list_x": xs,
    }


class Window:
    """The running values of the window functions, row after row."""

    def __init__(self, rows, longest, pause):
        self.rows, self.longest, self.pause = rows, longest, pause

    def session(self, restarts):
        start = last = None
        for *_, b, t in self.rows:
            if t is None:
                start = None
            elif start is None or t >= start + self.longest or t >= last + self.pause or (restarts and b):
                start = t
            last = t if t is not None else last
            yield start

    def answers(self):
        number, total, run, dense, least = 4, 0, 0, 0, 0
        rows = self.rows
        sessions = zip(self.session(True), self.session(False))
        for i, ((_, x, _, _, b, _), (restarted, plain)) in enumerate(zip(rows, sessions)):
            begins = i == 0 or bool(b)
            number = 5 if begins else number + 1
            total = (0 if begins else total) + (x or 0)
            run = 1 if begins else run + 1
            if begins:
                dense = least = 1
            elif x != rows[i - 1][1]:
                dense, least = dense + 1, run
            yield {
                "before": rows[i - 1][1] if i else None,
                "second": rows[i - 2][1] if i > 1 else -9,
                "third": rows[i + 3][3] if i + 3 < len(rows) else None,
                "number": number,
                "total": total,
                "dense": dense,
                "least": least,
                "restarted": restarted,
                "plain": plain,
            }


class Aggregates(Case):
    def same(self, got, want, where):
        if isinstance(want, float) and math.isnan(want):
            self.assertTrue(math.isnan(got), f"{where}: {got} for {want}")
        elif isinstance(want, float) and isinstance(got, (int, float)):
            self.assertTrue(math.isclose(got, want, rel_tol=1e-9, abs_tol=1e-9), f"{where}: {got} for {want}")
        else:
            self.assertEqual(got, want, where)

    def rows_of(self, query):
        r = run("query", "-", "--format", "json", stdin=query)
        self.assertEqual(r.returncode, 0, r.stderr)
        return json.loads(r.stdout)

    def test_groups(self):
        rng = random.Random(20260501)
        for turn in range(SETS):
            rows, percents = random_rows(rng), rng.sample(PERCENTS, 3)
            listed = ", ".join(map(str, percents))
            out = self.rows_of(
                table(rows) + "| sort by n asc | summarize count(), percentiles_array(x, " + listed + "), "
                f"weighted = percentilesw_array(r, w, {listed}), digest = tdigest(x), other = tdigest(r, w), h = hll(x), "
                "stdev(x), variancep(r), covariance(x, r), sumif(x, b), countif(b), dcountif(x, b), minif(r, b), "
                "bits = binary_all_or(x), avg(x), make_list(x) by g"
                f"| extend of_digest = percentiles_array_tdigest(digest, {listed}), of_hll = dcount_hll(h), "
                f"of_weighted = percentiles_array_tdigest(other, {listed})"
                "| project-away digest, other, h | sort by g asc"
            )
            groups = sorted({r[0] for r in rows})
            self.assertEqual([o["g"] for o in out], groups)
            for got, group in zip(out, groups):
                want = expected_group([r for r in rows if r[0] == group], percents)
                for name, value in want.items():
                    self.same(got[name], value, f"set {turn}, group {group}, {name}")

    def test_windows(self):
        rng = random.Random(20260502)
        for turn in range(SETS):
            rows, longest, pause = random_rows(rng), rng.choice([3, 10, 20]), rng.choice([1, 4, 15])
            out = self.rows_of(
                table(rows) + "| sort by n asc | project before = prev(x), second = prev(x, 2, -9), third = next(r, 3), "
                "number = row_number(5, b), total = row_cumsum(x, b), dense = row_rank_dense(x, b), least = row_rank_min(x, b), "
                f"restarted = row_window_session(t, {longest}s, {pause}s, b), plain = row_window_session(t, {longest}s, {pause}s)"
                "| extend restarted = datetime_part('second', restarted), plain = datetime_part('second', plain)"
            )
            self.assertEqual(len(out), len(rows))
            for i, (got, want) in enumerate(zip(out, Window(rows, longest, pause).answers())):
                for name, value in want.items():
                    self.same(got[name], value, f"set {turn}, row {i}, {name}")


if __name__ == "__main__":
    main()
