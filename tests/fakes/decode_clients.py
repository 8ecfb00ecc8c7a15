"""Clients of a scheduler: one with a fixed need, and one that speaks on a simulated clock."""

import numpy as np

from app.decode.request import DecodeNeed, DecodeRequest, Urgency


class FixedClient:
    """Always has the same need."""

    def __init__(self, need: DecodeNeed | None) -> None:
        self._need = need

    def need(self) -> DecodeNeed | None:
        """Return the need."""
        return self._need

    def request(self) -> DecodeRequest | None:
        """Return a silent window of the needed length, at a hundredth of the rate to save memory."""
        if self._need is None:
            return None
        urgency = self._need.urgency
        return DecodeRequest(
            np.zeros(round(self._need.duration_s * 100), np.float32),
            is_utterance_end=urgency is Urgency.UTTERANCE_END,
            is_recorded=urgency is Urgency.RECORDED,
        )


class SimulatedClient:
    """Speaks on a simulated clock; its windows grow until its phrase ends."""

    def __init__(self, phrase_s: float, pause_s: float, phase_s: float) -> None:
        self.phrase_s, self.pause_s, self.phase_s = phrase_s, pause_s, phase_s
        self.decoded_s = 0.0
        self.now_s = 0.0
        self.waits_s: list[float] = []

    def need(self) -> DecodeNeed | None:
        """Need a decode once a second while the phrase runs, and once when it has ended; never in a pause."""
        at_s = (self.now_s + self.phase_s) % (self.phrase_s + self.pause_s)
        if self.now_s - self.decoded_s < 1.0:
            return None
        if at_s < self.phrase_s:
            return DecodeNeed(max(0.8, at_s))
        is_due = self.now_s - at_s + self.phrase_s > self.decoded_s
        return DecodeNeed(self.phrase_s, Urgency.UTTERANCE_END) if is_due else None

    def request(self) -> DecodeRequest | None:
        """Return a window of the needed length, at a hundredth of the rate to save memory."""
        need = self.need()
        if need is None:
            return None
        return DecodeRequest(
            np.zeros(round(need.duration_s * 100), np.float32), is_utterance_end=need.urgency is Urgency.UTTERANCE_END
        )
