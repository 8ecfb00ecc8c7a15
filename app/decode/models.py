"""Finds a model: by its name on the model hub, in a directory, the demo model, or the best one for the machine."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from faster_whisper.tokenizer import _LANGUAGE_CODES

from app import log
from app.decode import demo_files
from app.decode.device import count_cores, pick_compute_type, pick_device
from app.decode.model_hub import download, find_repository
from app.decode.model_lock import UntrustedModelError
from app.decode.request import Task
from app.decode.whisper import Whisper
from app.errors import ModelError

logger = log.get(__name__)

TRANSLATES_INSTEAD = "large-v3"
"""The model that translates if turbo was requested: turbo was not trained to translate (openai/whisper README)."""

DEMO_NOTICE = "This is the demo model: it knows a few hundred German and English words of a staff meeting, no more."


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model on this disk, and how to run it."""

    name: str
    path: str
    """Directory that CTranslate2 wrote."""
    device: str
    """`cpu` or `cuda`."""
    compute_type: str
    """The requested one, else `int8` on CPUs and what suits the GPU on GPUs."""
    threads: int = 0
    """CPU threads of one decode; 0 means all cores."""
    lanes: int = 1
    """Decodes that may run at once."""
    device_index: int = 0
    """Which GPU."""
    rows: Mapping[int, int] = field(default_factory=dict)
    """Batches to warm up with before the model is ready: windows by encoder length."""
    notice: str = ""
    """A sentence for people about this choice, or empty."""

    @property
    def is_demo(self) -> bool:
        """Whether this is the bundled demo model."""
        return Path(self.path) == demo_files.MODEL

    @property
    def n_bytes(self) -> int:
        """Size of the weights."""
        return (Path(self.path) / "model.bin").stat().st_size


def choose(
    name: str,
    task: Task,
    *,
    device: str = "auto",
    compute_type: str = "auto",
    threads: int = 0,
    cache: Path | None = None,
    offline: bool = False,
    on_message: Callable[[str], object] | None = None,
) -> ModelChoice:
    """Find the model called `name` for `task`; download it if needed and allowed.

    `name` is `auto`, `demo`, a short name such as `small`, a hub repository such as `Systran/faster-whisper-small`, or
    a directory. `auto` takes the best model this machine can run live, or the demo model if that cannot be downloaded.
    `cache` is the folder of downloads; None means the hub library's own. `on_message` gets a sentence before something
    that takes seconds.

    Raises:
        ModelError: There is no such model, it cannot be downloaded, or it cannot do the task.
        UntrustedModelError: A file of it is not the one that is known.
    """
    device = pick_device(device)
    compute_type = pick_compute_type(device, compute_type)

    def chosen(name: str, path: str, notice: str = "") -> ModelChoice:
        return ModelChoice(name, path, device, compute_type, threads, notice=notice)

    if name == "demo":
        return chosen("demo", str(demo_files.MODEL), DEMO_NOTICE)
    if name == "auto":
        best = recommend(device, task)
        try:
            return chosen(best, download(best, cache, offline=offline, on_message=on_message))
        except UntrustedModelError:
            raise  # somebody should look at it
        except ModelError as exc:
            logger.warning("model_fallback", wanted=best, used="demo")
            return chosen("demo", str(demo_files.MODEL), f"{exc} Until then the demo model is used. {DEMO_NOTICE}")
    check_name(name, task)
    if Path(name).is_dir():
        return chosen(Path(name).resolve().name, name)
    named = name.partition("@")[0]  # the rest is a revision
    if task == "translate" and named in ("turbo", "large-v3-turbo"):
        notice = f"{name} cannot translate, so {TRANSLATES_INSTEAD} is used."
        path = download(TRANSLATES_INSTEAD, cache, offline=offline, on_message=on_message)
        return chosen(TRANSLATES_INSTEAD, path, notice)
    check_supports(named, task, ())
    return chosen(name, download(name, cache, offline=offline, on_message=on_message))


def check_name(name: str, task: Task) -> None:
    """Check that there can be a model called `name`, before something slow begins; asks no network.

    Raises:
        ModelError: The folder has no model or none that can do the task, or nothing is called like this.
    """
    if name in ("auto", "demo"):
        return
    if Path(name).is_dir():
        _check_directory(Path(name), task)
    elif name.startswith((".", "/", "~")) or "\\" in name:
        raise ModelError(
            f"Expected a folder with a CTranslate2 Whisper model, but {name} is not a folder. "
            "Check the path, or give a name such as small."
        )
    else:
        find_repository(name)


def check_supports(name: str, task: Task, languages: Sequence[str]) -> None:
    """Check, before it is loaded, that a model called `name` can do the task in the languages, as far as its name says.

    Once it runs, its `Capabilities` decide.

    Raises:
        ModelError: It cannot translate, or Whisper does not know a language.
    """
    if task == "translate" and (name.endswith(".en") or "distil" in name or "turbo" in name):
        raise ModelError(f"The model {name} cannot translate. Choose large-v3, medium or small for --task translate.")
    unknown = [language for language in languages if language not in _LANGUAGE_CODES]
    if unknown:
        raise ModelError(f"Expected codes of languages that Whisper knows, such as de or en, but got {unknown[0]!r}.")
    others = [language for language in languages if language != "en"]
    if name.endswith(".en") and others:
        raise ModelError(
            f"The model {name} knows only English, not {others[0]!r}. Choose {name[:-3]}, which knows many languages."
        )


def recommend(device: str, task: Task) -> str:
    """Return the best model that runs live on this machine, by device, cores and task.

    On a GPU turbo for transcription and large-v3 for translation. On a CPU small needs about eight cores for one live
    room, base runs on four, tiny on fewer (rules of thumb from model sizes, to be replaced by a calibration).
    """
    if device == "cuda":
        return "turbo" if task == "transcribe" else TRANSLATES_INSTEAD
    cores = count_cores()
    return "small" if cores >= 8 else "base" if cores >= 4 else "tiny"


def load(choice: ModelChoice) -> Whisper:
    """Load a chosen model; blocks for seconds.

    Raises:
        ModelError: It cannot be loaded.
    """
    return Whisper(
        choice.path,
        name=choice.name,
        device=choice.device,
        compute_type=choice.compute_type,
        device_index=choice.device_index,
        threads=choice.threads or count_cores(),
        lanes=choice.lanes,
    )


def _check_directory(path: Path, task: Task) -> None:
    missing = [name for name in ("model.bin", "config.json", "tokenizer.json") if not (path / name).is_file()]
    if missing:
        raise ModelError(
            f"Expected a CTranslate2 Whisper model in {path}, but {', '.join(missing)} is missing there. "
            "Convert the model with ct2-transformers-converter --copy_files tokenizer.json preprocessor_config.json."
        )
    if task == "translate" and _is_turbo(path):
        raise ModelError(
            f"The model in {path} has turbo's four decoder layers and cannot translate. "
            "Choose large-v3, medium or small."
        )


def _is_turbo(path: Path) -> bool:
    """Return whether it is large-v3-turbo or a distilled model: large features, but few decoder layers."""
    try:
        n_mels = json.loads((path / "preprocessor_config.json").read_text(encoding="utf-8")).get("feature_size", 80)
        heads = json.loads((path / "config.json").read_text(encoding="utf-8")).get("alignment_heads", [])
    except (OSError, ValueError):
        return False
    return bool(n_mels == 128 and heads and max(layer for layer, _ in heads) < 4)
