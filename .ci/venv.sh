#!/bin/sh
# Makes the virtual environment named as the first argument with a Python that is new enough.
set -eu
venv=$1
[ -x "$venv/bin/python" ] && "$venv/bin/python" -m pip --version >/dev/null 2>&1 && exit 0

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

python=
for name in python3 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null 2>&1 && is_new_enough "$name"; then python=$name; break; fi
done
if [ -z "$python" ]; then
    echo "Surtitle needs Python 3.11 or newer, and none was found; install it (apt-get install python3 python3-venv)." >&2
    exit 1
fi

make_venv() { rm -rf "$venv" && "$python" -m venv "$venv" >/dev/null 2>&1; }
say() { "$python" "$(dirname "$0")/progress.py" "$@"; }

echo "Making a virtual environment in $venv."
make_venv && exit 0
# Debian and Ubuntu keep venv in a package of its own
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
root=
[ "$(id -u)" = 0 ] || root="sudo -n"
if command -v apt-get >/dev/null 2>&1 && { [ -z "$root" ] || sudo -n true 2>/dev/null; }; then
    echo "Installing python$version-venv."
    say $root apt-get update -q || true
    say $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q "python$version-venv" || true
    echo "Making the virtual environment in $venv."
    make_venv && exit 0
fi
echo "Python cannot make a virtual environment here; install the package python$version-venv and run make again." >&2
exit 1
