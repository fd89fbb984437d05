#!/usr/bin/env python3
"""Compressed exports of several pieces: all threads find what one thread finds, and what the plain file holds."""
import gzip
import json
import os
import random
import struct
import zlib

from program import Case, main, run

LINES = 2500
QUERY = ("DeviceEvents | summarize Rows = count(), Ids = dcount(ReportId, 4), Sum = sum(ReportId),"
         " Bytes = sum(strlen(ProcessCommandLine))")
NEEDLE = "DeviceEvents | where DeviceName has 'needle7' | summarize Rows = count(), Sum = sum(ReportId)"


def telemetry(n=LINES, seed=1):
    """Lines of some KiB that hardly compress, so that the file is cut in several places."""
    chance = random.Random(seed)
    for i in range(n):
        noise = "%0*x" % (4000, chance.getrandbits(16000))
        yield (json.dumps({"Timestamp": "2026-11-20T08:00:00Z", "ReportId": i, "DeviceName": f"needle{i % 9}.example",
                           "ProcessCommandLine": noise}) + ("\r\n" if i % 5 == 0 else "\n")).encode()


def frame(data):
    """A zstd frame of raw blocks, with its content's size."""
    out = struct.pack("<IBQ", 0xFD2FB528, 0xE0, len(data))
    blocks = [data[at:at + 131072] for at in range(0, len(data), 131072)] or [b""]
    for i, block in enumerate(blocks):
        out += struct.pack("<I", len(block) << 3 | (i == len(blocks) - 1))[:3] + block
    return out


def skippable(data):
    return struct.pack("<II", 0x184D2A5E, len(data)) + data


def block(data):
    """A block of BGZF."""
    deflate = zlib.compressobj(1, zlib.DEFLATED, -15)
    body = deflate.compress(data) + deflate.flush()
    head = struct.pack("<4BI2BH2BHH", 31, 139, 8, 4, 0, 0, 255, 6, 66, 67, 2, len(body) + 25)
    return head + body + struct.pack("<II", zlib.crc32(data), len(data))


def cut(data, size):
    return [data[at:at + size] for at in range(0, len(data), size)]


