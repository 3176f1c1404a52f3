#!/bin/sh
# Runs inside the system that systemd.sh boots, as a service.
set -eu
vip=192.0.2.100

fail() {
    echo "FAILED: $*"
    exit 1
}

# ended shows what there is to know, if not all was done.
ended() {
    if [ $? != 0 ]; then
        systemctl status --no-pager -n 40 "$unit" || true
    fi
}
trap ended EXIT

# await DESCRIPTION COMMAND...: until the command succeeds.
await() {
    what=$1
    shift
    for _ in $(seq 600); do
        if "$@" >/dev/null 2>&1; then
            return
        fi
        sleep 0.1
    done
    fail "$what"
}

has() { ip -4 -o addr show dev lan0 | grep -q " $1/"; }
lacks() { ! has "$1"; }
main() { systemctl show -p MainPID --value "$unit"; }
changed() { [ "$(main)" != "$1" ] && [ "$(main)" != 0 ]; }
told() { systemctl show -p StatusText --value "$unit" | grep -qi "$1"; }

# configure VIP...
configure() {
    mkdir -p /etc/keepalived
    cat > /etc/keepalived/keepalived.conf <<CONF
vrrp_instance VI_1 {
    interface lan0
    virtual_router_id 7
    priority 100
    advert_int 1
    virtual_ipaddress {
$(for a in "$@"; do echo "        $a/24"; done)
    }
}
CONF
}

ip link add lan0 type veth peer name far0
ip link set lan0 up
ip link set far0 up
ip addr add 192.0.2.1/24 dev lan0

for unit in keepalived.service keepalived-nonroot.service; do
    rm -f /etc/keepalived/keepalived.conf
    systemctl start "$unit"
    [ "$(systemctl show -p ConditionResult --value "$unit")" = no ] || fail "started without a configuration"

    configure $vip
    systemctl start "$unit"
    [ "$(systemctl is-active "$unit")" = active ] || fail "not active"
    await "the VIP after the start" has $vip

    configure $vip 192.0.2.101
    systemctl reload "$unit"
    await "the second VIP after a reload" has 192.0.2.101

    pid=$(main)
    echo 'vrrp_instance {' > /etc/keepalived/keepalived.conf
    systemctl reload "$unit"
    await "the status says that the reload was refused" told refused
    has $vip && has 192.0.2.101 && [ "$(main)" = "$pid" ] || fail "a refused reload changed something"

    configure $vip
    systemctl reload "$unit"
    await "the second VIP is gone after the next good file" lacks 192.0.2.101

    case $unit in
    *nonroot*) [ "$(stat -c %U "/proc/$pid")" != root ] || fail "the user is root" ;;
    esac

    kill -KILL "$pid"
    await "a new start after a kill" changed "$pid"
    await "the VIP after a kill" has $vip

    pid=$(main)
    kill -STOP "$pid"
    await "the watchdog ends a hanging daemon and starts another" changed "$pid"
    await "the VIP after a hang" has $vip

    systemctl stop "$unit"
    lacks $vip || fail "the VIP is there after a stop"
    [ "$(systemctl is-failed "$unit")" = inactive ] || fail "failed after a stop"
    left=$(ls -l /proc/[0-9]*/exe 2>/dev/null | grep -c '/keepalived$' || true)
    [ "$left" = 0 ] || fail "$left processes are left"
    echo "$unit: started, reloaded, refused, killed, hung, stopped"
done
echo "units: all as they should be"
