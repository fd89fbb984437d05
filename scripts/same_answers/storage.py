"""The same records in every form that exports have.

A form is a function from (Store, tables) to the options that make the program read what it wrote. What a
form cannot hold is left to `telemetry` (which makes no such value) or said at the form.
"""
import csv
import gzip
import io
import json
import os
import random
import shutil
import subprocess

from .telemetry import Bag, Cell, EPOCH_TICKS, EXTRA, Time, civil, replaced

try:
    import pyarrow
    import pyarrow.parquet
except ImportError:
    pyarrow = None

HAS_ZSTD = shutil.which("zstd") is not None
SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


class Store:
    """A folder for one form, and the chance that decides on spellings."""

    def __init__(self, quarry, folder, seed):
        self.quarry = quarry
        self.folder = folder
        self.rng = random.Random(seed)

    def write(self, name, content):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(content)
        return path

    def run(self, *args):
        done = subprocess.run([self.quarry, *args], capture_output=True, timeout=600)
        if done.returncode:
            raise RuntimeError("%s: %s" % (" ".join(args), done.stderr.decode("utf-8", "replace")))
        return done


# ------------------------------------------------------------------- JSON

def spell(rng, text, plainly=False):
    """A JSON string: each character as itself or as one of its escapes."""
    if plainly or rng.random() < .5:
        return json.dumps(text, ensure_ascii=any(0xD800 <= ord(c) < 0xE000 for c in text))
    out = []
    for c in text:
        if c in SHORT and rng.random() < .8:
            out.append(SHORT[c])
        elif ord(c) > 0xFFFF and rng.random() < .5:
            n = ord(c) - 0x10000
            out.append("\\u%04x\\u%04X" % (0xD800 + (n >> 10), 0xDC00 + (n & 0x3FF)))
        elif ord(c) < 0x20 or c in '"\\' or 0xD800 <= ord(c) < 0xE000 or (ord(c) <= 0xFFFF and rng.random() < .1):
            out.append(("\\u%04x" if rng.random() < .5 else "\\u%04X") % ord(c))
        elif c == "/" and rng.random() < .5:
            out.append("\\/")
        else:
            out.append(c)
    return '"' + "".join(out) + '"'


def respell(rng, raw):
    """The JSON of a value with its strings spelled in another way; what else it holds stays as it is."""
    if '"' not in raw or rng.random() < .5:
        return raw
    out, at = [], 0
    while at < len(raw):
        if raw[at] != '"':
            out.append(raw[at])
            at += 1
            continue
        end = at + 1
        while raw[end] != '"':
            end += 2 if raw[end] == "\\" else 1
        out.append(spell(rng, json.loads(raw[at:end + 1])))
        at = end + 1
    return "".join(out)


def value_json(rng, cell, how):
    raw = spell(rng, cell.value, how == "plain") if cell.json is None else cell.json
    return raw if cell.json is None or how == "plain" else respell(rng, raw)


def object_json(rng, record, how="mixed", more=()):
    """One record. `how`: plain, or mixed: keys in any order, blanks, escapes, keys that stand twice."""
    members = [(k, value_json(rng, c, how)) for k, c in record.items()] + list(more)
    if how == "twice" and members:
        k = rng.choice([m[0] for m in members])
        members.insert(0, (k, rng.choice(['"first"', "17", "null", "{}"])))
    if how == "mixed":
        rng.shuffle(members)
    comma, colon = rng.choice([(",", ":"), (", ", ": "), (" ,\t", " : ")]) if how != "plain" else (",", ":")
    keys = (spell(rng, k) if how == "mixed" and rng.random() < .05 else json.dumps(k, ensure_ascii=False) for k, _ in members)
    return "{" + comma.join(k + colon + v for k, (_, v) in zip(keys, members)) + "}"


def lines(store, records, how="mixed", end="\n", more=()):
    text = end.join(object_json(store.rng, r, how, more) for r in records) + end
    return text.encode("utf-8", "surrogatepass")


