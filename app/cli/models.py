"""Runs `surtitle models`: lists models and downloads them."""

from functools import partial
from pathlib import Path

import typer

from app import config, language_names
from app.cli import terminal
from app.cli.translation_models import fetch_translation_model, is_translation_model, list_translation_models
from app.decode import demo_files, model_hub, models
from app.decode.device import count_cores, pick_device
from app.decode.model_lock import LOCK_NAME
from app.decode.model_pins import PINS, REPOSITORIES, ModelPin

LICENCE = "MIT"
"""The licence of OpenAI's weights, of their conversions on the hub, and of Surtitle, whose part the demo model is."""

N_LANGUAGES, N_LANGUAGES_V3 = 99, 100
"""Languages of the vocabularies; that of large-v3 and turbo has Cantonese too. Source: openai/whisper tokenizer.py."""

NOTES = """\
Memory is what the weights take: 8 bits each on a CPU, 16 on a GPU. Decoding
needs some more. large-v3-turbo is another name for turbo.
`surtitle models --fetch NAME` downloads a model."""


def list_models() -> None:
    """Print what is known of each model that has a name, and the one that auto chooses on this machine."""
    settings = config.read()
    weights = (demo_files.MODEL / "model.bin").stat().st_size
    rows: list[tuple[str, ...]] = [
        ("demo", "none", terminal.format_size(weights), "unknown", "de, en", "yes", "yes", LICENCE)
    ]
    rows += [
        _describe_row(name, pin, model_hub.is_downloaded(name, settings.model_cache))
        for name, pin in _list_pins().items()
    ]
    titles = ("model", "download", "CPU memory", "GPU memory", "languages", "translates", "here", "licence")
    terminal.print_table(titles, rows)
    typer.echo(NOTES)
    device = pick_device()
    transcribes, translates = models.recommend(device, "transcribe"), models.recommend(device, "translate")
    n_cores = count_cores()
    where = "with its GPU" if device == "cuda" else f"with {n_cores} CPU core{'s' if n_cores > 1 else ''}"
    typer.echo(f"On this machine, {where}, auto chooses {transcribes} to transcribe and {translates} to translate.")
    typer.echo("")
    list_translation_models(settings)


def list_commits() -> None:
    """Print the repository and the commit that each name stands for."""
    rows = [(name, pin.repository, pin.revision[:12]) for name, pin in _list_pins().items()]
    terminal.print_table(("model", "repository", "commit"), rows)


def _list_pins() -> dict[str, ModelPin]:
    """Return the pin of each name; of two names for one model, the first."""
    names: dict[str, str] = {}
    for name, repository in REPOSITORIES.items():
        names.setdefault(repository, name)
    return {name: PINS[repository] for repository, name in names.items()}


def _describe_row(name: str, pin: ModelPin, is_here: bool) -> tuple[str, ...]:
    weights = pin.weights_bytes or 0
    n_languages = N_LANGUAGES_V3 if "vocabulary.json" in pin.files else N_LANGUAGES
    return (
        name,
        terminal.format_size(weights),
        terminal.format_size(weights // 2),  # stored with 16 bits, used with 8
        terminal.format_size(weights),
        str(n_languages),
        "no" if name == "turbo" else "yes",
        "yes" if is_here else "no",
        LICENCE,
    )


def fetch_model(**given: object) -> None:
    """Download a model, so that a service that runs with --offline finds it, and say how its files were checked.

    Raises:
        ModelError: There is no such model, it cannot be downloaded, or a file of it is not the one that is known.
    """
    settings = config.read(**given)
    name = settings.model
    if is_translation_model(name):
        fetch_translation_model(settings, name)
        return
    if name == "auto":
        name = models.recommend(pick_device(), settings.task)
    choice = models.choose(
        name,
        settings.task,
        device=settings.device,
        cache=settings.model_cache,
        offline=settings.offline,
        on_message=partial(print, flush=True),
    )
    print(f"The model {choice.name} is in {choice.path}. Use it with --model {choice.name}; --offline finds it too.")
    if not choice.is_demo and not Path(name).is_dir():
        print(_describe(model_hub.fetch(choice.name, settings.model_cache, offline=True)))


def _describe(model: model_hub.HubModel) -> str:
    if model.is_pinned:
        return f"Its {model.n_files} files have the SHA-256 that Surtitle ships, at commit {model.revision}."
    return (
        f"Surtitle ships no SHA-256 for commit {model.revision}; those of its {model.n_files} files are now in "
        f"{LOCK_NAME} in the folder of downloads, and checked at every start."
    )


def list_languages() -> None:
    """Print the code and the names of each spoken language."""
    rows = [(code, *names[:2]) for code, names in sorted(language_names.names().items(), key=lambda item: item[1])]
    terminal.print_table(("code", "language", "its own name"), rows)
