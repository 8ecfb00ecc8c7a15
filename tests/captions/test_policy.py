"""Words commit one by one and append-only; phrases close at boundaries."""

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.captions.limits import LIMITS
from app.captions.policy import ClosedPhrase, Policy
from app.captions.windows import Window
from app.decode.hypothesis import Word, join_words
from tests.fakes.speaker import VoicedWords, misheard, spoken_words


def window(words: tuple[Word, ...], end_s: float, *, start_s: float = 0.0, is_paused: bool = False) -> Window:
    """Return a window over these words."""
    return Window(start_s, end_s, is_paused, VoicedWords(words))


def test_two_hypotheses_that_agree_commit_a_word() -> None:
    """A word is solid once two successive hypotheses have it and it is away from the edge."""
    policy = Policy()
    words = spoken_words("we start with the news")
    first = policy.update(words[:4], window(words, 1.6), "en")
    second = policy.update(words, window(words, 2.0), "en")
    assert join_words(first.committed) == ""
    assert join_words(second.committed) == "we start with"  # "the" ends at 1.6, 0.4 s from the edge


def test_the_guard_keeps_the_edge_open() -> None:
    """A word that ends within the guard stays tentative, however many hypotheses have it."""
    policy = Policy()
    words = spoken_words("good morning")
    for _ in range(3):
        update = policy.update(words, window(words, 0.8), "en")
    assert join_words(update.committed) == ""


def test_old_words_need_no_agreement() -> None:
    """A probable word that is three seconds old is committed at once."""
    policy = Policy()
    words = spoken_words("revenue has grown by ten percent this year and more")
    update = policy.update(words, window(words, 4.0), "en")
    assert join_words(update.committed) == "revenue has"


def test_the_end_of_an_utterance_commits_everything() -> None:
    """When the speaker has stopped, all words become one final phrase."""
    policy = Policy()
    words = spoken_words("thank you all.")
    update = policy.update(words, window(words, 1.8, is_paused=True), "en")
    assert [join_words(closed.words) for closed in update.closed] == ["thank you all."]
    assert 1.2 <= update.closed[0].cut_s < 1.8
    assert update.committed == update.tentative == ()


def test_a_pause_without_the_end_of_a_sentence_keeps_the_phrase_open() -> None:
    """All words are committed, and the phrase goes on or closes when the pause is long."""
    policy = Policy()
    words = spoken_words("thank you for")
    update = policy.update(words, window(words, 1.8, is_paused=True), "en")
    assert not update.closed
    assert join_words(update.committed) == "thank you for"
    more = spoken_words("coming all of you", start_s=2.0)
    update = policy.update((*words, *more), window((*words, *more), 4.2, is_paused=True), "en")
    assert join_words(update.committed) == "thank you for coming all of you"
    closed = policy.close_at(4.2, "en").closed
    assert [join_words(phrase.words) for phrase in closed] == ["thank you for coming all of you"]
    assert policy.close_at(4.2, "en").closed == ()


def test_a_full_stop_closes_a_phrase_after_a_short_pause() -> None:
    """A sentence is final as soon as two hypotheses agree on the word after the pause."""
    policy = Policy()
    words = spoken_words("good morning. we start now with it", gap_s=0.2)
    policy.update(words[:3], window(words, 2.3), "en")
    update = policy.update(words[:4], window(words, 2.6), "en")
    assert [join_words(closed.words) for closed in update.closed] == ["good morning."]
    assert 1.05 <= update.closed[0].cut_s <= 1.15


def test_a_full_stop_without_a_pause_needs_two_words_after_it() -> None:
    """Whisper writes full stops inside sentences too; two agreed words after one make it the end."""
    policy = Policy()
    words = spoken_words("good morning. We start now with it")
    policy.update(words[:3], window(words, 1.9), "en")
    assert not policy.update(words[:3], window(words, 2.0), "en").closed
    policy.update(words[:5], window(words, 2.6), "en")
    update = policy.update(words[:5], window(words, 2.8), "en")
    assert [join_words(closed.words) for closed in update.closed] == ["good morning."]