def ndjson(store, tables, how="mixed", end="\n", pack=bytes, name="%s.ndjson"):
    for t in tables:
        store.write(name % t.name, pack(lines(store, t.records, how, end)))
    return ["--data", store.folder]


def plain(store, tables):
    return ndjson(store, tables, "plain")


def escaped_crlf(store, tables):
    return ndjson(store, tables, "mixed", "\r\n")


def keys_twice(store, tables):
    return ndjson(store, tables, "twice")


def no_last_line_end(store, tables):
    return ndjson(store, tables, pack=lambda b: b[:-1])


def blank_lines(store, tables):
    return ndjson(store, tables, "plain", "\n\n \n")


def utf16_ndjson(store, tables):
    """UTF-16 cannot hold half of a pair, an escape can: the texts are written by escapes alone."""
    return ndjson(store, tables, pack=lambda b: b.decode().encode("utf-16"))


def bom_ndjson(store, tables):
    return ndjson(store, tables, pack=lambda b: b"\xef\xbb\xbf" + b)


def array(store, tables):
    for t in tables:
        rows = ",\n".join(object_json(store.rng, r) for r in t.records)
        store.write(t.name + ".json", ("[" + rows + "]").encode())
    return ["--data", store.folder]


def indented(store, tables):
    for t in tables:
        rows = ",\n  ".join("{\n" + ",\n".join("    %s: %s" % (json.dumps(k), value_json(store.rng, c, "mixed"))
                                               for k, c in r.items()) + "\n  }" for r in t.records)
        store.write(t.name + ".json", ("[\n  " + rows + "\n]\n").encode())
    return ["--data", store.folder]


def objects_without_array(store, tables):
    for t in tables:
        rows = "".join("{\n" + ",\n".join("  %s:%s" % (json.dumps(k), value_json(store.rng, c, "mixed"))
                                          for k, c in r.items()) + "}" for r in t.records)
        store.write(t.name + ".json", rows.encode())
    return ["--data", store.folder]


# -------------------------------------------------------------- envelopes

def streaming(store, tables):
    for t in tables:
        text = "".join('{"time":"2026-11-24T10:44:33.4250955Z","tenantId":"t","category":"AdvancedHunting-%s","properties":%s,'
                       '"Tenant":"x"}\r\n' % (t.name, object_json(store.rng, r)) for r in t.records)
        store.write("insights-logs-advancedhunting-%s/y=2026/m=11/PT1H.json" % t.name.lower(), text.encode())
    return ["--data", store.folder]


def event_hub(store, tables):
    rows = [(t.name, r) for t in tables for r in t.records]
    store.rng.shuffle(rows)
    out, at = [], 0
    while at < len(rows):
        n = store.rng.randint(1, 20)
        out.append('{"records":[' + ",".join('{"category":"AdvancedHunting-%s","properties":%s}' % (name, object_json(store.rng, r))
                                             for name, r in rows[at:at + n]) + "]}\n")
        at += n
    store.write("hub.json", "".join(out).encode())
    return ["--data", store.folder]


def export_rule(store, tables):
    for t in tables:
        store.write("am-%s/WorkspaceResourceId=/y=2026/m=11/PT05M.json" % t.name,
                    lines(store, t.records, more=[("Type", '"%s"' % t.name)]))
    return ["--data", store.folder]


def export_rule_mixed(store, tables):
    """Several tables in a file, told apart by Type: those that are known, or custom logs."""
    rows = [(t.name, r) for t in tables for r in t.records if t.name != "Plain"]
    store.rng.shuffle(rows)
    text = "".join(object_json(store.rng, r, "mixed", [("Type", '"%s"' % name)]) + "\n" for name, r in rows)
    store.write("hub.json", text.encode())
    return ndjson(store, [t for t in tables if t.name == "Plain"])


