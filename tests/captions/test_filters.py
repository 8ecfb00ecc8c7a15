"""What a hypothesis must pass before anybody sees it."""

import random

import pytest

from app.captions.confidence import Confidence
from app.captions.filters import Fault, FilterVerdict, judge, strip_markers
from app.captions.rates import spoken_s
from app.decode.hypothesis import Hypothesis, Word, join_words
from tests.fakes.speaker import VoicedWords, spoken_words


def judged(
    text: str,
    *,
    logprob: float = -0.2,
    capped: bool = False,
    prompt: str = "",
    word_s: float = 0.4,
    language: str = "en",
) -> Fault | None:
    """Return what is found wrong with a spoken text."""
    words = spoken_words(text, word_s=word_s)
    hypothesis = Hypothesis(words, logprob, capped)
    return judge(hypothesis, language=language, sound=VoicedWords(words), start_s=0.0, prompt=prompt).fault


@pytest.mark.parametrize(
    ("text", "options", "fault"),
    [
        ("we start with the news from Berlin", {}, None),
        ("", {}, "empty"),
        ("some guesswork", {"logprob": -1.6}, "logprob"),
        ("a text that ran into the cap", {"capped": True}, "capped"),
        ("no no no no", {}, None),
        ("no no no no", {"word_s": 0.02}, "loop"),
        ("we go we go we go", {"word_s": 0.02}, "loop"),
        ("no no no", {}, None),
        ("these words are said much too fast", {"word_s": 0.05}, "rate"),
        ("Kubernetes, Surtitle, Grafana", {"prompt": "Kubernetes, Surtitle, Grafana", "word_s": 0.2}, "prompt"),
        ("Kubernetes, Surtitle, Grafana", {"prompt": "Kubernetes, Surtitle, Grafana"}, None),
        ("Surtitle is ready", {"prompt": "Kubernetes, Surtitle, Grafana"}, None),
        ("Thanks for watching!", {"logprob": -0.6}, "hallucination"),
        ("Thanks for watching!", {"logprob": -0.1}, "hallucination"),
        ("Thank you.", {"logprob": -0.6, "word_s": 0.2}, None),
        ("Thank you.", {"logprob": -0.6, "word_s": 0.6}, None),
        ("Untertitel im Auftrag des ZDF", {"logprob": -0.6, "language": "de"}, "hallucination"),
    ],
)
def test_judge(text: str, options: dict[str, object], fault: Fault | None) -> None:
    """Each fault is found, and ordinary speech passes."""
    assert judged(text, **options) == fault  # type: ignore[arg-type]


def test_compression_finds_what_repeats_with_variations() -> None:
    """Long text that says the same again and again is refused though no group repeats exactly."""
    assert judged("and so we say that and so we say this " * 6) in ("compression", "loop")


def test_words_in_silence_are_dropped_one_by_one() -> None:
    """A word without voice under it goes; its neighbours stay."""
    said = spoken_words("we are here")
    words = (*said, Word("thanks", 3.0, 3.4, 0.9))
    verdict = judge(Hypothesis(words, -0.2), language="en", sound=VoicedWords(said), start_s=0.0)
    assert [word.text for word in verdict.words] == ["we", "are", "here"]


def test_uncertain_text_is_doubtful() -> None:
    """Text below what is usual for the model is believed, and committed on more agreement only."""
    words = spoken_words("we are here")
    verdict = judge(Hypothesis(words, -1.1), language="en", sound=VoicedWords(words), start_s=0.0)
    assert verdict.is_doubtful
    assert verdict.fault is None


def test_a_translation_passes_without_times() -> None:
    """Words without times are not tested for voice."""
    words = tuple(Word(text, 0.0, 0.0, 0.9) for text in ("good", "morning"))
    assert judge(Hypothesis(words, -0.2), language="en", sound=VoicedWords(()), start_s=0.0).words == words


def test_a_single_word_in_long_voice_is_rejected() -> None:
    """A tone passes for voice, and one word in four seconds of it is invented."""
    lone = (Word("We", 0.2, 0.6, 0.9),)
    tone = VoicedWords((Word("tone", 0.0, 4.0, 1.0),))
    for end_s, fault in ((4.0, "rate"), (1.5, None)):
        verdict = judge(Hypothesis(lone, -0.5), language="en", sound=tone, start_s=0.0, end_s=end_s)
        assert verdict.fault == fault


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("[Music]", ""),
        ("♪ ♪♪ ♪", ""),
        ("(audience laughs) thank you all", "thank you all"),
        ("well [coughs loudly]. let us begin", "well let us begin"),
        ("*applause* now then", "now then"),
        ("we begin (as planned", "we begin"),
        ("so – we begin", "so – we begin"),
        ("C'est l'été, 5 % mehr.", "C'est l'été, 5 % mehr."),
    ],
)
def test_markers_of_sound_are_no_words(text: str, kept: str) -> None:
    """Markers of music, applause or a cough are left out; the words around them stay."""
    assert join_words(strip_markers(spoken_words(text))) == kept


