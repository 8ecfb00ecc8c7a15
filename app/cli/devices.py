"""Prints the sound devices of this machine, for `surtitle devices`."""

import typer

from app.audio import microphone


def list_devices() -> None:
    """Print each device that records, and how to use one; raises DeviceError if the sound library is missing."""
    found = microphone.list_devices()
    for device in found:
        kind = "monitor" if device.is_monitor else "input"
        typer.echo(f"{device.name}  ({kind}, {device.host}, {device.n_channels} ch, {device.rate_hz} Hz)")
    if found:
        typer.echo("Give a part of the name: surtitle serve --source microphone:NAME")
    else:
        typer.echo("This machine has no sound device that can record. To speak from a browser page, it needs none.")
