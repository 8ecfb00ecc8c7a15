"""The command for an emergency: closes all rooms, revokes all links, and prints who was connected."""

import json as json_format
import sys
from typing import TYPE_CHECKING

import typer

from app.cli import exit_codes, terminal
from app.cli.options import AsJson
from app.cli.terminal import LOCAL, At, Confirmed, Insecure, KeyFile, connected

if TYPE_CHECKING:
    from app.web.incident_report import IncidentReport

NEXT = """\
What to do next:
1. Save this list, and the records of what was done: surtitle audit --since 7d --json > audit.jsonl
2. Find out what happened: refused logins, exports, downloads and new keys are in that file.
3. If the admin key may be known to others: delete admin.key in the data folder, or change SURTITLE_KEY, and restart.
4. Stop what is still sent elsewhere: surtitle room output list ROOM, surtitle room output remove ROOM ID.
5. Erase what nobody should have: surtitle room erase ROOM.
6. Make new links and open the rooms: surtitle room key ROOM viewer, then surtitle room set ROOM --open.
7. If somebody read what was not for them, it may have to be reported: within 72 hours in the EU (GDPR, article 33)."""


def incident(
    yes: Confirmed = False,
    json: AsJson = False,
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Close all rooms, make them private, revoke all links, and print who was connected; for emergencies."""
    terminal.confirm("Close all rooms, disconnect everybody and revoke all links?", yes)
    with connected(at, key_file, insecure) as client:
        report = client.close_everything()
        if json:
            typer.echo(json_format.dumps(report.model_dump(mode="json"), indent=2, ensure_ascii=False))
        else:
            print_report(report)
        if report.problems:
            sys.exit(exit_codes.FAILURE)


def print_report(report: "IncidentReport") -> None:
    """Print what was closed and who was connected, and the next steps."""
    typer.echo(f"All rooms are closed and private now: {', '.join(report.rooms) or 'there were none'}.")
    typer.echo(f"{len(report.keys)} keys are revoked. Still valid: {', '.join(report.kept) or 'none'}.")
    for problem in report.problems:
        typer.echo(f"Not complete: {problem}")
    typer.echo(f"{len(report.connections)} connections were open.")
    rows = [
        (
            one.key or "none",
            one.role,
            one.label,
            one.room,
            one.address,
            terminal.format_minute(one.since_ms, "unknown"),
        )
        for one in report.connections
    ]
    if rows:
        terminal.print_table(("key", "role", "label", "room", "address", "since"), rows)
    typer.echo(NEXT)
