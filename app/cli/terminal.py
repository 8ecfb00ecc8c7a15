"""Shared parts of the commands that ask a running service: client, tables, links, questions and files."""

import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from app.cli import exit_codes
from app.cli.options import SERVICE, SUBTITLES, option
from app.cli.usage import HELP

if TYPE_CHECKING:
    from app.cli.client import RestClient
    from app.web.schemas import KeyWithSecret


At = Annotated[str, option(SERVICE, "Address of the service.", metavar="URL", envvar="SURTITLE_AT", show_default=True)]
KeyFile = Annotated[
    Path | None,
    option(
        SERVICE,
        "File with the key; else SURTITLE_KEY, or on the service's machine its own key.",
        metavar="FILE",
        envvar="SURTITLE_KEY_FILE",
    ),
]
Insecure = Annotated[
    bool,
    option(SERVICE, "Send the key even over http to another machine, where others can read it.", "--insecure"),
]
Room = Annotated[str, typer.Argument(help="Name of the room.", show_default=False)]
PublicUrl = Annotated[
    str | None,
    option(SERVICE, "Address for the links, if it differs from --at.", metavar="URL", envvar="SURTITLE_PUBLIC_URL"),
]
Confirmed = Annotated[bool, option(HELP, "Do not ask for confirmation.", "--yes")]
Track = Annotated[
    str | None,
    option(
        SUBTITLES, "original, or en for the translation; by default the translation if there is one.", metavar="TRACK"
    ),
]

ASK = "-"
"""Value of an option that is asked for, because other users can read a command line."""

AUTHORITY = Path("https", "authority.pem")
"""Where the data folder has the certificate of the authority of `serve --https`; app.web.tls writes it."""

LOCAL = "http://127.0.0.1:8000"

PAGES = {
    "viewer": ("Read along", "v/"),
    "source": ("Speak", "microphone/"),
    "operator": ("Operate the room (console)", "operator/"),
    "admin": ("All links", ""),
}
"""For each role of a key, the label of its link and the page it opens."""


@contextmanager
def connected(at: str, key_file: Path | None, insecure: bool = False) -> Iterator["RestClient"]:
    """Yield a client of the service at `at`; an error is printed as a sentence and ends the program."""
    with exit_codes.guarded():
        from app import config
        from app.cli.client import RestClient
        from app.errors import RoomError

        key = config.read_key(key_file) or _read_admin_key(at)
        with RestClient(at, key, insecure=insecure, authority=config.data_folder() / AUTHORITY) as client:
            try:
                yield client
            except RoomError as exc:
                found = re.match(r"There is no room called (\S+) here\.", str(exc))
                similar = client.find_similar_room(found[1]) if found else None
                if found is None or similar is None:
                    raise
                raise RoomError(f"There is no room called {found[1]}. Did you mean {similar}?") from None


def _read_admin_key(at: str) -> str:
    """Return the admin key of the data folder for a service on this machine; empty if there is none."""
    from app import config
    from app.store import admin_key

    try:
        host = urlsplit(at).hostname or ""
    except ValueError:
        return ""
    return admin_key.read(config.data_folder()) if config.is_loopback(host) else ""


def link_address(client: "RestClient", public_url: str | None, room: str | None) -> str:
    """Return the address for links: the given one, or that of the service, which knows where other devices open it.

    For a service on this machine it is asked for, because its own 127.0.0.1 would lead each phone to itself.
    """
    from app import config

    if public_url or not config.is_loopback(urlsplit(client.address).hostname or ""):
        return public_url or client.address
    rooms = [client.get_room(room)] if room else client.list_rooms()
    return next((one.address for one in rooms if one.address), client.address)


def print_link(address: str, key: "KeyWithSecret", *, with_label: bool = False) -> None:
    """Print the link that a key opens, with the key's label if that is not the same for all; scrapers need no link."""
    name, page = PAGES.get(key.role, ("Key for the scraper", ""))
    link = key.key if key.role == "metrics" else f"{address.rstrip('/')}/{page}{key.room or ''}#{key.key}"
    label = f"  ({make_printable(key.label)})" if with_label and key.label else ""
    typer.echo(f"{name:30}{link}{label}")


def print_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; control characters in names that others chose are replaced, so that the terminal ignores them."""
    from app.cli.text_table import format_table

    for line in format_table(titles, [[make_printable(cell) for cell in row] for row in rows], find_width()):
        typer.echo(line)


def print_pairs(rows: Sequence[tuple[str, str]]) -> None:
    """Print names and values beside each other, without control characters; a long value is never cut."""
    from app.cli.text_table import format_table

    for line in format_table(("", ""), [(name, make_printable(value)) for name, value in rows], None):
        typer.echo(line)


def find_width() -> int | None:
    """Return the columns of the terminal, or of COLUMNS; None for a file or pipe, where lines may have any length."""
    if not sys.stdout.isatty() and not os.environ.get("COLUMNS", "").isdecimal():
        return None
    return shutil.get_terminal_size().columns


def make_printable(text: str) -> str:
    """Return a text that others chose without the control characters that a terminal obeys."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def format_minute(at_ms: int | None, otherwise: str) -> str:
    """Return a moment in this machine's time zone, such as 2026-03-01 09:30, or another text for None."""
    return otherwise if at_ms is None else datetime.fromtimestamp(at_ms / 1000).isoformat(" ", "minutes")


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, which only its owner can read; raises SettingsError."""
    from app import atomic_file
    from app.errors import SettingsError

    try:
        atomic_file.write(path, content, mode=0o600)
    except OSError as exc:
        raise SettingsError(f"The file {path} cannot be written: {exc.strerror or exc}. Nothing was changed.") from exc


def read_file(path: Path) -> str:
    """Return the content of a text file in UTF-8; raises SettingsError."""
    from app.errors import SettingsError

    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(f"Expected a text file in UTF-8 at {path}, but it cannot be read. Check the path.") from exc


def confirm(question: str, yes: bool) -> None:
    """Ask, unless `--yes` was given; any answer but yes ends the program."""
    if not yes and not typer.confirm(question):
        typer.echo("Nothing was changed.")
        sys.exit(1)


def read_secret(label: str) -> str:
    """Ask for a secret without showing it; where standard input is not a terminal, read its first line instead."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    return str(typer.prompt(label, hide_input=True, default="", show_default=False)).strip()


def format_size(n_bytes: int) -> str:
    """Return a size in megabytes or gigabytes."""
    return f"{n_bytes / 1e9:.1f} GB" if n_bytes >= 1e9 else f"{n_bytes / 1e6:.0f} MB"
