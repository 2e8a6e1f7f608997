#!/usr/bin/env bash
# Runs every fuzz target for a given time or number of inputs: scripts/fuzz.sh 60s, scripts/fuzz.sh 5000x (a number never ends in the
# middle of an input, which go test reports as a failure)
set -euo pipefail
cd "$(dirname "$0")/.."

# Found by reading: go test -list would build the tests of every package for it.
for file in $(find . -name node_modules -prune -o -name '*_test.go' -exec grep -l '^func Fuzz' {} + | sort); do
	for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\)(.*/\1/p' "$file"); do
		echo "$(dirname "$file") $target"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$1" -fuzzminimizetime 5x "$(dirname "$file")"
	done
done