def schema_of(t, name, kind):
    return json.dumps([{name: c, kind: k} for c, k in t.columns], ensure_ascii=False)


def graph(store, tables):
    for t in tables:
        rows = ",".join(object_json(store.rng, r) for r in t.records)
        store.write(t.name + ".json", ('{"@odata.context":"c","schema":%s,"results":[%s]}' % (schema_of(t, "name", "type"), rows)).encode())
    return ["--data", store.folder]


def arrays_of_cells(store, t):
    null = Cell("null", "", None)
    return ",".join("[" + ",".join(value_json(store.rng, r.get(c, null), "mixed") for c, _ in t.columns) + "]" for r in t.records)


def log_analytics_api(store, tables):
    for t in tables:
        store.write(t.name + ".json", ('{"tables":[{"name":"PrimaryResult","columns":%s,"rows":[%s]}]}'
                                       % (schema_of(t, "name", "type"), arrays_of_cells(store, t))).encode())
    return ["--data", store.folder]


def kusto_v1(store, tables):
    for t in tables:
        store.write(t.name + ".json", ('{"Tables":[{"TableName":"Table_0","Columns":%s,"Rows":[%s]}]}'
                                       % (schema_of(t, "ColumnName", "ColumnType"), arrays_of_cells(store, t))).encode())
    return ["--data", store.folder]


# -------------------------------------------------------------------- CSV

def sheet(store, t, delimiter=",", end="\r\n", header=None, cell_text=lambda kind, cell: cell.text, quoting=csv.QUOTE_MINIMAL):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow([header(c, k) if header else c for c, k in t.columns])
    for r in t.records:
        writer.writerow([cell_text(k, r[c]) if c in r else "" for c, k in t.columns])
    return out.getvalue()


def comma(store, tables):
    for t in tables:
        store.write(t.name + ".csv", sheet(store, t).encode())
    return ["--data", store.folder]


def semicolon(store, tables):
    for t in tables:
        store.write(t.name + ".csv", sheet(store, t, ";", "\n").encode())
    return ["--data", store.folder]


def tab(store, tables):
    for t in tables:
        store.write(t.name + ".tsv", sheet(store, t, "\t", "\n").encode())
    return ["--data", store.folder]


def powershell(store, tables):
    """Export-Csv: UTF-16 with a byte order mark, each cell in quotes."""
    for t in tables:
        store.write(t.name + ".csv", sheet(store, t, quoting=csv.QUOTE_ALL).encode("utf-16"))
    return ["--data", store.folder]


