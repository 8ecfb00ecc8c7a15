"""`surtitle models`: the models with a name."""

from tests.support.program import run_surtitle


def test_the_list_ends_with_the_choice_of_auto() -> None:
    """The list of models ends with the model that auto chooses on this machine."""
    done = run_surtitle("models")
    assert done.returncode == 0
    assert "auto on this machine" in done.stdout
