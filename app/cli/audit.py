"""Prints the audit log of a data folder: who did what and when, one line for each record."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import exit_codes, terminal
from app.cli.options import OUTPUT, DataFolder, option
from app.errors import SettingsError

if TYPE_CHECKING:
    from app.store.audit_record import AuditRecord

UNITS_S = {"m": 60, "h": 3600, "d": 86_400}


def audit(
    since: Annotated[
        str | None, option(OUTPUT, "30m, 12h or 7d back, or a date such as 2026-11-21.", metavar="TIME")
    ] = None,
    room: Annotated[str | None, option(OUTPUT, "Only what was done in this room.", metavar="NAME")] = None,
    key: Annotated[
        str | None,
        option(OUTPUT, "Only what the key with this id did, and what was done to it.", metavar="ID"),
    ] = None,
    json: Annotated[bool, option(OUTPUT, "Print JSON lines.", "--json")] = False,
    data: DataFolder = None,
) -> None:
    """Print who did what and when: keys, rooms, outputs, corrections, downloads and refused logins."""
    with exit_codes.guarded():
        from app import config

        print_audit(config.read(data=data).data, since=since, room=room, key=key, as_json=json)


def print_audit(folder: Path, *, since: str | None, room: str | None, key: str | None, as_json: bool) -> None:
    """Print the records of a data folder since a time, of one room or one key, oldest first.

    Raises:
        SettingsError: The time cannot be understood, or the files cannot be read.
    """
    from app.store.audit_files import AUDIT, read_records

    since_ms = 0 if since is None else parse_since(since, datetime.now().astimezone())
    try:
        records = [
            record
            for record in read_records(folder / AUDIT, since_ms)
            if room in (None, record.room) and (key is None or _concerns(record, key))
        ]
    except OSError as exc:
        raise SettingsError(
            f"The audit log in {folder / AUDIT} cannot be read: {exc.strerror or exc}. Run this as the user that the "
            "service runs as."
        ) from exc
    if as_json:
        for record in records:
            typer.echo(record.to_line().decode().rstrip("\n"))
    elif records:
        for record in records:
            typer.echo(_describe(record))
    else:
        typer.echo(
            f"No record in {folder / AUDIT} matches. Check --since, --room and --key, or name another folder with "
            "--data."
        )


def parse_since(text: str, now: datetime) -> int:
    """Return a time in ms since 1970: `30m`, `12h` and `7d` count back from now; else a date, or a date and time.

    Raises:
        SettingsError: It is none of these.
    """
    if count := re.fullmatch(r"(\d{1,6})([mhd])", text):
        return round((now - timedelta(seconds=int(count[1]) * UNITS_S[count[2]])).timestamp() * 1000)
    try:
        moment = datetime.fromisoformat(text)
        return round((moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise SettingsError(
            f"Expected a time for --since such as 30m, 12h, 7d or 2026-11-21T18:00, but got {text!r}."
        ) from None


def _concerns(record: "AuditRecord", key: str) -> bool:
    """Return whether a key did this, or it was done to it."""
    return record.key == key or key in record.detail.split()


def _describe(record: "AuditRecord") -> str:
    """Return a record as one line of text, without control characters."""
    when = datetime.fromtimestamp(record.at_ms / 1000).isoformat(" ", "seconds")
    times = f"{record.n} times" if record.n > 1 else ""
    fields = (record.action.replace("_", " "), record.key or "no key", record.room or "-", record.address or "-")
    widths = (22, 13, 12, 16)
    columns = [f"{field:{width}}" for field, width in zip(fields, widths, strict=True)]
    return terminal.make_printable(" ".join([when, *columns, record.detail, times]).rstrip())
