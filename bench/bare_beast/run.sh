#!/bin/sh
# run.sh FOLDER [ROUNDS [SECONDS]]: requests a second of bare_beast and rowan_hello (both in FOLDER), taken in turns, and the medians' ratio.
set -eu
command -v wrk >/dev/null || { echo "bare_beast: needs wrk" >&2; exit 1; }
folder=$1
rounds=${2:-5}
seconds=${3:-5}
port=${PORT:-18080}
measure() {
  "$folder/$1" "$port" 1 & pid=$!
  sleep 0.3
  wrk -t1 -c32 -d"${seconds}s" "http://127.0.0.1:$port/" | awk '/Requests\/sec/ {print $2}'
  kill "$pid"
  wait "$pid" 2>/dev/null || true
}
bare=$(mktemp)
ours=$(mktemp)
trap 'rm -f "$bare" "$ours"' EXIT
i=0
while [ "$i" -lt "$rounds" ]; do
  measure bare_beast >>"$bare"
  measure rowan_hello >>"$ours"
  i=$((i + 1))
done
median() { sort -n "$1" | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }
b=$(median "$bare")
o=$(median "$ours")
echo "bare_beast $b  rowan_hello $o  ratio $(awk "BEGIN {print $o/$b}")"
