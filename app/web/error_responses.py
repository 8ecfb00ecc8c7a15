"""Error responses, for our own errors and the framework's: a code for programs and a message for people, or a page."""

from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from app.errors import AccessError, BusyError, RoomError, SettingsError, StoreError, SurtitleError
from app.web import problem_page
from app.web.page_words import pick_language, say_problem
from app.web.schemas import Problem

STATUS: dict[type[SurtitleError], int] = {
    RoomError: 404,
    AccessError: 401,
    BusyError: 429,
    SettingsError: 422,
    StoreError: 503,
}
"""HTTP status of each error class; others are 500."""

FRAMEWORK_ERRORS = {
    400: ("request", "Expected a body of JSON in UTF-8."),
    404: ("path", "There is nothing at this address. docs/protocol.md lists the addresses for programs."),
    405: ("method", "This address does not allow this method. docs/protocol.md lists its methods."),
    413: ("size", "Expected a body of at most 16 KiB, or 256 KiB with a glossary. Send less at once."),
}
"""Code and message of the errors that the framework raises, by status."""

NO_PAGE = "There is no page at this address."
"""What a person reads instead of the 404 for programs."""

RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "The body is not JSON in UTF-8."},
    401: {
        "model": Problem,
        "description": "The key in `Authorization: Bearer KEY` is missing, wrong or does not allow this.",
    },
    404: {"model": Problem, "description": "There is no such room, or it is closed."},
    413: {"model": Problem, "description": "The body is too large."},
    422: {"model": Problem, "description": "The request is invalid; the message says what was expected."},
    429: {"model": Problem, "description": "Too many requests; see Retry-After."},
    503: {"model": Problem, "description": "The data could not be written to the disk."},
}
"""The error responses for OpenAPI."""


def add_error_handlers(web: FastAPI) -> None:
    """Make an application return every error in this form; messages never repeat what the client sent."""
    web.exception_handler(SurtitleError)(_own_error)
    web.exception_handler(RequestValidationError)(_validation_error)
    web.exception_handler(HTTPException)(_framework_error)
    web.exception_handler(Exception)(_unexpected_error)


def _problem(request: Request, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    if problem_page.wants_page(request):
        language = pick_language(request)
        sentence = say_problem(code, NO_PAGE if code == "path" else message, language)
        return problem_page.build_page(status, sentence, headers or {}, language)
    return JSONResponse({"code": code, "message": message}, status, headers)


async def _own_error(request: Request, error: SurtitleError) -> Response:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    headers = {"Retry-After": f"{error.retry_after_s:.0f}"} if isinstance(error, BusyError) else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return _problem(request, status, error.code, str(error), headers)


async def _validation_error(request: Request, error: RequestValidationError) -> Response:
    first = error.errors()[0]
    where = ".".join(_printable(part) for part in first["loc"])
    return _problem(request, 422, SettingsError.code, f"Invalid value in {where}: {_printable(first['msg'])}.")


def _printable(part: object) -> str:
    """Return text without lone surrogates, which JSON escapes can express but UTF-8 cannot encode."""
    return str(part).encode(errors="replace").decode()


async def _framework_error(request: Request, error: HTTPException) -> Response:
    code, message = FRAMEWORK_ERRORS.get(error.status_code, ("error", "The request was refused."))
    return _problem(request, error.status_code, code, message, dict(error.headers or {}))


async def _unexpected_error(request: Request, _error: Exception) -> Response:
    return _problem(request, 500, SurtitleError.code, "The service failed. Try again; its log has the details.")
