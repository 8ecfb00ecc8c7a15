"""Checks for `surtitle doctor` of who can reach the service: its settings, its answers without a key, and TLS."""

import http.client
import ssl
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from ipaddress import ip_network
from urllib.parse import urlsplit

from app.cli.finding import Finding, green, red, yellow
from app.config import Settings

ANSWER_S = 3.0
"""How long a service may take to answer."""

SKEW_MAX_S = 5.0
"""Clocks that differ by more show wrong times in transcripts and logs; the answer's own time has whole seconds."""

CERTIFICATE_MIN_S = 14 * 86_400.0
"""A certificate that is renewed by itself has at least this long left."""

FORGED: tuple[dict[str, str], ...] = (
    {},
    {"Host": "localhost"},
    {"Host": "127.0.0.1:8000"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Real-IP": "127.0.0.1"},
    {"Forwarded": "for=127.0.0.1"},
)
"""Headers with which a stranger could claim to be on this machine."""

CLOSED_PATHS = ("/api/rooms", "/metrics")
"""What nobody may read without a key."""

PROXY_PAGE = "see docs/proxies.md"


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """The answer to one request."""

    status: int
    body: bytes
    date: str
    """The header Date; empty without one."""
    certificate_ends_s: float | None
    """When the certificate of the server expires, in seconds since 1970; None without TLS."""


def check_settings(settings: Settings) -> list[Finding]:
    """Check the address, the public address and the trusted proxies."""
    public = settings.public_url or ""
    findings = []
    if settings.is_loopback:
        findings.append(green("address", f"The service listens on {settings.host}, which only this machine can reach."))
    elif settings.is_https:
        findings.append(green("address", f"The service listens on {settings.host} with TLS."))
    elif public.startswith("https:"):
        findings.append(
            yellow(
                "address",
                f"The service listens on {settings.host}, so that it can be reached beside the proxy, without TLS.",
                "Listen on 127.0.0.1 if the proxy is on this machine; else let a firewall admit the proxy alone.",
            )
        )
    else:
        findings.append(
            yellow(
                "address",
                f"The service listens on {settings.host} without TLS: everybody on the network can read along.",
                f"Start it with --https, or with a proxy in front of it and --public-url https://…, {PROXY_PAGE}.",
            )
        )
    if public.startswith("http:"):
        remedy = f"Give the proxy a certificate and set --public-url https://…, {PROXY_PAGE}."
        findings.append(red("public address", f"Keys and captions travel to {public} without TLS.", remedy))
    wide = [part for part in settings.proxies.split(",") if _is_wide(part)]
    if wide:
        findings.append(
            red(
                "proxies",
                f"Every client of {', '.join(wide)} is trusted to name the address that it comes from.",
                "Set SURTITLE_PROXIES to the addresses of your proxies alone.",
            )
        )
    else:
        findings.append(
            green("proxies", f"{settings.proxies or 'No proxy'} may name the addresses of clients, and nobody else.")
        )
    return findings


def check_service(address: str) -> list[Finding]:
    """Check whether a service answers there, and what it answers to strangers."""
    try:
        health = ask(address, "/healthz")
    except (OSError, http.client.HTTPException, ValueError):
        return [
            yellow(
                "service",
                f"No service answers at {address}, so its answers without a key were not checked.",
                "Start it and run this again; --at names another address.",
            )
        ]
    if (health.status, health.body) != (200, b"ok"):
        return [red("service", f"Another program answers at {address}.", "Give the address of Surtitle with --at.")]
    findings = [green("service", f"A service answers at {address}.")]
    return findings + _check_strangers("access", address) + _check_skew("clock of the service", health)


def check_public(address: str, room: str) -> list[Finding]:
    """Check the address that people use: TLS, the certificate, that strangers are refused, and who may read a room."""
    subject = "public address"
    try:
        health = ask(address, "/healthz")
    except ssl.SSLError as exc:
        reason = getattr(exc, "verify_message", "") or exc.reason or str(exc)
        return [red(subject, f"Browsers refuse {address}: {reason}.", f"Renew the certificate, {PROXY_PAGE}.")]
    except (OSError, http.client.HTTPException, ValueError) as exc:
        reason = str(exc) or type(exc).__name__
        return [yellow(subject, f"{address} does not answer from here: {reason}.", f"Check the proxy, {PROXY_PAGE}.")]
    if (health.status, health.body) != (200, b"ok"):
        return [red(subject, f"{address} leads to another program.", f"Check the proxy, {PROXY_PAGE}.")]
    findings = [green(subject, f"{address} leads to a service.")]
    if health.certificate_ends_s is not None:
        days = (health.certificate_ends_s - time.time()) / 86_400
        message = f"The certificate is valid for {days:.0f} more days."
        if days * 86_400 < CERTIFICATE_MIN_S:
            findings.append(yellow("certificate", message, "Check why it has not been renewed yet."))
        else:
            findings.append(green("certificate", message))
    findings += _check_strangers("public access", address)
    return findings + _check_reading(address, room) + _check_skew("clock of the proxy", health)


def ask(address: str, path: str, headers: dict[str, str] | None = None) -> HttpAnswer:
    """Send a GET request without a key.

    Raises:
        OSError: Nothing answers there, or not in time.
        ssl.SSLError: The certificate is not valid.
        http.client.HTTPException: The answer is not HTTP.
        ValueError: The address is none.
    """
    parts = urlsplit(address)
    if not parts.hostname:
        raise ValueError(f"Expected an address such as http://127.0.0.1:8000, but got {address}.")
    is_tls = parts.scheme == "https"
    kind = http.client.HTTPSConnection if is_tls else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=ANSWER_S)
    try:
        connection.connect()
        ends_s = None
        if isinstance(connection.sock, ssl.SSLSocket):
            certificate = connection.sock.getpeercert() or {}
            ends_s = float(ssl.cert_time_to_seconds(str(certificate["notAfter"])))
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        return HttpAnswer(response.status, response.read(4096), response.getheader("date") or "", ends_s)
    finally:
        connection.close()


