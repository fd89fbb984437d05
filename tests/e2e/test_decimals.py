"""Decimals against Python's own, with decimal128's digits and range; in Parquet, a lake and every output."""
import csv
import decimal
import io
import json
import os
import random

from program import Case, main, run

EXACT = decimal.Context(prec=34, rounding=decimal.ROUND_HALF_EVEN, Emin=-6143, Emax=6144, traps=[])
N = 400


def known(value):
    """What the program says of a value: null for what is no finite number, one zero."""
    if not value.is_finite():
        return None
    return abs(value) if value == 0 else value


def number(chance):
    digits = "".join(chance.choice("0123456789") for _ in range(chance.choice([1, 2, 5, 17, 33, 34, 35, 40, 70])))
    if chance.random() < 0.3:  # where rounding is decided
        digits = chance.choice(["1", "9", "5", "49"]) + chance.choice("09") * chance.choice([0, 15, 32, 33, 34]) + chance.choice(["", "5", "51"])
    power = chance.choice([0, 0, -3, -17, -34, 12, 34, chance.randrange(-60, 60), chance.randrange(-6250, 6150)])
    return chance.choice(["", "-"]) + digits + (f"e{power}" if power else "")


# A Parquet file of one column of DECIMAL(precision, scale), by the format's documentation -----------

def varint(n):
    out = b""
    while n >= 0x80:
        out, n = out + bytes([n & 0x7F | 0x80]), n >> 7
    return out + bytes([n])


def thrift(value):
    """A struct of the compact protocol: {id: int | ("i64", int) | bytes | [struct or bytes or int, ...] | struct}."""
    out, last = b"", 0
    for key, v in value.items():
        kind, body = element(v)
        out, last = out + bytes([(key - last) << 4 | kind]) + body, key
    return out + b"\0"


def element(v):
    if isinstance(v, int):
        return 5, varint(v << 1)
    if isinstance(v, tuple):
        return 6, varint(v[1] << 1)
    if isinstance(v, bytes):
        return 8, varint(len(v)) + v
    if isinstance(v, dict):
        return 12, thrift(v)
    kinds = [element(e) for e in v]
    return 9, bytes([len(v) << 4 | kinds[0][0]]) + b"".join(body for _, body in kinds)


def parquet(name, values, precision, scale):
    body = b"".join(int(v.scaleb(scale, decimal.Context(prec=80))).to_bytes(16, "big", signed=True) for v in values)
    page = thrift({1: 0, 2: len(body), 3: len(body), 5: {1: len(values), 2: 0, 3: 3, 4: 3}}) + body
    column = {1: 7, 2: 16, 3: 0, 4: name, 6: 5, 7: scale, 8: precision}
    about = {1: 7, 2: [0], 3: [name], 4: 0, 5: ("i64", len(values)), 6: ("i64", len(page)), 7: ("i64", len(page)), 9: ("i64", 4)}
    footer = thrift({1: 1, 2: [{4: b"schema", 5: 1}, column], 3: ("i64", len(values)),
                     4: [{1: [{2: ("i64", 0), 3: about}], 2: ("i64", len(page)), 3: ("i64", len(values))}]})
    return b"PAR1" + page + footer + len(footer).to_bytes(4, "little") + b"PAR1"


