#!/bin/sh
# Builds the fuzz targets with clang in BUILD/fuzz and runs each for SECONDS. Ends with 1 on a crash.
# Usage: fuzz.sh BUILD SECONDS
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
build=$1
seconds=${2:-20}
sh "$root/scripts/setup.sh" fuzz
dir=$build/fuzz
if [ ! -f "$dir/build.ninja" ]; then
    CC=clang CXX=clang++ meson setup --buildtype=debugoptimized -Dfuzz=true -Darena_malloc=true -Db_lundef=false \
        -Db_sanitize=address,undefined "-Dc_args=-fsanitize=fuzzer-no-link -fno-sanitize-recover=undefined" \
        "$dir" "$root" >"$build/fuzz.log" 2>&1 || { cat "$build/fuzz.log" >&2; exit 1; }
fi
targets=$(ninja -C "$dir" -t targets all | sed -n 's|^\(tests/fuzz/fuzz_[a-z0-9_]*\): .*|\1|p')
# shellcheck disable=SC2086  # a list of words
ninja -C "$dir" --quiet $targets

ran=0
failed=0
for target in $targets; do
    name=${target##*/}
    corpus=$dir/corpus/$name
    mkdir -p "$corpus"
    seeds=$root/tests/fuzz/seeds/$name
    [ -d "$seeds" ] || seeds=
    ran=$((ran + 1))
    if ! "$dir/$target" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=20 -print_final_stats=0 -verbosity=0 \
        -artifact_prefix="$dir/$name-" "$corpus" ${seeds:+"$seeds"} >"$dir/$name.log" 2>&1; then
        failed=$((failed + 1))
        tail -n 40 "$dir/$name.log" >&2
        echo "$name failed; the input is beside $dir/$name.log" >&2
    fi
done
echo "$ran fuzz targets ran, $failed failed"
[ "$ran" -gt 0 ] && [ "$failed" = 0 ]
