#!/usr/bin/env bash
# Measures the release binary beside its peers; `./dev bench` builds it and calls this. --help shows cases and options.
# `scale` measures it full of stations and messages instead; `soak [MINUTES]` loads it for that long (15) and tells
# whether memory, files, disk and rate stay flat; `schema` compares JSON Schema with rapidjson and valijson.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export PATH="$PATH:/usr/sbin"  # where Debian has nginx
mkdir -p build/bench
case ${1:-} in
  scale)
    shift
    exec build/release/propylon_scale --directory build/bench "$@"
    ;;
  soak)
    shift
    exec build/release/propylon_soak --directory build/bench/soak "$@"
    ;;
  schema)
    exec build/release/propylon_bench_schema
    ;;
esac
exec build/release/propylon_bench --directory build/bench --results bench/results --name "$(date -u +%Y-%m-%dT%H%M%SZ)" \
  --commit "$(git describe --always --dirty 2>/dev/null || echo unknown)" "$@"
