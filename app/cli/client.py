"""A client of a running service's REST interface: rooms, keys, outputs and phrases.

The HTTP library is the one that huggingface_hub brings. Proxies from the environment are not used, because a key must
reach the service alone.
"""

import re
import ssl
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, TypeVar
from urllib.parse import quote

import httpx2
from pydantic import ValidationError

from app import choices
from app.config import is_loopback
from app.errors import AccessError, BusyError, RoomError, SettingsError, StoreError, SurtitleError, UnreachableError
from app.redaction import redact_url
from app.web.data_protection import Receipt
from app.web.incident_report import IncidentReport
from app.web.resource import Resource
from app.web.schemas import (
    ChangedRoom,
    Correction,
    KeyResource,
    KeyWithSecret,
    NewKey,
    NewRoom,
    Problem,
    RoomChange,
    RoomResource,
    RoomWithKeys,
)
from app.web.speaker_schemas import SpeakerName

ANSWER_S = 30.0
"""How long the service may take for one response; closing a room waits for its last phrase."""

BACKUP_S = 600.0
"""How long the service may take to begin a backup; compressing a gigabyte takes a minute."""

ERRORS: dict[int, type[SurtitleError]] = {
    401: AccessError,
    404: RoomError,
    413: SettingsError,
    422: SettingsError,
    503: StoreError,
}
"""The error for each status that the service sends; 429 is BusyError."""

AnyResource = TypeVar("AnyResource", bound=Resource)


