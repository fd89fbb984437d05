#!/bin/sh
# Runs all tests of a build folder: unit programs, text cases, end-to-end tests.
# Usage: run.sh BUILD. The last line is "N passed, N failed, N skipped"; the exit code is 1 when one failed.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
build=$1
case $build in /*) ;; *) build=$root/$build ;; esac
passed=0
failed=0
skipped=0
log=$build/tests.log
: >"$log"
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0:handle_segv=1}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1:halt_on_error=1}"
# shellcheck disable=SC2016  # the quotes are for the sanitizer
export LSAN_OPTIONS="${LSAN_OPTIONS:-suppressions='$here/lsan.supp':print_suppressions=0}"

# add NAME CODE: takes the counts of the last "N passed, N failed[, N skipped]" line of the last output.
add() {
    counts=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$build/test-output" | tail -n 1)
    p=$(printf '%s' "$counts" | sed -n 's/^\([0-9]*\) passed.*/\1/p')
    f=$(printf '%s' "$counts" | sed -n 's/.*, \([0-9]*\) failed.*/\1/p')
    s=$(printf '%s' "$counts" | sed -n 's/.*, \([0-9]*\) skipped.*/\1/p')
    if [ -z "$counts" ] || { [ "$2" != 0 ] && [ "${f:-0}" = 0 ]; }; then f=$((${f:-0} + 1)); fi
    passed=$((passed + ${p:-0}))
    failed=$((failed + ${f:-0}))
    skipped=$((skipped + ${s:-0}))
    cat "$build/test-output" >>"$log"
    if [ "${f:-0}" != 0 ]; then
        printf '%s: failed\n' "$1"
        tail -n 60 "$build/test-output"
    else
        printf '%s: %s\n' "$1" "$counts"
    fi
}

for program in "$build"/tests/unit/*/test_*; do
    if [ ! -f "$program" ] || [ ! -x "$program" ]; then continue; fi
    (cd "$root" && timeout 300 "$program") >"$build/test-output" 2>&1
    add "${program#"$build"/tests/}" $?
done

has_s2=$("$build/quarry" query 'print geo_point_to_s2cell(0, 0)' 2>/dev/null) || has_s2=
has_h3=$("$build/quarry" query 'print geo_point_to_h3cell(0, 0)' 2>/dev/null) || has_h3=
for file in "$here"/cases/*.test "$here"/cases/*/*.test; do
    [ -f "$file" ] || continue
    if [ "${file##*/}" = geo_s2.test ] && [ -z "$has_s2" ]; then
        echo "built without the S2 library: ${file#"$here"/} is left out"
        skipped=$((skipped + 1))
        continue
    fi
    if [ "${file##*/}" = geo_h3.test ] && [ -z "$has_h3" ]; then
        echo "built without the H3 library: ${file#"$here"/} is left out"
        skipped=$((skipped + 1))
        continue
    fi
    timeout 600 "$build/tests/runner/run_cases" "$file" >"$build/test-output" 2>&1
    add "${file#"$here"/}" $?
done

if command -v python3 >/dev/null 2>&1; then
    for file in "$here"/e2e/test_*.py; do
        [ -f "$file" ] || continue
        QUARRY="$build/quarry" QUARRY_ROOT="$root" timeout 900 python3 "$file" >"$build/test-output" 2>&1
        add "${file#"$here"/}" $?
    done
else
    echo "python3 is not there: the end-to-end tests are left out"
    skipped=$((skipped + 1))
fi
rm -f "$build/test-output"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
