#!/bin/sh
# Brings the pinned embedded engine (library and header) from the npm registry into build/engine and
# checks it by hash; build/engine/bound has the library that starts quicker (see bind-engine.py). Does
# nothing when the pinned versions are there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
engine=$here/../build/engine
mkdir -p "$engine"

case $(uname -s)-$(uname -m) in
    Linux-x86_64) system=linux-x64 ;;
    Linux-aarch64) system=linux-arm64 ;;
    *) system=$(uname -s)-$(uname -m) ;;
esac
pins=$(awk -v s="$system" '$1 == "header" || $1 == s' "$here/engine.txt")
case $pins in
    *"$system"*) ;;
    *) echo "The embedded engine has no pinned build for $system (see scripts/engine.txt)." >&2; exit 1 ;;
esac

# The stamp holds what the bound library was made with.
bind() {
    stamp="$pins $(cksum <"$here/bind-engine.py")"
    [ -f "$engine/bound/.done" ] && [ "$(cat "$engine/bound/.done")" = "$stamp" ] && return
    mkdir -p "$engine/bound"
    python3 "$here/bind-engine.py" "$engine/libduckdb.so" "$engine/bound/libduckdb.so"
    printf '%s' "$stamp" >"$engine/bound/.done"
}

if [ -f "$engine/.done" ] && [ "$(cat "$engine/.done")" = "$pins" ]; then
    bind
    exit 0
fi

work=$engine/.fetch
rm -rf "$work"
mkdir -p "$work"
printf '%s\n' "$pins" | while read -r _ package version integrity file; do
    echo "Fetching $package@$version" >&2
    archive=$(cd "$work" && npm pack --silent "$package@$version" | tail -n 1) ||
        { echo "npm could not fetch $package@$version" >&2; exit 1; }
    found=$(openssl dgst -sha512 -binary "$work/$archive" | base64 | tr -d '\n')
    if [ "$found" != "$integrity" ]; then
        echo "$package@$version does not have the pinned hash: got $found" >&2
        exit 1
    fi
    tar -xzf "$work/$archive" -C "$work" "$file"
    mv "$work/$file" "$engine/"
    rm -rf "${work:?}/package" "${work:?}/${archive:?}"
done
rm -rf "$work"
[ -f "$engine/duckdb.h" ] && [ -f "$engine/libduckdb.so" ]
printf '%s' "$pins" >"$engine/.done"
bind
