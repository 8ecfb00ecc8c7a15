"""Voices that espeak-ng does not have: variants drawn at random, for a speaker model that must know many people.

espeak-ng reads variants from its data folder, so a folder with links to the installed data and more variants makes them
available to every process that finds it in ESPEAK_DATA_PATH.
"""

import random
import re
from pathlib import Path

from app.demo.training.speech import SpeechError

DATA_FOLDERS = (
    Path("/usr/lib/x86_64-linux-gnu/espeak-ng-data"),
    Path("/usr/lib/aarch64-linux-gnu/espeak-ng-data"),
    Path("/usr/share/espeak-ng-data"),
    Path("/usr/local/share/espeak-ng-data"),
    Path("/opt/homebrew/share/espeak-ng-data"),
)
"""Where packages put espeak-ng's data."""

DATA_VARIABLE = "ESPEAK_DATA_PATH"
"""espeak-ng reads the folder above its data from this variable when it starts."""

VOICES_MAX = 60
"""Most variants in one folder: espeak-ng knows at most 350 voices, and about 250 are its own."""

KLATT_SHARE = 0.3
"""Share of voices from the Klatt synthesizer; espeak-ng's own have about one in eight, and sound alike."""

KIN_SHARE = 0.5
"""Share of voices made by moving each number of an espeak-ng variant; the others are drawn freely."""


def write_voices(folder: Path, count: int, parents: tuple[str, ...], seed: int = 0) -> tuple[str, ...]:
    """Lay out espeak-ng's data with `count` more variants under `folder`, and return the variants' names.

    Raises:
        SpeechError: espeak-ng's data is in none of DATA_FOLDERS.
    """
    installed = next((place for place in DATA_FOLDERS if (place / "voices" / "!v").is_dir()), None)
    if installed is None:
        raise SpeechError(
            "Expected espeak-ng's data in one of "
            f"{', '.join(map(str, DATA_FOLDERS))}, but there is none; install espeak-ng, or add its folder here."
        )
    variants = folder / "espeak-ng-data" / "voices" / "!v"
    variants.mkdir(parents=True, exist_ok=True)
    _link(installed, folder / "espeak-ng-data", {"voices"})
    _link(installed / "voices", folder / "espeak-ng-data" / "voices", {"!v"})
    _link(installed / "voices" / "!v", variants, set())
    generator = random.Random(seed)
    names = tuple(f"random{seed}x{number}" for number in range(count))
    for name in names:
        parent = generator.choice(parents)
        is_kin = generator.random() < KIN_SHARE and parent
        text = (installed / "voices" / "!v" / parent).read_text(encoding="utf-8") if is_kin else ""
        lines = _move(text, generator) if is_kin else _draw(generator)
        (variants / name).write_text("\n".join(["language variant", f"name {name}", *lines, ""]), encoding="utf-8")
    return names


def _link(source: Path, target: Path, besides: set[str]) -> None:
    for path in source.iterdir():
        if path.name not in besides and not (target / path.name).exists():
            (target / path.name).symlink_to(path)


def _move(text: str, generator: random.Random) -> list[str]:
    """Return the settings of a variant with every number moved, and formants and pitch together.

    Some are moved by a twentieth, as in a sister's voice, and some by a fifth.
    """
    most = generator.uniform(0.04, 0.2)
    tract, height = 1 + generator.uniform(-most, most) * 0.8, 1 + generator.uniform(-most, most) * 1.8
    lines = []
    for line in text.splitlines():
        name, *values = re.split(r"\s+", line.split("//")[0].strip())
        if name in {"", "name", "language", "gender"} or name.startswith(("#", "/")) or not values:
            continue
        if name == "klatt":
            lines.append(line.strip())
            continue
        numbers = [float(value) for value in values if re.fullmatch(r"-?\d+", value)]
        moved = [number * (1 + generator.uniform(-most, most)) for number in numbers]
        if name == "formant" and len(numbers) > 1:
            moved[:2] = [numbers[0], numbers[1] * tract * (1 + generator.uniform(-most, most) / 3)]
        elif name == "pitch":
            moved = [number * height for number in numbers]
        elif name in {"tone"}:
            moved[::2] = numbers[::2]
        lines.append(" ".join([name, *(str(round(number)) for number in moved)]))
    return lines


def _draw(generator: random.Random) -> list[str]:
    """Return the settings of a voice that is made up from nothing."""
    low = 70.0 * (250.0 / 70.0) ** generator.random()
    tract = 0.85 + 0.4 * (low - 70.0) / 180.0 * generator.uniform(0.3, 1.2) + generator.uniform(-0.06, 0.06)
    lines = [f"pitch {low:.0f} {low * generator.uniform(1.15, 1.6):.0f}", f"flutter {generator.choice((0, 2, 3, 6))}"]
    if generator.random() < KLATT_SHARE:
        lines.append(f"klatt {generator.randint(1, 6)}")
    for formant in range(9):
        frequency = 100 * tract * generator.uniform(0.9, 1.1)
        strength = generator.uniform(40, 170) if formant else generator.uniform(80, 180)
        lines.append(f"formant {formant} {frequency:.0f} {strength:.0f} {generator.uniform(60, 160):.0f}")
    lines.append(f"voicing {generator.uniform(30, 160):.0f}")
    lines.append(f"consonants {generator.uniform(40, 130):.0f} {generator.uniform(40, 130):.0f}")
    if generator.random() < 0.4:
        lines.append(f"roughness {generator.randint(0, 4)}")
    if generator.random() < 0.3:
        lines.append(f"breath {' '.join(str(generator.randint(0, 10)) for _ in range(8))}")
        lines.append(f"breathw {' '.join(str(generator.randint(100, 400)) for _ in range(8))}")
    if generator.random() < 0.3:
        lines.append(
            f"tone 100 {generator.randint(60, 255)} 600 {generator.randint(60, 255)} 1200 {generator.randint(10, 150)} "
            f"2000 {generator.randint(20, 100)} 3000 {generator.randint(5, 60)}"
        )
    return lines
