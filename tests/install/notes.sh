#!/usr/bin/env bash
# usage: notes.sh PROGRAM PORT
# Visits the README's application, built to listen on PORT, as somebody does who pasted it: without its secret, with it, by the forms of its
# pages, and from an address that base_url does not allow. Says what went wrong and fails, or says nothing.
set -euo pipefail
for tool in curl openssl; do
  command -v "$tool" >/dev/null || {
    echo "notes: needs $tool" >&2
    exit 1
  }
done
program=$(readlink -f "$1")
port=$2
folder=$(mktemp -d)
process=
clean_up() {
  trap - EXIT INT TERM
  [ -z "$process" ] || kill "$process" 2>/dev/null || true
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
fail() {
  echo "notes: $1" >&2
  [ ! -f "$folder/log" ] || tail -n 20 "$folder/log" >&2
  exit 1
}
cd "$folder"

status=0
env -u ROWAN_SECRET "$program" >refusal 2>&1 || status=$?
[ "$status" = 2 ] || fail "without a secret it ended with $status, not 2"
grep -q 'ROWAN_SECRET is not set.*openssl rand' refusal || fail "without a secret it does not say how to make one: $(cat refusal)"

ROWAN_SECRET=$(openssl rand -base64 48) "$program" >log 2>&1 &
process=$!
here=http://localhost:$port
visit() { curl -s --noproxy '*' -b jar -c jar "$@"; }
answered=
for _ in $(seq 100); do
  if visit -o /dev/null "$here/sign-in"; then
    answered=yes
    break
  fi
  kill -0 "$process" 2>/dev/null || fail "it did not start"
  sleep 0.1
done
[ -n "$answered" ] || fail "it never answered"

# The form of a page as a browser sends it: its address, its hidden token, the Origin of the address bar.
send() { # PAGE ORIGIN FIELD…
  local page=$1 origin=$2 html action token
  shift 2
  html=$(visit "$here$page")
  action=$(sed -n '/<form[^>]* action="/{s/.*<form[^>]* action="\([^"]*\)".*/\1/p;q}' <<<"$html")
  token=$(sed -n '/name="_csrf_token" value="/{s/.*name="_csrf_token" value="\([^"]*\)".*/\1/p;q}' <<<"$html")
  [ -n "$action" ] && [ -n "$token" ] || fail "$page has no form"
  local fields=()
  for field in "$@"; do fields+=(--data-urlencode "$field"); done
  visit -o answer -w '%{http_code} %{redirect_url}' -H "Origin: $origin" -H 'Sec-Fetch-Site: same-origin' \
    --data-urlencode "_csrf_token=$token" "${fields[@]}" "$here$action"
}
new=('user[email]=ada@notes.example' 'user[password]=seven tall herons' 'user[password_confirmation]=seven tall herons')

[ "$(visit -o /dev/null -w '%{http_code}' "$here/notes")" = 303 ] || fail "/notes is open to all"
send /register "http://127.0.0.1:$port" "${new[@]}" >/dev/null
grep -q "base_url allows $here" log || fail "the log does not say which address base_url allows"
[ "$(send /register "$here" "${new[@]}")" = "303 $here/notes" ] || fail "registering did not lead to /notes: $(sed 's/<[^>]*>//g' answer | tr -s '\n ' ' ')"
[ "$(visit "$here/notes")" = '{"hello":"ada@notes.example"}' ] || fail "/notes does not say hello: $(visit "$here/notes")"
rm jar
[ "$(send /sign-in "$here" "${new[@]:0:2}")" = "303 $here/notes" ] || fail "signing in did not lead to /notes"
[ "$(visit "$here/notes")" = '{"hello":"ada@notes.example"}' ] || fail "/notes does not say hello after signing in"
kill "$process" || fail "it died"
status=0
wait "$process" || status=$?
process=
[ "$status" = 0 ] || fail "it ended with $status when it was stopped"
