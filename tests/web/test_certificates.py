"""The authority's certificates, checked by openssl as a phone checks them."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from app.web.certificates import Authority, SignedCertificate, read_hosts
from tests.support.required_program import require_program

HOSTS = ["192.168.1.20", "laptop.local", "localhost", "127.0.0.1", "::1"]


def verify(folder: Path, authority: Authority, signed: SignedCertificate, *options: str) -> str:
    """Return what openssl says about a certificate; "OK" if it is valid."""
    (folder / "authority.pem").write_bytes(authority.pem)
    (folder / "server.pem").write_bytes(signed.certificate)
    command = [require_program("openssl"), "verify", "-x509_strict", "-purpose", "sslserver", *options]
    done = subprocess.run(
        [*command, "-CAfile", folder / "authority.pem", folder / "server.pem"],
        capture_output=True,
        text=True,
        check=False,
    )
    return "OK" if done.returncode == 0 else done.stderr


def test_a_certificate_is_valid_for_the_hosts_of_the_machine(tmp_path: Path) -> None:
    """Strict rules hold for each name and address; the certificate lasts less than the 397 days of browsers."""
    authority = Authority.create(HOSTS)
    signed = authority.sign(HOSTS, b"password")
    assert b"ENCRYPTED" in signed.key
    for host in ("192.168.1.20", "::1"):
        assert verify(tmp_path, authority, signed, "-verify_ip", host) == "OK"
    assert verify(tmp_path, authority, signed, "-verify_hostname", "laptop.local") == "OK"
    assert "mismatch" in verify(tmp_path, authority, signed, "-verify_hostname", "example.org")
    names, ends = read_hosts(signed.certificate)
    assert set(names) == set(HOSTS)
    assert timedelta(days=30) < ends - datetime.now(UTC) < timedelta(days=397)


@pytest.mark.parametrize("host", ["bank.example.org", "example.laptop.local.evil.org", "8.8.8.8", "2001:db8::1"])
def test_the_authority_can_vouch_for_nothing_else(tmp_path: Path, host: str) -> None:
    """Who steals its key can impersonate no other host: the name constraints forbid it."""
    authority = Authority.create(HOSTS)
    assert not authority.can_sign([host])
    assert "permitted subtree violation" in verify(tmp_path, authority, authority.sign([host], b"password"))


def test_the_authority_vouches_for_no_mail_and_no_programs() -> None:
    """Name constraints are about hosts, so the authority has a purpose too."""
    extensions = x509.load_pem_x509_certificate(Authority.create(HOSTS).pem).extensions
    assert list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [ExtendedKeyUsageOID.SERVER_AUTH]


def test_a_public_address_of_the_machine_is_allowed() -> None:
    """Besides private networks, the authority can sign for the addresses that the machine has when it is made."""
    authority = Authority.create([*HOSTS, "203.0.113.9"])
    assert authority.can_sign(["203.0.113.9", "10.1.2.3"])
    assert not authority.can_sign(["203.0.114.9"])


def test_an_authority_that_ends_soon_signs_nothing() -> None:
    """It is replaced a month before its end, which is after two years."""
    now = datetime.now(UTC)
    authority = Authority.load(Authority.create(HOSTS, now=now).store())
    assert authority.can_sign(HOSTS, now=now + timedelta(days=690))
    assert not authority.can_sign(HOSTS, now=now + timedelta(days=710))


def test_a_key_must_belong_to_its_certificate() -> None:
    """Mixed files are refused."""
    one, other = Authority.create(HOSTS).store(), Authority.create(HOSTS).store()
    with pytest.raises(ValueError, match="not that of"):
        Authority.load(SignedCertificate(one.certificate, other.key))
