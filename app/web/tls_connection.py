"""TLS on one connection: decrypts what the client sends, and encrypts what the service sends.

asyncio's own TLS has buffers of its own between the service and the socket, of 256 KiB for each connection and more.
Here everything that is not sent yet is in the socket's transport, so that the limits for slow clients mean the same
with TLS as without. Source: asyncio/sslproto.py of CPython 3.11.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

PIECE_BYTES = 64 << 10
"""Bytes that are encrypted or decrypted at once; a record of TLS has 16 KiB."""

FED_BYTES = 8 << 10
"""Bytes decrypted in one turn of the event loop: 256 KiB can be 9,700 changes of keys, which take 340 ms, or 11,000
records of one byte, which take 50 ms."""

EMPTY_BYTES = 32 << 10
"""Bytes that a client may send without any content, such as changes of keys; a record of 16 KiB comes in pieces."""

CONTENT = 0x16
"""First byte of every TLS connection: a handshake record (RFC 8446, section 5.1)."""


class TlsConnection(asyncio.Protocol):
    """The TLS layer between a socket's transport and another protocol, on the server's side."""

    def __init__(self, context: ssl.SSLContext, open_inner: Callable[[asyncio.Transport], asyncio.Protocol]) -> None:
        """Use a context; `open_inner` is called after the handshake with the transport for what is inside."""
        self._open_inner = open_inner
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._received = bytearray()
        """What the client sent, until its turn."""
        self._n_empty = 0
        """Bytes since the last content."""
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._context = context
        self._raw: asyncio.Transport | None = None
        self.inner: asyncio.Protocol | None = None
        """The protocol that gets what was decrypted; None before the handshake is complete."""
        self._is_paused = False
        self._is_shut = False
        """Whether the end of what the service sends was announced to the client."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # a socket's transport
        """Wait for the client's first message."""
        self._raw = transport

    def data_received(self, data: bytes) -> None:
        """Continue the handshake, or pass on what was decrypted."""
        if self._raw is None or self._is_shut or self._raw.is_closing():
            return  # nobody reads it any more, and it would be kept
        self._received += data
        self._read()

    def eof_received(self) -> bool | None:
        """The client sends nothing more: without a close message too, as most browsers leave."""
        return self.inner.eof_received() if self.inner is not None else None

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass on that the connection is closed."""
        if self.inner is not None:
            self.inner.connection_lost(exc)

    def pause_writing(self) -> None:
        """Pass on that the client does not read."""
        if self.inner is not None:
            self.inner.pause_writing()

    def resume_writing(self) -> None:
        """Pass on that the client reads again."""
        if self.inner is not None:
            self.inner.resume_writing()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Encrypt and send."""
        if self._raw is None or self._is_shut or self._raw.is_closing():
            return
        view = memoryview(data)
        try:
            for first in range(0, len(view), PIECE_BYTES):
                self._tls.write(view[first : first + PIECE_BYTES])
                self._flush()
        except ssl.SSLError:  # the client broke the protocol
            self._raw.abort()

    def shut(self) -> None:
        """Announce that nothing more is sent."""
        if not self._is_shut:
            self._is_shut = True
            with suppress(ssl.SSLError):  # it asks for the client's own announcement, which need not come
                self._tls.unwrap()
            self._flush()

    def set_paused(self, *, is_paused: bool) -> None:
        """Stop passing on what the client sends, or continue with what was received meanwhile."""
        self._is_paused = is_paused
        if not is_paused:
            asyncio.get_running_loop().call_soon(self._read)

    def get_extra(self, name: str) -> Any:
        """Return what uvicorn asks a transport with TLS for."""
        return {"sslcontext": self._context, "ssl_object": self._tls}.get(name)

    def _shake_hands(self) -> bool:
        """Continue the handshake and return whether it is complete; a failed one ends the connection."""
        assert self._raw is not None
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            self._flush()
            return False
        except ssl.SSLError:
            self._flush()  # the reason, for the client
            self._raw.close()
            return False
        self._flush()
        self.inner = self._open_inner(TlsTransport(self._raw, self))
        return True

    def _read(self) -> None:
        """Continue the handshake, or pass on what can be decrypted; long data takes several turns of the loop."""
        if self._raw is None or self._is_paused or self._is_shut or self._raw.is_closing():
            return
        piece = self._received[:FED_BYTES]
        del self._received[:FED_BYTES]
        self._incoming.write(piece)
        if self.inner is not None or self._shake_hands():
            self._pass_on(len(piece))
        if self._received and not self._raw.is_closing():
            self._raw.pause_reading()
            asyncio.get_running_loop().call_soon(self._read_on)

    def _pass_on(self, n_new: int) -> None:
        """Decrypt what has come, `n_new` bytes more than before, and pass it on."""
        assert self._raw is not None
        assert self.inner is not None
        records: list[bytes] = []
        is_end = False
        try:
            while not is_end:
                records.append(self._tls.read(PIECE_BYTES))
                is_end = not records[-1]
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            self._raw.abort()
            return
        data = b"".join(records)
        self._n_empty = 0 if data else self._n_empty + n_new
        if self._n_empty > EMPTY_BYTES:
            self._raw.abort()
            return
        if data:
            self.inner.data_received(data)
        self._flush()  # what the protocol itself has to answer, such as a change of keys
        if is_end and not self.inner.eof_received():
            self._raw.close()

    def _read_on(self) -> None:
        if self._raw is not None and not self._is_paused:
            self._raw.resume_reading()
            self._read()

    def _flush(self) -> None:
        if self._outgoing.pending and self._raw is not None:
            self._raw.write(self._outgoing.read())


class TlsTransport(asyncio.Transport):
    """The transport for the protocol inside: the socket's, with encryption."""

    def __init__(self, raw: asyncio.Transport, connection: TlsConnection) -> None:
        """Wrap the transport of a socket."""
        super().__init__()
        self._raw, self._connection = raw, connection

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return information about the connection."""
        found = self._connection.get_extra(name)
        return self._raw.get_extra_info(name, default) if found is None else found

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Replace the protocol inside."""
        assert isinstance(protocol, asyncio.Protocol)
        self._connection.inner = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Return the protocol inside."""
        assert self._connection.inner is not None
        return self._connection.inner

    def is_closing(self) -> bool:
        """Return whether it is closing."""
        return self._raw.is_closing()

    def close(self) -> None:
        """Send what is waiting, and close."""
        if not self._raw.is_closing():
            self._connection.shut()
            self._raw.close()

    def abort(self) -> None:
        """Close at once."""
        self._raw.abort()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Encrypt and send."""
        self._connection.write(data)

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """Encrypt and send several pieces."""
        self._connection.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        """Return whether the end can be announced before the client's."""
        return self._raw.can_write_eof()

    def write_eof(self) -> None:
        """Announce that nothing more is sent."""
        self._connection.shut()
        self._raw.write_eof()

    def get_write_buffer_size(self) -> int:
        """Return the bytes that are not sent yet."""
        return self._raw.get_write_buffer_size()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Return the limits for `pause_writing` and `resume_writing`."""
        return self._raw.get_write_buffer_limits()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set these limits."""
        self._raw.set_write_buffer_limits(high, low)

    def is_reading(self) -> bool:
        """Return whether it passes on what the client sends."""
        return self._raw.is_reading()

    def pause_reading(self) -> None:
        """Stop reading."""
        self._connection.set_paused(is_paused=True)
        self._raw.pause_reading()

    def resume_reading(self) -> None:
        """Read again."""
        self._raw.resume_reading()
        self._connection.set_paused(is_paused=False)
