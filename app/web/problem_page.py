"""Error responses as a page, for people who opened an address in a browser."""

from functools import cache
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.web.page_words import ENGLISH, fill_page
from app.web.static_dir import static_dir


def wants_page(request: Request) -> bool:
    """Return whether a browser asks for a page: programs and scripts ask for JSON, or for anything."""
    return request.method == "GET" and "text/html" in request.headers.get("accept", "")


def build_page(status: int, message: str, headers: dict[str, str], language: str = ENGLISH) -> HTMLResponse:
    """Return a page in a language that says the message."""
    return HTMLResponse(_template(language).replace("MESSAGE", escape(message)), status, headers)


@cache
def _template(language: str) -> str:
    return fill_page((static_dir() / "problem" / "problem.html").read_text(encoding="utf-8"), language)
