"""Rows come in the order of the files and of the lines in them, however many threads read them."""
import unittest

from program import Case, main, run

LINES = 36000  # of each file, of about 1 KB: large enough for several threads
PADDING = "x" * 900


class RowOrder(Case):
    def setUp(self):
        super().setUp()
        for file in range(2):
            self.write("%d/DeviceEvents.json" % file, "".join(
                '{"DeviceName":"d%d","ReportId":%d,"FileName":"%s","AdditionalFields":{"n":%d,"pad":"%s"}}\n'
                % (i % 7, file * LINES + i, "needle" if i % 900 == 0 else "other", i, PADDING)
                for i in range(LINES)))

    def ids(self, query, *options):
        r = run("query", query, "--data", self.path, "--format", "csv", "--no-progress", *options)
        self.assertEqual(r.returncode, 0, r.stderr)
        return [int(line.split(",")[0]) for line in r.stdout.splitlines()[1:]]

    def test_narrow(self):
        query = 'DeviceEvents | where DeviceName != "d3" | project ReportId, AdditionalFields.n'
        wanted = [i for i in range(2 * LINES) if i % LINES % 7 != 3]
        for threads in "1", "2", "5":
            self.assertEqual(self.ids(query, "--threads", threads), wanted)

    def test_few(self):
        query = 'DeviceEvents | where FileName has "needle" | project-reorder ReportId'
        wanted = [i for i in range(2 * LINES) if i % LINES % 900 == 0]
        for threads in "1", "2", "5":
            self.assertEqual(self.ids(query, "--threads", threads), wanted)
        self.assertEqual(self.ids(query + " | take 45", "--threads", "5"), wanted[:45])

    def test_no_column(self):
        r = run("query", 'DeviceEvents | where FileName == "needle" | project-away *', "--data", self.path,
                "--format", "ndjson", "--no-progress")
        self.assertEqual((r.returncode, r.stdout.count("{}")), (0, 80), r.stderr)

    def test_little_memory(self):
        query = "DeviceEvents | where ReportId >= 0 | project ReportId, AdditionalFields"
        self.assertEqual(self.ids(query, "--threads", "2", "--memory", "100MB"), list(range(2 * LINES)))


if __name__ == "__main__":
    main()
