"""What the commands for rooms print, ask and write: tables, links, questions, and files that are whole or not there."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from app.web.resources import MintedKey


def link(address: str, name: str, key: "MintedKey") -> None:
    """Print where a key leads."""
    pages = {"viewer": ("Read along", "overlay"), "source": ("Speak", "microphone")}
    if key.role not in pages:
        typer.echo(f"{'Run the room, as SURTITLE_KEY':30}{key.key}")
        return
    what, page = pages[key.role]
    typer.echo(f"{what:30}{address.rstrip('/')}/{page}/{name}#{key.key}")


def table(titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Print a table; what others named is shown without what a terminal would obey."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*titles, box=None, show_header=any(titles), pad_edge=False)
    for row in rows:
        table.add_row(
            *(Text("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in one)) for one in row)
        )
    Console(highlight=False).print(table)


def day(at_ms: int | None) -> str:
    """Return a moment as people on this machine write it; None is never."""
    if at_ms is None:
        return "never"
    return datetime.fromtimestamp(at_ms / 1000).astimezone().isoformat(" ", "minutes")


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; raises SettingsError."""
    from app.errors import SettingsError

    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as exc:
        beside.unlink(missing_ok=True)
        raise SettingsError(f"The file {path} cannot be written: {exc.strerror or exc}. Nothing was changed.") from exc


def confirm(question: str, yes: bool) -> None:
    """Ask, unless the answer was given before; whoever is not sure ends the program."""
    if not yes and not typer.confirm(question):
        typer.echo("Nothing was changed.")
        sys.exit(1)
