"""Captions inside a stream: 32 Latin characters, two lines."""

import pytest

from app.outputs.obs_stream import COLUMNS, WAITING_MAX, StreamCaptions, split_captions


@pytest.mark.parametrize(
    ("text", "captions"),
    [
        ("Good morning.", ["Good morning."]),
        ("“Größe” – naïve…", ['"Größe" - naïve...']),
        ("Łódź, Dvořák, Čapek", ["ódz, Dvorák, Capek"]),
        ("今天天气很好", []),
        ("Доброе утро", []),
        ("The word 今天 means today.", ["The word  means today.".replace("  ", " ")]),
        ("12:30", ["12:30"]),
        ("", []),
    ],
)
def test_latin_letters_only(text: str, captions: list[str]) -> None:
    """Characters that CEA-608 does not have are simplified or left out; other scripts are not sent."""
    assert split_captions(text) == captions


def test_two_lines_of_32_characters() -> None:
    """A long phrase becomes captions of at most two lines, and loses no word."""
    words = [f"word{i}" for i in range(40)]
    captions = split_captions(" ".join(words))
    lines = [line for caption in captions for line in caption.split("\n")]
    assert " ".join(lines).split() == words
    assert all(len(line) <= COLUMNS for line in lines)
    assert all(caption.count("\n") <= 1 for caption in captions)


def test_the_oldest_is_dropped() -> None:
    """Beyond the limit the oldest caption is dropped, and counted."""
    waiting = StreamCaptions()
    for i in range(WAITING_MAX + 3):
        waiting.add(f"1-{i}", f"Caption {i}.")
    assert (waiting.n_waiting, waiting.n_dropped) == (WAITING_MAX, 3)
    assert waiting.pop() == "Caption 3."


LONG = " ".join(f"word{i}" for i in range(30))


@pytest.mark.parametrize(
    ("phrase", "text", "captions"),
    [
        ("2", "", ["One.", "Three."]),
        ("2", "Right.", ["One.", "Right.", "Three."]),
        ("2", LONG, ["One.", *split_captions(LONG), "Three."]),
        ("2", "今天天气很好", ["One.", "Three."]),
        ("9", "Never heard of.", ["One.", "Wrong.", "Three."]),
    ],
    ids=["withdrawn", "corrected", "longer", "in another script", "unknown"],
)
def test_waiting_captions_can_change(phrase: str, text: str, captions: list[str]) -> None:
    """A phrase that is corrected while it waits keeps its place; one that is withdrawn is not sent."""
    waiting = StreamCaptions()
    for name, said in (("1", "One."), ("2", "Wrong."), ("3", "Three.")):
        waiting.add(name, said)
    waiting.change(phrase, text)
    assert [waiting.pop() for _ in range(waiting.n_waiting)] == captions


def test_a_phrase_that_has_begun_keeps_its_words() -> None:
    """After its first caption was sent, a correction changes nothing; a withdrawal removes the rest."""
    waiting = StreamCaptions()
    waiting.add("1", LONG)
    first, *rest = split_captions(LONG)
    assert waiting.pop() == first
    waiting.change("1", "Other words.")
    assert waiting.n_waiting == len(rest) > 0
    waiting.change("1", "")
    assert waiting.n_waiting == 0


def test_a_repeated_phrase_is_sent_once() -> None:
    """A translation that is published again, because its original was corrected, is not sent again."""
    captions = StreamCaptions()
    captions.add("1-0", "said once")
    assert captions.pop() == "said once"
    captions.add("1-0", "said once")
    assert captions.n_waiting == 0


def test_names_stand_where_the_speaker_changes() -> None:
    """Also before a corrected text; a mark stands for a name in other letters, and for nobody's."""
    captions = StreamCaptions()
    for number, (speaker, text) in enumerate(
        [("Ada", "One."), ("Анна", "Two."), ("Анна", "Three."), ("Ada", "Four."), (None, "Six.")]
    ):
        captions.add(str(number), text, speaker)
    captions.change("3", "Five.")
    assert [captions.pop() for _ in range(5)] == ["Ada: One.", ">> Two.", "Three.", "Ada: Five.", ">> Six."]
