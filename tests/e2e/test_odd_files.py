#!/usr/bin/env python3
"""Folders as they are found: odd names, links, pipes, empty files, thousands of small ones, and files that change meanwhile."""
import json
import os
import socket
import subprocess
import unittest

from program import QUARRY, Case, main, run

COUNT = "DeviceEvents | summarize n = count(), s = sum(ReportId)"


def record(i):
    return b'{"Timestamp":"2026-11-24T10:00:00Z","DeviceId":"d%d","ReportId":%d}\n' % (i, i)


class OddFiles(Case):
    def file(self, name, content):
        path = os.path.join(os.fsencode(self.path), name if isinstance(name, bytes) else name.encode())
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(content)
        return path

    def counts(self, n, s, *words, code=0, options=(), data=None):
        r = run("query", COUNT, "--data", data or self.path, "--format", "ndjson", *options)
        self.assertEqual((r.returncode, r.stdout), (code, '{"n":%d,"s":%d}\n' % (n, s)), r.stderr)
        for word in words:
            self.assertIn(word, r.stderr)
        if not words:
            self.assertEqual(r.stderr, "")

    def test_names(self):
        for i, name in enumerate(["a b.json", "it's \"x\".json", "line\nend.json", b"\xff\xfe\x80.json", "-rf.json", "*.json", "[a].json", "%41.json"]):
            self.file((name if isinstance(name, bytes) else name.encode()).join([b"DeviceEvents/", b""]), record(1 << i))
        self.counts(8, 255)
        self.counts(1, 64, data=os.path.join(self.path, "DeviceEvents/[[]a].json"))
        lake = os.path.join(self.path, ".lake")
        r = run("import", "--data", self.path, "--lake", lake)
        self.assertEqual(r.returncode, 0, r.stderr)
        self.assertEqual(run("query", COUNT, "--lake", lake, "--format", "csv").stdout, "n,s\n8,255\n")

    def test_links(self):
        self.file("DeviceEvents/a.json", record(1))
        os.symlink(".", os.path.join(self.path, "DeviceEvents/loop"))
        os.symlink("a.json", os.path.join(self.path, "DeviceEvents/again.json"))
        os.symlink(os.path.join(self.path, "DeviceEvents"), os.path.join(self.path, "DeviceEvents/back"))
        self.counts(1, 1)
        os.symlink("nowhere", os.path.join(self.path, "DeviceEvents/b.json"))
        os.symlink("self.json", os.path.join(self.path, "DeviceEvents/self.json"))
        self.counts(1, 1, "b.json: No such file", "self.json: Too many levels", code=1)

    def test_what_is_no_file(self):
        self.file("DeviceEvents/a.json", record(1))
        self.file("DeviceEvents/folder.json/b.json", record(2))
        os.mkfifo(os.path.join(self.path, "DeviceEvents/pipe.json"))
        os.symlink("/dev/zero", os.path.join(self.path, "DeviceEvents/zero.json"))
        with socket.socket(socket.AF_UNIX) as s:
            here = os.getcwd()
            os.chdir(self.path)
            s.bind("DeviceEvents/s.json")
            os.chdir(here)
            self.counts(2, 3, *("%s.json: neither a file nor a folder; left out" % n for n in ("pipe", "zero", "s")))

    def test_nothing_in_a_file(self):
        self.file("DeviceEvents/a.json", record(1))
        empty = [("DeviceEvents/%d.ndjson" % i, text) for i, text in enumerate([b"", b"\n\n \n", b"\xef\xbb\xbf", b"\xff\xfe"])]
        for name, text in empty:
            self.file(name, text)
        self.counts(1, 1, *("%d.ndjson: empty" % i for i in range(len(empty))))
        self.counts(1, 1, "empty", options=["--strict"])
        for name, _ in empty:
            os.unlink(os.path.join(self.path, name))
        for name, text in (("h.csv", b"Timestamp,DeviceId,ReportId\r\n"), ("e.json", b"[]"), ("v.json", b'{"value":[]}')):
            self.file("DeviceEvents/" + name, text)
        self.counts(1, 1)

    def test_a_last_line_without_an_end(self):
        self.file("DeviceEvents/a.json", record(1)[:-1])
        self.file("DeviceEvents/b.csv", b"Timestamp,DeviceId,ReportId\r\n2026-11-24,d,2")
        self.file("DeviceEvents/c.csv", b'Timestamp,DeviceId,ReportId\n2026-11-24,d,"4"')
        self.counts(3, 7, options=["--strict"])
        self.file("DeviceEvents/d.json", record(8) + record(16)[:30])
        self.counts(4, 15, "d.json: 1 of 2 lines skipped; first at line 2: ends in the middle of a record")
        self.fails(1, ["d.json, line 2"], "query", COUNT, "--data", self.path, "--strict")

    def test_encodings_beside_each_other(self):
        sheet = "Timestamp,DeviceId,ReportId\r\n2026-11-24,é😀,%d\r\n"
        for i, encoding in enumerate(["utf-8", "utf-8-sig", "utf-16", "utf-16-be"]):
            mark = "\ufeff" if encoding.endswith("be") else ""
            self.file("DeviceEvents/%d.csv" % i, (mark + sheet % (1 << i)).encode(encoding))
        self.file("DeviceEvents/n.json", record(16).decode().encode("utf-16"))
        self.counts(5, 31)
        r = run("query", "DeviceEvents | distinct DeviceId | sort by DeviceId asc", "--data", self.path, "--format", "csv")
        self.assertEqual(r.stdout.split(), ["DeviceId", "d16", "é😀"])

    def test_thousands_of_small_files(self):
        for i in range(3000):
            self.file("DeviceEvents/%02d/%d.json" % (i // 100, i), record(i))
        for threads in ("1", "4"):
            self.counts(3000, 3000 * 2999 // 2, options=["--threads", threads])


def is_open(process, path):
    """Whether the process has the file open just now: before that, it may see no more than the changed one."""
    folder = "/proc/%d/fd" % process
    try:
        return any(os.readlink(os.path.join(folder, fd)) == path for fd in os.listdir(folder))
    except OSError:
        return False  # a file that was closed meanwhile, or the process is over


class Changing(Case):
    """A file that changes while it is read: right rows, or what was lost is told."""

    def read(self, change, *options):
        path = self.write("DeviceEvents.ndjson", b"".join(record(i) for i in range(400000)))
        p = subprocess.Popen([QUARRY, "query", COUNT, "--data", self.path, "--format", "ndjson", "--threads", "2", *options],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while p.poll() is None and not is_open(p.pid, path):
            pass
        change(path)
        out, errors = p.communicate(timeout=60)
        return p.returncode, out and json.loads(out)["n"], errors

    def told(self, change):
        """All rows that there were, or fewer and why. `--strict`: all, or an error."""
        code, n, errors = self.read(change)
        self.assertTrue(n == 400000 or ("DeviceEvents.ndjson" in errors and n < 400000), (code, n, errors))
        code, n, errors = self.read(change, "--strict")
        self.assertTrue(n == 400000 if code == 0 else "DeviceEvents.ndjson" in errors, (code, n, errors))

    def test_cut_off(self):
        self.told(lambda path: os.truncate(path, 1000))

    def test_removed(self):
        self.told(os.unlink)

    def test_replaced(self):
        def replace(path):
            with open(path + ".new", "wb") as f:
                f.write(record(1))
            os.rename(path + ".new", path)
        self.told(replace)

    def test_grown(self):
        def grow(path):
            with open(path, "ab") as f:
                f.write(record(400000) + record(400001)[:20])
        code, n, errors = self.read(grow)
        self.assertEqual(code, 0)
        self.assertTrue((n == 400000 and not errors) or n in (400000, 400001) and "ends in the middle of a record" in errors, (n, errors))


if __name__ == "__main__":
    main()
