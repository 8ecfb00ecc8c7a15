"""What a hypothesis says again and again."""

import random

import pytest

from app.captions.loops import compression_ratio, find_loops, repeats_itself, truncate_loops
from app.decode.hypothesis import Word, join_words
from tests.fakes.speaker import spoken_words


@pytest.mark.parametrize(
    ("text", "size", "n_copies"),
    [
        ("ha ha ha ha", 1, 4),
        ("one two one two one two", 2, 3),
        ("x y z x y z x y z", 3, 3),
        ("well x y z x y z x y z x", 3, 3),
        ("This is what we do. This is what we do.", 5, 2),
        ("we will start in five minutes. we will start", 6, 1),
        (" ".join(["we will come back to this point after the break at noon today"] * 3), 13, 3),
    ],
)
def test_loops_of_every_size(text: str, size: int, n_copies: int) -> None:
    """A word four times, a group three times and a sentence twice are found."""
    [loop] = find_loops(spoken_words(text))
    assert (loop.size, loop.n_copies) == (size, n_copies)
    assert loop.end == len(text.split())


@pytest.mark.parametrize("text", ["no no no", "we go we go", "that that is is", "he said that and she said so"])
def test_rhetoric_is_no_loop(text: str) -> None:
    """Fewer copies are how people talk."""
    assert find_loops(spoken_words(text)) == []


def test_copies_without_time_are_left_out() -> None:
    """The first copies stay when none is plausible, and all that are."""
    words = spoken_words("so test test test test test end")
    assert join_words(truncate_loops(words, lambda copy: False).words) == "so test test end"
    assert truncate_loops(words, lambda copy: True).words == words
    third = truncate_loops(words, lambda copy: copy[0] == words[3])
    assert join_words(third.words) == "so test end"
    assert third.is_loop
    assert third.n_dropped == 4


def test_a_sentence_written_twice_is_written_once() -> None:
    """Of two copies the one with a time stays, and no better decode is needed."""
    spoken = spoken_words("we begin at nine today.")
    copy = tuple(Word(word.text, 2.0, 2.02, 0.9) for word in spoken)
    unlooped = truncate_loops((*spoken, *copy), lambda words: words[0].end_s - words[0].start_s > 0.1)
    assert unlooped.words == spoken
    assert not unlooped.is_loop


def test_a_second_copy_that_breaks_off_needs_time_too() -> None:
    """The end of a window cuts a sentence that is written twice; a speaker who starts again is heard."""
    words = spoken_words("we will start in five minutes. we will start")
    assert truncate_loops(words, lambda copy: len(copy) == 6).words == words[:6]
    assert truncate_loops(words, lambda copy: True).words == words


def test_an_endless_loop_asks_for_a_better_decode() -> None:
    """A word that is said a dozen times is kept, but another decode is tried."""
    words = spoken_words("no " * 12)
    unlooped = truncate_loops(words, lambda copy: True)
    assert (unlooped.words, unlooped.is_loop) == (words, True)


def test_random_words_survive() -> None:
    """Without loops nothing changes, and with them the order of words stays."""
    rng = random.Random(3)
    for _ in range(300):
        words = spoken_words(" ".join(rng.choice("abcd") for _ in range(rng.randrange(30))))
        kept = truncate_loops(words, lambda copy: rng.random() < 0.5).words
        assert list(kept) == [word for word in words if word in kept]
        assert {word.text for word in kept} == {word.text for word in words}


def test_compression_does_not_depend_on_the_script() -> None:
    """Ordinary Burmese passes, and what says the same with variations does not."""
    burmese = "ကျွန်တော်တို့ ဒီနေ့ အစည်းအဝေးမှာ ဘတ်ဂျက်အကြောင်း ဆွေးနွေးမယ်။ နောက်တစ်ပတ်မှာ အစီရင်ခံစာကို တင်ပြပါမယ်။"
    assert compression_ratio(burmese) < 2.0
    assert repeats_itself("and so we say that and so we say this " * 6)
    assert not repeats_itself("no no no no")


def test_copies_at_the_same_time_were_said_once() -> None:
    """An alignment may give all copies the time of the one that was said."""
    copies = tuple(Word("spoken.", 0.4, 1.0, 0.9) for _ in range(9))
    words = (*spoken_words("was"), *copies)
    assert join_words(truncate_loops(words, lambda copy: True).words) == "was spoken."
