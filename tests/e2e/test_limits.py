#!/usr/bin/env python3
"""Queries that are far too large end with a diagnostic, soon."""
import resource
import subprocess

from program import QUARRY, Case, main


# A sanitizer takes more of the address space for itself than any limit that would mean something.
with open(QUARRY, "rb") as program:
    IS_SANITIZED = b"__asan_init" in program.read()


def limit_memory():
    if not IS_SANITIZED:
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))


class Limits(Case):
    def bounded(self, kql, *options):
        """Runs with an address space that what grows without bound does not fit into."""
        path = self.write("q.kql", kql)
        return subprocess.run([QUARRY, "query", "-f", path, *options], capture_output=True, text=True, timeout=110,
                              preexec_fn=limit_memory)

    def refused(self, kql, code, *options):
        r = self.bounded(kql, *options)
        self.assertIn(r.returncode, (1, 2), r.stderr)
        self.assertIn(code, r.stderr)
        self.assertEqual(r.stdout, "")

    def test_parentheses(self):
        self.refused("print " + "(" * 100000 + "1" + ")" * 100000, "QY901")

    def test_many_lets(self):
        self.refused("".join(f"let a{i}={i};" for i in range(100000)) + "print 1", "declares more than 10000 names")

    def test_a_chain_of_conditions(self):
        self.refused("print a=1 | where a==0" + " or a==1" * 12000, "conditions joined by `or`")

    def test_many_operators_over_many_columns(self):
        self.refused("print a=1" + "".join(f"|extend b{i}=a" for i in range(20000)), "QY902")

    def test_a_list_of_half_a_million_values(self):
        for left, value in (("strcat('V', i)", "'v{}'"), ("i", "{}")):
            items = ",".join(value.format(i) for i in range(500000))
            op = "in~" if value != "{}" else "in"
            r = self.bounded(f"range i from 499000 to 501000 step 1 | where {left} {op} ({items}) | count")
            self.assertEqual((r.returncode, r.stdout), (0, '{"Count":1000}\n'), r.stderr)

    def test_a_search_for_a_megabyte(self):
        self.refused("search '" + "a" * 1000000 + "'", "KS204")

    def test_all_tables_of_no_data(self):
        for kql in ("union *", "search *", "find where true", "union Security*"):
            self.refused(kql, "--data names the telemetry to read")

    def test_a_search_of_a_long_term_in_rows(self):
        r = self.bounded("print x='b' | search '" + "a" * 1000000 + "'")
        self.assertEqual((r.returncode, r.stdout), (0, ""), r.stderr)

    def test_arguments_without_end(self):
        pairs = ",".join(f"i=={k},'v{k}'" for k in range(100000))
        self.refused("range i from 1 to 10 step 1 | extend x=case(" + pairs + ",'z')", "between 3 and 32767 arguments")
        numbers = ",".join(map(str, range(100000)))
        self.refused("print pack_array(" + numbers + ")", "between 1 and 32767 arguments")
        for name, least in (("strcat", 1), ("coalesce", 2), ("max_of", 2)):
            self.refused(f"print {name}({numbers})", f"between {least} and 64 arguments")

    def test_thousands_of_unknown_names(self):
        columns = ",".join(f"c{k}={k}" for k in range(15000))
        r = self.bounded("print " + columns + "|project " + ",".join(f"d{k}" for k in range(15000)), "--timeout", "60")
        self.assertEqual(r.returncode, 2, r.stderr[:300])
        self.assertIn("'d0' does not refer", r.stderr)
        self.assertLess(len(r.stderr), 100000)

    def test_brackets_and_functions_in_each_other(self):
        many = 100000
        for kql, code in (("let f=(){" * many + "1" + "}" * many, "QY901"), ("print x=dynamic([])" + "[" * many + "0" + "]" * many, "KS006"),
                          ("let f=(x:long){x}; print " + "f(" * many + "1" + ")" * many, "QY901"),
                          ("".join(f"let f{i}=(x:long){{f{i - 1}(x)+1}};" if i else "let f0=(x:long){x};" for i in range(3000)) + "print f2999(1)", "QY902"),
                          ("let T=view(){T}; T", "KS204"), ("let f=(T:(x:long)){T|invoke f()}; print x=1|invoke f()", "KS211")):
            self.refused(kql, code)

    def test_lets_that_double(self):
        lets = "let a0=1;" + "".join(f"let a{i}=a{i - 1}+a{i - 1};" for i in range(1, 41))
        self.refused(lets + "print a40", "QY902")

    def test_the_time_limit_holds_before_the_query_runs(self):
        cells = ",".join(["1"] * 1000000)
        self.refused(f"datatable(x:long)[{cells}] | where x > 1 | summarize sum(x) by x % 7", "QY531",
                     "--timeout", "0.1")


if __name__ == "__main__":
    main()
