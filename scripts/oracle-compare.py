#!/usr/bin/env python3
"""How far `quarry check` agrees with the reference language service.

    oracle-compare.py extract FOLDER... > queries.jsonl
        Queries of rule folders: `query:` of YAML files, .kql and .csl files, fenced KQL blocks of
        Markdown. A line out: {"id", "repo", "file", "query"}; each text once. With --quarry PROGRAM a
        text of several queries, parted by blank lines, gives a line each: the reference takes one.
    oracle-compare.py mutate queries.jsonl oracle.jsonl > broken.jsonl
        Broken variants of the queries that the reference accepts: one small fault each.
    oracle-compare.py faults > faults.jsonl
        Wrong uses of each function, operator and statement: see oracle_faults.py. The reference says
        which of them are wrong.
    oracle-compare.py compare queries.jsonl oracle.jsonl [--quarry PROGRAM] [--top N] [--list FILE]
        Agreement in per cent, and what stands behind the disagreements, the commonest first.

oracle.jsonl holds what the reference says of each line of queries.jsonl:
    {"id", "syntax_ok", "bind_ok", "disputed", "result", "open", "columns": [{"name", "type"}],
     "errors": [{"code", "message", "line", "column"}]}
"disputed" marks what the reference rejects although the services run it: such a query counts for
syntax only. "open" says that the result may have columns that are not listed.
"""
import argparse
import collections
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile

import oracle_faults

# ------------------------------------------------------------------------------------- extract

FENCE = re.compile(r'^( *)(`{3,})[ \t]*([A-Za-z]*)[^\n]*\n(.*?)^\1?\2[ \t]*$', re.M | re.S)
TAGS = {'kql', 'kusto', 'kustoql'}
DOUBTFUL_TAGS = {'', 'c', 'sql'}
LOOKS_LIKE_KQL = re.compile(
    r'^\s*\|\s*(where|project|extend|summarize|join|take|limit|count|distinct|sort|order|union|parse|mv-expand|top|invoke)\b', re.M)
OUTPUT_TABLE = re.compile(r'^\s*\|?[-: ]+\|[-|: ]*$', re.M)


def of_yaml(text):
    import yaml
    try:
        documents = list(yaml.safe_load_all(text))
    except yaml.YAMLError:
        return
    for d in documents:
        if isinstance(d, dict) and isinstance(d.get('query'), str):
            yield d['query']


def of_markdown(text):
    for m in FENCE.finditer(text):
        tag, body, indent = m.group(3).lower(), m.group(4), m.group(1)
        if tag in DOUBTFUL_TAGS:
            if not LOOKS_LIKE_KQL.search(body) or OUTPUT_TABLE.search(body):
                continue
        elif tag not in TAGS:
            continue
        if indent:
            body = re.sub('^' + indent, '', body, flags=re.M)
        yield body


READERS = {'.yaml': of_yaml, '.yml': of_yaml, '.md': of_markdown,
           '.kql': lambda t: [t], '.csl': lambda t: [t]}


def is_command(query):
    """`.show tables` and its kin manage a service; they are no queries."""
    return re.sub(r'//[^\n]*|^\s*#[^\n]*', '', query, flags=re.M).lstrip().startswith('.')


def split(program, found, batch=400):
    """The texts, and in place of one of several queries its parts, as `check --format json` tells them."""
    for at in range(0, len(found), batch):
        answers = ask_quarry(program, found[at:at + batch])
        for q in found[at:at + batch]:
            starts = answers[q['id']].get('queries', [1])
            lines = q['query'].splitlines(keepends=True)
            for begin, end in zip(starts, starts[1:] + [len(lines) + 1]):
                part = ''.join(lines[begin - 1:end - 1])
                yield dict(q, query=part, id=hashlib.sha1(part.strip().encode()).hexdigest()[:12])


def extract(args):
    seen, found = set(), []
    for top in args.folders:
        repo = os.path.basename(os.path.normpath(top))
        for folder, names, files in os.walk(top):
            names.sort()
            for name in sorted(files):
                reader = READERS.get(os.path.splitext(name)[1].lower())
                if not reader:
                    continue
                path = os.path.join(folder, name)
                with open(path, encoding='utf-8-sig', errors='replace') as f:
                    text = f.read()
                for query in reader(text):
                    key = hashlib.sha1(query.strip().encode()).hexdigest()[:12]
                    if not query.strip() or is_command(query) or key in seen:
                        continue
                    seen.add(key)
                    found.append({'id': key, 'repo': repo, 'file': os.path.relpath(path, top), 'query': query})
    for q in split(args.quarry, found) if args.quarry else found:
        print(json.dumps(q))


