"""Deletes captions and keys that have expired, while the service runs."""

import asyncio
from collections.abc import Mapping

from app import log
from app.errors import StoreError
from app.service.hosted_room import HostedRoom
from app.store.keyring import Keyring

logger = log.get(__name__)

EXPIRY_S = 5.0
"""Pause between two deletions."""


async def delete_expired(keyring: Keyring, hosted_rooms: Mapping[str, HostedRoom]) -> None:
    """Delete expired keys, and the expired captions of the rooms, every few seconds until cancelled."""
    while True:
        await asyncio.sleep(EXPIRY_S)
        try:
            await keyring.expire()
            for hosted in list(hosted_rooms.values()):
                await hosted.log.expire()
        except StoreError as exc:
            logger.warning("expired_not_deleted", reason=str(exc))
