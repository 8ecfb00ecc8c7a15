"""Damaged files: a few hundred in the suite, SURTITLE_FUZZ_CASES in a long run."""

import os
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from app.errors import MediaError
from app.media import media_source
from tests.support.damaged_files import damaged, read_all
from tests.support.sound_files import write_sound

FUZZ_CASES = int(os.environ.get("SURTITLE_FUZZ_CASES", "600"))

TOGETHER = 200
"""Files on the disk at once."""

SLOW_S = 5.0
"""Most time for a file of half a second."""


@pytest.fixture
def seeds(tmp_path: Path) -> list[bytes]:
    """Return half a second of noise in eleven kinds of file."""
    noise = np.random.default_rng(0).normal(0, 0.1, 24_000).astype(np.float32)
    kinds = [
        *(("a.wav", "pcm_s16le"), ("b.wav", "adpcm_ima_wav"), ("a.flac", "flac"), ("a.ogg", "libopus")),
        *(("a.mp3", "libmp3lame"), ("a.m4a", "aac"), ("a.mkv", "ac3"), ("a.webm", "libopus"), ("a.ts", "aac")),
        *(("a.aiff", "pcm_s16be"), ("a.avi", "ac3")),
    ]
    return [write_sound(tmp_path / n, c, rate_hz=48_000, layout="mono", samples=noise).read_bytes() for n, c in kinds]


@pytest.mark.timeout(24 * 3600)
def test_a_damaged_file_is_sound_or_a_sentence(tmp_path: Path, seeds: list[bytes]) -> None:
    """A damaged file is read, or refused with a sentence, soon and within the limits."""
    counts: Counter[str] = Counter()
    slowest_s = 0.0
    for first in range(0, FUZZ_CASES, TOGETHER):
        folder = tmp_path / "cases"
        folder.mkdir()
        for number in range(first, min(first + TOGETHER, FUZZ_CASES)):
            (folder / f"{number:09d}").write_bytes(damaged(seeds, number))
        for outcome in read_all(folder):
            assert outcome.took_s < SLOW_S, outcome
            slowest_s = max(slowest_s, outcome.took_s)
            if outcome.said == "died":
                with pytest.raises(MediaError):
                    media_source.load(outcome.path)
            assert "failed with" not in outcome.said, outcome
            counts[outcome.said and (" ".join(outcome.said.split()[:2]))] += 1
        shutil.rmtree(folder)
    print(counts, slowest_s)
    assert counts.total() == FUZZ_CASES
    assert counts[""] > FUZZ_CASES / 10
    assert counts["The sound"] > FUZZ_CASES / 10
