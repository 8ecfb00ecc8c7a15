"""Words commit one by one and append-only; phrases close at boundaries."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.captions.policy import LIMITS, ClosedPhrase, Policy
from app.captions.windows import Window
from app.decode.hypothesis import Word, join_words
from tests.fakes.speaker import VoicedWords, misheard, spoken_words


def window(words: tuple[Word, ...], end_s: float, *, start_s: float = 0.0, is_ended: bool = False) -> Window:
    """Return a window over these words."""
    return Window(start_s, end_s, is_ended, VoicedWords(words))


def test_two_hypotheses_that_agree_commit_a_word() -> None:
    """A word is solid once two successive hypotheses have it and it is away from the edge."""
    policy = Policy()
    words = spoken_words("we start with the news")
    first = policy.update(words[:4], window(words, 1.6))
    second = policy.update(words, window(words, 2.0))
    assert join_words(first.committed) == ""
    assert join_words(second.committed) == "we start with"  # "the" ends at 1.6, 0.4 s from the edge


def test_the_guard_keeps_the_edge_open() -> None:
    """A word that ends within the guard stays tentative, however many hypotheses have it."""
    policy = Policy()
    words = spoken_words("good morning")
    for _ in range(3):
        update = policy.update(words, window(words, 0.8))
    assert join_words(update.committed) == ""


def test_old_words_need_no_agreement() -> None:
    """A probable word that is three seconds old is committed at once."""
    policy = Policy()
    words = spoken_words("revenue has grown by ten percent this year and more")
    update = policy.update(words, window(words, 4.0))
    assert join_words(update.committed) == "revenue has"


def test_the_end_of_an_utterance_commits_everything() -> None:
    """When the speaker has stopped, all words become one final phrase."""
    policy = Policy()
    words = spoken_words("thank you all.")
    update = policy.update(words, window(words, 1.8, is_ended=True))
    assert [join_words(closed.words) for closed in update.closed] == ["thank you all."]
    assert update.closed[0].cut_s == 1.8
    assert update.committed == update.tentative == ()


def test_a_full_stop_closes_a_phrase_once_the_next_word_is_agreed_on() -> None:
    """A sentence is final as soon as two hypotheses agree on the word after it."""
    policy = Policy()
    words = spoken_words("good morning. we start now with it", gap_s=0.1)
    policy.update(words[:4], window(words, 2.0))
    update = policy.update(words[:6], window(words, 3.0))
    assert [join_words(closed.words) for closed in update.closed] == ["good morning."]
    assert 0.85 <= update.closed[0].cut_s <= 1.05


def test_a_full_stop_at_the_edge_is_ignored() -> None:
    """Whisper writes one where the sound ends; it is not shown while the speaker goes on."""
    policy = Policy()
    words = spoken_words("we sell.")
    update = policy.update((*words, *spoken_words("more.", start_s=0.8)), window(words, 2.0))
    assert join_words(update.tentative).endswith("more")


def test_a_long_pause_closes_a_phrase() -> None:
    """A silence of 0.6 s between two words ends a phrase without any punctuation."""
    policy = Policy()
    words = (*spoken_words("first part"), *spoken_words("second part here now", start_s=1.6))
    policy.update(words, window(words, 3.4))
    update = policy.update(words, window(words, 4.4))
    assert [join_words(closed.words) for closed in update.closed] == ["first part"]


def test_a_comma_closes_a_long_phrase() -> None:
    """Beyond eight seconds a clause of four words may be a phrase."""
    policy = Policy()
    words = spoken_words("one " * 17 + "two, " + "three " * 8)
    for end_s in (8.0, 9.0):
        update = policy.update(tuple(word for word in words if word.end_s <= end_s), window(words, end_s))
    assert [join_words(closed.words) for closed in update.closed] == ["one " * 17 + "two,"]


def test_a_hypothesis_that_contradicts_the_committed_words_is_ignored() -> None:
    """When less than half of the committed words are found again, nothing changes."""
    policy = Policy()
    words = spoken_words("the budget is now ready for you")
    policy.update(words[:5], window(words, 2.2))
    before = policy.update(words[:6], window(words, 2.6))
    update = policy.update(spoken_words("completely other words came out here"), window(words, 2.8))
    assert update.is_contradicted
    assert update.committed == before.committed


@pytest.mark.parametrize("is_ended", [False, True])
def test_a_phrase_that_is_contradicted_again_closes_and_leaves_its_sound(is_ended: bool) -> None:
    """The second contradiction, or one at the end of the utterance, closes the phrase after its committed words."""
    policy = Policy()
    words = spoken_words("the budget is now ready for you")
    policy.update(words[:5], window(words, 2.2))
    before = policy.update(words[:6], window(words, 2.6))
    other = spoken_words("completely other words came out here")
    if not is_ended:
        assert not policy.update(other, window(words, 2.8)).closed
    update = policy.update(other, window(words, 3.8, is_ended=is_ended))
    assert update.is_contradicted
    assert [closed.words for closed in update.closed] == [before.committed]
    assert update.closed[0].cut_s <= before.committed[-1].end_s + 0.3
    assert not update.committed
    assert not update.tentative


def test_a_draft_is_shown_and_changes_nothing() -> None:
    """The words of a small model follow the committed ones; they commit nothing, and later words need not agree."""
    policy = Policy()
    words = spoken_words("the budget is now ready for you")
    policy.update(words[:5], window(words, 2.2))
    before = policy.update(words[:6], window(words, 2.6))
    draft = policy.preview(spoken_words("the budget is now ready for them all"))
    assert draft is not None
    assert draft.committed == before.committed
    assert join_words((*draft.committed, *draft.tentative)) == "the budget is now ready for them"
    assert policy.committed == before.committed
    assert policy.preview(spoken_words("completely other words came out here")) is None
    after = policy.update(words[:7], window(words, 3.4))
    assert join_words(after.committed).startswith(join_words(before.committed))


def test_a_young_window_needs_no_times() -> None:
    """Nothing can be solid before there is a hypothesis to agree with, unless the window is old or ended."""
    policy = Policy()
    words = spoken_words("the budget is now ready for you")
    assert not policy.may_commit(window(words, 2.2))
    assert policy.may_commit(window(words, 2.2, is_ended=True))
    assert policy.may_commit(window(words, 3.2))
    policy.update(words[:5], window(words, 2.2))
    assert policy.may_commit(window(words, 2.6))


def test_a_committed_word_may_gain_its_punctuation() -> None:
    """The newest committed word takes the comma that the model sees once it hears what follows."""
    policy = Policy()
    words = spoken_words("thank you anna we go on")
    policy.update(words[:4], window(words, 2.1))
    policy.update(words[:4], window(words, 1.9))
    comma = (*words[:2], Word("anna,", 0.8, 1.2, 0.9), *words[3:])
    update = policy.update(comma, window(words, 2.4))
    assert join_words(update.committed).startswith("thank you anna,")


def test_words_repeated_after_a_cut_are_left_out() -> None:
    """The tail of a closed phrase that the next window repeats does not appear twice."""
    policy = Policy()
    words = spoken_words("we meet in berlin.")
    policy.update(words, window(words, 2.1, is_ended=True))
    again = spoken_words("in berlin. then we go on", start_s=2.1, word_s=0.15)
    update = policy.update(again, window(again, 4.0, start_s=2.1))
    assert join_words((*update.committed, *update.tentative)).startswith("then we go")


def test_a_doubtful_hypothesis_commits_nothing_of_its_own() -> None:
    """Even at the end of an utterance a doubtful hypothesis adds no words that were not heard before."""
    policy = Policy()
    words = spoken_words("strange murmur")
    update = policy.update(words, window(words, 1.4, is_ended=True), is_doubtful=True)
    assert update.closed == ()
    assert update.tentative == ()


def test_a_long_window_is_cut_without_agreement() -> None:
    """After 14 s without any agreement the older words close, so that the window stays bounded."""
    policy = Policy()
    text = " ".join(f"w{i}" for i in range(34))
    update = policy.update(spoken_words(text, probability=0.1), window(spoken_words(text), 14.0))
    assert update.closed
    assert update.closed[0].cut_s < 14.0


def run(
    words: tuple[Word, ...], seed: int, error_rate: float, tick_s: float = 1.0
) -> tuple[list[ClosedPhrase], list[tuple[str, str]], float]:
    """Play words to a policy as a session does.

    Returns the phrases, (phrase start, committed text) after every step, and the longest sound that waited.
    """
    rng = random.Random(seed)
    policy = Policy()
    closed: list[ClosedPhrase] = []
    shown: list[tuple[str, str]] = []
    start_s, now_s, longest_s = 0.0, 0.0, 0.0
    last_s = words[-1].end_s
    while now_s < last_s + 1.0:
        now_s += tick_s
        is_ended = now_s >= last_s + 1.0
        end_s = min(now_s, start_s + LIMITS.force_s)
        longest_s = max(longest_s, now_s - start_s)
        heard = tuple(word for word in words if word.start_s >= start_s - 0.1 and word.end_s <= end_s)
        update = policy.update(misheard(heard, rng, error_rate), Window(start_s, end_s, is_ended, VoicedWords(words)))
        for phrase in update.closed:
            shown.append((f"{start_s:.2f}", join_words(phrase.words)))
            closed.append(phrase)
            start_s = phrase.cut_s
        if not update.closed and end_s - start_s >= LIMITS.force_s:
            start_s = end_s - LIMITS.force_keep_s
        shown.append((f"{start_s:.2f}", join_words(update.committed)))
    return closed, shown, longest_s


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), error_rate=st.sampled_from([0.0, 0.1, 0.3, 0.6]), n_words=st.integers(5, 120))
def test_committed_words_only_ever_grow(seed: int, error_rate: float, n_words: int) -> None:
    """Whatever a model mishears, the committed text of a phrase is a prefix of every later state of it."""
    rng = random.Random(seed)
    text = " ".join(f"w{i}" + ("." if rng.random() < 0.1 else "") for i in range(n_words))
    _, shown, _ = run(spoken_words(text), seed, error_rate)
    for (phrase, before), (same, after) in pairwise(shown):
        if phrase == same:
            assert after.startswith(before)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), n_words=st.integers(1, 150), stop_rate=st.sampled_from([0.0, 0.05, 0.2]))
def test_a_good_model_loses_and_doubles_nothing(seed: int, n_words: int, stop_rate: float) -> None:
    """When the model makes no mistake, the phrases are the words said, in order, each once."""
    rng = random.Random(seed)
    text = " ".join(f"w{i}" + ("." if rng.random() < stop_rate else "") for i in range(n_words))
    closed, _, _ = run(spoken_words(text), seed, 0.0)
    said = [word.text.rstrip(".") for phrase in closed for word in phrase.words]
    assert said == [part.rstrip(".") for part in text.split()]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), error_rate=st.sampled_from([0.0, 0.2, 0.5]))
def test_endless_speech_keeps_the_window_bounded(seed: int, error_rate: float) -> None:
    """A speaker without pauses and punctuation never makes a window grow much past the forced cut."""
    _, _, longest_s = run(spoken_words(" ".join(f"w{i}" for i in range(200))), seed, error_rate)
    assert longest_s <= 2 * LIMITS.force_s


@pytest.mark.parametrize("field", ["guard_s", "age_s", "gap_s", "soft_s", "hard_s", "force_s"])
def test_limits_are_in_order(field: str) -> None:
    """The limits make sense together: each is positive, and soft comes before hard before forced."""
    assert getattr(LIMITS, field) > 0
    assert LIMITS.soft_s < LIMITS.hard_s < LIMITS.force_s
