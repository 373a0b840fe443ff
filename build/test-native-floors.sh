#!/usr/bin/env bash
# Tests build/native-floors.sh with small libraries that break one promise each, and with the committed files, which keep them.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export METRANA_RUNTIMES=$scratch
folder=$scratch/linux-x64/native
mkdir -p "$folder"
failures=0

# The functions of the header, and none of them does anything. The server's program is the committed one.
header=native/metrana-capi/include/metrana.h
grep -oE '^[a-z].*\bmetrana_[a-z0-9_]+\(' "$header" | grep -oE 'metrana_[a-z0-9_]+\(' | tr -d '(' | sort -u |
  while IFS= read -r name; do echo "void $name(void) {}"; done > "$scratch/all.c"
cp runtimes/linux-x64/native/metrana-server "$folder/"
library() { # SOURCE ARGUMENT...
  local source=$1; shift
  cc -shared -fPIC -Wl,-z,now -Wl,-z,relro -Wl,-z,noexecstack -o "$folder/libmetrana_native.so" "$source" "$@"
}
expect() { # WHAT WANTED: the check's complaint, or "" for none
  local said
  if said=$(build/native-floors.sh linux-x64 2>&1); then
    [ -z "$2" ] || { echo "FAILED: $1: nothing was said"; failures=$((failures + 1)); return; }
  elif [ -z "$2" ] || ! grep -qF -- "$2" <<<"$said"; then
    echo "FAILED: $1: wanted '$2' in '$said'"; failures=$((failures + 1)); return
  fi
  echo "ok: $1"
}

library "$scratch/all.c"
expect "a library that exports the header" ""
{ cat "$scratch/all.c"; echo 'void another(void) {}'; } > "$scratch/more.c"; library "$scratch/more.c"
expect "one function too many" "also exports another"
grep -v 'metrana_logger_open(' "$scratch/all.c" > "$scratch/less.c"; library "$scratch/less.c"
expect "one too few" "lacks metrana_logger_open"
library "$scratch/all.c" -Wl,--no-as-needed -lgcc_s
expect "a library of the compiler's" "loads libgcc_s.so.1"
library "$scratch/all.c" -Wl,-z,execstack
expect "a stack that can be executed" "a stack that can be executed"
library "$scratch/all.c" -Wl,-z,lazy
expect "tables of addresses that stay writable" "writable"
{ cat "$scratch/all.c"; echo '__thread int here __attribute__((visibility("hidden"), tls_model("initial-exec"))); void metrana_version(void) { here++; }'; } |
  grep -v 'void metrana_version(void) {}' > "$scratch/tls.c"; library "$scratch/tls.c"
expect "static thread-local storage" "static thread-local storage"
library "$scratch/all.c"; truncate -s 20000000 "$folder/libmetrana_native.so"
expect "a library that has grown" "has 20000000 bytes"
library "$scratch/all.c"
METRANA_GLIBC_MAX=2.2 expect "a C library that is too new" "needs glibc"
mkdir -p "$scratch/linux-arm64"; mv "$folder" "$scratch/linux-arm64/"
[[ $(build/native-floors.sh linux-arm64 2>&1 || true) = *"is not for AArch64"* ]] || { echo "FAILED: another machine"; failures=$((failures + 1)); }
unset METRANA_RUNTIMES
build/native-floors.sh linux-x64

[ $failures = 0 ] || { echo "test-native-floors.sh: $failures failed"; exit 1; }
echo "test-native-floors.sh: all passed"
