#!/bin/sh
# Builds the release into the folder named as the second argument, with the programs in the folder named as the first: the
# source distribution, the wheel, the list of parts (SBOM, CycloneDX) and SHA256SUMS. Nothing is downloaded. Two runs for
# one commit give the same bytes, because dates are the commit's; without git SOURCE_DATE_EPOCH must say when. Where docker
# or podman runs, the container image for machines without a GPU is built too, from the base image named by BASE.
set -eu
bin=$1
out=$2
if [ -z "${SOURCE_DATE_EPOCH:-}" ]; then
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null) || {
        echo "Set SOURCE_DATE_EPOCH to the release's date in seconds since 1970: this is no git checkout." >&2
        exit 1
    }
fi
export SOURCE_DATE_EPOCH
rm -rf "$out"
mkdir -p "$out"
"$bin/python" -m build --no-isolation --outdir "$out" . >"$out/build.log" 2>&1 || { cat "$out/build.log" >&2; exit 1; }
rm "$out/build.log"
"$bin/python" .ci/sbom.py "$out"
(cd "$out" && sha256sum -- * >SHA256SUMS)
(cd "$out" && ls -1)

base=${BASE:-debian:12-slim}
for engine in docker podman; do
    "$engine" info >/dev/null 2>&1 || continue
    if "$engine" image inspect "$base" >/dev/null 2>&1 || "$engine" pull --quiet "$base" >/dev/null 2>&1; then
        version=$("$bin/python" -c 'import app; print(app.__version__)')
        "$bin/python" .ci/progress.py "$engine" build --build-arg "BASE=$base" --tag "surtitle:$version" --tag surtitle:cpu .
        echo "The container image is surtitle:cpu, in $engine."
    else
        echo "No container image was built: $engine cannot get the base image $base. BASE names another one."
    fi
    exit 0
done
echo "No container image was built: neither docker nor podman runs here."
