#!/bin/sh
# Sets up what is missing, builds, starts a mail office of its own on loopback (a real Dovecot and a real
# Postfix) and plays one renewal through the daemon.
#   sh tests/demo.sh          plays and ends
#   sh tests/demo.sh --stay   leaves it running afterwards, for a mail of your own
set -eu
cd "$(dirname "$0")/.."
if [ "$(id -u)" != 0 ]; then
	exec sudo sh tests/demo.sh "$@"
fi
sh tests/deps.sh "$PWD/build/servers"
[ -e build/plain/build.ninja ] || { echo "setting up build/plain"; meson setup build/plain >/dev/null; }
echo "building"
ninja -C build/plain >build/demo-build.log 2>&1 || { tail -40 build/demo-build.log; exit 1; }
SITANTE_SERVERS=$PWD/build/servers PYTHONDONTWRITEBYTECODE=1 exec python3 tests/lib/demo.py build/plain "$@"
