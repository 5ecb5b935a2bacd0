#!/bin/sh
# make test: every part in turn, its time at the end. The first part that fails ends the run.
set -u
cd "$(dirname "$0")/.."
times=""
part() {
	name=$1; shift
	start=$(date +%s)
	printf '== %s\n' "$name"
	"$@" || { printf '\nFAILED: %s\n' "$name"; exit 1; }
	times="$times$(printf '%5d s  %s' $(($(date +%s) - start)) "$name")
"
}
# tests names the packages that have tests and where they are, those that take longest first, without those that match. Two
# of one name are called by their whole path.
tests() {
	for p in channels/email test/crash base/text rooms/recovery rooms/tickets rooms/staff app/demo $(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./... | sed -n 's|^github.com/hearthdesk/hearth/||p'); do
		printf '%s %s\n' "$(basename "$p")" "$p"
	done | awk '!seen[$0]++ { n[$1]++; name[++all] = $1; path[all] = $2 }
		END { for (i = 1; i <= all; i++) { p = path[i]; if (n[name[i]] > 1) { name[i] = p; gsub("/", "_", name[i]) } print name[i], p } }' | grep -v -e ' test/play$' "$@"
}
link() { # programs without what debuggers want are linked in half the time
	go test -c -ldflags='-s -w' "$@"
}
suite() {
	# shellcheck disable=SC2046 # paths have no spaces
	mkdir -p .cache/tests && go build -ldflags='-s -w' -o .cache/tests/hearth ./cmd/hearth && link -o .cache/tests/ $(tests | sed -n 's|^[a-z]* |./|p') && go test . || return 1
	tests | grep '^[a-z]*_' | while read -r name path; do link -o ".cache/tests/$name.test" "./$path" || exit 1; done || return 1
	tests | SKIP= xargs -P 3 -L 1 sh test/one.sh # a SKIP from outside leaves nothing out
}
plays() {
	[ -d web/node_modules ] || return 0 # said above
	go test -timeout 20m -count=1 ./test/play # what they see is not only Go
}
postgres() {
	go build -o .cache/withpg ./test/withpg || return 1
	# What never sees a database runs once; what a mail server says and how the sample company lives is the same above
	# either.
	SKIP='TestPeers|TestAConsent|TestAnAnswer(IsTriedAgain|Outlives)|TestMailComesAndGoesProtected|TestServersAre|TestATrialEnds|TestAServerThatCannot|TestTheSignature|TestAFolderIsNumbered|TestTheSameSeed|TestMailsArriveByThemselves|TestCustomersWriteBack|TestNobodyElse|TestTheSampleCompanyIsAlive'
	tests -e ' base/\(text\|files\|when\|odds\|id\|money\|secret\|words\)$' -e ' channels/email/' -e ' test/\(load\|servers\)$' |
		SKIP=$SKIP .cache/withpg xargs -P 3 -L 1 sh test/one.sh
	code=$?
	if [ $code = 3 ]; then
		[ "${CI:-}" = true ] && return 1
		echo "skipped: PostgreSQL is not installed (Debian: postgresql)"
		return 0
	fi
	return $code
}
web() {
	sh web/build.sh install || return 1
	[ -d web/node_modules ] || { echo "skipped: Node 20.19 or newer is missing"; return 0; }
	(cd web && npm run -s types:check && npm run -s check && npm test --silent) && sh web/build.sh
}
mkdir -p .cache
# Tests write thousands of small files and wait for the disk to have each; in memory they needn't.
if [ -z "${TMPDIR:-}" ] && [ "$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print ($4 > 6000000) }')" = 1 ]; then
	TMPDIR=$(mktemp -d /dev/shm/hXXXXXX) && chmod 711 "$TMPDIR" # short, for the sake of sockets; open to the users that servers run as
	export TMPDIR
	trap 'rm -rf "$TMPDIR"' EXIT
	trap 'exit 1' INT TERM
fi
part "set-up" sh test/setup.sh
part "vet, format, lint, house" make --no-print-directory verify
part "web: types, tests, build, budgets" web
part "Go on SQLite" suite
part "plays in the browser" plays
part "Go on PostgreSQL" postgres
printf '\n%s' "$times"
