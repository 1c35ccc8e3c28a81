#!/bin/sh
# Fetches and unpacks a Debian source package, unpatched, with a private apt configuration: the
# mirror is that of the machine, everything else lies in the working folder.
#
#   testsuite/real/fetch.sh WORK PACKAGE VERSION     -> WORK/PACKAGE-VERSION.dsc and its files
set -eu
work=$1 package=$2 version=$3
mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial"
work=$(cd "$work" && pwd)

# The first mirror of the machine's own list that serves Debian itself.
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
	sed -n 's/^URIs: *//p; s/^deb *\(\[[^]]*\] *\)\{0,1\}\([^ ]*\) .*/\2/p' |
	grep '/debian/*$' | head -n 1)
[ -n "$mirror" ] || mirror=http://deb.debian.org/debian
for suite in bookworm bullseye trixie sid; do
	echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
done >"$work/apt/sources.list"

apt() {
	apt-get -qq -o Dir::Etc::sourcelist="$work/apt/sources.list" -o Dir::Etc::sourceparts=- \
		-o Dir::State::lists="$work/apt/lists" -o Dir::Cache="$work/apt/cache" \
		-o APT::Sandbox::User=root "$@"
}
cd "$work"
[ -n "$(ls "$work"/apt/lists/*Sources* 2>/dev/null)" ] || apt update >&2
apt source --download-only "$package=$version" >&2
