"""What watches the service from outside: does it live, may people come, what does it count."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.web.auth import bearer
from app.web.context import AppContext


def health(house: AppContext) -> APIRouter:
    """Return `/healthz`, `/readyz` and `/metrics`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> Response:
        return PlainTextResponse("ok")

    @router.get("/readyz")
    async def readyz() -> Response:
        return PlainTextResponse("ready") if house.service.is_ready else PlainTextResponse("starting", 503)

    @router.get("/metrics")
    async def metrics(request: Request) -> Response:
        house.doorkeeper.admit(request, bearer(request), "admin", None)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
