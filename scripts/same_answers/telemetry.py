"""Telemetry made up from a seed: records of known and unknown tables, with the values that go wrong.

A record is a dict from column to Cell. A column that a record lacks stands in none of its forms; in forms
that have all columns in all rows (CSV, Parquet) it is an empty cell or a null, which is the same answer.
"""
import collections
import json
import random

EPOCH_TICKS = 621355968000000000  # of 1970-01-01, in units of 100 ns since year 1
DAY_TICKS = 864000000000
NOW = "2026-11-24T12:00:00Z"
NOW_TICKS = EPOCH_TICKS + 1795521600 * 10**7

# json: the value as JSON writes it, or None where it is a text, which storage spells in its own way.
# text: the same in a cell of CSV. value: what it is: str, int, float, bool, None, Time or Bag.
Cell = collections.namedtuple("Cell", "json text value")
Time = collections.namedtuple("Time", "ticks")
Bag = collections.namedtuple("Bag", "json is_text")  # is_text: JSON forms store it as a string


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Table:
    def __init__(self, name, columns, known):
        self.name = name
        self.columns = columns  # [(name, type)] that the records may hold
        self.known = known      # whether a published schema gives the types
        self.records = []

    def type_of(self, column):
        return dict(self.columns)[column]


# What every known table gets besides its own columns: an id for each row, and columns without a schema.
EXTRA = [("RowNo", "long"), ("ExtraText", "string"), ("ExtraReal", "real"), ("ExtraTime", "datetime"),
         ("ExtraTruth", "bool")]
CUSTOM = [("RowNo", "long"), ("TimeGenerated", "datetime"), ("Computer_s", "string"), ("Count_d", "real"),
          ("Seen_t", "datetime"), ("Ok_b", "bool"), ("Raw_s", "string")]
PLAIN = [("RowNo", "long"), ("When", "datetime"), ("User Name", "string"), ("bytes.sent", "long"), ("Ratio", "real"),
         ("Allowed", "bool"), ("Naïve", "string")]
# Columns that the services fill in; a table's own name in Type is a matter of the envelope.
UNUSED = {"OnPremSid", "AccountSID", "Type", "TenantId", "_BilledSize", "_IsBillable", "SourceSystem", "_ResourceId", "_SubscriptionId", "MG"}

WORDS = ["powershell.exe", "cmd.exe", "PowerShell", "C:\\Windows\\System32\\net.exe", "outlook.exe", "evil.com", "devil.com",
         "admin@contoso.example", "10.0.0.5", "185.3.4.5", "fe80::1", "https://evil.example/a?b=c&d=%41", "Success",
         "success", "SUCCESS", "Failure", "-enc SQBFAFgA", "S-1-5-21-1-2-3-1104", "0", "50126", "007", "1.50", "true",
         "null", "NaN", "Remote", "a", "A", "I", "ı", "İ", "ß", "SS", "ſ", "K", "k", "\u212a", "e\u0301", "\u00e9", "caf\u00e9",
         "日本語", "тест", "😀", "a😀b", "\ufeffx", "tab\there", "line\nbreak", "crlf\r\nbreak", "cr\ronly", "quote\"d",
         "'single'", "a,b", "a;b", "=1+1", "@SUM(A1)", "-2+3", " leading", "trailing ", "  ", "a/b", "a\\u0041b", "\\", "\\\\",
         "\u0001", "\u001f", "\u007f", "\u0085", "\u2028", "%00", "{\"a\":1}", "{not json", "[1,2]", "\"quoted\"",
         "00000000-0000-0000-0000-000000000001", "ABCDEF00-0000-4000-8000-00000000ABCD", "2026-11-24T10:00:00Z",
         "\u200bzero", "x" * 64]
LONE = ["\ud800", "a\udc00b", "\udfff\ud800"]  # half of a pair: read as U+FFFD


