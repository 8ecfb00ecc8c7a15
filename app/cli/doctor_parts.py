"""Checks of what the service works with, for `surtitle doctor`: model, GPU, sound devices and OBS."""

import asyncio
import os
import socket
from pathlib import Path

from app.cli.finding import Finding, green, red, yellow
from app.config import Settings
from app.service.given_sources import read_sources

OBS_S = 1.0
"""How long OBS may take to accept a connection."""


def check_model(settings: Settings) -> list[Finding]:
    """Check whether the model is on this machine and complete; downloads nothing."""
    from app.decode import models
    from app.decode.device import pick_device
    from app.decode.model_lock import UntrustedModelError
    from app.errors import ModelError

    name = settings.model
    if name == "auto":
        name = models.recommend(pick_device(settings.device), settings.task)
    try:
        choice = models.choose(name, settings.task, device=settings.device, cache=settings.model_cache, offline=True)
        size = choice.n_bytes
    except UntrustedModelError as exc:
        return [
            red("model", str(exc), f"Delete it and run `surtitle models --fetch {name}`, or find out who changed it.")
        ]
    except ModelError as exc:
        if settings.offline or "/" in name or "." in name:
            return [red("model", str(exc), f"Run `surtitle models --fetch {name}` on a machine with a network.")]
        return [
            yellow(
                "model",
                f"The model {name} is not on this machine; the service downloads it at its first start.",
                f"Download it before the event: `surtitle models --fetch {name}`.",
            )
        ]
    except OSError as exc:
        return [red("model", f"The model {name} is not complete: {exc}.", f"Run `surtitle models --fetch {name}`.")]
    message = f"{choice.name} is in {choice.path} ({size / 1e6:.0f} MB)"
    if choice.is_demo:
        return [green("model", f"{message}; it is a part of Surtitle.")]
    if Path(name).is_dir():
        return [green("model", f"{message}; Surtitle knows no hashes of this folder, so its files were not checked.")]
    return [green("model", f"{message}; every file has the SHA-256 that is known.")]


def check_gpu(settings: Settings) -> list[Finding]:
    """Check the driver, cuBLAS and the memory of an NVIDIA GPU."""
    from app.decode import cuda
    from app.decode.device import has_gpu
    from app.decode.gpu_state import read_gpu_states

    found = cuda.gpus()
    if not found:
        if settings.device == "cuda":
            return [red("GPU", "No NVIDIA GPU answers.", "Install its driver, or decode on the CPU with --device cpu.")]
        return [green("GPU", "There is no NVIDIA GPU; the CPU decodes.")]
    if not cuda.is_cublas_found():
        return [red("GPU", f"{found[0].name} is there, but cuBLAS 12 is missing.", "Run: pip install 'surtitle[cuda]'")]
    findings = []
    states = read_gpu_states()
    for gpu in found:
        state = states.get(gpu.index)
        subject, driver = f"GPU {gpu.index}", state.driver if state else "unknown"
        free = f"{state.free_bytes / 1e9:.1f}" if state else "an unknown part"
        message = f"{gpu.name}, driver {driver}, {free} of {gpu.memory_bytes / 1e9:.1f} GB of memory free."
        if state and state.driver_major < cuda.DRIVER_MIN:
            findings.append(red(subject, message, f"Install driver {cuda.DRIVER_MIN} or newer."))
        elif state and state.free_bytes < gpu.memory_bytes // 4:
            findings.append(yellow(subject, message, "End other programs on it, or take a smaller model."))
        else:
            findings.append(green(subject, message))
    if not has_gpu():
        return [red("GPU", f"CTranslate2 cannot use {found[0].name}.", f"Install driver {cuda.DRIVER_MIN} or newer.")]
    return findings


def check_sound(settings: Settings) -> list[Finding]:
    """Check whether there is a sound device that records."""
    from app.audio import microphone
    from app.errors import DeviceError

    needs_one = any(one.text.startswith("microphone") for one in read_sources(settings))
    report = red if needs_one else yellow
    remedy = "Plug one in and run `surtitle devices`; browser pages and streams need none."
    try:
        devices = microphone.list_devices()
    except DeviceError as exc:
        return [report("sound", str(exc), "Browser pages and streams need no sound device here.")]
    if not devices:
        return [report("sound", "This machine has no sound device that can record.", remedy)]
    names = ", ".join(device.name for device in devices[:3])
    more = f" and {len(devices) - 3} more" if len(devices) > 3 else ""
    return [green("sound", f"{len(devices)} sound devices can record: {names}{more}.")]


def check_obs(host: str, port: int) -> list[Finding]:
    """Check whether OBS Studio answers, and whether it has a virtual camera."""
    from app.errors import SurtitleError

    try:
        socket.create_connection((host, port), timeout=OBS_S).close()
    except OSError:
        return [
            yellow(
                "OBS",
                f"OBS does not answer at {host}:{port}; only its outputs and `surtitle obs` need it.",
                "To use it, start it and tick Tools > WebSocket Server Settings > Enable WebSocket server.",
            )
        ]
    try:
        return [asyncio.run(_ask_obs(host, port, os.environ.get("SURTITLE_OBS_PASSWORD", "")))]
    except SurtitleError as exc:
        return [yellow("OBS", str(exc), "Put its password into SURTITLE_OBS_PASSWORD to check more.")]


async def _ask_obs(host: str, port: int, password: str) -> Finding:
    from app.errors import ObsRefusedError
    from app.outputs.obs_link import connect

    async with connect(host, port, password) as link:
        version = await link.version()
        try:
            is_on = (await link.request("GetVirtualCamStatus")).get("outputActive")
        except ObsRefusedError:
            remedy = "On Linux install v4l2loopback; elsewhere share the picture of OBS as a window or screen."
            return yellow("OBS", f"{version} answers, but has no virtual camera.", remedy)
    return green("OBS", f"{version} answers; its virtual camera is {'on' if is_on else 'off'}.")
