#!/usr/bin/env bash
# Prepares the folder that METRANA_CROSS_PREFIX of build/native.sh names, from what is installed: one Rust toolchain, and zig as
# C compiler and linker for Linux and Windows. macOS's files are built on macOS, with what is there.
#
#   build/toolchain.sh FOLDER
#
# It wants rustup with Rust 1.96.0 and the targets of build/rids.props, and zig 0.17.1; both from where they are published.
#
# METRANA_RUSTC   another rustc than rustup's
# METRANA_ZIG     another zig than that on the PATH
# METRANA_GLIBC   the glibc that Linux files are linked against, default 2.17
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rust=1.96.0 zig=0.17.1 glibc=${METRANA_GLIBC:-2.17}
die() { echo "toolchain.sh: $*" >&2; exit 1; }
case ${1:-} in -h | --help | '') sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;; esac
rustc=${METRANA_RUSTC:-$(rustup which --toolchain $rust rustc)} || die "rustup toolchain install $rust"
linker=${METRANA_ZIG:-$(command -v zig)} || die "there is no zig on the PATH"
[[ $("$rustc" -V) = "rustc $rust "* ]] || die "$rustc is not Rust $rust, and another one makes other bytes"
[ "$("$linker" version)" = $zig ] || die "$linker is not zig $zig, and another one makes other bytes"

mkdir -p "$1/bin" "$1/zig" "$1/zig-cache"
prefix=$(cd "$1" && pwd)
ln -sfn "$linker" "$prefix/zig/zig"
program() { cat > "$prefix/bin/$1"; chmod 755 "$prefix/bin/$1"; }
program rustc <<P
#!/bin/sh
exec "$rustc" "\$@"
P
program zar <<P
#!/bin/sh
exec "$linker" ar "\$@"
P
# What rustc and the crates' build scripts say to a C compiler, put as zig takes it.
program compiler <<P
#!/usr/bin/env bash
target=\$1; shift
export ZIG_GLOBAL_CACHE_DIR=\${ZIG_GLOBAL_CACHE_DIR:-$prefix/zig-cache} ZIG_LOCAL_CACHE_DIR=\${ZIG_LOCAL_CACHE_DIR:-$prefix/zig-cache}
arguments=()
while [ \$# -gt 0 ]; do
  one=\$1; shift
  case \$one in
    --target=*) ;; # Rust's name of what is named above
    -target) shift ;;
    -lgcc_s | -lgcc_eh) arguments+=(-lunwind) ;; # zig has LLVM's unwinder, and links it into the file
    -lgcc) ;;
    -Wl,*.def) arguments+=("\${one#-Wl,}") ;; # the list of exports is an input
    -Wl,-Bdynamic | -Wl,-Bstatic | -lmsvcrt | -lmingw32 | -lmingwex | -nolibc | --unwindlib=none)
      # On Windows zig brings the C runtime itself, and would look for libraries in one form only.
      case \$target in *-windows-*) ;; *) arguments+=("\$one") ;; esac ;;
    *) arguments+=("\$one") ;;
  esac
done
# Without options zig adds checks for undefined behaviour, whose runtime calls what older systems lack.
exec "$linker" cc -target "\$target" -fno-sanitize=all "\${arguments[@]}"
P
for target in $(sed -nE 's/.* RustTarget="([^"]+)".*/\1/p' build/rids.props); do
  case $target in
    *-linux-gnu) name=${target%%-*}-linux-gnu.$glibc ;;
    *-linux-musl) name=${target%%-*}-linux-musl ;;
    *-windows-*) name=${target%%-*}-windows-gnu ;;
    *) continue ;;
  esac
  program "cc-$target" <<P
#!/bin/sh
exec "$prefix/bin/compiler" $name "\$@"
P
done
echo "toolchain.sh: $prefix is ready: $("$rustc" -V), zig $zig"
