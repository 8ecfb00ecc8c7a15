"""The encoder lengths that an engine with one room would choose, on a simulated clock."""

from app.decode.admission import Admission
from app.decode.encoder_length import encoder_length
from app.decode.request import DecodeRequest
from app.decode.window_choice import WindowChoice


class SimulatedEngine:
    """Follows the load of one room's decodes: full windows up to about 30 %, shorter ones above."""

    def __init__(self) -> None:
        """Start idle, with full windows."""
        self._window = WindowChoice()
        self._admission = Admission(1)

    def choose_length(self, request: DecodeRequest) -> int:
        """Return the encoder length of a window, in frames of 20 ms."""
        return self._window.length(request.duration_s, full_window=request.full_window)

    def add(self, ended_s: float, took_s: float, request: DecodeRequest) -> None:
        """Count a decode at the length that `choose_length` returns; it ended at `ended_s` on the simulated clock."""
        allowed = encoder_length(request.duration_s, full_window=request.full_window)
        cost_s = self._window.costs.scale(took_s, self.choose_length(request), allowed)
        self._admission.add_batch(ended_s, took_s, (took_s,), 1, cost_s=cost_s)
        self._window.update(ended_s, self._admission.live_load(ended_s))
