#!/bin/sh
# Builds and passes every test; the last line is the sum.  Root, or a user with sudo, because
# Postfix's master and Dovecot run for real.
set -eu
cd "$(dirname "$0")/.."
if [ "$(id -u)" != 0 ]; then
	exec sudo sh tests/run.sh "$@"
fi
sh tests/deps.sh "$PWD/build/servers"

export SITANTE_SERVERS="$PWD/build/servers"
log=$PWD/build/logs
rm -rf "$log"
mkdir -p "$log"
status=0

# set_up DIR COMPILER OPTIONS...
set_up() {
	dir=$1
	compiler=$2
	shift 2
	if [ -e "$dir/build.ninja" ]; then
		CC=$compiler meson configure "$dir" "$@" >"$log/setup.log" 2>&1
	else
		CC=$compiler meson setup "$dir" "$@" >"$log/setup.log" 2>&1
	fi || { cat "$log/setup.log"; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
	echo "building $dir with $compiler"
	ninja -C "$dir" >"$log/build.log" 2>&1 || { tail -50 "$log/build.log"; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
}

# play DIR SUITES...
play() {
	dir=$1
	shift
	suites=
	for s in "$@"; do suites="$suites --suite sitante:$s"; done
	$gently meson test -C "$dir" --no-rebuild --num-processes "$side_by_side" --timeout-multiplier 4 --logbase "$(basename "$dir")-$1" $suites >"$log/$(basename "$dir")-$1.txt" 2>&1 || status=1
	cp "$dir"/meson-logs/"$(basename "$dir")-$1.json" "$log/"
}

set_up build/plain gcc -Dwerror=true
set_up build/asan gcc -Dwerror=true -Db_sanitize=address,undefined -Dplanted_faults=true
set_up build/clang clang -Dwerror=true
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export LSAN_OPTIONS="suppressions=$PWD/tests/lib/lsan.txt:print_suppressions=0"
gently=
side_by_side=2
play build/asan unit fuzz reader evidence
play build/clang unit
play build/plain corpus hostile
# clang-tidy takes minutes and the tests with servers wait most of the time
(gently="nice -n 15"; play build/plain lint; exit $status) &
lint=$!
(side_by_side=4; play build/plain integration; exit $status) & # they mostly wait
integration=$!
play build/plain crash fault
wait $integration || status=1
wait $lint || status=1
python3 tests/lib/sum.py "$log" || status=1
exit $status
