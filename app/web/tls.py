"""The certificate that a service with HTTPS shows: one of its own authority, or one from files."""

import secrets
import ssl
import tempfile
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import UTC, datetime
from math import inf
from pathlib import Path

from app import atomic_file, log
from app.errors import SettingsError
from app.store import data_folder
from app.web.certificates import RENEW_DAYS, SERVER_DAYS, Authority, SignedCertificate, read_hosts

logger = log.get(__name__)

FOLDER = "https"
"""Folder in the data folder with the authority; only its owner can read it."""

AUTHORITY_FILE, KEY_FILE = "authority.pem", "authority.key"

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
"""What this machine calls itself."""


class OwnCertificate:
    """A certificate of an authority that the service keeps in its data folder; without a folder in memory."""

    names: tuple[str, ...] = ()

    def __init__(self, folder: Path | None, list_hosts: Callable[[], Collection[str]]) -> None:
        """Load the authority or make one, and sign a certificate for the hosts of this machine.

        Raises:
            SettingsError: The folder, or one for temporary files, cannot be used.
        """
        self._list_hosts = list_hosts
        self._hosts = self._read_hosts()
        self.is_new = False
        """Whether the authority was made now, so that no phone trusts it yet."""
        self._authority = self._load(folder)
        try:
            self._sign()
        except OSError as exc:
            raise SettingsError(
                f"Expected a folder for temporary files, which HTTPS needs for a moment, but {exc.strerror or exc}. "
                "Free some space, or name a folder in the variable TMPDIR."
            ) from exc

    @property
    def authority(self) -> bytes | None:
        """The certificate of the authority, as PEM."""
        return self._authority.pem

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the authority's certificate, as phones show it."""
        return self._authority.fingerprint

    def renew(self) -> None:
        """Sign another certificate if the machine has other hosts now, or if the old one ends soon.

        While that fails, for example because the disk is full, the old certificate stays.
        """
        before, hosts = self._hosts, self._read_hosts()
        if set(hosts) == set(before) and time.time() <= self._renew_s:
            return
        self._hosts = hosts
        try:
            self._sign()
        except OSError as error:
            self._hosts = before
            logger.warning("certificate_not_renewed", reason=str(error))
        else:
            logger.info("certificate_renewed", hosts=len(hosts))

    def _read_hosts(self) -> list[str]:
        return list(dict.fromkeys((*self._list_hosts(), *LOCAL_HOSTS)))

    def _load(self, folder: Path | None) -> Authority:
        """Return the stored authority if it may sign for the main address, else a new one."""
        if folder is not None and folder.is_dir():
            data_folder.protect(folder, (folder / KEY_FILE, folder / AUTHORITY_FILE))
        if folder is not None and (stored := _read_authority(folder)) is not None and stored.can_sign(self._hosts[:1]):
            return stored
        self.is_new = True
        made = Authority.create(self._hosts)
        if folder is not None:
            _write_authority(folder, made.store())
        return made

    def _sign(self) -> None:
        """Sign a certificate; what the authority may not name, such as a new public address, is left out.

        An authority that ends soon signs nothing more: the present certificate stays until the service starts again.
        """
        if not self._authority.can_sign(LOCAL_HOSTS):
            self._renew_s = inf
            logger.warning("authority_ends", todo="start the service again, and let phones trust the new authority")
            return
        password = secrets.token_hex(16)
        hosts = [host for host in self._hosts if self._authority.can_sign([host])]
        self.context = build_context(self._authority.sign(hosts, password.encode()), password)
        self._renew_s = time.time() + (SERVER_DAYS - RENEW_DAYS) * 86_400


class GivenCertificate:
    """A certificate from files, read again when they change."""

    authority = None

    def __init__(self, certificate: Path, key: Path | None) -> None:
        """Read the files; `key` None means that the key is in the certificate's file.

        Raises:
            SettingsError: They cannot be read, do not belong together, or the certificate has ended.
        """
        self._certificate, self._key = certificate, key
        self._changed_ns = self._read_changed()
        self._read()

    def renew(self) -> None:
        """Read the files again if they have changed; while they cannot be used, the old certificate stays."""
        changed_ns = self._read_changed()
        if changed_ns == self._changed_ns:
            return
        try:
            self._read()
        except SettingsError as error:
            logger.warning("certificate_not_renewed", reason=str(error))
        else:
            self._changed_ns = changed_ns

    def _read_changed(self) -> int:
        changed = 0
        for path in filter(None, (self._certificate, self._key)):
            with suppress(OSError):
                changed += path.stat().st_mtime_ns
        return changed

    def _read(self) -> None:
        try:
            names, ends = read_hosts(self._certificate.read_bytes())
            context = _new_context()
            context.load_cert_chain(self._certificate, self._key, password=_refuse_password)
        except (OSError, ValueError) as exc:  # ssl.SSLError is an OSError
            files = f"{self._certificate} and {self._key}" if self._key else f"{self._certificate}"
            raise SettingsError(
                f"Expected a certificate and its private key in PEM, but {files} cannot be used: "
                f"{getattr(exc, 'strerror', None) or exc}. Correct --https-cert and --https-key."
            ) from exc
        if ends < datetime.now(UTC):
            raise SettingsError(
                f"Expected a valid certificate, but that in {self._certificate} ended on {ends:%Y-%m-%d}. Renew it."
            )
        self.names, self.context = names, context


def build_context(signed: SignedCertificate, password: str) -> ssl.SSLContext:
    """Return the settings of TLS for a certificate.

    OpenSSL reads it from files only. They are there for a moment, and the key in them is encrypted.
    """
    context = _new_context()
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = Path(folder, "certificate"), Path(folder, "key")
        certificate.write_bytes(signed.certificate)
        key.write_bytes(signed.key)
        context.load_cert_chain(certificate, key, password)
    return context


def _new_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION  # a client could make the service compute again and again
    context.set_alpn_protocols(["http/1.1"])
    return context


def _refuse_password() -> str:
    raise ValueError("the key has a password, which nobody can type when the service starts by itself")


def _read_authority(folder: Path) -> Authority | None:
    try:
        stored = SignedCertificate((folder / AUTHORITY_FILE).read_bytes(), (folder / KEY_FILE).read_bytes())
        return Authority.load(stored)
    except (OSError, ValueError, TypeError):
        return None  # none yet, or damaged: a new one is made


def _write_authority(folder: Path, stored: SignedCertificate) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        atomic_file.write(folder / KEY_FILE, stored.key, mode=0o600)
        atomic_file.write(folder / AUTHORITY_FILE, stored.certificate, mode=0o600)
    except OSError as exc:
        raise SettingsError(
            f"The certificate for HTTPS cannot be saved in {folder}: {exc.strerror or exc}. Give another folder with "
            "--data, or save nothing with --memory."
        ) from exc
