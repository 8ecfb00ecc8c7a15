"""Text becomes lines that fit and cues that can be read."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.captions.lines import CUE_LINES, CUE_MIN_S, LINE_MAX, Cue, columns, cues, schedule, wrap

TEXTS = st.text(alphabet="abcdefg ,.äß今天。、！ـ\u0301👍\t\n", max_size=200)
SPANS = st.tuples(st.floats(0, 100), st.floats(0, 20), st.integers(1, 90))


@pytest.mark.parametrize(
    ("text", "n_columns"), [("Größe", 5), ("今天", 4), ("ｶﾅ", 2), ("Ａ", 2), ("e\u0301", 1), ("a\u200db", 2), ("", 0)]
)
def test_columns(text: str, n_columns: int) -> None:
    """Wide East Asian characters take two columns, combining and invisible ones none."""
    assert columns(text) == n_columns


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        (" \n ", []),
        ("Good morning.", ["Good morning."]),
        (
            "We have to finish the documentation by Friday.",
            ["We have to finish the", "documentation by Friday."],
        ),
        (
            "That is a very good question, thank you very much.",
            ["That is a very good question,", "thank you very much."],
        ),
        (
            "Our customers were very satisfied and we won twelve more.",
            ["Our customers were very satisfied", "and we won twelve more."],
        ),
        ("我们今天必须完成文档，因为柏林的客户正在等待。", ["我们今天必须完成文档，", "因为柏林的客户正在等待。"]),
        ("x" * 50, ["x" * 42, "x" * 8]),
        ("a\tb\u2028c\x00d", ["a b cd"]),
    ],
)
def test_wrap(text: str, lines: list[str]) -> None:
    """Lines break behind punctuation, before conjunctions, else so that they are alike; long words are cut."""
    assert wrap(text) == lines


@given(TEXTS)
def test_lines_fit_and_lose_nothing(text: str) -> None:
    """Every line fits, none is empty, and together they hold every letter of the text in order."""
    lines = wrap(text)
    assert all(0 < columns(line) <= LINE_MAX or not columns(line) for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.lists(st.text(alphabet="abc.", min_size=1, max_size=12), max_size=40))
def test_spaced_words_stay_whole(words: list[str]) -> None:
    """No word that fits a line is cut, and there is no way with fewer lines."""
    lines = wrap(" ".join(words))
    assert " ".join(lines).split() == words
    greedy = 0
    room = -1
    for word in words:
        if room < len(word) + 1:
            greedy, room = greedy + 1, LINE_MAX + 1
        room -= len(word) + 1
    assert len(lines) == greedy


def test_a_long_phrase_becomes_cues_by_length() -> None:
    """A phrase of more than two lines is split, and each cue takes its share of the time."""
    text = " ".join(["word"] * 24)
    split = cues(text, 10.0, 22.0)
    assert [cue.lines for cue in split] == [(("word " * 8).strip(),) * 2, (("word " * 8).strip(),)]
    assert [(cue.start_s, cue.end_s) for cue in split] == [(10.0, 18.0), (18.0, 22.0)]


def test_silence_gives_time_to_read() -> None:
    """A cue stays for 17 characters a second and at least a second, if the next one leaves it that."""
    words = Cue(10.0, 10.2, ("x" * 34,))
    assert schedule([words])[0].end_s == 12.0
    assert schedule([Cue(10.0, 10.2, ("Hi.",))])[0].end_s == 11.0
    assert schedule([words, Cue(11.5, 13.0, ("y",))])[0].end_s == 11.5
    assert schedule([Cue(10.0, 14.0, ("Hi.",))])[0].end_s == 14.0


def test_a_hurried_cue_waits_for_the_second_of_the_one_before() -> None:
    """Cues closer than a second push each other back and catch up in the next silence."""
    timed = schedule([Cue(0.0, 0.2, ("a",)), Cue(0.2, 0.4, ("b",)), Cue(5.0, 6.0, ("c",))])
    assert [(cue.start_s, cue.end_s) for cue in timed] == [(0.0, 1.0), (1.0, 2.0), (5.0, 6.0)]


@given(st.lists(SPANS, max_size=20))
def test_cues_never_overlap(spans: list[tuple[float, float, int]]) -> None:
    """Whatever comes in, cues come out in order, apart, and a second long at least."""
    timed = schedule(cue for start_s, long_s, n in spans for cue in cues("word " * n, start_s, start_s + long_s))
    assert all(cue.end_s - cue.start_s >= CUE_MIN_S - 1e-9 for cue in timed)
    assert all(len(cue.lines) <= CUE_LINES for cue in timed)
    assert all(one.end_s <= other.start_s for one, other in pairwise(timed))
