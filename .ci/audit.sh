#!/bin/sh
# Looks up the packages of requirements.lock in the OSV database of known vulnerabilities, with pip-audit from the
# folder given as the first argument. A vulnerability is an error. Where the database cannot be reached, one line says so.
set -eu
report=$(mktemp)
log=$(mktemp)
trap 'rm -f "$report" "$log"' EXIT
if "$1/pip-audit" --vulnerability-service osv --requirement requirements.lock --no-deps --disable-pip \
    --progress-spinner off --timeout 10 --output "$report" >"$log" 2>&1; then
    echo "No known vulnerabilities in requirements.lock."
elif [ -s "$report" ]; then
    cat "$report" >&2
    exit 1
else
    echo "requirements.lock was not checked for vulnerabilities: the OSV database cannot be reached from here." >&2
fi
