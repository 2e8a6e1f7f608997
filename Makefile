# make run     builds everything and starts the service with a pretend London and Hertfordshire
# make test    everything that decides whether a change is good; installs what it needs (Debian)
# make bench   measures this build on this machine; prints a table and writes bench-out/*.json
# make bench-matching   measures how well people are told apart

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS := -s -w -X main.version=$(VERSION)
PAGES   := web/ui/dist/index.html
UI      := $(shell find web/ui/src web/ui/*.json web/ui/*.mjs web/ui/*.html -type f 2>/dev/null)

.PHONY: build run test bench bench-matching kill-loop fuzz lint vulns sbom screens clean

build: $(PAGES)
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/ucpalert ./cmd/ucpalert

run: build
	bin/ucpalert demo --data data/demo

test:
	scripts/test.sh

bench: build
	bin/ucpalert bench --out bench-out
	bin/ucpalert bench-sockets --out bench-out

# How well people are told apart: a million labelled pairs, and strangers who arrive while a million plans are held.
bench-matching: build
	bin/ucpalert bench-matching --out bench-out --plans 1000000

# The long form of the suite that kills the service under load; the short form is part of make test.
kill-loop: build
	UCPALERT_TEST_KILLS=500 $(GO) test -count=1 -timeout 30m -run TestNothingAnsweredIsLost ./cmd/ucpalert

# Every fuzz target for a minute.
fuzz:
	scripts/fuzz.sh 60s

lint:
	scripts/lint.sh

# Known weaknesses of what this build is made of, where the database of Go's can be reached.
vulns:
	scripts/vulns.sh

# Of what this build and its pages are made, as CycloneDX, in sbom/.
sbom: build
	scripts/sbom.sh

# The pictures of the pages in docs/screens, taken anew.
screens: build
	cd tests/browser && npm ci --no-audit --no-fund && node screens.mjs

# The pages: installed by npm from the lock file, built into web/ui/dist, embedded by go build.
web/ui/node_modules/.package-lock.json: web/ui/package-lock.json
	cd web/ui && npm ci --no-audit --no-fund

$(PAGES): web/ui/node_modules/.package-lock.json $(UI)
	cd web/ui && npm run build

clean:
	rm -rf bin bench-out sbom web/ui/node_modules tests/browser/node_modules
	find web/ui/dist -type f ! -name README -delete
