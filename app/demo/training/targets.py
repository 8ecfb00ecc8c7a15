"""The tokens that the decoder must write for a window, and where in the sound each token is."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.demo.training.pool import Utterance
from app.demo.training.tokenizer import Vocabulary

SLACK_FRAMES = 10
"""Frames (0.1 s) that the attention may stray beyond a word without a penalty."""
_HEARD_SHARE = 0.85
"""A word counts as heard if at least this share of it is in the window; otherwise the next decode writes it."""
_PUNCTUATION = ".,?"


@dataclass(frozen=True, slots=True)
class Target:
    """One token of the sequence."""

    token: int
    weight: float = 0.0
    """Weight of this token's loss; 0 for prompt tokens."""
    span: tuple[float, float] | None = None
    """First and last frame in which the token is heard; None if the attention is not guided."""


class TargetSpan:
    """The part of an utterance that is in the window: from first_word, and room_frames long at most."""

    def __init__(self, item: Utterance, position: int, first_word: int = 0, room_frames: int | None = None) -> None:
        self.item = item
        self.position = position
        self._first_word = first_word
        self._first_frame = item.starts[first_word] if first_word else 0
        whole = item.spectrogram.shape[1] - self._first_frame
        self.is_cut = room_frames is not None and room_frames < whole
        self.n_frames = min(whole, room_frames) if room_frames is not None else whole
        last_frame = self._first_frame + self.n_frames
        self._n_heard = sum(
            start + _HEARD_SHARE * (end - start) <= last_frame
            for start, end in zip(item.starts[first_word:], item.ends[first_word:], strict=True)
        )
        words = item.text.split()[first_word:][: self._n_heard]
        if self.is_cut and words:
            # it is unknown whether the sentence ends here
            words[-1] = words[-1].rstrip(_PUNCTUATION)
        self.written = tuple(words)

    def spectrogram(self) -> npt.NDArray[np.float16]:
        """Return the part that is heard, shape (80, n_frames)."""
        return self.item.spectrogram[:, self._first_frame : self._first_frame + self.n_frames]

    def spans(self) -> list[tuple[int, int]]:
        """Return the first frame of each written word and the frame after its last, in the window."""
        offset = self.position - self._first_frame
        words = range(self._first_word, self._first_word + self._n_heard)
        return [(self.item.starts[i] + offset, self.item.ends[i] + offset) for i in words]

    def translation(self) -> str:
        """Return the translation of the part that is heard; that of a cut sentence is cut in proportion."""
        words = (self.item.english or "").split()
        if not self.is_cut:
            return " ".join(words)
        return " ".join(words[: self._n_heard * len(words) // len(self.item.starts)]).rstrip(_PUNCTUATION)


def piece_targets(piece: TargetSpan, vocabulary: Vocabulary, translating: bool) -> list[Target]:
    """Return the tokens of a piece with their spans; the span of a translated token is its whole sentence."""
    if translating:
        span = (float(piece.position - SLACK_FRAMES), float(piece.position + piece.n_frames + SLACK_FRAMES))
        return [Target(token, 1.0, span) for token in vocabulary.encode(piece.translation())]
    targets: list[Target] = []
    for word, (start, end) in zip(piece.written, piece.spans(), strict=True):
        tokens = vocabulary.encode(word)
        names = [str(vocabulary.tokenizer.id_to_token(token)) for token in tokens]
        letters = [0.0 if name in _PUNCTUATION else max(0.5, len(name.lstrip("Ġ"))) for name in names]
        edges = start + (end - start) * np.concatenate([[0], np.cumsum(letters)]) / max(0.5, sum(letters))
        for index, token in enumerate(tokens):
            if letters[index]:
                span = (float(edges[index]) - SLACK_FRAMES, float(edges[index + 1]) + SLACK_FRAMES)
            else:
                # punctuation belongs to the pause after the word, so that `align` ends the word there
                span = (float(end) - SLACK_FRAMES / 2, float(end) + 2 * SLACK_FRAMES)
            targets.append(Target(token, 1.0, span))
    return targets


def end_target(token: int, n_speech: int, n_frames: int) -> Target:
    """Return end-of-text; its span is the sound after the speech."""
    first = min(n_speech, n_frames) - SLACK_FRAMES
    return Target(token, 1.0, (float(first), float(min(n_frames, n_speech + 50))))
