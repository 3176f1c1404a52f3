#!/bin/sh
# Runs every fuzz target for the given time each (default 30s), one after another.
set -eu
cd "$(dirname "$0")/.."
for dir in $(go list -f '{{.Dir}}' ./internal/...); do
	for target in $(grep -ho '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go 2>/dev/null | cut -c6-); do
		echo "== $target"
		(cd "$dir" && go test -run '^$' -fuzz "^$target\$" -fuzztime "${1:-30s}" .)
	done
done
