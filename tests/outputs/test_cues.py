"""Text becomes lines that fit and cues that can be read."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.decode import demo_files
from app.outputs.cues import (
    CUE_LINES,
    CUE_MIN_S,
    LATE_MAX_S,
    LETTERS_PER_S,
    LINE_MAX,
    Cue,
    count_columns,
    fill,
    schedule,
    split_cues,
    tidy,
    wrap,
)

TEXTS = st.text(alphabet="abcdefg ,.äß今天。、！ـ\u0301👍\t\n", max_size=200)
TALK = st.lists(
    st.builds(
        lambda start_s, long_s, n: split_cues("word " * n, start_s, start_s + long_s),
        st.floats(0, 100),
        st.floats(0, 20),
        st.integers(1, 90),
    ),
    max_size=20,
).map(lambda phrases: [cue for phrase in phrases for cue in phrase])


@pytest.mark.parametrize(
    ("text", "n_columns"), [("Größe", 5), ("今天", 4), ("ｶﾅ", 2), ("Ａ", 2), ("e\u0301", 1), ("a\u200db", 2), ("", 0)]
)
def test_columns(text: str, n_columns: int) -> None:
    """Wide East Asian characters take two columns, combining and invisible ones none."""
    assert count_columns(text) == n_columns


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
        (
            "یہ بہت اچھی بات ہے اور ہم خوش ہیں، مگر کل پھر آئیں گے۔",
            ["یہ بہت اچھی بات ہے اور ہم خوش ہیں،", "مگر کل پھر آئیں گے۔"],
        ),
        ("x" * 50, ["x" * 42, "x" * 8]),
        ("a\tb\u2028c\x00d \x00 \ufeffe", ["a b cd e"]),
        ("👩\u200d👧" * 8, ["👩\u200d👧" * 8]),
        ("👍\U0001f3fd" * 12, ["👍\U0001f3fd" * 6] * 2),
    ],
)
def test_wrap(text: str, lines: list[str]) -> None:
    """Lines break after punctuation and before conjunctions, else into similar lengths; long words are cut."""
    assert wrap(text) == lines


@given(TEXTS)
def test_lines_fit_and_lose_nothing(text: str) -> None:
    """Every line fits, none is empty, and together they have every letter of the text in order."""
    lines = wrap(text)
    assert all(0 < count_columns(line) <= LINE_MAX or not count_columns(line) for line in lines)
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
    split = split_cues(text, 10.0, 22.0)
    assert [cue.lines for cue in split] == [(("word " * 8).strip(),) * 2, (("word " * 8).strip(),)]
    assert [(cue.start_s, cue.end_s) for cue in split] == [(10.0, 18.0), (18.0, 22.0)]


def test_silence_gives_time_to_read() -> None:
    """A cue lasts for 17 characters a second and at least a second, if the next one allows it."""
    words = Cue(10.0, 10.2, ("x" * 34,))
    assert schedule([words])[0].end_s == 12.0
    assert schedule([Cue(10.0, 10.2, ("Hi.",))])[0].end_s == 11.0
    assert schedule([Cue(10.0, 14.0, ("Hi.",))])[0].end_s == 14.0


def test_a_slow_cue_is_delayed_for_a_fast_one() -> None:
    """A cue with time to spare is delayed until the previous one is read, by at most a second and a half."""
    fast = Cue(10.0, 11.0, ("x" * 34,))
    slow, as_fast = Cue(11.0, 13.0, ("y" * 17,)), Cue(11.0, 12.0, ("y" * 17,))
    assert [(cue.start_s, cue.end_s) for cue in schedule([fast, slow])] == [(10.0, 12.0), (12.0, 13.0)]
    assert [cue.start_s for cue in schedule([fast, as_fast, Cue(12.0, 13.0, ("z" * 17,))])] == [10.0, 12.0, 13.0]
    no_silence = [fast, as_fast, *(Cue(at_s, at_s + 1, ("z" * 34,)) for at_s in (12.0, 13.0, 14.0, 15.0, 16.0))]
    assert (
        max(cue.start_s - wanted.start_s for cue, wanted in zip(schedule(no_silence), no_silence, strict=True)) == 1.5
    )


@pytest.mark.parametrize("pace", [1.0, 1.3])
@pytest.mark.parametrize("track", ["text", "english"])
def test_the_demo_meeting_can_be_read(pace: float, track: str) -> None:
    """No cue of the demo meeting exceeds 17 columns a second, even if it is spoken 1.3 times as fast."""
    script = json.loads(demo_files.MEETING_SCRIPT.read_text(encoding="utf-8"))["lines"]
    spoken = (split_cues(line[track], line["start_s"] / pace, line["end_s"] / pace) for line in script)
    timed = schedule(cue for phrase in spoken for cue in phrase)
    assert len(timed) == 31
    assert all(cue.end_s - cue.start_s >= needs_s(cue) - 1e-9 for cue in timed)


def test_a_hurried_cue_waits_for_the_second_of_the_one_before() -> None:
    """Cues closer than a second push each other back and catch up in the next silence."""
    timed = schedule([Cue(0.0, 0.2, ("a",)), Cue(0.2, 0.4, ("b",)), Cue(5.0, 6.0, ("c",))])
    assert [(cue.start_s, cue.end_s) for cue in timed] == [(0.0, 1.0), (1.0, 2.0), (5.0, 6.0)]


@given(TALK)
def test_cues_never_overlap(talk: list[Cue]) -> None:
    """Cues are in order, apart, of at most two lines, and last at least a second."""
    timed = schedule(talk)
    spans_ms = [(round(cue.start_s * 1000), round(cue.end_s * 1000)) for cue in timed]
    assert [(start_ms / 1000, end_ms / 1000) for start_ms, end_ms in spans_ms] == [
        (cue.start_s, cue.end_s) for cue in timed
    ]
    assert all(end_ms - start_ms >= CUE_MIN_S * 1000 for start_ms, end_ms in spans_ms)
    assert all(0 < len(cue.lines) <= CUE_LINES for cue in timed)
    assert all(one.end_s <= other.start_s for one, other in pairwise(timed))
    assert [cue.lines for cue in timed] == [cue.lines for cue in sorted(talk, key=lambda cue: cue.start_s)]


@given(TALK)
def test_silence_is_used_for_reading(talk: list[Cue]) -> None:
    """After a cue above 17 columns a second comes one without time to spare, or one that was delayed enough."""
    wanted = sorted(talk, key=lambda cue: cue.start_s)
    timed = schedule(talk)
    for i, cue in enumerate(timed):
        if needs_s(cue) <= cue.end_s - cue.start_s + 1e-9:
            continue
        behind = timed[i + 1]
        assert behind.start_s == cue.end_s
        has_waited = behind.start_s - wanted[i + 1].start_s >= LATE_MAX_S - 0.001
        assert has_waited or behind.end_s - behind.start_s <= needs_s(behind) + 0.002


@given(TALK)
def test_a_cue_waits_only_to_be_read(talk: list[Cue]) -> None:
    """A cue begins when it is spoken, or is delayed until the previous one was read or lasted a second."""
    for cue, wanted, before in zip(
        schedule(talk)[1:], sorted(talk, key=lambda cue: cue.start_s)[1:], schedule(talk), strict=False
    ):
        if cue.start_s - wanted.start_s > 0.001:
            assert before.end_s == cue.start_s
            assert before.end_s - before.start_s <= needs_s(before) + 0.001


def needs_s(cue: Cue) -> float:
    """Return how long it takes to read a cue."""
    return max(CUE_MIN_S, sum(count_columns(line) for line in cue.lines) / LETTERS_PER_S)


@given(st.text(st.characters(exclude_categories=[]), max_size=300))
def test_any_text_fits(text: str) -> None:
    """Every line of any text fits, has no white space but single spaces, and keeps its letters in order."""
    lines = wrap(text)
    assert all(line and count_columns(line) <= LINE_MAX and tidy(line) == line for line in lines)
    assert "".join(lines).replace(" ", "") == tidy(text).replace(" ", "")


def test_a_long_word_takes_no_long_time() -> None:
    """A word of a hundred thousand letters or marks is broken at once."""
    assert len(wrap("x" * 100_000)) == 2381
    assert len(wrap("e" + "\u0301" * 100_000)) == 1


def test_a_word_stays_on_its_line() -> None:
    """While a text grows, its full lines stay as they are, and none is too wide."""
    words = [f"word{i}" for i in range(60)]
    before: list[str] = []
    for n in range(1, 61):
        lines = fill(" ".join(words[:n]))
        assert lines[: len(before) - 1] == before[:-1]
        assert lines[max(0, len(before) - 1)].startswith(before[-1] if before else "")
        assert all(count_columns(line) <= LINE_MAX for line in lines)
        assert " ".join(lines).split() == words[:n]
        before = lines
