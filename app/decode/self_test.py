"""The self-test at start: the model decodes a known clip, so that a broken installation is noticed before the event."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.audio.chunk import Samples
from app.decode import demo_files
from app.decode.hypothesis import DecodeResult
from app.decode.request import DecodeRequest
from app.decode.whisper import Whisper
from app.errors import ModelError
from app.media import media_source

MAX_REPEATS = 3
"""A word repeated more often than this in a row is a loop."""


@dataclass(frozen=True, slots=True)
class Clip:
    """The known clip."""

    samples: Samples
    """Mono at SAMPLE_RATE."""
    language: str
    text: str
    """What the speaker says."""

    def request(self, whisper: Whisper) -> DecodeRequest:
        """Return the request that transcribes the clip; a model without that language detects one."""
        return DecodeRequest(self.samples, language=self.language if self.language in whisper.languages else None)


def read_clip() -> Clip:
    """Read the bundled clip."""
    script = json.loads(demo_files.CLIP_SCRIPT.read_text(encoding="utf-8"))
    return Clip(media_source.load(demo_files.CLIP), str(script["language"]), str(script["text"]))


def run(whisper: Whisper) -> str:
    """Decode the clip and return its text; this also warms the model up.

    Raises:
        ModelError: The answer is empty, loops, or contains numbers that are not finite.
    """
    clip = read_clip()
    return judge(whisper.decode([clip.request(whisper)]), whisper.name, clip.text)


def judge(results: Sequence[DecodeResult], name: str, spoken: str) -> str:
    """Return the text of a plausible answer to the clip.

    Raises:
        ModelError: The answer shows that the model does not work here.
    """
    hypothesis = results[0].hypotheses["transcribe"]
    numbers = [hypothesis.avg_logprob, *(word.probability for word in hypothesis.words)]
    if not all(math.isfinite(number) for number in numbers):
        fault = "its answer contains numbers that are not finite"
    elif not hypothesis.words:
        fault = "its answer is empty"
    elif hypothesis.capped or _longest_run([word.text.casefold() for word in hypothesis.words]) > MAX_REPEATS:
        fault = "it repeated itself without end"
    else:
        return hypothesis.text
    raise ModelError(
        f"The model {name} failed its self-test: the test clip says {spoken!r}, but {fault}. "
        "The model files, the GPU driver or the compute type do not fit together; try --device cpu or another model."
    )


def _longest_run(words: Sequence[str]) -> int:
    longest = run = 0
    before = None
    for word in words:
        run = run + 1 if word == before else 1
        longest, before = max(longest, run), word
    return longest
