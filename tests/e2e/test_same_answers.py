#!/usr/bin/env python3
"""A short run of scripts/same-answers.py: all forms of storage, some plans, few questions."""
import os
import subprocess
import sys
import unittest

from program import QUARRY, ROOT, main


class SameAnswers(unittest.TestCase):
    def test_all_forms_answer_alike(self):
        script = os.path.join(ROOT, "scripts/same-answers.py")
        r = subprocess.run([sys.executable, script, "--quarry", QUARRY, "--seed", "3", "--questions", "6", "--rows", "30",
                            "--variants", "100", "--plans", "3"], capture_output=True, text=True, errors="replace")
        self.assertEqual(r.returncode, 0, r.stdout + r.stderr)
        self.assertRegex(r.stdout.splitlines()[-1], r"^[4-6] questions, \d{3} answers, 0 different$")


if __name__ == "__main__":
    main()
