"""Wrong uses of functions and operators over columns of each type, for oracle-compare.py.

Which of them are wrong is for the reference to say: each place of each call gets a value of each type,
each operator each pair of types, and each operator of the language its common slips.
"""

COLUMNS = {'s': 'string', 'n': 'long', 'i': 'int', 'r': 'real', 't': 'datetime', 'd': 'timespan', 'b': 'bool',
           'o': 'dynamic', 'g': 'guid', 'm': 'decimal'}
TABLE = 'let T = datatable(%s)[];\n' % ', '.join('%s:%s' % c for c in COLUMNS.items())

# The functions that rules use most, called right.
SCALARS = """
ago(1d) tostring(n) isnotempty(s) isempty(s) parse_json(s) not(b) split(s, ",") split(s, ",", 1) todynamic(s) bin(n, 5) bin(t, 1h)
iff(b, 1, 2) iif(b, s, s) strcat(s, s) case(b, 1, b, 2, 3) now() now(1d) array_length(o) extract("a", 1, s) extract("a", 1, s, typeof(long))
tolower(s) toupper(s) toint(s) tolong(s) toreal(s) todouble(s) tobool(s) todecimal(s) toguid(s) todatetime(s) totimespan(s) coalesce(s, s)
pack_array(n, s) datetime_diff("day", t, t) datetime_add("day", 1, t) datetime_part("day", t) strcat_array(o, ",") replace_string(s, "a", "b")
replace_regex(s, "a", "b") replace_strings(s, o, o) startofday(t) startofday(t, 1) startofweek(t) startofmonth(t) startofyear(t) endofday(t)
endofweek(t) endofmonth(t) endofyear(t) bag_pack("a", n) bag_keys(o) bag_merge(o, o) bag_has_key(o, "a") bag_remove_keys(o, o) substring(s, 1)
substring(s, 1, 2) array_sort_asc(o) array_sort_desc(o) ipv4_is_private(s) ipv4_is_in_range(s, "10.0.0.0/8") ipv4_is_in_any_range(s, o)
ipv4_is_match(s, s) ipv4_compare(s, s) parse_ipv4(s) parse_ipv6(s) parse_ipv4_mask(s, 24) ipv6_is_match(s, s) format_ipv4(s, 24)
extract_all("(a)", s) round(r) round(r, 2) trim("a", s) trim_start("a", s) trim_end("a", s) parse_url(s) parse_urlquery(s) parse_path(s)
parse_xml(s) parse_csv(s) parse_version(s) parse_user_agent(s, "os") parse_command_line(s, "windows") strlen(s) string_size(s) isnull(n)
isnotnull(n) set_has_element(o, s) set_difference(o, o) set_intersect(o, o) set_union(o, o) abs(n) floor(n, 5) ceiling(r) sqrt(r) exp(r) log(r)
log10(r) pow(r, 2) sign(r) rand(5) format_datetime(t, "yyyy") format_timespan(d, "hh") format_bytes(n) base64_decode_tostring(s)
base64_encode_tostring(s) url_decode(s) url_encode(s) array_concat(o, o) array_slice(o, 1, 2) array_index_of(o, s) array_split(o, 2)
array_reverse(o) array_sum(o) array_iff(o, o, o) indexof(s, "a") indexof(s, "a", 1) range(1, 10, 2) extractjson("$.a", s) extract_json("$.a", s)
countof(s, "a") countof(s, "a", "regex") translate("a", "b", s) reverse(s) strrep(s, 2) hash(s) hash(s, 10) hash_sha256(s) hash_md5(s)
dayofweek(t) dayofmonth(t) dayofyear(t) hourofday(t) monthofyear(t) getyear(t) weekofyear(t) week_of_year(t) bin_at(t, 1h, datetime(2020-01-01))
max_of(n, n) min_of(n, n) binary_and(n, n) binary_or(n, n) binary_xor(n, n) binary_not(n) binary_shift_left(n, 1) gettype(n) column_ifexists("s", s)
make_datetime(2020, 1, 1) make_timespan(1, 2) make_string(n, n) unixtime_seconds_todatetime(n) unixtime_milliseconds_todatetime(n)
has_any_index(s, o) has_ipv4(s, "1.2.3.4") has_any_ipv4(s, o) has_ipv4_prefix(s, "1.") zip(o, o) repeat(n, 3) isfinite(r) isnan(r) isinf(r) punycode_to_string(s)
strcmp(s, s) strcat_delim(",", s, s) toscalar(T | count) treepath(o) jaccard_index(o, o) to_utf8(s) unicode_codepoints_from_string(s) dynamic_to_json(o)
regex_quote(s) geo_distance_2points(r, r, r, r) geo_point_in_circle(r, r, r, r, r) geo_info_from_ip_address(s) series_stats(o) series_sum(o)
series_add(o, o) series_fir(o, o) series_fit_line(o) series_outliers(o) series_decompose(o) series_decompose_anomalies(o, 1.5) array_rotate_left(o, 1)
array_shift_left(o, 1) welch_test(r, r, r, r, r, r) percentile_tdigest(o, 5) dcount_hll(o) tohex(n) url_encode_component(s) gzip_compress_to_base64_string(s)
"""
WINDOWS = """prev(n) prev(n, 2) prev(n, 2, 5) next(n) row_number() row_number(1, b) row_cumsum(n) row_cumsum(n, b) row_rank_dense(n) row_window_session(t, 1h, 5m, b)"""
AGGREGATES = """
count() dcount(s) dcount(s, 2) countif(b) dcountif(s, b) sum(n) sumif(n, b) avg(n) avgif(n, b) min(n) minif(n, b) max(n) maxif(n, b) make_set(s) make_set(s, 10)
make_list(s) make_list(s, 10) make_set_if(s, b) make_set_if(s, b, 5) make_list_if(s, b) make_bag(o) make_bag_if(o, b) arg_max(t, s) arg_max(t, *) arg_min(t, s) take_any(s) take_anyif(s, b)
percentile(n, 50) percentiles(n, 5, 95) percentilew(n, n, 50) stdev(n) stdevif(n, b) stdevp(n) variance(n) varianceif(n, b) variancep(n) hll(s) hll_merge(o) tdigest(n) tdigest_merge(o)
binary_all_and(n) binary_all_or(n) binary_all_xor(n) buildschema(o) count_distinct(s) count_distinctif(s, b) make_list_with_nulls(n) any(s) covariance(n, n)
"""
OPERATORS = """== != < > <= >= + - * / % =~ !~ has !has has_cs hasprefix !hasprefix hassuffix contains !contains contains_cs startswith
!startswith startswith_cs endswith !endswith and or""".split() + ['matches regex']
LISTS = ['in', '!in', 'in~', '!in~', 'has_any', 'has_all']