def test_nothing_but_markers_is_no_voice() -> None:
    """A hypothesis of markers alone says that nobody spoke."""
    words = spoken_words("[Applause] ♪")
    verdict = judge(Hypothesis(words, -0.1), language="en", sound=VoicedWords(words), start_s=0.0)
    assert (verdict.words, verdict.fault) == ((), "no voice")


def verdict_of(
    words: tuple[Word, ...],
    voice: tuple[Word, ...] = (),
    *,
    avg_logprob: float = -0.2,
    no_speech_prob: float = 0.0,
    end_s: float | None = 10.0,
    confidence: Confidence | None = None,
) -> FilterVerdict:
    """Return the verdict on an English hypothesis of a window of ten seconds."""
    return judge(
        Hypothesis(words, avg_logprob, no_speech_prob=no_speech_prob),
        language="en",
        sound=VoicedWords(voice),
        start_s=0.0,
        end_s=end_s,
        confidence=confidence,
    )


SAID = spoken_words("we now come to the budget of next year")


@pytest.mark.parametrize(
    ("voice", "avg_logprob", "no_speech_prob", "is_invented"),
    [
        (SAID, -0.2, 0.9, False),
        (SAID, -3.0, 0.0, False),
        (SAID, -3.0, 0.9, False),
        ((Word("far", 8.0, 9.0, 1.0),), -0.2, 0.0, False),
        ((Word("far", 8.0, 9.0, 1.0),), -0.2, 0.9, True),
        ((Word("far", 8.0, 9.0, 1.0),), -3.0, 0.0, True),
    ],
)
def test_text_is_rejected_for_good_on_two_signs(
    voice: tuple[Word, ...], avg_logprob: float, no_speech_prob: float, is_invented: bool
) -> None:
    """One sign leaves the text as a candidate, or as doubtful; two independent ones remove it."""
    verdict = verdict_of(SAID, voice, avg_logprob=avg_logprob, no_speech_prob=no_speech_prob)
    assert verdict.is_invented == is_invented
    assert verdict.words == (() if is_invented else SAID)
    assert verdict.fault is not None or verdict.is_doubtful


def test_a_remark_at_minus_1_02_is_believed() -> None:
    """The mean log-probability of one decode asks for more agreement at most."""
    verdict = verdict_of(SAID, SAID, avg_logprob=-1.02)
    assert (verdict.words, verdict.fault, verdict.is_doubtful) == (SAID, None, True)


def test_a_model_that_is_always_unsure_is_believed() -> None:
    """Doubt is relative to what is usual for the model."""
    confidence = Confidence()
    for _ in range(20):
        assert not verdict_of(SAID, SAID, avg_logprob=-0.75, confidence=confidence).is_doubtful
        confidence.add(-0.75)
    assert verdict_of(SAID, SAID, avg_logprob=-1.2, confidence=confidence).is_doubtful
    assert verdict_of(SAID, SAID, avg_logprob=-1.6, confidence=confidence).fault == "logprob"


def test_a_soft_word_beside_voice_stays() -> None:
    """Voice activity detection misses soft ends of speech, so it alone removes no word."""
    assert verdict_of(SAID, SAID[:-1]).words == SAID
    soft = (*SAID[:-1], Word("year", 3.4, 3.8, 0.1))
    assert verdict_of(soft, SAID[:-1]).words == SAID[:-1]


def test_a_sentence_written_twice_is_written_once() -> None:
    """The copy without time and voice goes, and the rest is believed."""
    said = spoken_words("so we begin at nine.")
    copy = tuple(Word(word.text, 2.0, 2.0, 0.8) for word in said)
    verdict = verdict_of((*said, *copy), said)
    assert (verdict.words, verdict.fault) == (said, None)


@pytest.mark.parametrize(
    "text", ["Test Test Test Test", "sehr sehr sehr sehr gut", "eins zwei eins zwei eins zwei", "no no no no no no"]
)
def test_spoken_repeats_stay(text: str) -> None:
    """What alignment spreads over voice was said."""
    words = spoken_words(text, word_s=0.25)
    assert verdict_of(words, words).words == words
    assert verdict_of(words, words).fault is None


