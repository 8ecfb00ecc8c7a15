#!/bin/sh
# Installs the Debian packages that the tests drive for real; where that is not allowed it names them in one sentence.
set -eu
packages="espeak-ng libespeak-ng1 pulseaudio pulseaudio-utils libasound2-plugins libportaudio2 alsa-utils chromium \
fonts-dejavu-core obs-studio xvfb openbox libgl1-mesa-dri"
missing=
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
root=
[ "$(id -u)" = 0 ] || root="sudo -n"
if command -v apt-get >/dev/null 2>&1 && { [ -z "$root" ] || sudo -n true 2>/dev/null; }; then
    echo "Installing$missing."
    $root apt-get update -q >/dev/null
    # shellcheck disable=SC2086
    if DEBIAN_FRONTEND=noninteractive $root apt-get install -y -q --no-install-recommends $missing >/dev/null; then
        exit 0
    fi
fi
echo "Some tests need packages that could not be installed here:$missing. They are skipped unless CI=true." >&2
