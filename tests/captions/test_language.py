"""Following the spoken language without jumping at every doubt."""

import pytest

from app.captions.language import LanguageFollower
from app.decode.hypothesis import LanguageDetection


def detected(**shares: float) -> LanguageDetection:
    """Return a detection with these absolute shares; the largest is the detected one."""
    language = max(shares, key=lambda code: shares[code])
    return LanguageDetection(language, shares[language] / sum(shares.values()), shares)


def german_speaker() -> LanguageFollower:
    """Return a follower after two seconds of German."""
    follower = LanguageFollower(None, ("de", "en"))
    follower.update(detected(de=0.9, en=0.05), at_s=2.0, speech_s=2.0)
    return follower


def test_a_fixed_language_is_never_asked_about() -> None:
    """With one language given, detection is neither asked for nor heeded."""
    follower = LanguageFollower("de")
    assert not follower.should_detect(100.0)
    assert not follower.update(detected(en=1.0), at_s=1.0, speech_s=5.0)
    assert follower.rival(detected(en=1.0), 1.0) is None
    assert follower.current == "de"


def test_one_allowed_language_is_a_fixed_one() -> None:
    """A list of one leaves nothing to detect."""
    assert LanguageFollower(None, ("fr",)).current == "fr"


def test_the_first_detection_decides() -> None:
    """The first detection is taken, however uncertain."""
    follower = LanguageFollower(None, ("de", "en"))
    follower.update(detected(en=0.02, de=0.01), at_s=1.0, speech_s=0.8)
    assert follower.current == "en"


def test_a_first_detection_from_little_speech_is_easily_changed() -> None:
    """A language that no speech of 1.5 s confirmed has no prior."""
    follower = LanguageFollower(None, ("de", "en"))
    follower.update(detected(en=0.4, de=0.3), at_s=1.0, speech_s=0.8)
    assert follower.should_detect(2.0)
    assert follower.update(detected(de=0.6, en=0.3), at_s=2.0, speech_s=1.6)
    assert follower.current == "de"


@pytest.mark.parametrize(
    ("speech_s", "shares", "expected"),
    [
        (1.4, {"en": 0.99, "de": 0.0}, False),
        (1.5, {"en": 0.8, "de": 0.1}, True),
        (1.5, {"en": 0.6, "de": 0.3}, False),
        (3.0, {"en": 0.02, "de": 0.001}, False),
        (3.0, {"en": 0.02, "de": 0.011}, False),
        (3.0, {"en": 0.3, "de": 0.02}, True),
    ],
)
def test_a_new_utterance_may_switch_at_once(speech_s: float, shares: dict[str, float], expected: bool) -> None:
    """One detection with 1.5 s of speech is enough at the start of an utterance, if it beats the prior."""
    follower = german_speaker()
    follower.begin_utterance()
    assert follower.update(detected(**shares), at_s=5.0, speech_s=speech_s) is expected
    assert follower.current == ("en" if expected else "de")


def test_an_unclear_start_is_detected_again() -> None:
    """If another language leads, but not by enough, the next decode of the utterance detects it again."""
    follower = german_speaker()
    follower.begin_utterance()
    assert not follower.update(detected(en=0.6, de=0.3), at_s=5.0, speech_s=1.6)
    assert follower.should_detect(6.0)
    assert follower.update(detected(en=0.8, de=0.1), at_s=6.0, speech_s=2.6)


def test_mid_utterance_needs_two_votes_apart() -> None:
    """A running utterance switches only on two likely detections at least 1.5 s apart."""
    follower = german_speaker()
    assert not follower.update(detected(en=0.6, de=0.3), at_s=12.0, speech_s=5.0)
    assert not follower.update(detected(en=0.9, de=0.05), at_s=13.0, speech_s=5.0)
    assert follower.should_detect(13.1)
    assert not follower.update(detected(en=0.9, de=0.05), at_s=13.5, speech_s=5.0)
    assert follower.update(detected(en=0.9, de=0.05), at_s=15.0, speech_s=5.0)


def test_a_vote_is_forgotten_when_the_language_is_confirmed() -> None:
    """One odd word does not count towards a later switch."""
    follower = german_speaker()
    follower.update(detected(en=0.9, de=0.05), at_s=12.0, speech_s=5.0)
    follower.update(detected(de=0.9, en=0.05), at_s=14.0, speech_s=5.0)
    assert not follower.update(detected(en=0.9, de=0.05), at_s=16.0, speech_s=5.0)
    assert follower.current == "de"


def test_short_windows_never_switch() -> None:
    """A minute of short remarks that are detected as English leaves a German speaker German."""
    follower = german_speaker()
    for at_s in range(5, 65, 3):
        follower.begin_utterance()
        assert not follower.update(detected(en=0.7, de=0.2), at_s=at_s, speech_s=1.0)
    assert follower.current == "de"


def test_code_switching_is_followed_at_the_next_utterance() -> None:
    """German, 20 s of English and German again: each is followed with the first 1.5 s of speech."""
    follower = german_speaker()
    for language, other in (("en", "de"), ("de", "en")):
        follower.begin_utterance()
        assert not follower.update(detected(**{language: 0.7, other: 0.2}), at_s=10.0, speech_s=0.9)
        assert follower.update(detected(**{language: 0.93, other: 0.03}), at_s=11.0, speech_s=1.8)
        assert follower.current == language


def test_doubt_and_time_make_it_ask_again() -> None:
    """A settled utterance is asked again every ten seconds, or after a text that is less sure than usual."""
    follower = german_speaker()
    assert not follower.should_detect(4.0)
    assert follower.should_detect(12.0)
    follower.note_doubt(is_doubted=True)
    assert follower.should_detect(4.0)
    follower.note_doubt(is_doubted=False)
    assert not follower.should_detect(4.0)


def test_a_short_utterance_is_decoded_in_the_detected_language_too() -> None:
    """A remark that sounds like another language is compared, unless it is long or nothing is probable."""
    follower = german_speaker()
    assert follower.rival(detected(en=0.5, de=0.2), 1.0) == "en"
    assert follower.rival(detected(en=0.02, de=0.011), 1.0) is None
    assert follower.rival(detected(de=0.5, en=0.2), 1.0) is None
    assert follower.rival(detected(en=0.5, de=0.2), 2.0) is None


def test_the_rival_must_be_clearly_better() -> None:
    """The same words in both languages stay in the current one."""
    follower = german_speaker()
    assert not follower.prefers_rival(-0.30, -0.40)
    assert follower.prefers_rival(-0.30, -0.80)


def test_a_detection_without_shares_counts_with_its_probability() -> None:
    """Traces that have no shares are followed, too; one that knows nothing changes nothing."""
    follower = german_speaker()
    follower.begin_utterance()
    assert not follower.update(LanguageDetection("en", 0.0), at_s=5.0, speech_s=3.0)
    assert follower.update(LanguageDetection("en", 0.95), at_s=6.0, speech_s=3.0)