# -------------------------------------------------------------------------------------- mutate

WORD = r'[A-Za-z_]\w*'


def masked(query):
    """The query with strings and comments blanked, so that a place found is code."""
    def blank(m):
        return re.sub(r'[^\n]', '\0', m.group())
    return re.sub(r'//[^\n]*|@"(?:[^"\n]|"")*"|@\'(?:[^\'\n]|\'\')*\'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|```.*?```',
                  blank, query, flags=re.S)


def places(query, pattern, group=0, flags=0):
    return [m.span(group) for m in re.finditer(pattern, masked(query), flags)]


def replace_at(query, span, text):
    return query[:span[0]] + text + query[span[1]:]


def pick(rng, spans):
    return rng.choice(spans) if spans else None


def edit(pattern, text, group=0):
    def mutation(rng, query):
        span = pick(rng, places(query, pattern, group))
        if not span:
            return None
        new = text(query[span[0]:span[1]]) if callable(text) else text
        return replace_at(query, span, new)
    return mutation


def smart_quotes(rng, query):
    span = pick(rng, [m.span() for m in re.finditer(r'(?<![@hH"])"[^"\n\\]*"(?!")', re.sub(r'//[^\n]*', lambda m: ' ' * len(m.group()), query))])
    return replace_at(query, span, '\u201c' + query[span[0] + 1:span[1] - 1] + '\u201d') if span else None


