"""The commands that give a room's captions to OBS, to meetings and to files."""

from typing import Annotated

import typer

from app.cli import console
from app.cli.console import LOCAL, At, KeyFile, Room, asking
from app.outputs.settings import OBS_HOST, OBS_PORT, OBS_SCENE, MeetingKind

output = typer.Typer(help="Give a room's captions to OBS, meetings and files.", no_args_is_help=True)

Track = Annotated[str | None, typer.Option(help="original, or en; the translation where there is one.")]


@output.command("list")
def list_outputs(name: Room, at: At = LOCAL, key_file: KeyFile = None) -> None:
    """List a room's outputs and how they are doing."""
    with asking(at, key_file) as client:
        rows = [
            (
                one.id,
                one.kind,
                one.track or "last",
                one.health.status,
                f"{one.health.n_sent} sent, {one.health.n_dropped} dropped",
                one.health.message,
            )
            for one in client.room(name).state.outputs
        ]
        console.table(("id", "kind", "track", "", "", ""), rows)


@output.command("file")
def add_file(
    name: Room,
    format: Annotated[str, typer.Argument(help="srt, vtt, txt, json or csv.")],
    track: Track = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
) -> None:
    """Write a subtitle file on the service's disk that grows with the talk."""
    with asking(at, key_file) as client:
        from app.cli.client import made
        from app.web.schemas import FileFields

        _tell(name, client.add_output(name, made(FileFields, kind="file", format=format, track=track)))


@output.command("zoom")
def add_zoom(
    name: Room,
    language: Annotated[str | None, typer.Option(help="What Zoom is told, as de-DE; else by the track.")] = None,
    track: Track = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
) -> None:
    """Caption a Zoom meeting; asks for the API token that Zoom's host copies."""
    _add_meeting("zoom", "API token", name, language, track, at, key_file)


@output.command("teams")
def add_teams(
    name: Room,
    language: Annotated[str | None, typer.Option(help="What Teams is told, as de-DE; else by the track.")] = None,
    track: Track = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
) -> None:
    """Caption a Teams meeting; asks for the CART link of its options."""
    _add_meeting("teams", "CART link", name, language, track, at, key_file)


@output.command("youtube")
def add_youtube(name: Room, track: Track = None, at: At = LOCAL, key_file: KeyFile = None) -> None:
    """Caption a YouTube stream; asks for its captions ingestion address."""
    _add_meeting("youtube", "Captions ingestion address", name, None, track, at, key_file)


@output.command("obs")
def add_obs(
    name: Room,
    host: Annotated[str, typer.Option(help="Where OBS runs, as seen from the service.")] = OBS_HOST,
    port: Annotated[int, typer.Option(help="Port of its WebSocket server.")] = OBS_PORT,
    scene: Annotated[str, typer.Option(help="Scene that shows the captions; made where there is none.")] = OBS_SCENE,
    overlay: Annotated[str, typer.Option(help="Address of the overlay page; without it, OBS shows plain text.")] = "",
    virtual_camera: Annotated[bool, typer.Option("--virtual-camera", help="Start OBS's virtual camera.")] = False,
    track: Track = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
) -> None:
    """Show the captions in an OBS Studio; asks for the password of its WebSocket server."""
    with asking(at, key_file) as client:
        from app.cli.client import made
        from app.web.schemas import NewObs

        new = made(
            NewObs,
            kind="obs",
            host=host,
            port=port,
            scene=scene,
            track=track,
            overlay=overlay,
            virtual_camera=virtual_camera,
            password=console.secret("Password of OBS"),
        )
        _tell(name, client.add_output(name, new))


@output.command("remove")
def remove_output(
    name: Room,
    id: Annotated[str, typer.Argument(metavar="ID", help="As `room output list` has it.")],
    at: At = LOCAL,
    key_file: KeyFile = None,
) -> None:
    """Give a room's captions there no more."""
    with asking(at, key_file) as client:
        client.remove_output(name, id)
        typer.echo(f"The room {name} has no output {id} any more.")


def _add_meeting(
    kind: MeetingKind, what: str, name: str, language: str | None, track: str | None, at: str, key_file: console.KeyFile
) -> None:
    with asking(at, key_file) as client:
        from app.cli.client import made
        from app.web.schemas import NewMeeting

        new = made(NewMeeting, kind=kind, url=console.secret(what), language=language, track=track)
        _tell(name, client.add_output(name, new))


def _tell(name: str, id: str) -> None:
    typer.echo(f"Added as {id}. `surtitle room output list {name}` says how it is doing.")