@pytest.mark.parametrize("text", ["am 3. Oktober kommt Herr Dr. Müller zu uns", "J. R. Tolkien schrieb u. a. dieses"])
def test_ordinals_and_abbreviations_close_nothing(text: str) -> None:
    """One breath is one phrase."""
    policy = Policy()
    words = spoken_words(text, gap_s=0.2)
    for _ in range(3):
        update = policy.update(words, window(words, words[-1].end_s + 0.1), "de")
    assert not update.closed
    assert len(update.committed) >= 6


def test_a_full_stop_at_the_edge_is_ignored() -> None:
    """Whisper writes one where the sound ends; it is not shown while the speaker goes on."""
    policy = Policy()
    words = spoken_words("we sell.")
    update = policy.update((*words, *spoken_words("more.", start_s=0.8)), window(words, 2.0), "en")
    assert join_words(update.tentative).endswith("more")


def test_a_long_pause_closes_a_phrase() -> None:
    """A silence of a second between two words ends a phrase without any punctuation."""
    policy = Policy()
    words = (*spoken_words("first part"), *spoken_words("second part here now", start_s=2.0))
    policy.update(words, window(words, 3.8), "en")
    update = policy.update(words, window(words, 4.8), "en")
    assert [join_words(closed.words) for closed in update.closed] == ["first part"]


def test_a_comma_closes_a_long_phrase() -> None:
    """Beyond eight seconds a clause of four words may be a phrase."""
    policy = Policy()
    words = spoken_words("one " * 17 + "two, " + "three " * 8)
    for end_s in (8.0, 9.0):
        update = policy.update(tuple(word for word in words if word.end_s <= end_s), window(words, end_s), "en")
    assert [join_words(closed.words) for closed in update.closed] == ["one " * 17 + "two,"]


def test_a_hypothesis_that_contradicts_the_committed_words_is_ignored() -> None:
    """When less than half of the committed words are found again, nothing changes."""
    policy = Policy()
    words = spoken_words("the budget is now ready for you")
    policy.update(words[:5], window(words, 2.2), "en")
    before = policy.update(words[:6], window(words, 2.6), "en")
    update = policy.update(spoken_words("completely other words came out here"), window(words, 2.8), "en")
    assert update.is_contradicted
    assert update.committed == before.committed


@pytest.mark.parametrize("is_paused", [False, True])
def test_a_phrase_that_is_contradicted_again_closes_and_leaves_its_sound(is_paused: bool) -> None:
    """The second contradiction, or one at the end of the utterance, closes the phrase after its committed words."""
    policy = Policy()
    words = spoken_words("the budget is now ready for you")
    policy.update(words[:5], window(words, 2.2), "en")
    before = policy.update(words[:6], window(words, 2.6), "en")
    other = spoken_words("completely other words came out here")
    if not is_paused:
        assert not policy.update(other, window(words, 2.8), "en").closed
    update = policy.update(other, window(words, 3.8, is_paused=is_paused), "en")
    assert update.is_contradicted
    assert [closed.words for closed in update.closed] == [before.committed]
    assert update.closed[0].cut_s <= before.committed[-1].end_s + 0.3
    assert not update.committed
    assert not update.tentative


def test_a_draft_is_shown_and_changes_nothing() -> None:
    """The words of a small model follow the committed ones; they commit nothing, and later words need not agree."""
    policy = Policy()
    words = spoken_words("the budget is now ready for you")
    policy.update(words[:5], window(words, 2.2), "en")
    before = policy.update(words[:6], window(words, 2.6), "en")
    draft = policy.preview(spoken_words("the budget is now ready for them all"), window(words, 3.2))
    assert draft is not None
    assert draft.committed == before.committed
    assert join_words((*draft.committed, *draft.tentative)) == "the budget is now ready for them"
    assert policy.committed == before.committed
    assert policy.preview(spoken_words("completely other words came out here"), window(words, 3.2)) is None
    after = policy.update(words[:7], window(words, 3.4), "en")
    assert join_words(after.committed).startswith(join_words(before.committed))


