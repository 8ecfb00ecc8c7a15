"""The commands for what was said in a room: erase, export, transcript and correct."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli import terminal
from app.cli.options import SUBTITLES, option
from app.cli.room_options import read_track
from app.cli.terminal import LOCAL, At, Confirmed, Insecure, KeyFile, Room, Track, connected
from app.cli.usage import Commands

captions = Commands()


@captions.command("erase")
def erase(
    name: Room, yes: Confirmed = False, at: At = LOCAL, key_file: KeyFile = None, insecure: Insecure = False
) -> None:
    """Erase a room's captions, on the disk and on every page that shows them, and print a receipt."""
    terminal.confirm(f"Erase all captions of the room {name} for ever?", yes)
    with connected(at, key_file, insecure) as client:
        receipt = client.erase_captions(name)
        typer.echo(f"The captions of room {name} are erased.\n\n{receipt.text}", nl=False)


@captions.command("export")
def export(
    name: Room,
    file: Annotated[Path, typer.Argument(help="JSON file to write.")],
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Write everything that the service stores about a room to a file."""
    with connected(at, key_file, insecure) as client:
        terminal.write_file(file, client.export_room(name))
        typer.echo(f"Everything about room {name} is in {file}.")


@captions.command("transcript")
def transcript(
    name: Room,
    file: Annotated[Path, typer.Argument(help="File to write: .srt, .vtt, .txt, .json or .csv.")],
    track: Track = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Write what was said to a subtitle file."""
    with connected(at, key_file, insecure) as client:
        from app.outputs.subtitles import file_format

        terminal.write_file(file, client.get_transcript(name, file_format(file), read_track(track)))
        typer.echo(f"What was said in room {name} is in {file}.")


@captions.command("correct")
def correct(
    name: Room,
    phrase: Annotated[str, typer.Argument(help="Name of the phrase, such as 3-160000; `room export` lists them.")],
    text: Annotated[str | None, typer.Argument(help="The right text; without it the phrase is withdrawn.")] = None,
    track: Annotated[
        str, option(SUBTITLES, "original, or en for the translation.", metavar="TRACK", show_default=True)
    ] = "original",
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Correct or withdraw a final phrase on every page."""
    with connected(at, key_file, insecure) as client:
        from app.cli.request_body import build
        from app.web.schemas import Correction

        client.correct_phrase(name, phrase, build(Correction, track=read_track(track), text=text))
        done = f"now reads “{text}”" if text is not None else "is withdrawn"
        typer.echo(f"The phrase {phrase} {done}, on every page of room {name}.")
