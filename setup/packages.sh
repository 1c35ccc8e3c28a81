#!/bin/sh
# Makes sure that what the build and its tests need from the system is there. Installs with apt
# when that is possible, else says in one line what to install.
#
#   setup/packages.sh libclang [ftp-clients] [sources]
set -eu

installed() {
	case "$1" in
	libclang)
		ldconfig -p 2>/dev/null | grep -q 'libclang-\?[0-9.]*\.so' && return 0
		ls /usr/lib/llvm-*/lib/libclang.so* /usr/lib/llvm-*/lib/libclang-[0-9]*.so* 2>/dev/null | grep -q . && return 0
		[ -n "${LIBCLANG_PATH:-}" ]
		;;
	ftp-clients) command -v curl >/dev/null && command -v lftp >/dev/null ;;
	python) command -v python3 >/dev/null ;;
	sources)
		for tool in dpkg-source patch autoreconf automake pkg-config; do
			command -v $tool >/dev/null || return 1
		done
		for header in security/pam_appl sys/capability nettle/nettle-meta tcpd; do
			[ -e /usr/include/$header.h ] || return 1
		done
		;;
	compiler) command -v cc >/dev/null && command -v make >/dev/null ;;
	callgrind) command -v valgrind >/dev/null ;;
	csmith) command -v csmith >/dev/null && [ -e /usr/include/csmith/csmith.h ] ;;
	toolchain)
		for tool in bear ccache clang cmake distcc gdb objcopy perf pkg-config valgrind; do
			command -v $tool >/dev/null || return 1
		done
		;;
	corpus)
		for tool in libtoolize bison flex tclsh expect telnet perl ssh; do
			command -v $tool >/dev/null || return 1
		done
		for header in oniguruma event pcre2 readline/readline CUnit/CUnit openssl/ssl tcl/tcl; do
			[ -e /usr/include/$header.h ] || return 1
		done
		;;
	*) echo "setup/packages.sh: unknown need: $1" >&2; exit 2 ;;
	esac
}

packages() {
	case "$1" in
	libclang)
		for version in 19 18 17 16 15 14; do
			if apt-cache show "libclang1-$version" >/dev/null 2>&1; then
				echo "libclang1-$version"
				return
			fi
		done
		echo libclang1-19
		;;
	ftp-clients) echo curl lftp ;;
	python) echo python3 ;;
	sources) echo dpkg-dev patch autoconf automake pkg-config libpam0g-dev libcap-dev libssl-dev libwrap0-dev nettle-dev ;;
	compiler) echo gcc libc6-dev make ;;
	callgrind) echo valgrind ;;
	csmith) echo csmith libcsmith-dev ;;
	toolchain) echo bear ccache clang cmake distcc gdb binutils linux-perf pkg-config valgrind ;;
	corpus)
		echo libtool gettext bison flex tcl tcl-dev expect telnet perl openssh-client libonig-dev libevent-dev \
			libpcre2-dev libreadline-dev libcunit1-dev libssl-dev uthash-dev
		;;
	esac
}

missing=
for need in "$@"; do
	installed "$need" || missing="$missing $need"
done
[ -n "$missing" ] || exit 0

sudo=
[ "$(id -u)" -eq 0 ] || sudo="sudo -n"
may_install=
if command -v apt-get >/dev/null && $sudo true 2>/dev/null; then
	may_install=yes
	$sudo apt-get update -qq >&2
fi
wanted=
for need in $missing; do
	wanted="$wanted $(packages "$need")"
done
if [ -z "$may_install" ]; then
	echo "ginseng: please install:$wanted" >&2
	exit 2
fi
# shellcheck disable=SC2086 # a list of package names
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $wanted >/dev/null
