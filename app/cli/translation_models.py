"""Lists the translation models of `surtitle models`, and downloads them."""

from functools import partial
from pathlib import Path

import typer

from app.cli import terminal
from app.config import Settings
from app.decode import demo_files
from app.decode.device import pick_device
from app.errors import ModelError
from app.service.translators import choose_translation_model
from app.translate import models
from app.translate.catalogue import ENTRIES, OPUS_BYTES, OPUS_PARAMETERS, CatalogueEntry, find_entry

DEMO_PAIRS = "de en fr pt"

NOTES = """\
They translate text into the languages that a room names. Memory is that on a
CPU; a GPU needs twice as much. Each pair of OPUS-MT is a model of its own;
several with commas translate other pairs through English. A licence with *
forbids commercial use and needs --accept-licence. A folder that CTranslate2
wrote works too: --translation-model DIR."""


def is_translation_model(name: str) -> bool:
    """Return whether a name is that of a translation model, or of several with commas."""
    return all(find_entry(part.strip()) is not None for part in name.split(","))


def list_translation_models(settings: Settings) -> None:
    """Print what is known of each translation model that has a name, and what auto takes on this machine."""
    weights = (demo_files.TRANSLATION / "model.bin").stat().st_size
    rows: list[tuple[str, ...]] = [("demo", "none", terminal.format_size(weights), "yes", "MIT", DEMO_PAIRS)]
    rows += [_describe_row(entry, models.is_here(entry.name, settings.model_cache)) for entry in ENTRIES]
    opus = (terminal.format_size(OPUS_BYTES), terminal.format_size(OPUS_PARAMETERS), "-", "see its card")
    rows.append(("opus-mt-de-en", *opus, "de to en"))
    terminal.print_table(("text model", "download", "memory", "here", "licence", "pairs"), rows)
    typer.echo(NOTES)
    try:
        choice = choose_translation_model(settings, "", downloads=False)
    except ModelError as exc:
        typer.echo(str(exc))
    else:
        typer.echo(f"On this machine, auto chooses {choice.name} to translate text.")


def _describe_row(entry: CatalogueEntry, is_here: bool) -> tuple[str, ...]:
    return (
        entry.name,
        terminal.format_size(entry.weights_bytes),
        terminal.format_size(entry.parameters),
        "yes" if is_here else "no",
        entry.licence + ("" if entry.is_commercial else " *"),
        entry.pairs,
    )


def fetch_translation_model(settings: Settings, name: str) -> None:
    """Download a translation model, so that a service that runs with --offline finds it, and print its licence.

    Raises:
        ModelError: It cannot be downloaded, a file of it is not the one that is known, or its licence was not accepted.
    """
    choice = models.choose(
        name,
        device=pick_device(settings.device),
        accepts_licence=settings.accept_licence,
        downloads=True,
        cache=settings.model_cache,
        offline=settings.offline,
        on_message=partial(print, flush=True),
    )
    for folder in choice.folders:
        print(f"The translation model is in {Path(folder)}. Its licence: {choice.licence}.")
    print(f"Use it with --translation-model {name}; --offline finds it too.")
