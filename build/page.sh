#!/usr/bin/env bash
# Makes the server's page from its sources, as they are committed under native/metrana-server/page/dist.
#   build/page.sh           writes them
#   build/page.sh --check   fails when the committed ones are not what the sources make
#   build/page.sh --test    runs the page's own tests, those in a browser, and its figures in their short form
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../native/metrana-server/page"
if ! command -v npm >/dev/null; then
  [ "${1:-}" = --check ] || { echo "the page is made with npm, which is not here" >&2; exit 1; }
  echo "note: npm is not here; the page's files are not compared with their sources"
  exit 0
fi
if ! npm ci --silent; then
  if [ "${1:-}" = --check ] && ! npm view preact version >/dev/null 2>&1; then
    echo "note: npm's registry is out of reach; the page's files are not compared with their sources"
    exit 0
  fi
  exit 1
fi
case "${1:-}" in
  "") npm run --silent build ;;
  --check) npm run --silent check && npm run --silent verify ;;
  --test) npm test --silent && node test/figures.mjs --short ;;
  *) echo "usage: build/page.sh [--check | --test]" >&2; exit 2 ;;
esac
