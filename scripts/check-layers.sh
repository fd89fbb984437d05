#!/bin/sh
# The stages of a hunt use only what stands before them (ARCHITECTURE.md). Prints each include that
# reaches the wrong way and ends with 1 when there is one.
set -u
cd "$(dirname "$0")/.."
order="base syntax kernels catalog plan semantics sources engine session hunt report cli"
bad=0
allowed=
for layer in $order; do
    allowed="$allowed $layer"
    for file in $(find "src/$layer" -name '*.[ch]' -o -name '*.cc'); do
        for used in $(sed -n 's/^#include "\([a-z_0-9]*\)\/.*/\1/p' "$file" | sort -u); do
            case " $allowed " in
                *" $used "*) ;;
                *)
                    echo "$file: includes $used/, which comes after $layer"
                    bad=1
                    ;;
            esac
        done
    done
done
for file in $(grep -rl '#include <duckdb.h>\|#include "duckdb.h"' src include); do
    case $file in
        src/engine/duckdb/*) ;;
        *)
            echo "$file: only src/engine/duckdb may include duckdb.h"
            bad=1
            ;;
    esac
done
exit $bad
