"""Published queries over made-up records of the tables that they name, whose values hold their literals."""
import json
import os
import random
import re
import subprocess
import tempfile

from . import telemetry
from .questions import Question

LITERAL = re.compile(r'@"((?:[^"\n]|"")*)"|@\'([^\'\n]*)\'|"((?:\\.|[^"\\\n])*)"|\'((?:\\.|[^\'\\\n])*)\'')
# Which of several rows is taken, or in which order rows come to a function of windows, is left to the engine:
# such queries may answer in more than one way, so only their columns are compared.
FREE = re.compile(r"\b(take|limit|sample|sample-distinct|rand|any|take_any|anyif|take_anyif|top|top-nested|arg_max|arg_min|argmax|argmin|next|prev|"
                  r"row_\w+|scan|make_list\w*|makelist|make_bag\w*|innerunique|evaluate|new_guid|mv-expand|series_\w+|reduce|serialize|"
                  r"session_\w+|getschema|partition|percentile\w*|stdev\w*|avg\w*|variance\w*|current_\w+|cursor_\w+)\b")
JOIN = re.compile(r"\bjoin\b(?!\s*(?:hint\.\w+\s*=\s*\w+\s*)*kind\s*=)")


def literals(text):
    for groups in LITERAL.findall(text):
        word = next((g for g in groups if g), "")
        word = re.sub(r"\\(.)", r"\1", word)
        if 1 < len(word) < 80 and word.isprintable():
            yield word


def check(quarry, queries):
    """For each query the tables that it names, None when it does not bind."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for i, q in enumerate(queries):
            paths.append(os.path.join(folder, "%d.kql" % i))
            with open(paths[-1], "w", encoding="utf-8") as f:
                f.write(q)
        out = subprocess.run([quarry, "check", "--format", "json", *paths], capture_output=True).stdout.decode("utf-8", "replace")
    answers = [json.loads(line) for line in out.splitlines()]
    return [a["tables"] if a["ok"] and len(a.get("queries", [1])) == 1 else None for a in answers]


def make(path, seed, schemas, rows, quarry, n=10):
    with open(path, encoding="utf-8") as f:
        queries = [json.loads(line)["query"] for line in f]
    rng = random.Random(seed)
    picked = rng.sample(queries, min(len(queries), n * 2))
    picked = [q for q in picked if not re.search(r"externaldata|_GetWatchlist|\bunion\s+\*|\bsearch\s+[\"']", q)]
    named = [(q, t) for q, t in zip(picked, check(quarry, picked)) if t and all(x in schemas for x in t)][:n]
    tables = sorted({t for _, names in named for t in names})[:24]
    words, text = sorted({w for q, _ in named for w in literals(q)}), "\n".join(q for q, _ in named)
    members = set(re.findall(r"\w+", text))

    def columns_of(name):
        own = [c for c in telemetry.without_twins(name, schemas[name]) if c[0] in members and c[0] not in telemetry.UNUSED]
        times = {c for c, _ in schemas[name]}
        time = "Timestamp" if "Timestamp" in times else "TimeGenerated" if "TimeGenerated" in times else None
        own = [c for c in own if c[0] not in ("Timestamp", "TimeGenerated")]
        return ([(time, "datetime")] if time else []) + own
    made, coarse = telemetry.make(seed, schemas, 0, rows, tables, words[:400], columns_of)
    return made, coarse, [Question(q, False) for q, _ in named]


def is_free(text):
    return bool(FREE.search(text) or JOIN.search(text))
