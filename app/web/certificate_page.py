"""The page with which a phone learns to trust the service's certificates, and the file that it installs."""

import ssl
from hashlib import sha256

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from app.web.context import AppContext
from app.web.static_dir import static_dir

MEDIA_TYPE = "application/x-x509-ca-cert"
"""With this type, iOS and Android offer to install what they download."""


def create_certificate_router(context: AppContext) -> APIRouter:
    """Return `/certificate` and `/certificate/surtitle.crt`; without a certificate to install, both are not found."""
    router = APIRouter(include_in_schema=False)
    authority = context.certificate.authority if context.certificate else None
    if authority is None:
        return router
    content = ssl.PEM_cert_to_DER_cert(authority.decode())
    page = (static_dir() / "certificate" / "certificate.html").read_text(encoding="utf-8")
    page = page.replace("FINGERPRINT", sha256(content).digest().hex(" ").upper())

    @router.get("/certificate")
    async def explain() -> HTMLResponse:
        return HTMLResponse(page)

    @router.get("/certificate/surtitle.crt")
    async def download() -> Response:
        return Response(content, media_type=MEDIA_TYPE, headers={"Content-Disposition": "attachment"})

    return router
