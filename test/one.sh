#!/bin/sh
# Runs the tests of one package in its folder, as `go test` would, with the program built for them: one.sh NAME FOLDER. Programs
# are linked once and serve both databases. SKIP names tests that are left out.
program=$PWD/.cache/tests/$1.test
start=$(date +%s%N)
out=$(cd "$2" && "$program" -test.timeout=20m -test.paniconexit0 ${SKIP:+"-test.skip=$SKIP"} 2>&1)
code=$?
took=$((($(date +%s%N) - start) / 1000000))
[ $code = 0 ] || printf '%s\nFAIL: ' "$out"
printf '%4d.%03d s  %s\n' $((took / 1000)) $((took % 1000)) "$2"
exit $code
