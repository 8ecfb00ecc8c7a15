"""Following the spoken language without jumping at every doubt."""

from app.captions.language import LanguageFollower
from app.decode.hypothesis import LanguageDetection


def test_a_fixed_language_is_never_asked_about() -> None:
    """With one language given, detection is neither asked for nor heeded."""
    follower = LanguageFollower("de")
    assert not follower.should_detect(100.0)
    assert not follower.update(LanguageDetection("en", 1.0), at_s=1.0, speech_s=5.0)
    assert follower.current == "de"


def test_one_allowed_language_is_a_fixed_one() -> None:
    """A list of one leaves nothing to detect."""
    assert LanguageFollower(None, ("fr",)).current == "fr"


def test_the_first_detection_decides() -> None:
    """The first detection is taken, however uncertain."""
    follower = LanguageFollower(None, ("de", "en"))
    follower.update(LanguageDetection("en", 0.55), at_s=1.0, speech_s=0.8)
    assert follower.current == "en"


def test_a_new_utterance_may_switch_at_once() -> None:
    """At the start of an utterance a likely language is enough."""
    follower = LanguageFollower(None, ("de", "en"))
    follower.update(LanguageDetection("de", 0.9), at_s=2.0, speech_s=2.0)
    follower.begin_utterance()
    assert follower.update(LanguageDetection("en", 0.7), at_s=5.0, speech_s=1.0)
    assert follower.current == "en"


def test_mid_utterance_needs_two_sure_votes_apart() -> None:
    """A running utterance switches only on two sure detections at least 1.5 s apart."""
    follower = LanguageFollower(None, ("de", "en"))
    follower.update(LanguageDetection("de", 0.9), at_s=2.0, speech_s=2.0)
    assert not follower.update(LanguageDetection("en", 0.7), at_s=12.0, speech_s=5.0)
    assert not follower.update(LanguageDetection("en", 0.9), at_s=13.0, speech_s=5.0)
    assert not follower.update(LanguageDetection("en", 0.9), at_s=13.5, speech_s=5.0)
    assert follower.update(LanguageDetection("en", 0.9), at_s=15.0, speech_s=5.0)


def test_a_vote_is_forgotten_when_the_language_is_confirmed() -> None:
    """One odd word does not count towards a later switch."""
    follower = LanguageFollower(None, ("de", "en"))
    follower.update(LanguageDetection("de", 0.9), at_s=2.0, speech_s=2.0)
    follower.update(LanguageDetection("en", 0.9), at_s=12.0, speech_s=5.0)
    follower.update(LanguageDetection("de", 0.9), at_s=14.0, speech_s=5.0)
    assert not follower.update(LanguageDetection("en", 0.9), at_s=16.0, speech_s=5.0)
    assert follower.current == "de"


def test_doubt_and_time_make_it_ask_again() -> None:
    """A settled utterance is asked again every ten seconds, or after a text that fits badly."""
    follower = LanguageFollower(None, ("de", "en"))
    follower.update(LanguageDetection("de", 0.9), at_s=2.0, speech_s=2.0)
    assert not follower.should_detect(4.0)
    assert follower.should_detect(12.0)
    follower.note_confidence(-0.9)
    assert follower.should_detect(4.0)
