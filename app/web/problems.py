"""Every error over HTTP, ours and the framework's, as two fields: a code for programs, a sentence for people."""

from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from app.errors import AccessError, BusyError, RoomError, SettingsError, StoreError, SurtitleError
from app.web.schemas import Problem

STATUS: dict[type[SurtitleError], int] = {
    RoomError: 404,
    AccessError: 401,
    BusyError: 429,
    SettingsError: 422,
    StoreError: 503,
}
"""HTTP status of each kind of error; others are 500."""

FOREIGN = {
    400: ("request", "Expected a body of JSON in UTF-8."),
    404: ("path", "Expected an address from docs/protocol.md; there is nothing at this one."),
    405: ("method", "Expected another method; docs/protocol.md says which ones this address has."),
    413: ("size", "Expected a smaller request."),
}
"""What the framework refuses by itself: code and sentence by status."""

RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "The body is no JSON in UTF-8."},
    401: {"model": Problem, "description": "The key in `Authorization: Bearer KEY` opens nothing here."},
    404: {"model": Problem, "description": "There is no such room, or it is closed."},
    413: {"description": "The body is too large."},
    422: {"model": Problem, "description": "It makes no sense; the message says what was expected."},
    429: {"model": Problem, "description": "Too much at once; see Retry-After."},
    503: {"model": Problem, "description": "The disk refused."},
}
"""The same for OpenAPI."""


def explain_to(web: FastAPI) -> None:
    """Let an application answer every error in these words; what was sent is never repeated in them."""
    web.exception_handler(SurtitleError)(_ours)
    web.exception_handler(RequestValidationError)(_nonsense)
    web.exception_handler(HTTPException)(_foreign)
    web.exception_handler(Exception)(_broken)


def _problem(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"code": code, "message": message}, status, headers)


async def _ours(_request: Request, error: SurtitleError) -> Response:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    headers = {"Retry-After": f"{error.retry_after_s:.0f}"} if isinstance(error, BusyError) else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return _problem(status, error.code, str(error), headers)


async def _nonsense(_request: Request, error: RequestValidationError) -> Response:
    first = error.errors()[0]
    where = ".".join(_printable(part) for part in first["loc"])
    return _problem(422, SettingsError.code, f"Expected something else in {where}: {_printable(first['msg'])}.")


def _printable(part: object) -> str:
    """Return a name or a reason without what no JSON can hold: half a character, as JSON's own escapes may spell."""
    return str(part).encode(errors="replace").decode()


async def _foreign(_request: Request, error: HTTPException) -> Response:
    code, message = FOREIGN.get(error.status_code, ("error", "The request was refused."))
    return _problem(error.status_code, code, message, dict(error.headers or {}))


async def _broken(_request: Request, _error: Exception) -> Response:
    return _problem(500, SurtitleError.code, "Something broke here. Try again; the service's log says what it was.")
