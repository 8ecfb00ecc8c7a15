"""Finds models of the hub in the cache or downloads them, each at one commit, and checks every file before its use."""

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import huggingface_hub
import huggingface_hub.constants
from huggingface_hub import constants
from huggingface_hub.errors import (
    HfHubHTTPError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils.tqdm import disable_progress_bars

from app import choices, log
from app.decode.download_progress import reporting
from app.decode.model_endpoint import is_reachable
from app.decode.model_lock import ModelLock, check
from app.decode.model_pins import PINS, REPOSITORIES
from app.errors import ModelError

logger = log.get(__name__)

if sys.platform == "win32":  # without links, a file that several commits share is stored twice; a user need not act
    constants.HF_HUB_DISABLE_SYMLINKS_WARNING = True

FILES = ["config.json", "preprocessor_config.json", "model.bin", "tokenizer.json", "vocabulary.*"]
"""The files of a CTranslate2 Whisper directory; nothing else is downloaded or loaded."""

REQUIRED = ("config.json", "model.bin", "tokenizer.json")
"""A folder without them is an interrupted download."""


@dataclass(frozen=True, slots=True)
class HubContent:
    """What a kind of model has on the hub, and how its option is called."""

    files: Sequence[str]
    """Nothing else is downloaded or loaded."""
    required: Sequence[str]
    """A folder without them is an interrupted download."""
    kind: str
    option: str
    """Of the command line, for its name or folder."""
    weights_bytes: int | None = None
    """Size of `model.bin`, if it is known."""


WHISPER = HubContent(FILES, REQUIRED, "Whisper", "--model")

LATEST = "main"
"""The revision of a repository that was never used before; its commit is then recorded."""


@dataclass(frozen=True, slots=True)
class HubModel:
    """A model of the hub whose files were checked."""

    path: str
    """Its directory."""
    revision: str
    """The commit of its repository."""
    is_pinned: bool
    """Whether Surtitle ships its hashes; else they were recorded when it was first used."""
    n_files: int


def download(
    name: str,
    cache: Path | None = None,
    *,
    offline: bool = False,
    on_message: Callable[[str], object] | None = None,
) -> str:
    """Return the directory of a hub model; raises the errors of `fetch`."""
    return fetch(name, cache, offline=offline, on_message=on_message).path


def fetch(
    name: str,
    cache: Path | None = None,
    *,
    offline: bool = False,
    on_message: Callable[[str], object] | None = None,
    content: HubContent = WHISPER,
) -> HubModel:
    """Return a hub model; download it if it is not in the cache and `offline` allows it, and check its files.

    `name` is a short name, a repository, or either with `@` and a revision. Without a revision it is the commit whose
    hashes Surtitle ships, else the commit that was used before, else the latest. `on_message` gets a sentence before
    something that takes seconds.

    Raises:
        ModelError: There is no such model, or it cannot be downloaded.
        UntrustedModelError: A file has another hash than the one that is known.
    """
    repository = find_repository(name)
    asked = name.partition("@")[2]
    lock = ModelLock(cache or Path(constants.HF_HUB_CACHE))
    pin = PINS.get(repository)
    wanted = asked or (pin.revision if pin else lock.get_revision(repository) or LATEST)
    follows = bool(asked) and not re.fullmatch("[0-9a-f]{40}", asked) and not offline  # a branch or tag may have moved
    path = None if follows else _find(repository, wanted, cache, content)
    path = path or _download(name, repository, wanted, cache, content, offline=offline, on_message=on_message)
    revision = path.name  # the library names the folder of a snapshot after its commit
    is_pinned = pin is not None and revision == pin.revision
    expected = pin.files if pin and is_pinned else lock.get_hashes(repository, revision)
    found = lock.hash_files(path, _list_files(path, content), on_message)
    if expected is None:
        logger.info("model_trusted", repository=repository, revision=revision)
        lock.record(repository, revision, found)
    else:
        check(name, path, expected, found)
        if asked and not is_pinned:
            lock.record(repository, revision, expected)  # loaded from now on
    return HubModel(str(path), revision, is_pinned, len(found))


def find_repository(name: str) -> str:
    """Return the repository of a model's name, which may have `@` and a revision; asks no network.

    Raises:
        ModelError: It is neither the name of a model nor of a repository.
    """
    named = name.partition("@")[0]
    repository = REPOSITORIES.get(named, named)
    if repository.count("/") != 1 or not all(repository.split("/")):
        names = ("auto", "demo", *REPOSITORIES)
        similar = choices.suggest(named, names)
        raise ModelError(
            "Expected a model by its name from `surtitle models`, a repository such as owner/name, or a folder, "
            f"but got {choices.quote(name)}." + (f" Did you mean {similar}?" if similar else "")
        )
    return repository


def is_downloaded(name: str, cache: Path | None = None, content: HubContent = WHISPER) -> bool:
    """Return whether the version of a model that is loaded by its name is complete in the cache; hashes nothing."""
    repository = find_repository(name)
    pin = PINS.get(repository)
    revision = pin.revision if pin else ModelLock(cache or Path(constants.HF_HUB_CACHE)).get_revision(repository)
    return _find(repository, revision or LATEST, cache, content) is not None


def _find(repository: str, revision: str, cache: Path | None, content: HubContent) -> Path | None:
    """Return the folder of a complete snapshot in the cache, None if there is none."""
    try:
        path = huggingface_hub.snapshot_download(
            repository, revision=revision, allow_patterns=list(content.files), cache_dir=cache, local_files_only=True
        )
    except (LocalEntryNotFoundError, FileNotFoundError):
        return None  # not downloaded before
    return Path(path) if all((Path(path) / name).exists() for name in content.required) else None


def _download(
    name: str,
    repository: str,
    revision: str,
    cache: Path | None,
    content: HubContent,
    *,
    offline: bool,
    on_message: Callable[[str], object] | None,
) -> Path:
    if offline:
        raise ModelError(
            f"The model {name} is not on this machine, and nothing may be downloaded. Start once without --offline and "
            f"SURTITLE_OFFLINE, or copy a CTranslate2 model folder here and give its path with "
            f"{content.option} DIR."
        )
    folder = (cache or Path(constants.HF_HUB_CACHE)) / f"models--{repository.replace('/', '--')}"
    pin = PINS.get(repository)
    size = pin.weights_bytes if pin else content.weights_bytes
    if on_message is not None:
        disable_progress_bars()  # the library's bars and sentences would write over each other
        about = f", about {size / 1e6:,.0f} MB" if size else ""
        on_message(f"Downloading the model {name} from the model hub{about}; this happens once.")
    try:
        with reporting(folder, size, on_message):
            path = huggingface_hub.snapshot_download(
                repository,
                revision=revision,
                allow_patterns=list(content.files),
                cache_dir=cache,
                etag_timeout=5,
                local_files_only=not is_reachable(constants.ENDPOINT),
            )
    except RepositoryNotFoundError as exc:
        raise ModelError(f"The model hub has no model {repository}, or it is not public. Check the name.") from exc
    except RevisionNotFoundError as exc:
        raise ModelError(f"The model hub has no revision {revision} of the model {repository}. Check it.") from exc
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as exc:  # httpx errors of an unreachable hub are wrapped
        raise ModelError(
            f"The model {name} could not be downloaded because the model hub cannot be reached from here. "
            "Connect this machine to the internet once, or copy a CTranslate2 model folder here and give its path "
            f"with {content.option} DIR, or use {content.option} demo."
        ) from exc
    missing = [file for file in content.required if not (Path(path) / file).exists()]
    if missing:
        raise ModelError(
            f"Expected a CTranslate2 {content.kind} model in {repository}, but {', '.join(missing)} is missing there."
        )
    return Path(path)


def _list_files(path: Path, content: HubContent) -> set[str]:
    """Return the names of a snapshot's files that a model may have."""
    return {file.name for file in path.iterdir() if any(fnmatch(file.name, pattern) for pattern in content.files)}
