"""The certificate that a service shows: kept, renewed, or read from files."""

import os
import stat
from pathlib import Path
from unittest.mock import Mock

import pytest

from app.errors import SettingsError
from app.web.certificates import Authority
from app.web.tls import GivenCertificate, OwnCertificate
from tests.support.certificates import make_certificate


def test_phones_trust_a_service_only_once(tmp_path: Path) -> None:
    """The authority stays over restarts and changes of the network; another context is used for other addresses.

    Copied files that others could read are for their owner only again.
    """
    hosts = ["192.168.1.20", "laptop.local"]
    own = OwnCertificate(tmp_path / "https", lambda: hosts)
    first = own.context
    own.renew()
    assert (own.is_new, own.context is first) == (True, True)
    hosts[0] = "10.0.0.5"
    own.renew()
    assert own.context is not first
    (tmp_path / "https").chmod(0o755)
    (tmp_path / "https" / "authority.key").chmod(0o644)
    again = OwnCertificate(tmp_path / "https", lambda: hosts)
    assert (again.is_new, again.authority) == (False, own.authority)
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "https").iterdir()} == {0o600}
    assert stat.S_IMODE((tmp_path / "https").stat().st_mode) == 0o700


def test_a_renewal_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a place for a temporary file, the service goes on with its certificate until there is one again."""
    hosts = ["192.168.1.20"]
    own = OwnCertificate(None, lambda: hosts)
    first = own.context
    hosts[0] = "10.0.0.5"
    with monkeypatch.context() as full:
        full.setattr("tempfile.TemporaryDirectory", Mock(side_effect=OSError("No space left on device")))
        own.renew()
        with pytest.raises(SettingsError, match="a folder for temporary files"):
            OwnCertificate(None, lambda: hosts)
    assert own.context is first
    own.renew()
    assert own.context is not first


def test_an_authority_that_ends_soon_leaves_the_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that has run for two years needs a new start; until then it signs no certificate without names."""
    hosts = ["192.168.1.20"]
    own = OwnCertificate(None, lambda: hosts)
    first = own.context
    monkeypatch.setattr(Authority, "can_sign", lambda self, names: False)
    hosts[0] = "10.0.0.5"
    own.renew()
    assert own.context is first


def test_a_damaged_or_useless_authority_is_replaced(tmp_path: Path) -> None:
    """So is one that may not sign for the main address of the machine."""
    own = OwnCertificate(tmp_path, lambda: ["192.168.1.20"])
    assert OwnCertificate(tmp_path, lambda: ["203.0.113.9"]).authority != own.authority
    (tmp_path / "authority.key").write_bytes(b"damaged")
    assert OwnCertificate(tmp_path, lambda: ["203.0.113.9"]).is_new


def test_nothing_is_kept_without_a_folder() -> None:
    """With --memory, the authority ends with the service."""
    assert OwnCertificate(None, lambda: ["192.168.1.20"]).is_new


def test_a_certificate_from_files_is_read_again(tmp_path: Path) -> None:
    """Its names are known; after a renewal the new one is used, and a damaged one is not."""
    key, certificate = make_certificate(tmp_path, "hall.example.org")
    given = GivenCertificate(certificate, key)
    assert (given.names, given.authority) == (("hall.example.org",), None)
    first = given.context
    given.renew()
    assert given.context is first
    make_certificate(tmp_path, "stage.example.org")
    os.utime(certificate, ns=(1, 1))
    given.renew()
    assert given.names == ("stage.example.org",)
    second = given.context
    certificate.write_bytes(b"damaged")
    given.renew()
    assert given.context is second


def test_files_that_cannot_be_used_are_a_sentence(tmp_path: Path) -> None:
    """A missing file, one without a certificate and a key of another certificate are named."""
    key, certificate = make_certificate(tmp_path, "hall.example.org")
    (tmp_path / "other").mkdir()
    other, _ = make_certificate(tmp_path / "other", "hall.example.org")
    for files in ((tmp_path / "none", key), (key, key), (certificate, other), (certificate, None)):
        with pytest.raises(SettingsError, match="Expected a certificate and its private key"):
            GivenCertificate(*files)
