"""Where the bundled demo models and their recordings are."""

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "demo"
"""All of it; part of the package."""

MODEL = FOLDER / "model"
"""The demo's Whisper model, a CTranslate2 directory."""

TRANSLATION = FOLDER / "translation"
"""The demo's translation model for German, English, French and Portuguese, a CTranslate2 directory like M2M-100."""

SPEAKER_MODEL = FOLDER / "speakers" / "model.onnx"
"""The demo speaker model; it knows synthetic voices."""

CLIP = FOLDER / "clip.flac"
"""A few seconds of clear English, which every Whisper model transcribes."""

CLIP_SCRIPT = CLIP.with_suffix(".json")
"""Language and text of the clip."""

MEETING = FOLDER / "meeting.flac"
"""The demo meeting in German and English."""

MEETING_SCRIPT = MEETING.with_suffix(".json")
"""Who says what and when in the meeting."""
