"""What the end-to-end tests share: running the program, files in a folder of the test's own."""
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.environ.get("QUARRY_ROOT") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
QUARRY = os.environ.get("QUARRY") or os.path.join(ROOT, "build/quarry")
RULE = os.path.join(ROOT, "content/hunts/suspicious-url-clicked.yaml")
EXCLUSIONS = os.path.join(ROOT, "content/exclusions/suspicious-url-clicked.yaml")
SAMPLE = os.path.join(ROOT, "content/samples/data")


def run(*args, stdin="", timeout=120, **how):
    """Runs the program. `stdin` and what comes back are text, or bytes when `stdin` is bytes."""
    text = {} if isinstance(stdin, bytes) else {"text": True, "errors": "replace"}
    return subprocess.run([QUARRY, *args], input=stdin, capture_output=True, timeout=timeout, **text, **how)


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="quarry e2e ")
        self.addCleanup(folder.cleanup)
        self.path = folder.name

    def write(self, name, content):
        path = os.path.join(self.path, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(content if isinstance(content, bytes) else content.encode())
        return path

    def fails(self, code, words, *args, **how):
        """The run ends with the code, and standard error holds the words."""
        r = run(*args, **how)
        self.assertEqual(r.returncode, code, r.stderr)
        for word in words:
            self.assertIn(word, r.stderr)
        return r


def main():
    """Runs the file's tests; the last line is what tests/run.sh reads."""
    program = unittest.main(exit=False, verbosity=0)
    failed = len(program.result.failures) + len(program.result.errors)
    skipped = len(program.result.skipped)
    print("%d passed, %d failed, %d skipped" % (program.result.testsRun - failed - skipped, failed, skipped))
    sys.exit(bool(failed))
