#!/usr/bin/env python3
"""Queries that are deep, huge, wrong or explode: each ends soon, with its diagnostic or its limit, in bounded memory."""
import json
import resource
import signal
import subprocess
import time

from program import QUARRY, Case, main

MANY = 100000
SECONDS, GIB = 60, 1 << 30


class Hostile(Case):
    def ends(self, query, code, *words, options=()):
        """The query ends with the code and the words; a crash, a hang or 3 GiB of memory fails."""
        before = time.time()
        p = subprocess.Popen([QUARRY, "query", "-", "--format", "ndjson", *options], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            out, err = p.communicate(query.encode(), timeout=SECONDS)
        except subprocess.TimeoutExpired:
            p.kill()
            p.communicate()
            self.fail("no end after %d s: %s" % (SECONDS, query[:60]))
        err = err.decode(errors="replace")
        self.assertEqual(p.returncode, code, query[:60] + err[:500])
        for word in words:
            self.assertIn(word, err, query[:60])
        self.assertLess(time.time() - before, SECONDS)
        self.assertLess(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024, 3 * GIB)
        self.assertLess(len(err), 100000, "what is told must not drown the reader")
        return out.decode(errors="replace")

    def test_deep_nesting(self):
        for query in ("print " + "(" * MANY, "print " + "(" * MANY + "1" + ")" * MANY, "print " + "not(" * MANY + "true" + ")" * MANY,
                      "print " + "strcat(" * MANY + "'a'" + ")" * MANY, "print x=" + "+".join("1" * MANY),
                      "print x=dynamic({})" + ".a" * MANY, "print x=dynamic([])" + "[0]" * MANY, "union (" * MANY,
                      "print x=1 | join (" * 5000, "(" * 5000 + "print 1" + ")" * 5000,
                      "print x=" + "toscalar(print y=" * 2000 + "1" + ")" * 2000):
            self.ends(query, 1, "error[QY901]", "levels of nesting")
        for query in ("print x=1" + " | extend x=x+1" * 20000, "print x=1" + " | where x==1" * 5000):
            self.ends(query, 1, "error[QY902]", "too large")
        self.ends("print dynamic(" + "[" * MANY + "]" * MANY + ")", 2, "Malformed literal")
        self.ends("let f={" * MANY, 2, "error[KS006]")
        self.assertEqual(self.ends("print " + "(" * 300 + "1" + ")" * 300, 0), '{"print_0":1}\n')

    def test_wide_and_long(self):
        for query in ("print 1 //" + "x" * 10000000, "print strlen('" + "x" * 10000000 + "')", "print " + "x" * 10000000):
            self.ends(query, 1, "error[QY901]", "8388608 bytes")
        self.ends("print " + ",".join("c%d=%d" % (i, i) for i in range(60000)), 2, "More than 20000 columns")
        self.assertEqual(self.ends("print x=" + " or ".join("1==%d" % i for i in range(20000)), 0), '{"x":true}\n')
        self.assertEqual(self.ends("print x=7 in (" + ",".join(map(str, range(MANY))) + ")", 0), '{"x":true}\n')
        for text in (";", "|", ",", "\x01"):
            self.ends("print " + text * MANY, 2, "error[KS0")

    def test_many_literal_rows(self):
        """They are handed to the engine as data, not as SQL: 200,000 cells are no work."""
        rows = ",".join('%d,"s%d",%s,datetime(2026-01-01)' % (i, i % 100, "dynamic({'a':%d})" % i if i % 2 else "dynamic(null)")
                        for i in range(50000))
        before = time.time()
        out = self.ends("datatable(a:long, b:string, c:dynamic, d:datetime)[" + rows + "] | where a >= 40000 "
                        "| summarize n=count(), s=sum(a), t=dcount(b), u=sum(tolong(c.a)), v=max(d), w=make_list(a, 3)", 0)
        self.assertEqual(json.loads(out), {"n": 10000, "s": 449995000, "t": 100, "u": 225000000, "v": "2026-01-01T00:00:00.0000000Z",
                                           "w": [40000, 40001, 40002]})
        self.assertLess(time.time() - before, 20)

    def test_wide_rows_of_groups(self):
        wide = "range i from 1 to 10 step 1 | extend " + ", ".join("c%d=strcat('v', i + %d)" % (k, k) for k in range(2000))
        row = json.loads(self.ends(wide + " | summarize take_any(*)", 0, options=("--memory", "1G")))
        self.assertTrue(all(row["c%d" % k] == "v%d" % (row["i"] + k) for k in range(2000)), "all of one row")

    def test_an_interrupt_ends_a_query(self):
        p = subprocess.Popen([QUARRY, "query", "range x from 1 to 1000000000000 step 1 | summarize sum(x % 7)"],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(1)
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=SECONDS)
        self.assertEqual((p.returncode, out), (130, b""))
        self.assertIn(b"error[QY530]: interrupted", err)

    def test_bad_literals(self):
        for literal, code in {"'abc": "KS003", "datetime(2026-13-45)": "KS004", "timespan(1x)": "KS004", "guid(zz)": "KS004",
                              "'\\q'": "KS003", "9" * 400: "KS004", "dynamic({a:)": "KS001", "```abc": "KS003"}.items():
            self.ends("print " + literal, 2, "<stdin>:1:", code)

    def test_recursion_and_doubling(self):
        self.ends("let f=(x:long){f(x-1)}; print f(3)", 2, "<stdin>:1:16: error")
        self.ends("let f=(x:long){g(x)}; let g=(x:long){f(x)}; print f(3)", 2, "<stdin>:1:16: error")
        self.ends("let T=T|take 1; T", 2, "<stdin>:1:7: error")
        double = "".join("let a%d=a%d+a%d;" % (i + 1, i, i) for i in range(40))
        self.ends("let a0=1;" + double + "print a40", 2, "error[QY902]", "grows too large")
        double = "".join("let f%d=(){f%d()+f%d()};" % (i + 1, i, i) for i in range(30))
        self.ends("let f0=(){1};" + double + "print f30()", 2, "error[QY902]", "grows too large")
        chain = "".join("let a%d=a%d+1;" % (i + 1, i) for i in range(20000))
        self.ends("let a0=1;" + chain + "print a20000", 2, "error[QY902]")
        double = "".join("let t%d=union t%d,t%d;" % (i + 1, i, i) for i in range(20))
        self.assertEqual(self.ends("let t0=print x=1;" + double + "t20 | count", 0), '{"Count":1048576}\n')

    def test_regular_expressions(self):
        for regex in ("(", "a{1000}{1000}", "(" * 10000 + "a" + ")" * 10000, "(a|b)" * 200000):
            self.ends("print 'a' matches regex '%s'" % regex, 2, "<stdin>:1:", "regular expression")
        self.ends("datatable(r:string)['a', '('] | extend x = 'a' matches regex r", 2, "regular expression '('")
        self.ends("print x = strrep('a', 50000) | where x matches regex '(a*)*b'", 0)

    def test_rows_without_end(self):
        endless = "range x from 1 to 1000000000000 step 1"
        self.assertEqual(self.ends(endless + " | where x % 7 == 0 | take 2", 0), '{"x":7}\n{"x":14}\n')
        self.ends(endless, 1, "more than 1000 rows", options=("--max-rows", "1000"))
        for rest in (" | count", " | summarize sum(x)", " | extend k=x%3 | summarize dcount(x) by k"):
            self.ends(endless + rest, 1, "time limit", options=("--timeout", "2"))
        self.ends("range x from 1 to 3 step 0", 2, "error[KS187]")

    def test_joins_sorts_and_lists_that_explode(self):
        limits = ("--timeout", "4", "--memory", "300M")
        cross = ("range x from 1 to 1000000 step 1 | extend k=1 | join kind=inner "
                 "(range y from 1 to 1000000 step 1 | extend k=1) on k")
        for query in (cross + " | where x*y == 7 | count", cross + " | sort by x desc, y asc | take 5",
                      "range x from 1 to 1000000000 step 1 | distinct x | count",
                      "range x from 1 to 1000000000 step 1 | summarize make_list(x)"):
            self.ends(query, 1, "error[QY53", options=limits)

    def test_texts_that_explode(self):
        self.ends("print strlen(strrep('abc', 2000000000))", 2, "at most 67108864 times")
        for call in ("replace_string(a, 'a', b)", "replace_regex(a, 'a', strrep('b', 1000000))",
                     "replace_strings(a, dynamic(['a']), pack_array(b))"):
            self.ends("print a=strrep('a', 1000000), b=strrep('b', 1000000) | project strlen(%s)" % call, 2, "longer than 64 MB")
        double = " | extend a=strcat(a, a)" * 30
        self.ends("print a='x'" + double + " | project strlen(a)", 2, "strcat: the result would be longer than 64 MB")
        self.ends("print strlen(strcat_array(repeat('xxxxxxxxxx', 100000000), ''))", 2, "at most 1048576 elements")

    def test_memory_and_time_of_functions_and_expansions(self):
        """What functions and lists hold counts, and a function over many rows stops in between."""
        many = "range x from 1 to 100000 step 1 | extend a=strrep('x', 1000000 + x)"
        for query in (many + " | extend b=strcat(a, a) | summarize max(strlen(b))",
                      "print a=range(1, 1000000, 1) | mv-expand a | extend b=range(1, 1000000, 1) | mv-expand b | count"):
            self.ends(query, 1, "error[QY532]", "more memory than it may use", options=("--memory", "100M"))
        before = time.time()
        self.ends(many + " | extend b=replace_regex(a, 'x', 'yy') | summarize max(strlen(b))", 1, "error[QY531]",
                  options=("--timeout", "1"))
        self.assertLess(time.time() - before, 15, "the limit of 1 s is kept within a batch of rows")


if __name__ == "__main__":
    main()
