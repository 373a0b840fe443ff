#!/usr/bin/env bash
# Builds the native library and the local server's program and puts them into runtimes/<rid>/native, what only debuggers read
# into symbols beside it, and the archive for NativeAOT into static; runtimes/manifest.json describes them all. The two files
# for linux-x64 are committed, so that the .NET side builds on a machine without Rust.
#
#   build/native.sh [RID...|all]       default: linux-x64. Others need the cross toolchain below.
#   build/native.sh --join MANIFEST... joins what several machines built of the same sources: their files are in runtimes/ already.
#   build/native.sh --check [RID...]   do the committed files, or those of the RIDs named, match the sources and the manifest?
#                                      Exit code 0 or 1; builds nothing.
#
# METRANA_CROSS_PREFIX   folder of a prepared cross toolchain (build/toolchain.sh makes one), default ~/.cache/metrana-cross
#                        when that exists; empty: use plain cargo and the system's own C compiler
# METRANA_GLIBC_MAX      the newest glibc that a linux file may ask for, default 2.28; "any" to build for this machine only
# METRANA_NATIVE_TARGET  cargo's target folder, default target/native
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
manifest=runtimes/manifest.json
sources=runtimes/sources.sha256
committed=linux-x64

die() { echo "native.sh: $*" >&2; exit 1; }
if command -v sha256sum >/dev/null; then sha256=(sha256sum); else sha256=(shasum -a 256); fi
sha256_of() { "${sha256[@]}" "$1" | cut -d' ' -f1; }

# rid_field RID ATTRIBUTE: one cell of the table in build/rids.props
rid_field() { sed -nE "s/.*<MetranaRid Include=\"$1\" .*$2=\"([^\"]*)\".*/\1/p" build/rids.props; }

all_rids() { sed -nE 's/.*<MetranaRid Include="([^"]+)".*/\1/p' build/rids.props; }

# What the files are made from: the same rule as _MetranaSource in build/NativeAssets.targets. Of a page, that is what
# npm has made of it.
native_sources() {
  { git ls-files --cached --others --exclude-standard -- Cargo.toml Cargo.lock native ':(exclude,glob)native/*/page/**'
    git ls-files --cached --others --exclude-standard -- ':(glob)native/*/page/dist/**'; } |
    grep -vE '^native/([^/]+/(tests|benches|examples)/|metrana-testkit/|fuzz/)|\.md$' | sort -u |
    while IFS= read -r file; do if [ -f "$file" ]; then echo "$file"; fi; done
}
hash_sources() { native_sources | tr '\n' '\0' | xargs -0 "${sha256[@]}"; }

