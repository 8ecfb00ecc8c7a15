"""What the channels of a mixer or stream are: `1:Ada,2:Grace,3:floor,4:interpreter en`; pure."""

import re
from dataclasses import dataclass

from app import language_names
from app.errors import SettingsError

CHANNEL_MAX = 64
"""Highest number of a channel; no mixer that people connect has more."""

LANES_MAX = 8
"""Most channels that are used: each is decoded by itself."""

NAME_CHARS = 40
"""Longest name of a person."""

FLOOR = "floor"

_INTERPRETER = re.compile(r"interpreter\s+(\S.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SoundChannel:
    """One channel that is used."""

    number: int
    """Counted from 1, as on the device."""
    speaker: str = ""
    """Name of the person; empty for the floor and interpreters."""
    target: str = ""
    """Language that an interpreter speaks there; empty for others."""

    @property
    def is_floor(self) -> bool:
        """Whether it is the mix of all who speak in the room."""
        return not (self.speaker or self.target)

    @property
    def title(self) -> str:
        """What people see of it beside the name of its source."""
        return self.speaker or (f"interpreter {self.target}" if self.target else FLOOR)


def parse(text: str, where: str) -> tuple[SoundChannel, ...]:
    """Return the channels that a text names, in order; none if it is empty; `where` is the option or field.

    Raises:
        SettingsError: The text is something else, names a channel twice, or too many.
    """
    channels = tuple(_parse_one(part.strip(), where) for part in text.split(",") if part.strip())
    numbers = [channel.number for channel in channels]
    for number in numbers:
        if numbers.count(number) > 1:
            raise SettingsError(f"Expected each channel once for {where}, but channel {number} is there twice.")
    targets = [channel.target for channel in channels if channel.target]
    if len(set(targets)) < len(targets) or sum(channel.is_floor for channel in channels) > 1:
        raise SettingsError(f"Expected one floor and one interpreter for a language in {where}, but there are more.")
    if len(channels) > LANES_MAX:
        raise SettingsError(f"Expected at most {LANES_MAX} channels for {where}, but got {len(channels)}.")
    return channels


def _parse_one(text: str, where: str) -> SoundChannel:
    number, _, name = (part.strip() for part in text.partition(":"))
    if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= CHANNEL_MAX or not name:
        raise SettingsError(
            f"Expected channels with what they are for {where}, such as 1:Ada,2:Grace,3:floor or 4:interpreter en, "
            f"with numbers from 1 to {CHANNEL_MAX}, but got {text!r}."
        )
    if name.lower() == FLOOR:
        return SoundChannel(int(number))
    if (interpreter := _INTERPRETER.fullmatch(name)) is not None:
        return SoundChannel(int(number), target=language_names.parse_one(interpreter[1], where))
    return SoundChannel(int(number), speaker=check_name(name, where))


def check_name(name: str, where: str) -> str:
    """Return the name of a person, tidied; raises SettingsError if it cannot stand before text."""
    name = " ".join(name.split())
    if not name or len(name) > NAME_CHARS or not name.isprintable() or ":" in name:
        raise SettingsError(
            f"Expected a name of at most {NAME_CHARS} characters without a colon for {where}, but got {name!r}."
        )
    return name
