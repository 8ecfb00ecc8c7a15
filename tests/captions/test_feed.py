"""The feed of captions: bounded, in order, and read at each reader's own pace."""

from app.captions.event import Event, State
from app.captions.feed import OPEN_MAX, CaptionFeed, FeedPosition

START = FeedPosition(0, 0)


def logged(seq: int, phrase: str, state: State = "final") -> Event:
    """Return a logged event."""
    return Event("main", "e1", seq, phrase, seq, "s", "original", state, "en", 0.0, 1.0, "text")


def items(feed: CaptionFeed[str], position: FeedPosition = START) -> list[str]:
    """Return the unread items after a position."""
    return [item for _, item in feed.unread(position)]


def test_finals_come_in_order_and_open_phrases_in_their_newest_state() -> None:
    """A reader gets every final item, then each open phrase once."""
    feed: CaptionFeed[str] = CaptionFeed(10, last_seq=0)
    feed.set_open(("1-1", "original"), "first")
    feed.set_open(("1-2", "original"), "second")
    feed.set_open(("1-1", "original"), "first, longer")
    feed.add_final(logged(1, "1-2"), "final 1")
    feed.add_final(logged(2, "1-3"), "final 2")
    assert items(feed) == ["final 1", "final 2", "first, longer"]


def test_each_item_has_the_position_after_it() -> None:
    """A reader that stops anywhere goes on with the next item."""
    feed: CaptionFeed[str] = CaptionFeed(10, last_seq=0)
    for seq in (1, 2, 3):
        feed.add_final(logged(seq, f"1-{seq}"), f"final {seq}")
    feed.set_open(("1-4", "original"), "open")
    read = list(feed.unread(START))
    for number, (position, _) in enumerate(read):
        assert items(feed, position) == [item for _, item in read[number + 1 :]]


def test_withdrawn_text_is_not_read_any_more() -> None:
    """A reader that has not read a phrase gets its withdrawal only."""
    feed: CaptionFeed[str] = CaptionFeed(10, last_seq=0)
    feed.add_final(logged(1, "1-1"), "wrong")
    feed.add_final(logged(2, "1-2"), "right")
    feed.add_final(logged(3, "1-1", "withdrawn"), "withdrawal")
    assert items(feed) == ["right", "withdrawal"]


def test_a_reader_behind_the_oldest_item_has_a_gap() -> None:
    """Beyond the size of the feed the oldest item is dropped, and who has not read it must resume from the log."""
    feed: CaptionFeed[str] = CaptionFeed(2, last_seq=4)
    assert feed.has_gap(FeedPosition(3, 0))
    assert not feed.has_gap(FeedPosition(4, 0))
    for seq in (5, 6, 7):
        feed.add_final(logged(seq, f"1-{seq}"), f"final {seq}")
    assert feed.has_gap(FeedPosition(4, 0))
    assert not feed.has_gap(FeedPosition(5, 0))
    assert items(feed, FeedPosition(5, 0)) == ["final 6", "final 7"]
    feed.drop_until(6)
    assert feed.has_gap(FeedPosition(5, 0))
    feed.clear(last_seq=7)
    assert feed.has_gap(FeedPosition(6, 0))
    assert items(feed, FeedPosition(7, 0)) == []


def test_open_phrases_are_bounded() -> None:
    """Of too many open phrases the one that changed longest ago is dropped."""
    feed: CaptionFeed[str] = CaptionFeed(2, last_seq=0)
    for number in range(OPEN_MAX + 1):
        feed.set_open((f"1-{number}", "original"), str(number))
    assert items(feed)[0] == "1"
    assert len(items(feed)) == OPEN_MAX
    assert feed.is_unread(("1-1", "original"), START)
    assert not feed.is_unread(("1-0", "original"), START)
