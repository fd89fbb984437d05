#!/bin/sh
# The main job on the sample telemetry: the rule SuspiciousUrlClicked with its exclusions.
# Options are handed on to quarry: sh scripts/hunt-sample.sh --format json
set -eu
cd "$(dirname "$0")/.."
exec build/quarry hunt content/hunts/suspicious-url-clicked.yaml \
    --data content/samples/data \
    --exclusions content/exclusions/suspicious-url-clicked.yaml \
    --show-suppressed --format table "$@"
