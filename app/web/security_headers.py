"""The security headers of every response, with the content security policy of each page."""

from collections.abc import Callable, Sequence

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
)
"""Content-Security-Policy of every page: no inline code, nothing from other sites; `frame-ancestors` is added per
page."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every response."""

PAGE_HEADERS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), display-capture=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""Headers of every response but scripts and styles, to which they do not apply: 5 kB of the console's 60."""


class SecurityHeaders:
    """Adds the security headers to every HTTP response.

    Any page may frame the overlay, and the sites that a room's settings name may frame its audience page; only the
    builder may contain a frame, for its preview.
    """

    def __init__(self, inner: ASGIApp, frame_sites: Callable[[str], Sequence[str]]) -> None:
        """Wrap an application; `frame_sites` returns the sites that may frame the audience page of a room."""
        self._inner = inner
        self._frame_sites = frame_sites

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to the response."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        page, _, room = scope["path"][1:].partition("/")
        sites = self._frame_sites(room) if page == "v" else ()

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers["Content-Security-Policy"] = _policy(page, sites)
                if page != "static":
                    headers.update(PAGE_HEADERS)
                if page not in ("overlay", "static") and not sites:  # for these, frame-ancestors is enough
                    headers["X-Frame-Options"] = "DENY"
            await send(message)

        await self._inner(scope, receive, add)


def _policy(page: str, sites: Sequence[str]) -> str:
    """Return the Content-Security-Policy of a page, by the first part of its address; `sites` may frame it."""
    match page:
        case "builder":
            return POLICY + "frame-src 'self'; frame-ancestors 'none'"
        case "operator" | "slide" | "poster" | "":  # these show QR codes, fetched with a key, as blobs
            return POLICY.replace("img-src 'self'", "img-src 'self' blob:") + "frame-ancestors 'none'"
        case "overlay":
            return POLICY + "frame-ancestors *"
        case "static":  # a script or style follows the policy of its page; a short one saves 5 kB of the console's 60
            return "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ancestors = " ".join(sites) or "'none'"
    return f"{POLICY}frame-ancestors {ancestors}"