def make_text(rng, pool):
    r = rng.random()
    if r < .62:
        return rng.choice(pool)
    if r < .80:
        return rng.choice(" _-./\\:|,") .join(rng.choice(pool) for _ in range(rng.randint(2, 4)))
    if r < .90:
        return rng.choice(pool)[::-1] + rng.choice(pool).upper()
    if r < .93:
        return rng.choice(LONE)
    if r < .935:
        # not of control characters: a file that is full of them, as CSV may be, is taken for no text
        return rng.choice([w for w in pool if w.isprintable()]) * rng.choice([50, 700, 4000]) + "needle"
    return "".join(rng.choice("abcXYZ019 .-_/\\\"'") for _ in range(rng.randint(0, 12)))


def time_text(rng, ticks):
    """One of the spellings of a time, and its ticks after that spelling's rounding (there is none)."""
    seconds, fraction = divmod(ticks - EPOCH_TICKS, 10**7)
    zone = rng.choice(["Z", "Z", "Z", "z", "+00:00", "+02:00", "-05:30", ""])
    if zone[:1] in "+-" and zone:
        minutes = int(zone[1:3]) * 60 + int(zone[4:])
        seconds += minutes * 60 if zone[0] == "+" else -minutes * 60
    shown = civil(seconds)
    digits = ("%07d" % fraction).rstrip("0") if rng.random() < .5 else "%07d" % fraction
    if fraction == 0 and rng.random() < .5:
        digits = ""
    return shown.replace(" ", rng.choice(["T", "T", "T", " "])) + ("." + digits if digits else "") + zone


def civil(seconds):
    """Year to second, for years that the standard library does not reach as well."""
    days, rest = divmod(seconds, 86400)
    z = days + 719468
    era, doe = divmod(z, 146097)
    yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    month = mp + 3 if mp < 10 else mp - 9
    year = yoe + era * 400 + (month <= 2)
    return "%04d-%02d-%02d %02d:%02d:%02d" % (year, month, doy - (153 * mp + 2) // 5 + 1, rest // 3600, rest // 60 % 60,
                                              rest % 60)


def make_time(rng, coarse):
    ticks = NOW_TICKS - rng.randint(0, 10 * DAY_TICKS)
    r = rng.random()
    if r < .3:
        ticks -= ticks % 10**7
    elif r < .4:
        ticks -= ticks % DAY_TICKS
    elif r < .42 and not coarse:
        ticks = rng.choice([EPOCH_TICKS, EPOCH_TICKS - 1, EPOCH_TICKS - 5 * 365 * DAY_TICKS - 12345])
    elif r < .8:
        ticks -= ticks % rng.choice([10**4, 10, 10**6])
    return ticks - ticks % 10**4 if coarse else ticks


def make_member(rng, pool, depth=0):
    r = rng.random()
    if r < .35 or depth > 2:
        return make_text(rng, [w for w in pool if not any(0xD800 <= ord(c) < 0xE000 for c in w)])[:200].encode(
            "utf-8", "replace").decode()
    if r < .45:
        return rng.choice([0, 1, -1, 5, 2**31, 2**53 + 1, 2**63 - 1, 50126])
    if r < .52:
        return rng.choice([1.5, 0.25, -2.0, 1e3, 12345678.125])
    if r < .58:
        return rng.choice([True, False, None])
    if r < .78:
        return [make_member(rng, pool, depth + 1) for _ in range(rng.randint(0, 3))]
    return make_bag(rng, pool, depth + 1)


KEYS = ["Name", "Value", "a", "b", "User", "errorCode", "with space", "dotted.key", "é", "n", "displayName", "newValue"]


def make_bag(rng, pool, depth=0):
    return {k: make_member(rng, pool, depth) for k in rng.sample(KEYS, rng.randint(0, 5))}


def number_cell(rng, n):
    """As a number, or as a text in JSON: 64-bit ids are written both ways."""
    return Cell(str(n) if rng.random() < .8 else '"%d"' % n, str(n), n)


