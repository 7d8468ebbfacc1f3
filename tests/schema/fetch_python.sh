#!/usr/bin/env bash
# Makes a Python environment with PyPI's jsonschema in DIRECTORY, for the differential test.
set -euo pipefail
directory=${1:?usage: fetch_python.sh DIRECTORY}
readonly VERSION=4.26.0

[ -f "$directory/$VERSION" ] && exit 0
python3 -m venv "$directory" &&
  "$directory/bin/pip" install --quiet --disable-pip-version-check "jsonschema==$VERSION" &&
  touch "$directory/$VERSION" || {
  printf '%s\n' "PyPI's jsonschema $VERSION could not be installed." \
    "What to do: apt-get install python3 python3-venv python3-pip, and let pip reach a package index." >&2
  exit 1
}
