"""Valid queries over made-up tables, whose answer is one: nothing in them depends on the order in which rows
come in or on which of several equal rows is taken.
"""
import collections
import re

from .telemetry import NOW_TICKS, EPOCH_TICKS, DAY_TICKS, Bag, Time, civil, replaced

# is_ordered: the rows come in one order only.
Question = collections.namedtuple("Question", "text is_ordered")

TEXT_OPERATORS = ["==", "!=", "=~", "!~", "has", "!has", "has_cs", "!has_cs", "hasprefix", "!hasprefix", "hasprefix_cs",
                  "hassuffix", "!hassuffix", "hassuffix_cs", "contains", "!contains", "contains_cs", "!contains_cs", "startswith",
                  "!startswith", "startswith_cs", "endswith", "!endswith", "endswith_cs", "has", "has", "contains", "=="]
LIST_OPERATORS = ["in", "!in", "in~", "!in~", "has_any", "has_all"]
PATTERNS = ["^[a-z]+\\.exe$", "(?i)power", "\\d{2,}", "[^\\x00-\\x7f]", "^$", "\\s$", "\\\\", "e.il", "(^|/)a", "^.{0,3}$", "\\bcom\\b", "[\\r\\n]"]
JOINS = ["inner", "leftouter", "rightouter", "fullouter", "leftsemi", "rightsemi", "leftanti", "rightanti"]


def name(column):
    return column if re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", column) else "['%s']" % column


def quoted(rng, text):
    """A string literal of KQL, in one of its forms."""
    text = replaced(text)
    if rng.random() < .3 and "'" not in text and text.isprintable():
        return "@'" + text + "'"
    out = []
    for c in text:
        if c in '"\\':
            out.append("\\" + c)
        elif c in "\n\r\t":
            out.append({"\n": "\\n", "\r": "\\r", "\t": "\\t"}[c])
        elif ord(c) < 0x20 or 0x7f <= ord(c) < 0xa0 or 0x2028 <= ord(c) < 0x202a or c == "\ufeff":
            out.append("\\u%04x" % ord(c))
        else:
            out.append(c)
    return '"' + "".join(out) + '"'


def time_literal(ticks):
    seconds, fraction = divmod(ticks - EPOCH_TICKS, 10**7)
    return "datetime(%s.%07d)" % (civil(seconds), fraction)


