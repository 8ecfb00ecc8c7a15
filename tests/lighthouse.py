"""Measures pages with Lighthouse as on a phone: `python -m tests.lighthouse FOLDER`.

FOLDER is where `npm install lighthouse` was run; it is not in the project's own packages, because it brings 170 MB.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from app.decode import demo_files
from tests.support.program import running_surtitle
from tests.support.raw_peer import KEY
from tests.support.required_program import require_program

PAGES = {"audience": "v/main", "landing": "", "stage": "stage/main", "console": "operator/main"}

LEAST = {"performance": 0.95, "accessibility": 1.0, "best-practices": 1.0}
"""Lowest score of each category."""

SERVE = ("serve", "--model", "demo", "--language", "de,en", "--task", "translate", "--memory", "--port", "0")


def measure(lighthouse: Path, address: str) -> dict[str, float]:
    """Return the score of each category for one page."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        subprocess.run(
            [
                require_program("node"),
                str(lighthouse / "node_modules" / "lighthouse" / "cli" / "index.js"),
                address,
                "--quiet",
                "--output=json",
                f"--output-path={report.name}",
                f"--only-categories={','.join(LEAST)}",
                "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
            ],
            env={**os.environ, "CHROME_PATH": require_program("chromium")},
            check=True,
        )
        categories = json.loads(Path(report.name).read_text(encoding="utf-8"))["categories"]
    return {name: categories[name]["score"] for name in LEAST}


def main() -> int:
    """Measure the pages during the demo meeting, print the scores, and return 1 if one is too low."""
    parser = argparse.ArgumentParser(prog="python -m tests.lighthouse", description=__doc__)
    parser.add_argument("folder", type=Path, help="where `npm install lighthouse` was run")
    folder = parser.parse_args().folder
    is_good = True
    with running_surtitle(*SERVE, "--source", str(demo_files.MEETING), SURTITLE_KEY=KEY) as service:
        address = service.wait_for(r"All links: +(http://127\.0\.0\.1:\d+)/")
        for name, path in PAGES.items():
            scores = measure(folder, f"{address}/{path}#{KEY}")
            is_good = is_good and all(scores[category] >= least for category, least in LEAST.items())
            print(f"{name:10}" + "  ".join(f"{category} {score:.0%}" for category, score in scores.items()), flush=True)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
