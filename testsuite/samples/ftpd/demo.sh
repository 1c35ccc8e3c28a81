#!/bin/sh
# Updates a running FTP server twice, with a client in the middle of a download, and shows each command.
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
export GINSENG_DIR="$work/run" GINSENG_CACHE="$work/cache"

title() { printf '\n# %s\n' "$*"; }
show() { sed 's/^/    /' "$1" | cut -c -110; }
run() {
	echo "$ $*"
	eval "$*" >out 2>&1 || { show out; fail "status $?: $*"; }
	show out
}
fail() { echo "demo: FAILED: $*" >&2; exit 1; }
# ftp 'COMMAND' 'WHAT THE ANSWER BEGINS WITH': one line to the client, which checks every byte it moves.
ftp() {
	echo "$1" >&3
	read -r answer <&4 || fail "the client ended"
	printf '    ftp> %-38s %s\n' "$1" "$answer"
	case $answer in "ok $2"*) ;; *) fail "expected: ok $2" ;; esac
}

title "Three releases of an FTP server, built from an unmodified Makefile"
for version in v1 v2 v3; do
	run "make -s -C $version CC='ginsengc build'"
done

title "The old one runs. A client logs in and stops in the middle of a download"
python3 "$here/drive.py" site site >/dev/null
echo "$ v1/ftpd site/ftpd.conf &"
v1/ftpd site/ftpd.conf &
server=$!
for _ in $(seq 100); do [ -s site/port ] && break; sleep 0.05; done
mkfifo to from
python3 "$here/drive.py" talk "$(cat site/port)" <to >from &
client=$!
exec 3>to 4<from
ftp "open alice" "220"
ftp "version alice" "1.0"
ftp "put alice film 7 20000000" "226"
ftp "start alice film 7 20000000 5000000" "at 5000000"

title "What differs, and a patch for it"
run ginsengc diff v1/ftpd v2/ftpd -o fix.so

# apply PATCH 'COMMAND' 'ANSWER'...: what clients do while the request is out
apply() {
	patch=$1
	shift
	echo "$ ginsengc apply $server $patch &"
	ginsengc apply "$server" "$patch" >applied 2>&1 &
	apply=$!
	sleep 1 # the request is out: who can take it where it waits has done so
	while [ $# -gt 0 ]; do
		ftp "$1" "$2"
		shift 2
	done
	wait $apply || { show applied; fail "apply"; }
	show applied
}

title "The patch goes into the listener and the session, each at its next update point"
apply fix.so "more alice 5000000" "at 10000000" "open bob" "220"

title "The same session, with its download, now runs the new release"
ftp "finish alice" "226"
ftp "version alice" "1.1"
ftp "open carol" "220 Welcome to ftpd 1.1."

title "The release after it gives the session's struct new fields, and alice stays connected"
ftp "number alice" "1"
run ginsengc diff fix.so v3/ftpd -o next.so
apply next.so "version alice" "2.0" "version bob" "2.0" "version carol" "2.0" "open dave" "220 Welcome to ftpd 2.0."
ftp "version alice" "2.0"
ftp "number alice" "1"
ftp "send alice SITE IDLE 444" "200"
ftp "check alice 2.0" "2.0"
run ginsengc status "$server"
echo
echo "Not one connection was dropped, and all 20000000 bytes are right."
