"""Reads a file or stream over HTTP; connects only to checked addresses."""

import base64
import socket
import ssl
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException, HTTPResponse
from io import SEEK_CUR, SEEK_END, SEEK_SET
from urllib.parse import urljoin

from app.errors import MediaError, SourceError
from app.media import address
from app.media.address import MediaAddress
from app.redaction import redact_url

OPEN_S = 10.0
"""Time limit for an answer, and for each read."""

READ_MAX = 1 << 16
"""Maximum bytes per read, even if more are requested: Python allocates the memory before they arrive."""

REDIRECTS_MAX = 5
"""Maximum redirects in a row; each address is checked."""

REDIRECTS = {301, 302, 303, 307, 308}

PLAYLISTS = {"application/vnd.apple.mpegurl", "application/x-mpegurl", "audio/mpegurl", "audio/x-mpegurl"}
"""Content types of HLS playlists, in lower case."""


def look_up(host: str, port: int) -> Sequence[str]:
    """Return the IP addresses of a host, in the order in which they should be tried.

    Raises:
        OSError: The lookup failed.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class HttpStream:
    """A file or stream on a server, read like a file; it can seek if the server sends its length and ranges."""

    def __init__(self, url: str, *, private: bool, lookup: address.Lookup = look_up) -> None:
        """Request it and wait for the answer.

        Raises:
            MediaError: It is not an http or https URL, or its server is on a private network.
            SourceError: It cannot be opened now.
        """
        self.name = url
        """Its URL after redirects; a playlist's entries are relative to it."""
        self._private = private
        self._lookup = lookup
        self._position = 0
        self._has_moved = False
        self._connection = self._request(0)
        length = self._connection.response.getheader("Content-Length") or ""
        self._length = int(length) if length.isascii() and length.isdigit() else None
        self._is_seekable = self._length is not None and self._connection.response.getheader("Accept-Ranges") == "bytes"

    @property
    def is_playlist(self) -> bool:
        """Whether its content type is that of an HLS playlist."""
        return self._connection.response.headers.get_content_type() in PLAYLISTS

    def seekable(self) -> bool:
        """Return whether `seek` works."""
        return self._is_seekable

    def tell(self) -> int:
        """Return the position of the next byte."""
        return self._position

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        """Move to a byte; the next read sends a new request.

        Raises:
            OSError: The position is before the beginning.
        """
        position = offset + {SEEK_SET: 0, SEEK_CUR: self._position, SEEK_END: self._length or 0}[whence]
        if position < 0:
            raise OSError(f"{redact_url(self.name)} has no byte {position}")
        if position != self._position:
            self._position, self._has_moved = position, True
        return self._position

    def read(self, n_bytes: int) -> bytes:
        """Return the received bytes, at most `n_bytes`; wait for the first; return nothing at the end.

        Raises:
            OSError: The connection broke.
            SourceError: It cannot be opened again at a new position.
        """
        if self._length is not None and self._position >= self._length:
            return b""
        if self._has_moved:
            self._connection.close_all()
            self._connection = self._request(self._position)
            self._has_moved = False
        try:
            received = self._connection.response.read1(min(n_bytes, READ_MAX))
        except HTTPException as exc:
            raise ConnectionError(f"{redact_url(self.name)} sent an invalid HTTP answer") from exc
        if not received and self._length is not None:
            raise ConnectionError(f"{redact_url(self.name)} broke off after {self._position} of {self._length} bytes")
        self._position += len(received)
        return received

    def close(self) -> None:
        """Close the connection."""
        self._connection.close_all()

    def _request(self, start: int) -> "_HttpConnection":
        url = self.name
        for _ in range(1 + REDIRECTS_MAX):
            server = address.resolve(url, self._lookup, private=self._private)
            connection = _HttpConnection(server)
            try:
                response = connection.request_from(start)
            except (OSError, HTTPException, ValueError) as exc:
                raise address.unreachable(url) from exc
            if response.status == (206 if start else 200):
                self.name = url
                return connection
            connection.close_all()
            if response.status not in REDIRECTS:
                raise SourceError(
                    f"The stream {redact_url(url)} cannot be opened now: the server answered {response.status}. "
                    "Check the address."
                )
            url = _join(url, response.getheader("Location") or "")
        raise MediaError(f"The address {redact_url(self.name)} redirects in a loop. Use the final URL.")


def _join(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:  # invalid brackets; the address check rejects it
        return location


class _HttpConnection(HTTPConnection):
    """One request to a server at its checked addresses."""

    response: HTTPResponse
    """The answer, after `request_from`."""

    def __init__(self, server: MediaAddress) -> None:
        super().__init__(server.host, server.port, timeout=OPEN_S)
        self._server = server
        self.default_port = address.PORTS["https" if server.is_secure else "http"]

    def request_from(self, start: int) -> HTTPResponse:
        """Request everything from a byte to the end, and return the answer."""
        headers = {"User-Agent": "Surtitle", "Accept": "*/*", "Connection": "close"}
        if start:
            headers["Range"] = f"bytes={start}-"
        if self._server.login is not None:
            headers["Authorization"] = "Basic " + base64.b64encode(self._server.login.encode()).decode("ascii")
        try:
            self.request("GET", self._server.target, headers=headers)
            self.response = self.getresponse()
        except BaseException:
            self.close()
            raise
        return self.response

    def close_all(self) -> None:
        """Close the answer and the connection; either may own the socket."""
        self.response.close()
        self.close()

    def connect(self) -> None:
        """Connect to the first address that answers; over TLS the certificate must match the host's name."""
        self.sock = self._connect_socket()
        if self._server.is_secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._server.host.rstrip("."))

    def _connect_socket(self) -> socket.socket:
        failure = OSError("no address")
        for ip in self._server.addresses:
            try:
                return socket.create_connection((ip, self._server.port), OPEN_S)
            except OSError as exc:
                failure = exc
        raise failure
