#!/bin/sh
# run.sh FOLDER [ROUNDS [SECONDS]]: requests a second of GET /me (session guard) and GET /public of the bundled server and of the bare Beast hello,
# taken in turns, and the ratios of the medians. Needs wrk.
set -eu
folder=$(dirname "$1")
rounds=${2:-5}
seconds=${3:-5}
port=${PORT:-18081}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
load() { wrk -t1 -c32 -d"${seconds}s" "$@" | awk '/Requests\/sec/ {print $2}'; }
bare=$(find "$folder" -name bare_beast -type f -perm -u+x | head -n 1)
i=0
while [ "$i" -lt "$rounds" ]; do
  "$folder/bench_server" "$work/bench.db" "$port" >"$work/cookie" & pid=$!
  sleep 1
  load "http://localhost:$port/public" >>"$work/public"
  load -H "Cookie: $(head -n 1 "$work/cookie")" "http://localhost:$port/me" >>"$work/me"
  kill "$pid"; wait "$pid" 2>/dev/null || true
  "$bare" "$port" 2 & pid=$!
  sleep 0.3
  load "http://127.0.0.1:$port/" >>"$work/bare"
  kill "$pid"; wait "$pid" 2>/dev/null || true
  i=$((i + 1))
done
median() { sort -n "$work/$1" | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }
awk -v me="$(median me)" -v public="$(median public)" -v bare="$(median bare)" \
  'BEGIN {printf "/me %s, /public %s, bare Beast %s; /me : /public %.3f (aim 0.95), /public : bare %.3f (aim 0.9)\n", me, public, bare, me / public, public / bare}'
