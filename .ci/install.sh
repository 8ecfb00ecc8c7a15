#!/bin/sh
# Installs the service from a checkout into a new virtual environment, named as the first argument: every package is
# checked against a hash in a lock, and the service's own wheel is built without a download. The second argument is the
# lock, by default requirements-service.lock; requirements-cuda.lock adds the CUDA library for NVIDIA GPUs.
set -eu
umask 022 # the user that runs the service must be able to read it
root=$(cd "$(dirname "$0")/.." && pwd)
target=$1
lock=${2:-requirements-service.lock}
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
locked() { # PYTHON, LOCK
    "$1" "$root/.ci/progress.py" "$1" -m pip install --disable-pip-version-check --require-hashes --only-binary :all: \
        --progress-bar off --requirement "$root/$2"
}
sh "$root/.ci/venv.sh" "$build/venv"
locked "$build/venv/bin/python" requirements-build.lock
"$build/venv/bin/python" -m pip wheel --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation \
    --wheel-dir "$build/own" "$root"
sh "$root/.ci/venv.sh" "$target"
locked "$target/bin/python" "$lock"
"$target/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-index --force-reinstall "$build"/own/*.whl
echo "Surtitle is installed: $target/bin/surtitle"
