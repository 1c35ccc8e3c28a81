#!/bin/sh
# Updates a running key-value server twice, with clients connected and 5000 keys, and shows each command.
# Fails if anything is not as it should be. GINSENGC names the tool [default: the built one].
set -eu
here=$(cd "$(dirname "$0")" && pwd)
GINSENGC=${GINSENGC:-$here/../../../target/release/ginsengc}
[ -x "$GINSENGC" ] || { echo "demo: $GINSENGC is missing: run \`make build\`" >&2; exit 2; }
PATH=$(cd "$(dirname "$GINSENGC")" && pwd):$PATH
work=$(mktemp -d)
server= client=
finish() {
	for pid in $client $server; do kill "$pid" 2>/dev/null || :; done
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM
cd "$work"
cp -R "$here/v1" "$here/v2" "$here/v3" .
mkdir data
export GINSENG_DIR="$work/run" GINSENG_CACHE="$work/cache"

title() { printf '\n# %s\n' "$*"; }
show() { sed 's/^/    /' "$1" | cut -c -110; }
fail() { echo "demo: FAILED: $*" >&2; exit 1; }
run() {
	echo "$ $*"
	"$@" >out 2>&1 || { show out; fail "status $?: $*"; }
	show out
}
# kvd 'COMMAND' 'WHAT THE ANSWER BEGINS WITH': one line to the client, which compares every value.
kvd() {
	echo "$1" >&3
	read -r answer <&4 || fail "the client ended"
	printf '    kvd> %-38s %s\n' "$1" "$answer"
	case $answer in "ok $2"*) ;; *) fail "expected: ok $2" ;; esac
}

title "Three releases of a key-value server, built from an unmodified Makefile"
for version in v1 v2 v3; do
	run make -s -C $version CC='ginsengc build'
done

title "The old one runs, with 5000 keys. A client is in the middle of a command"
echo "$ v1/kvd -d data -f port &"
v1/kvd -d data -f port &
server=$!
for _ in $(seq 100); do [ -s data/port ] && break; sleep 0.05; done
mkfifo to from
python3 -B "$here/drive.py" talk "$(cat data/port)" <to >from &
client=$!
exec 3>to 4<from
kvd "open alice" "PONG"
kvd "info alice version" "1.0"
kvd "fill alice seed 5000" "5000"
kvd "open bob" "PONG"
kvd "half bob RPUSH list one two" "half"

title "The second release gives connections and keys new fields"
run ginsengc diff v1/kvd v2/kvd -o fix.so
run ginsengc apply "$server" fix.so
kvd "rest bob" "2"
kvd "info alice version" "1.1"
kvd "check alice seed 5000" "5000"
kvd "send alice CLIENT SETNAME alice" "OK"
kvd "send bob IDLETIME list" "0"

title "The third one changes values and the table of commands, and has hashes"
run ginsengc diff fix.so v3/kvd -o next.so
run ginsengc apply "$server" next.so
kvd "info alice version" "2.0"
kvd "send alice CLIENT GETNAME" "alice"
kvd "send bob HSET h field 1" "1"
kvd "check alice seed 5000" "5000"
run ginsengc status "$server"
echo
echo "Not one connection was dropped, and all 5000 keys are right."
