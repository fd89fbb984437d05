#!/usr/bin/env python3
"""The catalog tells the truth: its examples run and give what it says, and what it calls unsupported is."""
import json
import unittest

from program import main, run


ROWS = [json.loads(line) for line in run("functions", "--format", "json").stdout.splitlines()]


class Catalog(unittest.TestCase):
    def test_examples_of_functions_give_what_the_catalog_says(self):
        rows = [r for r in ROWS if r["example"] and r["gives"] is not None and r["kind"] != "tabular operator"]
        self.assertGreater(len(rows), 200)
        items = ", ".join(f"c{i} = tostring({r['example']})" for i, r in enumerate(rows))
        r = run("query", "print " + items, "--format", "json")
        self.assertEqual(r.returncode, 0, r.stderr[:2000])
        got = json.loads(r.stdout)[0]
        wrong = [(row["name"], row["example"], row["gives"], got[f"c{i}"]) for i, row in enumerate(rows)
                 if got[f"c{i}"] != row["gives"]]
        self.assertEqual(wrong, [])

    def test_examples_of_operators_run(self):
        for row in ROWS:
            if row["kind"] != "tabular operator" or not row["example"]:
                continue
            with self.subTest(row["name"]):
                r = run("query", row["example"], "--format", "json")
                if row["support"] == "supported":
                    self.assertEqual(r.returncode, 0, r.stderr)
                else:
                    self.assertIn("QY900", r.stderr)

    def test_each_supported_row_says_what_it_does(self):
        self.assertEqual([r["name"] for r in ROWS if not r["doc"] and r["support"] == "supported"], [])


if __name__ == "__main__":
    main()
