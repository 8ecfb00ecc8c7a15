"""Writes sound files: WAV with the standard library, FLAC with soundfile."""

import wave
from pathlib import Path

import numpy as np

from app.demo.training.speech import SAMPLE_RATE, Samples


def write_recording(path: Path, samples: Samples) -> None:
    """Write 16-bit mono at SAMPLE_RATE; the suffix chooses WAV or FLAC.

    Raises:
        ValueError: The suffix is neither `.wav` nor `.flac`.
        ImportError: The file is FLAC and soundfile is not installed.
    """
    whole = np.round(np.clip(samples, -1.0, 1.0) * 32767).astype("<i2")
    if path.suffix == ".wav":
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            file.writeframes(whole.tobytes())
    elif path.suffix == ".flac":
        # the service does not depend on soundfile; only FLAC files need it
        import soundfile

        soundfile.write(path, whole, SAMPLE_RATE, subtype="PCM_16")
    else:
        raise ValueError(f"Expected a recording named .wav or .flac, but got {path.name}; rename it.")
