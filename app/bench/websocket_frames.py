"""The part of WebSocket framing (RFC 6455) that a viewer needs, at the lowest cost for each message; pure."""

import secrets

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
"""Opcodes of the frames."""

Frame = tuple[int, bytes]
"""Opcode and payload."""


class FrameReader:
    """Reads a server's frames from a byte stream; fragmented messages are not supported."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        """Start at the first byte of a frame."""
        self._rest = b""

    def feed(self, piece: bytes) -> list[Frame]:
        """Return the frames that are complete now."""
        piece = self._rest + piece if self._rest else piece
        frames: list[Frame] = []
        begin, end = 0, len(piece)
        while end - begin >= 2:
            n_bytes = piece[begin + 1]  # a server does not mask
            payload = begin + 2
            if n_bytes >= 126:
                payload += 2 if n_bytes == 126 else 8
                n_bytes = int.from_bytes(piece[begin + 2 : payload], "big")
            if payload + n_bytes > end:
                break
            frames.append((piece[begin] & 0x0F, piece[payload : payload + n_bytes]))
            begin = payload + n_bytes
        self._rest = piece[begin:]
        return frames


def mask_frame(kind: int, payload: bytes) -> bytes:
    """Return a client's frame; the payload has at most 65,535 bytes."""
    mask = secrets.token_bytes(4)
    n_bytes = len(payload)
    size = bytes([0x80 | n_bytes]) if n_bytes < 126 else b"\xfe" + n_bytes.to_bytes(2, "big")
    body = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
    return bytes([0x80 | kind]) + size + mask + body
