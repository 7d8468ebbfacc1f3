#!/usr/bin/env bash
# Fetches the JSON-Schema-Test-Suite, as it lies in the source package of PyPI's jsonschema, into DIRECTORY/json.
# It is not part of this repository. The package's hash is pinned; pip asks the index that this machine is set up with.
set -euo pipefail
directory=${1:?usage: fetch_suite.sh DIRECTORY}
readonly VERSION=4.26.0
readonly SHA256=0c26707e2efad8aa1bfc5b7ce170f3fccc2e4918ff85989ba9ffa9facb2be326
readonly PACKAGE=jsonschema-$VERSION

[ -f "$directory/$SHA256" ] && exit 0

fail() {
  printf '%s\n' "The JSON-Schema-Test-Suite could not be fetched: $1" \
    "What to do: apt-get install python3 python3-venv python3-pip, and let pip reach a package index;" \
    "or put $PACKAGE.tar.gz into $directory." >&2
  exit 1
}

mkdir -p "$directory"
archive=$directory/$PACKAGE.tar.gz
if [ ! -f "$archive" ]; then
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --no-binary jsonschema \
    --dest "$directory" "jsonschema==$VERSION" || fail "pip download failed"
fi
printf '%s  %s\n' "$SHA256" "$archive" | sha256sum --check --quiet || fail "$archive has another hash than $SHA256"
tar -xzf "$archive" -C "$directory" --strip-components=1 "$PACKAGE/json" || fail "the archive has no folder json"
touch "$directory/$SHA256"
