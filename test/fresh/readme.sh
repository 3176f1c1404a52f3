#!/usr/bin/env bash
# Proves the commands of the README in an empty Debian with only Go, make and
# git: clones the committed state and runs make demo, then make test. Arguments
# are other targets to run instead. Needs root, debootstrap and the network.
set -eu
# The kernel reports processes to the first process namespace only.
export namespaces=--mount
. "$(dirname "$0")/root.sh"

targets=("$@")
[ $# -gt 0 ] || targets=(demo test)

make_root make,git,ca-certificates
# A network may have an authority of its own.
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
mkdir -p "$root/usr/local"
cp -a "$(go env GOROOT)" "$root/usr/local/go"
git clone -q --no-hardlinks "$source" "$root/root/keepalived"
for target in "${targets[@]}"; do
    echo "make $target"
    inside env CI=1 make -C /root/keepalived "$target" # CI: a test that cannot run fails
done
echo "fresh machine: ${targets[*]} done"
