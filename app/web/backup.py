"""The backup of a running service: a copy of the database and the rooms' files, as one file to download."""

import asyncio
from collections.abc import Iterator
from typing import BinaryIO

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from app.errors import BusyError, SettingsError
from app.store.access_key import LOCAL, SETTING
from app.web.audit import record
from app.web.auth import BEARER
from app.web.context import AppContext
from app.web.error_responses import RESPONSES
from app.web.guard import GuardedRoute, allow, client_of

CHUNK_BYTES = 256 << 10

RETRY_S = 60.0
"""When to ask again while another backup is being made."""

OWN_KEYS_ONLY = (
    "Expected the admin key of the service's own machine or of SURTITLE_KEY: a backup contains the passwords and "
    "addresses of outputs, which links for admins do not return."
)


def create_backup_router(context: AppContext) -> APIRouter:
    """Return `/api/backup`."""
    router = APIRouter(route_class=GuardedRoute, responses=RESPONSES, dependencies=[Depends(BEARER)])
    lock = asyncio.Lock()

    @router.post("/api/backup", summary="Back up everything that has not expired", response_class=Response)
    @allow("admin", limit="export")
    async def make_backup(request: Request) -> Response:
        if client_of(request).key not in (LOCAL, SETTING):
            raise SettingsError(OWN_KEYS_ONLY)
        if lock.locked():
            raise BusyError("A backup is being made already. Try again in a minute.", retry_after_s=RETRY_S)
        async with lock:
            file = await context.service.make_backup()
        record(request, "backup_made")
        headers = {"Content-Disposition": 'attachment; filename="surtitle-backup.zip"'}
        return StreamingResponse(_chunks(file), media_type="application/zip", headers=headers)

    return router


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    """Yield the content of a file, and close it, which deletes it."""
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
