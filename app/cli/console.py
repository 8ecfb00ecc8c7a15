"""What the commands for rooms share: whom they ask, tables, links, questions, and files that are whole or not there."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app import atomic_file

if TYPE_CHECKING:
    from app.cli.client import RestClient
    from app.web.schemas import KeyWithSecret


At = Annotated[str, typer.Option(envvar="SURTITLE_AT", help="Address of the service.")]
KeyFile = Annotated[
    Path | None,
    typer.Option(envvar="SURTITLE_KEY_FILE", help="File with the key; or put the key into SURTITLE_KEY."),
]
Room = Annotated[str, typer.Argument(help="Name of the room.", show_default=False)]
LOCAL = "http://127.0.0.1:8000"

PAGES = {"viewer": ("Read along", "v"), "source": ("Speak", "microphone"), "operator": ("Run the room", "operator")}
"""What a key is for, and the page that it opens."""


@contextmanager
def asking(at: str, key_file: Path | None) -> Iterator["RestClient"]:
    """Lend a client of the service while the block lasts; what goes wrong is told, and ends the program."""
    from app import config
    from app.cli import exit_codes
    from app.cli.client import RestClient

    with exit_codes.guarded(), RestClient(at, config.read_key(key_file)) as client:
        yield client


def link(address: str, name: str, key: "KeyWithSecret") -> None:
    """Print where a key leads."""
    what, page = PAGES[key.role]
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

    try:
        atomic_file.write(path, content)
    except OSError as exc:
        raise SettingsError(f"The file {path} cannot be written: {exc.strerror or exc}. Nothing was changed.") from exc


def confirm(question: str, yes: bool) -> None:
    """Ask, unless the answer was given before; whoever is not sure ends the program."""
    if not yes and not typer.confirm(question):
        typer.echo("Nothing was changed.")
        sys.exit(1)


def secret(what: str) -> str:
    """Ask for something that nobody else should see; a program may send it on standard input instead."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    return str(typer.prompt(what, hide_input=True, default="", show_default=False)).strip()
