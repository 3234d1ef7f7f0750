"""Recorded cases: who is affected and who is not, by the facts of real records, at both ends of their ranges.

A line of `cases/*.txt`: record | ecosystem | package | version | the vulnerabilities found, or - | why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import ZipFile

import pytest

from seawall.advisories import osv
from seawall.advisories.feed import Skipped
from seawall.advisories.match import match
from seawall.advisories.names import key
from seawall.model import Advisory, Distro, Package
from shared_data import SHARED

CASES = Path(__file__).with_name("cases")
DISTROS = {
    "AlmaLinux": ("almalinux", "rpm"),
    "Alpine": ("alpine", "apk"),
    "Azure Linux": ("azurelinux", "rpm"),
    "Debian": ("debian", "deb"),
    "Red Hat": ("rhel", "rpm"),
    "Rocky Linux": ("rocky", "rpm"),
    "Ubuntu": ("ubuntu", "deb"),
    "Wolfi": ("wolfi", "apk"),
}
TYPES = {
    "Bitnami": ("bitnami", ""),
    "Go": ("golang", "/"),
    "Maven": ("maven", ":"),
    "NuGet": ("nuget", ""),
    "Packagist": ("composer", "/"),
    "PyPI": ("pypi", ""),
    "RubyGems": ("gem", ""),
    "crates.io": ("cargo", ""),
    "npm": ("npm", "/"),
}


class Record:
    """The advisories of one record."""

    def __init__(self, advisories: Sequence[Advisory]) -> None:
        self.advisories = advisories

    def lookup(self, ecosystem: str, name: str) -> Sequence[Advisory]:
        return [each for each in self.advisories if key(each.ecosystem, each.package) == key(ecosystem, name)]

    def covers(self, ecosystem: str) -> bool:
        return True

    def exploited(self, cve: str) -> bool:
        return False

    def epss(self, cve: str) -> float | None:
        return None


def installed(ecosystem: str, name: str, version: str) -> tuple[Package, Distro | None]:
    source, _, release = ecosystem.partition(":")
    if source in DISTROS:
        distro, kind = DISTROS[source]
        number = re.search(r"[0-9.]+", release)
        return Package(type=kind, name=name, version=version), Distro(id=distro, version=number[0] if number else "1")
    kind, separator = TYPES[source]
    namespace, _, last = name.rpartition(separator) if separator else ("", "", name)
    return Package(type=kind, namespace=namespace, name=last, version=version), None


def cases(source: str) -> Iterator[list[str]]:
    for line in (CASES / f"{source}.txt").read_text().splitlines():
        if not line.startswith("#"):
            yield line.split(" | ")


@pytest.mark.skipif(SHARED is None, reason="the shared data is not beside this checkout")
@pytest.mark.parametrize("source", sorted(path.stem for path in CASES.glob("*.txt")))
def test_recorded_cases(source: str) -> None:
    wrong, checked, found_none = [], 0, 0
    assert SHARED
    with ZipFile(SHARED / "osv" / source / "all.zip") as archive:
        for name, ecosystem, package, version, expected, why in cases(source):
            record = osv.read(archive.read(f"{name}.json"), source=source, where=name)
            assert not isinstance(record, Skipped)
            one, distro = installed(ecosystem, package, version)
            result = match([one], distro, Record(record))
            found = " ".join(sorted(each.id for each in result.matches if each.certain)) or "-"
            if found != expected or not all(each.certain for each in result.matches):
                wrong.append(f"{name} {package} {version}: {found}, not {expected}: {why}")
            checked += 1
            found_none += expected == "-"
    assert wrong == []
    assert checked >= 10
    assert 3 <= found_none < checked
