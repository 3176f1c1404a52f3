#!/bin/sh
# Installs the programs that the lab tests call, when root and missing.
set -eu
need=
want() { command -v "$1" >/dev/null 2>&1 || need="$need $2"; }
want ip iproute2
want nft nftables
want tc iproute2
want ping iputils-ping
want pkill procps
want dbus-daemon dbus
want dbus-send dbus
want setpriv util-linux
want smilint smitools
want cpio cpio
want man man-db
want openssl openssl
want snmpd snmpd
want snmptrapd snmptrapd
want snmptranslate snmp
want qemu-system-x86_64 qemu-system-x86
[ -e /etc/protocols ] || need="$need netbase" # the names that ip and nft use
[ -x /usr/lib/frr/bfdd ] || need="$need frr"
# Tests fetch packages of their own, several at a time: only with lists that are there.
lists=$(ls /var/lib/apt/lists/*Packages* 2>/dev/null | head -n 1 || true)
if [ -z "$need" ] && [ -n "$lists" ]; then exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
	echo "missing packages:$need (install them, or run this as root on Debian); the tests that need them will say so" >&2
	exit 0
fi
# A run level without services: what is installed here is not to be started.
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
apt-get update -qq
if [ -n "$need" ]; then apt-get install -y -qq --no-install-recommends $need; fi
