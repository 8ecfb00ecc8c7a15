"""What counts as speech: the limits of speech detection."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpeechThresholds:
    """Limits of one stream's speech detection; the settings SURTITLE_SPEECH_… change them."""

    on: float = 0.5
    """Probability at which speech starts; Silero's own default."""
    off: float = 0.35
    """Probability below which it stops; the gap to `on` is hysteresis. Silero's own default is `on` - 0.15."""
    least_s: float = 0.1
    """Shorter stretches are a click, not a voice."""
    hold_s: float = 1.0
    """How long the model still runs after the last sound that could be a voice: consonants and short pauses do not
    restart it, and it hears the end of the speech."""
    gate_dbfs: float = -75.0
    """Quieter sound is never a voice: the noise of a good microphone in a silent room is about here."""


THRESHOLDS = SpeechThresholds()
