#!/bin/sh
# Brings the pinned sources of the H3 library from the Python registry into build/h3 and checks them by
# hash; the build compiles them. Does nothing when the pinned version is there. Without them the build
# goes on, and the functions of H3 cells say that they are not supported.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=$here/../build/h3
pin=$(grep -v '^#' "$here/h3.txt")
[ -f "$target/.done" ] && [ "$(cat "$target/.done")" = "$pin" ] && exit 0

work=$here/../build/.fetch-h3
trap 'rm -rf "$work"' EXIT
rm -rf "$work" "$target"
mkdir -p "$work" "$target"
printf '%s\n' "$pin" | {
    read -r package version hash folder
    echo "Fetching $package $version" >&2
    give_up() {
        echo "$* The functions geo_h3cell_* will not be supported by this build." >&2
        exit 0
    }
    printf '%s==%s --hash=sha256:%s\n' "$package" "$version" "$hash" >"$work/wanted.txt"
    PIP_DISABLE_PIP_VERSION_CHECK=1 python3 -m pip download --quiet --no-deps --no-binary "$package" --require-hashes \
        --retries 1 --timeout 20 --dest "$work" --requirement "$work/wanted.txt" >"$work/log" 2>&1 || {
        tail -n 5 "$work/log" >&2
        give_up "pip could not fetch $package $version."
    }
    archive=$work/$package-$version.tar.gz
    found=$(sha256sum "$archive" | cut -d ' ' -f 1)
    [ "$found" = "$hash" ] || { echo "$package $version does not have the pinned hash: got $found" >&2; exit 1; }
    tar -xzf "$archive" -C "$work" "$folder/LICENSE" "$folder/src/h3lib"
    mv "$work/$folder/LICENSE" "$work/$folder/src/h3lib/lib" "$work/$folder/src/h3lib/include" "$target/"
    # what the library's own build does with this header: the version's numbers go in
    IFS=. read -r major minor patch <<END
$version
END
    sed -e "s/@H3_VERSION_MAJOR@/$major/" -e "s/@H3_VERSION_MINOR@/$minor/" -e "s/@H3_VERSION_PATCH@/$patch/" \
        "$target/include/h3api.h.in" >"$target/include/h3api.h"
    printf '%s' "$pin" >"$target/.done"
}