def misspelt(word):
    middle = max(1, len(word) // 2)
    return word[:middle] + 'zq' + word[middle:]


def swap(pattern):
    """The two groups of a match change places."""
    def mutation(rng, query):
        found = rng.choice(list(re.finditer(pattern, masked(query))) or [None])
        if not found:
            return None
        (a, b), (c, d) = found.span(1), found.span(2)
        return query[:a] + query[c:d] + query[b:c] + query[a:b] + query[d:]
    return mutation


def insert_before(pattern, text):
    def mutation(rng, query):
        span = pick(rng, places(query, pattern))
        return query[:span[0]] + text + query[span[0]:] if span else None
    return mutation


OPERATOR = r'\|\s*(?:where|project|extend|summarize|sort|order|distinct|take|top)\b'

MUTATIONS = {
    'drop-pipe': edit(r'\|(?=\s*(?:where|project|extend|summarize|join|sort|order|take|top)\b)', ''),
    'unknown-column': edit(r'\|\s*where\s+(?!not\b)(' + WORD + r')\s*(?:==|!=|has\b|contains\b|in\b|>|<|=~|startswith)', misspelt, 1),
    'unknown-project': edit(r'\|\s*(?:project|distinct)\s+(' + WORD + r')(?=\s*[,|\n])', misspelt, 1),
    'unknown-function': edit(r'\b(tostring|tolower|count|dcount|ago|bin|split|extract|strcat|iff|isnotempty|make_set|toint|todatetime)(?=\s*\()', misspelt, 1),
    'unknown-operator': edit(r'\|\s*(where|project|extend|summarize|join|distinct|take|mv-expand)\b', misspelt, 1),
    'drop-close': edit(r'\)', ''),
    'drop-open': edit(r'\(', ''),
    'single-equals': edit(r'where\s+' + WORD + r'\s*(==)', '=', 1),
    'smart-quotes': smart_quotes,
    'bool-wanted': edit(r'\|\s*where\s+(' + WORD + r'\s*==\s*\0+)', '1 + 1', 1),
    'text-times': edit(r'\bago\(\s*([0-9]+[dhms])\s*\)', '"x"', 1),
    'too-many-arguments': edit(r'\b(?:tolower|tostring|isnotempty|ago|strlen|toupper)\s*\([^()]*(\))', ', 1, 2, 3)', 1),
    'no-arguments': edit(r'\b(?:tolower|isnotempty|split|extract|iff|bin|strcat|dcount)\s*(\([^()]*\))', '()', 1),
    'drop-comma': edit(r'(?<=\w),(?=\s+' + WORD + r'\s*[,|=])', ' ', 0),
    'drop-string-end': edit(r'\0(?=\s*\n)', ''),
    'unknown-table': edit(r'\A[\s\0]*(' + WORD + r')(?=\s*\n\s*\|)', misspelt, 1),
    'drop-by': edit(r'\b(?:sort|order|top\s+\d+)\s+(by)\b', '', 1),
    'drop-on': edit(r'\)\s*(on)\s+' + WORD, '', 1),
    'dropped-column': edit(r'\Z', '\n| project zq_only = 1\n| where TimeGenerated > ago(1d) or Timestamp > ago(1d)'),
    'number-has': edit(r'\bhas\s+(\0+)', 'datetime(2020-01-01)', 1),
    'swapped-arguments': swap(r'\b(?:bin|split|extract|datetime_add|format_datetime|replace_string|indexof|countif|dcountif|iff)\s*\(\s*([^(),]+?)\s*,\s*([^(),]+?)\s*[,)]'),
    'swapped-operands': swap(r'\b(' + WORD + r')\s+(?:has_any|in~?|has_all|!in)\s*(\([^()]*\))'),
    'no-right-operand': edit(r'(?:==|!=|=~|>=|<=|\bhas\b|\bcontains\b|\bstartswith\b)(\s*(?:\0+|[0-9]\w*))(?=\s*\n)', '', 1),
    'no-left-operand': edit(r'\|\s*where\s+(' + WORD + r')\s*(?:==|!=|=~|has\b|contains\b|in\b|>|<)', '', 1),
    'operator-between': insert_before(r'\b(?:and|or)\b', ' == '),
    'two-operators': edit(r'\s(==|!=|=~)\s', '== ==', 1),
    'lost-column': insert_before(r'\|\s*(?:where|extend|summarize|sort|order|distinct)\s+(?!count)[A-Z]', '| project zq_only = 1\n'),
    'summarized-away': insert_before(r'\|\s*(?:where|extend|sort|order|distinct)\s+[A-Z]', '| summarize zq_n = count()\n'),
    'away-column': insert_before(OPERATOR, '| project-away zq_none\n'),
    'rename-none': insert_before(OPERATOR, '| project-rename zq_a = zq_none\n'),
    'fewer-arguments': edit(r'\b(?:iff|extract|replace_string|split|bin|datetime_diff|indexof|format_datetime|countif|make_list|arg_max|ipv4_is_in_range)\s*\([^(),]*(,[^(),]*)\)', '', 1),
    'more-arguments': edit(r'\b(?:bin|tolong|toint|todatetime|isempty|isnull|countif|avg|sum|min|max|strlen|now|hourofday|startofday|array_length|parse_url)\s*\([^()]*(\))', ', 1, "x", 2)', 1),
    'aggregate-in-where': edit(r'\|\s*where\s+(' + WORD + r')\s*(?:==|!=|>|<)', 'count()', 1),
    'aggregate-in-extend': edit(r'\|\s*extend\s+' + WORD + r'\s*=\s*(\w[\w.]*)(?=\s*\n)', 'dcount(1)', 1),
    'by-before': edit(r'\bsummarize\b([^|()]*\([^()]*\))\s+by\s+' + WORD + r'(?=\s*\n)', ' by', 1),
    'table-in-place': edit(r'\|\s*where\s+' + WORD + r'\s*==\s*(\0+)', 'SigninLogs', 1),
    'scalar-as-table': edit(r'\bjoin\b[^(]*\(\s*(' + WORD + r')\s*\|', '1 + 1', 1),
    'operator-first': edit(r'\A[\s\0]*(' + WORD + r')(?=\s*\n\s*\|)', 'where x == 1', 1),
    'take-text': edit(r'\|\s*(?:take|limit|top)\s+([0-9]+)', '"ten"', 1),
    'number-regex': edit(r'matches regex\s+(\0+)', '5', 1),
    'text-plus': edit(r'\|\s*extend\s+' + WORD + r'\s*=\s*()tostring\(', '"a" + ', 1),
    'time-and-text': edit(r'\b(?:TimeGenerated|Timestamp)\s*(?:>|>=|<|<=)\s*(ago\([^()]*\))', '"yesterday"', 1),
    'time-and-number': edit(r'\b(?:TimeGenerated|Timestamp)\s*(?:>|>=|<|<=)\s*(ago\([^()]*\))', '7', 1),
    'twice': edit(r'\|\s*project\s+(' + WORD + r'\s*,)', lambda t: t + ' ' + t, 1),
    'let-again': edit(r'\A[\s\0]*()let\s+' + WORD, 'let zq = 1; let zq = 2;\n', 1),
    'let-after': edit(r'\A[\s\0]*(let\s+' + WORD + r'\s*=[^;]*;)', '', 1),
    'upper-operator': edit(r'\|\s*(where|project|extend|summarize|distinct)\b', str.upper, 1),
    'upper-word': edit(r'\s(and|or|by|has|contains|in|startswith|on|between)\s', str.upper, 1),
    'upper-function': edit(r'\b(tostring|tolower|count|ago|bin|split|extract|strcat|isnotempty)\s*(?=\()', str.upper, 1),
    'lower-column': edit(r'\|\s*(?:where|distinct)\s+([A-Z]\w+)(?=\s)', str.lower, 1),
    'c-and': edit(r'\s(and)\s', '&&', 1),
    'missing-pipe-text': edit(r'(\0+)\s*\n\s*\|', lambda t: t + ' ' + t, 1),
    'on-other': edit(r'\)\s*on\s+(' + WORD + r')', misspelt, 1),
    'on-condition': edit(r'\)\s*on\s+(' + WORD + r')(?=\s*\n)', lambda t: t + ' > 1', 1),
    'range-without-dots': edit(r'between\s*\([^()]*(?:\([^()]*\))?[^()]*(\.\.)', ',', 1),
    'join-kind': edit(r'\bkind\s*=\s*(inner|leftouter|leftanti|innerunique)\b', 'sideways', 1),
}


def mutate(args):
    oracle = {o['id']: o for o in lines_of(args.oracle)}
    for q in lines_of(args.queries):
        o = oracle.get(q['id'])
        if not o or not o['bind_ok']:
            continue
        rng = random.Random(q['id'])
        names = args.kinds.split(',') if args.kinds else sorted(MUTATIONS)
        for name in rng.sample(names, min(args.per_query, len(names))):
            broken = MUTATIONS[name](rng, q['query'])
            if broken and broken != q['query']:
                print(json.dumps({'id': q['id'] + '~' + name, 'repo': q.get('repo', ''), 'query': broken}))


def faults(args):
    seen = set()
    for key, query in oracle_faults.all_faults():
        if query not in seen:
            seen.add(query)
            print(json.dumps({'id': key, 'repo': key.split('/')[0], 'query': query}))


# ------------------------------------------------------------------------------------- compare

def lines_of(path):
    with open(path, encoding='utf-8') as f:
        return [json.loads(line) for line in f if line.strip()]


def ask_quarry(program, queries, batch=400):
    """id -> the object that `check --format json` prints for the query."""
    answers = {}
    with tempfile.TemporaryDirectory() as folder:
        for at in range(0, len(queries), batch):
            paths = []
            for i, q in enumerate(queries[at:at + batch]):
                path = os.path.join(folder, '%d.kql' % i)
                with open(path, 'w', encoding='utf-8') as f:
                    f.write(q['query'])
                paths.append(path)
            run = subprocess.run([program, 'check', '--format', 'json'] + paths, capture_output=True,
                                 encoding='utf-8', errors='replace')
            if run.returncode < 0:
                sys.exit('%s check ended by signal %d' % (program, -run.returncode))
            for line in run.stdout.splitlines():
                answer = json.loads(line)
                number = int(os.path.splitext(os.path.basename(answer['file']))[0])
                answers[queries[at + number]['id']] = answer
    return answers


def first_error(answer):
    errors = [d for d in answer['diagnostics'] if d['severity'] == 'error']
    told = [d for d in errors if d['code'] != 'QY900'] or errors
    return told[0] if told else None


def is_unsupported(answer):
    errors = [d for d in answer['diagnostics'] if d['severity'] == 'error']
    return bool(errors) and all(d['code'] == 'QY900' for d in errors)


def place(errors):
    return min((e['line'], e['column']) for e in errors)


def stand_together(ours, theirs, tolerance=3):
    (line, column), (their_line, their_column) = place(ours), place(theirs)
    return line == their_line and abs(column - their_column) <= tolerance


def warns(answer, theirs):
    """Accepted, or not supported by name, with a warning where the reference sees an error."""
    lines, codes = {e['line'] for e in theirs}, {e['code'] for e in theirs}
    return any(d['severity'] != 'info' and (d['line'] in lines or d['code'] in codes) for d in answer['diagnostics'])


def same_columns(ours, theirs):
    if theirs['result'] == 'scalar':
        return len(ours) == 1 and ours[0]['type'] == theirs['columns'][0]['type']
    if theirs['result'] != 'table':
        return True
    types = {c['name']: c['type'] for c in ours}
    a = [(c['name'], c['type']) for c in ours]
    b = [(c['name'], types.get(c['name'], '') if c['type'] == 'unknown' else c['type'])
         for c in theirs['columns']]
    return {c for c in b if c[1]} <= set(a) if theirs['open'] else a == b


def splits_more(ours, theirs):
    """The reference keeps a column whole when two legs of a union agree on its type and a third does
    not; the service gives a column a type, as two legs do. Such a result says nothing."""
    whole = {c['name'] for c in theirs['columns']}
    merged = {}  # in the order of the columns
    for c in ours:
        stem = c['name'][:-len(c['type']) - 1]
        is_split = c['name'].endswith('_' + c['type']) and c['name'] not in whole and stem in whole
        if not is_split:
            merged[c['name']] = True
        else:
            merged[stem] = True
    return list(merged) == [c['name'] for c in theirs['columns']]


def column_difference(ours, theirs):
    a = [(c['name'], c['type']) for c in ours]
    b = [(c['name'], c['type']) for c in theirs['columns']]
    if sorted(a) == sorted(b):
        return 'same columns, other order', ''
    less = [c for c in b if c not in a]
    more = [c for c in a if c not in b]
    names = {n for n, _ in less} & {n for n, _ in more}
    if names:
        n = sorted(names)[0]
        return 'type of %s: reference %s, quarry %s' % (n, dict(less)[n], dict(more)[n]), ''
    return 'columns', 'lacks %s; has beyond %s' % (less[:4], more[:4])


def quoted_away(message):
    return re.sub(r"'[^']*'|`[^`]*`", "'..'", message)


class Tally:
    def __init__(self):
        self.right = self.all = self.open = 0
        self.groups = collections.defaultdict(list)

    def add(self, fits, group=None, query=None, note=''):
        self.all += 1
        self.right += bool(fits)
        if not fits:
            self.groups[group].append((query['id'], note))

    def line(self, name):
        return '%-30s %6d of %6d  %6.2f %%' % (name, self.right, self.all, 100.0 * self.right / self.all if self.all else 100)


def gave_up(verdict):
    """The reference failed on the query: it says nothing of it."""
    return any(e['code'] == 'THROWN' for e in verdict['errors'])


def read_known(path):
    """id -> what differs, of a table of differences that are meant."""
    known = collections.defaultdict(set)
    with open(path, encoding='utf-8') as f:
        for line in f:
            fields = line.rstrip('\n').split('\t')
            if not line.startswith('#') and len(fields) == 3:
                known[fields[0]].add(fields[1])
    return known


def compare(args):
    queries = lines_of(args.queries)
    oracle = {o['id']: o for o in lines_of(args.oracle)}
    queries = [q for q in queries if q['id'] in oracle and not gave_up(oracle[q['id']]) and
               (not args.repo or args.repo in q.get('repo', ''))]
    known = read_known(args.known) if args.known else {}
    answers = ask_quarry(args.quarry, queries)
    aside = collections.Counter()
    tallies = {n: Tally() for n in ('syntax', 'binding', 'columns', 'rejections', 'places')}
    unsupported, split, warned = collections.Counter(), 0, 0
    for q in queries:
        o, a = oracle[q['id']], answers.get(q['id'])
        if a is None:
            sys.exit('no answer for ' + q['id'])
        fault = first_error(a)
        group = '%s %s' % (fault['code'], quoted_away(fault['message'])) if fault else 'accepted'
        at = '%s:%s %s' % (fault['line'], fault['column'], fault['message']) if fault else ''
        syntax_ok = not any(d['severity'] == 'error' and d['phase'] == 'syntax' for d in a['diagnostics'])
        theirs = o['errors'][0] if o['errors'] else None
        their_group = '%s %s' % (theirs['code'], quoted_away(theirs['message'])) if theirs else ''
        their_at = '%s:%s %s' % (theirs['line'], theirs['column'], theirs['message']) if theirs else ''
        tallies['syntax'].add(syntax_ok == o['syntax_ok'], 'quarry: ' + group if not syntax_ok else 'reference: ' + their_group,
                              q, at if not syntax_ok else their_at)
        if o.get('disputed'):
            continue
        if is_unsupported(a):
            for d in a['diagnostics']:
                if d['code'] == 'QY900':
                    unsupported[d['message']] += 1
        if o['bind_ok']:
            tallies['binding'].add(a['ok'], 'quarry: ' + group, q, at)
            if a['ok']:
                fits = same_columns(a['columns'], o)
                if not fits and splits_more(a['columns'], o):
                    split += 1
                    continue
                kind, note = ('', '') if fits else column_difference(a['columns'], o)
                tallies['columns'].add(fits, kind, q, note)
        else:
            rejected = not a['ok'] and not is_unsupported(a)
            warned += not rejected and warns(a, o['errors'])
            tallies['rejections'].add(rejected, ('unsupported; ' if not a['ok'] else '') + 'reference: ' + their_group, q, their_at)
            if rejected:
                ours = [d for d in a['diagnostics'] if d['severity'] == 'error']
                tallies['places'].add(stand_together(ours, o['errors']), '%s / reference: %s' % (group, their_group), q,
                                      '%s / reference %s' % (at, their_at))
    for name, t in tallies.items():
        for group, items in list(t.groups.items()):
            left = [i for i in items if name not in known.get(i[0], ())]
            aside[name] += len(items) - len(left)
            t.groups[group] = left
            if not left:
                del t.groups[group]
    repos = collections.Counter(q.get('repo', '') for q in queries)
    print('%d queries of %d repositories' % (len(queries), len(repos)))
    for name, t in tallies.items():
        print(t.line(name) + ('   %d differ for a known reason' % aside[name] if aside[name] else ''))
    if warned:
        print('%-30s %6d (accepted with a warning, or told as not supported, where the reference rejects)' % ('not rejected, but told', warned))
    if split:
        print('%-30s %6d (the reference does not split a column of three legs)' % ('columns not compared', split))
    if unsupported:
        print('\nnot yet supported')
        for message, n in unsupported.most_common(args.top):
            print('%6d  %s' % (n, message))
    where = {q['id']: q for q in queries}
    out = open(args.list, 'w', encoding='utf-8') if args.list else None
    for name, t in tallies.items():
        if t.groups:
            print('\n%s: disagreements' % name)
        for group, items in sorted(t.groups.items(), key=lambda kv: -len(kv[1]))[:args.top]:
            print('%6d  %s' % (len(items), group))
            for key, note in items[:args.examples]:
                print('           %s %s' % (key, note[:150]))
        if out:
            for group, items in t.groups.items():
                for key, note in items:
                    out.write(json.dumps({'what': name, 'group': group, 'note': note, **where[key]}) + '\n')


# ---------------------------------------------------------------------------------------- main

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest='verb', required=True)
    p = verbs.add_parser('extract')
    p.add_argument('folders', nargs='+')
    p.add_argument('--quarry', help='splits texts of several queries')
    p.set_defaults(run=extract)
    p = verbs.add_parser('mutate')
    p.add_argument('queries')
    p.add_argument('oracle')
    p.add_argument('--per-query', type=int, default=4)
    p.add_argument('--kinds', help='of these mutations only, names with commas')
    p.set_defaults(run=mutate)
    p = verbs.add_parser('faults')
    p.set_defaults(run=faults)
    p = verbs.add_parser('compare')
    p.add_argument('queries')
    p.add_argument('oracle')
    p.add_argument('--quarry', default='build/quarry')
    p.add_argument('--top', type=int, default=40, help='groups shown')
    p.add_argument('--examples', type=int, default=2, help='queries named in each group')
    p.add_argument('--repo', help='only repositories whose name holds this')
    p.add_argument('--known', help='a table of differences that are meant: id, what, reason')
    p.add_argument('--list', help='write every disagreement to this file, a line each')
    p.set_defaults(run=compare)
    args = parser.parse_args()
    args.run(args)


if __name__ == '__main__':
    main()
