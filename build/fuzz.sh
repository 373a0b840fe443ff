#!/usr/bin/env bash
# Fuzzes what the server reads from outside.
#
#   build/fuzz.sh [SECONDS] [FUZZER...]   each fuzzer for so long, by default 600 seconds each of all of them
#
# What they begin with is made of the captures in tests/vectors. What they find is written to native/fuzz/artifacts, and the
# script ends with 1. native/fuzz/corpus keeps what they learn, from one time to the next; removing it is fine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-600}
[[ $seconds =~ ^[0-9]+$ ]] || { echo "fuzz.sh: '$seconds' is no number of seconds" >&2; exit 2; }
shift || true
all=(message frames handshake tile journal query key)
fuzzers=("${@:-${all[@]}}")
fuzz=native/fuzz
target=$(rustc -vV | sed -n 's/^host: //p')
flags="--cfg fuzzing -Zsanitizer=address -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
flags+=" -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table"
flags+=" -Cllvm-args=-sanitizer-coverage-trace-compares"
# The sanitizer is unstable in the compiler, though every compiler has it.
RUSTC_BOOTSTRAP=1 RUSTFLAGS=$flags cargo build --locked --release --manifest-path "$fuzz/Cargo.toml" --target "$target"
built=$fuzz/target/$target/release
"$built/seeds" "$fuzz/corpus" tests/vectors
failed=0
for fuzzer in "${fuzzers[@]}"; do
  echo "=== $fuzzer, $seconds s"
  mkdir -p "$fuzz/artifacts/$fuzzer" "$fuzz/corpus/$fuzzer"
  "$built/$fuzzer" "$fuzz/corpus/$fuzzer" -artifact_prefix="$fuzz/artifacts/$fuzzer/" -max_total_time="$seconds" \
    -timeout=20 -rss_limit_mb=3072 -max_len=16384 -print_final_stats=1 -verbosity=0 || { echo "fuzz.sh: $fuzzer found something" >&2; failed=1; }
  # Only what finds something new stays.
  mkdir -p "$fuzz/corpus/$fuzzer.small"
  "$built/$fuzzer" -merge=1 -verbosity=0 "$fuzz/corpus/$fuzzer.small" "$fuzz/corpus/$fuzzer" >/dev/null 2>&1 || true
  rm -rf "$fuzz/corpus/$fuzzer"; mv "$fuzz/corpus/$fuzzer.small" "$fuzz/corpus/$fuzzer"
done
exit "$failed"
