"""A live stream at its engines."""

import numpy as np

from app.decode.admission import Admission
from app.decode.batch import DecodedWindow
from app.decode.hypothesis import DecodeResult
from app.decode.live_stream import LiveStream
from app.decode.request import DecodeClient, DecodeRequest

SAMPLES = np.zeros(16_000, np.float32)


class Model:
    """Counts what it decodes."""

    def __init__(self) -> None:
        self.n_decodes = 0

    async def decode(self, client: DecodeClient) -> DecodedWindow | None:
        """Return an empty result that took 1.5 s."""
        self.n_decodes += 1
        return DecodedWindow(DecodeResult("en"), cost_s=1.5)


async def test_drafts_go_to_the_small_model() -> None:
    """Every other request goes to the large one, and the slower cadence of both counts."""
    large, small = Model(), Model()
    busy = Admission(1)
    for second in range(1, 12):
        busy.add_batch(float(second), 1.0, (2.0,), 1)
    drafts = LiveStream(small.decode, busy, slot=0.5)
    stream = LiveStream(large.decode, Admission(1), slot=0.25, drafts=drafts)
    await stream.answer(DecodeRequest(SAMPLES, is_draft=True))
    assert (large.n_decodes, small.n_decodes) == (0, 1)
    await stream.answer(DecodeRequest(SAMPLES))
    assert (large.n_decodes, small.n_decodes) == (1, 1)
    assert stream.slot == 0.25
    assert stream.cadence_s == busy.cadence_s > Admission(1).cadence_s


async def test_without_a_small_model_drafts_are_decoded_too() -> None:
    """A stream without drafts sends everything to its engine."""
    large = Model()
    stream = LiveStream(large.decode, Admission(1), slot=None)
    await stream.answer(DecodeRequest(SAMPLES, is_draft=True))
    assert large.n_decodes == 1


async def test_a_young_stream_counts_as_one_that_always_speaks() -> None:
    """Later a stream counts by the lane time of its own decodes."""
    stream = LiveStream(Model().decode, Admission(1), slot=None)
    await stream.answer(DecodeRequest(SAMPLES))
    assert stream.share_s(0.25) == 0.25