# ---- check -------------------------------------------------------------------------------------------------------
check() { # RID...
  local bad=0 rid file
  [ -f "$manifest" ] && [ -f "$sources" ] || die "$manifest or $sources is missing; run build/native.sh"
  if ! diff <(hash_sources) "$sources" >/dev/null; then
    echo "The committed native files were made from other sources. These differ:" >&2
    diff <(hash_sources) "$sources" | sed -nE 's/^[<>] [0-9a-f]{64} [ *]/  /p' | sort -u >&2
    bad=1
  fi
  if ! grep -qF "\"sources\": \"$(sha256_of "$sources")\"" "$manifest"; then
    echo "$manifest belongs to another $sources." >&2; bad=1
  fi
  for rid in "$@"; do
    [ -n "$(rid_field "$rid" RustTarget)" ] || die "unknown RID '$rid'; build/rids.props lists them"
    for file in "$(rid_field "$rid" Library)" "$(rid_field "$rid" Program)"; do
      if [ ! -f "runtimes/$rid/native/$file" ]; then echo "runtimes/$rid/native/$file is missing." >&2; bad=1; fi
    done
    while IFS= read -r file; do
      if [ "$(recorded "$rid" "${file#native/}")" != "$(sha256_of "runtimes/$rid/$file")" ]; then
        echo "runtimes/$rid/$file is not the file that $manifest describes." >&2; bad=1
      fi
    done < <(files_of "$rid")
    [ $bad = 1 ] || build/native-floors.sh "$rid" || bad=1
  done
  if [ $bad = 0 ]; then echo "native.sh: the files for $* match the sources"; fi
  return $bad
}

# ---- build -------------------------------------------------------------------------------------------------------
toolchain_setup() {
  cross=${METRANA_CROSS_PREFIX-$HOME/.cache/metrana-cross}
  if [ -n "${METRANA_CROSS_PREFIX:-}" ] && [ ! -x "$cross/bin/rustc" ]; then die "METRANA_CROSS_PREFIX is '$cross', but there is no bin/rustc in it"; fi
  if [ -n "$cross" ] && [ -x "$cross/bin/rustc" ]; then
    real_rustc=$cross/bin/rustc
    toolchain="$("$real_rustc" -V), linked by zig $("$cross/zig/zig" version)"
  else
    cross=
    real_rustc=$(command -v rustc) || die "there is no rustc"
    toolchain="$(rustc -V), linked by the system's C compiler"
    echo "native.sh: no cross toolchain; the glibc floor will be the one of this machine"
  fi
  # It comes with rustc; the one of LLVM does too.
  objcopy=$("$real_rustc" --print sysroot)/lib/rustlib/$("$real_rustc" -vV | sed -n 's/^host: //p')/bin/rust-objcopy
  [ -x "$objcopy" ] || objcopy=$(command -v llvm-objcopy) || die "needs llvm-objcopy, or rust-objcopy beside rustc"
  echo "native.sh: $toolchain"
}

# A compiler that writes no path of the building machine into what others run, and the same bytes wherever the checkout lies.
# The flags are in a program because cargo puts those it knows of into the names of folders, and these into the files.
write_rustc() { # FOLDER
  local source flags="--remap-path-prefix=$cargo_home=/cargo"
  for source in "$cargo_home"/registry/src/*/; do flags="$flags --remap-path-prefix=${source%/}=/cargo"; done
  if [ -n "$cross" ]; then flags="$flags --remap-path-prefix=$cross/root/usr/lib/rustlib/src/rust=/rustc"; fi
  mkdir -p "$1"
  printf '#!/bin/sh\nexec "%s" "$@" %s --remap-path-prefix=%s=. --remap-path-prefix=%s=./target/native\n' \
    "$real_rustc" "$flags" "$root" "$1" > "$1/rustc.new"
  chmod 755 "$1/rustc.new"
  # cargo asks a compiler that changed for its version again, and builds everything anew.
  if cmp -s "$1/rustc.new" "$1/rustc"; then rm "$1/rustc.new"; else mv "$1/rustc.new" "$1/rustc"; fi
}

# zig compiles a platform's C runtime when it first links for it, and its symbols would name the folder that it was asked in.
# Nobody debugs that code here: it loses them, so that the same bytes come out wherever the checkout lies.
prepare_runtime() { # TARGET FOLDER
  export ZIG_GLOBAL_CACHE_DIR=$2/zig ZIG_LOCAL_CACHE_DIR=$2/zig
  [ ! -e "$2/zig/ready-$1" ] || return 0
  mkdir -p "$2/zig"
  local compile=("$cross/bin/cc-$1" -lgcc_s -o "$2/zig/nothing") form forms=('-shared -fPIC' '-pie -fPIE')
  case $1 in *apple*) return 0 ;; *windows*) forms=(-shared '') ;; esac
  echo 'int main(void) { return 0; }' > "$2/zig/nothing.c"
  for form in "${forms[@]}"; do
    # shellcheck disable=SC2086 # none or several words
    "${compile[@]}" $form "$2/zig/nothing.c"
  done
  find "$2/zig/o" -type f \( -name '*.a' -o -name '*.o' -o -name '*.obj' -o -name 'lib*.lib' \) -exec "$objcopy" --strip-debug {} \;
  touch "$2/zig/ready-$1"
}

build_one() { # RID: leaves the files in runtimes/RID
  local rid=$1 target upper lower flags='' cflags dir out kinds=cdylib file
  target=$(rid_field "$rid" RustTarget)
  lower=${target//-/_}; upper=$(printf %s "$lower" | tr a-z A-Z)
  dir=${METRANA_NATIVE_TARGET:-target/native}
  mkdir -p "$dir"; dir=$(cd "$dir" && pwd)
  cargo_home=${CARGO_HOME:-$HOME/.cargo}
  write_rustc "$dir"
  cflags="-ffile-prefix-map=$root=. -ffile-prefix-map=$cargo_home=/cargo -ffile-prefix-map=$dir=./target/native"
  for file in "$cargo_home"/registry/src/*/; do cflags="$cflags -ffile-prefix-map=${file%/}=/cargo"; done
  # A linker for Windows writes the time down; this one is the beginning of time there.
  local env=(env "RUSTC=$dir/rustc" SOURCE_DATE_EPOCH=315532800 CARGO_INCREMENTAL=0 CARGO_PROFILE_RELEASE_DEBUG=line-tables-only CARGO_PROFILE_RELEASE_STRIP=none)
  if [ -n "$cross" ]; then
    cflags="$cflags -ffile-prefix-map=$cross=/toolchain"
    prepare_runtime "$target" "$dir"
    env+=("CC_$lower=$cross/bin/cc-$target" "AR_$lower=$cross/bin/zar" "CARGO_TARGET_${upper}_LINKER=$cross/bin/cc-$target")
  fi
  case $target in
    *linux*) flags="-C link-arg=-Wl,--build-id=sha1" ;; # a debugger finds the symbols of exactly this build by it
    *apple*) env+=("MACOSX_DEPLOYMENT_TARGET=12.0") ;;
  esac
  case $target in *musl) flags="$flags -C target-feature=-crt-static" ;; esac # a cdylib cannot be static there
  # jemalloc cannot ask a target for its page size while cross building: the largest that such machines have.
  case $target in
    aarch64*linux*) env+=(JEMALLOC_SYS_WITH_LG_PAGE=16) ;;
    aarch64-apple*) env+=(JEMALLOC_SYS_WITH_LG_PAGE=14) ;;
    *linux* | *apple*) env+=(JEMALLOC_SYS_WITH_LG_PAGE=12) ;;
  esac
  env+=("CARGO_TARGET_${upper}_RUSTFLAGS=$flags" "CFLAGS_$lower=$cflags")
  # The kinds are named because cargo optimises across crates only where no rlib is among them, and the tests need one.
  if [ -n "$(rid_field "$rid" Static)" ]; then kinds=cdylib,staticlib; fi
  "${env[@]}" cargo rustc --locked --release --target "$target" --target-dir "$dir" -p metrana-capi --lib --crate-type "$kinds"
  "${env[@]}" cargo build --locked --release --target "$target" --target-dir "$dir" -p metrana-server --bin metrana-server
  out=runtimes/$rid
  rm -rf "$out/symbols" "$out/static"
  mkdir -p "$out/native" "$out/symbols"
  for file in "$(rid_field "$rid" Library)" "$(rid_field "$rid" Program)"; do split "$target" "$dir/$target/release/$file" "$out"; done
  file=$(rid_field "$rid" Static)
  if [ -n "$file" ]; then
    mkdir -p "$out/static"
    "$objcopy" --strip-debug "$dir/$target/release/$file" "$out/static/$file"
  fi
  while IFS= read -r file; do
    if grep -qaF -e "$root/" -e "$HOME/" -e "$dir/" -e "${cross:-$root}/" "$file"; then die "$file names a path of this machine"; fi
  done < <(find "$out" -type f)
  build/native-floors.sh "$rid"
}

