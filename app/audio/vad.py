"""Finds speech: webrtcvad classifies frames of 20 ms, and the results are smoothed over time."""

from collections import deque

import numpy as np
import webrtcvad

from app.audio.chunk import SAMPLE_RATE, Samples, to_pcm16

FRAME_S = 0.02
FRAME = round(FRAME_S * SAMPLE_RATE)
"""Samples in one frame; webrtcvad takes 10, 20 or 30 ms."""

MODE = 2
"""webrtcvad's aggressiveness, 0..3: 2 passes less noise than 1 and still detects soft speech."""

MEAN_FRAMES = 15
"""Frames in the probability: the last 300 ms."""

ON, OFF = 0.5, 0.35
"""Share of voiced frames at which speech starts and stops; the gap between them is hysteresis."""

BLIP_FRAMES = 3
"""Fewer voiced frames in a row are a click, not a voice."""

GATE_RMS = 10 ** (-55 / 20)
"""Frames below -55 dBFS never count as voice: they are background."""


class Vad:
    """Voice activity detection for one source; all times are seconds on the session's clock."""

    def __init__(self) -> None:
        """Start at 0 s with silence."""
        self._vad = webrtcvad.Vad(MODE)
        self._rest = np.zeros(0, np.float32)
        self._voiced = np.zeros(1024, bool)
        self._rms = np.zeros(1024, np.float32)
        self._sums = np.zeros(1025, np.int64)
        """Number of voiced frames before each kept frame, without clicks; the last entry counts all of them."""
        self._recent = deque([False] * MEAN_FRAMES, MEAN_FRAMES)
        self._n_recent = 0
        """Number of voiced frames among the recent ones."""
        self._n_frames = 0
        """Frames kept in the arrays."""
        self._first = 0
        """Number of the first kept frame."""
        self._is_speech = False
        self._voice_end = -1
        """Number of the last frame of the last stretch of voice."""
        self._run = 0

    @property
    def end_s(self) -> float:
        """End of the classified sound."""
        return (self._first + self._n_frames) * FRAME_S

    @property
    def probability(self) -> float:
        """Share of voiced frames in the last 300 ms."""
        return self._n_recent / MEAN_FRAMES

    @property
    def is_speech(self) -> bool:
        """Whether speech is running."""
        return self._is_speech

    @property
    def silence_s(self) -> float:
        """Seconds since the last stretch of voice; since the start if there was none."""
        return (self._first + self._n_frames - 1 - self._voice_end) * FRAME_S

    def feed(self, samples: Samples) -> None:
        """Classify the next sound; a remainder shorter than a frame is kept for the next call."""
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
        """Return the seconds of voice between two times; clicks do not count."""
        first, last = self._index(start_s), self._index(end_s)
        return int(self._sums[last] - self._sums[first]) * FRAME_S if last > first else 0.0

    def quietest_s(self, start_s: float, end_s: float) -> float:
        """Return the middle of the quietest frame between two times, of those without voice if there are any."""
        first = min(max(0, self._index(start_s)), max(0, self._n_frames - 1))
        last = min(max(first + 1, self._index(end_s)), self._n_frames)
        if last <= first:
            return end_s
        loudness = self._rms[first:last] + 10.0 * self._voiced[first:last]
        return float((self._first + first + int(np.argmin(loudness)) + 0.5) * FRAME_S)

    def forget(self, before_s: float) -> None:
        """Remove the results before a time, so that memory use stays bounded."""
        n_drop = min(self._index(before_s), self._n_frames)
        if n_drop < 512:  # moving the arrays costs more than a few frames of memory
            return
        for values in (self._voiced, self._rms):
            values[: self._n_frames - n_drop] = values[n_drop : self._n_frames]
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
        if self._run == BLIP_FRAMES:  # long enough for a voice, which began with the first frame of the run
            n_run = min(BLIP_FRAMES, n + 1)
            self._sums[n + 2 - n_run : n + 2] = self._sums[n + 1 - n_run] + np.arange(1, n_run + 1)
        if self._run >= BLIP_FRAMES:
            self._voice_end = self._first + n
        share = self.probability
        self._is_speech = share >= (OFF if self._is_speech else ON)
