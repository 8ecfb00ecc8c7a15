"""Warming a model up."""

from app.decode import models, self_test
from app.decode.request import DecodeRequest
from app.decode.warm_up import warm_up
from app.errors import DecodeError


def test_each_length_is_timed() -> None:
    """The cost of a window grows with the encoder length."""
    whisper = models.load(models.choose("demo", "transcribe", device="cpu", threads=1))
    warmed = warm_up(whisper.decode, self_test.read_clip().request(whisper), {512: 1, 1500: 1}, 1)
    assert 0 < warmed.row_s[512] < warmed.row_s[1500]
    assert warmed.rows == {512: 1, 1500: 1}


def test_a_batch_that_does_not_fit_is_halved() -> None:
    """The largest batch that fits is reported instead of a failed start."""
    sizes: list[int] = []

    def decode(requests: list[DecodeRequest], length: int) -> None:
        sizes.append(len(requests))
        if len(requests) > 3:
            raise DecodeError("A batch failed in the model: CUDA failed with error out of memory.")

    warmed = warm_up(decode, DecodeRequest(self_test.read_clip().samples), {512: 12}, 1)
    assert warmed.rows == {512: 3}
    assert sizes == [12, 6, 3, 3]
