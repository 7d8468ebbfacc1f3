#!/usr/bin/env bash
# ./dev forbids services while it installs packages, and allows them again whichever way it ends. Everything that it
# would do to the machine is a stub here: apt, dpkg, cmake, and the folder of the policy.
#
# usage: services_test.sh DEV
set -euo pipefail
set -m   # jobs get process groups of their own, and are not deaf to SIGINT
readonly dev=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
readonly policy="$scratch/root/usr/sbin/policy-rc.d"
mkdir -p "$scratch/bin" "$scratch/root/usr/sbin" "$scratch/tree"
cp "$dev" "$scratch/tree/dev"

stub() {
  printf '#!/bin/sh\n%s\n' "$2" >"$scratch/bin/$1"
  chmod +x "$scratch/bin/$1"
}
stub dpkg-query 'exit 1'   # nothing is installed
stub cmake 'exit 0'
stub id 'echo 0'
# Says whether the policy is there while it installs; then does what the file "apt" says.
stub apt-get "case \$1 in install) [ -x '$policy' ] && touch '$scratch/forbidden'; touch '$scratch/installing'; . '$scratch/apt' ;; esac"

readonly run=(env "PROPYLON_DEV_ROOT=$scratch/root" "PATH=$scratch/bin:$PATH" "$scratch/tree/dev" build release)
run_dev() { "${run[@]}" >"$scratch/output" 2>&1; }
reset() {
  rm -f "$scratch/forbidden" "$scratch/installing" "$policy"
  echo "$1" >"$scratch/apt"
}
wrong() {
  echo "FAILED: $1" >&2
  cat "$scratch/output" >&2
  exit 1
}
expect_allowed() {
  [ -e "$scratch/forbidden" ] || wrong "$1: services were not forbidden while it installed"
  [ ! -e "$policy" ] || wrong "$1: services are still forbidden"
}

reset 'exit 0'
run_dev || wrong "an installation that succeeds fails"
expect_allowed "after success"

reset 'exit 7'
! run_dev || wrong "an installation that fails succeeds"
expect_allowed "after a failure"

for signal in INT TERM HUP; do
  reset 'exec sleep 60'
  "${run[@]}" >"$scratch/output" 2>&1 &   # the script itself, so that wait waits for its end
  job=$!
  for ((i = 0; i < 600; i++)); do
    [ -e "$scratch/installing" ] && break
    sleep 0.05
  done
  kill -s "$signal" -- "-$job"
  verdict=0
  wait "$job" || verdict=$?
  [ "$verdict" -ne 0 ] || wrong "$signal: it says that all went well"
  expect_allowed "after SIG$signal"
done

reset 'exit 0'
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod +x "$policy"
run_dev || wrong "somebody else's policy fails it"
[ -e "$policy" ] || wrong "somebody else's policy is gone"

reset 'exit 0'
printf "#!/bin/sh\n# made by Propylon's ./dev while it installs\nexit 101\n" >"$policy"
run_dev || wrong "a policy left behind fails it"
expect_allowed "after a run that was killed"
echo "services are allowed again after success, failure and each signal"
