#!/usr/bin/env python3
"""Runs the examples of a KQL documentation checkout and compares their printed output.

A development tool: the folder with the pages is named on the command line, nothing of it is kept.

    scripts/doc-examples.py FOLDER [--quarry build/quarry] [--only TEXT] [--verbose]

An example is a ```kusto block with a Markdown table right behind it or under the next "**Output**".
Its columns must have the documented names in the documented order, its rows the documented values:
in order when the query sorts, else in any order. Numbers may differ where the page prints fewer
digits, times in the form of printing, dynamic values in blanks and in what the page leaves out with
"...", and an unnamed column may have any heading. Examples over the sample tables of the help cluster, and values that change from run to run,
are counted apart. scripts/doc-examples.tsv says why the examples that it lists cannot agree.
"""
import argparse
import collections
import datetime
import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile

TICKS = 10_000_000
FENCE = re.compile(r"^\s*```+\s*(\w*)\s*$")
OUTPUT = re.compile(r"^\s*\**\s*output( table)?( \d+)?\s*:?\s*\**\s*:?\s*$", re.I)
ONLY_SOME = re.compile(r"\b(first|top|only|some|partial|few|truncated|sample of|part of)\b", re.I)
VARIES = re.compile(
    r"\b(rand|new_guid|now|ago|sample|sample-distinct|current_\w+|cursor_\w+|ingestion_time|"
    r"extent_id|rowstore_ordinal_range)\s*\(|\|\s*sample\b"
)
SORTS = re.compile(r"\|\s*(?:sort|order)\s+by\b|\|\s*top\b(?!-)|\|\s*serialize\b")
COMMAND = re.compile(r"(\s*//.*\n)*\s*\.\w")
UNNAMED = re.compile(r"print_\d+|Column\d+")
SHUFFLES = re.compile(r"\|\s*(?:summarize|join|union|distinct|partition|make-series|lookup)\b")

APART = ("needs a table", "needs a service", "needs other data", "varies", "command")
WRONG = ("columns differ", "rows differ", "error")

Example = collections.namedtuple("Example", "page number line query columns rows partial")
Outcome = collections.namedtuple("Outcome", "kind detail")


# The pages ------------------------------------------------------------------------------------


def split_row(line):
    """The cells of a table row; a bar behind a backslash or inside `code` is text."""
    line = line.strip().removeprefix("> ").strip()
    line = line.removeprefix("|")
    if line.endswith("|") and not line.endswith("\\|"):
        line = line[:-1]
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)]


def plain(cell):
    """The text of a Markdown cell."""
    cell = cell.strip()
    for tag in ("<br>", "<br/>", "<br />"):
        cell = cell.replace(tag, "\n")
    if len(cell) > 1 and cell[0] == cell[-1] == "`":
        cell = cell[1:-1]
    cell = re.sub(r"<(https?://[^>]*)>", r"\1", cell)
    cell = re.sub(r"\[(https?://[^\]]*)\]\(\1\)", r"\1", cell)
    cell = re.sub(r"\\([\\|_*\[\]<>~`&#])", r"\1", cell)
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&nbsp;", " "), ("&amp;", "&")):
        cell = cell.replace(entity, char)
    return cell.strip()


def is_rule(line):
    return "-" in line and bool(re.fullmatch(r"[\s|:>-]+", line))


def read_table(lines, at):
    """(columns, rows) of the table whose heading is at or after `at`, or None before other content."""
    prose = []
    while at < len(lines) and not ("|" in lines[at] and at + 1 < len(lines) and is_rule(lines[at + 1])):
        if FENCE.match(lines[at]) or lines[at].startswith("#"):
            return None
        prose.append(lines[at])
        at += 1
    if at >= len(lines):
        return None
    columns = [plain(cell) for cell in split_row(lines[at])]
    rows, raw = [], lines[at + 2 :]
    for line in raw:
        if "|" not in line:
            break
        rows.append([plain(cell) for cell in split_row(line)])
    dots = [row for row in rows if row and all(cell in ("...", "…", "") for cell in row) and any(row)]
    rows = [row for row in rows if row not in dots]
    partial = bool(dots) or any(ONLY_SOME.search(text) for text in prose)
    return columns, rows, partial


