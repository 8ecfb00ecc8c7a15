"""Checks the settings of a room and derives what its sources are decoded with."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Lock

from app.captions.session_settings import SessionSettings
from app.config import Settings
from app.decode import glossary
from app.decode.request import Task
from app.errors import SettingsError
from app.media import channels
from app.outputs.settings import FileOutput
from app.service.output_runner import check_output
from app.store.rooms import RoomSettings, new_code


def check_settings(
    settings: RoomSettings,
    before: RoomSettings | None,
    *,
    check_supports: Callable[[Task, Sequence[str]], None],
    writes_files: bool,
) -> RoomSettings:
    """Return the settings of a room, with a short code if the room is public.

    `before` are its current settings, None for a new room; `check_supports` raises ModelError for a task or languages
    that the service's model cannot do.

    Raises:
        SettingsError: They are invalid, or this service cannot provide them.
    """
    if before is None or (before.task, before.languages) != (settings.task, settings.languages):
        check_supports(settings.task, settings.languages)
    session_settings(settings, has_drafts=False)
    channels.parse(settings.channels, "channels")
    for output in settings.outputs:
        check_output(output)
    if not writes_files and any(isinstance(output, FileOutput) for output in settings.outputs):
        raise SettingsError(
            "Expected a folder for subtitle files, but the service runs with --memory and writes no files."
        )
    if settings.is_public and not settings.code:
        return replace(settings, code=new_code())
    return settings if settings.is_public else replace(settings, code="")


_PREPARING = Lock()
"""One glossary is prepared at a time: each thread that computes delays the event loop by up to 5 ms, many by more."""


async def prepare_glossary(settings: RoomSettings, before: RoomSettings | None) -> None:
    """Check a new glossary and build its indexes in a thread, so that the event loop goes on.

    A stored glossary from before there were limits is used as far as they allow.

    Raises:
        SettingsError: A new glossary is invalid or exceeds a limit.
    """
    is_new = before is None or before.glossary != settings.glossary
    await asyncio.to_thread(_prepare_glossary, settings.glossary, is_new=is_new)


def _prepare_glossary(text: str, *, is_new: bool) -> None:
    with _PREPARING:
        if is_new:
            glossary.check(text)
        glossary.parse(text).compile()


def command_line_settings(settings: Settings, glossary_text: str, before: RoomSettings | None) -> RoomSettings:
    """Return the settings of the room of the command line; options that are not given keep their stored values.

    `before` are the stored settings, None if the room is new.
    """
    given = settings.model_fields_set
    before = before or RoomSettings(retention_h=settings.retention_h)
    return replace(
        before,
        title=settings.title if "title" in given else before.title,
        languages=settings.languages if "language" in given else before.languages,
        task=settings.task if "task" in given else before.task,
        targets=settings.targets if "translate_to" in given else before.targets,
        translates_always=settings.translate_always if "translate_always" in given else before.translates_always,
        glossary=glossary_text if "glossary" in given else before.glossary,
        retention_h=settings.retention_h if "retention_h" in given else before.retention_h,
        is_public=settings.public if "public" in given else before.is_public,
        is_open=True,
    )


def session_settings(settings: RoomSettings, *, has_drafts: bool) -> SessionSettings:
    """Return the settings with which a room's sources are decoded.

    Raises:
        SettingsError: The glossary is invalid.
    """
    languages = settings.languages
    return SessionSettings(
        task=settings.task,
        language=languages[0] if len(languages) == 1 else None,
        languages=languages,
        glossary=glossary.parse(settings.glossary),
        has_drafts=has_drafts,
    )
