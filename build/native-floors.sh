#!/usr/bin/env bash
# What the native files in runtimes/ ask of a machine, and whether that is no more than promised: the C library's version, the
# libraries they load, the functions they offer, their size. It reads the files and runs none of them.
#
#   build/native-floors.sh RID...           checks; exit code 0 or 1
#   build/native-floors.sh --floor RID      prints the oldest system that the files run on
#
# It needs readelf (binutils) for Linux, and llvm-readobj, llvm-objdump and llvm-nm for Windows and macOS.
#
# METRANA_GLIBC_MAX   the newest glibc that a file may ask for, default 2.28; "any" for this machine only
# METRANA_RUNTIMES    the folder of the files, default runtimes
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/.."
runtimes=${METRANA_RUNTIMES:-runtimes}
glibc_max=${METRANA_GLIBC_MAX:-2.28}
macos_max=12.0
die() { echo "native-floors.sh: $*" >&2; exit 1; }
rid_field() { sed -nE "s/.*<MetranaRid Include=\"$1\" .*$2=\"([^\"]*)\".*/\1/p" build/rids.props; }
newer_than() { [ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | tail -1)" = "$1" ]; }
bad=0
complain() { echo "native-floors.sh: $*" >&2; bad=1; }

# Bytes that a file may have. Raise it only with a reason.
budget() { # FILE
  case $1 in
    metrana-server*) echo 13000000 ;;
    *.a) echo 15000000 ;;
    *) echo 4800000 ;;
  esac
}

# ---- what a file says of itself ------------------------------------------------------------------------------------
elf_needs() { readelf -dW "$1" | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p'; }
elf_exports() { readelf --dyn-syms -W "$1" | awk '$7 != "UND" && ($5 == "GLOBAL" || $5 == "WEAK") && $1 ~ /:$/ { sub(/@.*/, "", $8); print $8 }'; }
glibc_of() { readelf --dyn-syms -W "$1" | grep -oE '@GLIBC_[0-9.]+' | sed 's/.*_//' | sort -Vu | tail -1 || true; }
coff_exports() { llvm-readobj --coff-exports "$1" | sed -nE 's/^ *Name: (.+)$/\1/p'; }
coff_needs() { llvm-readobj --coff-imports "$1" | awk '/^(Delay)?Import/ { on = 1 } on && $1 == "Name:" { print tolower($2); on = 0 }'; }
coff_header() { llvm-readobj --file-headers "$1" | sed -nE "s/^ *$2: ([^ ]+).*/\1/p" | head -1; }
macho_load() { llvm-objdump --macho --private-headers "$1"; }
macho_minimum() { macho_load "$1" | awk '/LC_BUILD_VERSION/ { on = 1 } on && $1 == "minos" { print $2; exit }'; }
macho_needs() { macho_load "$1" | awk '/LC_LOAD(_WEAK)?_DYLIB/ { on = 1 } on && $1 == "name" { print $2; on = 0 }'; }
macho_exports() { llvm-nm --extern-only --defined-only --format=just-symbols "$1" | sed 's/^_//'; }
declared() { awk '/extern "C"/ { on = 1 } on' native/metrana-capi/include/metrana.h | grep -vE '^ *(//|\*)' | grep -oE '\bmetrana_[a-z0-9_]+\(' | tr -d '(' | sort -u; }

# ---- whether that is as promised -----------------------------------------------------------------------------------
exactly() { # FILE EXPORTS: those of the header and nothing else
  local difference
  difference=$(diff <(declared) <(sort -u <<<"$2") | sed -nE 's/^< (.*)/lacks \1/p; s/^> (.*)/also exports \1/p' | paste -sd, | sed 's/,/, /g') || true
  [ -z "$difference" ] || complain "$1 does not export what metrana.h declares: it $difference"
}
among() { # FILE NEEDS PATTERN
  local other
  other=$(grep -vE "^($3)$" <<<"$2" | grep . | paste -sd' ') || true
  [ -z "$other" ] || complain "$1 loads $other, which not every system has"
}
check_elf() { # RID FILE KIND
  local machine=X86-64 glibc facts
  case $1 in *arm64) machine=AArch64 ;; esac
  readelf -hW "$2" | grep -q "Machine:.*$machine" || complain "$2 is not for $machine"
  facts=$(readelf -lWd "$2")
  ! grep -qE 'GNU_STACK.*RWE' <<<"$facts" || complain "$2 wants a stack that can be executed"
  grep -q 'GNU_RELRO' <<<"$facts" && grep -qE 'BIND_NOW|FLAGS_1.*NOW' <<<"$facts" || complain "$2 leaves its tables of addresses writable"
  ! grep -q 'STATIC_TLS' <<<"$facts" || complain "$2 wants static thread-local storage, of which a process that loads it late may have none left"
  case $1 in
    linux-musl-*)
      if [ "$3" = program ]; then
        ! grep -qE 'INTERP|\(NEEDED\)' <<<"$facts" || complain "$2 needs a loader or a library: an image made from nothing has neither"
        readelf -hW "$2" | grep -q 'Type:.*DYN' || complain "$2 is loaded at one fixed address"
      else among "$2" "$(elf_needs "$2")" 'libc\.so|libc\.musl-(x86_64|aarch64)\.so\.1'; fi ;;
    *)
      among "$2" "$(elf_needs "$2")" 'lib(c|m|dl|rt|pthread)\.so\.[0-9]|ld-linux-(x86-64|aarch64)\.so\.[0-9]'
      glibc=$(glibc_of "$2")
      if [ "$glibc_max" != any ] && newer_than "$glibc" "$glibc_max"; then
        complain "$2 needs glibc $glibc, newer than $glibc_max. Build with the cross toolchain, or METRANA_GLIBC_MAX=any for this machine only"
      fi ;;
  esac
  [ "$3" = program ] || exactly "$2" "$(elf_exports "$2")"
}
check_coff() { # RID FILE KIND
  local machine=IMAGE_FILE_MACHINE_AMD64 header one
  case $1 in *arm64) machine=IMAGE_FILE_MACHINE_ARM64 ;; esac
  [ "$(coff_header "$2" Machine)" = $machine ] || complain "$2 is not for $machine"
  [ "$(coff_header "$2" MajorSubsystemVersion)" -le 10 ] || complain "$2 is for a Windows newer than 10"
  header=$(llvm-readobj --file-headers "$2")
  for one in DYNAMIC_BASE HIGH_ENTROPY_VA NX_COMPAT; do grep -q "_$one " <<<"$header" || complain "$2 lacks $one"; done
  # Windows 10 has all of these; what comes with a compiler is not among them.
  among "$2" "$(coff_needs "$2")" 'kernel32\.dll|ntdll\.dll|advapi32\.dll|ws2_32\.dll|userenv\.dll|bcrypt\.dll|bcryptprimitives\.dll|crypt32\.dll|secur32\.dll|ole32\.dll|combase\.dll|oleaut32\.dll|shell32\.dll|user32\.dll|synchronization\.dll|api-ms-win-crt-[a-z]+-l1-1-0\.dll|api-ms-win-core-(synch|winrt-error|file)-l1-[12]-[0-4]\.dll|ucrtbase\.dll'
  [ "$3" = program ] || exactly "$2" "$(coff_exports "$2")"
}
check_macho() { # RID FILE KIND
  local load machine=X86_64
  case $1 in *arm64) machine=ARM64 ;; esac
  load=$(macho_load "$2")
  grep -q "$machine" <<<"$load" || complain "$2 is not for $machine"
  ! newer_than "$(macho_minimum "$2")" $macos_max || complain "$2 needs macOS $(macho_minimum "$2"), newer than $macos_max"
  [ "$1" != osx-arm64 ] || grep -q 'LC_CODE_SIGNATURE' <<<"$load" || complain "$2 is not signed, and Apple's processors run nothing unsigned"
  among "$2" "$(macho_needs "$2")" "$([ "$3" = program ] || echo '@rpath/libmetrana_native\.dylib|')/usr/lib/lib(System\.B|iconv\.2)\.dylib|/System/Library/Frameworks/(Security|CoreFoundation)\.framework/.*"
  [ "$3" = program ] && return
  awk '/LC_ID_DYLIB/ { on = 1 } on && $1 == "name" { print $2; exit }' <<<"$load" | grep -qxF '@rpath/libmetrana_native.dylib' || complain "$2 has another install name than @rpath/libmetrana_native.dylib"
  exactly "$2" "$(macho_exports "$2")"
}
check_static() { # RID FILE: NativeAOT links it into a program
  local lacking
  lacking=$(comm -23 <(declared) <("${nm[@]}" "$2" 2>/dev/null | awk '$2 == "T" { sub(/^_/, "", $3); print $3 }' | sort -u) | paste -sd' ')
  [ -z "$lacking" ] || complain "$2 lacks $lacking"
}
within_budget() { # FILE
  local size
  size=$(wc -c < "$1")
  [ "$size" -le "$(budget "$(basename "$1")")" ] || complain "$1 has $size bytes; build/native-floors.sh allows $(budget "$(basename "$1")")"
}

