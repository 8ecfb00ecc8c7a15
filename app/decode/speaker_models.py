"""Finds a speaker model: the bundled demo one, a name on the model hub, a file, or a folder with one ONNX file."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import huggingface_hub
from huggingface_hub import constants
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

from app import choices
from app.decode import demo_files
from app.decode.model_endpoint import is_reachable
from app.decode.model_lock import ModelLock, check
from app.errors import ModelError

NONE = "none"
"""The name that means: distinguish nobody."""

DEMO = "demo"

DEMO_SPEAKERS_NOTICE = "The speaker model demo knows synthetic voices only. For real people choose another one."


@dataclass(frozen=True, slots=True)
class SpeakerModelPin:
    """The one version of a speaker model that is loaded by its name."""

    repository: str
    revision: str
    file: str
    licence: str


HUB_MODELS = {
    "wespeaker-resnet34": SpeakerModelPin(
        "Wespeaker/wespeaker-voxceleb-resnet34",
        "ff1ac5bca8ef11e90662b879aa923979e0bd277b",
        "voxceleb_resnet34.onnx",
        "CC-BY-4.0",
    ),
}
"""WeSpeaker's ResNet34 trained on VoxCeleb, 26.5 MB; commit and file as the hub listed them. Its hash is recorded when
it is first used."""


def check_speaker_model(name: str) -> None:
    """Check without the network, before something slow begins, that there can be a speaker model called `name`.

    Raises:
        ModelError: Nothing is called like this.
    """
    if name in (NONE, DEMO, *HUB_MODELS):
        return
    path = Path(name).expanduser()
    if path.is_file() or path.is_dir():
        _find_file(path)
        return
    names = (DEMO, *HUB_MODELS)
    similar = choices.suggest(name, names)
    raise ModelError(
        f"Expected none, {', '.join(names)}, an ONNX file or a folder with one as speaker model, but got "
        f"{choices.quote(name)}." + (f" Did you mean {similar}?" if similar else " Check the name or the path.")
    )


def find_speaker_model(
    name: str,
    cache: Path | None = None,
    *,
    offline: bool = False,
    on_message: Callable[[str], object] | None = None,
) -> Path:
    """Return the ONNX file of a speaker model; download it if needed and allowed.

    Raises:
        ModelError: There is no such model, or it cannot be downloaded.
        UntrustedModelError: The file is not the one that was used before.
    """
    check_speaker_model(name)
    if name == DEMO:
        return demo_files.SPEAKER_MODEL
    if name not in HUB_MODELS:
        return _find_file(Path(name).expanduser())
    pin = HUB_MODELS[name]
    path = _find_or_download(name, pin, cache, offline=offline, on_message=on_message)
    lock = ModelLock(cache or Path(constants.HF_HUB_CACHE))
    found = lock.hash_files(path.parent, {pin.file}, on_message)
    expected = lock.get_hashes(pin.repository, pin.revision)
    if expected is None:
        lock.record(pin.repository, pin.revision, found)
    else:
        check(name, path.parent, expected, found)
    return path


def _find_file(path: Path) -> Path:
    if path.is_file():
        return path
    files = sorted(path.glob("*.onnx"))
    if len(files) == 1:
        return files[0]
    what = f"it has {', '.join(file.name for file in files[:5])}" if files else "it has none"
    raise ModelError(f"Expected one ONNX file in the folder {path}, but {what}. Give the path of the file.")


def _find_or_download(
    name: str,
    pin: SpeakerModelPin,
    cache: Path | None,
    *,
    offline: bool,
    on_message: Callable[[str], object] | None,
) -> Path:
    try:
        found = huggingface_hub.hf_hub_download(
            pin.repository, pin.file, revision=pin.revision, cache_dir=cache, local_files_only=True
        )
        return Path(found)
    except (LocalEntryNotFoundError, FileNotFoundError):
        pass  # not downloaded before
    advice = "copy its ONNX file here and give its path with --speaker-model FILE"
    if offline:
        raise ModelError(
            f"The speaker model {name} is not on this machine, and nothing may be downloaded. Start once without "
            f"--offline and SURTITLE_OFFLINE, or {advice}."
        )
    if on_message is not None:
        on_message(f"Downloading the speaker model {name} ({pin.licence}) from the model hub; this happens once.")
    try:
        return Path(
            huggingface_hub.hf_hub_download(
                pin.repository,
                pin.file,
                revision=pin.revision,
                cache_dir=cache,
                etag_timeout=5,
                local_files_only=not is_reachable(constants.ENDPOINT),
            )
        )
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as exc:
        raise ModelError(
            f"The speaker model {name} could not be downloaded from the model hub. Connect this machine to the "
            f"internet once, or {advice}."
        ) from exc
