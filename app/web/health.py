"""Routes for monitoring: liveness, readiness and metrics."""

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.web.context import AppContext
from app.web.guard import GuardedRoute, allow


def create_health_router(context: AppContext) -> APIRouter:
    """Return `/healthz`, `/readyz` and `/metrics`."""
    router = APIRouter(include_in_schema=False)
    guarded = APIRouter(include_in_schema=False, route_class=GuardedRoute)

    @router.get("/healthz")
    async def healthz() -> Response:
        return PlainTextResponse("ok")

    @router.get("/readyz")
    async def readyz() -> Response:
        return PlainTextResponse("ready") if context.service.is_ready else PlainTextResponse("starting", 503)

    @guarded.get("/metrics")
    @allow("metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    router.include_router(guarded)
    return router
