# Sourced by the scripts beside it: an empty Debian root in a mount and process
# namespace of its own, which is gone when the script ends; namespaces, if set,
# are the options of unshare(1) for others.
#
# FRESH_ROOT names a directory that debootstrap has made, to save the time; it
# is copied, not changed. FRESH_MIRROR is where packages come from.

# The script starts itself again in namespaces.
if [ -z "${FRESH_INSIDE:-}" ]; then
    [ "$(id -u)" = 0 ] || { echo "this needs root" >&2; exit 1; }
    # shellcheck disable=SC2086 # these are words
    FRESH_INSIDE=1 exec unshare ${namespaces:---mount --pid --mount-proc} --fork --kill-child -- "$0" "$@"
fi

suite=${FRESH_SUITE:-bookworm}
mirror=${FRESH_MIRROR:-http://deb.debian.org/debian}
source=$(cd "$(dirname "$0")/../.." && pwd)
root=$(mktemp -d)
mount -t tmpfs -o mode=755,size=8g fresh "$root"
trap 'umount -R -l "$root" && rmdir "$root"' EXIT

# make_root PACKAGES: the smallest Debian with them, comma separated.
make_root() {
    if [ -n "${FRESH_ROOT:-}" ]; then
        cp -a "$FRESH_ROOT/." "$root"
    else
        debootstrap --variant=minbase --include="$1" "$suite" "$root" "$mirror" >/dev/null
    fi
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$(hostname)" > "$root/etc/hosts"
    mount -t proc proc "$root/proc"
    mount --rbind --make-rslave /sys "$root/sys"
    mount --rbind --make-rslave /dev "$root/dev"
    if [ -n "${FRESH_ROOT:-}" ]; then
        inside sh -c "apt-get update -qq && apt-get install -y -qq --no-install-recommends ${1//,/ } >/dev/null"
    fi
}

# inside runs a command with the root as its own: no chroot, which the lab's
# namespaces would leave.
inside() {
    # shellcheck disable=SC2016 # the inner shell expands it
    unshare --mount -- sh -c 'cd "$0" && mkdir -p .outside && pivot_root . .outside && cd / && umount -l /.outside &&
        exec env -i PATH=/usr/local/go/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
            DEBIAN_FRONTEND=noninteractive "$@"' "$root" "$@"
}
