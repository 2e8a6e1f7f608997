#!/bin/sh
# A PostgreSQL server for tests: on loopback, on a free port, in a folder of its own, never as root.
#
#   scripts/postgres.sh start   starts it (installing Debian's postgresql if it is missing) and prints its URL
#   scripts/postgres.sh url     prints the URL of the one that runs
#   scripts/postgres.sh stop    stops it and removes its folder
#
# FAST=1 turns fsync off: for tests that ask what is stored, not whether it would survive a power cut.
# PG_TEST_DIR is the folder; without it, one below the temporary folder for each user. Several servers need several folders.
set -eu

dir=${PG_TEST_DIR:-${TMPDIR:-/tmp}/ucpalert-postgres-$(id -u)}
data=$dir/data
user=ucpalert_test

say() { echo "postgres.sh: $*" >&2; }

# The newest of Debian's servers that is installed.
find_bin() {
	for candidate in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -rn); do
		if [ -x "$candidate/initdb" ] && [ -x "$candidate/pg_ctl" ]; then
			echo "$candidate"
			return
		fi
	done
}

install_postgres() {
	say "installing postgresql"
	root=
	if [ "$(id -u)" -ne 0 ]; then
		root=sudo
	fi
	$root apt-get update -qq >&2
	DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends postgresql >&2
}

# The server refuses to run as root, so root runs it as the user that Debian's package makes.
owner() {
	if [ "$(id -u)" -ne 0 ]; then
		"$@"
		return
	fi
	runuser -u postgres -- "$@"
}

port() { sed -n 4p "$data/postmaster.pid" 2>/dev/null; }

url() {
	p=$(port) || true
	if [ -z "$p" ]; then
		say "no server runs in $dir"
		return 1
	fi
	echo "postgres://$user@127.0.0.1:$p/postgres?sslmode=disable"
}

running() { [ -d "$data" ] && owner "$bin/pg_ctl" -D "$data" status >/dev/null 2>&1; }

# A port that nobody listens on now. Another process may take it before the server does, so start tries several.
free_port() {
	while :; do
		p=$(awk 'BEGIN { srand('"$(od -An -N4 -tu4 /dev/urandom)"'); print 20000 + int(rand() * 12000) }')
		hex=$(printf '%04X' "$p")
		if ! cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q ":$hex [0-9A-F]*:0000 0A"; then
			echo "$p"
			return
		fi
	done
}

start() {
	if running; then
		url
		return
	fi
	rm -rf "$data"
	mkdir -p "$dir"
	chmod 0700 "$dir"
	if [ "$(id -u)" -eq 0 ]; then
		chown postgres "$dir"
	fi
	owner "$bin/initdb" -D "$data" -U "$user" --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$dir.initdb.log" 2>&1 || {
		cat "$dir.initdb.log" >&2
		return 1
	}
	rm -f "$dir.initdb.log"
	options="-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 -c shared_buffers=64MB"
	if [ "${FAST:-0}" = 1 ]; then
		options="$options -c fsync=off -c full_page_writes=off"
	fi
	for attempt in 1 2 3 4 5; do
		if owner "$bin/pg_ctl" -D "$data" -s -w -t 60 -l "$data/server.log" -o "$options -p $(free_port)" start >&2; then
			url
			return
		fi
		say "attempt $attempt failed"
	done
	owner cat "$data/server.log" >&2
	return 1
}

stop() {
	if running; then
		owner "$bin/pg_ctl" -D "$data" -s -m immediate -w stop >&2
	fi
	rm -rf "$dir"
}

command=${1:-}
case $command in
start | stop | url) ;;
*)
	say "usage: postgres.sh start|stop|url"
	exit 2
	;;
esac

bin=$(find_bin)
if [ -z "$bin" ] && [ "$command" = start ]; then
	install_postgres
	bin=$(find_bin)
fi
if [ -z "$bin" ]; then
	say "no PostgreSQL server is installed"
	exit 1
fi
# The owner may not be allowed to look into the folder this was called from.
cd /
$command
