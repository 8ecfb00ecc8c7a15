"""Random requests for every route, with every role: valid, nearly valid and hostile ones, bodies up to the limits."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

TEXTS = ("", "\x00", "﷽" * 99, "a" * 5000, "../..", "main", "hall", "1-3", "%2e%2e", "\u202e", "=> x", "9" * 400)

LIMITS = (16 << 10, 256 << 10, 1 << 20)
"""Sizes of bodies around which requests are made: two that the service allows, one that it refuses."""


@dataclass(frozen=True, slots=True)
class FuzzedRequest:
    """One HTTP request."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class RequestMaker:
    """Makes requests from an OpenAPI description and keys by role."""

    def __init__(self, described: Mapping[str, Any], keys: Mapping[str, str], seed: int) -> None:
        """Make the same requests for the same seed; `keys` has an empty key for nobody."""
        self._random = random.Random(seed)
        self._routes = [
            (method.upper(), path) for path, methods in described["paths"].items() for method in methods
        ] + [("GET", path) for path in ("/metrics", "/healthz", "/", "/v/hall", "/static/room/rest.js")]
        self._keys = keys

    def make(self) -> FuzzedRequest:
        """Return the next request."""
        pick = self._random
        method, path = pick.choice(self._routes)
        if pick.random() < 0.05:
            method = pick.choice(["PUT", "POST", "HEAD", "OPTIONS", "DELETE"])
        if (method, path) == ("DELETE", "/api/rooms/{name}") or path.endswith(("/incident", "/renew")):
            method = "GET"  # the room and the keys must live on
        headers = {"Content-Type": "application/json"}
        role = pick.choice(list(self._keys))
        if self._keys[role]:
            headers["Authorization"] = f"Bearer {self._keys[role]}"
        if role == "wrong" or pick.random() < 0.05:  # from many addresses, so that few are refused for guessing
            headers["X-Forwarded-For"] = f"198.18.{pick.randrange(256)}.{pick.randrange(256)}"
        body = self._body() if method in ("POST", "PATCH", "PUT") else b""
        return FuzzedRequest(method, self._fill(path) + self._query(), headers, body)

    def _fill(self, path: str) -> str:
        values = {
            "name": ["hall"] * 8 + ["main", "none", "x" * 64],
            "kind": ["srt", "vtt", "txt", "json", "csv", "pdf"],
            "phrase": ["1-3", "1-900", "9-9", "x"],
            "source": ["stream", "s", "mic"],
            "output": ["file.srt", "abcd"],
            "key": ["0123456789ab", "setting"],
        }
        for name, choices in values.items():
            path = path.replace("{" + name + "}", self._random.choice(choices)).replace(
                "{" + name + ":path}", self._random.choice(choices)
            )
        return path

    def _query(self) -> str:
        pick = self._random
        return pick.choice(
            [
                "",
                "",
                "?before=9999999&limit=500",
                f"?limit={pick.randrange(600)}&before=3000",
                "?before=-1",
                "?before=" + "9" * 300,
                "?lang=original",
                "?lang=en",
                "?export=true",
                "?" + "a=1&" * 900,
            ]
        )

    def _body(self) -> bytes:
        pick = self._random
        size = max(2, round(pick.choice(LIMITS) * pick.choice([0.01, 0.3, 0.99, 1.01])))
        shapes = (self._valid, self._fields, self._nested, self._list, self._text, self._noise)
        return pick.choice(shapes)(size)

    def _valid(self, _size: int) -> bytes:
        pick = self._random
        bodies: Sequence[Mapping[str, object]] = (
            {"notice": "Back soon", "is_hidden": True},
            {"is_public": True, "is_open": True, "glossary": "Surtitle\nfoo => bar"},
            {"name": f"room-{pick.randrange(1 << 40)}"} if pick.random() < 0.02 else {"name": "hall"},
            {"role": "viewer", "label": pick.choice(TEXTS)[:60], "lasts_s": 60.0},
            {"track": "original", "text": pick.choice(TEXTS)},
            {"kind": "file", "format": "srt"},
            {"is_on": False},
        )
        return json.dumps(pick.choice(bodies)).encode()

    def _fields(self, size: int) -> bytes:
        return json.dumps({f"f{n:x}": 0 for n in range(size // 11)}).encode()[:size]

    def _nested(self, size: int) -> bytes:
        one = self._random.choice(["[", '{"a":', '[{"glossary":'])
        return (one * (size // len(one))).encode()

    def _list(self, size: int) -> bytes:
        name = self._random.choice(["outputs", "languages", "glossary", "keys"])
        items: list[object] = [self._random.choice([0, "de", {}, None])]
        return json.dumps({name: items * (size // 6)}).encode()[:size]

    def _text(self, size: int) -> bytes:
        pick = self._random
        name = pick.choice(["glossary", "notice", "text", "label", "source", "url", "name"])
        unit = pick.choice(["a", "ab => c\\n", "\\n", "\\u0041", "=>", "ﬃ", "a ", "x => y => z\\n", '\\"'])
        text = unit * (size // max(1, len(unit.encode())))
        return f'{{"{name}":"{text}"}}'.encode()

    def _noise(self, size: int) -> bytes:
        return self._random.randbytes(min(size, 4096))
