#!/bin/sh
# Installs locks (arguments 2 and on) into the virtual environment named as the first: only files whose SHA-256 is in a
# lock, and no source packages, whose own requirements have no hashes. uv downloads several files at once and takes a tenth
# of the time; pip does it where uv cannot be had or fails, and where pip is set up for a package index of its own.
set -eu
venv=$1
here=$(dirname "$0")
shift
for lock in "$@"; do
    shift
    set -- "$@" --requirement "$lock"
done
say() { "$venv/bin/python" "$here/progress.py" "$@"; }

echo "Installing Python packages into $venv."
if ! "$venv/bin/python" -m pip config list 2>/dev/null | grep -q '\.index-url='; then
    [ -x "$venv/bin/uv" ] || say "$venv/bin/python" -m pip install --disable-pip-version-check --require-hashes \
        --only-binary :all: --progress-bar off --requirement "$here/uv.lock" || true
    if [ -x "$venv/bin/uv" ]; then
        # a copy, because through a link a change in one environment would reach all others
        say "$venv/bin/uv" pip install --require-hashes --only-binary :all: --compile-bytecode --link-mode copy \
            --python "$venv/bin/python" "$@" && exit 0
    fi
    echo "uv cannot install them here; pip does it now, one file after the other."
fi
say "$venv/bin/python" -m pip install --disable-pip-version-check --require-hashes --only-binary :all: \
    --progress-bar off "$@"
