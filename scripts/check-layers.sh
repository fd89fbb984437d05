#!/bin/sh
# The stages of a hunt use only what stands before them (ARCHITECTURE.md). Prints each include that
# reaches the wrong way and ends with 1 when there is one.
set -u
cd "$(dirname "$0")/.." || exit 1
order="base syntax kernels catalog plan semantics sources engine session lake hunt report cli"
bad=0
allowed=
for layer in $order; do
    allowed="$allowed $layer"
    wrong=$(find "src/$layer" \( -name '*.[ch]' -o -name '*.cc' \) -exec grep -H '^#include "[a-z_0-9]*/' {} + |
        awk -v allowed="$allowed " -v layer="$layer" '{
            file = $0; sub(/:#include.*/, "", file)
            used = $0; sub(/.*#include "/, "", used); sub(/\/.*/, "", used)
            if (!index(allowed, " " used " ")) print file ": includes " used "/, which comes after " layer
        }')
    [ -z "$wrong" ] || { printf '%s\n' "$wrong"; bad=1; }
done
wrong=$(grep -rl '#include [<"]duckdb.h' src include | grep -v '^src/engine/duckdb/')
[ -z "$wrong" ] || { printf '%s: only src/engine/duckdb may include duckdb.h\n' "$wrong"; bad=1; }
exit $bad