def portal_time(ticks):
    seconds, fraction = divmod(ticks - EPOCH_TICKS, 10**7)
    shown = civil(seconds)
    hour = int(shown[11:13])
    return "%d/%d/%s, %d%s.%03d %s" % (int(shown[5:7]), int(shown[8:10]), shown[:4], hour % 12 or 12, shown[13:19],
                                       fraction // 10**4, "AM" if hour < 12 else "PM")


def portal(store, tables):
    """The portal keeps thousandths of a second: only for telemetry that has no more digits."""
    def text(kind, cell):
        return portal_time(cell.value.ticks) if isinstance(cell.value, Time) else cell.text
    for t in tables:
        content = sheet(store, t, header=lambda c, k: c + " [UTC]" if k == "datetime" else c, cell_text=text)
        store.write(t.name + ".csv", b"\xef\xbb\xbf" + content.encode())
    return ["--data", store.folder]


# ------------------------------------------------------------ compression

def members(rng, content, pack):
    """Cut anywhere, also inside lines: members and frames know nothing of them."""
    cuts = sorted(rng.randint(0, len(content)) for _ in range(rng.randint(1, 4)))
    return b"".join(pack(content[a:b]) for a, b in zip([0] + cuts, cuts + [len(content)]))


def zstd(content):
    return subprocess.run(["zstd", "-qc"], input=content, capture_output=True, check=True).stdout


def bgzf_block(content):
    """A gzip member that says its own length, as bgzip writes it."""
    whole = gzip.compress(content, mtime=0)
    extra = b"\x06\x00BC\x02\x00" + (len(whole) + 8 - 1).to_bytes(2, "little")
    return whole[:3] + bytes([whole[3] | 4]) + whole[4:10] + extra + whole[10:]


def gz(store, tables):
    return ndjson(store, tables, pack=gzip.compress, name="%s.ndjson.gz")


def gz_members(store, tables):
    return ndjson(store, tables, pack=lambda b: members(store.rng, b, gzip.compress), name="%s.json.gz")


def bgzf(store, tables):
    def pack(b):
        return b"".join(bgzf_block(b[i:i + 8000]) for i in range(0, len(b), 8000)) + bgzf_block(b"")
    return ndjson(store, tables, pack=pack, name="%s.json.gz")


def zst(store, tables):
    return ndjson(store, tables, pack=zstd, name="%s.json.zst")


def zst_frames(store, tables):
    return ndjson(store, tables, pack=lambda b: members(store.rng, b, zstd), name="%s.json")


def csv_gz(store, tables):
    for t in tables:
        store.write(t.name + ".csv.gz", members(store.rng, sheet(store, t).encode(), gzip.compress))
    return ["--data", store.folder]


# ---------------------------------------------------------------- Parquet

def parquet_value(kind, cell, as_text):
    if cell is None or cell.value is None:
        return None
    if as_text:
        return cell.text
    if isinstance(cell.value, Time):
        return (cell.value.ticks - EPOCH_TICKS) * 100
    if isinstance(cell.value, Bag):
        return cell.text
    return replaced(cell.value) if isinstance(cell.value, str) else cell.value


def parquet_type(kind):
    return {"long": pyarrow.int64(), "int": pyarrow.int32(), "real": pyarrow.float64(), "bool": pyarrow.bool_(),
            "datetime": pyarrow.timestamp("ns")}.get(kind, pyarrow.string())


def parquet_file(store, t, as_text=False, unit="ns", **how):
    columns = []
    for c, kind in t.columns:
        # a number column without a published schema that is text would be text
        keeps = kind == "long" or (as_text and not t.known) or (c, kind) in EXTRA
        text = as_text and not keeps
        values = [parquet_value(kind, r.get(c), text) for r in t.records]
        if kind == "decimal" and not text:
            values = [None if v is None else repr(v) for v in values]
        column = pyarrow.array(values, pyarrow.string() if text else parquet_type(kind))
        if kind == "datetime" and not text and unit != "ns":
            column = column.cast(pyarrow.timestamp(unit, "UTC"), safe=True)
        columns.append(column)
    path = store.write(t.name + ".parquet", b"")
    pyarrow.parquet.write_table(pyarrow.table(columns, [c for c, _ in t.columns]), path, **how)


def parquet(store, tables):
    for t in tables:
        parquet_file(store, t, row_group_size=store.rng.choice([7, 50, 100000]))
    return ["--data", store.folder]


def parquet_text(store, tables):
    """Every column a string, as pandas writes a frame of objects."""
    for t in tables:
        parquet_file(store, t, as_text=True, compression="zstd")
    return ["--data", store.folder]


def parquet_ms(store, tables):
    """Kusto's .export by default: milliseconds."""
    for t in tables:
        parquet_file(store, t, unit="ms", compression="gzip")
    return ["--data", store.folder]


def differs_in_case(t):
    """To the engine, which writes the file, such names are one: it gives the second another."""
    return len({c.lower() for c, _ in t.columns}) < len(t.columns)


def parquet_of_program(store, tables):
    """What the program itself writes from NDJSON."""
    ndjson(store, [t for t in tables if differs_in_case(t)])
    tables = [t for t in tables if not differs_in_case(t)]
    source = Store(store.quarry, store.folder + ".source", store.rng.random())
    options = ndjson(source, tables)
    for t in tables:
        path = store.write(t.name + ".parquet", b"")
        names = ", ".join("['%s']" % c for c, _ in t.columns)
        store.run("query", "%s | project %s" % (t.name, names), *options, "--format", "parquet", "--output", path)
    return ["--data", store.folder]


# ------------------------------------------------------------------ several

class Part:
    """Some records of a table."""

    def __init__(self, t, records):
        self.name, self.columns, self.known, self.records = t.name, t.columns, t.known, records


def small_files(store, tables):
    for t in tables:
        at, n = 0, 0
        while at < len(t.records):
            size = store.rng.randint(1, 9)
            ndjson(Store(store.quarry, os.path.join(store.folder, t.name, "%04d" % n), store.rng.random()),
                   [Part(t, t.records[at:at + size])])
            at, n = at + size, n + 1
    return ["--data", store.folder]


def halves(tables, rng, n=2):
    """The records of each table dealt out; every part has some, so that an unknown table is seen by all."""
    parts = [[] for _ in range(n)]
    for t in tables:
        at = [rng.randrange(n) for _ in t.records]
        for i in range(n):
            parts[i].append(Part(t, [r for r, a in zip(t.records, at) if a == i]))
    return parts


def many_forms(store, tables):
    """Each file in another form, as folders that were filled over months are."""
    forms = [ndjson, array, comma, gz, streaming, tab] + ([parquet] if pyarrow else [])
    store.rng.shuffle(forms)
    for i, part in enumerate(halves(tables, store.rng, len(forms))):
        forms[i](Store(store.quarry, os.path.join(store.folder, str(i)), store.rng.random()), [p for p in part if p.records])
    return ["--data", store.folder]


def import_into(store, lake, tables, form, name):
    source = Store(store.quarry, os.path.join(store.folder, name), store.rng.random())
    options = form(source, [t for t in tables if t.records])
    store.run("import", *options, "--lake", lake)


def lake(store, tables, form=ndjson):
    path = store.folder + "/lake"
    import_into(store, path, tables, form, "all")
    return ["--lake", path]


def lake_of_csv(store, tables):
    return lake(store, tables, comma)


def lake_of_many_forms(store, tables):
    return lake(store, tables, many_forms)


def lake_in_halves(store, tables):
    """Imported in parts, and the first part once more, which changes nothing."""
    path = store.folder + "/lake"
    parts = halves(tables, store.rng, 3)
    for i, part in enumerate(parts):
        import_into(store, path, part, store.rng.choice([ndjson, array]), str(i))
    store.run("import", "--data", os.path.join(store.folder, "0"), "--lake", path)
    return ["--lake", path]


def lake_compacted(store, tables):
    options = lake_in_halves(store, tables)
    store.run("lake", "compact", *options)
    store.run("lake", "verify", *options)
    return options


def lake_beside_data(store, tables):
    first, second = halves(tables, store.rng)
    path = store.folder + "/lake"
    import_into(store, path, first, ndjson, "first")
    rest = Store(store.quarry, os.path.join(store.folder, "second"), store.rng.random())
    return ["--lake", path] + ndjson(rest, [t for t in second if t.records])


def forms(coarse):
    found = [escaped_crlf, keys_twice, no_last_line_end, blank_lines, utf16_ndjson, bom_ndjson, array, indented,
             objects_without_array, streaming, event_hub, export_rule, export_rule_mixed, graph, log_analytics_api, kusto_v1, comma,
             semicolon, tab, powershell, gz, gz_members, bgzf, csv_gz, parquet_of_program, small_files, many_forms, lake,
             lake_of_csv, lake_of_many_forms, lake_in_halves, lake_compacted, lake_beside_data]
    if HAS_ZSTD:
        found += [zst, zst_frames]
    if pyarrow:
        found += [parquet, parquet_text]
    if coarse:
        found += [portal] + ([parquet_ms] if pyarrow else [])
    return found
