"""How a phone gets the certificate that it installs."""

import ssl
from hashlib import sha256

import httpx

from app.web.tls import OwnCertificate
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms


async def test_a_phone_downloads_the_certificate_of_the_authority() -> None:
    """The page shows the fingerprint of the file, whose type makes phones offer to install it."""
    rooms, own = HostedRooms(), OwnCertificate(None, lambda: ["192.0.2.7"])
    object.__setattr__(rooms.context, "certificate", own)
    async with serve_rooms(rooms) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        page, file = [await client.get(path) for path in ("/certificate", "/certificate/surtitle.crt")]
    assert file.headers["content-type"] == "application/x-x509-ca-cert"
    assert own.authority is not None
    assert file.content == ssl.PEM_cert_to_DER_cert(own.authority.decode())
    assert own.fingerprint == sha256(file.content).digest().hex(" ").upper()
    assert f"<code>{own.fingerprint}</code>" in page.text


async def test_without_an_authority_there_is_no_page() -> None:
    """A service without HTTPS, or with a certificate from files, has nothing to install."""
    async with serve_rooms(HostedRooms()) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.get("/certificate")).status_code == 404
