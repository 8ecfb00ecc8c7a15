"""Options that several commands share, and how their text is read."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.errors import SettingsError

if TYPE_CHECKING:
    from app.decode.request import Task

Model = Annotated[str | None, typer.Option(help="auto, demo, a hub name such as small, or a CTranslate2 folder.")]
Device = Annotated[str | None, typer.Option(help="auto, cpu or cuda.")]
SpokenLanguage = Annotated[str | None, typer.Option(help="Spoken language, such as de; or several, such as de,en.")]
Glossary = Annotated[Path | None, typer.Option(help="File with terms, and lines 'wrong => right' or 'unwanted =>'.")]
DataFolder = Annotated[Path | None, typer.Option(help="Data folder of the service; by default SURTITLE_DATA.")]
JsonFile = Annotated[Path | None, typer.Option(help="Write the figures to this file.")]


def parse_task(name: str) -> "Task":
    """Return the task of that name.

    Raises:
        SettingsError: There is no such task.
    """
    if name == "transcribe":
        return "transcribe"
    if name == "translate":
        return "translate"
    raise SettingsError(f"Expected the task transcribe or translate, but got {name!r}.")


def parse_numbers(text: str, option: str) -> tuple[int, ...]:
    """Return whole numbers that are separated by commas.

    Raises:
        SettingsError: The text is something else; the sentence names the option.
    """
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise SettingsError(f"Expected whole numbers with commas for {option}, as in 1,8, but got {text!r}.") from None