split() { # TARGET FILE FOLDER: the file without what only a debugger reads, which goes into a file of its own
  local name new symbols
  name=$(basename "$2"); new=$3/native/.$name.new; symbols=$3/symbols/$name.dbg
  case $1 in
    # What a debugger reads of a Mach-O file is another program's to collect. A library keeps the names that it exports.
    *apple*) case $name in *.dylib) "$objcopy" --strip-debug --discard-all "$2" "$new" ;; *) "$objcopy" --strip-all "$2" "$new" ;; esac
             rmdir "$3/symbols" 2>/dev/null || true ;;
    *) "$objcopy" --only-keep-debug "$2" "$symbols"
       chmod 644 "$symbols"
       (cd "$3/symbols" && "$objcopy" --strip-all --add-gnu-debuglink="$name.dbg" "$2" "$root/$new") ;;
  esac
  # A new file and a rename: a process that has the old one open keeps it.
  chmod 755 "$new" && mv "$new" "$3/native/$name"
}

# The files of a platform that are there, as paths under runtimes/RID.
files_of() { # RID
  local file
  for file in "native/$(rid_field "$1" Library)" "native/$(rid_field "$1" Program)" "static/$(rid_field "$1" Static)" \
    "symbols/$(rid_field "$1" Library).dbg" "symbols/$(rid_field "$1" Program).dbg"; do
    if [ -f "runtimes/$1/$file" ]; then echo "$file"; fi
  done
}

