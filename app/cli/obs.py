"""The command that prepares OBS Studio for the subtitles; it connects to OBS and needs no running service."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import exit_codes
from app.cli.options import option
from app.cli.usage import Commands
from app.outputs.settings import OBS_HOST, OBS_PORT, OBS_SCENE, ObsOutput

if TYPE_CHECKING:
    from app.outputs.obs_scene import SceneSetup

obs = Commands(help="Put the subtitles into OBS Studio.")

STUDIO = "OBS Studio"
SCENE = "The scene"

PASSWORD = "SURTITLE_OBS_PASSWORD"  # noqa: S105  # the name of a variable, not a password
OVERLAY = "http://127.0.0.1:8000/overlay/main"


@obs.callback()
def keep_group() -> None:
    """Keep `setup` a subcommand; without this, Typer makes a group's only command the group itself."""


@obs.command(epilog="surtitle obs setup\nsurtitle obs setup --scene Talk --no-virtual-camera")
def setup(
    host: Annotated[str, option(STUDIO, "Machine that OBS runs on.", metavar="NAME", show_default=True)] = OBS_HOST,
    port: Annotated[
        int,
        option(STUDIO, "Port of its WebSocket server.", metavar="PORT", min=1, max=65535, show_default=True),
    ] = OBS_PORT,
    password_file: Annotated[
        Path | None,
        option(STUDIO, f"File with its password; or put the password into {PASSWORD}.", metavar="FILE"),
    ] = None,
    scene: Annotated[str | None, option(SCENE, "Scene to create or update.", metavar="SCENE")] = None,
    overlay: Annotated[
        str,
        option(
            SCENE,
            'Overlay page to show, with its key if it has one; "" for a text source.',
            metavar="URL",
            show_default=True,
        ),
    ] = OVERLAY,
    virtual_camera: Annotated[
        bool, option(SCENE, "Whether to start the virtual camera.", "--virtual-camera/--no-virtual-camera")
    ] = True,
    insecure: Annotated[
        bool, option(STUDIO, "Send a key in --overlay even to another machine, unencrypted.", "--insecure")
    ] = False,
) -> None:
    """Find OBS, make or update its scene and the subtitles in it, and start its virtual camera.

    What people changed in the scene stays as it is, and other scenes are not touched.
    """
    with exit_codes.guarded():
        _check_key(overlay, host, insecure)
        settings = ObsOutput(
            "setup",
            host=host,
            port=port,
            password=_read_password(password_file),
            scene=OBS_SCENE if scene is None else scene,
            overlay=overlay,
            virtual_camera=virtual_camera,
        )
        scene_setup = asyncio.run(_prepare(settings))
        for sentence in (*scene_setup.actions, *scene_setup.missing):
            typer.echo(sentence)
        typer.echo("")
        typer.echo(
            f"Next: choose the scene “{scene_setup.scene}” in OBS, and add your own sources below the subtitles."
        )
        if scene_setup.text is None:
            typer.echo("The subtitles appear while `surtitle serve` runs.")
        else:
            typer.echo("The text stays empty until you add OBS as an output of the room; see obs/README.md.")
        if scene_setup.has_camera:
            typer.echo("In the meeting, choose “OBS Virtual Camera” as the camera.")


def _check_key(overlay: str, host: str, insecure: bool) -> None:
    """Refuse to send a key over the network, because OBS's WebSocket is not encrypted; raises SettingsError."""
    from app.config import is_loopback
    from app.errors import SettingsError

    if "#" in overlay and not is_loopback(host) and not insecure:
        raise SettingsError(
            f"Expected an overlay page without a key, because anybody on the network path to OBS on {host} could read "
            "it. Run this command on the machine of OBS, or add --insecure if you trust the whole network."
        )


async def _prepare(settings: ObsOutput) -> "SceneSetup":
    from app.outputs.obs_link import connect
    from app.outputs.obs_scene import prepare_scene

    async with connect(settings.host, settings.port, settings.password) as link:
        typer.echo(f"Found {await link.version()}.")
        return await prepare_scene(link, settings)


def _read_password(file: Path | None) -> str:
    """Return the password from a file or the environment; empty for an OBS without a password."""
    from app.errors import SettingsError

    if file is None:
        return os.environ.get(PASSWORD, "")
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(f"Expected a file with the password of OBS, but {file} cannot be read.") from exc
