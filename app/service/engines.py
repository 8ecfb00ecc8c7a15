"""Chooses the models and opens an engine for each device of this machine."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from app.config import Settings
from app.decode import cuda, models, worker
from app.decode.engine import Engine
from app.decode.engine_pool import EnginePool
from app.decode.profile import choose_profile
from app.decode.request import Task


def choose_model(
    settings: Settings, name: str, task: Task, on_message: Callable[[str], object] | None = None
) -> models.ModelChoice:
    """Find or download a model for this machine; `on_message` gets a sentence before something that takes seconds.

    Raises:
        ModelError: There is no such model, or it cannot be downloaded.
    """
    return models.choose(
        name,
        task,
        device=settings.device,
        compute_type=settings.compute_type,
        threads=settings.threads,
        cache=settings.model_cache,
        offline=settings.offline,
        on_message=on_message,
    )


def open_engines(
    settings: Settings, choice: models.ModelChoice, on_message: Callable[[str], object] | None
) -> EnginePool:
    """Prepare an engine for every device, and one more for drafts if the settings name a draft model.

    A CPU is measured first if it has not run the model before; `on_message` gets a sentence before that.

    Raises:
        ModelError: The draft model is unknown or cannot be downloaded.
    """
    gpus = cuda.gpus() if choice.device == "cuda" else ()
    devices = [(gpu.index, gpu.memory_bytes / 2**30) for gpu in gpus] or [(0, 0.0)]

    def open_each(model: models.ModelChoice) -> list[Engine]:
        engines = []
        for index, memory_gib in devices:
            profile = choose_profile(model, batch_max=settings.batch_max, memory_gib=memory_gib, on_progress=on_message)
            own = profile.apply_to(model, device_index=index)
            window = None if settings.window == "auto" else int(settings.window)
            openers = [partial(worker.open_checked, one) for one in (own, replace(own, rows={}))]
            engines.append(
                Engine(
                    openers[0],
                    profile,
                    window=window,
                    hang_max_s=settings.hang_s,
                    reopener=openers[1],  # after a fault rooms wait, so nothing is warmed up
                )
            )
        return engines

    drafts = choose_model(settings, settings.draft_model, "transcribe", on_message) if settings.draft_model else None
    return EnginePool(open_each(choice), open_each(drafts) if drafts else ())