class Pieces(Case):
    def setUp(self):
        super().setUp()
        self.plain = b"".join(telemetry())

    def ask(self, path, query=QUERY, threads=4, *more):
        return run("query", query, "--data", path, "--format", "csv", "--threads", str(threads), *more)

    def same(self, name, packed):
        """Rows and messages by four threads are those by one. Returns them."""
        path = self.write(name, packed)
        for query in NEEDLE, QUERY:
            one, many = self.ask(path, query, 1), self.ask(path, query)
            self.assertEqual((one.returncode, one.stdout, one.stderr), (many.returncode, many.stdout, many.stderr))
        return many

    def whole(self, name, packed):
        r = self.same(name, packed)
        total = LINES * (LINES - 1) // 2
        self.assertEqual(r.stdout.splitlines()[1:], [f"{LINES},{LINES},{total},{LINES * 4000}"], r.stderr)
        self.assertEqual(r.stderr, "")

    def test_frames(self):
        self.whole("DeviceEvents.ndjson.zst", b"".join(map(frame, cut(self.plain, 300001))))
        self.whole("DeviceEvents.ndjson.zst", b"".join(map(frame, cut(self.plain, 1000))))  # a line has several
        self.whole("DeviceEvents.ndjson.zst", b"".join(map(frame, cut(self.plain, 3 << 20))))
        self.whole("DeviceEvents.ndjson.zst", frame(self.plain))

    def test_frames_of_lines_and_none(self):
        pieces = [frame(line) + (frame(b"") if i % 3 else skippable(b"a note")) for i, line in enumerate(telemetry())]
        self.whole("DeviceEvents.ndjson.zst", skippable(b"first") + b"".join(pieces))

    def test_a_seek_table_that_lies(self):
        frames = [frame(piece) for piece in cut(self.plain, 500000)]
        table = b"".join(struct.pack("<II", 77, 99) for _ in frames) + struct.pack("<IBI", len(frames) + 5, 0, 0x8F92EAB1)
        self.whole("DeviceEvents.ndjson.zst", b"".join(frames) + skippable(table))

    def test_blocks_and_members(self):
        self.whole("DeviceEvents.ndjson.gz", b"".join(map(block, cut(self.plain, 60000))) + block(b""))
        self.whole("DeviceEvents.ndjson.gz", b"".join(gzip.compress(p, 1) for p in cut(self.plain, 700001)))
        self.whole("DeviceEvents.ndjson.gz", b"".join(gzip.compress(p, 1) for p in cut(self.plain, 5000)))
        self.whole("DeviceEvents.ndjson.gz", gzip.compress(self.plain, 1))

    def test_a_damaged_header_ends_the_file(self):
        frames = [frame(piece) for piece in cut(self.plain, 500000)]
        start = sum(map(len, frames[:10]))
        broken = bytearray(b"".join(frames))
        at = start + 13 + 2 * (131072 + 3)
        broken[at] |= 6  # the third block is of no kind that there is
        r = self.same("DeviceEvents.ndjson.zst", bytes(broken))
        self.assertIn("damaged zstd data", r.stderr)
        rows = int(r.stdout.splitlines()[1].split(",")[0])
        self.assertTrue(1200 < rows < 1400, rows)
        strict = self.ask(os.path.join(self.path, "DeviceEvents.ndjson.zst"), QUERY, 4, "--strict")
        self.assertEqual(strict.returncode, 1)
        self.assertIn("damaged zstd data", strict.stderr)

    def test_a_damaged_block_costs_itself(self):
        blocks = [block(piece) for piece in cut(self.plain, 60000)]
        bad = bytearray(blocks[70])
        bad[-8] ^= 1  # the checksum: the block's text was handed out before
        r = self.same("DeviceEvents.ndjson.gz", b"".join(blocks[:70] + [bytes(bad)] + blocks[71:]))
        self.assertIn("damaged gzip data: incorrect data check", r.stderr)
        self.assertGreaterEqual(int(r.stdout.splitlines()[1].split(",")[0]), LINES - 1)

    def members(self, size):
        return [gzip.compress(p, 1) for p in cut(self.plain, size)]

    def test_members_in_members(self):
        # members that hold others as they are: each looks as if the next one began there
        lines = self.plain.split(b"\n")
        packed = b"".join(self.members(1200001))
        text = b"\n".join(lines[:3]) + b"\n" + packed.replace(b"\n", b" ") + b"\n"
        hidden = gzip.compress(text, 0) + packed + gzip.compress(text, 0) + packed
        r = self.same("DeviceEvents.ndjson.gz", hidden)
        self.assertEqual(r.stdout.splitlines()[1].split(",")[0], str(2 * LINES + 6))

    def test_damaged_members(self):
        members = self.members(1200001)
        for bad, place in ((1, -8), (2, 400000), (5, -3), (6, 2)):
            broken = [bytearray(m) for m in members]
            broken[bad][place] ^= 0x55
            r = self.same("DeviceEvents.ndjson.gz", b"".join(broken))
            self.assertIn("damaged gzip data", r.stderr)
            rows = int(r.stdout.splitlines()[1].split(",")[0])
            self.assertGreaterEqual(rows, LINES - 1200001 // 4000 - 2, bad)
        whole = b"".join(members)
        r = self.same("DeviceEvents.ndjson.gz", whole[:-200000])
        self.assertIn("ends inside a gzip member", r.stderr)
        r = self.same("DeviceEvents.ndjson.gz", whole + b"garbage" * 9)
        self.assertIn(f"(at byte {len(whole)} of the file)", r.stderr)

    def test_the_line_of_a_loss(self):
        lines = list(telemetry())
        lines[1700] = b"{broken\n"
        packings = (lambda p: b"".join(map(frame, cut(p, 300001))), frame, lambda p: gzip.compress(p, 1),
                    lambda p: b"".join(map(block, cut(p, 60000))))
        offset = sum(map(len, lines[:1700]))
        for pack in packings:
            r = self.same("DeviceEvents.ndjson.z", pack(b"".join(lines)))
            self.assertIn(f"1 of {LINES} lines skipped; first at line 1701: not JSON", r.stderr)
            strict = self.ask(os.path.join(self.path, "DeviceEvents.ndjson.z"), QUERY, 4, "--strict")
            self.assertEqual(strict.returncode, 1)
            self.assertIn(f"line 1701, byte {offset}: not JSON", strict.stderr)

    def test_ends(self):
        frames = b"".join(map(frame, cut(self.plain, 500000)))
        r = self.same("DeviceEvents.ndjson.zst", frames[:-70000])
        self.assertIn(f"ends inside a zstd frame (at byte {len(frames) - 70000} of the file)", r.stderr)
        r = self.same("DeviceEvents.ndjson.zst", frames + b"garbage")
        self.assertIn(f"(at byte {len(frames)} of the file)", r.stderr)


if __name__ == "__main__":
    main()
