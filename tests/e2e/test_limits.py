#!/usr/bin/env python3
"""Queries that are far too large end with a diagnostic, soon."""
import resource
import subprocess

from program import QUARRY, Case, main


class Limits(Case):
    def refused(self, kql, code, *options):
        path = self.write("q.kql", kql)
        r = subprocess.run([QUARRY, "query", "-f", path, *options], capture_output=True, text=True, timeout=110,
                           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30)))
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

    def test_lets_that_double(self):
        lets = "let a0=1;" + "".join(f"let a{i}=a{i - 1}+a{i - 1};" for i in range(1, 41))
        self.refused(lets + "print a40", "QY902")

    def test_the_time_limit_holds_before_the_query_runs(self):
        cells = ",".join(["1"] * 1000000)
        self.refused(f"datatable(x:long)[{cells}] | where x > 1 | summarize sum(x) by x % 7", "QY531",
                     "--timeout", "0.1")


if __name__ == "__main__":
    main()
