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

step 'go: tests on SQLite and PostgreSQL'
trap 'scripts/postgres.sh stop' EXIT
FAST=1 scripts/postgres.sh start
UCPALERT_TEST_POSTGRES=$(scripts/postgres.sh url)
export UCPALERT_TEST_POSTGRES UCPALERT_TEST_POSTGRES_REQUIRED=1
go test -race -shuffle=on -timeout 40m ./...

step 'fuzz targets, briefly'
scripts/fuzz.sh 5000x

step 'pages in a browser'
(cd tests/browser && npm test)

step 'all passed'
