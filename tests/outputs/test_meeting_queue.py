"""Phrases become blocks that fit, and hidden or withdrawn ones are never sent."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.captions.event import Event
from app.captions.speaker_names import SpeakerNaming
from app.outputs.cues import count_columns
from app.outputs.meeting_queue import WAIT_MAX_S, CaptionQueue, CaptionShape
from tests.support.meeting_room import phrase
from tests.support.odd_phrases import CASES, TEXTS


def put(queue: CaptionQueue, event: Event, now_s: float = 100.0) -> None:
    """Put an event of the original track; the Unix time is 1,000 s ahead of the clock."""
    queue.put(event, "original", now_s=now_s, unix_s=1_000.0 + now_s)


def drain(queue: CaptionQueue) -> list[str]:
    """Remove all lines, block by block."""
    lines: list[str] = []
    while (block := queue.first()) is not None:
        lines += block.lines
        queue.remove(block)
    return lines


@CASES
@given(texts=st.lists(TEXTS, max_size=5), width=st.integers(2, 50), n_lines=st.integers(1, 3))
def test_blocks_fit_and_lose_nothing(texts: list[str], width: int, n_lines: int) -> None:
    """Every block has lines that fit, at most the given number, and all words are kept in order."""
    queue = CaptionQueue(CaptionShape(width, n_lines))
    for i, text in enumerate(texts):
        put(queue, phrase(f"1-{i}", text))
    n_blocks, taken = queue.n_blocks, 0
    lines: list[str] = []
    while (block := queue.first()) is not None:
        assert 0 < len(block.lines) <= n_lines
        assert all(line and count_columns(line) <= width for line in block.lines)
        lines += block.lines
        queue.remove(block)
        taken += 1
    assert taken == n_blocks
    alone = CaptionQueue(CaptionShape(10_000, 1))
    for i, text in enumerate(texts):
        put(alone, phrase(f"1-{i}", text))
    assert "".join("".join(lines).split()) == "".join("".join(drain(alone)).split())


def test_a_phrase_that_was_not_translated_begins_with_its_language() -> None:
    """Readers of a translation see that this is the original."""
    queue = CaptionQueue(CaptionShape(40, 1))
    event = replace(phrase("1-0", "Guten Morgen."), track="fr", language="de")
    queue.put(event, "fr", now_s=100.0, unix_s=1_100.0)
    assert drain(queue) == ["[de] Guten Morgen."]


def test_a_half_sent_phrase_keeps_its_second_half() -> None:
    """A correction of a phrase that was partly sent changes nothing; a withdrawal removes the rest."""
    for state, left in (("corrected", ["three", "four"]), ("withdrawn", [])):
        queue = CaptionQueue(CaptionShape(5, 1))
        put(queue, phrase("1-0", "one two three four"))
        for _ in range(2):
            block = queue.first()
            assert block is not None
            queue.remove(block)
        put(queue, phrase("1-0", "" if state == "withdrawn" else "all new", state=state, rev=2))
        assert drain(queue) == left


def test_a_block_knows_when_it_was_said() -> None:
    """The first block of a phrase has the time of its start, the second that of its share of the text."""
    queue = CaptionQueue(CaptionShape(10, 1))
    put(queue, phrase("1-0", "aaaaaaaaaa bbbbbbbbbb", start_s=10.0, end_s=14.0))
    first = queue.first()
    assert first is not None
    queue.remove(first)
    second = queue.first()
    assert second is not None
    assert (first.spoken_at_s, second.spoken_at_s) == (1096.0, 1098.0)


def test_a_phrase_that_was_seen_open_began_no_later() -> None:
    """The first open event of a phrase counts if it came before the start that its length gives."""
    queue = CaptionQueue(CaptionShape(40, 2))
    put(queue, phrase("1-0", "Good", state="open"), now_s=90.0)
    put(queue, phrase("1-0", "Good morning."), now_s=100.0)
    block = queue.first()
    assert block is not None
    assert block.spoken_at_s == 1090.0


def test_phrases_just_after_hiding_are_left_out() -> None:
    """The decoder may be behind: an early first event means that the phrase was said while screens were hidden."""
    queue = CaptionQueue(CaptionShape(40, 2))
    queue.hide()
    queue.show(now_s=100.0, behind_s=3.0)
    put(queue, phrase("1-0", "Secret", state="open"), now_s=104.9)
    put(queue, phrase("1-0", "Secret."), now_s=110.0)
    put(queue, phrase("1-1", "Hidden."), now_s=104.9)
    put(queue, phrase("1-2", "Shown.", state="open"), now_s=105.1)
    put(queue, phrase("1-2", "Shown."), now_s=111.0)
    assert drain(queue) == ["Shown."]


def test_an_open_phrase_that_vanished_is_forgotten() -> None:
    """An open phrase that was taken back does not affect later ones."""
    queue = CaptionQueue(CaptionShape(40, 2))
    put(queue, phrase("1-0", "Thanks for watching", state="open"), now_s=90.0)
    put(queue, phrase("1-0", "", state="open"), now_s=91.0)
    put(queue, phrase("1-0", "Good morning.", end_s=2.0), now_s=100.0)
    block = queue.first()
    assert block is not None
    assert block.spoken_at_s == 1098.0


def test_phrases_expire() -> None:
    """After WAIT_MAX_S a phrase is dropped, and counted."""
    queue = CaptionQueue(CaptionShape(40, 2))
    put(queue, phrase("1-0", "Old."), now_s=100.0)
    put(queue, phrase("1-1", "New."), now_s=101.0)
    assert queue.drop_expired(100.0 + WAIT_MAX_S) == 0
    assert queue.drop_expired(100.5 + WAIT_MAX_S) == 1
    assert drain(queue) == ["New."]


def test_a_sent_phrase_is_not_sent_again() -> None:
    """A phrase that was sent and is published again stays out of the queue."""
    queue = CaptionQueue(CaptionShape(40, 2))
    put(queue, phrase("1-0", "Word."))
    drain(queue)
    put(queue, phrase("1-0", "Word.", is_outdated=True))
    assert queue.n_blocks == 0


def test_names_stand_where_the_speaker_changes() -> None:
    """A name stands before the first phrase of a turn that is sent, as it is when it is sent."""
    queue = CaptionQueue(CaptionShape(40, 1))
    for name, speaker in (("1-0", "a"), ("1-1", "a"), ("2-0", "b"), ("2-1", "b"), ("1-2", "a"), ("3-0", None)):
        put(queue, phrase(name, f"Said {name}.", speaker=speaker))
    put(queue, phrase("2-0", "", state="withdrawn", speaker="b"))
    queue.set_naming(SpeakerNaming({"a": "Ada"}))
    block = queue.first()
    assert block is not None
    assert block.lines == ("Ada: Said 1-0.",)
    queue.remove(block)
    queue.set_naming(SpeakerNaming({"a": "Ada", "b": "Grace"}))
    assert drain(queue) == ["Said 1-1.", "Grace: Said 2-1.", "Ada: Said 1-2.", ">> Said 3-0."]
    queue.set_naming(SpeakerNaming(is_shown=False))
    put(queue, phrase("2-2", "Plain.", speaker="b"))
    assert drain(queue) == ["Plain."]
