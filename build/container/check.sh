#!/usr/bin/env bash
# The image without a container engine: the Dockerfile's rules, and its program with its settings in a root that has nothing else.
#
#   build/container/check.sh [PROGRAM]    default: runtimes/linux-musl-x64/native/metrana-server. Running it wants root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
program=${1:-../../runtimes/linux-musl-x64/native/metrana-server}

fail() { echo "check.sh: $*" >&2; exit 1; }
dockerfile() { sed -e '/^#/d' -e ':a' -e '/\\$/{N;s/\\\n//;ba' -e '}' Dockerfile; }

# Each line is a rule and how a Dockerfile that breaks it is found.
dockerfile | grep -qE '^FROM scratch$' || fail "the image is made from something"
! dockerfile | grep -qE '^(RUN|ADD|MAINTAINER) ' || fail "nothing is run or fetched while the image is made"
dockerfile | grep -E '^USER ' | tail -1 | grep -qE '^USER [1-9][0-9]*:[1-9][0-9]*$' || fail "the last USER is not a number other than root's"
dockerfile | grep -qE '^ENTRYPOINT \[' || fail "ENTRYPOINT is not in the form that needs no shell"
dockerfile | grep -qE '^HEALTHCHECK .*CMD \[' || fail "there is no health check without a shell"
dockerfile | grep -qE '^VOLUME /data$' || fail "the runs have no volume"
! dockerfile | grep -qiE '(key|token|password|secret)=[^/ ]' || fail "a secret stands in the image"
echo "the Dockerfile keeps its rules"

[ -f "$program" ] || { echo "there is no $program: nothing was run"; exit 0; }
[ "$(id -u)" = 0 ] || { echo "not root: nothing was run"; exit 0; }
user=$(dockerfile | sed -nE 's/^USER (.*)/\1/p')
mapfile -t variables < <(dockerfile | sed -nE 's/^ENV //p' | tr -s ' ' '\n')
scratch=$(mktemp -d)
image=$scratch/image
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait; rm -rf "$scratch"' EXIT
chmod 755 "$scratch"
mkdir -p "$image/data" "$image/run/secrets"
install -m 755 "$program" "$image/metrana-server"
chown "$user" "$image/data"
echo a-key-of-the-container > "$image/run/secrets/metrana-keys"
chmod 644 "$image/run/secrets/metrana-keys"
# For a process of its own, which becomes the program.
inside() { exec env -i "${variables[@]}" METRANA_SERVER_LISTEN=127.0.0.1:"${port:-0}" "$(command -v chroot)" --userspec="$user" "$image" /metrana-server "$@"; }

inside > "$scratch/out" 2> "$scratch/err" < /dev/null &
server=$!
for _ in $(seq 100); do
  port=$(sed -nE 's/.*"http":"http:\/\/[^:]*:([0-9]+)".*/\1/p' "$scratch/out")
  [ -z "$port" ] || break
  kill -0 "$server" 2>/dev/null || fail "it ended: $(cat "$scratch/err")"
  sleep 0.1
done
[ -n "$port" ] || fail "it does not listen: $(cat "$scratch/err")"
(inside health) || fail "it is not well"
[ -f "$image/data/metrana.db" ] || fail "it keeps nothing in its volume"
kill -TERM "$server"; wait "$server" || fail "SIGTERM does not end it in good order: $(cat "$scratch/err")"
server=
! (inside health) 2> /dev/null || fail "a server that has ended is well"
echo "the program ran as $user in a root of its own, was well, and ended in good order"
