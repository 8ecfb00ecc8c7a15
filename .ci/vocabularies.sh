#!/bin/sh
# Puts the source package of openai-whisper, whose two tiktoken files are Whisper's real vocabularies, into the virtual
# environment named as the first argument. Nothing of it is installed, and it contains no weights. pip asks the package for
# its metadata, which takes setuptools; without isolation that is the locked one.
set -eu
venv=$1
folder="$venv/share/openai-whisper"
archive="$folder/openai_whisper-20250625.tar.gz"
[ -s "$archive" ] && exit 0
echo "Downloading Whisper's vocabularies for the tests."
mkdir -p "$folder"
work=$(mktemp -d "$folder/download.XXXXXX")
trap 'rm -rf "$work"' EXIT
cat >"$work/requirements.txt" <<'END'
openai-whisper==20250625 --hash=sha256:37a91a3921809d9f44748ffc73c0a55c9f366c85a3ef5c2ae0cc09540432eb96
END
"$venv/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: --require-hashes \
    --no-build-isolation --dest "$work" --requirement "$work/requirements.txt" || {
    echo "pip cannot download the source package openai-whisper 20250625, whose vocabularies the tests need." >&2
    exit 1
}
mv "$work/openai_whisper-20250625.tar.gz" "$archive" # at once, so that several test processes may run this
