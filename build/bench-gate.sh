#!/usr/bin/env bash
# Is it still fast enough? Measures ratios to floors, instruction counts, sizes and delays, and compares them with
# build/bench-gate.json (limits) and build/bench-instructions.json (counts of the last renewal). Exit code 0 or 1.
#
#   build/bench-gate.sh            everything
#   build/bench-gate.sh --short    what CI runs: fewer rounds, no outage
#   build/bench-gate.sh --renew    also writes the instruction counts to their file; the limits still apply
#   build/bench-gate.sh --json F   also writes what was measured to F
#
# The native files are the committed ones where they match the sources, else a cargo build in release. Needs valgrind, strace
# and a C compiler.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

die() { echo "bench-gate.sh: $*" >&2; exit 1; }
case ${1:-} in -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;; esac
for tool in valgrind strace cc dotnet; do command -v $tool >/dev/null || die "needs $tool"; done

if build/native.sh --check >/dev/null 2>&1; then
  native=$root/runtimes/linux-x64/native
else
  cargo build --locked --release -p metrana-capi -p metrana-server
  native=${CARGO_TARGET_DIR:-$root/target}/release
fi
echo "bench-gate.sh: native files of ${native#"$root/"}"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
program=$scratch/instructions
cc -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Werror -g -O2 -pthread -I native/metrana-capi/include \
  native/metrana-capi/tests/c/instructions.c -o "$program" -L "$native" -lmetrana_native "-Wl,-rpath,$native"

dotnet build -c Release tests/Metrana.Benchmarks "-p:MetranaNativeDir=$native" --nologo -v:q
tests/Metrana.Benchmarks/bin/Release/net10.0/Metrana.Benchmarks gate \
  --limits build/bench-gate.json --instructions build/bench-instructions.json --program "$program" "$@"
