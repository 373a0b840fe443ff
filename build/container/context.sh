#!/usr/bin/env bash
# Puts what the Dockerfile copies where it looks for it: the server's program of a musl build, and the empty directory of the runs.
#
#   build/container/context.sh [amd64|arm64]...    default: amd64. Wants runtimes/linux-musl-*/native/metrana-server (build/native.sh)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
runtimes=../../runtimes

[ $# -gt 0 ] || set -- amd64
for processor in "$@"; do
  case $processor in
    amd64) rid=linux-musl-x64 ;;
    arm64) rid=linux-musl-arm64 ;;
    *) echo "context.sh: unknown processor '$processor': amd64 or arm64" >&2; exit 2 ;;
  esac
  program=$runtimes/$rid/native/metrana-server
  [ -f "$program" ] || { echo "context.sh: there is no $program; build/native.sh $rid makes it" >&2; exit 1; }
  # The image has no loader and no libc.
  if LC_ALL=C objdump -p "$program" | grep -qE '^ *(INTERP|NEEDED)'; then
    echo "context.sh: $program needs a loader or a library" >&2; exit 1
  fi
  mkdir -p "context/$processor/data"
  install -m 755 "$program" "context/$processor/metrana-server"
  echo "context/$processor is ready"
done
