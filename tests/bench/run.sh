#!/bin/sh
# The table of speed and size, on a bare machine: sets up what is missing, builds as released, measures beside the
# peers.  Root or sudo.  Options go to tests/bench/bench.py (--mails, --runs, --only, ...).
set -eu
cd "$(dirname "$0")/../.."
if [ "$(id -u)" != 0 ]; then
	exec sudo sh tests/bench/run.sh "$@"
fi
sh tests/deps.sh "$PWD/build/servers"
command -v valgrind >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends valgrind >/dev/null
[ -e build/bench/build.ninja ] || meson setup build/bench --buildtype=release >/dev/null
ninja -C build/bench >/dev/null
exec python3 tests/bench/bench.py build/bench build/servers "$@"
