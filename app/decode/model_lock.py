"""Checks the files of a model against their SHA-256, and records those of models for which Surtitle ships none.

The record, LOCK_NAME in the folder of downloads, has for each such repository the commit that is loaded, and the hashes
of each commit's files, written when they were first used. It also remembers which files were hashed, by size, time and
inode, so that gigabytes are not hashed at every start. A user who may write to that folder can change the record.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypedDict

from app import atomic_file, log
from app.errors import ModelError

logger = log.get(__name__)

LOCK_NAME = "surtitle-models.json"

LARGE_BYTES = 200_000_000
"""A file of at least this size is worth a message before it is hashed: a slow disk takes a second for it."""


class UntrustedModelError(ModelError):
    """A file of a model is not the one that is known."""


class _Trusted(TypedDict):
    revision: str
    revisions: dict[str, dict[str, str]]


class _Content(TypedDict):
    models: dict[str, _Trusted]
    hashed: dict[str, list[int | str]]


class ModelLock:
    """The record in one folder of downloads."""

    def __init__(self, cache: Path) -> None:
        """Read the record in `cache`; there is none before the first download."""
        self._path = cache / LOCK_NAME
        self._content = self._read()

    def get_revision(self, repository: str) -> str | None:
        """Return the commit that is loaded, None if no commit of this repository was used before."""
        trusted = self._content["models"].get(repository)
        return trusted["revision"] if trusted else None

    def get_hashes(self, repository: str, revision: str) -> Mapping[str, str] | None:
        """Return the recorded hashes of a commit's files by name, None if that commit was not used before."""
        trusted = self._content["models"].get(repository)
        return trusted["revisions"].get(revision) if trusted else None

    def record(self, repository: str, revision: str, hashes: Mapping[str, str]) -> None:
        """Record a commit's hashes, and that this commit is loaded from now on."""
        trusted = self._content["models"].setdefault(repository, {"revision": revision, "revisions": {}})
        trusted["revision"] = revision
        trusted["revisions"][revision] = dict(hashes)
        self._write()

    def hash_files(
        self, folder: Path, names: set[str], on_message: Callable[[str], object] | None = None
    ) -> dict[str, str]:
        """Return the SHA-256 of these files in a folder; those that are not there are left out.

        Files that were hashed before and still have the same size, time and inode are not read again. `on_message` gets
        a sentence before a large file is read.
        """
        found = {}
        is_new = False
        for name in sorted(names):
            path = (folder / name).resolve()  # the hub's library links to files that several commits share
            if not path.is_file():
                continue
            state = path.stat()
            seen = [state.st_size, state.st_mtime_ns, state.st_ino]
            known = self._content["hashed"].get(str(path), [])
            if known[:3] != seen:
                if on_message and state.st_size >= LARGE_BYTES:
                    on_message(f"Checking {name} ({state.st_size / 1e9:.1f} GB); this is done once.")
                with path.open("rb") as file:
                    known = [*seen, hashlib.file_digest(file, "sha256").hexdigest()]
                self._content["hashed"][str(path)] = known
                is_new = True
            found[name] = str(known[3])
        if is_new:
            self._write()
        return found

    def _read(self) -> _Content:
        empty: _Content = {"models": {}, "hashed": {}}
        try:
            read = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return empty
        except (OSError, ValueError) as exc:
            raise ModelError(
                f"The file {self._path}, which says which models are trusted, cannot be read: {exc}. Correct its "
                "permissions, or delete it; models without shipped hashes are then trusted again."
            ) from exc
        match read:
            case {"models": dict(), "hashed": dict()}:
                content: _Content = read
                return content
        raise ModelError(
            f"The file {self._path} is not a list of trusted models. Delete it; they are then trusted again."
        )

    def _write(self) -> None:
        text = json.dumps(self._content, indent=1, sort_keys=True) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            atomic_file.write(self._path, text.encode())
        except OSError as exc:  # a folder that another user fills: files are hashed at every start
            logger.warning("model_lock_unwritable", path=str(self._path), reason=str(exc))


def check(name: str, folder: Path, expected: Mapping[str, str], found: Mapping[str, str]) -> None:
    """Check the files of the model `name` in `folder`.

    Raises:
        UntrustedModelError: A file is missing, is another one, or should not be there.
    """
    for file in sorted(expected.keys() | found.keys()):
        wanted, got = expected.get(file, "none"), found.get(file, "none")
        if wanted != got:
            raise UntrustedModelError(
                f"The file {file} of the model {name} is not the one that is known: expected the SHA-256 {wanted}, but "
                f"got {got}. It is damaged or was replaced, so the model is not loaded. Delete {folder.parents[1]} and "
                f"run surtitle models --fetch {name}; if the error persists, do not trust the source of the files."
            )
