"""Errors as a page for people."""

import pytest
from starlette.requests import Request

from app.web import problem_page


@pytest.mark.parametrize(
    ("method", "accept", "is_page"),
    [
        ("GET", "text/html,application/xhtml+xml,*/*;q=0.8", True),
        ("GET", "*/*", False),
        ("GET", "application/json", False),
        ("POST", "text/html", False),
    ],
)
def test_only_a_browser_that_opens_an_address_gets_a_page(method: str, accept: str, is_page: bool) -> None:
    """Programs and the pages' own scripts get JSON."""
    scope = {"type": "http", "method": method, "headers": [(b"accept", accept.encode())]}
    assert problem_page.wants_page(Request(scope)) is is_page


def test_the_message_is_text() -> None:
    """Markup in a message is shown as it is, not run."""
    page = problem_page.build_page(404, "There is no room called <b>.", {"Retry-After": "3"})
    assert b"There is no room called &lt;b&gt;." in page.body
    assert (page.status_code, page.headers["retry-after"]) == (404, "3")
