"""The better decodes that follow a rejected one."""

import numpy as np

from app.captions.ladder import next_try
from app.decode.request import DecodeRequest


def climb(request: DecodeRequest | None) -> list[tuple[bool, int, float]]:
    """Return full window, beam and temperature of all tries after a request."""
    tries = []
    while request is not None and (request := next_try(request)) is not None:
        tries.append((request.full_window, request.beam_size, request.temperature))
    return tries


def live(**fields: object) -> DecodeRequest:
    """Return a request of a live window."""
    return DecodeRequest(np.zeros(16_000, np.float32), **fields)  # type: ignore[arg-type]  # its fields


def test_a_live_window_climbs_four_steps() -> None:
    """The full window comes first, then a beam, then two temperatures."""
    assert climb(live()) == [(True, 1, 0.0), (True, 5, 0.0), (True, 1, 0.2), (True, 1, 0.4)]


def test_steps_that_a_request_already_has_are_left_out() -> None:
    """A recorded window has its beam from the start."""
    assert climb(live(beam_size=5)) == [(True, 5, 0.0), (True, 1, 0.2), (True, 1, 0.4)]
    assert climb(live(beam_size=5, full_window=True)) == [(True, 1, 0.2), (True, 1, 0.4)]


def test_a_try_has_no_previous_text() -> None:
    """The previous text makes loops more likely."""
    again = next_try(live(previous="so we go on", terms=("Surtitle",), is_draft=True, timed=False, detect=True))
    assert again is not None
    assert (again.previous, again.terms) == ("", ("Surtitle",))
    assert again.timed
    assert not again.is_draft
    assert not again.detect


def test_a_leaked_prompt_is_not_given_again() -> None:
    """After the fault of a leaked prompt the next try has none."""
    again = next_try(live(terms=("Surtitle",)), "prompt")
    assert again is not None
    assert again.terms == ()
