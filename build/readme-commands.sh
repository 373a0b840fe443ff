#!/usr/bin/env bash
# Prints the commands in the first code block under README.md's "Quick start", one on a line. There are two: the sample, the
# tests. CI runs what this prints, so that the README cannot say anything but what works.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
commands=$(awk '/^## /{section=$0} section=="## Quick start" && /^```/{if (inside) exit; inside=1; next} inside && NF' README.md)
if [ "$(printf '%s\n' "$commands" | grep -c .)" != 2 ]; then
  echo "README.md: the first code block under 'Quick start' must hold exactly two commands" >&2; exit 1
fi
printf '%s\n' "$commands"
