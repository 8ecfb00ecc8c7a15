"""What a service with HTTPS answers to plain HTTP from other machines: the way to HTTPS, and its certificate.

A phone that types the address without https:// comes here, and one that does not trust the service yet has to download
the certificate without TLS.
"""

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.web.addresses import PageAddresses
from app.web.tls_entrance import IS_PLAIN

OPEN_PATHS = ("/certificate", "/static/", "/healthz", "/readyz")
"""What is answered without TLS: it has no secrets, and nobody sends a key there."""

SENTENCE = "Expected a connection with TLS. Open the same address with https:// at its start."


class PlainHttp:
    """Sends requests that came without TLS from another machine to HTTPS, but for what needs no protection."""

    def __init__(self, inner: ASGIApp, addresses: PageAddresses) -> None:
        """Wrap an application whose pages open at these addresses."""
        self._inner, self._addresses = inner, addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or pass it on."""
        path = scope.get("path", "")
        is_open = path.startswith(OPEN_PATHS[1:]) or path == OPEN_PATHS[0] or path.startswith(OPEN_PATHS[0] + "/")
        if not scope.get("state", {}).get(IS_PLAIN) or (is_open and scope["type"] == "http"):
            await self._inner(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["method"] in ("GET", "HEAD") and (
            address := self._find_address(Headers(scope=scope).get("host", ""))
        ):
            target = scope["raw_path"].decode("ascii", "replace") if scope.get("raw_path") else path
            query = f"?{scope['query_string'].decode('ascii', 'replace')}" if scope["query_string"] else ""
            await RedirectResponse(f"{address}/{target.lstrip('/')}{query}", 307)(scope, receive, send)
        else:
            await PlainTextResponse(SENTENCE, 403)(scope, receive, send)

    def _find_address(self, host: str) -> str | None:
        """Return our address with the host that the client asked for, or the main one if that host is not ours."""
        known = {address.partition("://")[2].casefold(): address for address in self._addresses.all}
        return known.get(host.casefold(), self._addresses.main)
