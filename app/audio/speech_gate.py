"""The gate before the speech model: webrtcvad, which costs next to nothing, says where there may be a voice."""

import numpy as np
import webrtcvad

from app.audio.chunk import SAMPLE_RATE, Samples, to_pcm16

FRAME_S = 0.02
FRAME = round(FRAME_S * SAMPLE_RATE)
"""Samples in one frame; webrtcvad takes 10, 20 or 30 ms."""

MODE = 0
"""webrtcvad's aggressiveness, 0..3: the gate must lose no speech, so it passes the most."""


class SpeechGate:
    """Decides for one stream whether its newest sound may be speech."""

    def __init__(self, least_dbfs: float) -> None:
        """Start closed; sound below `least_dbfs` never opens it."""
        self._vad = webrtcvad.Vad(MODE)
        self._least = 10 ** (least_dbfs / 20)
        self._rest = np.zeros(0, np.float32)

    def hears(self, samples: Samples) -> bool:
        """Say whether there may be a voice in the next samples; a part of a frame is kept for the next call."""
        sound = np.concatenate([self._rest, samples])
        n_frames = len(sound) // FRAME
        self._rest = sound[n_frames * FRAME :]
        if not n_frames:
            return False
        frames = sound[: n_frames * FRAME].reshape(n_frames, FRAME)
        loudness = np.sqrt(np.einsum("ij,ij->i", frames, frames) / FRAME)
        if loudness.max() < self._least:
            return False
        pcm = to_pcm16(frames)
        is_heard = False
        for i in range(n_frames):
            # also when one is heard already, because webrtcvad follows the noise
            is_heard |= self._vad.is_speech(pcm[2 * i * FRAME : 2 * (i + 1) * FRAME], SAMPLE_RATE)
        return is_heard

    def reset(self) -> None:
        """Forget the part of a frame that was kept, because a gap follows it."""
        self._rest = self._rest[:0]
