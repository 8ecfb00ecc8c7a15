#!/bin/sh
# Installs the Debian packages given as arguments, by default all programs that the tests run. Without the right to
# install, it prints the missing ones.
set -eu
if [ $# = 0 ]; then
    set -- espeak-ng libespeak-ng1 pulseaudio pulseaudio-utils libasound2-plugins libportaudio2 alsa-utils chromium \
        fonts-dejavu-core obs-studio xvfb openbox libgl1-mesa-dri caddy nginx haproxy apache2-bin socat \
        bubblewrap iproute2 strace openssl systemd zbar-tools libnss3-tools
fi
here=$(dirname "$0")
say() { if command -v python3 >/dev/null 2>&1; then python3 "$here/progress.py" "$@"; else "$@"; fi; }
missing=
for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
root=
[ "$(id -u)" = 0 ] || root="sudo -n"
if command -v apt-get >/dev/null 2>&1 && { [ -z "$root" ] || sudo -n true 2>/dev/null; }; then
    echo "Installing$missing."
    say $root apt-get update -q || true
    # shellcheck disable=SC2086
    if say $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing; then
        for proxy in caddy nginx haproxy; do # Debian starts each on port 80 at once; the tests start their own
            case "$missing " in
                *" $proxy "*) [ ! -d /run/systemd/system ] || $root systemctl disable --now --quiet $proxy ;;
            esac
        done
        exit 0
    fi
fi
echo "These packages could not be installed here:$missing. Tests that need them are skipped, or fail if CI=true." >&2