def test_a_young_window_needs_no_times() -> None:
    """Nothing can be solid before there is a hypothesis to agree with, unless the window is old or ended."""
    policy = Policy()
    words = spoken_words("the budget is now ready for you")
    assert not policy.may_commit(window(words, 2.2))
    assert policy.may_commit(window(words, 2.2, is_paused=True))
    assert policy.may_commit(window(words, 3.2))
    policy.update(words[:5], window(words, 2.2), "en")
    assert policy.may_commit(window(words, 2.6))


def test_a_committed_word_may_gain_its_punctuation() -> None:
    """The newest committed word takes the comma that the model sees once it hears what follows."""
    policy = Policy()
    words = spoken_words("thank you anna we go on")
    policy.update(words[:4], window(words, 2.1), "en")
    policy.update(words[:4], window(words, 1.9), "en")
    comma = (*words[:2], Word("anna,", 0.8, 1.2, 0.9), *words[3:])
    update = policy.update(comma, window(words, 2.4), "en")
    assert join_words(update.committed).startswith("thank you anna,")


def test_words_repeated_after_a_cut_are_left_out() -> None:
    """The tail of a closed phrase that the next window repeats does not appear twice."""
    policy = Policy()
    words = spoken_words("we meet in berlin.")
    policy.update(words, window(words, 2.1, is_paused=True), "en")
    again = spoken_words("in berlin. then we go on", start_s=2.1, word_s=0.15)
    update = policy.update(again, window(again, 4.0, start_s=2.1), "en")
    assert join_words((*update.committed, *update.tentative)).startswith("then we go")


def test_doubt_needs_the_agreement_of_three() -> None:
    """Two doubtful hypotheses commit nothing, the third does."""
    policy = Policy()
    words = spoken_words("strange murmur in here now", word_s=0.3)
    commits = [policy.update(words, window(words, 2.1), "en", is_doubtful=True).committed for _ in range(3)]
    assert [len(committed) for committed in commits] == [0, 0, 5]


def test_a_pause_commits_doubtful_words_and_marks_them() -> None:
    """Only the words without agreement are marked."""
    policy = Policy()
    words = spoken_words("strange murmur here")
    policy.update(words[:1], window(words, 0.8), "en", is_doubtful=True)
    update = policy.update(words, window(words, 1.8, is_paused=True), "en", is_doubtful=True)
    assert [word.is_doubtful for word in update.committed] == [False, True, True]


def test_what_was_believed_is_committed_when_the_last_decode_is_not() -> None:
    """A remark that readers saw stays, and the words of the last decode follow if they continue it."""
    words = spoken_words("that is a good idea indeed")
    for candidate, expected in (
        ((), "that is a good"),
        (words, "that is a good idea indeed"),
        (spoken_words("thank you for watching"), "that is a good"),
    ):
        policy = Policy()
        policy.update(words[:4], window(words, 1.7), "en")
        update = policy.settle(window(words, 2.9, is_paused=True), "en", candidate)
        assert join_words(update.committed) == expected
        assert update.committed[-1].is_doubtful


def test_the_first_word_of_a_phrase_is_committed_with_the_second() -> None:
    """A single agreed word may be wrong, and would take the phrase with it."""
    policy = Policy()
    words = spoken_words("many has grown by ten")
    right = spoken_words("revenue has grown by ten")
    policy.update(words[:1], window(words, 1.0), "en")
    assert not policy.update((words[0], *right[1:3]), window(words, 1.5), "en").committed
    policy.update(right[:4], window(words, 2.1), "en")
    assert join_words(policy.update(right, window(words, 2.6), "en").committed) == "revenue has grown by"


def test_a_cut_in_mid_sentence_keeps_context() -> None:
    """The next window begins a few seconds before the cut, and its words before the cut do not appear again."""
    policy = Policy()
    words = spoken_words("one " * 17 + "two, " + "three " * 8)
    for end_s in (8.0, 9.0):
        update = policy.update(tuple(word for word in words if word.end_s <= end_s), window(words, end_s), "en")
    [closed] = update.closed
    assert 2.0 <= closed.cut_s - closed.context_s <= 5.0
    context_s = closed.cut_s - closed.context_s
    later = Window(closed.context_s, 10.0, True, VoicedWords(words), context_s)
    update = policy.update(tuple(word for word in words if word.start_s >= closed.context_s - 0.1), later, "en")
    assert join_words(update.committed) == " ".join(["three"] * 8)


