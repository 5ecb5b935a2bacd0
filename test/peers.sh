#!/bin/sh
# make peers: what the parsers reach on mails written by others, beside the bars they are held to.
set -u
cd "$(dirname "$0")/.."
go test -count=1 -run Peers -v ./channels/email/... | grep -E '\|' | sed -E 's/^ *[a-z_]+_test.go:[0-9]+: *//'
