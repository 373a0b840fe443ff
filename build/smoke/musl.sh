#!/usr/bin/env bash
# Makes what runs a self-contained program of .NET for linux-musl-x64 on a glibc machine with musl's loader, where no system
# built on musl is at hand: a host (musl/host.c) and the little of a C++ runtime that .NET's own libraries ask for, out of the
# parts that gcc links into programs.
#
#   build/smoke/musl.sh FOLDER     afterwards: FOLDER/dotnet-on-musl PROGRAM ARGUMENT...
#
# Needs musl-gcc (Debian: musl-tools), g++'s static libraries, and a new llvm-objcopy (the toolchain of build/toolchain.sh has
# one: rust-objcopy).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
die() { echo "musl.sh: $*" >&2; exit 1; }
[ $# = 1 ] || die "which folder?"
command -v musl-gcc >/dev/null || die "needs musl-gcc"
objcopy=
while read -r one; do # LLVM's learnt it late
  if "$one" --help | grep -e --set-symbol-visibility >/dev/null; then objcopy=$one; fi
done < <(command -v llvm-objcopy || true; find "${METRANA_CROSS_PREFIX:-$HOME/.cache/metrana-cross}" -name rust-objcopy 2>/dev/null || true)
[ -n "$objcopy" ] || die "needs an llvm-objcopy that knows --set-symbol-visibility"
supcxx=$(gcc -print-file-name=libsupc++.a) unwinder=$(gcc -print-file-name=libgcc_eh.a) helpers=$(gcc -print-file-name=libgcc.a)
for file in "$supcxx" "$unwinder" "$helpers"; do [ -f "$file" ] || die "gcc has no $file"; done
mkdir -p "$1"
cd "$1"

# In a program these are nobody else's; in a library others are to find them.
rm -rf unwinder && mkdir unwinder
(
  cd unwinder
  ar x "$unwinder"
  for object in *.o; do
    mapfile -t shown < <(readelf -Ws "$object" | awk '$5 == "GLOBAL" && $6 == "HIDDEN" && $7 != "UND" { print "--set-symbol-visibility=" $8 "=default" }')
    [ ${#shown[@]} = 0 ] || "$objcopy" "${shown[@]}" "$object"
  done
)
musl-gcc -O1 -fPIC -c "$here/musl/glibc.c" -o glibc.o
musl-gcc -shared -nostartfiles -Wl,-soname,libgcc_s.so.1 -o libgcc_s.so.1 glibc.o unwinder/*.o "$helpers" -lc
musl-gcc -shared -nostartfiles -Wl,-soname,libstdc++.so.6 -o libstdc++.so.6 -Wl,--whole-archive "$supcxx" -Wl,--no-whole-archive \
  libgcc_s.so.1 -lc
musl-gcc -O1 "$here/musl/host.c" -o dotnet-on-musl '-Wl,-rpath,$ORIGIN'
rm -rf unwinder glibc.o
