#!/usr/bin/env bash
# Builds the native library and the local server's program and puts them into runtimes/<rid>/native, described by
# runtimes/manifest.json. The files for linux-x64 are committed, so that the .NET side builds on a machine without Rust.
#
#   build/native.sh [RID...|all]       default: linux-x64. Others need the cross toolchain below. Several at once: all in one manifest.
#   build/native.sh --check [RID...]   do the committed files, or those of the RIDs named, match the sources and the manifest?
#                                      Exit code 0 or 1; builds nothing.
#
# METRANA_CROSS_PREFIX   folder of a prepared cross toolchain (bin/rustc, bin/cc-<target>, bin/zar), default
#                        ~/.cache/metrana-cross when that exists; empty: use plain cargo and the system's own C compiler
# METRANA_GLIBC_MAX      the newest glibc that a linux file may ask for, default 2.28; "any" to build for this machine only
# METRANA_NATIVE_TARGET  cargo's target folder, default target/native
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
manifest=runtimes/manifest.json
sources=runtimes/sources.sha256
committed=linux-x64
glibc_max=${METRANA_GLIBC_MAX:-2.28}

die() { echo "native.sh: $*" >&2; exit 1; }
if command -v sha256sum >/dev/null; then sha256=(sha256sum); else sha256=(shasum -a 256); fi
sha256_of() { "${sha256[@]}" "$1" | cut -d' ' -f1; }

# rid_field RID ATTRIBUTE: one cell of the table in build/rids.props
rid_field() { sed -nE "s/.*<MetranaRid Include=\"$1\" .*$2=\"([^\"]*)\".*/\1/p" build/rids.props; }

# What the two files are made from: the same rule as _MetranaSource in build/NativeAssets.targets. Of a page, that is what
# npm has made of it.
native_sources() {
  { git ls-files --cached --others --exclude-standard -- Cargo.toml Cargo.lock native ':(exclude,glob)native/*/page/**'
    git ls-files --cached --others --exclude-standard -- ':(glob)native/*/page/dist/**'; } |
    grep -vE '^native/([^/]+/(tests|benches|examples)/|metrana-testkit/|fuzz/)|\.md$' | sort -u |
    while IFS= read -r file; do if [ -f "$file" ]; then echo "$file"; fi; done
}
hash_sources() { native_sources | tr '\n' '\0' | xargs -0 "${sha256[@]}"; }

