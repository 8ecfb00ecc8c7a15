"""What a model can do."""

import pytest

from app.decode import models
from app.decode.capabilities import Capabilities
from app.decode.request import Task
from app.errors import ModelError

MANY = frozenset({"de", "en", *(f"l{i}" for i in range(97))})


@pytest.mark.parametrize(
    ("capabilities", "task", "languages", "sentence"),
    [
        (Capabilities("turbo", MANY, ("transcribe",)), "translate", (), "turbo cannot translate.* large-v3"),
        (Capabilities("tiny.en", frozenset({"en"}), ("transcribe",)), "transcribe", ("de",), "'de': it knows only en"),
        (Capabilities("small", MANY), "transcribe", ("de", "yue"), "99 languages without it.*large-v3 and turbo"),
    ],
)
def test_what_a_model_cannot_do_gets_a_sentence(
    capabilities: Capabilities, task: Task, languages: tuple[str, ...], sentence: str
) -> None:
    """The sentence names the model, what it knows and what to choose."""
    with pytest.raises(ModelError, match=sentence):
        capabilities.check(task, languages)


def test_what_a_model_can_do_passes() -> None:
    """Known languages pass, any number of them; a decoder that reports none takes all."""
    Capabilities("small", MANY).check("translate", ("de", "en"))
    Capabilities().check("translate", ("yue",))


def test_the_demo_model_knows_its_two_languages() -> None:
    """Its vocabulary has tokens for more, but its configuration names those it was trained on."""
    whisper = models.load(models.choose("demo", "translate", device="cpu", threads=1))
    assert whisper.capabilities == Capabilities("demo", frozenset({"de", "en"}))