def test_the_end_of_a_sentence_leaves_no_context() -> None:
    """What follows is a sentence of its own."""
    policy = Policy()
    words = spoken_words("we have talked about this for a long time.")
    [closed] = policy.update(words, window(words, 4.2, is_paused=True), "en").closed
    assert closed.context_s == closed.cut_s


def test_a_long_window_is_cut_without_agreement() -> None:
    """After 14 s without any agreement the older words close, so that the window stays bounded."""
    policy = Policy()
    text = " ".join(f"w{i}" for i in range(34))
    update = policy.update(spoken_words(text, probability=0.1), window(spoken_words(text), 14.0), "en")
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
    start_s, cut_s, now_s, longest_s = 0.0, 0.0, 0.0, 0.0
    last_s = words[-1].end_s
    while now_s < last_s + 1.0:
        now_s += tick_s
        end_s = min(now_s, start_s + LIMITS.force_s)
        is_paused = now_s >= last_s + 1.0 and end_s == now_s
        longest_s = max(longest_s, now_s - start_s)
        heard = tuple(word for word in words if word.start_s >= start_s - 0.1 and word.end_s <= end_s)
        window = Window(start_s, end_s, is_paused, VoicedWords(words), cut_s - start_s)
        update = policy.update(misheard(heard, rng, error_rate), window, "en")
        phrases = update.closed + (policy.close_at(end_s, "en").closed if is_paused else ())
        for phrase in phrases:
            shown.append((f"{cut_s:.2f}", join_words(phrase.words)))
            closed.append(phrase)
            start_s, cut_s = phrase.context_s, phrase.cut_s
        if not phrases and end_s - start_s >= LIMITS.force_s:
            start_s = cut_s = end_s - LIMITS.force_keep_s
        shown.append((f"{cut_s:.2f}", join_words(policy.committed)))
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


@pytest.mark.parametrize(
    ("first", "then", "text"),
    [
        (
            "unsere Mitarbeiter",
            "unsere Mitarbeiterversammlung findet heute statt",
            "unsere Mitarbeiterversammlung findet",
        ),
        ("es kostet 20%", "es kostet zwanzig Prozent mehr als sonst", "es kostet 20% mehr"),
        ("es kostet zwanzig", "es kostet 20% mehr als sonst", "es kostet zwanzig % mehr"),
        ("- Ja gut", "Ja gut dann machen wir das", "- Ja gut dann"),
    ],
)
def test_a_word_that_flickers_is_committed_once(first: str, then: str, text: str) -> None:
    """A committed word that the next hypotheses write longer, or as a number, is not written again."""
    policy = Policy()
    before = spoken_words(first)
    for end_s in (2.0, 2.1):
        policy.update((*before, *spoken_words("x", start_s=1.6)), window(before, end_s), "de")
    assert join_words(policy.committed) == first
    after = list(spoken_words(then, word_s=0.5))
    for end_s in (3.4, 3.5):
        policy.update(after, window(tuple(after), end_s), "de")
    assert join_words(policy.committed).startswith(text)


def test_a_sentence_that_begins_like_an_earlier_one_is_shown_at_once() -> None:
    """A first hypothesis has no times, and only the words right before the window can be an echo."""
    policy = Policy()
    first = spoken_words("The revenue has grown.")
    policy.update(first, window(first, 2.1, is_paused=True), "en")
    later = window(first, 7.0, start_s=6.0)
    untimed = tuple(Word(word.text, 6.0, 6.0, 0.9) for word in spoken_words("The revenue has"))
    assert join_words(policy.update(untimed, later, "en").tentative) == "The revenue has"
    echo = spoken_words("has grown. then", start_s=1.9, word_s=0.05)
    assert join_words(policy.update(echo, window(echo, 3.0, start_s=1.9, is_paused=True), "en").committed) == "then"
