"""Runs `surtitle models`: lists models and downloads them."""

from app import config
from app.decode import models
from app.decode.device import pick_device


def list_models() -> None:
    """Print the models that have a name, and the one that auto chooses on this machine."""
    device = pick_device()
    print("demo  (bundled: a few hundred German and English words of a staff meeting)")
    for name, repository in models.REPOSITORIES.items():
        print(f"{name}  ({repository})")
    print(
        f"auto on this machine ({device}): {models.recommend(device, 'transcribe')} to transcribe, "
        f"{models.recommend(device, 'translate')} to translate"
    )


def fetch_model(**given: object) -> None:
    """Download a model, so that a service that runs with --offline finds it.

    Raises:
        ModelError: There is no such model, or it cannot be downloaded.
    """
    settings = config.read(**given)
    name = settings.model
    if name == "auto":
        name = models.recommend(pick_device(), settings.task)
    choice = models.choose(
        name, settings.task, device=settings.device, cache=settings.model_cache, offline=settings.offline
    )
    print(f"The model {choice.name} is in {choice.path}.")
