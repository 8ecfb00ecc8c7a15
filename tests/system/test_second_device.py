"""What a guest's phone sees in the network of a service."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support.required_program import require_program


def test_a_phone_reads_by_qr_code_by_short_code_and_over_https(root: Path) -> None:
    """In another network namespace a Chromium of 390 px opens what is printed, and trusts the certificate for HTTPS."""
    own = [] if os.geteuid() == 0 else ["--map-root-user"]
    done = subprocess.run(
        [require_program("unshare"), "--net", *own, sys.executable, "-m", "tests.second_device", "https"],
        capture_output=True,
        text=True,
        timeout=200,
        cwd=root,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert re.fullmatch(r"https://10\.77\.0\.1:8443/c/[A-Z0-9]{6}", report["https"]["printed"])
    assert report["https"]["opened"] == "https://10.77.0.1:8443/v/main"
    assert (report["https"]["microphone"], report["https"]["sideways scrolling"]) == (True, False)
    assert report["certificate page"].startswith("Trust this Surtitle")