def _check_strangers(subject: str, address: str) -> list[Finding]:
    """Check that requests without a key are refused, whatever they claim."""
    for path in CLOSED_PATHS:
        for headers in FORGED:
            try:
                status = ask(address, path, headers).status
            except (OSError, http.client.HTTPException) as exc:
                return [yellow(subject, f"{address}{path} does not answer: {exc}.", "Run this again.")]
            if status < 400:
                claim = f" with {next(iter(headers.items()))}" if headers else ""
                return [
                    red(
                        subject,
                        f"{address}{path} answers without a key{claim}.",
                        "Stop it. This version of Surtitle never answers these paths without a key: start it instead.",
                    )
                ]
    return [green(subject, f"{address} refuses requests without a key, even with forged headers.")]


def _check_reading(address: str, room: str) -> list[Finding]:
    """Check whether a room can be read without a key."""
    try:
        status = ask(address, f"/api/rooms/{room}/captions?before=1").status
    except (OSError, http.client.HTTPException) as exc:
        return [yellow("public reading", f"{address} does not answer: {exc}.", "Run this again.")]
    if status >= 400:
        return [green("public reading", f"The room {room} cannot be read at {address} without a key.")]
    return [
        yellow(
            "public reading",
            f"Everybody can read the room {room} at {address}.",
            f"If the room is public but should not be, run `surtitle room set {room} --private`. If it is private, "
            "start the service with --require-keys: it mistakes clients of the proxy for users of this machine.",
        )
    ]


def _check_skew(subject: str, answer: HttpAnswer) -> list[Finding]:
    try:
        skew_s = parsedate_to_datetime(answer.date).timestamp() - time.time()
    except ValueError:
        return []
    if abs(skew_s) <= SKEW_MAX_S:
        return []
    return [
        yellow(
            subject,
            f"It differs by {abs(skew_s):.0f} s from the clock of this machine.",
            "Let a time server set both, for example with `timedatectl set-ntp true`.",
        )
    ]


def _is_wide(network: str) -> bool:
    """Return whether a trusted network has more addresses than proxies need."""
    try:
        return ip_network(network.strip(), strict=False).num_addresses > 1 << 16
    except ValueError:
        return False
