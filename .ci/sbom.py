"""Writes the list of parts of a release (SBOM) as CycloneDX JSON into a folder: `python .ci/sbom.py DIST`.

The parts are the packages in requirements-service.lock, with version, licence, the SHA-256 of every file that the lock
accepts and what depends on what; the build backend; and the bundled demo model. Licences and dependencies are read from
the installed packages. The date is SOURCE_DATE_EPOCH and the serial number follows from the content, so that two runs
give the same bytes.
"""

import hashlib
import os
import re
import sys
import tomllib
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
EXTRAS = ("mic", "obs")
"""The extras that requirements-service.lock contains."""


def main(folder: Path) -> None:
    """Write the list beside the release's other files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    bom = Bom()
    bom.metadata.timestamp = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    own = Component(
        name=project["name"],
        version=project["version"],
        type=ComponentType.APPLICATION,
        bom_ref=f"pkg:pypi/{project['name']}@{project['version']}",
        purl=PackageURL("pypi", name=project["name"], version=project["version"]),
        description=project["description"],
        licenses=[LicenseFactory().make_from_string(project["license"])],
        properties=[
            Property(name=f"surtitle:sha256:{file.name}", value=_sha256(file)) for file in sorted(folder.iterdir())
        ],
    )
    bom.metadata.component = own
    parts = {part.name: part for part in _read_lock(ROOT / "requirements-service.lock", ComponentScope.REQUIRED)}
    tools = {part.name: part for part in _read_lock(ROOT / "requirements-build.lock", ComponentScope.EXCLUDED)}
    model = ROOT / "app" / "demo" / "model" / "model.bin"
    demo = Component(
        name="surtitle-demo-model",
        version=project["version"],
        type=ComponentType.MACHINE_LEARNING_MODEL,
        bom_ref="surtitle-demo-model",
        description="The bundled demo model; its data card is app/demo/README.md.",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=_sha256(model))],
        licenses=[LicenseFactory().make_from_string(project["license"])],
    )
    everything = tools | parts
    for part in (*everything.values(), demo):
        bom.components.add(part)
    needs = [*project["dependencies"], *(need for extra in EXTRAS for need in project["optional-dependencies"][extra])]
    bom.register_dependency(own, [demo, *_find(needs, everything)])
    for part in everything.values():
        installed = _installed(part.name)
        bom.register_dependency(part, _find((installed and installed.requires) or [], everything))
    # of the content alone: the same release has the same number wherever it is built
    bom.serial_number = uuid.UUID(int=0)
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, JsonV1Dot6(bom).output_as_string())
    text = JsonV1Dot6(bom).output_as_string(indent=1)
    (folder / f"{project['name']}-{project['version']}.cdx.json").write_text(text + "\n", encoding="utf-8")


def _read_lock(path: Path, scope: ComponentScope) -> Iterator[Component]:
    """Return the packages of a lock."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if not (match := re.match(r"([\w.-]+)==(\S+)(.*?)(?=\s--hash|$)(.*)", line)):
            continue
        name, version, marker, hashes = match[1], match[2], match[3].lstrip(" ;").strip(), match[4]
        files = re.findall(r"sha256:([0-9a-f]{64})", hashes)
        found = [Property(name="surtitle:only-if", value=marker)] if marker else []
        yield Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            scope=scope,
            bom_ref=f"pkg:pypi/{name}@{version}",
            purl=PackageURL("pypi", name=name, version=version),
            licenses=list(_read_licence(name)),
            properties=[*found, *(Property(name="surtitle:accepted-sha256", value=one) for one in files)],
        )


def _read_licence(name: str) -> Iterator[License]:
    installed = _installed(name)
    if installed is None:
        return
    said = installed.metadata.get("License-Expression") or installed.metadata.get("License") or ""
    named = [
        line.rsplit(" :: ", 1)[-1] for line in installed.metadata.get_all("Classifier", []) if "License ::" in line
    ]
    first = said.strip().split("\n")[0] if len(said) < 100 else ""
    if first or named:
        yield LicenseFactory().make_from_string(first or " and ".join(named))


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None  # a package of another system


def _find(needs: Iterable[str], parts: Mapping[str, Component]) -> list[Component]:
    """Return the parts that these requirements name on any system; what only an extra needs is left out."""
    required = (need for need in map(Requirement, needs) if "extra ==" not in str(need.marker))
    return [part for need in required if (part := parts.get(canonicalize_name(need.name)))]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


main(Path(sys.argv[1]))
