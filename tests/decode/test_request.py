"""Requests."""

import numpy as np

from app.decode.request import DecodeRequest, Urgency


def test_a_request_is_a_client_of_its_own() -> None:
    """Its need describes the window, and its request is itself."""
    request = DecodeRequest(np.zeros(32_000, np.float32), beam_size=5, full_window=True, is_draft=True)
    need = request.need()
    assert (need.duration_s, need.beam_size, need.full_window, need.is_draft) == (2.0, 5, True, True)
    assert request.request() is request


def test_urgency_follows_from_the_request() -> None:
    """Files go last, ended utterances first."""
    samples = np.zeros(160, np.float32)
    assert DecodeRequest(samples).need().urgency is Urgency.TENTATIVE
    assert DecodeRequest(samples, is_utterance_end=True).need().urgency is Urgency.UTTERANCE_END
    assert DecodeRequest(samples, is_utterance_end=True, is_recorded=True).need().urgency is Urgency.RECORDED
    assert Urgency.UTTERANCE_END < Urgency.TENTATIVE < Urgency.RECORDED
