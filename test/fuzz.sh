#!/bin/sh
# Runs every fuzz target for the given time each (default 30s), one after another, in one process that leaves the machine to
# others. A second argument names a single package: test/fuzz.sh 10m ./internal/config/...
set -eu
cd "$(dirname "$0")/.."
for dir in $(go list -f '{{.Dir}}' "${2:-./internal/...}"); do
	for target in $(grep -ho '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go 2>/dev/null | cut -c6-); do
		echo "== $target"
		(cd "$dir" && nice -n 10 go test -run '^$' -fuzz "^$target\$" -fuzztime "${1:-30s}" -parallel 1 .)
	done
done
