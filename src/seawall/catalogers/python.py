"""Installed Python distributions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seawall.catalogers.cataloger import Example, cataloger, text
from seawall.errors import Malformed
from seawall.model import Package
from seawall.safe.limits import DEFAULT, Limits
from seawall.safe.zip import Zip

FIELD = re.compile(r"^(Name|Version):(.*)", re.MULTILINE | re.IGNORECASE)
END_OF_HEADERS = re.compile(r"\n[ \t\r]*\n")
ZIPPED_METADATA = "EGG-INFO/PKG-INFO"
NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")

WHEEL = Example(
    path="usr/local/lib/python3.11/site-packages/Django-1.11.1.dist-info/METADATA",
    content=b"Metadata-Version: 2.0\nName: Django\nVersion: 1.11.1\nSummary: Web framework\n\nVersion: not a header\n",
    finds=(
        Package(
            type="pypi",
            name="Django",
            version="1.11.1",
            path="usr/local/lib/python3.11/site-packages/Django-1.11.1.dist-info/METADATA",
        ),
    ),
)
EGG = Example(
    path="usr/lib/python3/dist-packages/PyJWT-2.6.0.egg-info",
    content=b"Metadata-Version: 1.1\r\nName: PyJWT\r\nVersion: 2.6.0\r\n",
    finds=(
        Package(type="pypi", name="PyJWT", version="2.6.0", path="usr/lib/python3/dist-packages/PyJWT-2.6.0.egg-info"),
    ),
)
ZIPPED = Example(
    path="opt/app/six-1.16.0-py3.11.egg",
    content=b"PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00!\x00\x1dJB\xa3\x1a\x00\x00\x00\x1a\x00\x00\x00\x11\x00\x00\x00"
    b"EGG-INFO/PKG-INFOName: six\nVersion: 1.16.0\n"
    b"PK\x01\x02\x14\x03\x14\x00\x00\x00\x00\x00\x00\x00!\x00\x1dJB\xa3\x1a\x00\x00\x00\x1a\x00\x00\x00\x11\x00\x00\x00"
    b"\x00\x00\x00\x00\x00\x00\x00\x00\x80\x01\x00\x00\x00\x00EGG-INFO/PKG-INFO"
    b"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00?\x00\x00\x00I\x00\x00\x00\x00\x00",
    finds=(
        Package(type="pypi", name="six", version="1.16.0", path="opt/app/six-1.16.0-py3.11.egg!/EGG-INFO/PKG-INFO"),
    ),
)


@cataloger(
    "**/*.dist-info/METADATA",
    "**/*.egg-info/PKG-INFO",
    "**/*.egg-info",
    "**/EGG-INFO/PKG-INFO",
    "**/*.egg",
    examples=[WHEEL, EGG, ZIPPED],
    bounded=True,
)
def python(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Package]:
    """The core metadata of a distribution: mail headers up to the first blank line, of which Name and Version count.

    Copies that another distribution vendors count where they bring their metadata along. An egg may still be a
    zip. A source tree that was never installed is not read.
    """
    if path.endswith(".egg"):
        archive = Zip(content, where=path, limits=limits)
        if ZIPPED_METADATA not in archive.names:
            raise Malformed("this egg has no metadata", where=path)
        path, content = f"{path}!/{ZIPPED_METADATA}", archive.read(ZIPPED_METADATA)
    headers = END_OF_HEADERS.split(text(path, content, limits), maxsplit=1)[0]
    fields = {key.lower(): value.strip() for key, value in reversed(FIELD.findall(headers))}
    name, version = fields.get("name", ""), fields.get("version", "")
    if not NAME.fullmatch(name):
        raise Malformed("this metadata has no name that can be read", where=path)
    if not version or not version.isprintable() or " " in version:
        raise Malformed(f"the metadata of {name} has no version that can be read", where=path)
    yield Package(type="pypi", name=name, version=version, path=path)
