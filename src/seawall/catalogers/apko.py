"""The SBOMs that apko and melange put into images of Wolfi and Chainguard, one for each package."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seawall.catalogers.cataloger import Example, cataloger
from seawall.catalogers.spdx import references
from seawall.model import Package
from seawall.safe.limits import DEFAULT, Limits

PURL = re.compile(r"pkg:apk/[\w.-]+/([^@?\s]+)@([^?\s]+)(?:\?(.*))?")
ARCH = re.compile(r"(?:^|&)arch=([\w-]+)")

GLIBC = Example(
    path="var/lib/db/sbom/glibc-2.38-r5.spdx.json",
    content=b"""{"spdxVersion": "SPDX-2.3", "packages": [
 {"name": "glibc", "versionInfo": "2.38-r5", "externalRefs": [
  {"referenceType": "purl", "referenceLocator": "pkg:apk/wolfi/glibc@2.38-r5?arch=x86_64"}]},
 {"name": "glibc.yaml", "externalRefs": [
  {"referenceType": "purl", "referenceLocator": "pkg:github/wolfi-dev/os@9a3f#glibc.yaml"}]}]}""",
    finds=(
        Package(
            type="apk",
            name="glibc",
            version="2.38-r5",
            arch="x86_64",
            path="var/lib/db/sbom/glibc-2.38-r5.spdx.json",
        ),
    ),
)


@cataloger("var/lib/db/sbom/*.spdx.json", "usr/share/db/sbom/*.spdx.json", examples=[GLIBC], bounded=True)
def apko(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Package]:
    """The apk packages that a document names by purl. Where the image has apk's own database, they are the same ones.

    The source package is not in these documents; Wolfi's advisories name binary packages as well.
    https://github.com/chainguard-dev/melange/blob/main/docs/SBOM.md
    """
    for reference in references(path, content, limits):
        if found := PURL.fullmatch(reference):
            arch = ARCH.search(found[3] or "")
            yield Package(type="apk", name=found[1], version=found[2], arch=arch[1] if arch else "", path=path)
