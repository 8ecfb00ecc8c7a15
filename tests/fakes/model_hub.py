"""A model hub on this machine: one repository whose files and latest commit a test changes."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import huggingface_hub
import pytest

from tests.fakes.http_server import reply, serve_http

REPOSITORY = "someone/whisper"

FILES = {"config.json": b"{}", "model.bin": b"weights", "tokenizer.json": b"{}", "vocabulary.json": b"[]"}
"""What a model consists of; the contents are no model."""


class ModelHub:
    """Answers the requests that the hub's library makes for a snapshot."""

    def __init__(self) -> None:
        self.commits = {"1" * 40: dict(FILES)}
        self.latest = "1" * 40
        self.asked: list[str] = []
        """Every path that was requested."""

    def push(self, commit: str, **changed: bytes) -> None:
        """Make a new latest commit; in the names of changed files, `_` stands for the dot."""
        files = {name.replace("_", "."): content for name, content in changed.items()}
        self.commits[commit] = {**self.commits[self.latest], **files}
        self.latest = commit

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        path = request.path.partition("?")[0]
        self.asked.append(path)
        match path.strip("/").split("/"):
            case ["api", "models", owner, name, "revision", revision]:
                self._answer_json(request, {"id": f"{owner}/{name}", "sha": self._resolve(revision), "siblings": []})
            case ["api", "models", _, _, "tree", revision, *_]:
                entries = [
                    {"type": "file", "path": file, "size": len(content), "oid": hashlib.sha1(content).hexdigest()}
                    for file, content in self.commits[self._resolve(revision)].items()
                ]
                self._answer_json(request, entries)
            case [_, _, "resolve", revision, file]:
                commit = self._resolve(revision)
                content = self.commits[commit][file]
                tag = hashlib.sha1(content).hexdigest()
                reply(request, content, ETag=f'"{tag}"', X_Repo_Commit=commit, Content_Length=str(len(content)))
            case _:
                request.send_error(404)

    def _resolve(self, revision: str) -> str:
        return self.latest if revision == "main" else revision

    def _answer_json(self, request: BaseHTTPRequestHandler, answer: object) -> None:
        body = json.dumps(answer).encode()
        reply(request, body, Content_Type="application/json", Content_Length=str(len(body)))


@contextmanager
def serving_models(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelHub]:
    """Serve a hub while the block lasts, and let the hub's library ask it alone."""
    hub = ModelHub()
    with serve_http(hub.answer) as port:
        endpoint = f"http://127.0.0.1:{port}"
        download = partial(huggingface_hub.snapshot_download, endpoint=endpoint)
        monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
        monkeypatch.setattr("app.decode.model_hub.is_reachable", lambda _: True)
        yield hub


def hash_files(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file in a folder."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
