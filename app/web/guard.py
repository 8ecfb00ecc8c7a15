"""Checks a request before its body is read: key, role, rate and size; each route declares its own rule."""

import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from app.captions.room import Room
from app.errors import SettingsError
from app.store.access_key import Role
from app.web.auth import Client, bearer, client_address
from app.web.context import AppContext
from app.web.request_rates import RequestKind

BODY_MAX = 16 << 10
"""Largest body of a request in bytes, unless its rule allows more."""

FIELDS_MAX = 512
"""Most fields and list items in a body; every valid request has fewer. Validating 90,000 unknown fields took 0.67 s."""

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may use a route, and how much of it."""

    role: Role | None
    """None for every valid key, whatever it opens."""
    body_max: int
    limit: RequestKind | None
    """The rate limit that it counts towards, see `ConnectionLimits.take`."""


RULES: dict[Callable[..., Any], Rule] = {}
"""The rule of each endpoint."""


def allow(
    role: Role | None, *, body_max: int = BODY_MAX, limit: RequestKind | None = None
) -> Callable[[Endpoint], Endpoint]:
    """Declare that clients with this role may use the route; `body_max` in bytes.

    The room is the path parameter `name`; on a path without one the client needs the role for the whole service. With
    None every valid key may use it.
    """

    def declare(endpoint: Endpoint) -> Endpoint:
        RULES[endpoint] = Rule(role, body_max, limit)
        return endpoint

    return declare


class GuardedRoute(APIRoute):
    """A route whose rule is checked before the framework reads and validates the request."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler with the checks before it; raises KeyError if the endpoint has no rule."""
        rule, handle = RULES[self.endpoint], super().get_route_handler()

        async def check_and_handle(request: Request) -> Response:
            enter(request, rule)
            _take(request, rule)
            if await _read_body(request, rule.body_max):
                enter(request, rule)  # the key may have been revoked while the body arrived
            response = await handle(request)
            if request.method == "GET":
                enter(request, rule)  # or the room made private while what was read was prepared
            return response

        return check_and_handle


def enter(request: Request, rule: Rule) -> None:
    """Authorize the client of a request and put it into `request.state.client`.

    Raises:
        AccessError: The key is wrong, missing or does not allow this.
        RoomError: There is no such room, and the client may know that.
        BusyError: There were too many requests, or too many wrong keys from this address.
    """
    context: AppContext = request.app.state.context
    name = request.path_params.get("name")
    if rule.role is None:
        request.state.client = context.authenticator.identify(request, bearer(request))
    elif name is None:
        request.state.client = context.authenticator.authorize(request, bearer(request), rule.role, None)
    else:
        _, request.state.client = context.enter_room(request, bearer(request), rule.role, name)


@asynccontextmanager
async def room_locked(request: Request, name: str) -> AsyncIterator[None]:
    """Hold the lock of a room while the block lasts; the key may have been revoked during the wait: check it again.

    Raises:
        AccessError: It is not valid any more.
        RoomError: The room was removed meanwhile, and the client may know that.
    """
    context: AppContext = request.app.state.context
    async with context.room_lock(name):
        enter(request, RULES[request.scope["endpoint"]])
        yield


def client_of(request: Request) -> Client:
    """Return the client of a guarded request."""
    client: Client = request.state.client
    return client


def room_of(request: Request) -> Room:
    """Return the room of a guarded request as it is now; raises RoomError if it was removed meanwhile."""
    context: AppContext = request.app.state.context
    return context.service.get_room(request.path_params["name"])


def _take(request: Request, rule: Rule) -> None:
    """Count the request for its key and its address if its rule has a rate limit; raises BusyError."""
    if rule.limit is not None:
        context: AppContext = request.app.state.context
        client = client_of(request)
        context.limits.take(rule.limit, client.key, client_address(request), speaks=client.may("source"))


async def _read_body(request: Request, body_max: int) -> bool:
    """Read the body, which the framework then finds in the request; return whether there is one.

    Raises:
        HTTPException: It is too large.
        SettingsError: It has too many fields.
    """
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > body_max:
        raise HTTPException(413)
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > body_max:
                raise HTTPException(413)
    except ClientDisconnect:
        raise HTTPException(400) from None  # nobody reads the answer
    request._body = bytes(body)  # where Request.body() keeps what it has read
    if not body:
        return False
    try:
        value = json.loads(request._body)
    except (ValueError, RecursionError):
        return True  # the framework answers what was expected
    if _count_fields(value) > FIELDS_MAX:
        raise SettingsError(f"Expected at most {FIELDS_MAX} fields in a request. Send fewer at once.")
    return True


def _count_fields(value: object) -> int:
    """Return the number of fields and list items in a JSON value, or some number above FIELDS_MAX."""
    count, unseen = 0, [value]
    while unseen and count <= FIELDS_MAX:
        one = unseen.pop()
        if isinstance(one, dict | list):
            count += len(one)
            unseen.extend(one.values() if isinstance(one, dict) else one)
    return count
