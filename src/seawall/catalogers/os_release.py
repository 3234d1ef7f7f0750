"""The operating system of an image."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seawall.catalogers.cataloger import Example, cataloger, text
from seawall.errors import Malformed
from seawall.model import Distro
from seawall.safe.limits import DEFAULT, Limits

LINE = re.compile(r"^[ \t]*([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.MULTILINE)
QUOTED = re.compile(r"""^"((?:\\.|[^"\\])*)"|^'([^']*)'""", re.DOTALL)

BOOKWORM = Example(
    path="etc/os-release",
    content=b'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n',
    finds=(Distro(id="debian", version="12", name="Debian GNU/Linux 12 (bookworm)"),),
)
BIONIC = Example(
    path="usr/lib/os-release",
    content=b'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\nVERSION_ID="18.04"\n',
    finds=(Distro(id="ubuntu", version="18.04", name="Ubuntu", like=("debian",)),),
)
SID = Example(
    path="etc/debian_version",
    content=b"trixie/sid\n",
    finds=(Distro(id="debian", version="trixie/sid", name="Debian trixie/sid"),),
)
ALPINE = Example(
    path="etc/alpine-release",
    content=b"3.10.2\n",
    finds=(Distro(id="alpine", version="3.10.2", name="Alpine 3.10.2"),),
)
PRECISE = Example(
    path="etc/lsb-release",
    content=b'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=12.04\nDISTRIB_DESCRIPTION="Ubuntu 12.04.5 LTS"\n',
    finds=(Distro(id="ubuntu", version="12.04", name="Ubuntu 12.04.5 LTS"),),
)


@cataloger(
    "etc/os-release",
    "usr/lib/os-release",
    "etc/lsb-release",
    "etc/alpine-release",
    "etc/debian_version",
    examples=[BOOKWORM, BIONIC, SID, ALPINE, PRECISE],
    bounded=True,
)
def os_release(path: str, content: bytes, limits: Limits = DEFAULT) -> Iterator[Distro]:
    """Name and version of the distro: os-release(5), else the file that the distro used before.

    Debian testing and unstable have no VERSION_ID; `assemble` then takes what etc/debian_version says, which is a
    release such as 12.5, of which the major part counts, or `trixie/sid`, kept as it is.
    """
    if path.endswith(("etc/debian_version", "etc/alpine-release")):
        yield _from_one_line(path, text(path, content, limits).strip())
        return
    fields = assignments(text(path, content, limits))
    prefix = "DISTRIB_" if path.endswith("lsb-release") else ""
    if not any(fields.get(prefix + key) for key in ("ID", "NAME", "VERSION_ID")):
        raise Malformed("this names no distro", where=path)
    yield Distro(
        id=(fields.get(prefix + "ID") or "linux").lower(),
        version=fields.get(f"{prefix}RELEASE" if prefix else "VERSION_ID", ""),
        name=fields.get(f"{prefix}DESCRIPTION" if prefix else "PRETTY_NAME") or fields.get("NAME", ""),
        like=tuple(fields.get("ID_LIKE", "").lower().split()),
    )


def assignments(shell: str) -> dict[str, str]:
    """The variables of a file of shell assignments, quotes and escapes taken off; the last of a name wins."""
    return {name: _unquoted(value.strip()) for name, value in LINE.findall(shell)}


def _unquoted(value: str) -> str:
    quoted = QUOTED.match(value)
    if quoted is None:
        return value
    double, single = quoted.groups()
    return re.sub(r"\\(.)", r"\1", double) if double is not None else single


def _from_one_line(path: str, said: str) -> Distro:
    if not re.fullmatch(r"[\w./+~-]{1,64}", said):
        raise Malformed("this holds no version", where=path)
    if path.endswith("alpine-release"):
        return Distro(id="alpine", version=said, name=f"Alpine {said}")
    release = re.match(r"(\d+)\.\d+", said)
    return Distro(id="debian", version=release[1] if release else said, name=f"Debian {said}")
