"""Measures the error rates of a converted model on speakers that training never used.

All sound is made from seeds, so two runs give the same figures.
"""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from app.demo.training import noise
from app.demo.training.grammar import draw, draw_words
from app.demo.training.listener import DemoDecoder, window
from app.demo.training.pool import random_voice
from app.demo.training.scene import Scene
from app.demo.training.spectrogram import FRAMES_PER_S
from app.demo.training.speech import HELD_OUT_VARIANTS, SAMPLE_RATE

FRAMES = (1024, 1536, 3000)
"""Mel frames of the live path's windows: 512, 768 and 1500 encoder positions."""

CASES = ((0, 1024), (5, 1024), (9.5, 1024), (0, 1536), (14.5, 1536), (0, 3000), (10, 3000), (20, 3000), (28.5, 3000))
"""(seconds of meeting, frames of the window); 0 seconds is a single sentence."""

_PUNCTUATION = ".,?"


@dataclass(slots=True)
class Count:
    """Word errors over words."""

    errors: int = 0
    words: int = 0

    def add(self, reference: str, hypothesis: str) -> None:
        """Count one text."""
        wanted, written = plain_words(reference), plain_words(hypothesis)
        self.errors += word_errors(wanted, written)
        self.words += len(wanted)

    @property
    def rate(self) -> float:
        """Errors per word."""
        return self.errors / max(1, self.words)


@dataclass(slots=True)
class Evaluation:
    """The figures of one model."""

    rates: dict[tuple[str, str, float, int], Count] = field(default_factory=lambda: defaultdict(Count))
    """Word errors by language, task, seconds and frames."""
    languages_right: int = 0
    languages: int = 0
    invented: list[str] = field(default_factory=list)
    """Each text written on a noise, with the noise's name."""
    noises: int = 0
    end_errors_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Distance of `align`'s word ends from the true ones, for short and full windows."""
    mistakes: list[tuple[str, str]] = field(default_factory=list)
    """(reference, written) of each window with an error."""

    def total(self, language: str, task: str) -> Count:
        """Return the word errors of a language and task over all windows."""
        chosen = [count for key, count in self.rates.items() if key[:2] == (language, task)]
        return Count(sum(count.errors for count in chosen), sum(count.words for count in chosen))

    @property
    def language_share(self) -> float:
        """Share of windows whose language was detected right."""
        return self.languages_right / max(1, self.languages)

    def end_error_s(self, length: str, percentile: float) -> float:
        """Return a percentile of the word end errors in `short` or `full` windows."""
        return float(np.percentile(self.end_errors_s[length], percentile))

    def table(self) -> str:
        """Return the figures as a Markdown table."""
        rows = ["| speech | window | German | English | German to English |", "|---|---|---|---|---|"]
        columns = (("de", "transcribe"), ("en", "transcribe"), ("de", "translate"))
        for seconds, frames in sorted({key[2:] for key in self.rates}):
            cells = [f"{100 * self.rates[(*column, seconds, frames)].rate:.1f} %" for column in columns]
            rows.append(f"| {f'{seconds:g} s' if seconds else '1 sentence'} | {frames // 2} | {' | '.join(cells)} |")
        totals = [f"**{100 * self.total(*column).rate:.1f} %**" for column in columns]
        rows.append(f"| all | | {' | '.join(totals)} |")
        rows.append("")
        rows.append(f"Language right: {self.languages_right} of {self.languages}. ")
        rows.append(f"Text on noise: {len(self.invented)} of {self.noises} decodes.")
        for length in sorted(self.end_errors_s):
            median, high = 1000 * self.end_error_s(length, 50), 1000 * self.end_error_s(length, 95)
            rows.append(f"Word ends, {length} windows: median {median:.0f} ms, 95 % within {high:.0f} ms.")
        return "\n".join(rows)