describe_one() { # RID: its entry in the manifest
  local file separator=
  printf '    "%s": {\n      "rustTarget": "%s",\n      "toolchain": "%s",\n      "floor": "%s",\n      "files": {\n' "$1" \
    "$(rid_field "$1" RustTarget)" "$toolchain" "$(build/native-floors.sh --floor "$1")"
  while IFS= read -r file; do
    printf '%b        "%s": { "sha256": "%s", "size": %s }' "$separator" "${file#native/}" "$(sha256_of "runtimes/$1/$file")" \
      "$(wc -c < "runtimes/$1/$file" | tr -d ' ')"
    separator=',\n'
  done < <(files_of "$1")
  printf '\n      }\n    }'
}

# recorded RID FILE: its hash in the manifest
recorded() { sed -nE "/\"$1\"/,/^    }/ s|.*\"$2\": \{ \"sha256\": \"([0-9a-f]{64})\".*|\1|p" "$manifest"; }
# Does the platform have all its files, and are they those of the manifest?
is_recorded() { # RID
  local file
  for file in "$(rid_field "$1" Library)" "$(rid_field "$1" Program)"; do
    [ -f "runtimes/$1/native/$file" ] || return 1
  done
  while IFS= read -r file; do
    [ "$(recorded "$1" "${file#native/}")" = "$(sha256_of "runtimes/$1/$file")" ] || return 1
  done < <(files_of "$1")
}

# entry_of RID MANIFEST: what a manifest says of a platform
entry_of() { awk -v first="    \"$1\": {" '$0 == first { on = 1 } on { sub(/^    },$/, "    }"); print } on && /^    }/ { exit }' "$2"; }
# sources_of MANIFEST: the hash of the list of sources that it is about
sources_of() { sed -nE 's/^  "sources": "([0-9a-f]{64})",$/\1/p' "$1"; }

write_manifest() { # FOLDER: of a file for each platform, with its entry
  local rid separator=
  {
    printf '{\n  "sources": "%s",\n  "rids": {\n' "$(sha256_of "$sources")"
    for rid in $(all_rids); do
      if [ -s "$1/$rid" ]; then printf '%b%s' "$separator" "$(cat "$1/$rid")"; separator=',\n'; fi
    done
    printf '\n  }\n}\n'
  } > "$1/manifest"
  mv "$1/manifest" "$manifest"
}

build() {
  local rid before entries
  for rid in "$@"; do [ -n "$(rid_field "$rid" RustTarget)" ] || die "unknown RID '$rid'; build/rids.props lists them"; done
  toolchain_setup
  # Whose folders are named in what follows, so they have to be there.
  cargo fetch --locked
  before=$(hash_sources)
  for rid in "$@"; do build_one "$rid"; done
  [ "$before" = "$(hash_sources)" ] || die "the sources changed during the build; run it again"
  entries=$(mktemp -d)
  # Platforms that were built of the same sources before stay in the manifest.
  if [ -f "$manifest" ] && [ "$before" = "$(cat "$sources" 2>/dev/null)" ]; then
    for rid in $(all_rids); do if is_recorded "$rid"; then entry_of "$rid" "$manifest" > "$entries/$rid"; fi; done
  fi
  for rid in "$@"; do describe_one "$rid" > "$entries/$rid"; done
  printf '%s\n' "$before" > "$sources"
  write_manifest "$entries"
  rm -rf "$entries"
  cat "$manifest"
}

join_manifests() { # MANIFEST...
  local one rid entries
  hash_sources > "$sources"
  entries=$(mktemp -d)
  for one in "$@"; do
    [ "$(sources_of "$one")" = "$(sha256_of "$sources")" ] || die "$one is about other sources than those of this checkout"
    for rid in $(all_rids); do
      if [ -n "$(entry_of "$rid" "$one")" ]; then entry_of "$rid" "$one" > "$entries/$rid"; fi
    done
  done
  write_manifest "$entries"
  rm -rf "$entries"
}

case ${1:-} in
  --check) shift; [ $# -gt 0 ] || set -- "$committed"; check "$@" ;;
  --join) shift; [ $# -gt 0 ] || die "--join needs manifests"; join_manifests "$@" ;;
  -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" ;;
  -*) die "unknown option '$1' (--help)" ;;
  '') build $committed ;;
  all) [ $# = 1 ] || die "all takes nothing else"; mapfile -t every < <(all_rids); build "${every[@]}" ;;
  *) build "$@" ;;
esac
