#!/usr/bin/env bash
# Measures the release binary beside nginx, or with `scale` full of stations and messages; `./dev bench` builds it and
# calls this. --help shows the options.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PATH:/usr/sbin"  # where Debian has nginx
mkdir -p build/bench
if [ "${1:-}" = scale ]; then
  shift
  exec build/release/propylon_scale --directory build/bench "$@"
fi
exec build/release/propylon_bench --directory build/bench --name "$(date -u +%Y-%m-%dT%H%M%SZ)" \
  --commit "$(git describe --always --dirty 2>/dev/null || echo unknown)" "$@"
