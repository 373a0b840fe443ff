#!/usr/bin/env bash
# Do the same sources make the same bytes? Builds them once more, from a clone in another folder, and compares every file with
# the one that build/native.sh left in runtimes/. Takes as long as build/native.sh.
#
#   build/reproducible.sh [RID...]      default: linux-x64, whose files are committed
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/.."
here=$PWD
die() { echo "reproducible.sh: $*" >&2; exit 1; }
case ${1:-} in -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;; esac
[ $# -gt 0 ] || set -- linux-x64
build/native.sh --check "$@"
git diff --quiet HEAD -- Cargo.toml Cargo.lock native build/native.sh || die "the sources are not committed, and a clone would have others"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/elsewhere"
git clone -q --no-hardlinks . "$scratch/elsewhere/clone"
cd "$scratch/elsewhere/clone"
for rid in "$@"; do rm -rf "runtimes/$rid"; done
env -u METRANA_NATIVE_TARGET build/native.sh "$@" >"$scratch/log" 2>&1 || { tail -30 "$scratch/log" >&2; die "the second build failed"; }

bad=0 count=0
for rid in "$@"; do
  while IFS= read -r file; do
    count=$((count + 1))
    cmp "$here/$file" "$file" || bad=1
  done < <(cd "$here" && find "runtimes/$rid" -type f | sort)
done
[ $bad = 0 ] || die "the second build differs"
[ $count -gt 0 ] || die "there was nothing to compare"
echo "reproducible.sh: $count files of $* came out the same again"
