#!/usr/bin/env bash
# Proves in an empty Debian that our package takes the place of Debian's
# keepalived: changed configuration files stay, the units are sound, the binary
# runs without anything else. Needs root, debootstrap and the network.
set -eu
. "$(dirname "$0")/root.sh"

fail() { echo "FAILED: $*" >&2; exit 1; }

make -s -C "$source" deb >/dev/null
make_root systemd,man-db
inside apt-get update -qq
inside apt-get install -y -qq --no-install-recommends keepalived >/dev/null
old=$(inside dpkg-query -W -f '${Version}' keepalived)
echo 'DAEMON_ARGS="-D"' > "$root/etc/default/keepalived"
echo 'global_defs { }' > "$root/etc/keepalived/keepalived.conf"

cp "$source"/bin/keepalived_*.deb "$root/tmp/keepalived.deb"
inside dpkg -i --force-confold /tmp/keepalived.deb
echo "Debian's keepalived $old is now $(inside dpkg-query -W -f '${Version}' keepalived)"

[ "$(cat "$root/etc/default/keepalived")" = 'DAEMON_ARGS="-D"' ] || fail "a changed configuration file was replaced"
[ "$(cat "$root/etc/keepalived/keepalived.conf")" = 'global_defs { }' ] || fail "keepalived.conf was replaced"
[ ! -e "$root/etc/init.d/keepalived" ] || fail "the script for SysV init is still there"
[ -e "$root/lib/systemd/system/keepalived.service" ] || fail "the unit is missing"
inside keepalived -v 2>&1 | grep -q "^Keepalived v$(cat "$source/VERSION")" || fail "keepalived -v"
inside keepalived --check=static -f /etc/keepalived/keepalived.conf.sample || fail "the sample is not valid"
for unit in keepalived.service keepalived-nonroot.service; do
    complaints=$(inside systemd-analyze verify --recursive-errors=no "$unit" 2>&1 | grep "$unit" || true)
    [ -z "$complaints" ] || fail "$complaints"
done
for page in keepalived.8 keepalived.conf.5 genhash.1; do
    [ -n "$(find "$root/usr/share/man" -name "$page.gz")" ] || fail "$page is missing"
done
inside dpkg --verify keepalived | grep -v ' c /etc/default/keepalived$' && fail "files differ from the package's"
inside dpkg --purge keepalived >/dev/null
[ ! -e "$root/usr/sbin/keepalived" ] && [ ! -e "$root/etc/logrotate.d/keepalived" ] || fail "purge leaves files behind"
echo "package: all as it should be"
