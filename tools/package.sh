#!/bin/sh
# package.sh PROGRAM OUTDIR -- make OUTDIR/daymark_VERSION_ARCH.deb of a built program.
# The same sources and program give the same bytes.
set -eu

program=$1
out=$2
root=$(cd -- "$(dirname -- "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
tree=$work/daymark
version=$("$program" version | sed -n 's/^daymark \([0-9][0-9.]*\).*/\1/p')
[ "$version" ] || { echo "package.sh: $program does not say its version" >&2; exit 1; }
SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 1700000000)
export SOURCE_DATE_EPOCH

# ---- the files -----------------------------------------------------------------

install -D -m 755 "$program" "$tree/usr/bin/daymark"
strip --strip-unneeded "$tree/usr/bin/daymark"
install -D -m 644 "$root/packaging/daymark.service" "$tree/lib/systemd/system/daymark.service"
install -D -m 640 "$root/packaging/daymark.conf" "$tree/etc/daymark/daymark.conf"
doc=$tree/usr/share/doc/daymark
install -d "$doc"
install -m 644 "$root/README.md" "$root"/docs/*.md "$doc"
install -m 644 "$root/LICENSE" "$doc/copyright"
install -d "$doc/examples"
install -m 644 "$root/packaging/prometheus/daymark.rules.yml" "$root/packaging/grafana/daymark.json" "$doc/examples"
gzip -9n <"$root/CHANGELOG.md" >"$doc/changelog.gz"

# ---- what dpkg wants to know -----------------------------------------------------

# Of what the program is linked with: libsqlite3-0 (>= 3.40), ...
mkdir "$work/debian"
printf 'Source: daymark\n\nPackage: daymark\nArchitecture: any\n' >"$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O --ignore-missing-info daymark/usr/bin/daymark 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
[ "$depends" ] || { echo "package.sh: dpkg-shlibdeps found nothing" >&2; exit 1; }
mkdir "$tree/DEBIAN"
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$(dpkg --print-architecture)/" \
    -e "s/@SIZE@/$(du -ks --apparent-size "$tree" | cut -f1)/" -e "s/@DEPENDS@/$depends/" \
    "$root/packaging/deb/control" >"$tree/DEBIAN/control"
install -m 644 "$root/packaging/deb/conffiles" "$tree/DEBIAN"
install -m 755 "$root/packaging/deb/postinst" "$root/packaging/deb/prerm" "$root/packaging/deb/postrm" "$tree/DEBIAN"
(cd "$tree" && find usr lib etc -type f ! -path etc/daymark/daymark.conf -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"

mkdir -p "$out"
package=$out/daymark_${version}_$(dpkg --print-architecture).deb
dpkg-deb --root-owner-group -Zxz --build "$tree" "$package" >/dev/null
echo "$package"
