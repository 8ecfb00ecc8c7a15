"""Models of the hub: one commit, checked files, and nothing new without being asked."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import huggingface_hub
import huggingface_hub.constants
import pytest

from app.decode import model_hub, models
from app.decode.model_lock import LOCK_NAME, UntrustedModelError
from app.decode.model_pins import PINS, REPOSITORIES, ModelPin
from app.errors import ModelError
from tests.fakes.model_hub import FILES, REPOSITORY, ModelHub, hash_files, serving_models

FIRST, SECOND = "1" * 40, "2" * 40


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelHub]:
    """Serve one model."""
    with serving_models(monkeypatch) as serving:
        yield serving


def pin(monkeypatch: pytest.MonkeyPatch, hashes: dict[str, str]) -> None:
    """Ship these hashes for the first commit of the fake's model."""
    monkeypatch.setitem(PINS, REPOSITORY, ModelPin(REPOSITORY, FIRST, hashes))


def replace(path: Path, content: bytes) -> None:
    """Replace a file by another one, as somebody who can write to the folder does."""
    target = path.resolve()
    target.unlink()
    target.write_bytes(content)


def test_every_named_model_is_pinned() -> None:
    """Each name has a repository, a commit and the SHA-256 of all files that a model needs."""
    assert set(REPOSITORIES.values()) == set(PINS)
    for one in PINS.values():
        assert re.fullmatch("[0-9a-f]{40}", one.revision)
        assert {*model_hub.REQUIRED} < one.files.keys()
        assert len(one.files.keys() & {"vocabulary.txt", "vocabulary.json"}) == 1
        assert all(re.fullmatch("[0-9a-f]{64}", sha256) for sha256 in one.files.values())