floor() { # RID
  local folder=$runtimes/$1/native
  case $1 in
    linux-musl-*) echo 'musl 1.2' ;;
    linux-*) echo "glibc $({ glibc_of "$folder/$(rid_field "$1" Library)"; glibc_of "$folder/$(rid_field "$1" Program)"; } | sort -V | tail -1)" ;;
    osx-*) echo "macOS $({ macho_minimum "$folder/$(rid_field "$1" Library)"; macho_minimum "$folder/$(rid_field "$1" Program)"; } | sort -V | tail -1)" ;;
    # What Rust's own library calls is the floor; the header's number is lower.
    win-*) echo 'Windows 10' ;;
  esac
}

case ${1:-} in
  -h | --help | '') sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
  --floor) [ $# = 2 ] || die "--floor takes one RID"; floor "$2"; exit 0 ;;
  -*) die "unknown option '$1' (--help)" ;;
esac
for rid in "$@"; do
  [ -n "$(rid_field "$rid" RustTarget)" ] || die "unknown RID '$rid'; build/rids.props lists them"
  case $rid in linux-*) wanted=(readelf) form=elf ;; osx-*) wanted=(llvm-objdump llvm-nm) form=macho ;; win-*) wanted=(llvm-readobj) form=coff ;; esac
  for tool in "${wanted[@]}"; do command -v "$tool" >/dev/null || die "$rid needs $tool (binutils or LLVM)"; done
  nm=(llvm-nm); command -v llvm-nm >/dev/null || nm=(nm)
  for kind in library program; do
    file=$runtimes/$rid/native/$(rid_field "$rid" "${kind^}")
    if [ ! -f "$file" ]; then complain "$file is missing"; continue; fi
    "check_$form" "$rid" "$file" $kind
    within_budget "$file"
  done
  file=$runtimes/$rid/static/$(rid_field "$rid" Static)
  if [ -f "$file" ]; then check_static "$rid" "$file"; within_budget "$file"; fi
done
[ $bad = 0 ] || exit 1
echo "native-floors.sh: $* ask for no more than promised"
