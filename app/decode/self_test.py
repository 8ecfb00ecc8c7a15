"""The self-test at start: one known clip must come back as speech, so that a broken set-up is not found on stage."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.audio.chunk import Samples
from app.decode.hypothesis import DecodeResult
from app.decode.request import DecodeRequest
from app.decode.whisper import Whisper
from app.errors import ModelError
from app.media import media_source

CLIP = Path(__file__).parents[1] / "demo" / "clip.flac"
"""A few seconds of clear English, which every Whisper model hears."""

MAX_REPEATS = 3
"""The same word this often in a row is a loop, not the clip."""


@dataclass(frozen=True, slots=True)
class Clip:
    """The known clip."""

    samples: Samples
    """Mono at SAMPLE_RATE."""
    language: str
    text: str
    """What is said in it."""


def clip() -> Clip:
    """Read the bundled clip."""
    told = json.loads(CLIP.with_suffix(".json").read_text(encoding="utf-8"))
    return Clip(media_source.load(CLIP), str(told["language"]), str(told["text"]))


def check(whisper: Whisper) -> str:
    """Decode the clip and return its text; also warms the model up.

    Raises:
        ModelError: The answer is empty, loops, or holds numbers that are not finite.
    """
    known = clip()
    language = known.language if known.language in whisper.languages else None
    decoded = whisper.decode([DecodeRequest(known.samples, language=language)])
    return verdict(decoded, whisper.name, known.text)


def verdict(decoded: Sequence[DecodeResult], name: str, said: str) -> str:
    """Return the text of a sound answer to the clip.

    Raises:
        ModelError: The answer shows that the model does not work here.
    """
    hypothesis = decoded[0].hypotheses["transcribe"]
    numbers = [hypothesis.avg_logprob, *(word.probability for word in hypothesis.words)]
    if not all(math.isfinite(number) for number in numbers):
        wrong = "its answer holds numbers that are not finite"
    elif not hypothesis.words:
        wrong = "it answered nothing"
    elif hypothesis.capped or _longest_run([word.text.casefold() for word in hypothesis.words]) > MAX_REPEATS:
        wrong = "it repeated itself without end"
    else:
        return hypothesis.text
    raise ModelError(
        f"The model {name} failed its self-test: the test clip says {said!r}, but {wrong}. "
        "The model files, the GPU driver or the compute type do not fit together; try --device cpu or another model."
    )


def _longest_run(words: Sequence[str]) -> int:
    longest = run = 0
    before = None
    for word in words:
        run = run + 1 if word == before else 1
        longest, before = max(longest, run), word
    return longest
