/*
 * bind_foreign.c: functions of other languages, and what they are called here.
 *
 * Hunters come from SQL and from other query languages: a name that no spelling brings near is known by
 * what it does there.
 */
#include "semantics/bind_scope.h"

typedef struct Foreign {
    const char *names; /* separated by blanks */
    const char *hint;
} Foreign;

static const Foreign foreign[] = {
    {"concat concat_ws string_concat",
     "texts are joined by strcat(a, b) or strcat_delim(\", \", a, b)"},
    {"len length char_length", "strlen(x) counts characters, array_length(x) elements"},
    {"mvcount size cardinality", "array_length(x) counts the elements of an array"},
    {"substr mid", "a part of a text is substring(text, start, length)"},
    {"lcase lowercase to_lower", "tolower(x) is text in lower case"},
    {"ucase uppercase to_upper", "toupper(x) is text in upper case"},
    {"ltrim trimleft", "trim_start(\"\\\\s+\", x) takes blanks off the start"},
    {"rtrim trimright", "trim_end(\"\\\\s+\", x) takes blanks off the end"},
    {"charindex instr locate position strpos", "indexof(text, part) is the place of a part"},
    {"ifnull nvl isnullor fillnull", "coalesce(a, b) is the first value that is not missing"},
    {"dateadd date_add timestampadd", "datetime_add('day', 1, t), or t + 1d"},
    {"datediff date_diff timestampdiff", "datetime_diff('day', a, b), or a - b"},
    {"getdate sysdate current_timestamp today", "now() is the time, startofday(now()) the day"},
    {"date_trunc trunc truncate", "bin(x, 1h) rounds down; startofday(t) and the like cut a time"},
    {"datepart date_part year month day hour minute", "datetime_part('hour', t), hourofday(t), "
                                                      "dayofmonth(t), getmonth(t) and getyear(t)"},
    {"from_unixtime to_timestamp fromunixtime", "unixtime_seconds_todatetime(n) makes a time"},
    {"unix_timestamp strftime strptime",
     "format_datetime(t, '...') writes a time, todatetime(s) reads one"},
    {"cast convert try_cast to_number tonumber",
     "values are converted by tolong(x), toreal(x), tostring(x) and so on"},
    {"regexp_extract regexp_substr rex", "extract(\"regex\", group, text) takes a part out"},
    {"regexp_replace", "replace_regex(text, \"regex\", with) replaces"},
    {"regexp_like regexp_matches", "text is compared by matches regex"},
    {"json_extract get_json_object json_value spath", "parse_json(x).member takes a member out"},
    {"cidrmatch cidr_match ipmatch",
     "ipv4_is_in_range(ip, \"10.0.0.0/8\") tells whether a network holds an address"},
    {"distinct dc approx_distinct count_distinct",
     "dcount(x) counts different values, make_set(x) lists them"},
    {"values collect_set array_agg", "make_set(x) lists different values, make_list(x) all"},
    {"group_concat string_agg listagg",
     "strcat_array(make_list(x), \", \") joins the values of a group"},
    {"mean average", "avg(x) is the mean"},
    {"median", "percentile(x, 50) is the median"},
    {"stddev std", "stdev(x) is the standard deviation"},
    {"first last earliest latest",
     "arg_min(TimeGenerated, x) and arg_max(TimeGenerated, x) take the first and the last"},
    {"if when decode", "a choice is iff(condition, then, else) or case(...)"},
    {"lag lead", "prev(x) and next(x) look at neighbouring rows, behind sort"},
    {"row_num rownum rank dense_rank",
     "row_number(), row_rank_min(x) and row_rank_dense(x) number rows, behind sort"},
    {"like ilike", "text is compared by contains, startswith, endswith, has or matches regex"},
    {"exists", "a value is looked for by in (table), rows by join kind=leftsemi"},
};

static bool names_it(const char *names, Str name) {
    for (const char *at = names; *at;) {
        size_t n = strcspn(at, " ");
        if (str_eq_nocase((Str){at, n}, name)) return true;
        at += n + (at[n] == ' ');
    }
    return false;
}

Str bind_hint_of_foreign(Str name) {
    for (size_t i = 0; i < COUNT_OF(foreign); i++)
        if (names_it(foreign[i].names, name)) return str_of(foreign[i].hint);
    return STR_EMPTY;
}
