#!/bin/sh
# Compares Quarry with its peers on generated telemetry; see bench/README.md.
# Usage: run.sh BUILD    SIZE, RUNS, TASKS and RECORD come from the environment.
set -eu
here=$(dirname "$0")
build=$1
size=${SIZE:-256M}
data=$build/benchdata

sh "$here/../scripts/setup.sh" bench
ninja -C "$build" --quiet bench/generate bench/peer_duckdb

# Telemetry is made once a size; the stamp holds the generator's own hash.
make_data() { # FOLDER SIZE SHAPE
    stamp=$(cksum <"$build/bench/generate")
    [ -f "$data/$1/.done" ] && [ "$(cat "$data/$1/.done")" = "$stamp" ] && return
    echo "Making $data/$1" >&2
    rm -rf "${data:?}/$1"
    mkdir -p "$data/$1"
    "$build/bench/generate" "$data/$1" "$2" "$3"
    printf '%s' "$stamp" >"$data/$1/.done"
}

compress() { # FOLDER FROM SUFFIX COMMAND...
    to=$data/$1 from=$data/$2/DeviceEvents.ndjson from_done=$data/$2/.done suffix=$3
    shift 3
    [ -f "$to/.done" ] && cmp -s "$to/.done" "$from_done" && return
    echo "Making $to" >&2
    rm -rf "$to"
    mkdir -p "$to"
    "$@" <"$from" >"$to/DeviceEvents.ndjson$suffix"
    cp "$from_done" "$to/.done"
}

number=${size%[KMG]}
unit=${size#"$number"}
case $unit in
    G) small=$((number * 256))M ;;
    M) small=$((number * 256))K ;;
    *) echo "SIZE is a number with M or G behind it: $size" >&2; exit 2 ;;
esac
make_data "$size" "$size" flat
make_data "$small" "$small" flat
make_data "$small-stream" "$small" stream
compress "$small-gzip" "$small" .gz gzip -6
compress "$small-zstd" "$small" .zst zstd -q -3

exec python3 "$here/compare.py" --build "$build" --data "$data" --size "$size" --small "$small" \
    --runs "${RUNS:-5}" ${TASKS:+--tasks "$TASKS"} ${RECORD:+--record}
