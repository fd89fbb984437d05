#!/usr/bin/env python3
"""The command line as people meet it: help, formats, colours, terminals, interruption, installation."""
import json
import os
import pty
import re
import select
import shutil
import signal
import stat
import subprocess
import sys
import time
import unittest

from program import EXCLUSIONS, QUARRY, ROOT, RULE, SAMPLE, Case, main, run

VERBS = re.findall(r"(?m)^  (\w+)  +\w", run("--help").stdout.split("Verbs:")[1].split("\n\n")[0])
ENDLESS = "range x from 1 to 1000000000000 step 1 | summarize sum(x)"


def at_terminal(*args, env=None, keys=b"", after=0.0, seconds=60):
    """Runs the program at a terminal of its own; what it showed, and its exit code."""
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update({"TERM": "xterm", **(env or {})})
        os.execv(QUARRY, [QUARRY, *args])
    shown, start, sent = b"", time.time(), not keys
    while time.time() - start < seconds:
        if not sent and time.time() - start > after:
            os.write(fd, keys)
            sent = True
        if not select.select([fd], [], [], 0.05)[0]:
            continue
        try:
            block = os.read(fd, 65536)
        except OSError:
            break
        if not block:
            break
        shown += block
    else:
        os.kill(pid, signal.SIGKILL)
    return shown.decode(errors="replace"), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


class Help(Case):
    def test_each_verb_has_help(self):
        self.assertGreaterEqual(len(VERBS), 9)
        for verb in (v for v in VERBS if v != "help"):
            asked, option = run("help", verb), run(verb, "--help")
            self.assertEqual((asked.returncode, asked.stderr), (0, ""), verb)
            self.assertEqual(asked.stdout, option.stdout)
            for word in ("Usage: quarry " + verb, "Example:", "Exit codes:", "--format"):
                self.assertIn(word, asked.stdout, verb)
            self.assertLessEqual(max(map(len, asked.stdout.split("Example:")[0].splitlines())), 100, verb)

    def test_version_and_no_arguments(self):
        self.assertRegex(run("--version").stdout, r"^quarry \d+\.\d+\.\d+\n$")
        nothing = run()
        self.assertEqual((nothing.returncode, nothing.stdout), (2, ""))
        self.assertIn("Usage", nothing.stderr)

    def test_each_option_stands_in_the_man_page_and_the_completions(self):
        options = set(re.findall(r"(?m)^  (?:-\w, |    )(--[\w-]+)", "".join(run("help", v).stdout for v in VERBS)))
        self.assertGreater(len(options), 25)
        for kind in ("man", "bash", "zsh", "fish"):
            text = run("help", "--generate", kind).stdout.replace("\\-", "-")
            for option in options:
                name = option[1:] if kind == "man" else "-l " + option[2:] if kind == "fish" else option
                self.assertIn(name, text, kind)

    def test_a_verb_offers_the_formats_that_it_has(self):
        self.assertNotIn("parquet", run("help", "hunt").stdout)
        self.assertIn("parquet", run("help", "query").stdout)
        self.assertNotIn("markdown", run("help", "tables").stdout)
        bash = run("help", "--generate", "bash").stdout
        self.assertEqual(re.findall(r"(?m)^ *hunt:--format\).*-W \"([^\"]*)\"", bash), ["table json ndjson csv tsv markdown html kusto"])

    def test_wrong_command_lines(self):
        for args, words in {
            ("hunnt",): ["hunt"], ("hunt",): ["no rule"], ("query",): ["no query"], ("check",): ["nothing to check"],
            ("query", "print 1", "print 2"): ["one query"], ("query", "print 1", "--dat", "x"): ["--data"],
            ("query", "print 1", "--format", "xml"): ["xml", "ndjson"], ("query", "print 1", "--threads", "0"): ["--threads"],
            ("query", "print 1", "--memory", "1q"): ["512M"], ("query", "print 1", "--timeout", "-1"): ["seconds"],
            ("query", "print 1", "--now", "today"): ["2026-11-24T08:00:00Z"], ("query", "print 1", "--data"): ["PATH"],
            ("query", "--fail-on-hits", "print 1"): ["no option of quarry query"], ("help", "nothing"): ["nothing"],
            ("query", "print 1", "--table", "T"): ["NAME=PATH"], ("functions", "nosuchfunction"): ["nosuchfunction"],
            ("tables", "NoSuchTable"): ["NoSuchTable"], ("fmt", "nowhere.kql"): ["nowhere.kql"],
            ("query", "-f", "nowhere.kql"): ["nowhere.kql"], ("hunt", RULE, "--show-kql"): ["--exclusions"],
            ("query", "print 1", "--disable-rewrite", "x"): ["rewrite"], ("query", "print 1", "--format", "parquet"): ["--output"],
            ("query", "print 1", "--timezone", "CET", "--data", SAMPLE): ["time zone"],
            ("query", "print 1", "--memory", "4"): ["--memory", "1M or more"],
            ("hunt", RULE, "--data", SAMPLE, "--from", "2026-11-21", "--to", "2026-11-20"): ["--from is later than --to"],
            ("tables", "--data", SAMPLE, "--format", "csv"): ["csv", "no format of quarry tables", "table json ndjson"],
            ("check", RULE, "--format=parquet"): ["no format of quarry check"],
        }.items():
            with self.subTest(args):
                self.assertEqual(self.fails(2, words, *args).stdout, "")

    def test_values_may_follow_an_equals_sign_and_two_dashes_end_options(self):
        self.assertEqual(run("query", "--format=csv", "print x=1").stdout, "x\n1\n")
        self.assertEqual(run("query", "--format", "csv", "--", "print x=1").stdout, "x\n1\n")


