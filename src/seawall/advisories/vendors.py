"""The vendors' own feeds: what reads each, where its files are in a folder or mirror, and where the vendor has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from seawall.advisories import csaf, debian_tracker, oval, secdb
from seawall.advisories.feed import Reader
from seawall.advisories.names import family

_ALPINE = [f"v3.{minor}/{repository}.json" for minor in range(10, 25) for repository in ("main", "community")]
_AZURE = "https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main"


class Vendor(msgspec.Struct, frozen=True, kw_only=True):
    """`pattern` finds its files below a folder; `files` are those that can be fetched: path, and the vendor's address.

    What has a `provider` instead is thousands of documents: the address of their folder, or of the metadata that names
    it, as `csaf_provider` has them.
    """

    reader: Reader
    pattern: str
    files: Mapping[str, str] = {}
    provider: str = ""

    def addresses(self, mirror: str) -> list[str]:
        """At the vendor's, or at a mirror laid out as a folder of feeds is."""
        from urllib.parse import quote

        if self.provider:
            return [f"{mirror}/{quote(self.pattern.partition('/*')[0])}" if mirror else self.provider]
        return [f"{mirror}/{quote(path)}" if mirror else url for path, url in self.files.items()]


VENDORS: dict[str, Vendor] = {
    "Alpine secdb": Vendor(
        reader=secdb.read,
        pattern="Alpine/secdb/**/*.json",
        files={f"Alpine/secdb/{path}": f"https://secdb.alpinelinux.org/{path}" for path in _ALPINE},
    ),
    "Azure Linux OVAL": Vendor(
        reader=oval.read,
        pattern="Azure Linux/*-oval.xml",
        files={
            f"Azure Linux/{name}": f"{_AZURE}/{name}"
            for name in ("azurelinux-3.0-oval.xml", "cbl-mariner-2.0-oval.xml")
        },
    ),
    "Azure Linux VEX": Vendor(
        reader=csaf.read,
        pattern="Azure Linux/vex/**/*.json",
        provider="https://msrc.microsoft.com/csaf/provider-metadata.json",
    ),
    "Debian tracker": Vendor(
        reader=debian_tracker.read,
        pattern="Debian/tracker.json",
        files={"Debian/tracker.json": "https://security-tracker.debian.org/tracker/data/json"},
    ),
    "Red Hat VEX": Vendor(
        reader=csaf.read,
        pattern="Red Hat/vex/**/*.json",
        # not /vex/, which is the form before 2026: .../security-data-guidelines/csaf-vex-ga-details/
        provider="https://security.access.redhat.com/data/csaf/v2/vex-feed",
    ),
}


def in_folder(root: Path, ecosystems: Sequence[str] | None) -> dict[str, list[Path]]:
    """The files of each vendor's feed below `root`, of these ecosystems or all."""
    found = {
        source: sorted(path for path in root.glob(vendor.pattern) if path.is_file())
        for source, vendor in VENDORS.items()
        if ecosystems is None or family(source) in ecosystems
    }
    return {source: paths for source, paths in found.items() if paths}


def addresses(ecosystems: Sequence[str], mirror: str = "") -> dict[str, list[str]]:
    """The addresses of each vendor's files, at the vendor's, or at a mirror laid out as the folder is."""
    return {source: vendor.addresses(mirror) for source, vendor in VENDORS.items() if family(source) in ecosystems}
