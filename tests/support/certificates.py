"""Certificates for tests of TLS, made by openssl."""

import subprocess
from pathlib import Path

from tests.support.required_program import require_program


def make_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a key and its own certificate for a host name, valid for two days, and return both files."""
    key, certificate = folder / "key.pem", folder / "cert.pem"
    command = [require_program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    names = ["-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    subprocess.run([*command, *names, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return key, certificate
