#!/usr/bin/env bash
# Fuzzes what the server reads from outside.
#
#   build/fuzz.sh [SECONDS] [DECODER...]   each decoder for so long, by default all of them for 600 seconds each
#
# A fuzzer begins with native/fuzz/seeds/DECODER, which a test of the server reads as well, and with what it learned before,
# which native/fuzz/corpus keeps; removing that is fine. What it finds is in native/fuzz/artifacts/DECODER, and the script
# ends with 1. To run one input again: METRANA_FUZZER=DECODER native/fuzz/target/*/release/metrana-fuzz FILE
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-600}
[[ $seconds =~ ^[0-9]+$ ]] || { echo "fuzz.sh: '$seconds' is no number of seconds" >&2; exit 2; }
shift || true
fuzz=native/fuzz
mapfile -t decoders < <(ls "$fuzz/seeds")
[ $# = 0 ] || decoders=("$@")

# The code is safe Rust with its checks on, so that coverage is all that the compiler has to add. Any compiler can.
flags="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
flags+=" -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table"
flags+=" -Cllvm-args=-sanitizer-coverage-trace-compares"
target=$(rustc -vV | sed -n 's/^host: //p')
# The same versions as in what is delivered; cargo adds the fuzzer's own to this copy.
cp Cargo.lock "$fuzz/Cargo.lock"
RUSTFLAGS=$flags cargo build --release --manifest-path "$fuzz/Cargo.toml" --target "$target"
built=$fuzz/target/$target/release

# No decoder needs this much memory, whatever an input claims.
ulimit -v 8388608
failed=0
for decoder in "${decoders[@]}"; do
  export METRANA_FUZZER=$decoder
  echo "=== $decoder, $seconds s"
  corpus=$fuzz/corpus/$decoder
  mkdir -p "$fuzz/artifacts/$decoder" "$corpus"
  "$built/metrana-fuzz" "$corpus" "$fuzz/seeds/$decoder" -artifact_prefix="$fuzz/artifacts/$decoder/" \
    -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=16384 -print_final_stats=1 -verbosity=0 ||
    { echo "fuzz.sh: $decoder found something" >&2; failed=1; }
  # Only what adds something stays.
  rm -rf "$corpus.least"; mkdir "$corpus.least"
  "$built/metrana-fuzz" -merge=1 -verbosity=0 "$corpus.least" "$corpus" >/dev/null 2>&1 || true
  rm -rf "$corpus"; mv "$corpus.least" "$corpus"
done
exit "$failed"
