"""Which repositories a Debian or Ubuntu image uses: sources.list(5), one line each or deb822, else the distro's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from seawall.model import Distro
from seawall.sources.repositories.stanzas import stanzas

_LINE = re.compile(r"deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)(?P<components>[^#]*)")
_CODENAMES = {"11": "bullseye", "12": "bookworm", "13": "trixie", "14": "forky"}
_UBUNTU = {"18.04": "bionic", "20.04": "focal", "22.04": "jammy", "24.04": "noble", "26.04": "resolute"}
_PORTS = frozenset({"arm64", "armhf", "ppc64el", "riscv64", "s390x"})
_SUITES = 64


class AptSource(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One suite of one repository. A `suite` that ends in a slash is a flat repository, without components."""

    uri: str
    suite: str
    components: tuple[str, ...] = ()


def configured(files: Mapping[str, bytes]) -> list[AptSource]:
    """What the files under etc/apt say, in their order, doubles left out; at most 64."""
    found: dict[AptSource, None] = {}
    for path in sorted(files):
        text = files[path].decode("utf-8", "replace")
        if path == "etc/apt/sources.list" or (path.startswith("etc/apt/sources.list.d/") and path.endswith(".list")):
            found |= dict.fromkeys(_lines(text))
        elif path.startswith("etc/apt/sources.list.d/") and path.endswith(".sources"):
            found |= dict.fromkeys(_deb822(text))
    return list(found)[:_SUITES]


def defaults(distro: Distro, arch: str) -> list[AptSource]:
    """The distro's own repositories, for an image that names none (distroless); none where the release is not known."""
    if distro.id == "debian":
        name = _CODENAMES.get(distro.version.partition(".")[0], "")
        main = "https://deb.debian.org/debian"
        suites = [(main, name), (main, f"{name}-updates"), (f"{main}-security", f"{name}-security")]
        components: tuple[str, ...] = ("main",)
    elif distro.id == "ubuntu":
        name = _UBUNTU.get(distro.version, "")
        ports = "https://ports.ubuntu.com/ubuntu-ports"
        main = ports if arch in _PORTS else "https://archive.ubuntu.com/ubuntu"
        suites = [(main, f"{name}{pocket}") for pocket in ("", "-updates", "-security")]
        components = ("main", "universe")
    else:
        return []
    return [AptSource(uri=uri, suite=suite, components=components) for uri, suite in suites] if name else []


def _lines(text: str) -> Iterator[AptSource]:
    for line in text.splitlines():
        if match := _LINE.match(line.strip()):
            yield AptSource(uri=match["uri"], suite=match["suite"], components=tuple(match["components"].split()))


def _deb822(text: str) -> Iterator[AptSource]:
    for stanza in stanzas(text):
        if "deb" not in stanza.get("types", "").split() or stanza.get("enabled", "yes").lower() in ("no", "false", "0"):
            continue
        for uri in stanza.get("uris", "").split():
            for suite in stanza.get("suites", "").split():
                yield AptSource(uri=uri, suite=suite, components=tuple(stanza.get("components", "").split()))
