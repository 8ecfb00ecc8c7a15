"""Runs `surtitle models`: lists models and downloads them."""

from pathlib import Path

from app import config, language_names
from app.cli import terminal
from app.decode import model_hub, models
from app.decode.device import pick_device
from app.decode.model_lock import LOCK_NAME
from app.decode.model_pins import PINS, REPOSITORIES


def list_models() -> None:
    """Print the models that have a name with their pinned commits, and the one that auto chooses on this machine."""
    device = pick_device()
    print("demo  (bundled: a few hundred German and English words of a staff meeting)")
    for name, repository in REPOSITORIES.items():
        print(f"{name}  ({repository}, commit {PINS[repository].revision[:12]})")
    print(
        f"auto on this machine ({device}): {models.recommend(device, 'transcribe')} to transcribe, "
        f"{models.recommend(device, 'translate')} to translate"
    )


def fetch_model(**given: object) -> None:
    """Download a model, so that a service that runs with --offline finds it, and say how its files were checked.

    Raises:
        ModelError: There is no such model, it cannot be downloaded, or a file of it is not the one that is known.
    """
    settings = config.read(**given)
    name = settings.model
    if name == "auto":
        name = models.recommend(pick_device(), settings.task)
    choice = models.choose(
        name,
        settings.task,
        device=settings.device,
        cache=settings.model_cache,
        offline=settings.offline,
        on_message=print,
    )
    print(f"The model {choice.name} is in {choice.path}.")
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