VALUES = list(COLUMNS) + ['"x"', '5', '1.5', '1d', 'true', 'datetime(2020-01-01)', 'dynamic([1])', 'int(null)', 'T', '*', 'nope', 'count()', 'typeof(long)']


def calls(text):
    """The calls of a list: name, arguments."""
    depth, start = 0, 0
    for at, c in enumerate(text + ' '):
        depth += (c == '(') - (c == ')')
        if c.isspace() and depth == 0:
            if text[start:at].strip():
                name, rest = text[start:at].strip().split('(', 1)
                yield name, arguments(rest[:-1])
            start = at


def arguments(text):
    found, depth, start, quoted = [], 0, 0, False
    for at, c in enumerate(text):
        quoted ^= c == '"'
        depth += 0 if quoted else (c == '(') - (c == ')')
        if c == ',' and depth == 0 and not quoted:
            found.append(text[start:at].strip())
            start = at + 1
    return found + [text[start:].strip()] if text.strip() else found


def call(name, args):
    return '%s(%s)' % (name, ', '.join(args))


def of_calls(kind, text, frame, values=VALUES):
    for name, args in calls(text):
        key = '%s/%s/%d' % (kind, name, len(args))
        yield key + '/right', frame % call(name, args)
        yield key + '/none', frame % call(name, [])
        yield key + '/fewer', frame % call(name, args[:-1])
        yield key + '/more', frame % call(name, args + ['s'])
        yield key + '/many', frame % call(name, args + ['s'] * 70)
        yield key + '/named', frame % call(name, args[:-1] + ['zq = ' + (args or ['1'])[-1]])
        for at in range(len(args)):
            for value in values:
                yield '%s/%d/%s' % (key, at, value), frame % call(name, args[:at] + [value] + args[at + 1:])