class RestClient:
    """Client of one service, used as a context. Every method raises SurtitleError with the sentence to print."""

    def __init__(self, address: str, key: str = "", *, insecure: bool = False, authority: Path | None = None) -> None:
        """Connect to the service at `address`, such as http://127.0.0.1:8000, with a key if the service requires one.

        `authority` is the certificate of an authority to trust besides the usual ones, that of `serve --https`.

        Raises:
            SettingsError: `address` is not an address, or the key would cross a network unencrypted without `insecure`.
        """
        self.address = address.rstrip("/")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        if not self.address.startswith(("http://", "https://")) or not key.isascii():
            raise SettingsError(
                "Expected an address such as http://127.0.0.1:8000 and a key of letters and digits, "
                f"but got {redact_url(address)}."
            )
        try:
            self._http = httpx2.Client(
                base_url=self.address, headers=headers, timeout=ANSWER_S, trust_env=False, verify=_trust(authority)
            )
        except httpx2.InvalidURL as exc:
            raise SettingsError(
                f"Expected an address such as http://127.0.0.1:8000, but got {redact_url(address)}."
            ) from exc
        url = self._http.base_url
        if key and url.scheme != "https" and not is_loopback(url.host) and not insecure:
            raise SettingsError(
                f"Expected an address that begins with https:// because anybody on the network path to {url.host} "
                f"could read the key, but got {redact_url(address)}. Use https, or run the command on that machine, or "
                "add --insecure if you trust the whole network."
            )

    def __enter__(self) -> "RestClient":
        """Return the client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self._http.close()

    def list_rooms(self) -> list[RoomResource]:
        """Return all rooms."""
        return self._parse_list(RoomResource, self._request("GET", "/api/rooms"))

    def create_room(self, new: NewRoom) -> RoomWithKeys:
        """Create a room; its keys are returned only this once."""
        return self._parse(RoomWithKeys, self._request("POST", "/api/rooms", new))

    def get_room(self, name: str) -> RoomResource:
        """Return a room."""
        return self._parse(RoomResource, self._request("GET", _path(name)))

    def find_similar_room(self, name: str) -> str | None:
        """Return the room whose name is most like a mistyped one; None without one, or if this key may not see it."""
        try:
            return choices.suggest(name, [one.name for one in self.list_rooms()], {})
        except SurtitleError:
            return None

    def change_room(self, name: str, change: RoomChange) -> ChangedRoom:
        """Change a room and return it."""
        return self._parse(ChangedRoom, self._request("PATCH", _path(name), change))

    def name_speaker(self, name: str, speaker: SpeakerName) -> None:
        """Change the name of one speaker of a room; others that change at the same time stay."""
        self._request("PUT", _path(name) + "/speakers", speaker)

    def remove_room(self, name: str) -> Receipt:
        """Close a room, delete it, and return the receipt."""
        return self._parse(Receipt, self._request("DELETE", _path(name)))

    def export_room(self, name: str) -> bytes:
        """Return everything that the service stores about a room, as JSON."""
        return self._request("GET", _path(name) + "/export").content

    def erase_captions(self, name: str) -> Receipt:
        """Erase a room's captions and return the receipt."""
        return self._parse(Receipt, self._request("DELETE", _path(name) + "/captions"))

    def correct_phrase(self, name: str, phrase: str, correction: Correction) -> None:
        """Correct or withdraw a phrase."""
        self._request("PATCH", f"{_path(name)}/phrases/{quote(phrase, safe='')}", correction)

    def list_keys(self, room: str | None) -> list[KeyResource]:
        """Return the keys of a room, or all keys if `room` is None, without their secrets."""
        return self._parse_list(KeyResource, self._request("GET", _keys_path(room)))

    def create_key(self, room: str | None, new: NewKey) -> KeyWithSecret:
        """Create a key of a room, or of the whole service if `room` is None."""
        return self._parse(KeyWithSecret, self._request("POST", _keys_path(room), new))

    def revoke_key(self, room: str | None, key_id: str) -> None:
        """Revoke a key of a room, or any key if `room` is None."""
        self._request("DELETE", f"{_keys_path(room)}/{quote(key_id, safe='')}")

    def rotate_key(self, room: str | None, key_id: str) -> KeyWithSecret:
        """Give a key of a room a new secret, or any key if `room` is None."""
        return self._parse(KeyWithSecret, self._request("POST", f"{_keys_path(room)}/{quote(key_id, safe='')}/rotate"))

    def renew_links(self, room: str) -> list[KeyWithSecret]:
        """Give all keys of a room new secrets."""
        return self._parse_list(KeyWithSecret, self._request("POST", _path(room) + "/renew"))

    def add_output(self, name: str, new: Resource) -> str:
        """Add an output to a room and return the output's id."""
        return str(self._request("POST", _path(name) + "/outputs", new).json()["id"])

    def remove_output(self, name: str, output: str) -> None:
        """Remove an output from a room."""
        self._request("DELETE", f"{_path(name)}/outputs/{quote(output, safe='')}")

    def get_transcript(self, name: str, kind: str, track: str | None) -> bytes:
        """Return what was said as a subtitle file; `track` None is the room's last track."""
        query = {"lang": track} if track else {}
        return self._request("GET", f"/transcript/{quote(name, safe='')}.{quote(kind, safe='')}", query=query).content

    def close_everything(self) -> IncidentReport:
        """Close all rooms and revoke all stored keys but this one."""
        return self._parse(IncidentReport, self._request("POST", "/api/incident"))

    def get_backup(self, file: BinaryIO) -> None:
        """Write a backup of the service to an open file; raises OSError if that fails."""
        try:
            with self._http.stream("POST", "/api/backup", timeout=BACKUP_S) as response:
                if not response.is_success:
                    response.read()
                    raise self._read_error(response)
                for chunk in response.iter_bytes():
                    file.write(chunk)
        except httpx2.HTTPError as exc:
            raise self._unreachable(exc) from exc

    def _request(
        self, method: str, path: str, body: Resource | None = None, query: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        content = body.model_dump_json(exclude_unset=True) if body else None
        headers = {"Content-Type": "application/json"} if body else {}
        try:
            response = self._http.request(method, path, content=content, params=query, headers=headers)
        except httpx2.HTTPError as exc:
            raise self._unreachable(exc) from exc
        if not response.is_success:
            raise self._read_error(response)
        return response

    def _unreachable(self, exc: httpx2.HTTPError) -> UnreachableError:
        return UnreachableError(
            f"Surtitle does not answer at {redact_url(self.address)} ({_reason(exc)}). "
            "Start `surtitle serve` there, or give its address with --at or SURTITLE_AT."
        )

    def _read_error(self, response: httpx2.Response) -> SurtitleError:
        if response.status_code == 401:
            return AccessError(
                f"The service at {redact_url(self.address)} does not have this room, or the key is wrong or missing. "
                "On the service's own machine, name its data folder in SURTITLE_DATA; elsewhere put the key into "
                "SURTITLE_KEY or a file for --key-file."
            )
        try:
            sentence = Problem.model_validate_json(response.content).message
        except ValidationError:
            sentence = ""
        if response.status_code == 429:
            return BusyError(
                sentence or "Too many requests.", retry_after_s=_read_seconds(response.headers.get("retry-after"))
            )
        kind = ERRORS.get(response.status_code)
        if kind is None or not sentence:
            return self._unexpected(f"answers with status {response.status_code}")
        return kind(sentence)

    def _parse(self, kind: type[AnyResource], response: httpx2.Response) -> AnyResource:
        try:
            return kind.model_validate_json(response.content)
        except ValidationError as exc:
            raise self._unexpected("answers in another format") from exc

    def _parse_list(self, kind: type[AnyResource], response: httpx2.Response) -> list[AnyResource]:
        try:
            return [kind.model_validate(one) for one in response.json()]
        except (ValueError, TypeError) as exc:
            raise self._unexpected("answers in another format") from exc

    def _unexpected(self, what: str) -> UnreachableError:
        return UnreachableError(
            f"Expected Surtitle of this version at {redact_url(self.address)}, but the program there {what}. "
            "Check the address and the versions."
        )


def _trust(authority: Path | None) -> ssl.SSLContext:
    """Return the settings of TLS that trust another authority too; one that cannot be read is left out."""
    context = httpx2.create_ssl_context(trust_env=False)
    if authority is not None:
        with suppress(OSError):  # ssl.SSLError too
            context.load_verify_locations(authority)
    return context


def _reason(exc: httpx2.HTTPError) -> str:
    """Return why a connection failed, without the number of the system's error."""
    return re.sub(r"\[Errno -?\d+\] ", "", str(exc)) or type(exc).__name__


def _path(name: str) -> str:
    return f"/api/rooms/{quote(name, safe='')}"


def _keys_path(room: str | None) -> str:
    return "/api/keys" if room is None else _path(room) + "/keys"


def _read_seconds(text: str | None) -> float:
    return float(text) if text and text.isdigit() else 0.0