class Formats(Case):
    QUERY = "print s='a\"b,c|d<e>\\t\\n', n=long(null), r=1.5, d=dynamic({\"k\":[1,\"x\"]}), t=datetime(2026-11-24)"

    def test_each_format_of_query(self):
        texts = {f: run("query", self.QUERY, "--format", f).stdout
                 for f in ("table", "json", "ndjson", "csv", "tsv", "markdown", "html", "kusto")}
        row = {"s": 'a"b,c|d<e>\t\n', "n": None, "r": 1.5, "d": {"k": [1, "x"]}, "t": "2026-11-24T00:00:00.0000000Z"}
        self.assertEqual(json.loads(texts["json"]), [row])
        self.assertEqual([json.loads(line) for line in texts["ndjson"].splitlines()], [row])
        self.assertIn('"a""b,c|d<e>\t\n"', texts["csv"])
        self.assertEqual(texts["tsv"].splitlines()[0], "s\tn\tr\td\tt")
        self.assertIn("&lt;e&gt;", texts["html"])
        self.assertIn("\\|", texts["markdown"])
        self.assertEqual(len(texts["markdown"].splitlines()), 3)
        table = json.loads(texts["kusto"])["Tables"][0]
        self.assertEqual([c["ColumnName"] for c in table["Columns"]], ["s", "n", "r", "d", "t"])
        self.assertEqual([c["ColumnType"] for c in table["Columns"]], ["string", "long", "real", "dynamic", "datetime"])
        self.assertEqual(table["Rows"][0][:3], [row["s"], None, 1.5])

    def test_no_rows(self):
        query = "print x=1 | where x == 2"
        self.assertEqual(json.loads(run("query", query, "--format", "json").stdout), [])
        self.assertEqual(run("query", query, "--format", "ndjson").stdout, "")
        self.assertEqual(run("query", query, "--format", "csv").stdout, "x\n")
        self.assertEqual(json.loads(run("query", query, "--format", "kusto").stdout)["Tables"][0]["Rows"], [])

    def test_each_format_of_hunt(self):
        for form in ("table", "json", "ndjson", "csv", "tsv", "markdown", "html", "kusto"):
            r = run("hunt", RULE, "--data", SAMPLE, "--exclusions", EXCLUSIONS, "--format", form)
            self.assertEqual(r.returncode, 0, form + r.stderr)
            self.assertIn("login-check.example", r.stdout, form)
        hunt = run("hunt", RULE, "--data", SAMPLE, "--exclusions", EXCLUSIONS, "--format", "json").stdout
        for key in ("rule", "tables", "hits", "suppressed", "protected", "warnings", "stats"):
            self.assertIn(key, json.loads(hunt)["hunts"][0])
        self.fails(2, ["parquet", "no format of quarry hunt", "kusto"], "hunt", RULE, "--data", SAMPLE, "--format", "parquet")

    def test_output_is_whole_or_not_there(self):
        out = os.path.join(self.path, "out.csv")
        self.assertEqual(run("query", "print x=1", "--format", "csv", "--output", out).stdout, "")
        with open(out) as f:
            self.assertEqual(f.read(), "x\n1\n")
        self.fails(2, ["error"], "query", "print nope", "--output", out)
        with open(out) as f:
            self.assertEqual(f.read(), "x\n1\n", "a failed run leaves the former result")
        run("query", "range x from 1 to 100 step 1", "--max-rows", "5", "--output", out)
        self.assertEqual(os.listdir(self.path), ["out.csv"])
        self.fails(1, ["nowhere"], "query", "print 1", "--output", os.path.join(self.path, "nowhere", "x"))

    def test_output_to_what_is_no_regular_file(self):
        fifo = os.path.join(self.path, "fifo")
        os.mkfifo(fifo)
        for form in ("csv", "parquet"):
            with subprocess.Popen([QUARRY, "query", "print x=1", "--format", form, "-o", fifo], stderr=subprocess.PIPE) as p:
                with open(fifo, "rb") as f:
                    content = f.read()
                self.assertEqual((p.stderr.read(), p.wait()), (b"", 0), form)
            self.assertTrue(stat.S_ISFIFO(os.stat(fifo).st_mode), form)
            self.assertEqual(content[:4], b"x\n1\n" if form == "csv" else b"PAR1")
        with subprocess.Popen([QUARRY, "hunt", RULE, "--data", SAMPLE, "--format", "json", "-o", fifo], stderr=subprocess.PIPE) as p:
            with open(fifo, encoding="utf-8") as f:
                self.assertEqual(len(json.load(f)["hunts"]), 1)
            p.stderr.read()
        self.assertEqual(os.listdir(self.path), ["fifo"])

    def test_output_to_devices(self):
        # A link of the test's own: even a program that is wrong replaces nothing but it.
        full, null = os.path.join(self.path, "full"), os.path.join(self.path, "null")
        os.symlink("/dev/full", full)
        os.symlink("/dev/null", null)
        self.fails(1, [full], "query", "print 1", "--format", "csv", "-o", full)
        self.fails(1, [full], "hunt", RULE, "--data", SAMPLE, "--format", "json", "-o", full)
        self.assertEqual(run("query", "print 1", "-o", null).returncode, 0)
        self.assertEqual([os.readlink(link) for link in (full, null)], ["/dev/full", "/dev/null"])
        self.assertEqual(sorted(os.listdir(self.path)), ["full", "null"])

    def test_output_to_the_standard_output(self):
        stdout = os.path.join(self.path, "stdout")
        os.symlink("/proc/self/fd/1", stdout)
        self.assertEqual(run("query", "print x=1", "--format", "csv", "-o", stdout).stdout, "x\n1\n")
        path = self.write("log", "before\n")
        with open(path, "ab") as f:
            subprocess.run([QUARRY, "query", "print x=1", "--format", "csv", "-o", stdout], stdout=f, check=True)
        with open(path) as f:
            self.assertEqual(f.read(), "before\nx\n1\n")
        self.assertTrue(os.path.islink(stdout))

    def test_output_through_links(self):
        old = self.write("deep/old.csv", "former\n")
        os.chmod(old, 0o640)
        os.symlink("deep/old.csv", os.path.join(self.path, "b"))
        os.symlink(os.path.join(self.path, "b"), os.path.join(self.path, "a"))
        os.symlink("deep/new.csv", os.path.join(self.path, "c"))
        os.symlink("loop", os.path.join(self.path, "loop"))
        self.fails(2, ["error"], "query", "print nope", "-o", os.path.join(self.path, "a"))
        for link, target in (("a", "old.csv"), ("c", "new.csv")):
            r = run("query", "print x=1", "--format", "csv", "-o", os.path.join(self.path, link))
            self.assertEqual(r.returncode, 0, r.stderr)
            with open(os.path.join(self.path, "deep", target)) as f:
                self.assertEqual(f.read(), "x\n1\n")
            self.assertTrue(os.path.islink(os.path.join(self.path, link)))
        self.assertEqual(stat.S_IMODE(os.stat(old).st_mode), 0o640)
        self.fails(1, ["loop"], "query", "print 1", "-o", os.path.join(self.path, "loop"))
        self.assertEqual(sorted(os.listdir(self.path)), ["a", "b", "c", "deep", "loop"])
        self.assertEqual(sorted(os.listdir(os.path.join(self.path, "deep"))), ["new.csv", "old.csv"])

    def test_max_rows_and_time(self):
        self.fails(1, ["more than 10 rows", "hint:"], "query", "range x from 1 to 1000000000000 step 1", "--max-rows", "10")
        start = time.time()
        self.fails(1, ["time limit"], "query", ENDLESS, "--timeout", "1")
        self.assertLess(time.time() - start, 20)

    @unittest.skipUnless(os.path.exists("/dev/full"), "/dev/full is not there")
    def test_a_full_disk_and_a_reader_that_went_away(self):
        with open("/dev/full", "w") as full:
            r = subprocess.run([QUARRY, "query", "range x from 1 to 1000000000000 step 1"], stdout=full,
                               stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(r.returncode, 1)
        self.assertIn(b"No space left", r.stderr)
        p = subprocess.Popen([QUARRY, "query", "range x from 1 to 1000000000000 step 1"], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        p.stdout.readline()
        p.stdout.close()
        self.assertEqual(p.wait(timeout=60), 1)
        p.stderr.close()


class Terminal(Case):
    def test_results_are_tables_at_a_terminal_and_lines_in_a_pipe(self):
        shown, code = at_terminal("query", "print name='x', n=7")
        self.assertEqual(code, 0)
        self.assertIn("1 row", shown)
        self.assertEqual(run("query", "print n=7").stdout, '{"n":7}\n')

    def test_colours(self):
        bad = ("query", "DeviceEvent | take 1")
        self.assertIn("\x1b[1;31merror", at_terminal(*bad)[0])
        for args, env in ((bad, {"NO_COLOR": "1"}), (bad, {"TERM": "dumb"}), (bad + ("--color", "never"), {})):
            self.assertNotIn("\x1b", at_terminal(*args, env=env)[0], env)
        self.assertNotIn("\x1b", run(*bad).stderr)
        self.assertIn("\x1b[1;31m", run(*bad, "--color", "always").stderr)
        self.assertIn("\x1b[1;31m", at_terminal(*bad, "--color", "always", env={"NO_COLOR": "1"})[0])
        self.fails(2, ["auto, always or never"], *bad, "--color", "blue")

    def test_hostile_values_do_not_reach_the_terminal(self):
        shown, _ = at_terminal("query", "print s='a\\u001b[31mb\\u0007\\u202e'", "--color", "never")
        self.assertNotIn("\x1b[31m", shown)
        self.assertNotIn("\x07", shown)

    def test_progress(self):
        data = self.write("DeviceEvents.ndjson", b'{"ActionType":"a","DeviceName":"b"}\n' * 1500000)
        hashed = "hash_sha256(" * 4 + "strcat(ActionType, DeviceName)" + ")" * 4  # no row is told by its bytes alone
        query = ("query", "DeviceEvents | where %s == 'x' | count" % hashed, "--data", data, "--threads", "1")
        shown, code = at_terminal(*query)
        self.assertEqual(code, 0, shown)
        self.assertRegex(shown, r"\d+%  [\d.]+ of [\d.]+ MiB, \d+ MiB/s")
        self.assertNotIn("MiB/s", at_terminal(*query, "--no-progress")[0])
        self.assertNotIn("MiB/s", at_terminal(*query, "--quiet")[0])
        self.assertNotIn("MiB/s", run(*query).stderr)

    def test_interrupted_by_a_key(self):
        shown, code = at_terminal("query", ENDLESS, keys=b"\x03", after=1.0)
        self.assertEqual(code, 130, shown)


class Interruption(Case):
    def interrupted(self, args, number=signal.SIGINT):
        p = subprocess.Popen([QUARRY, *args], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        time.sleep(1.0)
        start = time.time()
        p.send_signal(number)
        told = p.communicate(timeout=60)[1].decode()
        self.assertEqual(p.returncode, 130, told)
        self.assertLess(time.time() - start, 10)
        return told

    def test_queries_stop_promptly(self):
        many = "range x from 1 to 1000000000000 step 1"
        for query in (ENDLESS, many, many + " | extend s = strcat('a', x) | summarize dcount(s)",
                      many + " | where tostring(x) matches regex '(1+)+2' | count",
                      "range x from 1 to 100000000 step 1 | extend k = 1 | join kind=inner "
                      "(range y from 1 to 100000 step 1 | extend k = 1) on k | count"):
            with self.subTest(query):
                self.assertIn("interrupted", self.interrupted(["query", query]))
        self.interrupted(["query", ENDLESS], signal.SIGTERM)

    def test_hunts_stop_promptly(self):
        rule = self.write("endless.yaml", "id: a\nname: endless\nquery: %s\n" % ENDLESS)
        self.interrupted(["hunt", rule, RULE, "--data", SAMPLE])


class Input(Case):
    def test_standard_input(self):
        self.assertEqual(run("query", "-", "--format", "csv", stdin="print x=2").stdout, "x\n2\n")
        r = run("query", "DeviceEvents | project ActionType", "--table", "DeviceEvents=-", "--format", "csv",
                stdin='{"ActionType":"a"}\n')
        self.assertEqual(r.stdout, "ActionType\na\n")
        self.assertEqual(run("check", "-", stdin="DeviceEvents | take 1").returncode, 0)
        self.assertEqual(run("fmt", "-", stdin="print 1").returncode, 0)
        self.assertIn("SELECT", run("explain", "-", stdin="print 1").stdout)

    def test_paths_with_blanks_quotes_and_percent_signs(self):
        for name in ("a b", "it's", 'say "x"', "100%s", "\u00e4\u6f22", "-dash", "a=b", "semi;colon"):
            data = self.write("%s/DeviceEvents.ndjson" % name, '{"ActionType":"a"}\n')
            r = run("query", "DeviceEvents | project ActionType", "--data", os.path.dirname(data), "--format", "csv")
            self.assertEqual(r.stdout, "ActionType\na\n", name + r.stderr)
            out = os.path.join(os.path.dirname(data), "DeviceEvents.parquet")
            self.assertEqual(run("query", "print ActionType='p'", "--format", "parquet", "--output", out).returncode, 0)
            r = run("query", "DeviceEvents | project ActionType", "--data", out, "--format", "csv")
            self.assertEqual(r.stdout, "ActionType\np\n", name + r.stderr)

    def test_a_hunt_by_name_a_folder_a_file_and_kql(self):
        self.write("rules/deep/a.kql", "DeviceEvents | take 1")
        self.write("rules/readme.txt", "no rule")
        for rule in ("suspicious-url-clicked", "SuspiciousUrlClicked", "959f8d6a-53b8-488f-a628-999b3410702e", RULE,
                     os.path.join(self.path, "rules")):
            self.assertEqual(run("hunt", rule, "--data", SAMPLE).returncode, 0, rule)

    def test_without_a_terminal_and_without_standard_streams(self):
        r = subprocess.run("exec '%s' query 'print x=1' </dev/null 2>&-" % QUARRY, shell=True, capture_output=True)
        self.assertEqual((r.returncode, r.stdout), (0, b'{"x":1}\n'))
        r = subprocess.run([QUARRY, "query", "print x=1"], stdin=subprocess.DEVNULL, capture_output=True,
                           start_new_session=True, env={})
        self.assertEqual((r.returncode, r.stdout), (0, b'{"x":1}\n'))


@unittest.skipUnless(os.path.exists(os.path.join(os.path.dirname(QUARRY), "build.ninja")) and shutil.which("meson"),
                     "no build folder to install from")
class Installed(Case):
    def test_an_installed_program_finds_its_content(self):
        target = os.path.join(self.path, "a root")
        r = subprocess.run(["meson", "install", "-C", os.path.dirname(QUARRY), "--no-rebuild", "--quiet"],
                           capture_output=True, text=True, env={**os.environ, "DESTDIR": target})
        self.assertEqual(r.returncode, 0, r.stderr)
        found = [os.path.join(d, f) for d, _, files in os.walk(target) for f in files]
        program = next(p for p in found if p.endswith("/bin/quarry"))
        for end in ("/man1/quarry.1", "/bash-completion/completions/quarry.bash", "/site-functions/_quarry",
                    "/vendor_completions.d/quarry.fish", "/share/quarry/schemas/tables.tsv",
                    "/share/quarry/content/hunts/suspicious-url-clicked.yaml"):
            self.assertTrue(any(p.endswith(end) for p in found), end)
        how = {"capture_output": True, "text": True, "cwd": "/", "timeout": 120}
        # The folder of the sources may be closed to the other user, so the telemetry comes along.
        data = shutil.copytree(SAMPLE, os.path.join(self.path, "telemetry"))
        if os.geteuid() == 0:
            subprocess.run(["chmod", "-R", "a+rX", self.path], check=True)
            how.update(user=65534, group=65534, extra_groups=[])
        r = subprocess.run([program, "hunt", "suspicious-url-clicked", "--data", data, "--format", "json"], **how)
        self.assertEqual(r.returncode, 0, r.stderr)
        self.assertTrue(json.loads(r.stdout)["hunts"][0]["hits"])
        self.assertIn("SuspiciousUrlClicked", subprocess.run([program, "rules"], **how).stdout)


if __name__ == "__main__":
    main()
