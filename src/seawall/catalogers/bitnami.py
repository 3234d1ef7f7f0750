"""Components that Bitnami builds itself into its images."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seawall.catalogers.cataloger import Example, cataloger
from seawall.catalogers.spdx import references
from seawall.model import Package
from seawall.safe.limits import DEFAULT, Limits

PURL = re.compile(r"pkg:bitnami/([\w.-]+)@([\w.+~-]+?)(?:-\d+)?(?:\?(?:.*&)?arch=(\w+).*|\?.*)?")

NGINX = Example(
    path="opt/bitnami/nginx/.spdx-nginx.spdx",
    content=b"""{"spdxVersion": "SPDX-2.3", "packages": [
 {"name": "nginx", "versionInfo": "1.25.3-2", "externalRefs": [
  {"referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:*:nginx:nginx:1.25.3:*:*:*:*:*:*:*"},
  {"referenceType": "purl", "referenceLocator": "pkg:bitnami/nginx@1.25.3-2?arch=amd64&distro=debian-12"}]},
 {"name": "zlib", "versionInfo": "1.3"}]}""",
    finds=(
        Package(
            type="bitnami", name="nginx", version="1.25.3", arch="amd64", path="opt/bitnami/nginx/.spdx-nginx.spdx"
        ),
    ),
)


@cataloger("opt/bitnami/*/.spdx-*.spdx", "opt/bitnami/.spdx-*.spdx", examples=[NGINX], bounded=True)
def bitnami(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Package]:
    """The SPDX document beside each component, of which those count that Bitnami names as its own by a purl.

    The revision of the build is left off the version, as the advisories do not have it. What else the document
    mentions, such as libraries linked in, has no name that advisories know.
    """
    for reference in references(path, content, limits):
        if found := PURL.fullmatch(reference):
            yield Package(type="bitnami", name=found[1], version=found[2], arch=found[3] or "", path=path)