class Decimals(Case):
    def rows(self, query, *args):
        r = run("query", query, *args, "--format", "ndjson")
        self.assertEqual(r.returncode, 0, r.stderr)
        return [json.loads(line) for line in r.stdout.splitlines()]

    def test_arithmetic_is_that_of_decimal128(self):
        chance = random.Random(34)
        pairs = [(number(chance), number(chance)) for _ in range(N)]
        pairs += [(a, a.lstrip("-")) for a, _ in pairs[:40]]
        path = self.write("t.ndjson", "".join(json.dumps({"n": i, "a": a, "b": b}) + "\n" for i, (a, b) in enumerate(pairs)))
        rows = self.rows("T | extend x = todecimal(a), y = todecimal(b) | project n, x, sum = x + y, less = x - y, product = x * y, "
                         "quotient = x / y, is_less = x < y, is_same = x == y, back = todecimal(tostring(x)) == x | order by n asc",
                         "--table", "T=" + path)
        self.assertEqual(len(rows), len(pairs))
        for row, (a, b) in zip(rows, pairs):
            x, y = EXACT.create_decimal(a), EXACT.create_decimal(b)
            want = {"x": x, "sum": EXACT.add(x, y), "less": EXACT.subtract(x, y), "product": EXACT.multiply(x, y),
                    "quotient": EXACT.divide(x, y)}
            for name, value in want.items():
                if name == "x" or (x.is_finite() and y.is_finite()):
                    have = row[name] and decimal.Decimal(row[name])
                    self.assertEqual(have, known(value), f"{name} of {a} and {b}")
            if x.is_finite() and y.is_finite():
                self.assertEqual((row["is_less"], row["is_same"], row["back"]), (x < y, x == y, True), f"{a} and {b}")

    def test_order_and_sum(self):
        chance = random.Random(128)
        texts = [t for t in (number(chance) for _ in range(N)) if EXACT.create_decimal(t).is_finite()]
        path = self.write("t.ndjson", "".join(json.dumps({"a": t}) + "\n" for t in texts))
        rows = self.rows("T | project x = todecimal(a) | order by x asc", "--table", "T=" + path)
        self.assertEqual([decimal.Decimal(r["x"]) for r in rows], sorted(known(EXACT.create_decimal(t)) for t in texts))
        small = [t for t in texts if -30 < EXACT.create_decimal(t).adjusted() < 30]
        path = self.write("s.ndjson", "".join(json.dumps({"a": t}) + "\n" for t in small))
        with decimal.localcontext(decimal.Context(prec=200)):
            total = sum((EXACT.create_decimal(t) for t in small), decimal.Decimal(0))
        row, = self.rows("S | summarize s = sum(todecimal(a)), m = avg(todecimal(a))", "--table", "S=" + path)
        self.assertEqual(decimal.Decimal(row["s"]), EXACT.plus(total))
        self.assertEqual(decimal.Decimal(row["m"]), EXACT.divide(EXACT.plus(total), decimal.Decimal(len(small))))

    def test_parquet_decimals_keep_their_digits(self):
        values = ["1.50", "-0.00000000000000000001", "123456789012345678.12345678901234567890", "0", "-99999.5"]
        path = self.write("Odd_CL.parquet", parquet(b"d", [decimal.Decimal(v) for v in values], 38, 20))
        printed = ["1.5", "-0.00000000000000000001", "123456789012345678.1234567890123457", "0", "-99999.5"]
        want = [{"d": text, "t": "decimal"} for text in printed]
        self.assertEqual(self.rows("Odd_CL | extend t = gettype(d)", "--data", path), want)
        self.assertEqual(self.rows("Odd_CL | where d == 1.5 | summarize count(), sum(d * 2)", "--data", path), [{"count_": 1, "sum_": "3"}])
        lake = os.path.join(self.path, "lake")
        self.assertEqual(run("import", "--data", path, "--lake", lake).returncode, 0)
        self.assertEqual(self.rows("Odd_CL | extend t = gettype(d)", "--lake", lake), want)
        self.assertEqual(run("import", "--again", "--data", path, "--lake", lake).returncode, 0)
        self.assertEqual(run("lake", "compact", "--lake", lake).returncode, 0)
        self.assertEqual(self.rows("Odd_CL | summarize n = count() by d, t = gettype(d) | order by d asc", "--lake", lake),
                         [{"d": w["d"], "t": "decimal", "n": 2} for w in sorted(want, key=lambda w: decimal.Decimal(w["d"]))])

    def test_outputs(self):
        query = 'datatable(s:string) ["1.50", "1e-20", "-1e40", ""] | project d = todecimal(s)'
        texts = ["1.5", "0.00000000000000000001", "-1e+40", None]
        self.assertEqual([r["d"] for r in self.rows(query)], texts)
        r = run("query", query, "--format", "csv")
        self.assertEqual([row[0] for row in csv.reader(io.StringIO(r.stdout)) if row][1:], [t or "" for t in texts])
        out = os.path.join(self.path, "T.parquet")
        self.assertEqual(run("query", query, "--format", "parquet", "--output", out).returncode, 0)
        self.assertEqual([r["d"] for r in self.rows("T | project d = todecimal(d)", "--table", "T=" + out)], texts)


if __name__ == "__main__":
    main()
