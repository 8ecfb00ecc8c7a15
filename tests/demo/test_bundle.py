"""The bundled demo model, held to its bars on speakers it never heard."""

import pytest

from app.decode import demo_files
from app.demo.training.evaluate import Evaluation, evaluate
from tests.support.required_program import require_program


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    """Measure the model on a small seeded set."""
    require_program("espeak-ng")
    return evaluate(demo_files.MODEL, windows_per_case=3, noises_per_kind=1, seed=7)


@pytest.mark.parametrize(
    ("language", "task", "bar"), [("de", "transcribe", 0.10), ("en", "transcribe", 0.10), ("de", "translate", 0.20)]
)
def test_words_are_right(evaluation: Evaluation, language: str, task: str, bar: float) -> None:
    """Errors over all window lengths stay near the bar; a small set scatters, so twice the bar is allowed here."""
    assert evaluation.total(language, task).rate <= bar


def test_the_language_is_heard(evaluation: Evaluation) -> None:
    """German and English are distinguished."""
    assert evaluation.language_share >= 0.95


def test_noise_is_answered_with_nothing(evaluation: Evaluation) -> None:
    """Under every prompt, language and task, noise ends at once; one slip in hundreds is allowed here."""
    assert len(evaluation.invented) <= evaluation.noises * 0.01


def test_words_are_found_where_they_are(evaluation: Evaluation) -> None:
    """Forced alignment finds the end of a word to within a tenth of a second in the middle."""
    assert evaluation.end_error_s("short", 50) <= 0.1
    assert evaluation.end_error_s("full", 50) <= 0.1


def test_the_model_is_small() -> None:
    """The bundle stays within 12 MB."""
    assert sum(path.stat().st_size for path in demo_files.MODEL.iterdir()) <= 12_000_000
