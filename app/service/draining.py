"""Decodes, publishes and stores the last phrases of all rooms when the service shuts down."""

import asyncio
from collections.abc import Collection

from app import log
from app.errors import StoreError
from app.service.hosted_room import HostedRoom

logger = log.get(__name__)

DRAIN_S = 6.0
"""How long the last phrases may take to be decoded and stored."""


async def drain_rooms(rooms: Collection[HostedRoom]) -> None:
    """End all sources, and wait at most DRAIN_S until what was said is decoded, published and stored."""
    for hosted in rooms:
        hosted.sources.end_all()
    try:
        async with asyncio.timeout(DRAIN_S):
            await asyncio.gather(*(hosted.close() for hosted in rooms))
            for hosted in rooms:
                await hosted.log.flush()
    except StoreError as exc:
        logger.warning("not_saved", reason=str(exc))
    except TimeoutError:
        logger.warning("not_drained", within_s=DRAIN_S)