def test_a_pinned_model_is_loaded_at_its_commit(hub: ModelHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer commit on the hub changes nothing; afterwards no network is needed."""
    first = model_hub.fetch(REPOSITORY, tmp_path / "elsewhere")
    pin(monkeypatch, hash_files(Path(first.path)))
    hub.push(SECOND, model_bin=b"other weights")
    fetched = model_hub.fetch(REPOSITORY, tmp_path)
    assert (fetched.revision, fetched.is_pinned, fetched.n_files) == (FIRST, True, len(FILES))
    assert (Path(fetched.path) / "model.bin").read_bytes() == FILES["model.bin"]
    hub.asked.clear()
    assert model_hub.fetch(REPOSITORY, tmp_path, offline=True) == fetched
    assert hub.asked == []


@pytest.mark.parametrize("file", ["model.bin", "config.json"])
def test_other_content_than_the_pinned_one_is_refused(
    hub: ModelHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    """If the hub, a mirror or somebody on the way sends other bytes for the commit, the model is not loaded."""
    first = model_hub.fetch(REPOSITORY, tmp_path / "elsewhere")
    pin(monkeypatch, hash_files(Path(first.path)))
    hub.commits[FIRST][file] = b"evil"
    with pytest.raises(UntrustedModelError, match=rf"{file} of the model {REPOSITORY} .*not loaded.*--fetch"):
        model_hub.fetch(REPOSITORY, tmp_path)


def test_a_file_that_is_not_pinned_is_refused(hub: ModelHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A further file that the model would read makes it another model."""
    first = model_hub.fetch(REPOSITORY, tmp_path)
    pin(monkeypatch, hash_files(Path(first.path)))
    (Path(first.path) / "preprocessor_config.json").write_bytes(b"{}")
    with pytest.raises(UntrustedModelError, match=r"preprocessor_config.*expected the SHA-256 none"):
        model_hub.fetch(REPOSITORY, tmp_path, offline=True)


def test_auto_does_not_hide_an_untrusted_model(hub: ModelHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`auto` takes the demo model if nothing can be downloaded, but not if a file was replaced."""
    monkeypatch.setattr(models, "recommend", lambda device, task: REPOSITORY)
    pin(monkeypatch, dict.fromkeys(FILES, "0" * 64))
    with pytest.raises(UntrustedModelError):
        models.choose("auto", "transcribe", device="cpu", cache=tmp_path)


def test_another_model_is_trusted_on_first_use(hub: ModelHub, tmp_path: Path) -> None:
    """Without shipped hashes the commit and the hashes of the first download are recorded and kept."""
    first = model_hub.fetch(REPOSITORY, tmp_path)
    assert (first.revision, first.is_pinned) == (FIRST, False)
    recorded = json.loads((tmp_path / LOCK_NAME).read_text())["models"][REPOSITORY]
    assert recorded == {"revision": FIRST, "revisions": {FIRST: hash_files(Path(first.path))}}
    hub.push(SECOND, model_bin=b"other weights")
    assert model_hub.fetch(REPOSITORY, tmp_path) == first


def test_a_replaced_file_is_refused_at_the_next_start(hub: ModelHub, tmp_path: Path) -> None:
    """A file on the disk that differs from what was recorded is noticed, even with its old size."""
    first = model_hub.fetch(REPOSITORY, tmp_path)
    replace(Path(first.path) / "model.bin", b"x" * len(FILES["model.bin"]))
    with pytest.raises(UntrustedModelError, match=r"model\.bin"):
        model_hub.fetch(REPOSITORY, tmp_path, offline=True)


def test_another_commit_is_loaded_only_when_it_is_named(hub: ModelHub, tmp_path: Path) -> None:
    """`NAME@COMMIT` and `NAME@main` download another version, which is loaded from then on; both stay checked."""
    model_hub.fetch(REPOSITORY, tmp_path)
    hub.push(SECOND, model_bin=b"other weights")
    assert model_hub.fetch(f"{REPOSITORY}@main", tmp_path).revision == SECOND
    assert model_hub.fetch(REPOSITORY, tmp_path, offline=True).revision == SECOND
    assert model_hub.fetch(f"{REPOSITORY}@{FIRST}", tmp_path, offline=True).revision == FIRST
    replace(Path(model_hub.fetch(f"{REPOSITORY}@{SECOND}", tmp_path).path) / "model.bin", b"evil")
    with pytest.raises(UntrustedModelError):
        model_hub.fetch(f"{REPOSITORY}@{SECOND}", tmp_path)


def test_the_record_is_in_the_folder_of_downloads(
    hub: ModelHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a folder of its own, the record lies where the hub's library downloads to."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    assert Path(model_hub.fetch(REPOSITORY).path).is_relative_to(tmp_path)
    assert (tmp_path / LOCK_NAME).exists()


def test_files_are_hashed_once(hub: ModelHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file whose size, time and inode are unchanged is not read again; a large one is announced the first time."""
    said: list[str] = []
    monkeypatch.setattr("app.decode.model_lock.LARGE_BYTES", len(FILES["model.bin"]))
    for _ in range(2):
        model_hub.fetch(REPOSITORY, tmp_path, on_message=said.append)
    assert [sentence.split()[0] for sentence in said] == ["Downloading", "Checking"]
    assert "Checking model.bin" in said[1]


def test_an_unwritable_folder_is_checked_at_every_start(
    hub: ModelHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the record cannot be written, a pinned model still loads, and is hashed again."""
    first = model_hub.fetch(REPOSITORY, tmp_path)
    pin(monkeypatch, hash_files(Path(first.path)))
    (tmp_path / LOCK_NAME).unlink()

    def refuse(*_: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr("app.atomic_file.write", refuse)
    assert model_hub.fetch(REPOSITORY, tmp_path, offline=True).is_pinned
    replace(Path(first.path) / "model.bin", b"x" * len(FILES["model.bin"]))
    with pytest.raises(UntrustedModelError):
        model_hub.fetch(REPOSITORY, tmp_path, offline=True)


@pytest.mark.parametrize("content", ["{", "[]", '{"models": 1}'])
def test_a_damaged_record_is_a_sentence(tmp_path: Path, content: str) -> None:
    """A record that cannot be read is not silently forgotten: everything would be trusted again."""
    (tmp_path / LOCK_NAME).write_text(content)
    with pytest.raises(ModelError, match=r"surtitle-models\.json.*trusted again"):
        model_hub.fetch(REPOSITORY, tmp_path, offline=True)


def test_an_unknown_revision_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A revision that the hub does not have is named in the error."""

    def refuse(*_: object, **options: object) -> str:
        raise FileNotFoundError("no such revision")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", refuse)
    with pytest.raises(ModelError, match=r"someone/whisper@v9 is not on this machine"):
        model_hub.fetch(f"{REPOSITORY}@v9", tmp_path, offline=True)
