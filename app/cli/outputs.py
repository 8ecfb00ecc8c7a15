"""The commands for a room's outputs: OBS, meetings and files."""

from typing import TYPE_CHECKING, Annotated

import typer

from app import choices
from app.cli import terminal
from app.cli.options import option
from app.cli.room_options import read_track
from app.cli.terminal import LOCAL, At, Insecure, KeyFile, Room, Track, connected
from app.cli.usage import Commands
from app.outputs.settings import OBS_HOST, OBS_PORT, OBS_SCENE, MeetingKind

if TYPE_CHECKING:
    from app.captions.room_state import OutputState

outputs = Commands(
    help="Send a room's captions to OBS, meetings and files.",
    epilog="""\
surtitle room output file hall srt --track en
surtitle room output zoom hall --language en-US
surtitle room output list hall""",
)

MEETING = "Output"

OBS = "OBS Studio"


@outputs.command("list")
def list_outputs(name: Room, at: At = LOCAL, key_file: KeyFile = None, insecure: Insecure = False) -> None:
    """List a room's outputs and their status."""
    with connected(at, key_file, insecure) as client:
        room = client.get_room(name)
        running = {one.id: one for one in room.state.outputs}
        rows = [_describe_running(one) for one in room.state.outputs]
        rows += [
            (one.id, one.kind, one.track or "last", "not running", "0", "0", "The room is closed.")
            for one in room.outputs
            if one.id not in running
        ]
        if not rows:
            typer.echo(f"Room {name} has no outputs. `surtitle room output --help` says how to add one.")
            return
        terminal.print_table(("id", "kind", "track", "status", "sent", "dropped", "message"), rows)


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
        from app.cli.request_body import build
        from app.outputs.subtitles import FORMATS
        from app.web.output_schemas import FileFields

        kind = choices.choose(format, FORMATS, "FORMAT")
        new = build(FileFields, kind="file", format=kind, track=read_track(track))
        _print_added(name, client.add_output(name, new), f"It writes {kind} files in the service's folder.")


@outputs.command("zoom")
def add_zoom(
    name: Room,
    language: Annotated[
        str | None, option(MEETING, "Language code for Zoom, such as de-DE; else the track's.", metavar="CODE")
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
        str | None, option(MEETING, "Language code for Teams, such as de-DE; else the track's.", metavar="CODE")
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
    host: Annotated[
        str, option(OBS, "Machine that OBS runs on, as seen from the service.", metavar="NAME", show_default=True)
    ] = OBS_HOST,
    port: Annotated[int, option(OBS, "Port of its WebSocket server.", metavar="PORT", show_default=True)] = OBS_PORT,
    scene: Annotated[
        str,
        option(OBS, "Scene that shows the captions; created if it is missing.", metavar="SCENE", show_default=True),
    ] = OBS_SCENE,
    overlay: Annotated[
        str, option(OBS, "Address of the overlay page; - asks for it; without it, OBS shows plain text.", metavar="URL")
    ] = "",
    virtual_camera: Annotated[bool, option(OBS, "Start OBS's virtual camera.", "--virtual-camera")] = False,
    track: Track = None,
    at: At = LOCAL,
    key_file: KeyFile = None,
    insecure: Insecure = False,
) -> None:
    """Show the captions in OBS Studio; asks for the password of its WebSocket server."""
    with connected(at, key_file, insecure) as client:
        from app.cli.request_body import build
        from app.web.output_schemas import NewObs

        if overlay == terminal.ASK:
            overlay = terminal.read_secret("Address of the overlay page")
        new = build(
            NewObs,
            kind="obs",
            host=host,
            port=port,
            scene=scene,
            track=read_track(track),
            overlay=overlay,
            virtual_camera=virtual_camera,
            password=terminal.read_secret("Password of OBS"),
        )
        _print_added(name, client.add_output(name, new), f"It shows the captions in the scene “{scene}”.")


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
        typer.echo(f"Room {name} no longer has the output {id}.")


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
        from app.cli.request_body import build
        from app.web.output_schemas import NewMeeting

        chosen = read_track(track)
        new = build(NewMeeting, kind=kind, url=terminal.read_secret(secret), language=language, track=chosen)
        _print_added(name, client.add_output(name, new), "It sends every finished sentence to the meeting.")


def _describe_running(one: "OutputState") -> tuple[str, ...]:
    health = one.health
    return (
        one.id,
        one.kind,
        one.track or "last",
        health.status,
        str(health.n_sent),
        str(health.n_dropped),
        health.message,
    )


def _print_added(name: str, id: str, what: str) -> None:
    typer.echo(f"Room {name} has the output {id} now. {what}")
    typer.echo(
        f"`surtitle room output list {name}` shows how it is doing; `room output remove {name} {id}` removes it."
    )
