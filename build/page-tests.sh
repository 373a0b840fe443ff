#!/usr/bin/env bash
# Tries the page in a browser, in the short form: the main flows, what people complain of elsewhere, and wide gates for what it
# costs. build/page.sh --test runs all of it.
#   METRANA_SERVER   the server that shows the page [target/debug/metrana-server]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

skip() {
  echo "note: $*; the page is not tried in a browser"
  exit 0
}

command -v npm >/dev/null || skip "npm is not here"
if [ -z "${CHROMIUM:-}" ] && ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing chromium"
    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium >/dev/null; } \
      || skip "there is no chromium, and apt-get cannot install it"
  else
    skip "there is no chromium; as root on Debian: apt-get install chromium"
  fi
fi
server=${METRANA_SERVER:-target/debug/metrana-server}
[ -x "$server" ] || { echo "there is no $server: cargo build -p metrana-server" >&2; exit 1; }
METRANA_SERVER=$(realpath "$server")
export METRANA_SERVER
# One of the figures begins in C#.
[ -f tests/Metrana.TestChild/bin/Debug/net10.0/Metrana.TestChild.dll ] || dotnet build tests/Metrana.TestChild -v quiet

cd native/metrana-server/page
if ! npm ci --silent; then
  npm view preact version >/dev/null 2>&1 || skip "npm's registry is out of reach"
  exit 1
fi
# On a machine that others share a browser may miss a deadline: what fails has a second chance, and says so.
twice() { "$@" || { echo "page-tests.sh: once more: $*"; "$@"; }; }
twice node test/run.mjs --short
twice node test/figures.mjs --short
