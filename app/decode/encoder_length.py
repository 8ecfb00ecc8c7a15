"""Encoder lengths: few, so that windows of one length fill a batch; short, because encoding takes most of a decode."""

MEL_FRAMES_PER_S = 100
"""Mel frames per second; the encoder halves them."""

TAIL_S = 1.28
"""Silence after the sound in a short window; without 64 encoder frames of it short windows loop
(futo-org/whisper-acft#5: word error 318 % without, 19 % with)."""

ENCODER_LENGTHS = (512, 768, 1500)
"""Encoder lengths in frames of 20 ms. 1500 is the model's own. Lengths below 512 made the demo model worse: word
error 2.2 % at 512, 3.1 % with 384, 3.8 % with 256 (`surtitle bench stream`, four clips of four minutes)."""


FULL_LENGTH = ENCODER_LENGTHS[-1]
"""The encoder length of 30 s, the model's own: what an engine with time to spare uses."""


def encoder_length(duration_s: float, *, full_window: bool = False, shortest: int = 0) -> int:
    """Return the encoder length, in frames of 20 ms, for a window of `duration_s`; at least `shortest`."""
    if full_window:
        return FULL_LENGTH
    needed = max(shortest, (duration_s + TAIL_S) * MEL_FRAMES_PER_S / 2)
    return next((length for length in ENCODER_LENGTHS if needed <= length), ENCODER_LENGTHS[-1])
