"""Makes the Debian package: a source tree assembled in the build folder, and dpkg-buildpackage in it.
build.py SOURCE BUILD VERSION"""
import email.utils
import glob
import os
import shutil
import subprocess
import sys

source, build, version = sys.argv[1:4]
PARTS = ["conf", "daemon", "lib", "systemd", "LICENSE", "README.md", "meson.build", "meson_options.txt"]
folder = os.path.join(build, "deb")
tree = os.path.join(folder, "sitante-" + version)
shutil.rmtree(folder, ignore_errors=True)
os.makedirs(tree)
newest = 0
for part in PARTS:
    at = os.path.join(source, part)
    (shutil.copytree if os.path.isdir(at) else shutil.copy2)(at, os.path.join(tree, part))
    newest = max([newest, os.stat(at).st_mtime] + [os.stat(os.path.join(d, n)).st_mtime for d, _, names in os.walk(at) for n in names])
debian = os.path.join(tree, "debian")
shutil.copytree(os.path.join(tree, "systemd", "debian"), debian)
with open(os.path.join(debian, "changelog.in")) as f:
    text = f.read()
os.unlink(os.path.join(debian, "changelog.in"))
when = int(os.environ.get("SOURCE_DATE_EPOCH", newest))
with open(os.path.join(debian, "changelog"), "w") as f:
    f.write(text.replace("@VERSION@", version).replace("@DATE@", email.utils.formatdate(when)))
subprocess.run(["debconf-updatepo"], cwd=debian, check=True)
# the outer build's own wishes are not the package's
env = {k: v for k, v in os.environ.items() if k not in ("CFLAGS", "CXXFLAGS", "CPPFLAGS", "LDFLAGS", "DESTDIR", "MAKEFLAGS")}
subprocess.run(["dpkg-buildpackage", "--build=binary", "--no-sign", "--jobs=auto"], cwd=tree, check=True, env=env)
for name in sorted(glob.glob(os.path.join(folder, "sitante_*.deb"))):
    print(name)
