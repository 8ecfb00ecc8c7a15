"""What counts as speech, and how loud it should be: the limits of speech detection and automatic gain."""

from dataclasses import dataclass

from app.config import Settings
from app.errors import SettingsError


@dataclass(frozen=True, slots=True)
class SpeechThresholds:
    """Limits of one stream's speech detection; the settings SURTITLE_SPEECH_… change them."""

    on: float = 0.3
    """Probability at which speech starts. Silero's own default of 0.5 misses soft beginnings in noise, and Silero gives
    noises that are no voice hardly ever more than 0.1."""
    off: float = 0.25
    """Probability below which it stops; the gap to `on` is hysteresis. With 0.15 ends were found 0.12 s later in pink
    noise at 10 dB, and no more speech was found (espeak-ng, eight languages)."""
    least_s: float = 0.1
    """Shorter stretches are a click, not a voice."""
    margin_s: float = 0.032
    """Added before and after each stretch: the probability rises after a soft beginning and falls before a soft end."""
    hold_s: float = 1.0
    """How long the model still runs after the last sound that could be a voice: consonants and short pauses do not
    restart it, and it hears the end of the speech."""
    gate_dbfs: float = -80.0
    """Quieter sound is never a voice; a good microphone has as much noise of its own."""
    level_dbfs: float = -23.0
    """Level to which quiet speech is amplified: that of a close microphone, as Whisper's training sound mostly has.
    Measured as the gain measures it, which is about 3 dB above the mean over the speech."""
    gain_max_db: float = 30.0
    """Most amplification: enough for a voice across a room; more would amplify the noise of cheap microphones."""
    quiet_dbfs: float = -48.0
    """Speech that stays below this level, before amplification, is too quiet: the gain needs 25 of its 30 dB, raises
    the noise of the room by as much, and has 5 dB left for a softer sentence. It follows from the gain alone."""


THRESHOLDS = SpeechThresholds()


def read_thresholds(settings: Settings) -> SpeechThresholds:
    """Return the limits that the settings name.

    Raises:
        SettingsError: Speech would stop at a higher probability than it starts at.
    """
    if settings.speech_off > settings.speech_on:
        raise SettingsError(
            f"Expected speech_off to be at most speech_on, {settings.speech_on:g}, but got {settings.speech_off:g}. "
            "Correct SURTITLE_SPEECH_OFF or SURTITLE_SPEECH_ON."
        )
    return SpeechThresholds(
        on=settings.speech_on,
        off=settings.speech_off,
        least_s=settings.speech_least_s,
        margin_s=settings.speech_margin_s,
        hold_s=settings.speech_hold_s,
        gate_dbfs=settings.speech_gate_dbfs,
        level_dbfs=settings.speech_level_dbfs,
        gain_max_db=settings.speech_gain_max_db,
        quiet_dbfs=settings.speech_quiet_dbfs,
    )