def output_of(lines, at):
    """The table of output of a block that ends before `at`, or None."""
    for look in range(at, len(lines)):
        line = lines[look].strip()
        if FENCE.match(line) or line.startswith("#"):
            return None
        if OUTPUT.match(line):
            return read_table(lines, look + 1)
        if line.startswith("|"):
            return read_table(lines, look) if not "".join(lines[at:look]).strip(" :") else None
    return None


def examples_of(path):
    """The examples of a page."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    at, found = 0, 0
    while at < len(lines):
        fence = FENCE.match(lines[at])
        if not fence:
            at += 1
            continue
        start, at = at, at + 1
        while at < len(lines) and not FENCE.match(lines[at]):
            at += 1
        query = "\n".join(lines[start + 1 : at])
        at += 1
        if fence.group(1).lower() != "kusto":
            continue
        table = output_of(lines, at)
        if table:
            found += 1
            yield Example(path.name, found, start + 1, query, *table)


# Values ---------------------------------------------------------------------------------------


def number(text):
    text = text.strip().replace(",", "")
    if text.lower() in ("nan", "∞", "infinity", "inf", "-infinity", "-∞", "-inf"):
        return float(text.lower().replace("∞", "inf"))
    try:
        return float(text) if re.search(r"[.eE]", text) else int(text)
    except ValueError:
        return None


def slack(text):
    """What the last printed digit of a number leaves open."""
    match = re.fullmatch(r"[+-]?\d*(?:\.(\d*))?(?:[eE]([+-]?\d+))?", text.strip())
    if not match or not (match.group(1) or match.group(2)):
        return 0.0
    return 10.0 ** (int(match.group(2) or 0) - len(match.group(1) or ""))


def same_number(want, have):
    expected = number(want)
    if isinstance(have, str):  # JSON has no number for these
        have = number(have)
    if expected is None or have is None:
        return False
    if isinstance(expected, float) and math.isnan(expected):
        return have != have
    if isinstance(expected, int) and isinstance(have, int):
        return expected == have
    if math.isinf(expected) or math.isinf(have):
        return expected == have
    return abs(expected - have) <= max(slack(want), 1e-9 * abs(expected))


def ticks_of_datetime(text):
    """(ticks, ticks left open by what is not printed), or None."""
    match = re.fullmatch(
        r"(\d{4})-(\d\d?)-(\d\d?)(?:[T ]+(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?)?\s*Z?", text.strip()
    )
    if not match:
        match = re.fullmatch(
            r"(\d\d?)/(\d\d?)/(\d{4}),? (\d\d?):(\d\d):(\d\d)(?:\.(\d+))?( [AP]M)?", text.strip()
        )
        if not match:
            return None
        month, day, year, hour, minute, second, fraction, half = match.groups()
        hour = int(hour) % 12 + (12 if half == " PM" else 0) if half else hour
    else:
        year, month, day, hour, minute, second, fraction = match.groups()
    try:
        whole = datetime.datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
    except ValueError:
        return None
    since = whole - datetime.datetime(1, 1, 1)
    fraction = fraction or ""
    ticks = (since.days * 86400 + since.seconds) * TICKS + int(fraction.ljust(7, "0")[:7])
    return ticks, 10 ** (7 - len(fraction)) if fraction else 1


def ticks_of_timespan(text):
    match = re.fullmatch(r"(-?)(?:(\d+)[.:])?(\d\d?):(\d\d):(\d\d)(?:\.(\d{1,7}))?", text.strip())
    if not match:
        return None
    sign, days, hours, minutes, seconds, fraction = match.groups()
    whole = ((int(days or 0) * 24 + int(hours)) * 60 + int(minutes)) * 60 + int(seconds)
    ticks = whole * TICKS + int((fraction or "").ljust(7, "0"))
    return (-ticks if sign else ticks), 10 ** (7 - len(fraction)) if fraction else 1


def same_time(read, want, have):
    a, b = read(want), read(have)
    return a is not None and b is not None and abs(a[0] - b[0]) < max(a[1], b[1])


def same_json(want, have):
    if isinstance(want, bool) or isinstance(have, bool):
        return want is have
    if isinstance(want, (int, float)) and isinstance(have, (int, float)):
        return same_number(repr(want), have)
    if isinstance(want, list) and isinstance(have, list):
        return len(want) == len(have) and all(map(same_json, want, have))
    if isinstance(want, dict) and isinstance(have, dict):
        return want.keys() == have.keys() and all(same_json(want[key], have[key]) for key in want)
    if isinstance(want, str) and isinstance(have, str):
        return want == have or any(same_time(read, want, have) for read in (ticks_of_datetime, ticks_of_timespan))
    return want == have


def squeezed(text):
    return re.sub(r"\s+", "", text)


def rendered(text):
    """What Markdown leaves of a text with two backslashes in a row."""
    return text.replace("\\\\", "\\")


def fits_around_dots(want, printed):
    """Whether a text is one that the page shortened: `...` stands for what it leaves out."""
    parts = [re.escape(part) for part in re.split(r"\.{3,}", squeezed(want))]
    return len(parts) > 1 and len("".join(parts)) > 20 and bool(re.fullmatch(".*".join(parts), squeezed(printed)))


def same_dynamic(want, have):
    printed = have if isinstance(have, str) else json.dumps(have, ensure_ascii=False, separators=(",", ":"))
    if fits_around_dots(want, printed):
        return True
    if squeezed(want) in (squeezed(printed), squeezed(rendered(printed))):
        return True
    try:
        return same_json(json.loads(want if '"' in want else want.replace("'", '"')), have)
    except ValueError:
        if isinstance(have, str):
            return same_json(want, have)
        return isinstance(have, (int, float)) and not isinstance(have, bool) and same_number(want, have)


def same_value(want, have, type_name):
    """Whether a printed cell and a value of the result (as JSON) agree."""
    if have is None:
        return want.lower() in ("", "null", "(null)", "nan", "n/a")
    if type_name == "bool":
        return want.lower() in (("true", "1") if have else ("false", "0"))
    if type_name in ("int", "long", "real"):
        return same_number(want, float(have) if type_name == "real" else have)  # "NaN" is a text in JSON
    if type_name == "decimal":
        return same_number(want, float(have))
    if type_name == "datetime":
        return same_time(ticks_of_datetime, want, have)
    if type_name == "timespan":
        return same_time(ticks_of_timespan, want, have)
    if type_name == "dynamic":
        return same_dynamic(want, have)
    if re.sub(r"\s+", " ", want) == re.sub(r"\s+", " ", have).strip():
        return True
    return want in (f'"{have}"', f"'{have}'", rendered(have))


# Results --------------------------------------------------------------------------------------


def same_row(want, have, types):
    want = want + [""] * (len(types) - len(want))
    return len(want) == len(types) and all(map(same_value, want, have, types))


def keeps_order(query):
    sorts = [found.start() for found in SORTS.finditer(query)]
    shuffles = [found.start() for found in SHUFFLES.finditer(query)]
    return bool(sorts) and max(sorts) > max(shuffles, default=-1)


def compare_rows(example, have, types):
    """None when they agree, else what does not."""
    if keeps_order(example.query):
        pairs = zip(example.rows, have)
        wrong = next(((w, h) for w, h in pairs if not same_row(w, h, types)), None)
        if wrong is None and (len(have) == len(example.rows) or (example.partial and len(have) > len(example.rows))):
            return None
        if wrong and not example.partial:
            return f"want {wrong[0]} have {shown(wrong[1])}"
    if not have and not any(map(any, example.rows)):
        return None
    left = list(have)
    for want in example.rows:
        found = next((i for i, row in enumerate(left) if same_row(want, row, types)), None)
        if found is None:
            nearest = max(left, default=[], key=lambda row: sum(map(same_value, want, row, types)))
            return f"want {want} have {shown(nearest)}"
        del left[found]
    if left and not example.partial:
        return f"{len(left)} rows too many, such as {shown(left[0])}"
    return None


def shown(row):
    return json.dumps(row, ensure_ascii=False)[:300]


def run(quarry, data, query, seconds):
    """(result table, None) or (None, text of the first error)."""
    command = [quarry, "query", "--data", data, "--format", "kusto", "--no-progress", "--threads", "2", "-"]
    try:
        done = subprocess.run(command, input=query, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return None, "no answer in time"
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if "error" in line]
        return None, (errors or done.stderr.splitlines() or [f"exit {done.returncode}"])[0]
    return json.loads(done.stdout)["Tables"][0], None


def same_headings(want, have):
    return len(want) == len(have) and all(
        w.lower() == h.lower() or UNNAMED.fullmatch(h) for w, h in zip(want, have)
    )


def judge(example, quarry, data, seconds):
    if COMMAND.match(example.query):
        return Outcome("command", "")
    table, error = run(quarry, data, example.query, seconds)
    if error:
        missing = re.search(r"KS204\]: (?:The name '([^']*)'|No table of the data)", error)
        if missing:
            return Outcome("needs a table", missing.group(1) or "")
        if re.search(r"needs a service|needs the cloud service|KS260\]: .* known graph model", error):
            return Outcome("needs a service", "")
        return Outcome("error", re.sub(r"^[^:]*:\d+:\d+: ", "", error))
    names = [column["ColumnName"] for column in table["Columns"]]
    types = [column["ColumnType"] for column in table["Columns"]]
    wanted = [name.strip("*") for name in example.columns]
    if not same_headings(wanted, names):
        return Outcome("columns differ", f"want {wanted} have {names}")
    if VARIES.search(example.query):
        return Outcome("varies", "")
    wrong = compare_rows(example, table["Rows"], types)
    return Outcome("rows differ", wrong) if wrong else Outcome("agree", "")


def class_of_error(message):
    return re.sub(r"'[^']*'|\b[a-z_0-9]+\(\)", "…", message)[:100]


def read_reasons():
    """{"page.md 2": (class, why its second example cannot agree)}"""
    lines = pathlib.Path(__file__).with_suffix(".tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {key: (group, why) for key, group, why in rows}


def share(part, whole):
    return f"{part} of {whole} agree ({100 * part / max(whole, 1):.1f} %)"


def report(results, pages, verbose):
    reasons = read_reasons()
    kinds, groups = collections.Counter(), collections.Counter()
    for example, outcome in results:
        group, why = reasons.get(f"{example.page} {example.number}", ("", ""))
        wrong = outcome.kind in WRONG
        kinds["needs other data" if wrong and group == "data" else outcome.kind] += 1
        groups[group] += wrong
        if why and outcome.kind == "agree":
            print(f"{example.page} {example.number} agrees: its reason can go")
        if (wrong and not why) or verbose:
            print(f"{example.page}:{example.line} {example.number}: {outcome.kind}: {outcome.detail}")
    classes = collections.Counter(class_of_error(o.detail) for _, o in results if o.kind == "error")
    for text, times in classes.most_common():
        print(f"{times:5} error: {text}")
    judged = kinds["agree"] + sum(kinds[kind] for kind in WRONG)
    print(f"{pages} pages, {len(results)} examples; apart: { {kind: kinds[kind] for kind in APART} }")
    print(
        f"{share(kinds['agree'], judged)}: {kinds['columns differ']} differ in columns, {kinds['rows differ']} in "
        f"rows, {kinds['error']} errors; doc-examples.tsv explains {groups['page'] + groups['open']} of these"
    )
    print(
        f"{share(kinds['agree'], judged - groups['page'])} without the {groups['page']} whose page prints what "
        "its query cannot give"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="folder with the pages (*.md)")
    parser.add_argument("--quarry", default="build/quarry")
    parser.add_argument("--only", default="", help="only pages whose name holds this text")
    parser.add_argument("--seconds", type=float, default=20, help="time limit of an example")
    parser.add_argument("--verbose", action="store_true", help="name the examples that agree too")
    options = parser.parse_args()
    pages = sorted(page for page in options.folder.rglob("*.md") if options.only in page.name)
    if not pages:
        sys.exit(f"no pages in {options.folder}")
    with tempfile.TemporaryDirectory() as data:
        results = [
            (example, judge(example, options.quarry, data, options.seconds))
            for page in pages
            for example in examples_of(page)
        ]
    report(results, len(pages), options.verbose)


if __name__ == "__main__":
    main()
