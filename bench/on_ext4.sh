#!/usr/bin/env bash
# The benchmark on a journaled ext4 of its own: a sparse image file, mounted by loop for the time of the run. Needs root.
# Arguments go to bench/run.sh: bench/on_ext4.sh --quick --cases single-256,disk
# PROPYLON_BENCH_IMAGE_GB is the size of the file system (16); a full run writes about 10 GB.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ "$(id -u)" -eq 0 ] || { echo "bench/on_ext4.sh: mounting needs root" >&2; exit 1; }
[ -x build/release/propylon_bench ] || { echo "bench/on_ext4.sh: run ./dev build first" >&2; exit 1; }
export PATH="$PATH:/usr/sbin:/sbin"

work=$(mktemp -d build/ext4-XXXXXX)
image=$work/image
place=$PWD/$work/mount
put_away() {
  mountpoint -q "$place" && umount "$place"
  rm -rf "$work"
}
trap put_away EXIT
trap 'exit 130' INT TERM

truncate -s "${PROPYLON_BENCH_IMAGE_GB:-16}G" "$image"
mkfs.ext4 -q -O has_journal "$image"
mkdir "$place"
mount -o loop,data=ordered "$image" "$place"
bench/run.sh --directory "$place" "$@"
