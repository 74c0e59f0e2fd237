#!/bin/sh
# Installs the Debian packages that building and testing need, and nothing else.  Servers for the tests
# (Dovecot, Postfix) are not installed: their packages are unpacked into a folder, so that no mail
# server of this machine is replaced and no service is started or enabled.
#   tests/deps.sh            build and test packages
#   tests/deps.sh DIR        besides: unpack the servers into DIR/root
set -eu

packages="gcc libc6-dev util-linux mount meson ninja-build pkg-config python3 sqlite3 openssl tzdata ca-certificates
 clang clang-format clang-tidy libclang-rt-14-dev llvm
 libetpan-dev libcurl4-gnutls-dev libsqlite3-dev libconfig-dev libjansson-dev libgmime-3.0-dev libgnutls28-dev nettle-dev
 libsystemd-dev libgumbo-dev libminizip-dev zlib1g-dev libexpat1-dev libseccomp-dev libcmocka-dev libpango1.0-dev libxlsxwriter-dev libqpdf-dev
 libqrencode-dev libtasn1-6-dev libtasn1-bin fonts-dejavu-core poppler-utils libzbar0 libnss3-tools qpdf swaks strace
 mandoc fish zsh age gnupg debhelper dpkg-dev po-debconf lintian debootstrap"
# what the unpacked servers link to
libraries="libbz2-1.0 libcap2 libcrypt1 libexttextcat-2.0-0 libicu72 liblua5.4-0 liblz4-1 liblzma5 libpam0g
 libsodium23 libssl3 libstemmer0d libsystemd0 libtirpc3 libunwind8 libwrap0 libzstd1 zlib1g libapparmor1
 libdb5.3 libnsl2 libsasl2-2 libct4 libhiredis0.14 libmariadb3 libpcre3 libpq5 libxml2"
servers="dovecot-core dovecot-imapd dovecot-lmtpd postfix kannel kannel-extras isync prometheus"

as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

missing=
for p in $packages $libraries; do
	dpkg-query -W -f='${db:Status-Abbrev}' "$p" 2>/dev/null | grep -q '^ii' || missing="$missing $p"
done
if [ -n "$missing" ]; then
	echo "installing:$missing"
	as_root apt-get update -qq
	as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends --no-remove $missing >/dev/null
fi

# the mark names what was unpacked: a folder of an older list is filled up
if [ $# -ge 1 ] && [ "$(cat "$1/root/complete" 2>/dev/null)" != "$servers" ]; then
	mkdir -p "$1/root" "$1/deb"
	cd "$1/deb"
	# no lists yet on a fresh machine
	apt-cache show postfix >/dev/null 2>&1 || as_root apt-get update -qq
	for p in $servers; do
		ls "$p"_*.deb >/dev/null 2>&1 || apt-get download -qq "$p" 2>/dev/null || { as_root apt-get update -qq; apt-get download -qq "$p"; }
	done
	for d in *.deb; do
		dpkg-deb -x "$d" ../root
	done
	echo "$servers" >../root/complete
fi