def of_operators():
    for op in OPERATORS:
        for left in VALUES:
            for right in VALUES:
                yield 'operator/%s/%s/%s' % (op, left, right), TABLE + 'T | extend x = %s %s %s' % (left, op, right)
    for op in LISTS:
        for left in COLUMNS:
            for right in VALUES + ['T | project s', 'T | project n', 'T | project s, n', 'T | where b', '']:
                yield 'list/%s/%s/%s' % (op, left, right), TABLE + 'T | where %s %s (%s)' % (left, op, right)
            for right in ('s', '"x"', 'o', 'dynamic(["x"])', 'T'):
                yield 'list/%s/%s/bare %s' % (op, left, right), TABLE + 'T | where %s %s %s' % (left, op, right)
    for value in VALUES:
        for low in VALUES:
            yield 'between/%s/%s' % (value, low), TABLE + 'T | where %s between (%s .. %s)' % (value, low, low)
        for op in ('-', '+', 'not '):
            yield 'unary/%s/%s' % (op, value), TABLE + 'T | extend x = %s%s' % (op, value if op != 'not ' else '(%s)' % value)


# One slip a line: `~` stands for the table.
SLIPS = r"""
~ | where
~ | where s == "a" s == "b"
~ | where s == "a", n == 1
~ | where (s == "a"
~ | where s == "a")
~ | where s in ("a", "b"
~ | where s in "a", "b"
~ | where s in ["a"]
~ | where s in ("a" "b")
~ | where s = "a"
~ | where s === "a"
~ | where s <> "a"
~ | where s ! "a"
~ | where not s == "a"
~ | where s not in ("a")
~ | where s like "a"
~ | where s is null
~ | where s == null
~ | where s == 'a" 
~ | where s == "a
~ | where s == “a”
~ | where s == ‘a’
~ | where s has_any ("a", 1)
~ | where s has_any (1, 2)
~ | where s has ("a", "b")
~ | where s == "a" && n == 1
~ | where s == "a" || n == 1
~ | where !b
~ | where s == "a" AND n == 1
~ | where s == "a" andd n == 1
~ | where s hass "a"
~ | where s containz "a"
~ | where s startwith "a"
~ | where n between (1, 2)
~ | where n between 1 .. 2
~ | where n between (1 .. )
~ | where n between ("a" .. "b")
~ | where t between (ago(1d) .. 5)
~ | where t > "yesterday"
~ | where t > datetime(2020-13-45)
~ | where t > datetime("2020-01-01)
~ | where t > datetime(yesterday)
~ | where d > timespan(x)
~ | where g == guid(zz)
~ | where n > 1_000
~ | where n > 0x
~ | where n > 1e
~ | where n > 99999999999999999999
~ | where i == int(a)
~ | where b == bool(maybe)
~ | where m == decimal(x)
~ | where r > real(x)
~ | where o == dynamic({)
~ | where o == dynamic([1,)
~ | where o == dynamic({"a"})
~ | where o == dynamic(a)
~ | where o.a.b. == 1
~ | where o[ == 1
~ | where o["a" == 1
~ | where o.["a"] == 1
~ | where s[0] == "a"
~ | where n.a == 1
~ | where s matches regex "("
~ | where s matches "a"
~ | where s matches regex 5
~ | where extract("(", 1, s) == "a"
~ | where count() > 1
~ | where n > sum(n)
~ | where row_number() > 1
~ | where T
~ | where s == T
~ | where s == SigninLogs
~ | wher s == "a"
~ | Where s == "a"
~ | filter s == "a" 
~ | select s
~ | group by s
~ | having n > 1
~ || where s == "a"
~ | | where s == "a"
~ |
~ where s == "a"
~ | where s == "a" | 
~ | project
~ | project s,
~ | project s n
~ | project s,,n
~ | project s as x
~ | project x = 
~ | project x == s
~ | project s | where n == 1
~ | project zq
~ | project s, s
~ | project x = s, x = n
~ | project *
~ | project s*
~ | project-away zq
~ | project-away s, zq*
~ | project-away s | where s == "a"
~ | project-away x = s
~ | project-rename s
~ | project-rename x = zq
~ | project-rename n = s
~ | project-rename x = s, x = n
~ | project-rename x = s | where s == "a"
~ | project-rename x = tolower(s)
~ | project-keep zq
~ | project-keep x = s
~ | project-reorder zq
~ | project-reorder s up
~ | projekt s
~ | project_away s
~ | extend
~ | extend x
~ | extend x = 
~ | extend x = s y = n
~ | extend x = count()
~ | extend x = dcount(s), y = 1
~ | extend x = make_set(s)
~ | extend 1 = s
~ | extend "x" = s
~ | extend x-y = s
~ | extend x.y = s
~ | extend x = s; 
~ | extend x = s + n
~ | extend x = t + t
~ | extend x = t - s
~ | extend x = s * 2
~ | extend x = -s
~ | extend x = b + 1
~ | extend x = n / "2"
~ | extend x = iff(s, 1, 2)
~ | extend x = iff(b, 1)
~ | extend x = iff(b, 1, "a")
~ | extend x = case(b, 1)
~ | extend x = case(b, 1, 2, 3)
~ | extend x = case(s, 1, 2)
~ | extend x = tostring
~ | extend x = tostring(s
~ | extend x = tostring s
~ | extend x = tostrin(s)
~ | extend x = ToString(s)
~ | extend x = strcat(s "a")
~ | extend x = strcat(s, )
~ | extend x = strcat(, s)
~ | extend x = split(s)
~ | extend x = ago("1d")
~ | extend x = ago(1day)
~ | extend x = ago(1 d)
~ | extend x = bin(t)
~ | extend x = bin(t, "1h")
~ | extend x = bin(s, 1)
~ | extend x = format_datetime("2020", t)
~ | extend x = datetime_diff(day, t, t)
~ | extend x = datetime_diff("days", t, t)
~ | extend x = datetime_add("day", t, 1)
~ | extend x = parse_json(s).a.b c
~ | extend x = prev(s)
~ | extend x = row_number()
~ | extend x = todatetime(s) - 1
~ | extend x = array_length(s)
~ | extend x = strlen(n)
~ | extend x = tolower(n)
~ | extend x = toscalar(s)
~ | extend x = toscalar(T)
~ | extend x = materialize(T)
~ | extend (a, b) = s
~ | extend (a, b) = parse_ipv4(s)
~ | summarize
~ | summarize by
~ | summarize count
~ | summarize count() by
~ | summarize count() by s,
~ | summarize count() s
~ | summarize count(), by s
~ | summarize count() group by s
~ | summarize count() by s | where n > 1
~ | summarize count() by s | project t
~ | summarize s
~ | summarize n by s
~ | summarize x = n by s
~ | summarize sum(s)
~ | summarize avg(s) by n
~ | summarize sum(n, 1)
~ | summarize sum(count())
~ | summarize max(n) + n
~ | summarize count() by count()
~ | summarize count() by o
~ | summarize count() by zq
~ | summarize count() by bin(zq, 1h)
~ | summarize count() by t bin 1h
~ | summarize count() by bin(t)
~ | summarize count(s)
~ | summarize countif(s)
~ | summarize countif(s == "a", 1)
~ | summarize countif()
~ | summarize dcount()
~ | summarize dcount(*)
~ | summarize dcount(s, 9)
~ | summarize dcount(s, n)
~ | summarize make_set()
~ | summarize make_set(s, "a")
~ | summarize make_list(s, n)
~ | summarize make_list(*)
~ | summarize arg_max()
~ | summarize arg_max(t)
~ | summarize arg_max(*)
~ | summarize arg_max(t, zq)
~ | summarize arg_max(o, s)
~ | summarize percentile(n)
~ | summarize percentile(n, "50")
~ | summarize percentile(n, 101)
~ | summarize percentile(s, 50)
~ | summarize percentiles(n)
~ | summarize any(zq)
~ | summarize x = count(), x = sum(n)
~ | summarize count(), count()
~ | summarize tolower(s)
~ | summarize prev(n)
~ | summarise count()
~ | summarize cuont()
~ | summarize hint.shuffle=s count() by s
~ | summarize hint.strategy=zq count() by s
~ | summarize kind=inner count() by s
~ | join T on s
~ | join (T) s
~ | join (T)
~ | join (T) on
~ | join (T) on zq
~ | join (T | project n) on s
~ | join kind=zq (T) on s
~ | join kind=left (T) on s
~ | join kind=outer (T) on s
~ | join kind inner (T) on s
~ | join inner (T) on s
~ | left join (T) on s
~ | join (T on s
~ | join (T) on s == s
~ | join (T) on s == n
~ | join (T) on $left.s == $right.zq
~ | join (T) on $left.zq == $right.s
~ | join (T) on $left.s == $right.n
~ | join (T) on $left.s = $right.s
~ | join (T) on $left.s != $right.s
~ | join (T) on $left.s == $left.s
~ | join (T) on $left.s > $right.s
~ | join (T) on $left.s == $right.s or $left.n == $right.n
~ | join (T) on left.s == right.s
~ | join (T) on tolower(s)
~ | join (T) on $left.o == $right.o
~ | join (T) on o
~ | join (T) on s n
~ | join (T) on (s, n)
~ | join (T) on "s"
~ | join (T) on s, 
~ | join (T | count) on s
~ | join (5) on s
~ | join (zqTable) on s
~ | join (T) where s == s
~ | join hint.strategy=zq (T) on s
~ | join kind=inner kind=inner (T) on s
~ | join kind=leftanti (T) on s | where s1 == "a"
~ | join kind=rightanti (T) on s | project n1
~ | lookup T
~ | lookup T on zq
~ | lookup kind=innerunique T on s
~ | lookup (T) on s | project s1
~ | union
~ | union zqTable
~ | union T, 
~ | union kind=zq T
~ | union withsource T
~ | union withsource=5 T
~ | union isfuzzy=maybe T
~ | union (T
~ | union 5
~ | union s
~ | union T | where zq == 1
~ | sort
~ | sort s
~ | sort by
~ | sort by zq
~ | sort by s ascending
~ | sort by s descc
~ | sort by s desc asc
~ | sort by s nulls
~ | sort by s nulls middle
~ | sort by s,
~ | sort by count()
~ | sort by o
~ | order s desc
~ | orderby s
~ | sort by *
~ | top
~ | top 5
~ | top by s
~ | top 5 s
~ | top 5 by
~ | top 5 by zq
~ | top "5" by s
~ | top n by s
~ | top 5 by s descending
~ | top -1 by s
~ | top 5 by s, n
~ | top 1.5 by s
~ | take
~ | take s
~ | take "5"
~ | take 5 5
~ | take -1
~ | take 1.5
~ | take count()
~ | limit n
~ | limit
~ | sample
~ | sample s
~ | sample-distinct 5 s
~ | sample-distinct 5 of
~ | sample-distinct 5 of zq
~ | distinct
~ | distinct zq
~ | distinct s,
~ | distinct s n
~ | distinct x = s
~ | distinct count()
~ | distinct s | where n == 1
~ | distinct o
~ | count by s
~ | count s
~ | count()
~ | count | where n == 1
~ | as
~ | as 5
~ | as a b
~ | getschema s
~ | serialize | where
~ | serialize x
~ | invoke
~ | invoke zq()
~ | invoke tolower()
~ | invoke T
~ | mv-expand
~ | mv-expand zq
~ | mv-expand s
~ | mv-expand n
~ | mv-expand o to long
~ | mv-expand o to typeof(zq)
~ | mv-expand o to typeof(dynamic
~ | mv-expand o to typeof()
~ | mv-expand o typeof(long)
~ | mv-expand o limit
~ | mv-expand o limit s
~ | mv-expand kind=zq o
~ | mv-expand bagexpansion=zq o
~ | mv-expand with_itemindex o
~ | mv-expand x = zq
~ | mv-expand x = 5
~ | mvexpand zq
~ | mv-apply o
~ | mv-apply o on
~ | mv-apply o on (where zq == 1)
~ | mv-apply o on where s == "a"
~ | mv-apply s on (take 1)
~ | mv-apply o to typeof(zq) on (take 1)
~ | mv-apply x = zq on (take 1)
~ | mv-apply o on (T)
~ | mv-apply o on (count) | where s == "a"
~ | parse
~ | parse s
~ | parse s with
~ | parse s "a" x
~ | parse zq with "a" x
~ | parse n with "a" x
~ | parse s with "a" x:zq
~ | parse s with x y
~ | parse s with x "a" x
~ | parse kind=zq s with "a" x
~ | parse kind=regex s with "(" x
~ | parse s with * * "a"
~ | parse s with "a" x:
~ | parse s with 5 x
~ | parse s with "a" x "b" | where y == 1
~ | parse-where s
~ | parse-where zq with "a" x
~ | parse-kv s
~ | parse-kv s as (a)
~ | parse-kv s as (a:zq)
~ | parse-kv zq as (a:string)
~ | parse-kv n as (a:string)
~ | parse-kv s as (a:string) with (zq=",")
~ | parse-kv s as (a:string) with (pair_delimiter=5)
~ | evaluate
~ | evaluate zq()
~ | evaluate bag_unpack()
~ | evaluate bag_unpack(s)
~ | evaluate bag_unpack(zq)
~ | evaluate bag_unpack(o, 5)
~ | evaluate bag_unpack
~ | evaluate pivot()
~ | evaluate pivot(zq)
~ | evaluate pivot(s, zq)
~ | evaluate pivot(s, n)
~ | evaluate pivot(s, count(), zq)
~ | evaluate autocluster("a")
~ | evaluate basket(s)
~ | evaluate narrow(5)
~ | evaluate ipv4_lookup(T, s)
~ | evaluate ipv4_lookup(T, zq, s)
~ | evaluate diffpatterns(s)
~ | evaluate diffpatterns(zq, "a", "b")
~ | make-series
~ | make-series count()
~ | make-series count() on
~ | make-series count() on zq step 1d
~ | make-series count() on t
~ | make-series count() on t step
~ | make-series count() on t from ago(1d) step 1h
~ | make-series count() on t step "1d"
~ | make-series count() on t from 1 to 2 step 1h
~ | make-series count() on s step 1
~ | make-series n on t step 1d
~ | make-series count() on t step 1d by
~ | make-series count() on t step 1d by zq
~ | make-series count() default= on t step 1d
~ | make-series sum(s) on t step 1d
~ | make-series count() by s on t step 1d
~ | render
~ | render zqchart
~ | render timechart with
~ | render timechart with (zq=1)
~ | render timechart with (title=)
~ | render timechart with (title=5)
~ | render timechart with (kind=zq)
~ | render timechart with (legend=zq)
~ | render timechart (title="a")
~ | render timechart with (xcolumn=zq)
~ | render timechart with (ycolumns=s, zq)
~ | render timechart title="a"
~ | render barchart kind=stacked | where s == "a"
~ | partition by s
~ | partition s (take 1)
~ | partition by zq (take 1)
~ | partition by s (where zq == 1)
~ | partition hint.strategy=zq by s (take 1)
~ | partition by s take 1
~ | partition by s (T)
~ | scan
~ | scan with
~ | scan with ()
~ | scan with (step a: zq == 1;)
~ | scan with (step a: true)
~ | scan with (step: true;)
~ | scan with (step a: n;)
~ | scan with (step a: true => x = 1;)
~ | scan declare (x: long) with (step a: true => x = "a";)
~ | scan declare (x: zq) with (step a: true;)
~ | scan with (step a: true; step a: true;)
~ | scan with (step a: b.n == 1;)
~ | reduce
~ | reduce by zq
~ | reduce by n
~ | reduce by s with threshold
~ | reduce by s with threshold="a"
~ | top-nested
~ | top-nested 5 of s
~ | top-nested 5 of zq by count()
~ | top-nested 5 of s by n
~ | top-nested of s by zq(n)
~ | top-nested s by count()
~ | top-hitters 5 of zq
~ | top-hitters 5 s
~ | top-hitters 5 of s by zq
~ | top-hitters 5 of s by s
~ | facet by zq
~ | facet s
~ | facet by s with (where zq == 1)
~ | fork (where zq == 1) (take 1)
~ | fork
~ | fork where b
~ | search
~ | search zq == 1
~ | search s:
~ | search "a" "b"
~ | search in (T) "a"
~ | find where s == "a"
~ | consume zq
~ | make-graph s --> s
~ | make-graph s -> s
~ | make-graph s --> zq
~ | make-graph zq --> s with T on s
~ | make-graph s --> s with T on zq
~ | make-graph s --> s with T
~ | make-graph s --> s | where s == "a"
~ | make-graph s --> s | graph-match (a)-[e]->(b)
~ | make-graph s --> s | graph-match (a)-[e]->(b) project a.zq
~ | make-graph s --> s | graph-match (a)-[e]->(b) where c.s == "a" project a
~ | make-graph s --> s | graph-match (a)-[e->(b) project e.n
~ | make-graph s --> s | graph-match (a)-[e]-(b) where e.zq == 1 project e.n
~ | graph-match (a)-[e]->(b) project e.n
search in (zqTable) "a"
search in (T "a"
find in (T) where zq == 1
find in (zqTable) where s == "a"
find in (T) s == "a" project zq
union T, zqTable
union T zqTable
union
union kind=inner
union withsource=s T | project zq
range
range x from 1 to 5
range x from 1 to 5 step "a"
range x from "a" to "b" step 1
range x 1 to 5 step 1
range x from 1 step 1
range x from ago(1d) to now() step 1
range from 1 to 5 step 1
range x from 1 to 5 step 1 | where y == 1
print
print x =
print x = 1,
print zq
print x = 1 y = 2
print count()
print T
print 1 + "a"
print "a" + "b"
datatable(x)[1]
datatable(x:zq)[1]
datatable(x:long)
datatable(x:long)[
datatable(x:long)[1
datatable(x:long, y:string)[1]
datatable(x:long)["a"]
datatable(x:long)[zq]
datatable(x:long, x:long)[1, 2]
datatable x:long [1]
externaldata(x)["a"]
externaldata(x:string)
externaldata(x:string)[5]
externaldata(x:string)["a"] with (format=zq)
let x = 5 ~
let x = 5; let x = 6; ~ | where n == x
let x 5; ~
let = 5; ~
let x = ; ~
let x = 5; x | take 1
let x = 5; ~ | join (x) on s
let x = ~ | take 1; ~ | where n == x
let x = ~ | project s; ~ | where s == x
let x = ~; ~ | extend y = x + 1
let x = dynamic([1; ~
let f = (a) { a }; ~ | extend x = f(n)
let f = (a:zq) { a }; ~ | extend x = f(n)
let f = (a:long) { a }; ~ | extend x = f(s)
let f = (a:long) { a }; ~ | extend x = f()
let f = (a:long) { a }; ~ | extend x = f(n, n)
let f = (a:long) { a }; ~ | extend x = f
let f = (a:long) { a }; ~ | extend x = f(b=n)
let f = (a:long) { zq }; ~ | extend x = f(n)
let f = (a:long) { zq }; ~
let f = (a:long) { a + "a" }; ~ | extend x = f(n)
let f = (a:long) { T | where n == a }; ~ | extend x = f(n)
let f = (a:long) { T | where n == a }; ~ | extend x = f(1)
let f = (a:long) { a; ~
let f = (a:long { a }; ~
let f = (a:long) a; ~
let f = (a:long = 5, b:long) { a }; print f()
let f = (a:long) { f(a) }; print f(1)
let f = (A:(s:string)) { A | take 1 }; f(T)
let f = (A:(zq:string)) { A | take 1 }; f(T)
let f = (A:(n:string)) { A | take 1 }; ~ | invoke f()
let f = (A:(s:string)) { A | where n == 1 }; ~ | invoke f()
let f = (A:(s:string)) { A }; f(5)
let f = (A:(*)) { A }; ~ | invoke f(5)
let f = (A:(s:string), x:long) { A }; ~ | invoke f()
let f = (A:(s:string), x:long) { A }; ~ | invoke f("a")
let f = () { }; ~
let f = () { T }; f | take 1
let f = () { T }; f() take 1
let f = view (x:long) { T }; f(1)
let f = { T }; f()
declare query_parameters(x); ~
declare query_parameters(x:zq); ~
declare query_parameters(x:long); ~ | where s == x
declare zq; ~
set zq; ~
set query_now = ; ~
alias database a = zq; ~
restrict access to (zqTable); ~
declare pattern p = (a:string) { ("x") = { T } }; p("y")
toscalar(T)
tolower("a")
zq(5)
zqTable
5
"a"
T | T
T T
(T | take 1
T | take 1)
T | where (s == "a" and (n == 1)
T | where s == "a" or or n == 1
T | where or s == "a"
T | where s == ("a"
T | extend x = [1]
T | extend x = {"a": 1}
T | extend x = dynamic([1] | take 1
T | where s == "a" // comment | take (
T | where s == @"a\"
T | where s == "a\q"
T | where s == h"a
T | where s == ```a
T | where s == "a"; T | zq
T | where #s == "a"
T | where s == "a" /* comment */
T | where s == `a`
T | where s == "a"？
T | where s == "a"
T | where ['s'] == "a"
T | where [s] == "a"
T | where ['zq'] == "a"
T | where s == "a" and
T | where and s == "a"
T | where s ==
T | where == "a"
T | where s has
T | where has "a"
T | where s in
T | where in ("a")
T | where n +
T | where n > 1 > 2
T | where n == 1 == true
T | where 1 < n < 5
T | where s == "a" then
T | where if (b, true, false)
T | extend x = b ? 1 : 2
T | extend x = n++
T | extend x += n
T | extend x := n
T | extend x = @s
T | extend x = $s
T | extend x = $left.s
T | extend x = s.Length
T | extend x = s.tolower()
T | extend x = o.tolower()
T | extend x = o.a()
T | extend x = tolower(s).a
T | extend x = datetime()
T | extend x = datetime(2020-01-01) + datetime(2020-01-01)
T | extend x = datetime(2020-01-01) + 5
T | extend x = 5 - t
T | extend x = d * d
T | extend x = t * 2
T | extend x = t / 2
T | extend x = d / t
T | extend x = n % "a"
T | extend x = g + 1
T | extend x = o + 1
T | extend x = o + "a"
T | extend x = -o
T | extend x = -t
T | extend x = -b
T | extend x = not(s)
T | extend x = not(n)
T | extend x = not(o)
T | extend x = b and n
T | extend x = b and s
T | extend x = o and b
"""


def of_slips():
    for at, line in enumerate(SLIPS.strip('\n').split('\n')):
        yield 'slip/%s' % line.strip(), TABLE + line.replace('~', 'T')


def all_faults():
    """(kind, query) of every fault."""
    yield from of_calls('scalar', SCALARS, TABLE + 'T | extend x = %s')
    yield from of_calls('window', WINDOWS, TABLE + 'T | serialize | extend x = %s')
    yield from of_calls('aggregate', AGGREGATES, TABLE + 'T | summarize x = %s by k = s')
    yield from of_operators()
    yield from of_slips()
