#!/usr/bin/env bash
# What a reader could find without running anything: formatting, go vet, staticcheck.
set -euo pipefail
cd "$(dirname "$0")/.."

unformatted=$(gofmt -l $(git ls-files '*.go'))
if [ -n "$unformatted" ]; then
	echo "not formatted (run gofmt -w): $unformatted" >&2
	exit 1
fi
go vet ./...
go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

# How much of the machine the example of a systemd unit leaves to the service (0 to 100; 100 is all of it).
if command -v systemd-analyze >/dev/null; then
	systemd-analyze security --offline=true --threshold=15 --no-pager docs/examples/ucpalert.service >/dev/null || {
		echo 'docs/examples/ucpalert.service reaches too much of the machine' >&2
		exit 1
	}
fi
