"""Certificates for HTTPS inside a building, where no public authority can vouch for an address such as 192.168.1.20.

The service has an authority of its own. Phones that trust it accept its certificates, and its name constraints say that
it vouches for this machine's names and for private addresses alone: who stole its key could not pretend to be a bank.
Sources: RFC 5280, section 4.2.1.10, on name constraints; Apple's support article 103769, on certificates that iOS
accepts: at most 825 days, with the purpose of a server, and names in the extension for them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 730
"""How long an authority lasts: phones must trust a new one by hand, and a forgotten one should end."""

SERVER_DAYS = 90
"""How long a certificate lasts; the service makes new ones by itself. iOS accepts at most 825 days, browsers 397."""

RENEW_DAYS = 30
"""A certificate or an authority with less time left is replaced."""

SKEW = timedelta(days=1)
"""A phone's clock may be late."""

PRIVATE = tuple(
    map(
        ip_network,
        (
            *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "127.0.0.0/8"),
            *("fc00::/7", "fe80::/10", "::1/128"),
        ),
    )
)
"""Networks that are not part of the internet; every organisation has its own."""


@dataclass(frozen=True, slots=True)
class SignedCertificate:
    """A certificate with its key, as PEM."""

    certificate: bytes
    """The certificate, and after it those that it was signed with."""
    key: bytes = b""
    """The private key, encrypted if there is a password."""


class Authority:
    """A certificate authority of this machine."""

    def __init__(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        """Use a certificate and its key."""
        self._certificate, self._key = certificate, key

    @classmethod
    def create(cls, hosts: Iterable[str], *, now: datetime | None = None) -> "Authority":
        """Make an authority that can sign for these names and addresses, and for all private addresses."""
        now = now or datetime.now(UTC)
        key = ec.generate_private_key(ec.SECP256R1())
        names, networks = _split(hosts)
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Surtitle"),
                x509.NameAttribute(NameOID.COMMON_NAME, f"Surtitle on {next(iter(names), 'this computer')}"[:64]),
            ]
        )
        others = [network for network in networks if not _is_private(network)]
        permitted = [*map(x509.DNSName, names), *map(x509.IPAddress, (*PRIVATE, *others))]
        certificate = (
            _builder(name, name, key.public_key(), now, AUTHORITY_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            # the constraints are silent about mail addresses and programs, which this rules out
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.NameConstraints(permitted, None), critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(certificate, key)

    @classmethod
    def load(cls, stored: SignedCertificate) -> "Authority":
        """Return an authority that was stored; raises ValueError if that is no authority with its key."""
        certificate = x509.load_pem_x509_certificate(stored.certificate)
        key = serialization.load_pem_private_key(stored.key, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
            raise ValueError("the key is not that of the certificate")
        return cls(certificate, key)

    def store(self) -> SignedCertificate:
        """Return the certificate and the key to store; the key is not encrypted."""
        key = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return SignedCertificate(self.pem, key)

    @property
    def pem(self) -> bytes:
        """The certificate, which phones install."""
        return bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the certificate, as phones show it: two hexadecimal digits for each byte, with spaces."""
        return bytes(self._certificate.fingerprint(hashes.SHA256())).hex(" ").upper()

    def can_sign(self, hosts: Iterable[str], *, now: datetime | None = None) -> bool:
        """Return whether it lasts long enough, and its constraints allow all these names and addresses."""
        if self._certificate.not_valid_after_utc - (now or datetime.now(UTC)) < timedelta(days=RENEW_DAYS):
            return False
        constraints = self._certificate.extensions.get_extension_for_class(x509.NameConstraints).value
        permitted = constraints.permitted_subtrees or []
        allowed_names = {one.value for one in permitted if isinstance(one, x509.DNSName)}
        allowed_networks = [one.value for one in permitted if isinstance(one, x509.IPAddress)]
        names, networks = _split(hosts)
        return set(names) <= allowed_names and all(
            any(
                network.version == one.version and network.subnet_of(one)  # type: ignore[arg-type]  # the same version
                for one in allowed_networks
            )
            for network in networks
        )

    def sign(self, hosts: Iterable[str], password: bytes, *, now: datetime | None = None) -> SignedCertificate:
        """Make a certificate of a server with these names and addresses; its key is encrypted with the password."""
        now = now or datetime.now(UTC)
        key = ec.generate_private_key(ec.SECP256R1())
        names, networks = _split(hosts)
        alternatives = [*map(x509.DNSName, names), *(x509.IPAddress(one.network_address) for one in networks)]
        name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Surtitle")])
        certificate = (
            _builder(name, self._certificate.subject, key.public_key(), now, SERVER_DAYS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(password),
        )
        return SignedCertificate(certificate.public_bytes(serialization.Encoding.PEM) + self.pem, private)


def read_hosts(pem: bytes) -> tuple[tuple[str, ...], datetime]:
    """Return the names and addresses of the first certificate of a file, without patterns, and when it ends.

    Raises:
        ValueError: There is no certificate in it.
    """
    certificate = x509.load_pem_x509_certificate(pem)
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return (), certificate.not_valid_after_utc
    names = [one for one in found.get_values_for_type(x509.DNSName) if "*" not in one]
    addresses = map(str, found.get_values_for_type(x509.IPAddress))
    return (*names, *addresses), certificate.not_valid_after_utc


def _builder(
    name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _split(hosts: Iterable[str]) -> tuple[list[str], list[IPv4Network | IPv6Network]]:
    """Return the names, and the addresses as networks of one address, each once."""
    names: dict[str, None] = {}
    networks: dict[IPv4Network | IPv6Network, None] = {}
    for host in hosts:
        try:
            networks[ip_network(ip_address(host))] = None
        except ValueError:
            names[host.lower()] = None
    return list(names), list(networks)


def _is_private(network: IPv4Network | IPv6Network) -> bool:
    return any(
        network.version == one.version and network.subnet_of(one)  # type: ignore[arg-type]  # the same version
        for one in PRIVATE
    )
