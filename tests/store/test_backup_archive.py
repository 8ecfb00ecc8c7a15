"""The file of a backup."""

import json
import zipfile
from pathlib import Path
from random import Random

import pytest

from app.errors import SettingsError
from app.store.backup_archive import FORMAT, MANIFEST, extract, read_manifest, write_archive


def an_archive(folder: Path) -> Path:
    """Return an archive with a database and a subtitle file."""
    (folder / "db").write_bytes(Random(1).randbytes(5000) + b"\0" * 5000)
    (folder / "srt").write_bytes(b"1\n00:00:00,000 --> 00:00:01,000\nHello.\n")
    path = folder / "backup.zip"
    parts = [("surtitle.db", folder / "db"), ("transcripts/main.en.srt", folder / "srt"), ("admin.key", folder / "no")]
    with path.open("wb") as file:
        write_archive(file, parts, made_ms=5, surtitle="0.1.0")
    return path


def test_an_archive_returns_its_files(tmp_path: Path) -> None:
    """Files come back byte for byte, for their owner only; one that had vanished is left out."""
    path = an_archive(tmp_path)
    manifest = extract(path, tmp_path / "out")
    assert [part.name for part in manifest.parts] == ["surtitle.db", "transcripts/main.en.srt"]
    assert path.stat().st_size < 7000
    assert (tmp_path / "out" / "surtitle.db").read_bytes() == (tmp_path / "db").read_bytes()
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert modes == {0o600}


def test_every_damage_is_refused(tmp_path: Path) -> None:
    """An archive with changed bytes, or cut off anywhere, is refused with a sentence or returns what it was."""
    whole = an_archive(tmp_path).read_bytes()
    random = Random(7)
    damaged = [whole[: random.randrange(len(whole))] for _ in range(25)]
    for _ in range(150):
        changed = bytearray(whole)
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
        damaged.append(bytes(changed))
    sentences = []
    for number, body in enumerate(damaged):
        (tmp_path / "bad.zip").write_bytes(body)
        out = tmp_path / f"out{number}"
        try:
            extract(tmp_path / "bad.zip", out)
        except SettingsError as exc:
            sentences.append(str(exc))
        else:
            assert (out / "surtitle.db").read_bytes() == (tmp_path / "db").read_bytes()
    assert len(sentences) > 140
    assert all(sentence.endswith(".") for sentence in sentences)


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/passwd", "transcripts/../../evil", "transcripts/.bashrc", "audit/x", "surtitle.db-wal"]
)
def test_no_name_leads_elsewhere(tmp_path: Path, name: str) -> None:
    """An archive with a name that no backup has is refused before anything is written."""
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr(name, "x")
        parts = [{"name": one, "size": 1, "sha256": "0"} for one in ("surtitle.db", name)]
        fields = {"format": FORMAT, "version": 1, "made_ms": 0, "surtitle": "0", "parts": parts}
        archive.writestr(MANIFEST, json.dumps(fields))
    with pytest.raises(SettingsError, match="names that no backup has"):
        extract(tmp_path / "evil.zip", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_bomb_is_cut_off(tmp_path: Path) -> None:
    """A part that is longer than the manifest says ends at once."""
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("surtitle.db", b"\0" * (20 << 20))
        part = {"name": "surtitle.db", "size": 10, "sha256": "0"}
        fields = {"format": FORMAT, "version": 1, "made_ms": 0, "surtitle": "0", "parts": [part]}
        archive.writestr(MANIFEST, json.dumps(fields))
    with pytest.raises(SettingsError, match="longer than when it was made"):
        extract(tmp_path / "bomb.zip", tmp_path / "out")
    assert (tmp_path / "out" / "surtitle.db").stat().st_size <= 1 << 20


def test_foreign_files_are_refused(tmp_path: Path) -> None:
    """A missing file, a text, another ZIP archive and a later version are refused, each with its own sentence."""
    with pytest.raises(SettingsError, match="There is no backup"):
        read_manifest(tmp_path / "none.zip")
    (tmp_path / "text").write_text("hello")
    with pytest.raises(SettingsError, match="Expected a backup of Surtitle"):
        read_manifest(tmp_path / "text")
    with pytest.raises(SettingsError, match="Expected a backup of Surtitle"):
        read_manifest(tmp_path)
    foreign: list[object] = [{}, [], {"format": "other"}, {"format": FORMAT, "version": 1}]
    for fields in foreign:
        with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
            archive.writestr(MANIFEST, json.dumps(fields))
        with pytest.raises(SettingsError, match="another kind of file"):
            read_manifest(tmp_path / "other.zip")
    for manifest in (
        f'{{"format": "{FORMAT}", "version": 1, "made_ms": 1e999, "surtitle": "", "parts": []}}',
        "[" * 10_000,
    ):
        with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
            archive.writestr(MANIFEST, manifest)
        with pytest.raises(SettingsError, match="another kind of file"):
            read_manifest(tmp_path / "other.zip")
    with zipfile.ZipFile(tmp_path / "later.zip", "w") as archive:
        archive.writestr(MANIFEST, json.dumps({"format": FORMAT, "version": 2}))
    with pytest.raises(SettingsError, match="later version"):
        read_manifest(tmp_path / "later.zip")
