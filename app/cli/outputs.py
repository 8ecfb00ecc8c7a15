"""The commands for a room's outputs: OBS, meetings and files."""

from typing import Annotated

import typer

from app.cli import terminal
from app.cli.terminal import LOCAL, At, Insecure, KeyFile, Room, Track, connected
from app.cli.usage import Commands
from app.outputs.settings import OBS_HOST, OBS_PORT, OBS_SCENE, MeetingKind

outputs = Commands(help="Send a room's captions to OBS, meetings and files.")


@outputs.command("list")
def list_outputs(name: Room, at: At = LOCAL, key_file: KeyFile = None, insecure: Insecure = False) -> None:
    """List a room's outputs and their status."""
    with connected(at, key_file, insecure) as client:
        rows = [
            (
                one.id,
                one.kind,
                one.track or "last",
                one.health.status,
                f"{one.health.n_sent} sent, {one.health.n_dropped} dropped",
                one.health.message,
            )
            for one in client.get_room(name).state.outputs
        ]
        terminal.print_table(("id", "kind", "track", "", "", ""), rows)


@outputs.command("file")
def add_file(
    name: Room,
    format: Annotated[str, typer.Argument(help="srt, vtt, txt, json or csv.")],
    track: Track = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Write a subtitle file on the service's disk that grows during the talk."""
    with connected(at, key_file, insecure) as client:
        from app.cli.client import build
        from app.web.output_schemas import FileFields

        _print_added(name, client.add_output(name, build(FileFields, kind="file", format=format, track=track)))


@outputs.command("zoom")
def add_zoom(
    name: Room,
    language: Annotated[
        str | None, typer.Option(help="Language code for Zoom, such as de-DE; else the track's.")
    ] = None,
    track: Track = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Caption a Zoom meeting; asks for the API token that the meeting's host copies."""
    _add_meeting("zoom", "API token", name, language, track, at, key_file, insecure)


@outputs.command("teams")
def add_teams(
    name: Room,
    language: Annotated[
        str | None, typer.Option(help="Language code for Teams, such as de-DE; else the track's.")
    ] = None,
    track: Track = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Caption a Teams meeting; asks for the CART link from the meeting options."""
    _add_meeting("teams", "CART link", name, language, track, at, key_file, insecure)


@outputs.command("youtube")
def add_youtube(
    name: Room, track: Track = None, at: At = LOCAL, key_file: KeyFile = None, insecure: Insecure = False
) -> None:
    """Caption a YouTube stream; asks for its captions ingestion address."""
    _add_meeting("youtube", "Captions ingestion address", name, None, track, at, key_file, insecure)


@outputs.command("obs")
def add_obs(
    name: Room,
    host: Annotated[str, typer.Option(help="Machine that OBS runs on, as seen from the service.")] = OBS_HOST,
    port: Annotated[int, typer.Option(help="Port of its WebSocket server.")] = OBS_PORT,
    scene: Annotated[str, typer.Option(help="Scene that shows the captions; created if it is missing.")] = OBS_SCENE,
    overlay: Annotated[
        str, typer.Option(help="Address of the overlay page; - asks for it; without it, OBS shows plain text.")
    ] = "",
    virtual_camera: Annotated[bool, typer.Option("--virtual-camera", help="Start OBS's virtual camera.")] = False,
    track: Track = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Show the captions in OBS Studio; asks for the password of its WebSocket server."""
    with connected(at, key_file, insecure) as client:
        from app.cli.client import build
        from app.web.output_schemas import NewObs

        if overlay == terminal.ASK:
            overlay = terminal.read_secret("Address of the overlay page")
        new = build(
            NewObs,
            kind="obs",
            host=host,
            port=port,
            scene=scene,
            track=track,
            overlay=overlay,
            virtual_camera=virtual_camera,
            password=terminal.read_secret("Password of OBS"),
        )
        _print_added(name, client.add_output(name, new))


@outputs.command("remove")
def remove_output(
    name: Room,
    id: Annotated[str, typer.Argument(metavar="ID", help="The id that `room output list` shows.")],
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Remove an output."""
    with connected(at, key_file, insecure) as client:
        client.remove_output(name, id)
        typer.echo(f"The room {name} no longer has the output {id}.")


def _add_meeting(
    kind: MeetingKind,
    secret: str,
    name: str,
    language: str | None,
    track: str | None,
    at: str,
    key_file: terminal.KeyFile,
    insecure: bool,
) -> None:
    with connected(at, key_file, insecure) as client:
        from app.cli.client import build
        from app.web.output_schemas import NewMeeting

        new = build(NewMeeting, kind=kind, url=terminal.read_secret(secret), language=language, track=track)
        _print_added(name, client.add_output(name, new))


def _print_added(name: str, id: str) -> None:
    typer.echo(f"Added as {id}. `surtitle room output list {name}` shows its status.")
