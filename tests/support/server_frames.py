"""WebSocket frames as a server sends them."""


def framed(kind: int, payload: bytes) -> bytes:
    """Return a server's frame."""
    n_bytes = len(payload)
    if n_bytes < 126:
        return bytes([0x80 | kind, n_bytes]) + payload
    size = b"\x7e" + n_bytes.to_bytes(2, "big") if n_bytes < 1 << 16 else b"\x7f" + n_bytes.to_bytes(8, "big")
    return bytes([0x80 | kind]) + size + payload
