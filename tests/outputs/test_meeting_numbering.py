"""Caption numbers continue, and none is used twice."""

from app.outputs.meeting_numbering import GIVEN_UP_IN_A_ROW, CaptionNumbering, MemoryCounter


def test_numbers_continue_after_a_restart() -> None:
    """A new numbering continues after the number of the last accepted caption."""
    counter = MemoryCounter()
    numbering = CaptionNumbering(counter, is_numbered=True, can_query=False)
    assert numbering.number == 0
    numbering.accept()
    numbering.accept()
    assert CaptionNumbering(counter, is_numbered=True, can_query=False).number == 2


def test_a_program_without_numbers_stores_none() -> None:
    """Where captions have no number, nothing is stored and nothing is queried."""
    counter = MemoryCounter()
    numbering = CaptionNumbering(counter, is_numbered=False, can_query=False)
    numbering.require_query()
    numbering.accept()
    assert (counter.read(), numbering.needs_query) == (None, False)


def test_an_unconfirmed_caption_uses_its_number_up() -> None:
    """Where the server does not report its number, the caption after one that may have arrived gets the next one."""
    numbering = CaptionNumbering(MemoryCounter(), is_numbered=True, can_query=False)
    numbering.skip_unconfirmed()
    assert numbering.number == 1


def test_a_late_arrival_is_recognized() -> None:
    """A given-up caption has arrived if the server reports its number; not if it was withdrawn before."""
    for is_withdrawn in (False, True):
        numbering = CaptionNumbering(MemoryCounter(), is_numbered=True, can_query=True)
        numbering.continue_after(4)
        numbering.require_query()
        numbering.skip_unconfirmed()
        if is_withdrawn:
            numbering.forget_unconfirmed()
        assert not numbering.is_late_arrival(4)
        assert numbering.is_late_arrival(5) is not is_withdrawn


def test_captions_given_up_in_a_row_require_a_query() -> None:
    """After some captions in a row were given up the server is asked again, if it reports its number."""
    for can_query in (True, False):
        numbering = CaptionNumbering(MemoryCounter(), is_numbered=True, can_query=can_query)
        numbering.continue_after(0)
        for _ in range(GIVEN_UP_IN_A_ROW):
            assert not numbering.needs_query
            numbering.count_given_up()
        assert numbering.needs_query is can_query


def test_a_server_that_reports_nothing_is_asked_once() -> None:
    """After an answer without a number there are no more queries."""
    numbering = CaptionNumbering(MemoryCounter(), is_numbered=True, can_query=True)
    assert numbering.needs_query
    numbering.stop_queries()
    numbering.require_query()
    assert not numbering.needs_query
