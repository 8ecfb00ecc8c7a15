"""Finds a translation model: by its name on the model hub, in a folder, the demo model, or the best one that is here.

`auto` finds what is on this disk and downloads only for a service that was started to translate: most rooms need no
translation, and a live room must not wait for gigabytes.
"""

from collections.abc import Callable
from pathlib import Path

from app.decode import demo_files, model_hub
from app.decode.model_lock import UntrustedModelError
from app.errors import ModelError
from app.translate import catalogue
from app.translate.catalogue import CatalogueEntry, convert_command, get_entry
from app.translate.families import describe
from app.translate.pivot import combine_pairs
from app.translate.text_model_choice import TextModelChoice

DEMO = "demo"

PREFERRED_GPU = ("madlad400-3b", "nllb-200-3.3b", "m2m100-1.2b", "nllb-200-1.3b", "m2m100-418m", "nllb-200-600m")
PREFERRED_CPU = ("m2m100-418m", "nllb-200-600m", "m2m100-1.2b", "nllb-200-1.3b", "madlad400-3b", "nllb-200-3.3b")
"""What `auto` takes, the first that is here. On a CPU a sentence of a 3B model takes seconds."""

DEFAULT = "m2m100-418m"
"""What is suggested where no model is here: one file for 100 languages, small enough for a CPU, and free."""


def choose(
    name: str,
    *,
    speech_is_demo: bool = False,
    device: str = "cpu",
    accepts_licence: bool = False,
    downloads: bool = False,
    cache: Path | None = None,
    offline: bool = False,
    on_message: Callable[[str], object] | None = None,
) -> TextModelChoice:
    """Find the translation model called `name`.

    `name` is `auto`, `demo`, `none`, a name of the catalogue, several names of OPUS-MT with commas, or a folder with a
    model or with several of OPUS-MT. `auto` is the demo model if the speech model is it, else the best one that is
    here, else, if `downloads`, the DEFAULT one.

    Raises:
        ModelError: There is none, it cannot be downloaded, or its licence was not accepted.
        UntrustedModelError: A file of it is not the one that was recorded.
    """
    if name == "none":
        raise ModelError("Translation is switched off with --translation-model none. Leave that out to translate.")
    if name == "auto":
        name = _choose_auto(device, cache, speech_is_demo=speech_is_demo, accepts_licence=accepts_licence)
        if not name and not downloads:
            raise ModelError(
                f"This machine has no translation model but the demo's. Run `surtitle models --fetch {DEFAULT}`, then "
                "try again; `surtitle models` lists others."
            )
        name = name or DEFAULT
    if name == DEMO:
        folder = demo_files.TRANSLATION
        return TextModelChoice(DEMO, (str(folder),), "MIT", describe(folder).pairs)
    if Path(name).is_dir():
        return _choose_folder(Path(name))
    entries = _find_entries(name, accepts_licence=accepts_licence)
    folders = [fetch(entry, cache, offline=offline, on_message=on_message) for entry in entries]
    found = combine_pairs([describe(Path(folder)).pairs for folder in folders])
    pairs = describe(Path(folders[0])).pairs if len(folders) == 1 else found
    return TextModelChoice(name, tuple(folders), entries[0].licence, pairs)


def check_name(name: str, *, accepts_licence: bool) -> None:
    """Check without the network, before something slow begins, that there can be a translation model called `name`.

    Raises:
        ModelError: The folder has no model, nothing is called like this, or its licence was not accepted.
    """
    if name in ("auto", "none", DEMO):
        return
    if Path(name).is_dir():
        _choose_folder(Path(name))
    else:
        _find_entries(name, accepts_licence=accepts_licence)


def _find_entries(name: str, *, accepts_licence: bool) -> list[CatalogueEntry]:
    """Return the entries of a name, or of several of OPUS-MT with commas."""
    if name.startswith((".", "/", "~")) or "\\" in name:
        raise ModelError(
            f"Expected a folder with a CTranslate2 translation model, but {name} is not a folder. Check the path, or "
            "give a name such as m2m100-418m."
        )
    entries = [get_entry(part.strip()) for part in name.split(",")]
    for entry in entries:
        check_licence(entry, accepts_licence=accepts_licence)
    if len(entries) > 1 and any(catalogue.OPUS.fullmatch(entry.name) is None for entry in entries):
        raise ModelError(f"Expected one translation model, or several of OPUS-MT with commas, but got {name}.")
    return entries


def check_licence(entry: CatalogueEntry, *, accepts_licence: bool) -> None:
    """Check that a licence without commercial use was accepted; raises ModelError."""
    if not entry.is_commercial and not accepts_licence:
        raise ModelError(
            f"The licence of {entry.name}, {entry.licence}, forbids commercial use. If yours is not commercial, add "
            f"--accept-licence; else choose another model, such as {DEFAULT}."
        )


def fetch(
    entry: CatalogueEntry,
    cache: Path | None,
    *,
    offline: bool = False,
    on_message: Callable[[str], object] | None = None,
) -> str:
    """Return the folder of a model of the hub; download it if it is not here and that is allowed.

    Raises:
        ModelError: It cannot be downloaded; the sentence has the command that converts the original instead.
    """
    try:
        return model_hub.fetch(
            entry.repository,
            cache,
            offline=offline,
            on_message=on_message,
            content=_content(entry),
        ).path
    except UntrustedModelError:
        raise  # somebody should look at it
    except ModelError as exc:
        raise ModelError(
            f"{exc} Or convert the original yourself and give the folder with --translation-model: "
            f"{convert_command(entry)}"
        ) from exc


def is_here(name: str, cache: Path | None) -> bool:
    """Return whether a model of the catalogue is complete in the folder of downloads; hashes nothing."""
    entry = get_entry(name)
    return model_hub.is_downloaded(entry.repository, cache, _content(entry))


def _content(entry: CatalogueEntry) -> model_hub.HubContent:
    return model_hub.HubContent(
        catalogue.FILES, catalogue.REQUIRED, "translation", "--translation-model", entry.weights_bytes
    )


def _choose_auto(device: str, cache: Path | None, *, speech_is_demo: bool, accepts_licence: bool) -> str:
    if speech_is_demo:
        return DEMO
    names = PREFERRED_GPU if device == "cuda" else PREFERRED_CPU
    allowed = [name for name in names if accepts_licence or get_entry(name).is_commercial]
    return next((name for name in allowed if is_here(name, cache)), "")


def _choose_folder(path: Path) -> TextModelChoice:
    """Return the model of a folder, or all models of OPUS-MT in its folders."""
    licence = "see the model's card"
    if (path / "model.bin").is_file():
        return TextModelChoice(path.resolve().name, (str(path),), licence, describe(path).pairs)
    folders = sorted(child for child in path.iterdir() if (child / "model.bin").is_file())
    if not folders:
        raise ModelError(
            f"Expected a CTranslate2 translation model in {path}, but model.bin is missing there, and in the folders "
            "in it. Convert the model with ct2-transformers-converter."
        )
    pairs = combine_pairs([describe(folder).pairs for folder in folders])
    return TextModelChoice(path.resolve().name, tuple(map(str, folders)), licence, pairs)
