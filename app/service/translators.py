"""Chooses the translation model and prepares an engine for each device; nothing is loaded before somebody needs it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.config import Settings
from app.decode import cuda, demo_files
from app.decode.device import count_cores, pick_compute_type, pick_device
from app.translate import models, worker
from app.translate.chat_service import read_chat_service
from app.translate.engine import ROWS_CPU, ROWS_GPU, TranslationEngine
from app.translate.pool import PooledModel, TranslationPool
from app.translate.request import TextTranslator
from app.translate.text_model_choice import TextModelChoice

if TYPE_CHECKING:
    from app.translate.chat import ChatTranslator

THREADS_SHARE = 4
"""The share of the cores that translates, as 1 in so many: a translation may take longer, a decode may not."""


def open_translators(
    settings: Settings,
    speech_model: str,
    *,
    is_wanted: bool = False,
    on_message: Callable[[str], object] | None = None,
) -> TranslationPool:
    """Return the pool that translates for all rooms; `speech_model` is the folder of the speech model.

    Without `is_wanted` this is quick: the model is looked for when a room first has a target, among those on this disk.
    With it, which is for a service that was started to translate, the model is found now, and downloaded if it is not
    here; `on_message` gets a sentence before something that takes seconds.

    Raises:
        ModelError: `is_wanted`, and there is no model, it cannot be downloaded, or its licence was not accepted.
    """

    def find(*, downloads: bool) -> PooledModel:
        choice = choose_translation_model(settings, speech_model, downloads=downloads, on_message=on_message)
        return PooledModel(choice.name, choice.pairs, tuple(_open_engines(settings, choice)), choice.licence)

    pool = TranslationPool(partial(find, downloads=False))
    if is_wanted:
        model = find(downloads=True)
        pool.use(model)
        if on_message is not None:
            on_message(f"The model {model.name} translates text. Its licence: {model.licence}.")
    return pool


def open_chat(settings: Settings, fallback: TextTranslator) -> "ChatTranslator | None":
    """Return the chat service of the settings, which translates before `fallback` does; None if they name none.

    Raises:
        SettingsError: Its address is not allowed, or its model has no name.
    """
    service = read_chat_service(settings.translation_url, settings.translation_service_model, settings.translation_key)
    if service is None:
        return None
    from app.translate.chat import ChatTranslator

    return ChatTranslator(service, fallback)


def choose_translation_model(
    settings: Settings,
    speech_model: str,
    *,
    downloads: bool,
    on_message: Callable[[str], object] | None = None,
) -> TextModelChoice:
    """Find the translation model of the settings; only with `downloads` may one be downloaded.

    Raises:
        ModelError: There is none, it cannot be downloaded, or its licence was not accepted.
    """
    device = pick_device(settings.device) if settings.translation_device == "auto" else settings.translation_device
    choice = models.choose(
        settings.translation_model,
        speech_is_demo=Path(speech_model) == demo_files.MODEL,
        device=device,
        accepts_licence=settings.accept_licence,
        downloads=downloads,
        cache=settings.model_cache,
        offline=settings.offline or not downloads,
        on_message=on_message,
    )
    if choice.name == models.DEMO and settings.translation_device == "auto":
        device = "cpu"  # it takes milliseconds there, and the GPU is needed for speech
    threads = settings.translation_threads or max(1, count_cores() // THREADS_SHARE)
    return replace(
        choice,
        device=device,
        compute_type=pick_compute_type(device),
        threads=threads,
        unsure_logprob=settings.translation_unsure,
        uses_context=settings.translation_context,
    )


def _open_engines(settings: Settings, choice: TextModelChoice) -> list[TranslationEngine]:
    gpus = cuda.gpus() if choice.device == "cuda" else ()
    rows_max = ROWS_GPU if gpus else ROWS_CPU
    return [
        TranslationEngine(
            partial(worker.open_checked, replace(choice, device_index=index)),
            rows_max=rows_max,
            hang_max_s=settings.hang_s,
        )
        for index in ([gpu.index for gpu in gpus] or [0])
    ]
