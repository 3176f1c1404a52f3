#!/usr/bin/env bash
# Makes bin/keepalived_VERSION_ARCH.deb, the same octets for the same commit.
set -eu
cd "$(dirname "$0")/.."
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || date +%s)}"
export SOURCE_DATE_EPOCH GOFLAGS="${GOFLAGS:-} -buildvcs=false"
umask 022

arch=$(dpkg --print-architecture)
# The epoch is that of Debian's package, whose place this one takes.
version="1:$(cat VERSION)+go${DEB_REVISION:-1}"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
mkdir "$root/DEBIAN"

# Debian's package of bookworm has its unit in /lib: the same name replaces it.
make --silent install DESTDIR="$root" envdir=/etc/default unitdir=/lib/systemd/system

doc=$root/usr/share/doc/keepalived
cp LICENSE "$doc/copyright"
printf 'keepalived (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- keepalived maintainers <keepalived@localhost>  %s\n' \
    "$version" "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")" > "$doc/changelog.Debian"
find "$root/usr/share/man" "$doc/changelog.Debian" -type f -exec gzip -9n {} +

(cd "$root" && find etc -type f | sort | sed 's,^,/,') > "$root/DEBIAN/conffiles"
(cd "$root" && find usr lib -type f | sort | xargs md5sum) > "$root/DEBIAN/md5sums"
for script in preinst postinst prerm postrm; do install -m 755 "packaging/debian/$script" "$root/DEBIAN/$script"; done
sed -e "s/@VERSION@/$version/; s/@ARCH@/$arch/; s/@SIZE@/$(du -k -s --apparent-size "$root" | cut -f1)/" \
    packaging/debian/control.in > "$root/DEBIAN/control"

find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
deb=bin/keepalived_${version#*:}_$arch.deb
dpkg-deb --root-owner-group -Zxz --build "$root" "$deb"
