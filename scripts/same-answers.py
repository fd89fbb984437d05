#!/usr/bin/env python3
"""The same telemetry gives the same answer, however it is stored and however the query is planned.

Makes up telemetry from a seed, stores the same records in every form that exports have, asks generated
queries of each, and compares: forms, numbers of threads, and plans with and without each rewrite. What differs is
cut down to few records and shown. `--rules FILE` asks published queries in place of generated ones (the file that
`oracle-compare.py extract` writes).

    python3 scripts/same-answers.py --seed 1 --seeds 10

Python's pyarrow is used for Parquet when it is there. The last line is "N questions, N answers, N different".
"""
import argparse
import os
import random
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from same_answers import answers, minimise, published, questions, storage, telemetry  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
REWRITES = ["fold_constants", "unwrap_url_joins", "push_filters", "share_parses", "prune_columns"]
NOW = ["--now", telemetry.NOW]


def bounds(rng):
    """--from and --to, now and then: rows without a time are in all answers."""
    days = sorted(rng.sample(range(14, 25), 2))
    return ["--from", "2026-11-%d" % days[0], "--to", "2026-11-%dT06:00:00.1234567Z" % days[1]] if rng.random() < .15 else []


def disabled(names):
    return [word for n in names for word in ("--disable-rewrite", n)]


# How a query may be planned and run, whatever the data's form.
PLANS = {"1 thread": ["--threads", "1"], "2 threads": ["--threads", "2"], "8 threads": ["--threads", "8"],
         "no rewrites": disabled(REWRITES), "no rewrites, 1 thread": disabled(REWRITES) + ["--threads", "1"], "strict": None}
PLANS.update({"without " + r: disabled([r]) for r in REWRITES})


class Run:
    def __init__(self, args):
        self.args = args
        self.asked = self.answered = self.rejected = self.failed = 0
        self.different = []

    def tell(self, words):
        print(words, flush=True)

    def store(self, form, tables, folder, seed):
        shutil.rmtree(folder, ignore_errors=True)
        return form(storage.Store(self.args.quarry, folder, seed), tables)

    def one_seed(self, seed, folder):
        args = self.args
        schemas = telemetry.read_schemas(os.path.join(ROOT, "schemas/tables.tsv"))
        rng = random.Random(seed + 1000003)
        rows = rng.choice([20, 60, 60, 150]) if not args.rows else args.rows
        if args.rules:
            tables, coarse, asked = published.make(args.rules, seed, schemas, rows, args.quarry)
        else:
            tables, coarse = telemetry.make(seed, schemas, args.tables, rows)
            asked = [questions.Asker(rng, tables).question() for _ in range(args.questions)]
        first = self.store(storage.plain, tables, os.path.join(folder, "plain"), seed)
        forms = [f for f in storage.forms(coarse) if not args.forms or f.__name__ in args.forms]
        stored = {}
        for form in forms:
            stored[form.__name__] = self.store(form, tables, os.path.join(folder, form.__name__), seed)
        for question in asked:
            self.one_question(question, tables, first, stored, rng, seed, folder)

    def one_question(self, question, tables, first, stored, rng, seed, folder):
        args = self.args
        is_loose = bool(args.rules)
        common = NOW + bounds(rng)
        baseline = answers.ask(args.quarry, question, first + common, is_loose)
        if baseline.code == 2:
            self.rejected += 1
            if args.verbose:
                self.tell("not valid: %s\n%s" % (question.text, baseline.errors))
            return
        self.asked += 1
        if baseline.code:
            self.failed += 1
            if args.verbose:
                self.tell("fails: %s\n%s" % (question.text, baseline.errors))
        names = list(stored)
        chosen = names if args.variants >= len(names) else rng.sample(names, args.variants)
        tries = [(n, stored[n], []) for n in chosen]
        for plan in rng.sample([p for p in PLANS if PLANS[p]], min(args.plans, len(PLANS) - 1)):
            tries.append(("plain, " + plan, first, PLANS[plan]))
            form = rng.choice(names) if names else None
            if form:
                tries.append((form + ", " + plan, stored[form], PLANS[plan]))
        for name, data, plan in tries:
            answer = answers.ask(args.quarry, question, data + plan + common, is_loose)
            self.answered += 1
            what = answers.differ(baseline, answer, is_loose, is_loose and published.is_free(question.text))
            if what:
                self.report(question, tables, name, (plan, common), what, seed, folder)

    def report(self, question, tables, name, options, what, seed, folder):
        is_first = question.text not in (text for _, _, text in self.different)
        self.different.append((seed, name, question.text))
        shown = " ".join(options[1][len(NOW):])
        self.tell("--- seed %d: %s %s\n%s\n%s" % (seed, name, shown, question.text, what))
        if self.args.minimise and is_first:
            form = {f.__name__: f for f in storage.forms(True)}.get(name.split(",")[0], storage.plain)
            self.tell(minimise.smallest(self, question, tables, form, options, folder, seed))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quarry", default=os.environ.get("QUARRY") or os.path.join(ROOT, "build/quarry"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="how many, from --seed on")
    parser.add_argument("--questions", type=int, default=40, help="for each seed")
    parser.add_argument("--tables", type=int, default=3, help="known tables for each seed; two unknown ones come besides")
    parser.add_argument("--rows", type=int, default=0, help="of each table; default: by the seed")
    parser.add_argument("--variants", type=int, default=12, help="forms that each question is asked of")
    parser.add_argument("--plans", type=int, default=2, help="plans that each question is asked with")
    parser.add_argument("--forms", nargs="*", help="only these forms")
    parser.add_argument("--rules", help="ask the queries of this file")
    parser.add_argument("--minimise", action="store_true", help="cut differences down to few records")
    parser.add_argument("--keep", help="folder to leave the last seed's data in")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    run = Run(args)
    for seed in range(args.seed, args.seed + args.seeds):
        with tempfile.TemporaryDirectory(prefix="same-answers-") as folder:
            run.one_seed(seed, args.keep or folder)
    if run.rejected > run.asked:
        run.tell("more than half of the questions were no valid queries")
    if run.rejected or run.failed:
        run.tell("%d questions were no valid queries, %d failed in all forms" % (run.rejected, run.failed))
    run.tell("%d questions, %d answers, %d different" % (run.asked, run.answered, len(run.different)))
    sys.exit(bool(run.different) or run.rejected > run.asked)


if __name__ == "__main__":
    main()
