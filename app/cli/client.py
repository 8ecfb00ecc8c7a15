"""A running service as another program sees it: its rooms, keys and phrases, over the REST interface.

The HTTP client is the one that huggingface_hub brings. Nothing else is asked on the way: proxies of the environment are
left out, because a key is for the service alone.
"""

from collections.abc import Mapping
from types import TracebackType
from typing import TypeVar
from urllib.parse import quote

import httpx2
from pydantic import ValidationError

from app.errors import (
    AccessError,
    BusyError,
    RoomError,
    SettingsError,
    StoreError,
    SurtitleError,
    UnreachableError,
)
from app.web.schemas import (
    Correction,
    KeyResource,
    KeyWithSecret,
    NewKey,
    NewRoom,
    Problem,
    Resource,
    RoomChange,
    RoomResource,
    RoomWithKeys,
)

ANSWER_S = 30.0
"""How long the service may take for one answer; closing a room waits for its last phrase."""

ERRORS: dict[int, type[SurtitleError]] = {
    401: AccessError,
    404: RoomError,
    413: SettingsError,
    422: SettingsError,
    503: StoreError,
}
"""What a status of the service means here; 429 is BusyError, others are none that it gives."""

Some = TypeVar("Some", bound=Resource)


class RestClient:
    """Asks one service; used as a context. Every method raises SurtitleError with the sentence to print."""

    def __init__(self, address: str, key: str = "") -> None:
        """Ask the service at `address`, as http://127.0.0.1:8000, with a key where it wants one.

        Raises:
            SettingsError: That is no address.
        """
        self.address = address.rstrip("/")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        if not self.address.startswith(("http://", "https://")) or not key.isascii():
            raise SettingsError(
                f"Expected an address such as http://127.0.0.1:8000 and a key of letters and digits, but got {address}."
            )
        try:
            self._http = httpx2.Client(base_url=self.address, headers=headers, timeout=ANSWER_S, trust_env=False)
        except httpx2.InvalidURL as exc:
            raise SettingsError(f"Expected an address such as http://127.0.0.1:8000, but got {address}.") from exc

    def __enter__(self) -> "RestClient":
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self._http.close()

    def rooms(self) -> list[RoomResource]:
        """Return all rooms."""
        return self._several(RoomResource, self._ask("GET", "/api/rooms"))

    def create(self, new: NewRoom) -> RoomWithKeys:
        """Make a room; its keys are told this once."""
        return self._one(RoomWithKeys, self._ask("POST", "/api/rooms", new))

    def room(self, name: str) -> RoomResource:
        """Return a room."""
        return self._one(RoomResource, self._ask("GET", _path(name)))

    def change(self, name: str, change: RoomChange) -> RoomResource:
        """Change a room and return it."""
        return self._one(RoomResource, self._ask("PATCH", _path(name), change))

    def remove(self, name: str) -> None:
        """Close a room and forget it."""
        self._ask("DELETE", _path(name))

    def export(self, name: str) -> bytes:
        """Return all that is known of a room, as JSON."""
        return self._ask("GET", _path(name) + "/export").content

    def erase(self, name: str) -> None:
        """Forget a room's captions."""
        self._ask("DELETE", _path(name) + "/captions")

    def correct(self, name: str, phrase: str, correction: Correction) -> None:
        """Correct a phrase or take it back."""
        self._ask("PATCH", f"{_path(name)}/phrases/{quote(phrase, safe='')}", correction)

    def keys(self, name: str) -> list[KeyResource]:
        """Return a room's keys, without the words that open."""
        return self._several(KeyResource, self._ask("GET", _path(name) + "/keys"))

    def mint(self, name: str, new: NewKey) -> KeyWithSecret:
        """Make a key of a room."""
        return self._one(KeyWithSecret, self._ask("POST", _path(name) + "/keys", new))

    def revoke(self, name: str, key_id: str) -> None:
        """Make a key open nothing any more."""
        self._ask("DELETE", f"{_path(name)}/keys/{quote(key_id, safe='')}")

    def add_output(self, name: str, new: Resource) -> str:
        """Give a room's captions to something more, and return the name it has there."""
        return str(self._ask("POST", _path(name) + "/outputs", new).json()["id"])

    def remove_output(self, name: str, output: str) -> None:
        """Give a room's captions there no more."""
        self._ask("DELETE", f"{_path(name)}/outputs/{quote(output, safe='')}")

    def transcript(self, name: str, kind: str, track: str | None) -> bytes:
        """Return what was said as a subtitle file; `track` None is the room's last."""
        query = {"lang": track} if track else {}
        return self._ask("GET", f"/transcript/{quote(name, safe='')}.{quote(kind, safe='')}", query=query).content

    def _ask(
        self, method: str, path: str, body: Resource | None = None, query: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        content = body.model_dump_json(exclude_unset=True) if body else None
        headers = {"Content-Type": "application/json"} if body else {}
        try:
            answer = self._http.request(method, path, content=content, params=query, headers=headers)
        except httpx2.HTTPError as exc:
            raise UnreachableError(
                f"No Surtitle answers at {self.address} ({exc or type(exc).__name__}). Start `surtitle serve` there, "
                "or give its address with --at or SURTITLE_AT."
            ) from exc
        if not answer.is_success:
            raise self._refusal(answer)
        return answer

    def _refusal(self, answer: httpx2.Response) -> SurtitleError:
        if answer.status_code == 401:
            return AccessError(
                f"The service at {self.address} knows no such room, or the key does not open it. "
                "Put the right key into SURTITLE_KEY or a file for --key-file."
            )
        try:
            sentence = Problem.model_validate_json(answer.content).message
        except ValidationError:
            sentence = ""
        if answer.status_code == 429:
            return BusyError(sentence or "Too much at once.", retry_after_s=_number(answer.headers.get("retry-after")))
        kind = ERRORS.get(answer.status_code)
        if kind is None or not sentence:
            return self._stranger(f"answers {answer.status_code}")
        return kind(sentence)

    def _one(self, kind: type[Some], answer: httpx2.Response) -> Some:
        try:
            return kind.model_validate_json(answer.content)
        except ValidationError as exc:
            raise self._stranger("answers otherwise") from exc

    def _several(self, kind: type[Some], answer: httpx2.Response) -> list[Some]:
        try:
            return [kind.model_validate(one) for one in answer.json()]
        except (ValueError, TypeError) as exc:
            raise self._stranger("answers otherwise") from exc

    def _stranger(self, what: str) -> UnreachableError:
        return UnreachableError(
            f"Expected Surtitle at {self.address}, of this program's version, but what is there {what}. "
            "Check the address and the versions."
        )


def made(kind: type[Some], /, **fields: object) -> Some:
    """Return a resource of these fields.

    Raises:
        SettingsError: One of them cannot be.
    """
    try:
        return kind(**fields)
    except ValidationError as exc:
        first = exc.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        secrets = {at for at, field in kind.model_fields.items() if not field.repr}
        # a secret is not for the screen, nor is all that was given, which is the input where a field is missing
        is_shown = first["type"] != "missing" and first["loc"] and first["loc"][0] not in secrets
        what = repr(first["input"]) if is_shown else "that value"
        raise SettingsError(f"The {name} cannot be {what}: {first['msg'].rstrip('.')}.") from None


def _path(name: str) -> str:
    return f"/api/rooms/{quote(name, safe='')}"


def _number(text: str | None) -> float:
    return float(text) if text and text.isdigit() else 0.0
