#!/usr/bin/env bash
# Installs what the tests need besides Go, Node and gcc: Debian's PostgreSQL, Chromium (without windows) and Firefox ESR, and the npm packages of the browser tests.
set -euo pipefail
cd "$(dirname "$0")/.."

install() {
	local as_root=()
	[ "$(id -u)" -eq 0 ] || as_root=(sudo)
	echo "installing $*"
	"${as_root[@]}" apt-get update -qq
	DEBIAN_FRONTEND=noninteractive "${as_root[@]}" timeout 600 apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

missing=()
[ -n "$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] || missing+=(postgresql)
[ -x /usr/bin/chromium-headless-shell ] || [ -x /usr/bin/chromium ] || missing+=(chromium-headless-shell)
[ ${#missing[@]} -eq 0 ] || install "${missing[@]}"
[ -x /usr/bin/chromium-headless-shell ] || install chromium-headless-shell || echo 'the build of Chromium without windows could not be installed: the whole one is used, which takes longer'
# One test needs it, and is skipped, with a word, where it cannot be had.
[ -x /usr/bin/firefox-esr ] || install firefox-esr || echo 'Firefox ESR could not be installed: the board is not tried in it'

if [ ! -e tests/browser/node_modules/.package-lock.json ] || [ tests/browser/package-lock.json -nt tests/browser/node_modules/.package-lock.json ]; then
	(cd tests/browser && npm ci --no-audit --no-fund)
fi
