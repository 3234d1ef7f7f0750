"""Package URLs, as https://github.com/package-url/purl-spec has them."""

from __future__ import annotations

import re

from seawall.model import Distro, Package

OS_TYPES = frozenset({"apk", "deb", "rpm"})
"""The types whose namespace is the distro, and whose packages own files."""


def purl_of(package: Package, distro: Distro | None) -> str:
    """The purl, with architecture and distro where the type has them.

    A Debian epoch stays in the version, that of an rpm is a qualifier. A PyPI name is normalised as PEP 503 says, a
    superset of the purl rule.
    """
    from packageurl import PackageURL

    name, version, qualifiers = package.name, package.version, {}
    if package.type in OS_TYPES:
        release = "-".join(filter(None, (distro.id, distro.version))) if distro else ""
        qualifiers = {key: value for key, value in (("arch", package.arch), ("distro", release)) if value}
        epoch, colon, rest = version.partition(":")
        if package.type == "rpm" and colon:
            version, qualifiers["epoch"] = rest, epoch
    elif package.type == "pypi":
        name = re.sub(r"[-_.]+", "-", name)
    url = PackageURL(package.type, package.namespace or None, name, version, qualifiers=qualifiers or None)
    return url.to_string()


def comparable(type: str, name: str) -> str:  # noqa: A002 - the purl's word
    """A name with its namespace, in the form in which the registry of a purl type says that two names are one."""
    if type == "pypi":
        return re.sub(r"[-_.]+", "-", name).lower()
    return name.lower() if type in ("composer", "nuget") else name
