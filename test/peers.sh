#!/bin/sh
# make peers: what the parsers reach on mails written by others, beside the bars they are held to. A bar that is not reached
# is red, and what was skipped is shown with its reason.
set -u
cd "$(dirname "$0")/.."
out=$(mktemp)
trap 'rm -f "$out"' EXIT
HEARTH_EVERY_VECTOR=yes go test -count=1 -run Peers -v ./channels/email/... ./base/text >"$out" 2>&1
code=$?
grep -E '\||FAIL|--- SKIP|^panic:' "$out" | sed -E 's/^ *[a-z_]+_test.go:[0-9]+: *//'
sed -nE 's/^ *[a-z_]+_test.go:[0-9]+: (.*(is missing|are not here|is not here).*)/skipped: \1/p' "$out" | sort -u
if ! grep -q '|' "$out"; then
	echo "FAIL: no bar was measured"
	[ $code != 0 ] || code=1
fi
[ $code = 0 ] || grep -E '_test.go:[0-9]+:' "$out" | grep -v -e '|' -e 'not here' -e 'is missing' | head -n 40
exit $code
