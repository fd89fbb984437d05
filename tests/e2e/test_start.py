#!/usr/bin/env python3
"""What a start loads: the engine with its own names bound, and rarely used libraries at their first use."""
import glob
import os
import re
import shutil
import subprocess
import unittest

from program import QUARRY, ROOT, SAMPLE, Case, main, run

ENGINE = os.path.join(ROOT, "build/engine")
MODULES = glob.glob(os.path.join(os.path.dirname(QUARRY), "libquarry-*.so"))
USES = {
    "libquarry-digest.so": 'print hash_sha1("x")',
    "libquarry-xml.so": 'print parse_xml("<a/>")',
    "libquarry-s2.so": "print geo_point_to_s2cell(1, 2)",
}


def looked_up(env=None):
    """How many symbols the loader looks up by name when the program starts."""
    text = subprocess.run([QUARRY, "--version"], capture_output=True, text=True, timeout=120,
                          env={**os.environ, "LD_DEBUG": "statistics", **(env or {})}).stderr
    found = re.search(r"number of relocations: (\d+)", text)
    if not found:
        raise unittest.SkipTest("this loader tells no statistics")
    return int(found.group(1))


class Start(Case):
    def test_the_engine_looks_few_of_its_names_up(self):
        # on other machines the engine is loaded as it is fetched
        with open(os.path.join(ENGINE, "libduckdb.so"), "rb") as given, \
             open(os.path.join(ENGINE, "bound/libduckdb.so"), "rb") as bound:
            if given.read() == bound.read():
                self.skipTest("not bound for this machine")
        self.assertLess(looked_up(), looked_up({"LD_LIBRARY_PATH": ENGINE}) / 2)

    def test_binding_at_once_changes_nothing(self):
        kql = "range x from 1 to 9 step 1 | summarize s = sum(x), d = dcount(x % 3)"
        lazily, at_once = (run("query", kql, "--format", "csv", env={**os.environ, **env})
                           for env in ({}, {"LD_BIND_NOW": "1"}))
        self.assertEqual((lazily.returncode, lazily.stdout), (0, "s,d\n45,3\n"))
        self.assertEqual(at_once.stdout, lazily.stdout)

    @unittest.skipUnless(MODULES, "this build has no modules")
    def test_a_missing_module_is_named(self):
        alone = shutil.copy(QUARRY, self.path)
        env = {**os.environ, "LD_LIBRARY_PATH": os.path.join(ENGINE, "bound")}
        how = {"capture_output": True, "text": True, "timeout": 120, "env": env}
        schemas = ["--schemas", os.path.join(ROOT, "schemas")]
        for module in MODULES:
            name = os.path.basename(module)
            self.assertEqual(run("query", USES[name]).returncode, 0, name)
            r = subprocess.run([alone, "query", USES[name], *schemas], **how)
            self.assertEqual((r.returncode, r.stdout), (2, ""), name)
            self.assertIn("%s is not beside the program" % name, r.stderr)
        r = subprocess.run([alone, "query", "print 1", *schemas], **how)
        self.assertEqual((r.returncode, r.stdout), (0, '{"print_0":1}\n'), r.stderr)
        lake = os.path.join(self.path, "lake")
        r = subprocess.run([alone, "import", "--data", SAMPLE, "--lake", lake, *schemas], **how)
        self.assertEqual(r.returncode, 1, r.stderr)
        self.assertIn("libquarry-digest.so is not beside the program", r.stderr)

    @unittest.skipUnless(MODULES, "this build has no modules")
    def test_a_damaged_module_is_named(self):
        alone = shutil.copy(QUARRY, self.path)
        self.write("libquarry-xml.so", "no library")
        r = subprocess.run([alone, "query", USES["libquarry-xml.so"], "--schemas", os.path.join(ROOT, "schemas")],
                           capture_output=True, text=True, timeout=120,
                           env={**os.environ, "LD_LIBRARY_PATH": os.path.join(ENGINE, "bound")})
        self.assertEqual(r.returncode, 2)
        self.assertIn("libquarry-xml.so cannot be loaded", r.stderr)


if __name__ == "__main__":
    main()
