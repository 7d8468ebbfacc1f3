#!/usr/bin/env bash
# .ci/run gives one verdict: it passes when every step does, and fails when one fails or is cut off by the bound. The
# steps are stubs here.
#
# usage: ci_test.sh RUN
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/.ci"
cp "$1" "$scratch/.ci/run"
# Writes down what it is asked for; then does what the file of that name says, if there is one.
printf '#!/bin/bash\necho "$*" >>asked\nif [ -e "step $*" ]; then . "./step $*"; fi\n' >"$scratch/dev"
chmod +x "$scratch/dev"

readonly steps="check
build release
build fuzz
sanitize asan
sanitize tsan --label threads"
run() {
  rm -f "$scratch/asked"
  verdict=0
  PROPYLON_CI_BOUND_S=$1 "$scratch/.ci/run" >"$scratch/output" 2>&1 || verdict=$?
  grep -q '^wall time: [0-9]* s of' "$scratch/output" || wrong "it does not say its wall time"
}
wrong() {
  echo "FAILED: $1" >&2
  cat "$scratch/output" >&2
  exit 1
}

run 60
[ "$verdict" -eq 0 ] || wrong "it fails although every step passes"
[ "$(cat "$scratch/asked")" = "$steps" ] || wrong "other steps than wanted: $(cat "$scratch/asked")"

while read -r step; do
  echo 'exit 3' >"$scratch/step $step"
  run 60
  [ "$verdict" -ne 0 ] || wrong "it passes although '$step' fails"
  [ "$(tail -n 1 "$scratch/asked")" = "$step" ] || wrong "it goes on behind '$step'"
  echo 'exec sleep 60' >"$scratch/step $step"
  run 1
  [ "$verdict" -ne 0 ] || wrong "it passes although '$step' is cut off"
  grep -q 'was cut off' "$scratch/output" || wrong "it does not say that '$step' was cut off"
  rm "$scratch/step $step"
done <<<"$steps"
echo "one verdict for every step that fails or is cut off"
