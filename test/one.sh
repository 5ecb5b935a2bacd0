#!/bin/sh
# Runs the tests of one package in its folder, as `go test` would, with the program built for them: one.sh NAME FOLDER. Programs
# are linked once and serve both databases. SKIP names tests that are left out. What they say goes to a file: a process that a
# test leaves behind would hold a pipe open, and the run would wait for it.
program=$PWD/.cache/tests/$1.test
out=$PWD/.cache/tests/$1.out
start=$(date +%s%N)
(cd "$2" && exec "$program" -test.timeout=20m -test.paniconexit0 ${SKIP:+"-test.skip=$SKIP"}) >"$out" 2>&1
code=$?
took=$((($(date +%s%N) - start) / 1000000))
[ $code = 0 ] || { cat "$out"; printf 'FAIL: '; }
printf '%4d.%03d s  %s\n' $((took / 1000)) $((took % 1000)) "$2"
exit $code
