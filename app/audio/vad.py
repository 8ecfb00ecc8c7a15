"""Where somebody speaks: webrtcvad's verdict on each 20 ms, smoothed into stretches of voice."""

from collections import deque

import numpy as np
import webrtcvad

from app.audio.chunk import SAMPLE_RATE, Samples, to_pcm16

FRAME_S = 0.02
FRAME = round(FRAME_S * SAMPLE_RATE)
"""Samples in one frame; webrtcvad takes 10, 20 or 30 ms."""

MODE = 2
"""webrtcvad's aggressiveness, 0..3: 2 lets less noise through than 1 and still hears soft speech."""

MEAN_FRAMES = 15
"""Frames that make up the probability: the last 300 ms."""

ON, OFF = 0.5, 0.35
"""Share of voiced frames at which an utterance begins and ends; the gap keeps it from fluttering."""

BLIP_FRAMES = 3
"""Fewer voiced frames in a row are a click and no voice."""

GATE_RMS = 10 ** (-55 / 20)
"""Frames below -55 dBFS are never voice: nobody means them to be heard."""


class Vad:
    """Judges one source's sound; all times in seconds on the session's clock."""

    def __init__(self) -> None:
        """Begin at 0 in silence."""
        self._vad = webrtcvad.Vad(MODE)
        self._rest = np.zeros(0, np.float32)
        self._voiced = np.zeros(1024, bool)
        self._rms = np.zeros(1024, np.float32)
        self._sums = np.zeros(1025, np.int64)
        """Frames of voice before each frame held, clicks left out; the last entry counts all of them."""
        self._recent = deque([False] * MEAN_FRAMES, MEAN_FRAMES)
        self._n_recent = 0
        """Voiced ones among them."""
        self._n_frames = 0
        """Frames held in the two arrays."""
        self._first = 0
        """Number of the first frame held."""
        self._is_speech = False
        self._voice_end = -1
        """Number of the last frame of the last stretch of voice."""
        self._run = 0

    @property
    def end_s(self) -> float:
        """How far the sound has been judged."""
        return (self._first + self._n_frames) * FRAME_S

    @property
    def probability(self) -> float:
        """Share of voiced frames in the last 300 ms."""
        return self._n_recent / MEAN_FRAMES

    @property
    def is_speech(self) -> bool:
        """Whether an utterance is running."""
        return self._is_speech

    @property
    def silence_s(self) -> float:
        """Seconds since the last stretch of voice; since the beginning if there was none."""
        return (self._first + self._n_frames - 1 - self._voice_end) * FRAME_S

    def feed(self, samples: Samples) -> None:
        """Judge the sound that follows what was fed; a rest shorter than a frame waits for more."""
        sound = np.concatenate([self._rest, samples]) if len(self._rest) else samples
        n_frames = len(sound) // FRAME
        self._rest = sound[n_frames * FRAME :]
        frames = sound[: n_frames * FRAME].reshape(n_frames, FRAME)
        rms = np.sqrt(np.einsum("ij,ij->i", frames, frames) / FRAME).tolist()
        pcm = to_pcm16(frames) if max(rms, default=0.0) >= GATE_RMS else b""
        for i, loudness in enumerate(rms):
            is_voiced = loudness >= GATE_RMS and self._vad.is_speech(
                pcm[2 * i * FRAME : 2 * (i + 1) * FRAME], SAMPLE_RATE
            )
            self._add(is_voiced, loudness)

    def skip(self, n_samples: int) -> None:
        """Count a gap in the sound as silence."""
        silent = np.zeros(n_samples + len(self._rest), np.float32)
        self._rest = silent[: len(silent) % FRAME]
        for _ in range(len(silent) // FRAME):
            self._add(False, 0.0)

    def voiced_s(self, start_s: float, end_s: float) -> float:
        """Return the seconds of voice between two moments; clicks do not count."""
        first, last = self._index(start_s), self._index(end_s)
        return int(self._sums[last] - self._sums[first]) * FRAME_S if last > first else 0.0

    def quietest_s(self, start_s: float, end_s: float) -> float:
        """Return the middle of the quietest frame between two moments, one without voice if there is any."""
        first = min(max(0, self._index(start_s)), max(0, self._n_frames - 1))
        last = min(max(first + 1, self._index(end_s)), self._n_frames)
        if last <= first:
            return end_s
        loudness = self._rms[first:last] + 10.0 * self._voiced[first:last]
        return float((self._first + first + int(np.argmin(loudness)) + 0.5) * FRAME_S)

    def forget(self, before_s: float) -> None:
        """Drop what is known of the sound before a moment, so that memory stays bounded."""
        n_drop = min(self._index(before_s), self._n_frames)
        if n_drop < 512:  # moving the arrays for less is not worth it
            return
        for held in (self._voiced, self._rms):
            held[: self._n_frames - n_drop] = held[n_drop : self._n_frames]
        self._sums[: self._n_frames - n_drop + 1] = self._sums[n_drop : self._n_frames + 1]
        self._first += n_drop
        self._n_frames -= n_drop

    def _index(self, at_s: float) -> int:
        return min(max(0, round(at_s / FRAME_S) - self._first), self._n_frames)

    def _add(self, is_voiced: bool, rms: float) -> None:
        n = self._n_frames
        if n == len(self._voiced):
            self._voiced = np.concatenate([self._voiced, np.zeros_like(self._voiced)])
            self._rms = np.concatenate([self._rms, np.zeros_like(self._rms)])
            self._sums = np.concatenate([self._sums, np.zeros_like(self._rms, np.int64)])
        self._voiced[n] = is_voiced
        self._rms[n] = rms
        self._n_frames += 1
        self._n_recent += is_voiced - self._recent[0]
        self._recent.append(is_voiced)
        self._run = self._run + 1 if is_voiced else 0
        self._sums[n + 1] = self._sums[n] + (self._run > BLIP_FRAMES)
        if self._run == BLIP_FRAMES:  # now it is a voice, and was one from its first frame
            known = min(BLIP_FRAMES, n + 1)
            self._sums[n + 2 - known : n + 2] = self._sums[n + 1 - known] + np.arange(1, known + 1)
        if self._run >= BLIP_FRAMES:
            self._voice_end = self._first + n
        share = self.probability
        self._is_speech = share >= (OFF if self._is_speech else ON)
