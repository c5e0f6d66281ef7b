#!/bin/sh
# run.sh FOLDER [--json] [ROUNDS [SECONDS]]: requests a second and latencies of the bundled server's routes, each beside GET /public of the same
# round, and /public beside bare Beast and nginx. With several cores the server has the first CORES (default 1) and the load the others.
# DATABASE: a URL of PostgreSQL instead of a new SQLite file. Needs wrk; without nginx its line is left out.
set -eu
folder=$(dirname "$1")
shift
json=
[ "${1:-}" != --json ] || { json=yes; shift; }
rounds=${1:-5}
seconds=${2:-3}
cores=${CORES:-1}
port=${PORT:-18081}
work=$(mktemp -d)
pid=
clean_up() {
  [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

all=$(nproc)
serves= loads=
if [ "$all" -gt "$cores" ] && command -v taskset >/dev/null; then
  serves="taskset -c 0-$((cores - 1))"
  loads="taskset -c $cores-$((all - 1))"
fi
cat >"$work/sign_in.lua" <<'LUA'
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Accept"] = "application/json"
wrk.body = '{"user":{"email":"ann@notes.example","password":"correct horse battery staple"}}'
LUA
# Under its name: the rate, and the latencies at half and at 99 % of the requests, in milliseconds.
measure() {
  name=$1
  shift
  $loads wrk -t1 -c"${clients:-32}" -d"${seconds}s" --latency "$@" >"$work/wrk"
  if grep -q "Non-2xx" "$work/wrk"; then
    echo "$name: $(grep Non-2xx "$work/wrk")" >&2
    exit 1
  fi
  awk 'function ms(t) { return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000 }
    /^ +50%/ {half = ms($2)} /^ +99%/ {most = ms($2)} /Requests\/sec/ {print $2, half, most}' "$work/wrk" >>"$work/$name"
}
start() {
  "$@" >"$work/said" 2>"$work/log" &
  pid=$!
  tries=0
  until curl -fs -o /dev/null "http://127.0.0.1:$port/${probe:-public}"; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || { cat "$work/log" >&2; exit 1; }
    sleep 0.05
  done
}
stop() {
  kill "$pid"
  wait "$pid" 2>/dev/null || true
  pid=
}

bare=$(find "$folder" -name bare_beast -type f -perm -u+x | head -n 1)
body='{"message":"This answer has about a hundred bytes, and no guard stands before it.","ok":true}'
cat >"$work/nginx.conf" <<CONF
daemon off; worker_processes $cores; pid $work/nginx.pid; error_log $work/nginx.log;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 100000000; server { listen 127.0.0.1:$port; location / { default_type application/json; return 200 '$body'; } } }
CONF
round=0
while [ "$round" -lt "$rounds" ]; do
  start $serves "$folder/bench_server" "${DATABASE:-$work/bench.db}" "$port" "$cores"
  cookie="Cookie: $(sed -n 1p "$work/said")"
  bearer="Authorization: Bearer $(sed -n 2p "$work/said")"
  at="http://localhost:$port"
  measure public "$at/public"
  measure claims -H "$cookie" "$at/claims"
  measure user -H "$cookie" "$at/user"
  measure user-in-pool -H "$cookie" "$at/user-in-pool"
  measure bearer-claims -H "$bearer" "$at/bearer-claims"
  measure bearer-user -H "$bearer" "$at/bearer-user"
  measure page "$at/sign-in"
  clients=8 measure sign-in -s "$work/sign_in.lua" "$at/api/auth/user/password/sign_in"
  stop
  probe=/ start $serves "$bare" "$port" "$cores"
  measure bare "http://127.0.0.1:$port/"
  stop
  if command -v nginx >/dev/null; then
    probe=/ start $serves nginx -c "$work/nginx.conf" -p "$work"
    measure nginx "http://127.0.0.1:$port/"
    stop
  fi
  round=$((round + 1))
done

column() { awk -v c="$2" '{print $c}' "$work/$1"; }
median() { column "$1" "$2" | sort -n | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }
# Of each round's own two, so that what disturbs a round disturbs both.
ratios() { paste -d' ' "$work/$1" "$work/$2" | awk '{printf "%s%.3f", NR == 1 ? "" : ", ", $1 / $4} END {print ""}'; }
middle() { ratios "$1" "$2" | tr -d ' ' | tr ',' '\n' | sort -n | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }
lines=0
compare() { # ours, what it is, what beside, its name, aim
  [ -f "$work/$1" ] && [ -f "$work/$3" ] || return 0
  if [ -n "$json" ]; then
    [ "$lines" = 0 ] || echo ","
    printf '  {"name": "%s", "bare": "%s", "unit": "/s", "aim": %s, "aim_is": "least", "ours_median": %s, "bare_median": %s, "ratio": %s, "ratios": [%s]}' \
      "$2" "$4" "$5" "$(median "$1" 1)" "$(median "$3" 1)" "$(middle "$1" "$3")" "$(ratios "$1" "$3")"
  else
    printf '%-34s %9.0f /s  p50 %7.2f ms  p99 %7.2f ms  %.3f of %s (aim: at least %s)\n' "$2" "$(median "$1" 1)" "$(median "$1" 2)" \
      "$(median "$1" 3)" "$(middle "$1" "$3")" "$4" "$5"
  fi
  lines=$((lines + 1))
}
[ -z "$json" ] || printf '{"bench": "server", "comparisons": [\n'
compare public "GET /public" bare "bare Beast" 1.0
compare public "GET /public" nginx "nginx" 0.8
compare claims "session, Claims" public "/public" 0.95
compare user "session, cached User" public "/public" 0.93
compare user-in-pool "session, User in a pool" public "/public" 0.3
compare bearer-claims "bearer, Claims" public "/public" 0.9
compare bearer-user "bearer, cached User" public "/public" 0.88
compare page "GET /sign-in" public "/public" 0.5
if [ -n "$json" ]; then
  printf '\n]}\n'
else
  printf '%-34s %9.1f /s  p50 %7.2f ms  p99 %7.2f ms\n' "POST sign_in, eight at a time" "$(median sign-in 1)" "$(median sign-in 2)" "$(median sign-in 3)"
fi
