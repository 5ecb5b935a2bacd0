#!/bin/sh
# make web: the workspace, built into web/dist when something of it changed. Without a fitting Node Hearth is built without it.
set -eu
cd "$(dirname "$0")"
if ! command -v node >/dev/null || ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
	echo "Node 20.19 or newer is needed to build the workspace ($(node --version 2>/dev/null || echo "there is none"))." >&2
	[ "${CI:-}" = true ] && exit 1
	echo "Hearth is built without it: everything works by API and command line." >&2
	exit 0
fi
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
	echo "installing what the workspace is built with"
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch node_modules/.package-lock.json
fi
[ "${1:-}" = install ] && exit 0
if [ ! -e dist/index.html.gz ] || [ -n "$(find . ../docs/openapi.json \( -name node_modules -o -name dist \) -prune -o -type f -newer dist/index.html.gz -print -quit)" ]; then
	rm -rf dist/assets dist/*.gz dist/*.br
	npx vite build --logLevel warn
	node scripts/pack.mjs
fi
