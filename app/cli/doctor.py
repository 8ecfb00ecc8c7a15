"""Runs `surtitle doctor`: checks everything that a service depends on, and says what to do about it."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path

from app import config
from app.cli import doctor_disk, doctor_exposure, doctor_machine, doctor_parts, doctor_phones
from app.cli.finding import Finding, red, run_check
from app.config import Settings
from app.errors import SettingsError
from app.outputs.settings import OBS_HOST, OBS_PORT

STYLES = {"green": "green", "yellow": "yellow", "red": "bold red"}


def examine(given: Mapping[str, object], *, at: str, on_finding: Callable[[Finding], object]) -> list[Finding]:
    """Run all checks and return what was found; `on_finding` gets each finding at once.

    `given` are the settings from the command line.
    """
    settings, findings = _read_settings(given)
    for finding in findings:
        on_finding(finding)
    checks: list[tuple[str, Callable[[], list[Finding]]]] = [
        ("data folder", partial(doctor_disk.check_folder, settings.data)),
        ("database", partial(doctor_disk.check_database, settings.data)),
        ("umask", doctor_disk.check_umask),
        ("file limit", doctor_machine.check_files),
        ("disk speed", partial(doctor_disk.check_speed, settings.data)),
        ("disk space", partial(doctor_disk.check_space, settings.data)),
        ("clock", doctor_machine.check_clock),
        ("swap", doctor_machine.check_swap),
        ("address", partial(doctor_exposure.check_settings, settings)),
        ("phones", partial(doctor_phones.check_phones, settings)),
        ("service", partial(doctor_exposure.check_service, at)),
        ("model", partial(doctor_parts.check_model, settings)),
        ("GPU", partial(doctor_parts.check_gpu, settings)),
        ("sound", partial(doctor_parts.check_sound, settings)),
        ("OBS", partial(doctor_parts.check_obs, OBS_HOST, OBS_PORT)),
    ]
    if settings.public_url:
        checks.append(("public address", partial(doctor_exposure.check_public, settings.public_url, settings.room)))
    for subject, check in checks:
        with _quiet_libraries():
            found = run_check(subject, check)
        for finding in found:
            on_finding(finding)
        findings += found
    return findings


def print_finding(finding: Finding) -> None:
    """Print a finding as one line; colours only on a terminal."""
    from rich.console import Console
    from rich.text import Text

    line = Text(f"{finding.colour:8}", style=STYLES[finding.colour])
    line.append(f"{finding.subject:16} {finding.message} {finding.remedy}".rstrip(), style="default")
    Console(highlight=False).print(line, soft_wrap=True)


def to_json(findings: list[Finding]) -> str:
    """Return the findings as a JSON array."""
    return json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False)


def _read_settings(given: Mapping[str, object]) -> tuple[Settings, list[Finding]]:
    """Return the settings; those that cannot be used are a finding, and the defaults are checked."""
    try:
        return config.read(**given), []
    except SettingsError as exc:
        data = given.get("data") or os.environ.get("SURTITLE_DATA")
        message, _, remedy = str(exc).rpartition(". ")
        if not message:
            message, remedy = remedy, "Correct it."
        defaults = Settings.model_construct(data=Path(str(data))) if data else Settings.model_construct()
        return defaults, [red("settings", f"{message.rstrip('.')}.", remedy)]


@contextmanager
def _quiet_libraries() -> Iterator[None]:
    """Hide what libraries such as ALSA's write to standard error where a device is missing."""
    try:
        saved = os.dup(2)
    except OSError:  # there is no standard error
        yield
        return
    sys.stderr.flush()
    with open(os.devnull, "wb") as nothing:  # noqa: PTH123 - a device, not a path of ours
        os.dup2(nothing.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
