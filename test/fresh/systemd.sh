#!/usr/bin/env bash
# Runs both units of our package under a real systemd, booted in an empty Debian
# in namespaces: start, reload, a refused reload, kill, a hanging daemon, stop.
# Needs root, debootstrap, systemd-nspawn (package systemd-container) and the
# network; cgroups must be mounted.
set -eu
. "$(dirname "$0")/root.sh"

make -s -C "$source" deb >/dev/null
make_root systemd,systemd-sysv,dbus,iproute2,kmod
cp "$source"/bin/keepalived_*.deb "$root/tmp/keepalived.deb"
inside apt-get update -qq
inside apt-get install -y -qq --no-install-recommends /tmp/keepalived.deb >/dev/null 2>&1
install -m 755 "$(dirname "$0")/units.sh" "$root/root/units.sh"
cat > "$root/etc/systemd/system/units.service" <<'UNIT'
[Unit]
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/root/units.sh
ExecStopPost=/bin/systemctl poweroff --force --no-block
StandardOutput=file:/root/units.log
StandardError=inherit
UNIT
mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
ln -s ../units.service "$root/etc/systemd/system/multi-user.target.wants/units.service"

# The container makes its own.
umount -R -l "$root/sys" "$root/dev" "$root/proc"
timeout -k 10 600 systemd-nspawn --quiet --boot --directory="$root" --private-network --register=no --keep-unit \
    </dev/null >"$root/root/boot.log" 2>&1 || true
cat "$root/root/units.log"
grep -qx "units: all as they should be" "$root/root/units.log" || { tail -20 "$root/root/boot.log"; exit 1; }
