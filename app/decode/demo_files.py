"""Where the bundled demo model and its recordings are."""

from pathlib import Path

_FOLDER = Path(__file__).parents[1] / "demo"

MODEL = _FOLDER / "model"
"""The demo model, a CTranslate2 directory."""

CLIP = _FOLDER / "clip.flac"
"""A few seconds of clear English, which every Whisper model transcribes; language and text are beside it as JSON."""

MEETING = _FOLDER / "meeting.flac"
"""The demo meeting; its script is beside it as JSON."""