def make_cell(rng, kind, pool, coarse):
    """A value of a column of that type, or None for one that is missing."""
    r = rng.random()
    if r < .06:
        return None
    if r < .10:
        return Cell("null", "", None)
    if r < .13 and kind != "string":
        return Cell('""', "", None)
    if kind == "string":
        return string_cell(rng, pool)
    if kind == "datetime":
        ticks = make_time(rng, coarse)
        text = time_text(rng, ticks)
        return Cell('"%s"' % text, text, Time(ticks))
    if kind == "bool":
        b = rng.random() < .5
        word = rng.choice(["true", "True", "TRUE", "1"] if b else ["false", "False", "FALSE", "0"])
        bare = word in ("true", "false") and rng.random() < .7
        return Cell(word if bare or word in "01" else '"%s"' % word, word, b)
    if kind in ("int", "long"):
        big = [2**31 - 1, -2**31] if kind == "int" else [2**63 - 1, -2**63 + 1, 2**53 + 1, 2**32]
        return number_cell(rng, rng.choice(big) if rng.random() < .1 else rng.randint(-3, 40))
    if kind in ("real", "decimal"):
        n = rng.choice([0.5, -0.25, 3.0, 1024.125, 0.0]) if rng.random() < .4 else rng.randint(-4000, 4000) / 8
        if kind == "real" and rng.random() < .04:
            word = rng.choice(["NaN", "Infinity", "-Infinity"])
            return Cell('"%s"' % word, word, float(word))
        return Cell(repr(n) if rng.random() < .8 else '"%r"' % n, repr(n), n)
    if kind == "guid":
        text = "%08x-0000-4000-8000-%012x" % (rng.randint(0, 9), rng.randint(0, 0xABCDEF))
        spelled = rng.choice([text, text.upper(), "{%s}" % text])
        return Cell('"%s"' % spelled, spelled, text)
    if kind == "timespan":
        text = "%d.%02d:%02d:%02d.%07d" % (rng.randint(0, 3), rng.randint(0, 23), rng.randint(0, 59), rng.randint(0, 59),
                                           rng.choice([0, 5000000, 1234567]))
        return Cell('"%s"' % text, text, text)
    if kind == "dynamic":
        return dynamic_cell(rng, pool)
    raise ValueError(kind)


def string_cell(rng, pool):
    r = rng.random()
    if r < .06:
        return Cell(None, "", "")
    if r < .09:  # a number or a word of JSON in a column of texts is its text
        raw = rng.choice(["5", "-17", "1.50", "1e3", "true", "false", "9007199254740993", "123456789012345678901234567890"])
        return Cell(raw, raw, raw)
    if r < .14:
        text = compact(make_bag(rng, pool) if rng.random() < .6 else [make_member(rng, pool)])
        return Cell(text if rng.random() < .5 else None, text, text)
    text = make_text(rng, pool)
    return Cell(None, text.encode("utf-8", "surrogatepass").decode("utf-8", "replace"), text) \
        if not any(0xD800 <= ord(c) < 0xE000 for c in text) else Cell(None, replaced(text), text)


def replaced(text):
    return "".join("\ufffd" if 0xD800 <= ord(c) < 0xE000 else c for c in text)


def dynamic_cell(rng, pool):
    """Texts that are JSON scalars are left out: a cell of CSV cannot tell the text "5" from the number 5."""
    r = rng.random()
    if r < .55:
        value = make_bag(rng, pool)
    elif r < .85:
        value = [make_member(rng, pool) for _ in range(rng.randint(0, 4))]
    elif r < .93:
        value = rng.choice(["plain text", "{not json", "naïve", "a,b", "C:\\x"])
        return Cell(compact(value), value, Bag(compact(value), False))
    else:
        value = rng.choice([5, 1.5, True, False, -7])
    text = compact(value)
    if isinstance(value, (dict, list)) and rng.random() < .4:
        return Cell(compact(text), text, Bag(text, True))
    return Cell(text, text, Bag(text, False))


def read_schemas(path):
    tables = collections.defaultdict(list)
    with open(path, encoding="utf-8") as f:
        next(f)
        for line in f:
            table, column, kind = line.rstrip("\n").split("\t")[:3]
            tables[table].append((column, kind))
    return tables


FAVOURITES = ["DeviceProcessEvents", "DeviceNetworkEvents", "SigninLogs", "OfficeActivity", "SecurityAlert", "AuditLogs",
              "EmailEvents", "DeviceLogonEvents", "UrlClickEvents", "CommonSecurityLog", "SecurityEvent", "AADNonInteractiveUserSignInLogs",
              "IdentityLogonEvents", "CloudAppEvents", "AzureActivity", "AlertEvidence", "EmailUrlInfo", "DeviceFileEvents",
              "AppServiceAppLogs"]


