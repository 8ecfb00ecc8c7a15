#!/bin/sh
# Renews the locks from pyproject.toml with uv, installed with its hash into the virtual environment named as the first
# argument. Versions stay as they are where they still fit; arguments after it go to uv: `--upgrade`, or
# `--upgrade-package NAME`. Each line names one version for every platform and Python version that is supported, with the
# hashes of all its files and no address.
set -eu
venv=$1
shift
here=$(dirname "$0")
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
    --requirement "$here/uv.lock"
lock() { # FILE, what uv compiles
    file=$1
    shift
    echo "Resolving $file."
    "$venv/bin/uv" pip compile --no-config --quiet --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --no-annotate \
        --custom-compile-command "make lock" --output-file "$file" "$@"
}
lock requirements.lock "$@" pyproject.toml --extra mic --extra obs --extra translate --extra bench --group dev
lock requirements-service.lock "$@" --constraint requirements.lock pyproject.toml --extra mic --extra obs --extra translate
lock requirements-cuda.lock "$@" --constraint requirements.lock pyproject.toml --extra mic --extra obs --extra translate --extra cuda
lock requirements-build.lock "$@" --constraint requirements.lock --group build
lock requirements-train.lock "$@" --constraint requirements.lock pyproject.toml --extra tune
lock "$here/uv.lock" "$@" --group lock
