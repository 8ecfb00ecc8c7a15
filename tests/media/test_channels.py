"""What the channels of a mixer are."""

import pytest

from app.errors import SettingsError
from app.media.channels import SoundChannel, parse


def test_channels_are_people_the_floor_or_interpreters() -> None:
    """In any order and case; the title is what people see."""
    assert parse("1:Ada, 4:Interpreter english,3:FLOOR,", "--channels") == (
        SoundChannel(1, "Ada"),
        SoundChannel(4, target="en"),
        SoundChannel(3),
    )
    assert [one.title for one in parse("2:Ada King,3:floor,1:interpreter de", "")] == [
        "Ada King",
        "floor",
        "interpreter de",
    ]
    assert parse("", "--channels") == ()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Ada", "such as 1:Ada,2:Grace,3:floor or 4:interpreter en, with numbers from 1 to 64, but got 'Ada'"),
        ("0:Ada", "but got '0:Ada'"),
        ("65:Ada", "numbers from 1 to 64"),
        ("1:", "but got '1:'"),
        ("²:Ada", "but got"),
        ("1:Ada,1:Grace", "channel 1 is there twice"),
        ("1:floor,2:floor", "one floor"),
        ("1:interpreter en,2:interpreter English", "one interpreter for a language"),
        ("1:interpreter Klingonish", "--channels"),
        ("1:Ada: I", "without a colon"),
        ("1:" + "A" * 41, "at most 40 characters"),
        (",".join(f"{number}:P{number}" for number in range(1, 10)), "at most 8 channels"),
    ],
)
def test_what_is_wrong_is_named(text: str, complaint: str) -> None:
    """The sentence has the option, what was expected and what came."""
    with pytest.raises(SettingsError) as error:
        parse(text, "--channels")
    assert complaint in str(error.value)
    assert "--channels" in str(error.value)
