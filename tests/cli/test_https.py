"""The certificate of `surtitle serve --https`."""

import asyncio
from pathlib import Path

import pytest
from cryptography import x509

from app import config
from app.cli import https
from app.cli.client import RestClient
from app.cli.terminal import AUTHORITY
from app.errors import SettingsError, UnreachableError
from app.web.addresses import PageAddresses
from tests.fakes.hosted_rooms import HostedRooms, serve_rooms
from tests.support.certificates import make_certificate
from tests.support.raw_peer import KEY
from tests.support.waiting import wait_until


async def test_the_command_line_trusts_the_service_of_its_data_folder(tmp_path: Path) -> None:
    """With the authority of the data folder it connects over HTTPS, without it, it does not."""
    addresses = PageAddresses("0.0.0.0", is_https=True, list_networks=lambda: ["192.0.2.7"])
    rooms, settings = HostedRooms(), config.read(data=tmp_path, host="0.0.0.0", https=True)
    object.__setattr__(rooms.context, "certificate", https.open_certificate(settings, addresses))
    assert addresses.certificate_page == "http://192.0.2.7:8000/certificate"
    async with serve_rooms(rooms) as port:
        at = f"https://127.0.0.1:{port}"

        def list_rooms(authority: Path | None) -> list[str]:
            with RestClient(at, KEY, authority=authority) as client:
                return [room.name for room in client.list_rooms()]

        assert await asyncio.to_thread(list_rooms, tmp_path / AUTHORITY) == ["main"]
        for stranger in (None, tmp_path / "none"):
            with pytest.raises(UnreachableError, match="CERTIFICATE_VERIFY_FAILED"):
                await asyncio.to_thread(list_rooms, stranger)


async def test_a_certificate_follows_the_networks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the service runs, another address of the machine gets into the certificate."""
    monkeypatch.setattr(https, "RENEW_PAUSE_S", 0.01)
    now, networks = [0.0], ["192.168.1.20"]
    addresses = PageAddresses("0.0.0.0", is_https=True, list_networks=lambda: list(networks), clock=lambda: now[0])
    certificate = https.open_certificate(config.read(data=tmp_path, https=True), addresses)
    assert certificate is not None
    first = certificate.context
    networks[0], now[0] = "10.0.0.5", 60.0
    async with https.renewing(certificate):
        await wait_until(lambda: certificate.context is not first)


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("dev", {"dev.local"}),
        ("küche", set[str]()),
        ("", set[str]()),
        ("Hall.example.org", {"hall.local", "hall.example.org"}),
    ],
)
def test_the_authority_vouches_for_no_domain_of_others(
    name: str, names: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A computer called dev does not vouch for .dev; a name that no certificate can have is left out."""
    monkeypatch.setattr("socket.gethostname", lambda: name)
    addresses = PageAddresses("0.0.0.0", is_https=True, list_networks=lambda: ["192.0.2.7"])
    certificate = https.open_certificate(config.read(memory=True, https=True), addresses)
    assert certificate is not None
    assert certificate.authority is not None
    found = x509.load_pem_x509_certificate(certificate.authority)
    permitted = found.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    assert {one.value for one in permitted if isinstance(one, x509.DNSName)} == {"localhost", *names}


def test_a_given_certificate_names_the_service(tmp_path: Path) -> None:
    """Links begin with its name; a key without a certificate is an error; without HTTPS there is none."""
    key, file = make_certificate(tmp_path, "hall.example.org")
    addresses = PageAddresses("0.0.0.0", is_https=True)
    assert https.open_certificate(config.read(https_cert=file, https_key=key), addresses) is not None
    assert (addresses.main, addresses.needs_trust) == ("https://hall.example.org:8000", False)
    with pytest.raises(SettingsError, match="--https-cert together with --https-key"):
        https.open_certificate(config.read(https_key=key), addresses)
    assert https.open_certificate(config.read(), addresses) is None
