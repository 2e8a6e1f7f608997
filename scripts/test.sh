#!/usr/bin/env bash
# Everything that decides whether a change is good. Installs what it needs on Debian, and leaves no process behind.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$1"; }

step 'what the tests need'
scripts/install.sh

step 'pages: types, unit tests, build'
make build
(cd web/ui && npm run check && npm test)

step 'go: formatting, vet, staticcheck'
scripts/lint.sh

step 'known weaknesses, and of what this build is made'
scripts/vulns.sh
scripts/sbom.sh

step 'go: tests on SQLite and PostgreSQL'
fuzzing=
cleanup() {
	[ -z "$fuzzing" ] || kill -- "-$fuzzing" 2>/dev/null || true
	scripts/postgres.sh stop
}
trap cleanup EXIT
FAST=1 scripts/postgres.sh start
UCPALERT_TEST_POSTGRES=$(scripts/postgres.sh url)
export UCPALERT_TEST_POSTGRES UCPALERT_TEST_POSTGRES_REQUIRED=1
# Without GORACE each of the many processes that the tests start would rest a second before it ends.
GORACE=atexit_sleep_ms=10 UCPALERT_TEST_SIMULATIONS=apart UCPALERT_TEST_KILLS=10 go test -race -shuffle=on -timeout 40m ./...

step 'go: simulations of one goroutine, and the stories on PostgreSQL, without the race detector'
go test -count=1 -run 'TestAYearWithoutAnOutage|TestOutagesAreToldSoon|TestPeopleAreToldApart|TestARandomHospitalInAnyOrder|TestAPurgeChangesNoAlert' ./silence ./cmd/ucpalert ./alerts
go test -count=1 -run 'TestStories/postgres' ./cmd/ucpalert

step 'the benchmarks, briefly: that they run, not what they find'
figures=$(mktemp -d)
bin/ucpalert bench --plans 200 --each 100ms --screens 10 --idle 10 --backlog 500 --out "$figures"
bin/ucpalert bench-sockets --screens 50 --each 200ms --out "$figures"
rm -r "$figures"

# Most of a browser test is waiting: the fuzz targets have what the browsers leave.
step 'fuzz targets, briefly, beside the pages in a browser'
fuzzed=$(mktemp)
setsid nice -n 19 scripts/fuzz.sh 1000x >"$fuzzed" 2>&1 &
fuzzing=$!
(cd tests/browser && npm test)
if ! wait "$fuzzing"; then
	cat "$fuzzed"
	exit 1
fi
fuzzing=
grep -c '^ok' "$fuzzed" | sed 's/$/ fuzz targets passed/'
rm "$fuzzed"

step 'all passed'
