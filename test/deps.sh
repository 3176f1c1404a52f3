#!/bin/sh
# Installs the programs that the lab tests call, when root and missing.
set -eu
need=
want() { command -v "$1" >/dev/null 2>&1 || need="$need $2"; }
want ip iproute2
want nft nftables
want tc iproute2
if [ -z "$need" ]; then exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
	echo "missing packages:$need (install them, or run this as root on Debian); the tests that need them will say so" >&2
	exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends $need
