"""The words of the pages that the service fills itself."""

import pytest
from starlette.requests import Request

from app.web import page_words

PAGE = (
    '<html lang="en"><meta name="description" content="x" data-words="content=problem.about">'
    '<p class="soft" data-words="problem.heading">This page is not available</p>'
)


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("", "de-AT,de;q=0.9,en;q=0.8", "de"),
        ("", "it,en;q=0.3,fr-CA;q=0.7", "fr"),
        ("ui=pt-BR", "de", "pt"),
        ("ui=../en", "es;q=0.5,de;q=0", "es"),
        ("", "", "en"),
        ("", "xx;q=much,*;q=0.1", "en"),
    ],
)
def test_the_reader_is_spoken_to_in_the_first_known_language(query: str, header: str, language: str) -> None:
    """The address comes first, then what the browser wants most; what nobody knows is English."""
    headers = [(b"accept-language", header.encode())]
    request = Request({"type": "http", "query_string": query.encode(), "headers": headers})
    assert page_words.pick_language(request) == language


def test_texts_and_attributes_are_filled() -> None:
    """The page says which language it speaks, and keeps no key."""
    page = page_words.fill_page(PAGE, "de")
    assert page == (
        '<html lang="de"><meta name="description" content="Surtitle konnte diese Anfrage nicht beantworten.">'
        '<p class="soft">Diese Seite ist nicht verfügbar</p>'
    )


def test_a_refusal_is_said_by_its_code() -> None:
    """In English as it came, in another language by its code, and marked as the service's own where that is unknown."""
    assert page_words.say_problem("room", "No room.", "en") == "No room."
    assert page_words.say_problem("room", "No room.", "fr").startswith("Cette salle n’existe pas")
    assert page_words.say_problem("size", "Too large.", "de") == "Der Dienst meldet: Too large."
