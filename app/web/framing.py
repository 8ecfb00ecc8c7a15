"""Encodes a message as a WebSocket frame or a server-sent event, once for all readers."""

TEXT = 0x81
"""First byte of a WebSocket frame: the last part of a text message. Source: RFC 6455, section 5.2."""


def frame(message: bytes) -> bytes:
    """Return a text message as one WebSocket frame from the server, which is not masked."""
    n_bytes = len(message)
    if n_bytes < 126:
        return bytes((TEXT, n_bytes)) + message
    if n_bytes < 1 << 16:
        return bytes((TEXT, 126)) + n_bytes.to_bytes(2, "big") + message
    return bytes((TEXT, 127)) + n_bytes.to_bytes(8, "big") + message


def server_sent(message: bytes, last_id: str = "") -> bytes:
    """Return a message as one server-sent event; a client that reconnects sends `last_id`.

    JSON contains no line breaks, so one data line is enough. Source: WHATWG HTML, section 9.2.6.
    """
    return (f"id: {last_id}\n".encode() if last_id else b"") + b"data: " + message + b"\n\n"
