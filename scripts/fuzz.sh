#!/usr/bin/env bash
# Runs every fuzz target for a given time or number of inputs: scripts/fuzz.sh 60s, scripts/fuzz.sh 5000x (a number never ends in the
# middle of an input, which go test reports as a failure)
set -euo pipefail
cd "$(dirname "$0")/.."

for package in $(go list ./...); do
	for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
		echo "$package $target"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$1" -fuzzminimizetime 5x "$package"
	done
done