def test_a_loop_without_voice_is_invented() -> None:
    """A loop and silence are two signs."""
    loop = spoken_words("and so on and so on and so on and so on", word_s=0.05)
    assert verdict_of(loop).is_invented
    verdict = verdict_of(loop, (Word("voice", 0.0, 3.0, 1.0),))
    assert (join_words(verdict.words), verdict.fault) == ("and so on", "loop")


def test_a_text_longer_than_its_voice_is_invented() -> None:
    """A cough of a third of a second is no sentence."""
    long = spoken_words("if you do not understand German please read all of the subtitles", word_s=0.3)
    assert verdict_of(long, (Word("cough", 0.0, 0.3, 1.0),)).is_invented


def test_a_translation_is_judged_by_the_voice_of_its_source() -> None:
    """Stock phrases need voice between the ends of the window, real text needs none."""
    thanks = tuple(Word(text, 0.0, 0.0, 0.9) for text in ("Thank", "you."))
    real = tuple(Word(word.text, 0.0, 0.0, 0.9) for word in SAID)
    assert verdict_of(thanks).is_invented
    assert verdict_of(thanks, SAID).words == thanks
    assert verdict_of(thanks, end_s=None).words == thanks
    assert verdict_of(real, SAID).words == real
    assert verdict_of((*real[:-1], Word("year.", 0.0, 0.0, 0.9), *thanks), SAID[:2]).words[-1].text == "year."
    credit = tuple(Word(text, 0.0, 0.0, 0.9) for text in ["Subtitles", "by", "the", "Amara.org", "community"])
    assert verdict_of(credit, SAID).is_invented


def test_an_unclosed_bracket_hides_no_speech() -> None:
    """Only a short marker at the end may be cut off."""
    text = "we begin (as we planned it for today and for all of the next week"
    assert join_words(strip_markers(spoken_words(text))) == text


def test_any_hypothesis_gets_a_verdict() -> None:
    """Whatever times, marks and voice there are, what stays is part of the text, in order."""
    rng = random.Random(11)
    parts = [
        "we",
        "begin",
        "♪",
        "[Music]",
        "(",
        "...",
        "–",
        "Danke.",
        "Thanks for watching!",
        "字幕",
        "no",
        "2020",
        "ZDF,",
    ]
    for _ in range(1500):
        words = []
        at_s = 0.0
        for _ in range(rng.randrange(25)):
            at_s += rng.choice([0.0, 0.0, 0.2, 1.0])
            end_s = at_s + rng.choice([0.0, 0.02, 0.3, 2.0])
            words.append(Word(rng.choice(parts), at_s, end_s, rng.random(), rng.random() < 0.8))
            at_s = end_s
        voice = tuple(word for word in words if rng.random() < 0.6)
        verdict = verdict_of(
            tuple(words),
            voice,
            avg_logprob=rng.uniform(-2.0, 0.0),
            no_speech_prob=rng.random(),
            end_s=rng.choice([None, at_s]),
        )
        kept = iter(words)
        assert all(word in kept for word in verdict.words)
        assert not (verdict.is_invented and verdict.words)
        assert verdict.words or verdict.fault


def test_ordinary_sentences_are_never_touched() -> None:
    """Sentences of a meeting at any pace, with any pauses, stay whole and are believed."""
    rng = random.Random(12)
    text = (
        "We now come to the budget. It is smaller than last year. Why is that? The roof was repaired, and the "
        "heating too. Thank you, Maria. Are there questions? Yes, please. No, we cannot. Then we vote now. Who is in "
        "favour? Okay. Thank you very much. Bye bye."
    )
    sentences = text.split(". ")
    for _ in range(300):
        at_s = rng.uniform(0.0, 1.0)
        words: list[Word] = []
        for part in f"{'. '.join(rng.sample(sentences, rng.randrange(1, 5)))}.".replace("..", ".").split():
            end_s = at_s + max(0.12, spoken_s(part) * rng.uniform(1.2, 4.0))
            words.append(Word(part, at_s, end_s, rng.uniform(0.3, 1.0)))
            at_s = end_s + rng.choice([0.0, 0.0, 0.0, 0.3, 0.9])
        verdict = verdict_of(tuple(words), tuple(words), avg_logprob=rng.uniform(-0.95, -0.1), end_s=at_s + 0.5)
        assert (verdict.words, verdict.fault, verdict.is_doubtful) == (tuple(words), None, False)
