#!/bin/sh
# Layout, layers, shell scripts, man page, completions and static analysis. Usage: lint.sh BUILD
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1
sh scripts/setup.sh lint || exit 1
bad=0
fails() {
    echo "lint: $1"
    bad=1
}

sh scripts/check-layers.sh || fails "layers"

git ls-files '*.sh' .ci/run | tr '\n' '\0' | xargs -0 shellcheck -s sh || fails "shell scripts"

# Layout differs a little from one version to the next; the files are as version 14 has them.
format=clang-format
command -v clang-format-14 >/dev/null 2>&1 && format=clang-format-14
case $($format --version) in
    *"version 14."*)
        git ls-files '*.c' '*.h' | tr '\n' '\0' | xargs -0 $format --dry-run --Werror ||
            fails "layout (make format mends it)"
        ;;
    *) echo "lint: layout is left out: it wants clang-format 14" ;;
esac

# What the program prints for other programs must be theirs.
printed=$build/lint
mkdir -p "$printed"
for kind in man bash zsh fish; do
    "$build/quarry" help --generate $kind >"$printed/quarry.$kind" || fails "help --generate $kind"
done
mandoc -T lint -W warning "$printed/quarry.man" || fails "man page"
for shell in bash zsh fish; do
    $shell -n "$printed/quarry.$shell" || fails "completion for $shell"
done

# the flags of the compiler that builds, without those that clang does not know
git ls-files 'src/*.c' | tr '\n' '\0' | xargs -0 -n 8 -P "$(nproc)" clang-tidy -p "$build" --quiet 2>/dev/null ||
    fails "static analysis"

[ $bad = 0 ] && echo "lint: clean"
exit $bad
