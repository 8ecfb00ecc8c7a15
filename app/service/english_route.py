"""Decides where a room's English comes from: from Whisper's own translation of the sound, or from the text model.

Whisper needs a second decode of every sentence for it, and turbo cannot do it; the text model sees the recognised words
alone, with their errors. `english_source.json` has what was measured, with the command.
"""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Literal, TypedDict

from app.config import Settings
from app.decode import demo_files
from app.decode.device import pick_device
from app.decode.request import Task
from app.errors import ModelError
from app.service.translators import choose_translation_model
from app.store.rooms import RoomSettings
from app.translate.model import LanguagePairs

ENGLISH = "en"

Way = Literal["auto", "speech", "text"]


class MeasuredWay(TypedDict):
    """Which way was better for one language, with one speech model and one text model."""

    speech_model: str
    text_model: str
    language: str
    better: Literal["speech", "text"]
    source: str
    """The command that measured it, and its figures."""


def wants_english(settings: RoomSettings) -> bool:
    """Return whether a room has an English track beside what is spoken."""
    return settings.task == "translate" or ENGLISH in settings.targets


def list_text_targets(routed: RoomSettings) -> list[str]:
    """Return the targets that the text model translates into, of settings that `route_english` returned."""
    return [target for target in routed.targets if routed.task != "translate" or target != ENGLISH]


def route_english(
    settings: RoomSettings,
    way: Way,
    *,
    speech_model: str,
    can_speech: bool,
    text_model: str,
    text_pairs: LanguagePairs | None,
) -> RoomSettings:
    """Return the settings with which a room works: its English is a task of Whisper, or a target of the text model.

    `task: translate` asks for Whisper's way and gets it if the model can; a target `en` gets the better way.
    `can_speech` is whether the speech model translates; `text_pairs` None means that there is no text model.
    """
    if not wants_english(settings):
        return settings
    foreign = [language for language in settings.languages if language != ENGLISH]
    can_text = text_pairs is not None and (
        all(text_pairs.has(language, ENGLISH) for language in foreign) if foreign else ENGLISH in text_pairs.targets
    )
    if way == "auto" and settings.task != "translate":
        prefers_speech = _is_speech_better(speech_model, text_model, foreign)
    else:
        prefers_speech = way != "text"
    if can_speech and (prefers_speech or not can_text):
        return replace(settings, task="translate")
    if not can_text:
        return settings  # neither can; the check of the settings says why
    return replace(settings, task="transcribe", targets=tuple(dict.fromkeys((*settings.targets, ENGLISH))))


def choose_speech_task(settings: Settings) -> Task:
    """Return what the speech model must be able to do: only transcribe, if its English comes from a text model.

    This keeps turbo, which cannot translate, for a service that was started with `--task translate`.
    """
    name = settings.model.partition("@")[0]
    is_turbo = "turbo" in name or (name == "auto" and pick_device(settings.device) == "cuda")
    if settings.task != "translate" or settings.english == "speech":
        return settings.task
    if settings.english == "auto" and not is_turbo:
        return settings.task
    try:
        speech_model = str(demo_files.MODEL) if name == "demo" else name
        pairs = choose_translation_model(settings, speech_model, downloads=False).pairs
    except ModelError:
        return settings.task
    return "transcribe" if ENGLISH in pairs.targets else settings.task


def _is_speech_better(speech_model: str, text_model: str, languages: list[str]) -> bool:
    """Return whether Whisper's way was better for one of the languages; unmeasured, text is taken: one decode less."""
    return any(
        one["better"] == "speech"
        for one in _measured()
        if (one["speech_model"], one["text_model"]) == (speech_model, text_model)
        and (not languages or one["language"] in languages)
    )


@cache
def _measured() -> tuple[MeasuredWay, ...]:
    path = Path(__file__).with_name("english_source.json")
    return tuple(json.loads(path.read_text(encoding="utf-8")))