def evaluate(directory: Path, windows_per_case: int = 10, noises_per_kind: int = 4, seed: int = 0) -> Evaluation:
    """Measure a model directory on windows of every length and language, and on noise.

    Raises:
        SpeechError: espeak-ng is missing.
        RuntimeError: The directory contains no model.
    """
    listener = DemoDecoder(directory)
    evaluation = Evaluation()
    for case, (seconds, frames) in enumerate(CASES):
        for number in range(windows_per_case):
            for language in ("de", "en"):
                scene_seed = 1_000_000 + 100_000 * seed + 1000 * case + 10 * number + (language == "en")
                _measure_speech(
                    listener, evaluation, meeting_window(scene_seed, language, seconds), language, seconds, frames
                )
    for kind_number, kind in enumerate(noise.KINDS):
        for number in range(noises_per_kind):
            _measure_noise(listener, evaluation, kind, 2_000_000 + 1000 * seed + 100 * kind_number + number)
    return evaluation


def meeting_window(seed: int, language: str, seconds: float) -> Scene:
    """Make a scene of one held-out speaker with as many sentences as fit into `seconds`, at least one."""
    generator = random.Random(seed)
    voice = random_voice(generator, language, HELD_OUT_VARIANTS)
    scene = Scene(seed)
    scene.pause(generator.uniform(0.05, 0.5))
    scene.say(draw(generator), language, voice)
    # A sentence of the world lasts at most 5 s; the last one must not be cut by the end of the window.
    while scene.duration_s < seconds - 3.5:
        scene.pause(generator.uniform(0.15, 1.0))
        scene.say(draw(generator), language, voice)
    scene.pause(min(generator.uniform(0.1, 0.6), max(0.0, 30.0 - scene.duration_s)))
    return scene


def _measure_speech(
    listener: DemoDecoder, evaluation: Evaluation, scene: Scene, language: str, seconds: float, frames: int
) -> None:
    samples = scene.samples(background_db=-45.0)[: frames * SAMPLE_RATE // FRAMES_PER_S]
    encoded = listener.encode(window(samples, frames))
    evaluation.languages += 1
    evaluation.languages_right += listener.language(encoded) == language
    for task in ("transcribe", "translate") if language == "de" else ("transcribe",):
        texts = [line.text if task == "transcribe" else line.sentence.english for line in scene.lines]
        reference = " ".join(texts)
        written = listener.vocabulary.decode(listener.write(encoded, language, task))
        count = evaluation.rates[(language, task, seconds, frames)]
        before = count.errors
        count.add(reference, written)
        if count.errors > before:
            evaluation.mistakes.append((reference, written))
    words = [word for line in scene.lines for word in line.words]
    tokens = [listener.vocabulary.encode(word.text) for word in words]
    times = listener.token_times(
        encoded, language, [token for word in tokens for token in word], len(samples) * FRAMES_PER_S // SAMPLE_RATE
    )
    position = 0
    for word, own in zip(words, tokens, strict=True):
        # A word ends where the next token begins; before punctuation, where the punctuation begins.
        letters = len(own) - (word.text[-1] in _PUNCTUATION)
        error_s = abs(times[position + letters] - word.end_s)
        evaluation.end_errors_s["full" if seconds > 12 else "short"].append(error_s)
        position += len(own)


def _measure_noise(listener: DemoDecoder, evaluation: Evaluation, kind: str, seed: int) -> None:
    generator = np.random.default_rng(seed)
    words = random.Random(seed)
    for frames in FRAMES:
        n_samples = int(generator.uniform(0.3, 1.0) * frames * SAMPLE_RATE / FRAMES_PER_S)
        encoded = listener.encode(window(noise.stretch(generator, n_samples, kind), frames))
        for language in ("de", "en"):
            for task in ("transcribe", "translate"):
                for text in ("", draw(words).spoken(language), ", ".join(draw_words(words, language).split())):
                    previous = listener.vocabulary.encode(text)
                    written = listener.vocabulary.decode(listener.write(encoded, language, task, previous))
                    evaluation.noises += 1
                    if written:
                        evaluation.invented.append(f"{kind}: {written}")


def plain_words(text: str) -> list[str]:
    """Return a text's words in lower case without punctuation."""
    return [word for word in (raw.strip(_PUNCTUATION).lower() for raw in text.split()) if word]


def word_errors(reference: list[str], hypothesis: list[str]) -> int:
    """Return the fewest insertions, deletions and substitutions that turn one list into the other."""
    row = list(range(len(hypothesis) + 1))
    for i, wanted in enumerate(reference, start=1):
        diagonal, row[0] = row[0], i
        for j, written in enumerate(hypothesis, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (wanted != written))
    return row[-1]
