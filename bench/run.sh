#!/usr/bin/env bash
# Measures the release binary beside nginx; `./dev bench` builds it and calls this. --help shows the options.
# `soak [MINUTES]` loads it for that long (15) instead, and tells whether memory, files, disk and rate stay flat.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PATH:/usr/sbin"  # where Debian has nginx
mkdir -p build/bench
if [ "${1:-}" = soak ]; then
  shift
  exec build/release/propylon_soak --directory build/bench/soak "$@"
fi
exec build/release/propylon_bench --directory build/bench --name "$(date -u +%Y-%m-%dT%H%M%SZ)" \
  --commit "$(git describe --always --dirty 2>/dev/null || echo unknown)" "$@"