# The newest glibc version that a file's dynamic symbols name; nothing for a file that needs none.
glibc_of() { objdump -T "$1" | grep -oE 'GLIBC_[0-9.]+' | sed 's/GLIBC_//' | sort -Vu | tail -1 || true; }
newer_than() { [ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | tail -1)" = "$1" ]; }

# ---- check -------------------------------------------------------------------------------------------------------
check() { # RID...
  local bad=0 rid file recorded
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
      recorded=$(sed -nE "/\"$rid\"/,/^    }/ s/.*\"$file\": \{ \"sha256\": \"([0-9a-f]{64})\".*/\1/p" "$manifest")
      if [ ! -f "runtimes/$rid/native/$file" ]; then echo "runtimes/$rid/native/$file is missing." >&2; bad=1
      elif [ "$recorded" != "$(sha256_of "runtimes/$rid/native/$file")" ]; then
        echo "runtimes/$rid/native/$file is not the file that $manifest describes." >&2; bad=1
      elif [[ $rid = linux-x64 || $rid = linux-arm64 ]] && newer_than "$(glibc_of "runtimes/$rid/native/$file")" "$glibc_max"; then
        echo "runtimes/$rid/native/$file needs glibc $(glibc_of "runtimes/$rid/native/$file"), newer than $glibc_max." >&2; bad=1
      fi
    done
  done
  if [ $bad = 0 ]; then echo "native.sh: the files for $* match the sources"; fi
  return $bad
}

# ---- build -------------------------------------------------------------------------------------------------------
toolchain_setup() {
  cross=${METRANA_CROSS_PREFIX-$HOME/.cache/metrana-cross}
  if [ -n "${METRANA_CROSS_PREFIX:-}" ] && [ ! -x "$cross/bin/rustc" ]; then die "METRANA_CROSS_PREFIX is '$cross', but there is no bin/rustc in it"; fi
  if [ -n "$cross" ] && [ -x "$cross/bin/rustc" ]; then
    export RUSTC=$cross/bin/rustc
    toolchain="$("$RUSTC" -V), linked by zig $("$cross/zig/zig" version)"
  else
    cross=
    toolchain="$(rustc -V), linked by the system's C compiler"
    echo "native.sh: no cross toolchain; the glibc floor will be the one of this machine"
  fi
  echo "native.sh: $toolchain"
}

build_one() { # RID: leaves both files in runtimes/RID/native
  local rid=$1 target upper lower flags out dir file needs
  target=$(rid_field "$rid" RustTarget)
  lower=${target//-/_}; upper=$(printf %s "$lower" | tr a-z A-Z)
  dir=${METRANA_NATIVE_TARGET:-target/native}
  # No path of the building machine may end up in a panic message of a file that others run.
  flags="--remap-path-prefix=$root=. --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
  local env=(env)
  if [ -n "$cross" ]; then
    flags="$flags --remap-path-prefix=$cross/root/usr/lib/rustlib/src/rust=/rustc"
    env+=("CC_$lower=$cross/bin/cc-$target" "AR_$lower=$cross/bin/zar" "CARGO_TARGET_${upper}_LINKER=$cross/bin/cc-$target")
  fi
  case $target in *musl) flags="$flags -C target-feature=-crt-static" ;; esac # a cdylib cannot be static there
  # jemalloc cannot ask a target for its page size while cross building: the largest that such machines have.
  case $target in
    aarch64*linux*) env+=(JEMALLOC_SYS_WITH_LG_PAGE=16) ;;
    aarch64-apple*) env+=(JEMALLOC_SYS_WITH_LG_PAGE=14) ;;
    *linux* | *apple*) env+=(JEMALLOC_SYS_WITH_LG_PAGE=12) ;;
  esac
  "${env[@]}" "CARGO_TARGET_${upper}_RUSTFLAGS=$flags" cargo build --locked --release --target "$target" --target-dir "$dir" \
    -p metrana-capi -p metrana-server
  dir=$dir/$target/release
  for file in "$(rid_field "$rid" Library)" "$(rid_field "$rid" Program)"; do
    if grep -qaF -e "$root/" -e "$HOME/" "$dir/$file"; then die "$dir/$file names a path of this machine"; fi
    case $target in
      *linux-gnu)
        needs=$(glibc_of "$dir/$file")
        if [ "$glibc_max" != any ] && newer_than "$needs" "$glibc_max"; then
          die "$dir/$file needs glibc $needs, newer than $glibc_max. Build with the cross toolchain, or METRANA_GLIBC_MAX=any for this machine only"
        fi ;;
    esac
  done
  out=runtimes/$rid/native
  mkdir -p "$out"
  for file in "$(rid_field "$rid" Library)" "$(rid_field "$rid" Program)"; do
    # A new file and a rename: a process that has the old one open keeps it.
    install -m 755 "$dir/$file" "$out/.$file.new" && mv "$out/.$file.new" "$out/$file"
  done
}

describe_one() { # RID: its entry in the manifest
  local rid=$1 out=runtimes/$1/native library program needs
  library=$(rid_field "$rid" Library); program=$(rid_field "$rid" Program)
  printf '    "%s": {\n      "rustTarget": "%s",\n' "$rid" "$(rid_field "$rid" RustTarget)"
  case $rid in linux-x64 | linux-arm64)
    needs=$({ glibc_of "$out/$library"; glibc_of "$out/$program"; } | sort -V | tail -1)
    printf '      "glibc": "%s",\n' "$needs" ;;
  esac
  printf '      "files": {\n'
  printf '        "%s": { "sha256": "%s", "size": %s },\n' "$library" "$(sha256_of "$out/$library")" "$(wc -c < "$out/$library" | tr -d ' ')"
  printf '        "%s": { "sha256": "%s", "size": %s }\n' "$program" "$(sha256_of "$out/$program")" "$(wc -c < "$out/$program" | tr -d ' ')"
  printf '      }\n    }'
}

build() {
  local rid before separator=
  command -v objdump >/dev/null || die "needs objdump (binutils)"
  for rid in "$@"; do [ -n "$(rid_field "$rid" RustTarget)" ] || die "unknown RID '$rid'; build/rids.props lists them"; done
  toolchain_setup
  before=$(hash_sources)
  for rid in "$@"; do build_one "$rid"; done
  [ "$before" = "$(hash_sources)" ] || die "the sources changed during the build; run it again"
  printf '%s\n' "$before" > "$sources"
  {
    printf '{\n  "sources": "%s",\n  "toolchain": "%s",\n  "rids": {\n' "$(sha256_of "$sources")" "$toolchain"
    for rid in "$@"; do printf '%b' "$separator"; describe_one "$rid"; separator=',\n'; done
    printf '\n  }\n}\n'
  } > "$manifest"
  cat "$manifest"
}

case ${1:-} in
  --check) shift; [ $# -gt 0 ] || set -- "$committed"; check "$@" ;;
  -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0" ;;
  -*) die "unknown option '$1' (--help)" ;;
  '') build $committed ;;
  all) [ $# = 1 ] || die "all takes nothing else"; mapfile -t every < <(sed -nE 's/.*<MetranaRid Include="([^"]+)".*/\1/p' build/rids.props); build "${every[@]}" ;;
  *) build "$@" ;;
esac
