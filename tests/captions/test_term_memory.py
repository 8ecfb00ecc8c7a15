"""Which terms and corrections go with a window."""

import numpy as np

from app.captions.policy import ClosedPhrase, PolicyUpdate
from app.captions.term_memory import RECENT_S, SPEECH_MIN_S, TermMemory
from app.decode.glossary import Glossary
from app.decode.hypothesis import DecodeResult, Hypothesis
from app.decode.prompt import PREVIOUS_TOKENS, TERMS_LENGTH
from app.decode.request import DecodeRequest
from tests.fakes.speaker import spoken_words

GLOSSARY = Glossary(
    (*(f"Placeholder{i}" for i in range(30)), "Kubernetes", "Grafana"),
    {f"error {i} here": f"right {i}" for i in range(40)},
)


def request(memory: TermMemory, at_s: float = 5.0, speech_s: float = 3.0, *, is_ended: bool = False) -> DecodeRequest:
    """Return the request of one window."""
    empty = DecodeRequest(np.zeros(160, np.float32), language="en", is_utterance_end=is_ended)
    return memory.request(empty, at_s=at_s, speech_s=speech_s)


def heard(text: str) -> DecodeResult:
    """Return the result of a window."""
    return DecodeResult("en", {"transcribe": Hypothesis(spoken_words(text), -0.2)})


def test_a_window_with_little_speech_gets_no_terms() -> None:
    """Over noise the model would write them; the count of used terms follows."""
    memory = TermMemory(GLOSSARY)
    assert len(request(memory).terms) == memory.n_used > 0
    assert request(memory, speech_s=SPEECH_MIN_S / 2).terms == ()
    assert memory.n_used == 0
    assert memory.estimate_prompt_tokens(0.1, "") == 0
    assert memory.estimate_prompt_tokens(0.1, "and so") == PREVIOUS_TOKENS
    assert memory.estimate_prompt_tokens(3.0, "") == TERMS_LENGTH


def test_the_last_hypothesis_chooses_terms_and_corrections_until_the_utterance_ends() -> None:
    """The next utterance starts with the most important ones again."""
    memory = TermMemory(GLOSSARY)
    assert request(memory).corrections == ()
    memory.note_result(request(memory), heard("and error 7 here"))
    assert request(memory).corrections[0] == ("error 7 here", "right 7")
    memory.note_result(request(memory), heard("we use cooper netties"))
    assert request(memory).terms[0] == "Kubernetes"
    memory.begin_utterance()
    assert "Kubernetes" not in request(memory).terms


def test_a_term_that_was_committed_is_chosen_for_five_minutes() -> None:
    """In a closed phrase as well as in an open one; a term that the glossary lost is not chosen."""
    memory = TermMemory(GLOSSARY)
    closed = ClosedPhrase(spoken_words("wir nutzen Kubernetes."), 1.0, 1.0)
    memory.note_update(PolicyUpdate(closed=(closed,), committed=spoken_words("und grafana"), tentative=()), at_s=10.0)
    assert request(memory, at_s=11.0).terms[:2] == ("Grafana", "Kubernetes")
    assert request(memory, at_s=11.0 + RECENT_S).terms[0] == "Placeholder0"
    memory.glossary = Glossary(("Grafana", "Anna"))
    assert request(memory, at_s=11.0).terms == ("Grafana", "Anna")


def test_the_first_decode_of_a_short_utterance_may_be_asked_again() -> None:
    """Only when it calls for terms or corrections that it did not have, and only once."""
    memory = TermMemory(GLOSSARY)
    first = request(memory, is_ended=True)
    again = memory.note_result(first, heard("cooper netties"))
    assert again is not None
    assert ("Kubernetes" in first.terms, again.terms[0]) == (False, "Kubernetes")
    assert memory.note_result(again, heard("cooper netties")) is None
    memory.begin_utterance()
    assert memory.note_result(request(memory, is_ended=True), heard("good morning")) is None


def test_an_error_that_was_not_sent_is_asked_again() -> None:
    """The second request has its correction."""
    memory = TermMemory(GLOSSARY)
    again = memory.note_result(request(memory, is_ended=True), heard("error 7 here"))
    assert again is not None
    assert ("error 7 here", "right 7") in again.corrections