class Asker:
    def __init__(self, rng, tables):
        self.rng = rng
        self.tables = tables

    # ------------------------------------------------------------ ingredients

    def table(self):
        return self.rng.choice(self.tables)

    def columns(self, t, *kinds):
        return [c for c, k in t.columns if k in kinds and c != "RowNo"]

    def column(self, t, *kinds):
        found = self.columns(t, *kinds)
        return self.rng.choice(found) if found else None

    def value(self, t, column):
        """A value that the column holds, else None."""
        for _ in range(6):
            cell = self.rng.choice(t.records).get(column)
            if cell and cell.value is not None:
                return cell.value
        return None

    def text(self, t, column):
        """A literal that has to do with what the column holds: all of a value, a term, a part, another case."""
        rng = self.rng
        value = self.value(t, column)
        if isinstance(value, Bag):
            value = value.json
        if not isinstance(value, str) or not value:
            return rng.choice(["", "a", "evil", "exe", "é", "true", "1", "needle"])
        value = value[:300]
        r = rng.random()
        if r < .25:
            terms = re.findall(r"\w+", value)
            value = rng.choice(terms) if terms else value
        elif r < .55:
            a = rng.randrange(len(value))
            value = value[a:a + rng.randint(1, 12)]
        elif r < .65:
            value = value[:rng.randint(1, 8)]
        elif r < .75:
            value = value[-rng.randint(1, 8):]
        r = rng.random()
        return value.swapcase() if r < .12 else value.upper() if r < .2 else value.lower() if r < .28 else value

    def literal(self, t, column):
        return quoted(self.rng, self.text(t, column))

    def texts(self, t, column):
        return "(" + ", ".join(self.literal(t, column) for _ in range(self.rng.randint(1, 4))) + ")"

    def text_operand(self, t):
        """An expression of type string, and a column whose values say what to look for."""
        rng = self.rng
        bag = self.column(t, "dynamic")
        column = self.column(t, "string")
        r = rng.random()
        if bag and r < .35:
            path = self.path(bag)
            return rng.choice(["tostring(%s)" % path, "tostring(%s)" % path, "tostring(%s)" % name(bag), "tolower(tostring(%s))" % path]), bag
        if r < .45:
            return rng.choice(["tolower(%s)", "toupper(%s)", "trim(' ', %s)", "substring(%s, 1)", "tostring(parse_json(%s).a)",
                               "tostring(split(%s, '.')[0])", "strcat(%s, '.', 'x')", "replace_string(%s, '.', '-')",
                               "extract(@'([a-z]+)', 1, %s)", "iff(isempty(%s), 'none', 'some')"]) % name(column), column
        return name(column), column

    def path(self, bag):
        steps = [".Name", ".a", ".User.Name", "['with space']", "[0]", "[-1]", "[0].Name", "['é']", ".b[0]", ".a.b", "['dotted.key']",
                 ".errorCode", ".n"]
        return name(bag) + self.rng.choice(steps)

    # ------------------------------------------------------------- conditions

    def text_condition(self, t):
        rng = self.rng
        operand, column = self.text_operand(t)
        r = rng.random()
        if r < .55:
            return "%s %s %s" % (operand, rng.choice(TEXT_OPERATORS), self.literal(t, column))
        if r < .78:
            return "%s %s %s" % (operand, rng.choice(LIST_OPERATORS), self.texts(t, column))
        if r < .84:
            return "%s matches regex @'%s'" % (operand, rng.choice(PATTERNS))
        if r < .92:
            return "%s(%s)" % (rng.choice(["isempty", "isnotempty"]), operand)
        return "strlen(%s) %s %d" % (operand, rng.choice([">", "<", "==", "<="]), rng.randint(0, 12))

    def number_condition(self, t, column):
        rng = self.rng
        operand, n = name(column), self.value(t, column)
        n = 3 if n is None or n != n or abs(n) > 1e300 else n
        shown = "(%r)" % n if n < 0 else repr(n)
        return rng.choice(["{0} == {1}", "{0} != {1}", "{0} > {1}", "{0} <= {1}", "{0} between ({1} .. 40)", "{0} in ({1}, 2, 5)",
                           "{0} !in ({1}, 2)", "isnull({0})", "isnotnull({0})", "{0} !between (0 .. 7)", "tostring({0}) == tostring({1})",
                           "coalesce({0}, -9) < 5", "toint({0}) == 3", "{0} + 1 > {1}", "tostring({0}) has '1'"]).format(operand, shown)

    def time_condition(self, t, column):
        operand, at = name(column), self.value(t, column)
        ticks = at.ticks if isinstance(at, Time) else NOW_TICKS - 3 * DAY_TICKS
        shown = time_literal(ticks)
        return self.rng.choice(["{0} > ago(5d)", "{0} == {1}", "{0} != {1}", "{0} >= {1}", "{0} < {1}", "{0} between ({1} .. 2d)",
                                "{0} between (ago(6d) .. ago(2d))", "bin({0}, 1h) == bin({1}, 1h)", "startofday({0}) == startofday({1})",
                                "isnull({0})", "{0} in ({1}, datetime(2026-11-20))", "{0} !between ({1} .. now())",
                                "hourofday({0}) > 11", "tostring({0}) has '2026'", "now() - {0} < 3d"]).format(operand, shown)

    def bag_condition(self, t, column):
        operand, path = name(column), self.path(column)
        literal = self.literal(t, column)
        return self.rng.choice(["isnull({0})", "isnotempty({0})", "{0} has {2}", "{0} contains {2}", "{1} == {2}", "{1} =~ {2}", "{1} == 5",
                                "isnotnull({1})", "{1} has {2}", "toint({1}) > 0", "array_length({0}) > 1", "bag_has_key({0}, 'Name')",
                                "'Name' in (bag_keys({0}))", "{0} !has {2}", "isempty({1})", "{1} in ({2}, 'x')", "tobool({1})",
                                "tostring(parse_json(tostring({0})).a) has {2}", "gettype({0}) == 'array'", "{0} has_any ({2}, 'zz')",
                                "{0} startswith {2}", "tostring({0}) == {2}", "{1} != {2}"]).format(operand, path, literal)

    def truth_condition(self, column):
        return self.rng.choice(["{0}", "not({0})", "{0} == true", "{0} != false", "isnull({0})", "{0} in (true)", "tostring({0}) == 'True'",
                                "coalesce({0}, true)", "iff({0}, 1, 2) == 2"]).format(name(column))

    def condition(self, t, depth=0):
        rng = self.rng
        r = rng.random()
        if depth < 3 and r < .22:
            return "(%s and %s)" % (self.condition(t, depth + 1), self.condition(t, depth + 1))
        if depth < 3 and r < .42:
            return "(%s or %s)" % (self.condition(t, depth + 1), self.condition(t, depth + 1))
        if depth < 3 and r < .50:
            return "not(%s)" % self.condition(t, depth + 1)
        kind = rng.choice(["string", "string", "string", "dynamic", "long", "datetime", "bool", "real", "guid"])
        column = self.column(t, kind, *(["int"] if kind == "long" else ["decimal"] if kind == "real" else []))
        if kind == "string" or not column:
            return self.text_condition(t)
        if kind == "dynamic":
            return self.bag_condition(t, column)
        if kind in ("long", "real"):
            return self.number_condition(t, column)
        if kind == "datetime":
            return self.time_condition(t, column)
        if kind == "bool":
            return self.truth_condition(column)
        return "%s == guid(%s)" % (name(column), self.value(t, column) or "00000001-0000-4000-8000-000000000001")

    def filtered(self, t, most=2):
        return name(t.name) + "".join("\n| where " + self.condition(t) for _ in range(self.rng.randint(0, most)))

    # -------------------------------------------------------------- questions

    def rows(self):
        t = self.table()
        shown = [name(c) for c in self.rng.sample([c for c, _ in t.columns], min(len(t.columns), self.rng.choice([2, 4, 40])))]
        return Question(self.filtered(t) + "\n| project " + ", ".join(shown), False)

    def key(self, t):
        column = self.column(t, "string", "long", "int", "bool", "guid")
        r = self.rng.random()
        time, bag = self.column(t, "datetime"), self.column(t, "dynamic")
        if time and r < .2:
            return "k = bin(%s, %s)" % (name(time), self.rng.choice(["1h", "1d", "7m"]))
        if bag and r < .35:
            return "k = tostring(%s)" % self.path(bag)
        return "k = " + (name(column) if r < .7 else "tolower(tostring(%s))" % name(column))

    def aggregate(self, t):
        text, number = name(self.column(t, "string")), self.column(t, "long", "int", "real", "decimal")
        number, time = name(number) if number else "RowNo", self.column(t, "datetime")
        time = name(time) if time else "now()"
        return self.rng.choice([
            "count()", "countif({3})", "dcount({0})", "dcountif({0}, RowNo > 5)", "min({2})", "max({2})",
            "min({1})", "max({1})", "arg_max(RowNo, *)", "arg_min(RowNo, {0}, {2})", "array_sort_asc(make_set({0}))",
            "array_sort_asc(make_list({0}))", "array_sort_desc(make_set({1}))", "count_distinct({0})", "sumif(RowNo, isnotempty({0}))",
            "make_set_if({0}, false)", "maxif(RowNo, {0} has 'exe')", "percentile({1}, 50)", "array_sort_asc(make_list({1}))",
            "sum(RowNo)", "avg(RowNo)", "min({0})", "max({0})"]).format(text, number, time, self.condition(t, 2))

    def summary(self):
        t = self.table()
        aggregates = ", ".join("a%d = %s" % (i, a) if "*" not in a and "arg_" not in a else a
                               for i, a in enumerate(self.aggregate(t) for _ in range(self.rng.randint(1, 3))))
        if aggregates.count("arg_") > 1:
            aggregates = "count()"
        keys = " by " + self.key(t) if self.rng.random() < .85 else ""
        return Question(self.filtered(t) + "\n| summarize " + aggregates + keys, False)

    def ordered(self):
        t = self.table()
        column = name(self.column(t, "string", "long", "int", "real", "datetime", "bool"))
        way = self.rng.choice(["asc", "desc", "asc nulls last", "desc nulls first"])
        tail = self.rng.choice(["| sort by {0} {1}, RowNo asc", "| sort by {0} {1}, RowNo desc | take 7", "| top 7 by RowNo {1}", "| sort by {0} {1}, RowNo asc | take 5",
                                "| order by {0} {1}, RowNo | extend n = row_number(), p = prev({0}), c = row_cumsum(RowNo)"])
        return Question(self.filtered(t) + "\n" + tail.format(column, way) + "\n| project RowNo, %s%s"
                        % (column, ", n, p, c" if "row_number" in tail else ""), True)

    def join(self):
        a, b = self.table(), self.table()
        kind = self.rng.choice(["string", "string", "long", "datetime", "bool"])
        left, right = self.column(a, kind), self.column(b, kind)
        if not left or not right:
            left, right = self.column(a, "string"), self.column(b, "string")
        how = self.rng.choice(JOINS + ["innerunique"])
        first = self.filtered(a, 1) + "\n| project k = %s, RowNo" % name(left)
        if how == "innerunique":
            first = self.filtered(a, 1) + "\n| summarize RowNo = min(RowNo) by k = %s" % name(left)
        second = self.filtered(b, 1) + " | project k = %s, Other = RowNo" % name(right)
        verb = "join kind=%s" % how if self.rng.random() < .85 else "lookup kind=%s" % self.rng.choice(["inner", "leftouter"])
        kept = "Other" if "rightsemi" in verb or "rightanti" in verb else "RowNo"
        tail = self.rng.choice(["", "\n| summarize count(), sum(%s) by k" % kept])
        return Question("%s\n| %s (%s) on k%s" % (first, verb, second, tail), False)

    def expand(self):
        t = self.table()
        bag, text = self.column(t, "dynamic"), name(self.column(t, "string"))
        if not bag:
            return self.texts_taken_apart()
        bag = name(bag)
        return Question(self.filtered(t, 1) + "\n" + self.rng.choice([
            "| mv-expand {0}\n| project RowNo, {0}", "| mv-expand x = {0} to typeof(string)\n| project RowNo, x",
            "| mv-expand bagexpansion=array {0}\n| project RowNo, k = tostring({0}[0]), {0}", "| mv-expand with_itemindex=i {0}\n| project RowNo, i, {0}",
            "| mv-apply x = {0} on (where tostring(x) has 'a' | summarize n = count())\n| project RowNo, n",
            "| mv-expand x = split({1}, '.') to typeof(string)\n| project RowNo, x", "| extend b = {0}.a, c = {0}['Name']\n| project RowNo, b, c",
            "| project RowNo, k = bag_keys({0}), n = array_length({0}), t = gettype({0})", "| where isnotnull({0})\n| project RowNo, s = tostring({0}), {0}",
            "| project RowNo, p = pack_array({1}, {0}), d = parse_json({1}), e = parse_json(tostring({0}))",
            "| extend x = todynamic({1})\n| mv-expand x\n| project RowNo, x",
            "| summarize n = count() by s = tostring({0})", "| project RowNo, {0} | evaluate bag_unpack({0}, 'u_') | project-keep RowNo",
        ]).format(bag, text), False)

    def texts_taken_apart(self):
        t = self.table()
        text, time = name(self.column(t, "string")), self.column(t, "datetime")
        time = name(time) if time else "now()"
        return Question(self.filtered(t, 1) + "\n" + self.rng.choice([
            "| parse {0} with a '.' b\n| project RowNo, a, b", "| parse-where {0} with * '.' b '-' *\n| project RowNo, b",
            "| project RowNo, extract(@'(\\w+)', 1, {0}), extract_all(@'(\\w)', {0})", "| project RowNo, split({0}, '.'), strlen({0}), toupper({0})",
            "| project RowNo, hash_sha256({0}), base64_encode_tostring({0}), url_encode({0})", "| project RowNo, {0}, r = reverse({0}), s = substring({0}, 2, 5)",
            "| project RowNo, d = format_datetime({1}, 'yyyy-MM-dd HH:mm:ss.fffffff'), {1}, u = tolong({1})",
            "| project RowNo, n = indexof({0}, 'e'), c = countof({0}, 'e'), t = trim(@'\\s+', {0})",
            "| project RowNo, l = tolong({0}), d = todouble({0}), b = tobool({0}), t = todatetime({0})",
            "| project RowNo, p = parse_path({0}), u = parse_url({0})", "| project RowNo, to_utf8({0}), i = ipv4_is_private({0})",
        ]).format(text, time), False)

    def several_tables(self):
        a, b = self.table(), self.table()
        text = name(self.column(a, "string"))
        word = quoted(self.rng, self.rng.choice(["evil", "exe", "powershell", "é", "contoso", "needle", "50126", "Success", "日本語", "a/b"]))
        return Question(self.rng.choice([
            "union withsource=src %s, %s\n| summarize count(), sum(RowNo) by src" % (name(a.name), name(b.name)),
            "union (%s | project RowNo, t = 1), (%s | project RowNo, t = 2)" % (self.filtered(a), self.filtered(b)),
            "search %s\n| summarize n = count(), s = sum(RowNo) by $table" % word,
            "search in (%s) %s:%s\n| project RowNo" % (name(a.name), text, word),
            "search in (%s, %s) %s and not(%s)\n| summarize n = count(), s = sum(RowNo) by $table"
            % (name(a.name), name(b.name), word, quoted(self.rng, "cmd.exe")),
            "find in (%s, %s) where RowNo > 3 and * has %s project RowNo\n| summarize n = count(), s = sum(RowNo) by source_" % (name(a.name), name(b.name), word),
            "%s\n| where * has %s\n| project RowNo" % (name(a.name), word),
            "%s\n| where * contains %s or %s\n| count" % (name(a.name), word, self.condition(a)),
            "let w = %s;\n%s\n| where %s in (w)\n| project RowNo, %s" % (self.filtered(b, 1) + " | distinct " + name(self.column(b, "string")),
                                                                        self.filtered(a, 1), text, text),
            "let m = materialize(%s);\nm\n| summarize n = count(), s = sum(RowNo)\n| extend t = toscalar(m | summarize max(RowNo))" % self.filtered(a),
            "%s\n| distinct %s, %s" % (self.filtered(a), text, name(self.rng.choice(a.columns)[0])),
            "%s\n| where RowNo > toscalar(%s | summarize avg(RowNo))\n| count" % (self.filtered(a), self.filtered(b)),
            "%s\n| count" % self.filtered(a, 3),
        ]), False)

    def series(self):
        t = self.table()
        time = self.column(t, "datetime")
        if not time:
            return self.rows()
        key = name(self.column(t, "string", "bool"))
        return Question(self.filtered(t, 1) + "\n" + self.rng.choice([
            "| make-series n = count() default=0 on {0} from ago(10d) to now() step 1d by k = {1}",
            "| make-series n = sum(RowNo) on {0} from datetime(2026-11-15) to datetime(2026-11-24) step 12h",
            "| summarize n = count() by bin({0}, 1d), k = {1}\n| summarize m = max(n) by k",
            "| summarize n = count() by h = startofweek({0})", "| summarize n = count() by d = dayofweek({0})"]).format(name(time), key), False)

    def question(self):
        ask = self.rng.choice([self.rows, self.rows, self.rows, self.summary, self.summary, self.ordered, self.join, self.join, self.expand,
                               self.texts_taken_apart, self.several_tables, self.several_tables, self.series])
        return ask()
