"""The REST route that says where the pages open, for pages that make links for other devices and programs."""

from fastapi import APIRouter, Depends, Request

from app.web.auth import BEARER
from app.web.context import AppContext
from app.web.error_responses import RESPONSES
from app.web.guard import GuardedRoute, allow
from app.web.resource import Resource


class AddressList(Resource):
    """Where the pages of the service open; addresses have no slash at their end."""

    own: str
    """On the machine of the service itself, without a certificate where that is possible: OBS trusts none of ours."""
    main: str | None
    """On other devices; None if only this machine can open the pages."""
    others: tuple[str, ...]
    """Further addresses that lead to the same pages."""
    certificate_page: str | None
    """Where other devices get the certificate that they must trust first; None if they need none."""


def create_addresses_router(context: AppContext) -> APIRouter:
    """Return `/api/addresses`."""
    router = APIRouter(route_class=GuardedRoute, responses=RESPONSES, dependencies=[Depends(BEARER)])

    @router.get("/api/addresses", summary="Where the pages open, on this machine and on other devices")
    @allow(None)
    async def get_addresses(_request: Request) -> AddressList:
        known = context.addresses
        others, page = tuple(known.others), known.certificate_page
        return AddressList(own=known.own, main=known.main, others=others, certificate_page=page)

    return router
