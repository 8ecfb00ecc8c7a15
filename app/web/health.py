"""Routes for monitoring: liveness, readiness and metrics."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.web.auth import bearer
from app.web.context import AppContext


def create_health_router(context: AppContext) -> APIRouter:
    """Return `/healthz`, `/readyz` and `/metrics`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> Response:
        return PlainTextResponse("ok")

    @router.get("/readyz")
    async def readyz() -> Response:
        return PlainTextResponse("ready") if context.service.is_ready else PlainTextResponse("starting", 503)

    @router.get("/metrics")
    async def metrics(request: Request) -> Response:
        context.authenticator.authorize(request, bearer(request), "admin", None)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
