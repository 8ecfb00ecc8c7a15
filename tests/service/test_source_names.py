"""Names of microphone pages."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.service.source_names import clean_shown_name, clean_speaker, name_page


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Anna", "Anna 7"),
        ("  Anna \n Lang ", "Anna Lang 7"),
        ("Jürgen Müller", "Jürgen Müller 7"),
        ("王小明", "王小明 7"),
        ("Анна", "Анна 7"),
        ("Anna 1", "Anna 7"),
        ("Anna (1)", "Anna 7"),
        ("Room 12 left", "Room 12 left 7"),
        ("ａｎｎａ", "anna 7"),
        ("A" * 64, "A" * 40 + " 7"),
        ("", "browser 7"),
        ("\x00\x1b[31m", "[31m 7"),
        ("\u202eanna", "anna 7"),
        ("an\u200bna\u2066", "anna 7"),
        ("\u3164\u2800", "browser 7"),
        ("a" + "\u0301" * 9, "á" + "\u0301" * 2 + " 7"),
        ("stream", "browser 7"),
        ("STREAM 2", "browser 7"),
        ("s.t.r.e.a.m", "browser 7"),
        ("ｓｔｒｅａｍ", "browser 7"),
        ("\u0455tream", "browser 7"),
        ("microphone:USB Audio", "browser 7"),
        ("Microphone", "browser 7"),
        ("standard input", "browser 7"),
        ("talk.mp3", "browser 7"),
        ("Talk mp3", "browser 7"),
        ("💥", "browser 7"),
    ],
)
def test_a_page_cannot_be_mistaken(label: str, name: str) -> None:
    """A label is cleaned, ends with the number of the service, and imitates neither stream, microphone nor file."""
    assert name_page(label, 7, ["talk.mp3"]) == name


@given(st.lists(st.text(max_size=64), min_size=1, max_size=6))
def test_names_are_unique_and_plain(labels: list[str]) -> None:
    """Whatever pages propose, their names differ and have no control, format or bidi characters."""
    names = [name_page(label, number, ["stream"]) for number, label in enumerate(labels)]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert not any(unicodedata.category(one)[0] == "C" for one in name)
        assert name.casefold() != "stream"
        assert 3 <= len(name) <= 44


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Ada", "Ada"),
        ("  Ada \n King  ", "Ada King"),
        ("Dr. Anne-Marie O’Neil", "Dr. Anne-Marie O’Neil"),
        ("王小明", "王小明"),
        ("Ada: I resign. Grace", "Ada I resign. Grace"),
        ("Ada\uff1a no", "Ada no"),
        ("<b>Ada", "b Ada"),
        ("\u202eada\u200b", "ada"),
        ("Speaker 2", ""),
        ("Stimme 2", ""),
        ("Voz-1", ""),
        ("speaker", ""),
        ("SPEAKER #3", ""),
        ("\u0410da", ""),
        ("...", ""),
        ("", ""),
        ("A" * 41, "A" * 40),
    ],
)
def test_names_of_people_imitate_nothing(given: str, name: str) -> None:
    """A name has no colon, control characters or mixed scripts, and is no number of a voice."""
    assert clean_speaker(given) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\u202eAda", "Ada"),
        ("Ada\u2066 K.", "Ada K."),
        ("\u200b", ""),
        ("\u3164\u2800", ""),
        ("\u0645\u06cc\u200c\u0646\u0627", "\u0645\u06cc\u200c\u0646\u0627"),
        ("★", "★"),
    ],
)
def test_names_of_operators_do_not_turn_the_text_around(name: str, shown: str) -> None:
    """A name that nobody can see is none."""
    assert clean_shown_name(name) == shown
