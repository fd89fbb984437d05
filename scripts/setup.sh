#!/bin/sh
# Installs what a build needs and lacks: Debian packages, the pinned embedded engine in build/engine and
# the pinned sources of the H3 library in build/h3.
# Usage: setup.sh GROUP    (build, test, lint or fuzz; see packages.txt)
# As root or with sudo it installs; otherwise it prints the one line to run and ends with 1.
set -eu
here=$(dirname "$0")
root=$here/..
group=${1:-build}
build=$root/build
mkdir -p "$build"

say() { printf '%s\n' "$*" >&2; }

wanted=$(awk -v g="$group" '$1 == g { $1 = ""; print }' "$here/packages.txt")
if [ "$group" = build ]; then
    command -v npm >/dev/null 2>&1 || wanted="$wanted npm"
    python3 -m pip --version >/dev/null 2>&1 || wanted="$wanted python3 python3-pip"
fi
if [ "$group" = fuzz ] && command -v clang >/dev/null 2>&1; then
    # the fuzzer's runtime is a package of its own, named after the compiler's version
    wanted="$wanted libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev"
fi

stamp=$build/.setup-$group
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] &&
    { [ "$group" != build ] || { [ -f "$build/engine/.done" ] && [ -f "$build/h3/.done" ]; }; }; then
    [ "$group" != build ] || sh "$here/fetch-engine.sh"
    exit 0
fi

if command -v dpkg-query >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1; then
    missing=
    optional=
    for p in $wanted; do
        case $p in *\?) dpkg-query -W -f='${Status}' "${p%?}" 2>/dev/null | grep -q 'ok installed' || optional="$optional ${p%?}"; continue ;; esac
        dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'ok installed' && continue
        # a tool that is there by other means needs no package
        case $p in
            gcc | g++ | make | meson | npm | python3 | clang | clang-format | clang-tidy | shellcheck | mandoc | zsh | fish)
                command -v "$p" >/dev/null 2>&1 && continue ;;
            ninja-build) command -v ninja >/dev/null 2>&1 && continue ;;
        esac
        missing="$missing $p"
    done
    # one that this release does not have is not missing
    for p in $optional; do apt-cache show "$p" 2>/dev/null | grep -q '^Package:' && missing="$missing $p"; done
    if [ -n "$missing" ]; then
        as=
        if [ "$(id -u)" != 0 ]; then
            if command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
                as=sudo
            else
                say "Quarry needs these packages. Run this once as root, then make again:"
                say "    apt-get update && apt-get install -y --no-install-recommends$missing"
                exit 1
            fi
        fi
        say "Installing:$missing"
        log=$build/apt.log
        $as apt-get update -qq >"$log" 2>&1 || { cat "$log" >&2; say "apt-get update failed"; exit 1; }
        for p in $optional; do
            case "$missing " in *" $p "*) continue ;; esac
            apt-cache show "$p" 2>/dev/null | grep -q '^Package:' && missing="$missing $p"
        done
        # shellcheck disable=SC2086  # a list of words
        $as env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing >>"$log" 2>&1 ||
            { tail -n 20 "$log" >&2; say "apt-get install failed (whole output: $log)"; exit 1; }
    fi
else
    say "This is no Debian or Ubuntu: install the counterparts of:$wanted"
fi

if [ "$group" = fuzz ]; then
    # the compiler may be new: its runtime's name is known only now
    rt=libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev
    case $wanted in *"$rt"*) ;; *) exec sh "$0" fuzz ;; esac
fi
if [ "$group" = build ]; then
    sh "$here/fetch-engine.sh"
    sh "$here/fetch-h3.sh"
fi
printf '%s' "$wanted" >"$stamp"
