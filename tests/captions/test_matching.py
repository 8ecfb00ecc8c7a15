"""Finding committed words again in a new hypothesis."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.captions.matching import count_agreed, count_before_cut, match_committed, take_fresh
from app.decode.hypothesis import Word, join_words
from tests.fakes.speaker import spoken_words

VOCABULARY = (
    *["wir", "haben", "heute", "die", "Zahlen", "für", "das", "Jahr", "und", "der", "Umsatz", "ist", "um", "ja"],
    *["nein", "gut", "dann", "the", "of", "to", "in", "Berlin", "Kunden", "mehr", "nicht", "auch", "noch", "einmal"],
    *["morgen", "weil", "Anlagen", "bestellt", "sehr", "so", "wie", "besprochen", "machen", "es", "Oktober", "people"],
)


@pytest.mark.parametrize(
    ("committed", "words", "expected"),
    [
        ("", "a b", 0),
        ("a b", "a b c", 2),
        ("a b", "A, b. c", 2),
        ("a b c", "a x c d", 3),
        ("a b c", "a c d", 2),
        ("a b c", "a b b c d", 4),
        ("a b c d", "x y z w", None),
        ("a b", "", None),
        ("unsere Mitarbeiter Versammlung", "unsere Mitarbeiterversammlung findet", 2),
        ("unsere Mitarbeiterversammlung", "unsere Mitarbeiter Versammlung findet", 3),
        ("kostet 20%", "kostet zwanzig Prozent mehr", 3),
        ("kostet zwanzig Prozent", "kostet 20% mehr", 2),
        ("am 3. Oktober", "am dritten Oktober kommt", 3),
        ("- Ja gut", "Ja gut dann", 2),
        ("Ja gut", "- Ja gut - dann", 3),
        ("Ja -", "Ja - nein", 2),
    ],
)
def test_match(committed: str, words: str, expected: int | None) -> None:
    """Committed words are found again if others flicker, are merged, split or written in digits."""
    assert match_committed(spoken_words(committed), spoken_words(words)) == expected


def test_what_is_not_found_is_decided_by_time() -> None:
    """A word in the place of a committed one is left out, one after its end is not."""
    committed = spoken_words("a b")
    assert match_committed(committed, spoken_words("a c d")) == 2
    assert match_committed(committed, (*spoken_words("a"), *spoken_words("c d", start_s=0.9))) == 1


def test_a_draft_is_matched_by_text() -> None:
    """Words without times are matched one for one where the text differs."""
    draft = spoken_words("a c d", word_s=0.0)
    assert match_committed(spoken_words("a b"), draft) == 2


@pytest.mark.parametrize(
    ("committed", "words", "text"),
    [
        ("unsere Mitarbeiter", "unsere Mitarbeiterversammlung findet", "unsere Mitarbeiterversammlung findet"),
        ("unsere Mitarbeiter", "unsere Mitarbeiter-Versammlung findet", "unsere Mitarbeiter-Versammlung findet"),
        ("alle Mitarbeiter,", "alle Mitarbeiterversammlungen sind", "alle Mitarbeiter, versammlungen sind"),
        ("kostet zwanzig", "kostet 20% mehr", "kostet zwanzig % mehr"),
        ("kostet 20", "kostet 20% mehr", "kostet 20% mehr"),
        ("kostet 20%", "kostet zwanzig Prozent mehr", "kostet 20% mehr"),
        ("im Jahr zweitausend", "im Jahr 2025 gab", "im Jahr zweitausend 25 gab"),
        ("das Projekt", "das Projekte gut", "das Projekt gut"),
        ("a b", "a b c", "a b c"),
    ],
)
def test_the_rest_of_a_word_continues_the_committed_part(committed: str, words: str, text: str) -> None:
    """What a longer word has after the committed part is kept, and its beginning is not shown twice."""
    before = spoken_words(committed)
    after = list(spoken_words(words))
    last = len(before) - 1
    after[last] = replace(after[last], end_s=after[last].end_s + 0.3)
    n_matched = match_committed(before, after)
    assert n_matched is not None
    assert join_words([*before, *take_fresh(before, after, n_matched)]) == text


def test_a_word_of_the_same_length_has_no_rest() -> None:
    """A longer word that takes no more time is the same sound heard differently."""
    committed, words = spoken_words("unsere Mitarbeiter"), spoken_words("unsere Mitarbeiterinnen")
    assert take_fresh(committed, words, 2) == ()


@pytest.mark.parametrize(
    ("words", "before", "expected"),
    [
        ("Guten Morgen, zusammen", "guten morgen alle", 2),
        ("- Guten Morgen", "Guten Morgen", 3),
        ("- Guten Morgen", "- Guten Morgen", 3),
        ("Guten Morgen ?", "Guten Morgen", 3),
        ("Guten - Morgen", "Guten Tag", 1),
        ("die Mitarbeiterversammlung ist", "die Mitarbeiter Versammlung ist", 3),
        ("die Mitarbeiter Versammlung ist", "die Mitarbeiterversammlung war", 3),
        ("um 20% mehr", "um zwanzig Prozent mehr", 3),
        ("um 20% mehr", "um zwanzig", 1),
        ("in two thousand and twenty-five we", "in 2025 we", 6),
        ("ein Haus", "eine Haus", 0),
        ("-", "-", 0),
    ],
)
def test_agreement(words: str, before: str, expected: int) -> None:
    """Words agree apart from case and punctuation, joined or in parts, in digits or in words."""
    assert count_agreed(spoken_words(words), spoken_words(before)) == expected


def test_agreement_needs_about_the_same_time() -> None:
    """The same word three seconds later is another word; words without times agree by text."""
    assert count_agreed(spoken_words("danke", start_s=3.4), spoken_words("danke")) == 0
    assert count_agreed(spoken_words("danke ja", start_s=3.4), spoken_words("danke ja", word_s=0.0)) == 2


def test_a_repeated_word_across_a_cut_is_kept() -> None:
    """A speaker who says a word again after the cut is believed."""
    tail, words = spoken_words("das ist sehr"), spoken_words("das ist sehr sehr gut")
    assert count_before_cut(tail, words, 1.2) == 3
    assert count_before_cut(tail, words[3:], 1.2) == 0


@pytest.mark.parametrize("first", ["whole", "skipped", "garbled"])
def test_the_word_that_a_window_begins_in_may_be_wrong(first: str) -> None:
    """The words after it find the cut."""
    tail = spoken_words("wir haben heute mehr Umsatz", word_s=0.5)
    words = list(spoken_words("wir haben heute mehr Umsatz als sonst", word_s=0.5))[1:]
    expected = 4
    if first == "garbled":
        words[0] = replace(words[0], text="ben")
    if first == "skipped":
        words, expected = words[1:], 3
    assert count_before_cut(tail, words, 2.5, start_s=0.7) == expected


def test_a_garbled_last_word_is_decided_by_time() -> None:
    """Without its text the middle of the word counts."""
    tail = spoken_words("wir haben heute mehr Umsatz")
    assert count_before_cut(tail, spoken_words("haben heute mehr um Satz als sonst", start_s=0.4, word_s=0.3), 1.9) == 5


def test_a_draft_before_a_cut_is_matched_by_text() -> None:
    """Words without times are before the cut as far as they repeat the tail."""
    tail = spoken_words("wir haben heute")
    assert count_before_cut(tail, spoken_words("haben heute mehr", word_s=0.0), 1.2) == 2
    assert count_before_cut(tail, spoken_words("mehr Umsatz", word_s=0.0), 1.2) == 0
    assert count_before_cut((), spoken_words("mehr Umsatz"), 0.4) == 1
    assert count_before_cut(tail, (), 1.2) == 0


def test_words_written_again_after_a_cut_are_left_out() -> None:
    """Two words in much less time than before are an echo; a speaker who repeats them takes as long."""
    tail = spoken_words("we meet in berlin.")
    assert count_before_cut(tail, spoken_words("in Berlin then", start_s=1.6, word_s=0.15), 1.6) == 2
    assert count_before_cut(tail, spoken_words("in Berlin then", start_s=1.7, word_s=0.3), 1.6) == 0
    assert count_before_cut(tail, spoken_words("in Berlin then", start_s=2.4, word_s=0.15), 1.6) == 0


def speech(rng: random.Random, n_words: int) -> list[Word]:
    """Return random words at the pace of speech, some of them said twice in a row."""
    words: list[Word] = []
    now_s = 0.0
    for text in rng.sample(VOCABULARY, n_words):
        for _ in range(2 if rng.random() < 0.1 else 1):
            now_s += rng.choice([0.0, 0.0, 0.05, 0.15])
            end_s = now_s + rng.uniform(0.12, 0.25) + 0.03 * len(text)
            words.append(Word(text, now_s, end_s, 0.9))
            now_s = end_s
    return words


def heard(words: list[Word], rng: random.Random, error_s: float) -> list[Word]:
    """Return words with the errors of an alignment, in order."""
    floor_s, found = 0.0, []
    for word in words:
        start_s = max(floor_s, word.start_s + rng.uniform(-error_s, error_s))
        found.append(replace(word, start_s=start_s, end_s=max(start_s, word.end_s + rng.uniform(-error_s, error_s))))
        floor_s = start_s
    return found


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 10**9), first=st.sampled_from(["whole", "skipped", "garbled"]), knows_start=st.booleans())
def test_no_word_is_lost_or_doubled_at_a_cut(seed: int, first: str, knows_start: bool) -> None:
    """Where the text before a cut is heard again and times are within 0.3 s, exactly its words are left out."""
    rng = random.Random(seed)
    words = speech(rng, 40)
    n_before = rng.randrange(20, 30)
    cut_s = (words[n_before - 1].end_s + words[n_before].start_s) / 2
    start_s = cut_s - rng.uniform(2.0, 5.0)
    context = [word for word in words[:n_before] if word.end_s > start_s + 0.05]
    if context[0].start_s < start_s and first != "whole":
        context[0] = replace(context[0], text="xyz")
        context = context[1:] if first == "skipped" else context
    hypothesis = heard([*context, *words[n_before : n_before + 8]], rng, 0.3)
    tail = heard(words[:n_before], rng, 0.2)[-25:]
    found = count_before_cut(tail, hypothesis, cut_s, start_s=start_s if knows_start else None)
    assert found == len(context)


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 10**9), error_rate=st.sampled_from([0.0, 0.1, 0.3]))
def test_no_word_is_lost_or_doubled_after_committed_ones(seed: int, error_rate: float) -> None:
    """Where the last committed word is heard again, the words after it are the fresh ones, whatever flickers before.

    Of a word said twice both copies are heard again, or nobody could know which one it is.
    """
    rng = random.Random(seed)
    words = speech(rng, 30)
    n_committed = rng.randrange(4, 24)
    flickered: list[Word] = []
    for word in words[: n_committed - 1]:
        draw = 1.0 if word.text == words[n_committed - 1].text else rng.random()
        if draw >= error_rate / 3:
            flickered.append(word if draw >= error_rate else replace(word, text=f"falsch{rng.randrange(99)}"))
    hypothesis = heard([*flickered, *words[n_committed - 1 :]], rng, 0.2)
    n_matched = match_committed(words[:n_committed], hypothesis)
    if n_matched is not None:
        assert n_matched == len(flickered) + 1


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["-", "Ja", "?", "20%", "zwanzig", "Prozent", "„", "Haus", "haus-", "..."])))
def test_equal_hypotheses_agree_on_all_words(texts: list[str]) -> None:
    """A hypothesis agrees with itself, but for punctuation that has no word."""
    words = spoken_words(" ".join(texts))
    rest = words[count_agreed(words, words) :]
    assert not any(letter.isalnum() for word in rest for letter in word.text)
    assert match_committed(words, words) is not None
