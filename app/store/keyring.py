"""Access keys: long random secrets, of which only the hashes are stored."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from app.errors import RoomError, SettingsError
from app.store import key_table
from app.store.access_key import DAY_S, KEY_LASTS_MAX_S, KEY_LASTS_S, LOCAL, SETTING, Key, Role
from app.store.clock import Clock
from app.store.database import Database

SECRET_BYTES = 24
"""192 random bits; 128 would be enough against guessing."""

PRINTED = "printed at the start"
"""Label of the keys in the links that `serve` prints."""

PRINTED_LEFT_S = 7 * DAY_S
"""A printed key that ends sooner is replaced at the next start, so that the links are valid for an event."""

USE_MS = 1_000
"""Resolution of a key's last use."""


class Keyring:
    """All keys, in memory and on the disk."""

    def __init__(self, database: Database, clock: Clock, local_secret: str = "") -> None:
        """Read the keys from the disk.

        `local_secret` is an admin key too, and the secrets of printed keys are derived from it; empty for one that
        nobody knows.
        """
        self._database, self._clock = database, clock
        self._keys: dict[bytes, Key] = dict(database.read(key_table.all_keys))
        self._uses: set[str] = set()
        """Ids of keys whose last use is not saved yet."""
        self._local_secret = local_secret or secrets.token_urlsafe(SECRET_BYTES)
        if local_secret:
            self._add_unstored(local_secret, LOCAL, "the command line on this machine")
        self.on_revoked: Callable[[str], None] = lambda key_id: None
        """Called with the id of a key that was revoked or renewed, has expired, or was deleted with its room."""

        self.on_printed: Callable[[Key], None] = lambda key: None
        """Called with a key that was made for a printed link."""

    def find(self, secret: str) -> Key | None:
        """Return the key with this secret and note its use; None if there is none or it has expired.

        It is looked up by its hash, so the time of the lookup reveals nothing about secrets.
        """
        hashed = _hash(secret)
        key = self._keys.get(hashed)
        if key is None or self._has_expired(key):
            return None
        now_ms = self._clock.now_ms()
        if now_ms - (key.used_ms or 0) >= USE_MS:
            key = self._keys[hashed] = replace(key, used_ms=now_ms)
            self._uses.add(key.id)
        return key

    def get(self, key_id: str) -> Key | None:
        """Return the key with this id; None if there is none or it has expired."""
        return next((key for key in self._valid() if key.id == key_id), None)

    def list(self, room: str | None = None) -> Sequence[Key]:
        """Return the keys of a room, or all, those of the service too, oldest first."""
        return sorted((key for key in self._valid() if room in (None, key.room)), key=lambda key: key.created_ms)

    def add_master_key(self, secret: str) -> None:
        """Add a secret from the settings as an admin key; it stays in memory only."""
        self._add_unstored(secret, SETTING, "from the settings")

    async def create_key(
        self,
        room: str | None,
        role: Role,
        label: str = "",
        lasts_s: float = KEY_LASTS_S,
        parent: Key | None = None,
    ) -> tuple[Key, str]:
        """Create a key and return it with its secret, which is stored nowhere.

        `parent` is the key that asks for it: the new key ends with it at the latest.

        Raises:
            StoreError: The disk failed; no key was created.
        """
        return await self._create(secrets.token_hex(6), room, role, label, lasts_s, parent, None)

    async def printed_key(self, room: str | None, role: Role) -> str:
        """Return the secret for a link that is printed at every start; it stays the same until the key ends.

        It is derived from the local secret and the key's id, so that it is stored nowhere either.

        Raises:
            StoreError: The disk failed; no key was created.
        """
        end_ms = self._clock.now_ms() + round(PRINTED_LEFT_S * 1000)
        for key in self._valid():
            is_printed = (key.room, key.role, key.label) == (room, role, PRINTED)
            if is_printed and key.expires_ms is not None and key.expires_ms > end_ms:
                secret = self._derive(key.id)
                if _hash(secret) in self._keys:  # no longer, if it was renewed or the local secret is another
                    return secret
        key_id = secrets.token_hex(6)
        key, secret = await self._create(key_id, room, role, PRINTED, KEY_LASTS_S, None, self._derive(key_id))
        self.on_printed(key)
        return secret

    async def revoke(self, key_id: str) -> bool:
        """Revoke a key and all keys that were made with it, at once; return whether there was one.

        Raises:
            SettingsError: It is one of the two keys that are not stored.
            StoreError: The disk failed: the keys are revoked now, but would be valid again after a restart.
        """
        _require_stored(key_id)
        if self.get(key_id) is None:
            return False
        await self._remove([key_id, *self._descendants(key_id)])
        return True

    async def revoke_all(self, kept: str | None) -> Sequence[Key]:
        """Revoke every stored key except `kept`, and return them.

        Raises:
            StoreError: The disk failed: the keys are revoked now, but would be valid again after a restart.
        """
        revoked = [key for key in self._valid() if key.id not in (kept, SETTING, LOCAL)]
        await self._remove([key.id for key in revoked])
        return revoked

    async def rotate(self, key_id: str, renewer: Key) -> tuple[Key, str]:
        """Give a key a new secret and revoke the keys that were made with it; the old secret is invalid at once.

        `renewer` is the key that asks for it; the renewed key ends with it at the latest.

        Raises:
            RoomError: There is no such key.
            SettingsError: It is one of the two keys that are not stored.
            StoreError: The disk failed: the old secret is invalid now, but would be valid again after a restart.
        """
        _require_stored(key_id)
        key = self.get(key_id)
        if key is None:
            raise RoomError(f"Expected the id of a key, but there is no {key_id}. `surtitle key list` shows them.")
        # renewed in memory before anything waits: a key that is revoked meanwhile must not come back
        (renewed,) = self._renew([key], renewer)
        await self._remove(self._descendants(key_id))
        await self._save([renewed])
        return renewed

    async def rotate_room(self, room: str, renewer: Key) -> Sequence[tuple[Key, str]]:
        """Give every key of a room a new secret, so that all old links are invalid at once; return the new secrets.

        None outlives `renewer`, the key that asks for it.

        Raises:
            StoreError: The disk failed: the old secrets are invalid now, but would be valid again after a restart.
        """
        renewed = self._renew(self.list(room), renewer)
        await self._save(renewed)
        return renewed

    async def expire(self) -> None:
        """Delete keys that have expired, and save when the others were used last.

        Raises:
            StoreError: The disk failed; the keys are invalid nevertheless.
        """
        expired = [key.id for key in self._keys.values() if self._has_expired(key)]
        if expired:
            await self._remove(expired)
        uses = [(key.used_ms, key.id) for key in self._keys.values() if key.id in self._uses]
        self._uses.clear()
        if uses:
            await self._database.run(partial(key_table.save_uses, uses=uses))

    def remove_room(self, room: str) -> None:
        """Remove a room's keys from memory; their rows are deleted with the room."""
        self._forget([key.id for key in self._keys.values() if key.room == room])

    def _add_unstored(self, secret: str, key_id: str, label: str) -> None:
        self._keys[_hash(secret)] = Key(key_id, None, "admin", label, self._clock.now_ms())

    async def _create(
        self,
        key_id: str,
        room: str | None,
        role: Role,
        label: str,
        lasts_s: float,
        parent: Key | None,
        secret: str | None,
    ) -> tuple[Key, str]:
        secret = secret or secrets.token_urlsafe(SECRET_BYTES)
        now_ms = self._clock.now_ms()
        expires_ms = now_ms + round(min(lasts_s, KEY_LASTS_MAX_S) * 1000)
        if parent is not None and parent.expires_ms is not None:
            expires_ms = min(expires_ms, parent.expires_ms)
        key = Key(key_id, room, role, label, now_ms, expires_ms, parent.id if parent else None)
        parent_hash = self._find_hash(parent)
        await self._database.run(partial(key_table.insert, key=key, hashed=_hash(secret)))
        if parent is not None and (parent_hash is None or self._find_hash(parent) != parent_hash):
            await self._remove([key.id])  # the parent was revoked or renewed meanwhile, and its children with it
        else:
            self._keys[_hash(secret)] = key
        return key, secret

    def _renew(self, keys: Sequence[Key], renewer: Key) -> Sequence[tuple[Key, str]]:
        """Give keys new secrets, in memory; they end with the renewer at the latest, and when it is revoked."""
        older = self._ancestors(renewer)
        renewed = []
        for key in keys:
            ends_ms = [ms for ms in (key.expires_ms, renewer.expires_ms) if ms is not None]
            is_child = key.id != renewer.id and key.id not in older and renewer.id not in (SETTING, LOCAL)
            parent = renewer.id if is_child else key.parent
            one = replace(key, expires_ms=min(ends_ms, default=None), parent=parent)
            renewed.append((one, secrets.token_urlsafe(SECRET_BYTES)))
        self._forget([key.id for key in keys])
        for key, secret in renewed:
            self._keys[_hash(secret)] = key
        return renewed

    async def _save(self, renewed: Sequence[tuple[Key, str]]) -> None:
        rows = [(_hash(secret), key.expires_ms, key.parent, key.id) for key, secret in renewed]
        await self._database.run(partial(key_table.save_renewed, rows=rows), scrubs=True)

    async def _remove(self, ids: Sequence[str]) -> None:
        self._forget(ids)
        await self._database.run(partial(key_table.delete, ids=ids), scrubs=True)

    def _forget(self, ids: Sequence[str]) -> None:
        gone = set(ids)
        self._keys = {hashed: key for hashed, key in self._keys.items() if key.id not in gone}
        for key_id in ids:
            self.on_revoked(key_id)

    def _descendants(self, key_id: str) -> Sequence[str]:
        """Return the ids of the keys that were made with a key, or with one of those."""
        found = [key.id for key in self._keys.values() if key.parent == key_id]
        return [one for child in found for one in (child, *self._descendants(child))]

    def _ancestors(self, key: Key) -> set[str]:
        """Return the ids of the key that made a key, of the one that made that, and so on."""
        parents = {one.id: one.parent for one in self._keys.values()}
        found: set[str] = set()
        parent = key.parent
        while parent is not None and parent not in found:
            found.add(parent)
            parent = parents.get(parent)
        return found

    def _find_hash(self, wanted: Key | None) -> bytes | None:
        """Return the hash of a key's present secret; None if it is no longer valid."""
        found = (hashed for hashed, key in self._keys.items() if wanted is not None and key.id == wanted.id)
        return next((hashed for hashed in found if not self._has_expired(self._keys[hashed])), None)

    def _valid(self) -> Iterator[Key]:
        return (key for key in self._keys.values() if not self._has_expired(key))

    def _has_expired(self, key: Key) -> bool:
        return key.expires_ms is not None and key.expires_ms <= self._clock.now_ms()

    def _derive(self, key_id: str) -> str:
        digest = hmac.digest(self._local_secret.encode(), f"printed {key_id}".encode(), "sha256")
        return urlsafe_b64encode(digest[:SECRET_BYTES]).decode()


def _require_stored(key_id: str) -> None:
    if key_id == SETTING:
        raise SettingsError("To end the admin key of the settings, change SURTITLE_KEY and start the service again.")
    if key_id == LOCAL:
        raise SettingsError(
            "To end the key of this machine's command line, delete admin.key in the data folder and start the service "
            "again."
        )


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
