"""Makes training windows from utterances and noises: spectrograms with the tokens to write and their spans.

A window is like those of the live path: it begins in a short silence, contains one sentence or many, ends within a word
or in a pause, has background noise, may have previous text or a glossary, and is padded with 0.0.
"""

import random
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.demo.training.grammar import LANGUAGES
from app.demo.training.pool import Utterance
from app.demo.training.prompts import Prompts
from app.demo.training.spectrogram import FLOOR, N_BANDS, Spectrogram, normalised, padded
from app.demo.training.targets import Target, TargetSpan, end_target, piece_targets
from app.demo.training.tokenizer import Vocabulary

NOISE_SHARE = 0.10
TIMESTAMP_SHARE = 0.08
PROMPT_SHARE = 0.4
MIXED_LANGUAGE_SHARE = 0.03
ONE_VOICE_SHARE = 0.6
MAX_WRITTEN_TOKENS = 440


@dataclass(frozen=True, slots=True)
class TrainingWindow:
    """One training example."""

    spectrogram: Spectrogram
    """Normalised, shape (80, n_frames)."""
    targets: tuple[Target, ...]
    """The whole token sequence, prompt included."""
    spoken: tuple[int, ...]
    """The spoken tokens in the spoken language: the target of the CTC head."""


class WindowMaker:
    """Draws windows from a pool of utterances and noises."""

    def __init__(
        self, utterances: list[Utterance], noises: list[npt.NDArray[np.float16]], vocabulary: Vocabulary, seed: int
    ) -> None:
        self._generator = random.Random(seed)
        self._random = np.random.default_rng(seed)
        self._noises = noises
        self._vocabulary = vocabulary
        self._by_voice: dict[str, dict[str, list[Utterance]]] = {language: {} for language in LANGUAGES}
        for item in utterances:
            self._by_voice[item.language].setdefault(item.voice, []).append(item)
        self._all = {language: [i for i in utterances if i.language == language] for language in LANGUAGES}
        self._prompts = Prompts(self._all, vocabulary, self._generator)

    def draw(self, n_frames: int) -> TrainingWindow:
        """Draw one window of n_frames frames: mostly speech, sometimes only noise."""
        return self._noise(n_frames) if self._generator.random() < NOISE_SHARE else self._speech(n_frames)

    def _noise(self, n_frames: int) -> TrainingWindow:
        generator = self._generator
        n_sound = generator.randint(50, n_frames) if generator.random() < 0.7 else n_frames
        sound = np.full((N_BANDS, n_sound), FLOOR, np.float32)
        position = 0
        while position < n_sound:
            length = min(n_sound - position, generator.choice([n_sound, generator.randint(30, 800)]))
            sound[:, position : position + length] = self._noise_piece(length) + generator.uniform(-2.0, 0.5)
            position += length
        vocabulary = self._vocabulary
        language = generator.choice(LANGUAGES)
        prompt = self._prompts.draw(language) if generator.random() < PROMPT_SHARE else []
        if generator.random() < 0.25:
            tokens = [Target(vocabulary.start), Target(vocabulary.no_speech, 1.0)]
        else:
            task = generator.choice(["transcribe", "translate"])
            tokens = [Target(token) for token in vocabulary.task_tokens(language, task)]
            if generator.random() < 0.92:
                tokens.append(Target(vocabulary.no_timestamps))
        tokens.append(Target(vocabulary.end, 2.0))
        spectrogram = padded(normalised(np.maximum(sound, FLOOR)), n_frames)
        return TrainingWindow(spectrogram, (*(Target(token) for token in prompt), *tokens), ())

    def _speech(self, n_frames: int) -> TrainingWindow:
        generator = self._generator
        language = generator.choice(LANGUAGES)
        mixed = generator.random() < MIXED_LANGUAGE_SHARE
        translating = not mixed and generator.random() < (0.5 if language == "de" else 0.12)
        pieces, n_sound, burst = self._pieces(n_frames, language, mixed, translating)
        sound = np.full((N_BANDS, n_sound), FLOOR, np.float32)
        for piece in pieces:
            spectrogram = piece.spectrogram().astype(np.float32) + generator.uniform(-0.3, 0.3)
            sound[:, piece.position : piece.position + spectrogram.shape[1]] = spectrogram
        loud = float(np.percentile(sound, 97))
        if generator.random() < 0.88:
            noise = self._noise_piece(n_sound)
            noise += loud - float(np.percentile(noise, 95)) - generator.uniform(1.3, 5.0)
            sound = np.log10(10.0**sound + 10.0**noise)
        if burst is not None:
            first, length = burst
            noise = self._noise_piece(length)
            noise += loud - float(np.percentile(noise, 97)) - generator.uniform(-0.3, 2.0)
            sound[:, first : first + length] = np.maximum(sound[:, first : first + length], noise)
        targets = self._targets(pieces, n_sound, n_frames, language, translating)
        spoken = tuple(token for piece in pieces for word in piece.written for token in self._vocabulary.encode(word))
        return TrainingWindow(padded(normalised(sound.astype(np.float32)), n_frames), tuple(targets), spoken)

    def _pieces(
        self, n_frames: int, language: str, mixed: bool, translating: bool
    ) -> tuple[list[TargetSpan], int, tuple[int, int] | None]:
        """Place utterances in the window; return them, the length of the sound, and the place of a loud noise."""
        generator = self._generator
        cut = generator.random() < 0.5
        kind = generator.random()
        if kind < 0.12:
            room = generator.randint(50, min(250, n_frames))
        elif kind < 0.55:
            room = generator.randint(min(250, n_frames), n_frames)
        else:
            room = n_frames
        voice = generator.choice(list(self._by_voice[language])) if generator.random() < ONE_VOICE_SHARE else None
        position = 0 if generator.random() < 0.3 else generator.randint(1, 40)
        burst: tuple[int, int] | None = None
        pieces: list[TargetSpan] = []
        while position < room:
            spoken_language = generator.choice(LANGUAGES) if mixed and pieces else language
            item = self._utterance(spoken_language, None if mixed else voice, translating)
            if burst is None and position + 200 < room and generator.random() < 0.06:
                length = generator.randint(10, 150)
                burst = (position, length)
                position += length
            first_word = 0
            if not pieces and not translating and len(item.starts) > 2 and generator.random() < 0.1:
                first_word = generator.randint(1, len(item.starts) - 2)
            piece = TargetSpan(item, position, first_word, room - position if cut else None)
            if position + piece.n_frames > room:
                break
            pieces.append(piece)
            position += piece.n_frames
            if piece.is_cut:
                break
            position += self._pause()
        if not pieces:
            return [], room, None
        n_speech = pieces[-1].position + pieces[-1].n_frames
        if pieces[-1].is_cut:
            n_sound = n_speech
        else:
            tail = (
                n_frames
                if generator.random() < 0.12
                else generator.choice([0, generator.randint(0, 40), generator.randint(0, 160)])
            )
            n_sound = min(n_frames, n_speech + tail)
        if burst is not None and sum(burst) > n_sound:
            burst = None
        return pieces, n_sound, burst

    def _pause(self) -> int:
        kind = self._generator.random()
        if kind < 0.1:
            return self._generator.randint(3, 10)
        return self._generator.randint(10, 60) if kind < 0.75 else self._generator.randint(60, 160)

    def _utterance(self, language: str, voice: str | None, translatable: bool) -> Utterance:
        items = self._by_voice[language][voice] if voice is not None else self._all[language]
        for _ in range(20):
            item = self._generator.choice(items)
            if item.english is not None or not translatable:
                return item
        return next(item for item in self._all[language] if item.english is not None)

    def _targets(
        self, pieces: list[TargetSpan], n_sound: int, n_frames: int, language: str, translating: bool
    ) -> list[Target]:
        vocabulary, generator = self._vocabulary, self._generator
        timed = generator.random() < TIMESTAMP_SHARE
        heading = [
            Target(token) for token in vocabulary.task_tokens(language, "translate" if translating else "transcribe")
        ]
        if any(piece.written for piece in pieces):
            # language detection reads the token after start-of-transcript
            heading[1] = Target(heading[1].token, 1.0)
        if not timed:
            heading.append(Target(vocabulary.no_timestamps))
        body: list[Target] = []
        for piece in pieces:
            written = piece_targets(piece, vocabulary, translating)
            if timed and written:
                body.append(Target(vocabulary.first_timestamp + piece.position // 2, 1.0))
                body += written
                if not piece.is_cut:
                    body.append(
                        Target(vocabulary.first_timestamp + min(1500, (piece.position + piece.n_frames) // 2), 1.0)
                    )
            else:
                body += written
        n_speech = pieces[-1].position + pieces[-1].n_frames if pieces else n_sound
        body.append(end_target(vocabulary.end, n_speech, n_frames))
        prompt: list[int] = []
        if generator.random() < PROMPT_SHARE:
            room = MAX_WRITTEN_TOKENS - len(heading) - len(body)
            prompt = self._prompts.draw("en" if translating else language)[: max(0, room)]
        return [*(Target(token) for token in prompt), *heading, *body]

    def _noise_piece(self, length: int) -> Spectrogram:
        """Cut a random part of a random noise; a noise that is too short is repeated."""
        noise = self._noises[self._generator.randrange(len(self._noises))]
        first = self._generator.randrange(noise.shape[1])
        columns = (first + np.arange(length)) % noise.shape[1]
        return noise[:, columns].astype(np.float32)
