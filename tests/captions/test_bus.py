"""A reader's queue has a bounded size, and loses no logged event without saying so."""

from dataclasses import replace

import pytest

from app.captions.bus import Bus, SlowReaderError, Subscription
from app.captions.event import Event
from tests.support.captions import EVENT, phrase_event


def logged(number: int) -> Event:
    """Return a logged event."""
    return phrase_event(f"1-{number}", "t", epoch="e", seq=number)


async def test_an_unread_open_phrase_is_replaced_and_a_final_one_kept() -> None:
    """A slow reader gets the newest state of an open phrase and every final one."""
    queue = Subscription("main", size=10)
    queue.put(EVENT)
    queue.put(replace(EVENT, rev=2))
    for number in range(3):
        queue.put(logged(number))
    events = queue.events()
    read = [await anext(events) for _ in range(3)]
    assert [event.seq for event in read] == [0, 1, 2]
    await events.aclose()  # type: ignore[attr-defined]


async def test_a_reader_that_pauses_reads_on_where_it_stopped() -> None:
    """Events that were not yielded yet stay in the queue, and an open phrase in its newest state."""
    queue = Subscription("main", size=10)
    queue.put(replace(EVENT, phrase="1-9"))
    for number in range(3):
        queue.put(logged(number))
    queue.put(replace(EVENT, phrase="1-9", rev=2))
    read: list[tuple[int | None, int]] = []
    while len(read) < 4:
        async for event in queue.events():
            read.append((event.seq, event.rev))
            break
    assert [seq for seq, _ in read] == [0, 1, 2, None]
    assert read[-1] == (None, 2)


async def test_a_reader_too_far_behind_must_resume() -> None:
    """A reader whose queue is full of final events is closed, since a gap would be worse."""
    queue = Subscription("main", size=2)
    for number in range(3):
        queue.put(logged(number))
    with pytest.raises(SlowReaderError):
        await anext(queue.events())


def test_listeners_are_called_until_they_leave() -> None:
    """Every listener gets every event while its block lasts."""
    bus = Bus("main")
    first: list[Event] = []
    second: list[Event] = []
    with bus.listen(first.append):
        bus.publish(EVENT)
        with bus.listen(second.append):
            bus.publish(EVENT)
    bus.publish(EVENT)
    assert (len(first), len(second)) == (2, 1)
