"""Where somebody speaks: webrtcvad's verdict on each 20 ms, smoothed into stretches of voice."""

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
        recent = self._voiced[max(0, self._n_frames - MEAN_FRAMES) : self._n_frames]
        return float(recent.sum()) / MEAN_FRAMES

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
        sound = np.concatenate([self._rest, samples])
        n_frames = len(sound) // FRAME
        self._rest = sound[n_frames * FRAME :]
        for i in range(n_frames):
            frame = sound[i * FRAME : (i + 1) * FRAME]
            rms = float(np.sqrt(np.mean(np.square(frame))))
            is_voiced = rms >= GATE_RMS and bool(self._vad.is_speech(to_pcm16(frame), SAMPLE_RATE))
            self._add(is_voiced, rms)

    def skip(self, n_samples: int) -> None:
        """Count a gap in the sound as silence."""
        silent = np.zeros(n_samples + len(self._rest), np.float32)
        self._rest = silent[: len(silent) % FRAME]
        for _ in range(len(silent) // FRAME):
            self._add(False, 0.0)

    def voiced_s(self, start_s: float, end_s: float) -> float:
        """Return the seconds of voice between two moments; clicks do not count."""
        first, last = self._index(start_s), self._index(end_s)
        if last <= first:
            return 0.0
        low = max(0, first - BLIP_FRAMES)
        voiced = self._voiced[low : min(self._n_frames, last + BLIP_FRAMES)]
        edges = np.flatnonzero(np.diff(np.concatenate([[False], voiced, [False]])))
        total = 0
        for begin, end in zip(edges[::2] + low, edges[1::2] + low, strict=True):
            if end - begin >= BLIP_FRAMES:
                total += max(0, min(end, last) - max(begin, first))
        return float(total * FRAME_S)

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
        for name in (self._voiced, self._rms):
            name[: self._n_frames - n_drop] = name[n_drop : self._n_frames]
        self._first += n_drop
        self._n_frames -= n_drop

    def _index(self, at_s: float) -> int:
        return min(max(0, round(at_s / FRAME_S) - self._first), self._n_frames)

    def _add(self, is_voiced: bool, rms: float) -> None:
        if self._n_frames == len(self._voiced):
            self._voiced = np.concatenate([self._voiced, np.zeros_like(self._voiced)])
            self._rms = np.concatenate([self._rms, np.zeros_like(self._rms)])
        self._voiced[self._n_frames] = is_voiced
        self._rms[self._n_frames] = rms
        self._n_frames += 1
        self._run = self._run + 1 if is_voiced else 0
        if self._run >= BLIP_FRAMES:
            self._voice_end = self._first + self._n_frames - 1
        share = self.probability
        self._is_speech = share >= (OFF if self._is_speech else ON)
