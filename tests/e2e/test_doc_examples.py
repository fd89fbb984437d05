"""How scripts/doc-examples.py reads pages and compares what they print."""
import importlib.util
import os
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(os.environ.get("QUARRY_ROOT", pathlib.Path(__file__).parents[2]))
sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location("doc_examples", ROOT / "scripts" / "doc-examples.py")
doc = importlib.util.module_from_spec(spec)
spec.loader.exec_module(doc)

PAGE = r"""# three()
```kusto
print three = 3
```

**Output**

|three|
|---|
|3|

## Parts
```kusto
print Name = "a|b" | take 1
```
**Output**

The table shows the first row only.

Name | Other
---|---
a\|b | `x`
... | ...

```kusto
print no_output = 1
```
"""


class Pages(unittest.TestCase):
    def test_examples_are_blocks_with_a_table(self):
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder, "page.md")
            page.write_text(PAGE)
            first, second = doc.examples_of(page)
        self.assertEqual(("print three = 3", ["three"], [["3"]], False), (first.query, *first[4:]))
        self.assertEqual((["Name", "Other"], [["a|b", "x"]], True), second[4:])
        self.assertEqual((2, 13, 2), (first.line, second.line, second.number))


class Values(unittest.TestCase):
    def same(self, want, have, type_name):
        self.assertTrue(doc.same_value(want, have, type_name), f"{want} {have}")

    def differ(self, want, have, type_name):
        self.assertFalse(doc.same_value(want, have, type_name), f"{want} {have}")

    def test_numbers_within_the_printed_digits(self):
        self.same("0.33", 1 / 3, "real")
        self.same("1,234", 1234, "long")
        self.differ("0.3333", 0.335, "real")
        self.differ("3", 4, "long")
        self.differ("", 0, "long")

    def test_times_in_either_print_form(self):
        self.same("2017-01-01 10:20:30.1230000", "2017-01-01T10:20:30.1230000Z", "datetime")
        self.same("2017-01-01", "2017-01-01T00:00:00.0000000Z", "datetime")
        self.same("1.02:00:00", "1.02:00:00.0000000", "timespan")
        self.differ("2017-01-01 10:20:31", "2017-01-01T10:20:30.0000000Z", "datetime")
        self.differ("-00:00:01", "00:00:01", "timespan")

    def test_dynamic_as_json(self):
        self.same('{ "a": [1, 2.0] }', {"a": [1, 2]}, "dynamic")
        self.same("plain", "plain", "dynamic")
        self.differ("[1,2]", [2, 1], "dynamic")
        self.differ("[true]", [1], "dynamic")

    def test_nulls_and_text(self):
        self.same("", None, "long")
        self.same("True", True, "bool")
        self.differ("a", "b", "string")
        self.differ("x", None, "real")


class Headings(unittest.TestCase):
    def test_an_unnamed_column_may_have_any_heading(self):
        self.assertTrue(doc.same_headings(["result", "X"], ["print_0", "x"]))
        self.assertFalse(doc.same_headings(["result"], ["answer"]))
        self.assertFalse(doc.same_headings(["a", "b"], ["a"]))


class Rows(unittest.TestCase):
    def compare(self, query, have, partial=False):
        example = doc.Example("p.md", 1, 1, query, ["x"], [["1"], ["2"]], partial)
        return doc.compare_rows(example, have, ["long"])

    def test_order_counts_where_the_query_sorts(self):
        self.assertIsNone(self.compare("T", [[2], [1]]))
        self.assertIsNotNone(self.compare("T | sort by x", [[2], [1]]))
        self.assertIsNone(self.compare("T | sort by x | summarize by x", [[2], [1]]))

    def test_more_rows_only_where_the_page_prints_a_part(self):
        self.assertIsNotNone(self.compare("T", [[1], [2], [3]]))
        self.assertIsNone(self.compare("T", [[1], [2], [3]], partial=True))
        self.assertIsNotNone(self.compare("T", [[1]]))


if __name__ == "__main__":
    outcome = unittest.main(exit=False, verbosity=0).result
    failed = len(outcome.failures) + len(outcome.errors)
    print(f"{outcome.testsRun - failed} passed, {failed} failed, {len(outcome.skipped)} skipped")
    sys.exit(bool(failed))
