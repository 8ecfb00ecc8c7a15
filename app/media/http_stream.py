"""Bytes from http and https, only ever from addresses that have been checked."""

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

OPEN_S = 10.0
"""How long a server may take to answer, and to go on."""

READ_MAX = 1 << 16
"""Bytes read at once, however many are asked for: Python takes the memory before they are there."""

REDIRECTS_MAX = 5
"""How often one address may point to the next; each is checked as the first."""

REDIRECTS = {301, 302, 303, 307, 308}

PLAYLISTS = {"application/vnd.apple.mpegurl", "application/x-mpegurl", "audio/mpegurl", "audio/x-mpegurl"}
"""What servers call an HLS playlist, in lower case."""


def look_up(host: str, port: int) -> Sequence[str]:
    """Return the IP addresses of a host, in the order in which they should be tried.

    Raises:
        OSError: There are none, or nobody knows.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Remote:
    """A file or stream on a server, read like a file; it can be wound where the server knows how long it is."""

    def __init__(self, url: str, *, private: bool, lookup: address.Lookup = look_up) -> None:
        """Ask for it; the answer is there when this returns.

        Raises:
            MediaError: It is no http or https URL, or leads to where it must not.
            SourceError: It cannot be had now.
        """
        self.name = url
        """Where it was found in the end; a playlist's entries are relative to it."""
        self._private = private
        self._lookup = lookup
        self._at = 0
        self._is_wound = False
        self._connection = self._ask(0)
        length = self._connection.response.getheader("Content-Length") or ""
        self._length = int(length) if length.isascii() and length.isdigit() else None
        self._is_seekable = self._length is not None and self._connection.response.getheader("Accept-Ranges") == "bytes"

    @property
    def is_playlist(self) -> bool:
        """Whether the server calls it an HLS playlist."""
        return self._connection.response.headers.get_content_type() in PLAYLISTS

    def seekable(self) -> bool:
        """Return whether `seek` works."""
        return self._is_seekable

    def tell(self) -> int:
        """Return the place of the next byte."""
        return self._at

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        """Go to a byte; the server is asked again when it is read.

        Raises:
            OSError: It lies before the beginning.
        """
        at = offset + {SEEK_SET: 0, SEEK_CUR: self._at, SEEK_END: self._length or 0}[whence]
        if at < 0:
            raise OSError(f"{self.name} has no byte {at}")
        if at != self._at:
            self._at, self._is_wound = at, True
        return self._at

    def read(self, n_bytes: int) -> bytes:
        """Return what has come, at most `n_bytes`; waits for the first byte, and nothing is the end.

        Raises:
            OSError: The connection broke.
            SourceError: It cannot be had any more.
        """
        if self._length is not None and self._at >= self._length:
            return b""
        if self._is_wound:
            self._connection.hang_up()
            self._connection = self._ask(self._at)
            self._is_wound = False
        try:
            got = self._connection.response.read1(min(n_bytes, READ_MAX))
        except HTTPException as exc:
            raise ConnectionError(f"{self.name} does not speak HTTP") from exc
        if not got and self._length is not None:
            raise ConnectionError(f"{self.name} broke off after {self._at} of {self._length} bytes")
        self._at += len(got)
        return got

    def close(self) -> None:
        """Hang up."""
        self._connection.hang_up()

    def _ask(self, start: int) -> "_Connection":
        url = self.name
        for _ in range(1 + REDIRECTS_MAX):
            place = address.check(url, self._lookup, private=self._private)
            connection = _Connection(place)
            try:
                response = connection.ask(start)
            except (OSError, HTTPException, ValueError) as exc:
                raise SourceError(f"The stream {url} cannot be opened now; check the address and the network.") from exc
            if response.status == (206 if start else 200):
                self.name = url
                return connection
            connection.hang_up()
            if response.status not in REDIRECTS:
                raise SourceError(
                    f"The stream {url} cannot be opened now: the server answered {response.status}. Check the address."
                )
            url = _joined(url, response.getheader("Location") or "")
        raise MediaError(f"The address {self.name} leads from one to the next without end. Give the last of them.")


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:  # brackets that are no address; checked, and refused, as it stands
        return location


class _Connection(HTTPConnection):
    """One question to a place, at its own addresses."""

    response: HTTPResponse
    """The answer, once it has been asked."""

    def __init__(self, place: MediaAddress) -> None:
        super().__init__(place.host, place.port, timeout=OPEN_S)
        self._place = place
        self.default_port = address.PORTS["https" if place.is_secure else "http"]

    def ask(self, start: int) -> HTTPResponse:
        """Ask for everything from a byte on, and return the answer."""
        headers = {"User-Agent": "Surtitle", "Accept": "*/*", "Connection": "close"}
        if start:
            headers["Range"] = f"bytes={start}-"
        if self._place.login is not None:
            headers["Authorization"] = "Basic " + base64.b64encode(self._place.login.encode()).decode("ascii")
        try:
            self.request("GET", self._place.target, headers=headers)
            self.response = self.getresponse()
        except BaseException:
            self.close()
            raise
        return self.response

    def hang_up(self) -> None:
        """Close it all; the answer may hold the socket by itself."""
        self.response.close()
        self.close()

    def connect(self) -> None:
        """Connect to the first address that answers; a certificate must be for the host's name."""
        self.sock = self._reach()
        if self._place.is_secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._place.host.rstrip("."))

    def _reach(self) -> socket.socket:
        failure = OSError("no address")
        for ip in self._place.addresses:
            try:
                return socket.create_connection((ip, self._place.port), OPEN_S)
            except OSError as exc:
                failure = exc
        raise failure
