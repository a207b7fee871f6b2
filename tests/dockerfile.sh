#!/usr/bin/env bash
# What the Dockerfile's stages do, as plain commands: for machines without an engine for containers.
#
#   tests/dockerfile.sh             builds as the first stage does, then runs as the second one would
#   tests/dockerfile.sh BINARY      runs this binary as the second stage would
#
# It needs no root. Where it is root, passbook runs as the image's own user.
set -euo pipefail
cd "$(dirname "$0")/.."

instruction() { sed -n "s/^$1 //p" Dockerfile; }

binary=${1:-}
if [ -z "$binary" ]; then
    command=$(instruction RUN | grep -o 'cargo build.*')
    echo "\$ $command"
    $command
    binary=target/$(sed -n 's|^COPY --from=build /build/target/\(.*\) /usr.*|\1|p' Dockerfile)
fi

home=$(mktemp -d)
log=$home/log
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || true; rm -rf "$home"' EXIT
install -m 755 "$binary" "$home/passbook"
user=$(instruction USER)
entry=$(instruction ENTRYPOINT | tr -d '[]",')
arguments=$(instruction CMD | tr -d '[]",')
[ "$entry" = passbook ] || { echo "the image starts $entry"; exit 1; }
as=()
if [ "$(id -u)" = 0 ]; then
    chown -R "$user" "$home"
    as=(setpriv "--reuid=${user%:*}" "--regid=${user#*:}" --clear-groups --)
fi

port=$((20000 + RANDOM % 20000))
# Nothing but what the image sets, and a port that is likely to be free here.
(cd "$home" && exec env -i PATH="$PATH" HOME="$home" PORT="$port" PASSBOOK_OFFLINE=1 \
    "${as[@]}" "$home/passbook" $arguments >"$log" 2>&1) &
pid=$!

for _ in $(seq 300); do
    answer=$(curl --silent --output /dev/null --write-out '%{http_code}' "http://127.0.0.1:$port/health" || true)
    [ "$answer" = 200 ] && break
    kill -0 "$pid" 2>/dev/null || { cat "$log"; echo "it ended by itself"; exit 1; }
    sleep 0.1
done
[ "$answer" = 200 ] || { cat "$log"; echo "/health answers $answer"; exit 1; }

signal=$(instruction STOPSIGNAL)
started=$SECONDS
kill -s "${signal#SIG}" "$pid"
status=0
wait "$pid" || status=$?
[ "$status" = 0 ] || { cat "$log"; echo "stopped with status $status"; exit 1; }
[ $((SECONDS - started)) -le 10 ] || { echo "it took longer than ten seconds to stop"; exit 1; }
pid=
echo "the image's command answers /health with 200 and stops on $signal"
