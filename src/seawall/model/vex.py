"""What others say of vulnerabilities in what they ship (VEX), and what is attached to an image in its registry."""

from __future__ import annotations

import msgspec


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One statement on one vulnerability in one product.

    `vulnerabilities` are all its ids. `product` is a purl, of a package or of an image (`pkg:oci/…`); `package` is the
    purl of a part of it, "" where the product itself is meant. `status` is one of OpenVEX's: `not_affected`, `fixed`,
    `affected`, `under_investigation`. `image` names the only image that the statement is for, "" for every one.
    `author` is who the document says wrote it; nobody has checked a signature. `file` is where it was read.
    """

    vulnerabilities: tuple[str, ...]
    product: str
    package: str = ""
    status: str
    why: str = ""
    author: str = ""
    time: str = ""
    file: str = ""
    image: str = ""


class Attached(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Something that refers to an image in its registry. `kind`: sbom, vex, signature, attestation, other."""

    kind: str
    type: str
    digest: str