def without_twins(table, columns):
    """Names that differ only in case stand for each other (src/semantics/twins.c), but for AppServiceAppLogs. One is
    left out: CSV cannot tell `""`, which answers for itself, from nothing, for which the twin answers."""
    seen, found = set(), []
    for c in columns:
        if c[0].lower() not in seen or table == "AppServiceAppLogs":
            found.append(c)
        seen.add(c[0].lower())
    return found


def choose_columns(rng, columns, most):
    """The time, dynamic columns and a few others: narrow rows keep a difference readable."""
    first = [c for c in columns if c[0] in ("Timestamp", "TimeGenerated")]
    if len(first) == 2:  # twins: a record holds one of them
        first = [c for c in first if c[0] == "Timestamp"]
    rest = [c for c in columns if c[0] not in UNUSED and c[0] not in ("Timestamp", "TimeGenerated")]
    picked = [c for c in rest if c[1] != "string"]
    picked = rng.sample(picked, min(len(picked), most // 2))
    others = [c for c in rest if c not in picked]
    picked += rng.sample(others, min(len(others), most - len(picked)))
    return first + picked


def make_table(rng, name, columns, known, rows, pool, coarse):
    table = Table(name, columns, known)
    own = rng.sample(pool, min(len(pool), 12)) + WORDS[:4]
    for i in range(rows):
        record = {}
        for column, kind in columns:
            if column == "RowNo":
                cell = Cell(str(i), str(i), i)
            elif not known and kind != "string" and rng.random() < .1:
                cell = None
            else:
                cell = make_cell(rng, kind, own if rng.random() < .7 else pool, coarse)
                if cell and ((column, kind) in EXTRA or not known):
                    cell = as_inferred(rng, cell, kind)
            if cell:
                record[column] = cell
        table.records.append(record)
    return table


def as_inferred(rng, cell, kind):
    """Without a schema the type is seen by the values: those of JSON are written as what they are."""
    if cell.value is None:
        return Cell("null", "", None)
    if kind == "bool":
        word = "true" if cell.value else "false"
        return Cell(word, word, cell.value)
    if kind == "long":
        return Cell(cell.text, cell.text, cell.value)
    if kind == "real":
        value = cell.value if cell.value == cell.value and abs(cell.value) < 1e300 else 0.5
        value = value + .125 if value == int(value) else value
        return Cell(repr(value), repr(value), value)
    if kind == "datetime":
        text = cell.text if cell.text[-1:] in "Zz" else civil((cell.value.ticks - EPOCH_TICKS) // 10**7).replace(" ", "T") \
            + ".%07dZ" % ((cell.value.ticks - EPOCH_TICKS) % 10**7)
        return Cell('"%s"' % text.replace(" ", "T").replace("z", "Z"), text.replace(" ", "T").replace("z", "Z"), cell.value)
    text = "t" + replaced(cell.value)  # no number, no time, no object
    return Cell(None, text, text)


def make(seed, schemas, n_tables, rows, names=None, words=(), columns_of=None):
    """The tables of a seed. `names`: these tables; `words`: texts to use besides; `columns_of`: columns of each."""
    rng = random.Random(seed)
    coarse = seed % 3 == 0  # thousandths of a second: what the portal's CSV keeps
    pool = WORDS + list(words)
    if names is None:
        names = rng.sample(FAVOURITES, min(n_tables, len(FAVOURITES)))
    tables = []
    for name in names:
        columns = columns_of(name) if columns_of else choose_columns(rng, without_twins(name, schemas[name]), rng.choice([8, 14, 24]))
        tables.append(make_table(rng, name, columns + EXTRA, True, rows, pool, coarse))
    tables.append(make_table(rng, "Custom_CL", CUSTOM, False, rows, pool, coarse))
    tables.append(make_table(rng, "Plain", PLAIN, False, rows, pool, coarse))
    return tables, coarse
