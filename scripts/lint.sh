#!/bin/sh
# Layout, layers, shell scripts and static analysis. Usage: lint.sh BUILD
set -u
cd "$(dirname "$0")/.."
build=$1
sh scripts/setup.sh lint || exit 1
bad=0
sh scripts/check-layers.sh || bad=1
shellcheck -s sh scripts/*.sh tests/run.sh .ci/run bench/*.sh || bad=1
git ls-files 'src/*.c' 'src/*.h' 'include/*.h' 'tests/*.c' 'tests/*.h' 'bench/*.c' | tr '\n' '\0' |
    xargs -0 clang-format --dry-run --Werror || { echo "make format mends the layout"; bad=1; }
# the flags of the compiler that builds, without those that clang does not know
git ls-files 'src/*.c' | tr '\n' '\0' | xargs -0 -n 8 -P "$(nproc)" clang-tidy -p "$build" --quiet 2>/dev/null || bad=1
[ $bad = 0 ] && echo "lint: clean"
exit $bad
