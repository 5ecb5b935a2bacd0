#!/bin/sh
# make bench: one table of figures, each beside the limit of this machine in the same minutes, on SQLite and on PostgreSQL.
# BIG=1 adds houses of 1,000,000 tickets, which take a while to fill the first time and are kept in .cache/load.
# LOAD="-only mail" and other flags go to the program (go run ./test/load -h).
set -eu
cd "$(dirname "$0")/.."
mkdir -p .cache
make --no-print-directory build
go build -o .cache/bench ./test/load
go build -o .cache/withpg ./test/withpg
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
.cache/bench -out "$rows" ${LOAD:-}
# As safe as SQLite is here: what is acknowledged is on the disk.
code=0
HEARTH_PG_OPTIONS="-c fsync=on -c synchronous_commit=on -c full_page_writes=on" .cache/withpg .cache/bench -out "$rows" ${LOAD:-} || code=$?
if [ $code = 3 ] && [ "${CI:-}" != true ]; then
	echo "left out: PostgreSQL is not installed (Debian: postgresql)" >&2
elif [ $code != 0 ]; then
	exit $code
fi
.cache/bench -table "$rows"
